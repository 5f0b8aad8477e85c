//! `admit`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<admit::Admit>()
}

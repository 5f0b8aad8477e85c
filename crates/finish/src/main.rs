//! `finish`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<finish::Finish>()
}

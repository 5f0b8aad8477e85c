//! `classify`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<classify::Classify>()
}

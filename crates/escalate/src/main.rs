//! `escalate`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<escalate::Escalate>()
}

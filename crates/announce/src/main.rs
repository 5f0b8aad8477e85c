//! `announce`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<announce::Announce>()
}

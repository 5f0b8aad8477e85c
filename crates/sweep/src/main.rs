//! `sweep`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<sweep::Sweep>()
}

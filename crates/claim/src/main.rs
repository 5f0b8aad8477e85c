//! `claim`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<claim::Claim>()
}

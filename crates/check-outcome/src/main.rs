//! `check-outcome`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<check_outcome::CheckOutcome>()
}

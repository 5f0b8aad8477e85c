//! `remember`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<remember::Remember>()
}

//! `gather-context`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<gather_context::GatherContext>()
}

//! `resolve-event`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<resolve_event::ResolveEvent>()
}

//! `run-agent`: see the library.
fn main() -> std::process::ExitCode {
    run_agent::main(&std::env::args_os().collect::<Vec<_>>())
}

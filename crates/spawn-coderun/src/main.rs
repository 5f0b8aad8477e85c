//! `spawn-coderun`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<spawn_coderun::SpawnCoderun>()
}

//! `rerun-ci`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<rerun_ci::RerunCi>()
}

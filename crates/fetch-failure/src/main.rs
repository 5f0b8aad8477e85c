//! `fetch-failure`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<fetch_failure::FetchFailure>()
}

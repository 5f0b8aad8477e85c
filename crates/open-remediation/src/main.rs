//! `open-remediation`: see the library.

fn main() -> std::process::ExitCode {
    step::main::<open_remediation::OpenRemediation>()
}

//! The one binary of the image: every tool by its name, or through a link of that name.

fn main() -> std::process::ExitCode {
    healer::main()
}

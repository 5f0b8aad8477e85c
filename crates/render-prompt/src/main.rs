//! `render-prompt`: see the library.
fn main() -> std::process::ExitCode {
    step::main::<render_prompt::RenderPrompt>()
}

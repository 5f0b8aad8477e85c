//! The prompts are embedded; a changed one must be seen.

use std::io::Write;

fn main() -> std::io::Result<()> {
    writeln!(std::io::stdout(), "cargo:rerun-if-changed=../../prompts")
}

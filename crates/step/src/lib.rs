//! The shell that every binary shares: documents in and out, attachments, parameters, exit codes, logs, help.
//!
//! A tool is a [`Step`]: a function from the sections it needs to the sections it owns. The shell does everything else,
//! so that every tool behaves alike: `main` is `step::main::<TheStep>()`. The shell knows no port and links no runtime.

mod attachments;
mod cannot;
mod cli;
mod files;
mod log;
mod parameters;
mod sections;
mod shell;
mod signals;
mod streams;

pub use attachments::{ATTACHMENT_BYTES, AttachmentWriter};
pub use cannot::{Cannot, Code};
pub use cli::{Shell, command, exit_code_table};
pub use parameters::{Parameter, Values, words};
pub use sections::Sections;
pub use shell::{Desk, Step, main, run};

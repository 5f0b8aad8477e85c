//! stderr: one event a line, for people on a terminal and as JSON elsewhere.

use std::io::IsTerminal;

use clap::ValueEnum;
use tracing::Level;

use crate::Cannot;

/// How events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogFormat {
    /// `human` on a terminal, `json` elsewhere.
    #[default]
    Auto,
    /// One readable line an event.
    Human,
    /// One JSON object an event.
    Json,
}

/// Sets the process's log up; a second call changes nothing.
pub(crate) fn install(format: LogFormat, level: Level) {
    let json = match format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Human => false,
        LogFormat::Json => true,
    };
    let builder = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_target(false);
    let _ = if json {
        builder.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init()
    } else {
        builder.without_time().with_ansi(std::io::stderr().is_terminal()).try_init()
    };
}

/// The last line of a failure.
pub(crate) fn failure(step: &str, cannot: &Cannot) {
    tracing::error!(
        step,
        exit_code = cannot.code as u8,
        "{} ({}): {}",
        cannot.code.name(),
        cannot.code as u8,
        cannot.sentence
    );
}

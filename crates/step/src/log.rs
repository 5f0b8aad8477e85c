//! stderr: one event a line, for people on a terminal and as JSON elsewhere.

use std::fmt::{self, Write};
use std::io::IsTerminal;

use clap::ValueEnum;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

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

impl LogFormat {
    /// Whether events are JSON, here and now.
    pub(crate) fn is_json(self) -> bool {
        match self {
            LogFormat::Auto => !std::io::stderr().is_terminal(),
            LogFormat::Human => false,
            LogFormat::Json => true,
        }
    }
}

/// Sets the process's log up; a second call changes nothing.
pub(crate) fn install(format: LogFormat, level: Level) {
    let builder = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_target(false);
    let _ = if format.is_json() {
        builder.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init()
    } else {
        builder.event_format(Human).try_init()
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

/// `step: what happened`, because the steps of a pipe share one stderr.
struct Human;

impl<S: Subscriber + for<'a> LookupSpan<'a>, N: for<'a> FormatFields<'a> + 'static> FormatEvent<S, N> for Human {
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut line = Line::default();
        event.record(&mut line);
        let who = if line.step.is_empty() { event.metadata().target() } else { &line.step };
        let level = match *event.metadata().level() {
            Level::WARN => "warning: ",
            Level::DEBUG | Level::TRACE => "debug: ",
            _ => "",
        };
        let text = format!("{who}: {level}{}{}", line.message, line.others).replace('\n', " ");
        writeln!(out, "{}", text::clean_line(&text))
    }
}

/// The fields of one event.
#[derive(Default)]
struct Line {
    step: String,
    message: String,
    others: String,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "step" => self.step = value.to_owned(),
            _ => self.record_debug(field, &format_args!("{value}")),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing into memory cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            // Its sentence names it already.
            "exit_code" => Ok(()),
            name => write!(self.others, " {name}={value:?}"),
        };
    }
}

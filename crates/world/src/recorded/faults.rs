//! Recorded failures: `<path>.fault.yaml`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::folder::{matching, read_yaml, stem, with_ending};
use super::view::View;
use super::written::Entry;
use crate::wire::{Answer, Method, Request, WireError};

/// What goes wrong. Strict.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Fault {
    /// Answers with this status instead.
    status: Option<u16>,
    /// Headers of that answer.
    headers: BTreeMap<String, Value>,
    /// Its body: text, or anything else as JSON.
    body: Option<Value>,
    /// Passes on the recorded clock before the answer; a request that has a shorter deadline sees a time-out.
    delay_seconds: Option<f64>,
    /// The answer, the usual one too, breaks off.
    cut_after_bytes: Option<usize>,
    /// No connection, for this reason.
    unreachable: Option<String>,
    /// Only so often; then the usual answer.
    times: Option<usize>,
    /// Only for this method.
    method: Option<Method>,
    /// A write is done all the same; only its answer is lost.
    applied: bool,
}

/// A fault that is to be played now.
pub(crate) struct Due {
    pub fault: Fault,
    file: PathBuf,
    /// Its name in the log.
    id: String,
}

/// The fault for a request, unless a layer above it has an answer, or it was played often enough.
pub(crate) fn due(view: &View<'_>, request: &Request) -> Result<Option<Due>, WireError> {
    for level in view.folder.levels(&view.active) {
        let stem = stem(level, request.service, &request.path);
        if let Some(file) = matching(&stem, "fault.yaml", &request.query) {
            let fault: Fault = read_yaml(&file).map_err(|error| WireError::Recording(error.to_string()))?;
            let nothing = fault.status.is_none()
                && fault.delay_seconds.is_none()
                && fault.cut_after_bytes.is_none()
                && fault.unreachable.is_none();
            if nothing
                || fault.times == Some(0)
                || fault.delay_seconds.is_some_and(|delay| Duration::try_from_secs_f64(delay).is_err())
            {
                let what = "give `status`, `delay_seconds` (not negative), `cut_after_bytes` or `unreachable`, and `times` from 1";
                return Err(WireError::Recording(format!("{}: {what}", file.display())));
            }
            // Without the folder's place on this machine, so that the log stays true when it is given another way.
            let inner = file.strip_prefix(level).unwrap_or(&file).display();
            let id = format!("{}/{inner}", level.file_name().unwrap_or_default().display());
            let played =
                view.entries.iter().filter(|entry| matches!(entry, Entry::Fault { file } if *file == id)).count();
            let fits = fault.method.is_none_or(|method| method == request.method);
            if fits && fault.times.is_none_or(|times| played < times) {
                return Ok(Some(Due { fault, file, id }));
            }
        }
        let answered = request.method == Method::Get
            && ["json", "txt", "diff", "gone"].iter().any(|ending| with_ending(&stem, ending).is_file());
        if answered && view.active.iter().any(|layer| view.folder.layers[*layer].dirs.iter().any(|dir| dir == level)) {
            return Ok(None);
        }
    }
    Ok(None)
}

impl Due {
    /// What the log must remember of it.
    pub(crate) fn entry(&self) -> Option<Entry> {
        self.fault.times.map(|_| Entry::Fault { file: self.id.clone() })
    }

    /// How far the clock moves, and whether that is too long for the request.
    pub(crate) fn delay(&self, deadline: Duration) -> Option<(Duration, bool)> {
        let delay = Duration::try_from_secs_f64(self.fault.delay_seconds?).ok()?;
        Some((delay.min(deadline), delay > deadline))
    }

    /// Whether the service does what it is asked, whatever it answers.
    pub(crate) fn lets_through(&self, late: bool) -> bool {
        let answers = !late && self.fault.status.is_none() && self.fault.unreachable.is_none();
        self.fault.applied || answers && self.fault.cut_after_bytes.is_none()
    }

    /// Whether the usual answer is needed: it is given, late perhaps, or cut.
    pub(crate) fn wants_usual(&self, write: bool, late: bool) -> bool {
        self.lets_through(late) || !write && !late && self.fault.status.is_none() && self.fault.unreachable.is_none()
    }

    /// The answer, given the usual one.
    pub(crate) fn play(&self, usual: Option<Answer>, late: bool, deadline: Duration) -> Result<Answer, WireError> {
        if late {
            return Err(WireError::Timeout(deadline));
        }
        if let Some(why) = &self.fault.unreachable {
            return Err(WireError::Unreachable(why.clone()));
        }
        let answer = match self.fault.status {
            Some(status) => self.answer(status),
            None => usual.unwrap_or_default(),
        };
        match self.fault.cut_after_bytes {
            Some(at) if at >= answer.body.len() && !answer.body.is_empty() => Err(WireError::Recording(format!(
                "{}: `cut_after_bytes: {at}` cuts nothing, the answer has {} bytes",
                self.file.display(),
                answer.body.len()
            ))),
            Some(at) => {
                let part = answer.body[..at.min(answer.body.len())].to_vec();
                Err(WireError::Cut { received: part.len(), part })
            }
            None => Ok(answer),
        }
    }

    fn answer(&self, status: u16) -> Answer {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let headers = self.fault.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), text(value))).collect();
        let body = self.fault.body.as_ref().map_or_else(|| "{\"message\":\"a recorded fault\"}".to_owned(), text);
        Answer { status, headers, body: body.into_bytes() }
    }
}

//! Recorded worlds: a folder that answers every call, and keeps what is written to it.
//!
//! ```text
//! DIR/world.yaml                  clock: 2026-01-15T10:40:00Z   (strict; also extends: ../base, app_id: 9001, description: …)
//! DIR/<service>/<path>.json       body of a 200 answer to GET of that path, as the service sends it (.txt: logs, .diff: diffs)
//! DIR/<service>/<path>@head_sha=ab12.json     the same for a query; preferred; several: @branch=main&status=completed
//! DIR/<service>/<path>.POST.json  answer to a POST (also PUT, PATCH, DELETE); not for Kubernetes
//! DIR/<service>/<path>.gone       404, whatever lies below in a base or an earlier layer
//! DIR/<service>/<path>.fault.yaml status, headers, body, delay_seconds, cut_after_bytes, unreachable, times, method, applied
//! DIR/then/<NN-name>/after.yaml   a layer: same layout, active once the writes named here were made
//! DIR/then/<NN-name>/world.yaml   its clock (optional)
//! DIR/written/log.jsonl           every accepted write, one a line; `--world-state` keeps it elsewhere
//! ```
//!
//! *Paths* are GitHub's, Kubernetes' … own, segments percent-encoded as they are sent (`branches/feat%2Fx.json`).
//! *Lists* of GitHub are recorded whole: the world filters, pages and links them. Those of Kubernetes are never recorded but
//! made of the objects' files; a folder that is not there is an empty list. Anything else that is not recorded is
//! [`crate::PortError::Missing`], which names the file.
//! *Layers*: `after.yaml` holds `method`, `service`, `path` (the whole path or its first segments) and `times`, or several of
//! them in `all:`, or `not_before:` an instant. Active layers hide what lies below, the highest name first. A Kubernetes
//! file in a layer is merge-patched onto the object as it then is; named `any.json` it means the object of that kind and
//! namespace that was created last. A file that holds nothing but `status` changes no object that is not there.
//! *Services* (folder names): `github`, `kubernetes`, `loki`, `prometheus`, `openmemory`, `discord`, `slack`, `pagerduty`.
//! *Writes* need no recording where the world knows the rules: Kubernetes objects, GitHub comments, check runs, issues, pull
//! requests and re-runs, Discord, Slack and PagerDuty messages, new memories.
//! *The clock* moves only when somebody sleeps, an answer is late, or a layer says so.

mod faults;
mod folder;
mod github;
mod github_lists;
mod github_write;
mod kube;
mod kube_write;
mod layers;
mod select;
mod services;
mod view;
mod written;

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

pub use written::{Entry, Set, Write, writes};

use crate::clock::TimeSource;
use crate::errors::WorldError;
use crate::wire::{Answer, BoxFuture, Method, Request, Service, Wire, WireError};
use folder::{Folder, Lookup, SEARCH};
use view::View;
use written::Written;

/// A recorded world: wire and clock in one.
#[derive(Debug)]
pub struct Recorded {
    folder: Folder,
    written: Written,
}

impl Recorded {
    /// Reads the folder's own files; recordings are read when they are asked for.
    ///
    /// # Errors
    /// A file that is missing or not as it must be; the sentence names it.
    pub fn open(dir: &Path, state: Option<&Path>) -> Result<Self, WorldError> {
        let folder = Folder::open(dir)?;
        let written = Written::new(state.map_or_else(|| dir.join("written"), Path::to_path_buf));
        Ok(Self { folder, written })
    }

    /// A file beside the recordings, such as `event.json` or `healer.yaml`: the folder's own, or one of what it extends.
    pub fn beside(&self, name: &str) -> Option<PathBuf> {
        self.folder.roots().map(|root| root.join(name)).find(|path| path.is_file())
    }

    fn view(&self) -> Result<View<'_>, WireError> {
        Ok(View::new(&self.folder, self.written.entries()?))
    }

    fn answer(&self, request: &Request) -> Result<Answer, WireError> {
        let odd = |segment: &str| matches!(segment, "" | "." | "..") || segment.contains('\\');
        if !request.path.starts_with('/') || request.path.split('/').skip(1).any(odd) {
            return Err(WireError::Recording(format!("{} is no path that can be recorded", request.path)));
        }
        let Some(due) = faults::due(&self.view()?, request)? else {
            return self.usual(request);
        };
        let delay = due.delay(request.deadline);
        let late = delay.is_some_and(|(_, late)| late);
        if due.entry().is_some() || delay.is_some() {
            self.written.update(|entries| {
                let now = View::new(&self.folder, entries).clock;
                let clock = delay.map(|(delay, _)| Entry::Clock { at: now.saturating_add(delay).unwrap_or(now) });
                Ok(((), due.entry().into_iter().chain(clock).collect()))
            })?;
        }
        let usual = due.wants_usual(is_write(request), late).then(|| self.usual(request)).transpose()?;
        due.play(usual, late, request.deadline)
    }

    /// The answer without faults.
    fn usual(&self, request: &Request) -> Result<Answer, WireError> {
        if !is_write(request) {
            return read(&self.view()?, request);
        }
        self.written.update(|entries| {
            let view = View::new(&self.folder, entries);
            let (answer, entry) = write(&view, request)?;
            Ok((answer, entry.into_iter().collect()))
        })
    }
}

fn is_write(request: &Request) -> bool {
    request.method != Method::Get && (request.service, &*request.path) != (Service::Openmemory, SEARCH)
}

fn read(view: &View<'_>, request: &Request) -> Result<Answer, WireError> {
    match request.service {
        Service::Kubernetes => kube::read(view, request),
        Service::Github => github::read(view, request),
        _ => services::plain(view.find(request)),
    }
}

/// The answer, and the log line if the write was accepted and changes something.
fn write(view: &View<'_>, request: &Request) -> Result<(Answer, Option<Entry>), WireError> {
    if request.service == Service::Kubernetes {
        return kube_write::write(view, request);
    }
    match view.find(request) {
        Lookup::File(file) => {
            let answer = services::plain(Lookup::File(file))?;
            let entry = view.entry(request, answer.status, Vec::new());
            Ok((answer, Some(entry)))
        }
        Lookup::Gone => Ok((services::not_found(), None)),
        Lookup::Nothing(recording) => match request.service {
            Service::Github => github_write::write(view, request, recording),
            _ => services::write(view, request, recording),
        },
    }
}

impl Wire for Recorded {
    fn call<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Answer, WireError>> {
        Box::pin(async move { self.answer(&request) })
    }
}

impl TimeSource for Recorded {
    /// A log that cannot be read shows the world's first instant here; the next call says what is wrong with it.
    fn now(&self) -> Timestamp {
        self.view().map_or(self.folder.clock, |view| view.clock)
    }

    fn sleep<'a>(&'a self, wait: Duration) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            // Sleeping cannot fail; the next call says what is wrong with the log.
            let _ = self.written.update(|entries| {
                let now = View::new(&self.folder, entries).clock;
                Ok(((), vec![Entry::Clock { at: now.saturating_add(wait).unwrap_or(now) }]))
            });
        })
    }

    fn is_live(&self) -> bool {
        false
    }

    fn set_back(&self, to: Timestamp) {
        let _ = self.written.update(|_| Ok(((), vec![Entry::Clock { at: to }])));
    }
}

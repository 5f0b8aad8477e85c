//! Layers: what the world looks like once something was written to it, `then/<NN-name>/after.yaml`.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Deserialize;

use super::folder::{broken, read_yaml};
use crate::errors::WorldError;
use crate::wire::{Method, Service};

/// One thing that must have been written, so many times.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    pub method: Method,
    pub service: Service,
    /// The path, or its first segments.
    pub path: String,
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

impl Condition {
    /// Whether a successful write counts.
    pub(crate) fn counts(&self, method: Method, service: Service, path: &str) -> bool {
        let prefix = self.path.trim_end_matches('/');
        let rest = path.strip_prefix(prefix);
        self.method == method
            && self.service == service
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// `after.yaml`: one condition in the file itself, or several in `all`; and perhaps an instant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    method: Option<Method>,
    service: Option<Service>,
    path: Option<String>,
    times: Option<u32>,
    all: Option<Vec<Condition>>,
    not_before: Option<Timestamp>,
}

/// Reads the nearest `after.yaml` of a layer.
pub(crate) fn read_after(dirs: &[PathBuf]) -> Result<(Vec<Condition>, Option<Timestamp>), WorldError> {
    let Some(file) = dirs.iter().map(|dir| dir.join("after.yaml")).find(|file| file.is_file()) else {
        let file = dirs.first().map(|dir| dir.join("after.yaml")).unwrap_or_default();
        return Err(broken(&file, "there is no such file; a layer needs it to say what must have been written before"));
    };
    let after: After = read_yaml(&file)?;
    let conditions = match (after.all, after.method, after.service, after.path) {
        (None, Some(method), Some(service), Some(path)) => {
            vec![Condition { method, service, path, times: after.times.unwrap_or(1) }]
        }
        (Some(all), None, None, None) if after.times.is_none() && !all.is_empty() => all,
        (None, None, None, None) if after.not_before.is_some() && after.times.is_none() => Vec::new(),
        _ => {
            return Err(broken(
                &file,
                "give `method`, `service` and `path` (and `times`), or a list of such in `all`, or `not_before`",
            ));
        }
    };
    if let Some(odd) = conditions.iter().find(|condition| !condition.path.starts_with('/') || condition.times == 0) {
        return Err(broken(&file, format!("`path: {}` must begin with `/`, and `times` must be at least 1", odd.path)));
    }
    Ok((conditions, after.not_before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_counts_whole_segments() {
        let condition =
            Condition { method: Method::Post, service: Service::Github, path: "/repos/a/b/pulls/4".into(), times: 1 };
        assert!(condition.counts(Method::Post, Service::Github, "/repos/a/b/pulls/4"));
        assert!(condition.counts(Method::Post, Service::Github, "/repos/a/b/pulls/4/reviews"));
        assert!(!condition.counts(Method::Post, Service::Github, "/repos/a/b/pulls/42"));
        assert!(!condition.counts(Method::Patch, Service::Github, "/repos/a/b/pulls/4"));
        assert!(!condition.counts(Method::Post, Service::Kubernetes, "/repos/a/b/pulls/4"));
    }
}

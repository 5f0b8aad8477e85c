//! What people do while something else happens: "when the run on this branch begins, push to it".

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::control;
use crate::server::Server;

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Happened<'a> {
    /// `pushed`, `commented`, `run_started`, `job_started`, `run_completed`.
    pub what: &'static str,
    /// Where.
    pub repository: u64,
    /// By whom; of a run, who caused it.
    pub by: u64,
    /// On which branch, if on one.
    pub branch: Option<&'a str>,
    /// How a run ended.
    pub conclusion: Option<&'a str>,
}

/// What is to be done when something happens. What is not given fits everything.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// See [`Happened`].
    pub on: String,
    /// `owner/name`.
    #[serde(default)]
    pub repository: Option<String>,
    /// The branch.
    #[serde(default)]
    pub branch: Option<String>,
    /// A login.
    #[serde(default)]
    pub by: Option<String>,
    /// A run's conclusion.
    #[serde(default)]
    pub conclusion: Option<String>,
    /// How often it is done.
    #[serde(default = "once")]
    pub times: u64,
    /// How often it is let pass before.
    #[serde(default)]
    pub after: u64,
    /// Commands of the control API, in order.
    #[serde(rename = "do")]
    pub then: Vec<Command>,
}

fn once() -> u64 {
    1
}

/// One command of the control API.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Command {
    /// Its name: `commit`.
    pub command: String,
    /// Its body.
    pub body: Value,
}

/// All rules that are left.
#[derive(Default)]
pub struct Rules(Mutex<Vec<Rule>>);

impl Rules {
    fn lock(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more.
    pub(crate) fn add(&self, rule: Rule) {
        self.lock().push(rule);
    }

    /// Those that are left.
    pub(crate) fn list(&self) -> Vec<Rule> {
        self.lock().clone()
    }
}

impl Server {
    /// Does what the rules say, before anything else goes on.
    pub(crate) fn happened(self: &Arc<Self>, happened: &Happened) {
        let state = self.store.now_state();
        let view = self.view(&state);
        let name = state.repositories.get(&happened.repository).map(|found| view.full_name(found)).unwrap_or_default();
        let by = view.login(happened.by);
        let fits = |want: &Option<String>, have: Option<&str>| want.as_deref().is_none_or(|want| have == Some(want));
        let mut commands = Vec::new();
        self.rules.lock().retain_mut(|rule| {
            let all = rule.on == happened.what
                && fits(&rule.repository, Some(&name))
                && fits(&rule.branch, happened.branch)
                && fits(&rule.by, Some(by))
                && fits(&rule.conclusion, happened.conclusion);
            if !all {
                return true;
            }
            if rule.after > 0 {
                rule.after -= 1;
                return true;
            }
            commands.extend(rule.then.iter().cloned());
            rule.times = rule.times.saturating_sub(1);
            rule.times > 0
        });
        for Command { command, body } in commands {
            if let Err(refusal) = control::command(self, &command, &body) {
                let said = String::from_utf8_lossy(&refusal.body).into_owned();
                self.ci.complain(&format!("when {} on {name}: {command}: {said}", happened.what));
            }
        }
    }
}

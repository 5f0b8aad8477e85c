//! How a source is asked: within its deadline, and never so that its absence is a failure.

use std::time::Duration;

use config::{Config, Repository};
use ledger::slug;
use redact::Foreign;
use remediation::{ContextSource, Gap};
use world::github::Slug;
use world::{Clock, PortError};

use crate::Needs;

/// Everything a source's question is made of.
pub struct Source<'a, P> {
    /// The document.
    pub needs: &'a Needs,
    /// The configuration.
    pub config: &'a Config,
    /// The world.
    pub ports: &'a P,
    /// The repository on GitHub.
    pub of: Slug,
    /// What the configuration says of the repository; the defaults where it says nothing.
    pub repository: Repository,
    /// Makes text safe to keep.
    pub foreign: Foreign,
}

/// What came of a question.
pub struct Asked<T> {
    /// The answer.
    pub answer: Option<T>,
    /// What is missing, of it or in it.
    pub gaps: Vec<Gap>,
}

/// An answer, with what is missing in it.
pub struct Answer<T> {
    /// The answer.
    pub found: T,
    /// What is missing in it.
    pub missing: Vec<String>,
}

/// Why there is no answer.
pub enum NoAnswer {
    /// Nobody said where to look.
    NotConfigured(&'static str),
    /// The document does not name what to look for.
    NotKnown(&'static str),
    /// What was named is not there.
    NotThere(&'static str),
    /// The source could not say.
    Failed(PortError),
}

impl From<PortError> for NoAnswer {
    fn from(error: PortError) -> Self {
        Self::Failed(error)
    }
}

impl<T> From<T> for Answer<T> {
    fn from(found: T) -> Self {
        Self { found, missing: Vec::new() }
    }
}

/// What a source's question gives.
pub type Found<T> = Result<Answer<T>, NoAnswer>;

impl<'a, P: Clock> Source<'a, P> {
    /// For this document.
    pub fn new(needs: &'a Needs, config: &'a Config, ports: &'a P) -> Self {
        let of = slug(&needs.repository);
        let repository = config.repository(of.owner(), of.name()).cloned().unwrap_or_default();
        Self { needs, config, ports, of, repository, foreign: Foreign::new() }
    }

    /// Waits for the answer, at most as long as the configuration allows one source.
    pub async fn within<T>(&self, source: ContextSource, question: impl Future<Output = Found<T>>) -> Asked<T> {
        let seconds = self.config.deadlines.source_seconds;
        let gap = |because: String| Gap { source: source.into(), because };
        match self.ports.within(Duration::from_secs(seconds), question).await {
            Some(Ok(answer)) => {
                Asked { answer: Some(answer.found), gaps: answer.missing.into_iter().map(gap).collect() }
            }
            Some(Err(why)) => Asked { answer: None, gaps: vec![gap(sentence(&why))] },
            None => Asked { answer: None, gaps: vec![gap(format!("no answer within {seconds} s"))] },
        }
    }
}

/// The sentence of a gap.
fn sentence(why: &NoAnswer) -> String {
    match why {
        NoAnswer::NotConfigured(key) => format!("not configured: healer.yaml has no `{key}` for this repository"),
        NoAnswer::NotKnown(what) => format!("the document names no {what}"),
        NoAnswer::NotThere(what) => format!("{what} is not there"),
        NoAnswer::Failed(error) => failed(error),
    }
}

/// Why a call failed. The folder of a recorded world does not belong into a document.
pub fn failed(error: &PortError) -> String {
    match error {
        PortError::Missing { call, .. } => format!("{call}: the recorded world has no answer"),
        error => error.to_string(),
    }
}

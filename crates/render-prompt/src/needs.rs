//! The sections that the step reads.

use remediation::{Admission, Attempt, AttemptRecord, Classification, Context, Failure, Repository, Subject, Target};
use serde::Deserialize;

/// Only `classification` must be there; what else is missing, the prompt says.
#[derive(Debug, Deserialize)]
pub struct Needs {
    /// The repository.
    pub repository: Option<Repository>,
    /// What failed.
    pub subject: Option<Subject>,
    /// Which try it is.
    pub attempt: Option<Attempt>,
    /// Whether effects happen.
    pub admission: Option<Admission>,
    /// Where the agent may push.
    pub target: Option<Target>,
    /// What failed, in detail.
    pub failure: Option<Failure>,
    /// The kind and the excerpt.
    pub classification: Classification,
    /// What is known beside the log.
    pub context: Option<Context>,
    /// Finished attempts.
    #[serde(default)]
    pub attempts: Vec<AttemptRecord>,
}

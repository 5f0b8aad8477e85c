//! What follows a verdict (design section 2).

use crate::{Agent, Attempt, EscalationReason, Next, Verdict};

/// What a verdict leads to while attempts are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// Nothing more.
    Done,
    /// Another attempt; a person when they are used up.
    Retry,
    /// A person, at once.
    Escalate(EscalationReason),
}

/// One row a verdict.
pub const FOLLOWS: &[(Verdict, Follows)] = &[
    (Verdict::Fixed, Follows::Done),
    (Verdict::FixedByOther, Follows::Done),
    (Verdict::PassedOnRerun, Follows::Done),
    (Verdict::Superseded, Follows::Done),
    (Verdict::Withdrawn, Follows::Done),
    (Verdict::NotFixed, Follows::Retry),
    (Verdict::BrokeOther, Follows::Retry),
    (Verdict::NoPush, Follows::Retry),
    (Verdict::AgentFailed, Follows::Retry),
    (Verdict::AgentTimeout, Follows::Retry),
    (Verdict::Dishonest, Follows::Escalate(EscalationReason::Dishonest)),
    (Verdict::NeedsPerson, Follows::Escalate(EscalationReason::NeedsPerson)),
    (Verdict::CiNotRun, Follows::Escalate(EscalationReason::CiNotRun)),
    (Verdict::CiTimeout, Follows::Escalate(EscalationReason::CiTimeout)),
];

/// What comes next, and why a person is told if one is. `no_progress`: the same signature in the same files as before.
pub fn next(verdict: Verdict, attempt: &Attempt, no_progress: bool) -> (Next, Option<EscalationReason>) {
    let follows = FOLLOWS.iter().find(|(known, _)| *known == verdict).map(|(_, follows)| *follows);
    match follows {
        Some(Follows::Done) => (Next::Done, None),
        Some(Follows::Retry) if no_progress => (Next::Escalate, Some(EscalationReason::SameFailureTwice)),
        Some(Follows::Retry) if attempt.number < attempt.limit => (Next::Retry, None),
        Some(Follows::Retry) => (Next::Escalate, Some(EscalationReason::AttemptsExhausted)),
        Some(Follows::Escalate(reason)) => (Next::Escalate, Some(reason)),
        // Every verdict has its row (tested); a person is the safe answer if one were forgotten.
        None => (Next::Escalate, Some(EscalationReason::Fault)),
    }
}

/// Who tries after an agent failed for the second time (cto.md 4.4): by what the branch changed.
pub fn other_agent(agent: Agent, rust_files: bool, frontend_files: bool, infra_files: bool) -> Agent {
    match agent {
        Agent::Rex | Agent::Blaze if infra_files => Agent::Bolt,
        Agent::Rex | Agent::Blaze | Agent::Bolt => Agent::Atlas,
        Agent::Cipher if rust_files => Agent::Rex,
        Agent::Cipher if frontend_files => Agent::Blaze,
        Agent::Cipher | Agent::Atlas => Agent::Atlas,
    }
}

//! Why people are told, as a table: in which words, how loudly, and what they should look at.

use remediation::EscalationReason;

/// How far a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loudness {
    /// The pull request's comment.
    Comment,
    /// And chat, and an issue.
    Chat,
    /// And whoever is on call.
    Page,
}

/// One row.
pub struct Row {
    /// The reason.
    pub reason: EscalationReason,
    /// How far it goes.
    pub loudness: Loudness,
    /// The headline.
    pub headline: &'static str,
    /// What a person should look at, and do.
    pub look_at: &'static str,
}

const fn row(reason: EscalationReason, loudness: Loudness, headline: &'static str, look_at: &'static str) -> Row {
    Row { reason, loudness, headline, look_at }
}

/// The table: a row for every reason.
pub const ROWS: &[Row] = &[
    row(
        EscalationReason::AttemptsExhausted,
        Loudness::Page,
        "Healer could not repair this",
        "Read what the attempts changed and what CI says now. `/healer retry` starts a new round.",
    ),
    row(
        EscalationReason::SameFailureTwice,
        Loudness::Page,
        "Healer makes no progress",
        "Two attempts changed the same files and met the same failure. The cause is probably elsewhere than the log says.",
    ),
    row(
        EscalationReason::Dishonest,
        Loudness::Page,
        "An agent hid the failure instead of fixing it",
        "Do not merge the agent's commits. Look at the rules above that its change breaks, and revert it.",
    ),
    row(
        EscalationReason::NeedsPerson,
        Loudness::Chat,
        "CI is green, and a person must look before this is done",
        "Look at what the change touches, by the rules above. Merge it if it is right.",
    ),
    row(
        EscalationReason::CiNotRun,
        Loudness::Chat,
        "CI did not run on the agent's commit",
        "Look at why the job was skipped, cancelled, renamed or waits for approval, and let it run.",
    ),
    row(
        EscalationReason::CiTimeout,
        Loudness::Chat,
        "CI did not end in time",
        "Look at the run: a job hangs, or waits for a runner or an approval.",
    ),
    row(
        EscalationReason::PersonsWork,
        Loudness::Page,
        "This is a person's work",
        "No agent may do this. For a leaked secret: revoke it first, then remove it.",
    ),
    row(
        EscalationReason::NotAdmitted,
        Loudness::Comment,
        "Healer does not act here",
        "The reason stands above; nothing was changed.",
    ),
    row(EscalationReason::Linked, Loudness::Comment, thread::LINKED_HEADLINE, thread::LINKED_ADVICE),
    row(
        EscalationReason::Fault,
        Loudness::Page,
        "A step of Healer could not do its work",
        "Read what the step said above. When it is put right, `/healer retry` starts again.",
    ),
    row(
        EscalationReason::WorkflowBroke,
        Loudness::Page,
        "Healer's own Workflow broke",
        "Look at the Workflow in Argo. `/healer retry` starts again.",
    ),
    row(
        EscalationReason::Stopped,
        Loudness::Comment,
        "Healer was stopped by a person",
        "Nothing more happens. `/healer retry` starts again.",
    ),
];

/// The row of a reason.
pub fn of(reason: EscalationReason) -> &'static Row {
    // Every reason has its row (tested); the loudest is the safe answer if one were forgotten.
    ROWS.iter().find(|row| row.reason == reason).unwrap_or(&ROWS[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use remediation::Vocabulary;

    #[test]
    fn every_reason_has_its_row_and_stopping_wakes_nobody() {
        for reason in EscalationReason::ALL {
            assert_eq!(of(*reason).reason, *reason);
        }
        assert_eq!(ROWS.len(), EscalationReason::ALL.len());
        for quiet in [EscalationReason::Stopped, EscalationReason::Linked, EscalationReason::NotAdmitted] {
            assert_eq!(of(quiet).loudness, Loudness::Comment);
        }
    }
}

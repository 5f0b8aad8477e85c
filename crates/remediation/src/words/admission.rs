//! Why `admit` decided as it did. The decision and the tell mark belong to the reason, so they cannot disagree.

use super::{Decision, vocabulary};

vocabulary! {
    /// The typed reason of an admission.
    AdmissionReason, "admission reason":
    CiFailed = "ci_failed", "a failure that nothing speaks against";
    AlertOpen = "alert_open", "an open security alert";
    AskedByWriter = "asked_by_writer", "somebody with write permission asked";
    TakenOver = "taken_over", "the run that owned it died without a conclusion";
    Approved = "approved", "a person approved it";
    Window = "window", "the branch was remediated within the last 10 minutes";
    AwaitingApproval = "awaiting_approval", "a person has to approve first";
    NotAFailure = "not_a_failure", "the event reports no failure";
    NotSupported = "not_supported", "nothing is done for events of this type";
    SwitchOff = "switch_off", "the switch is off, missing or unreadable";
    RepositoryNotAllowed = "repository_not_allowed", "the repository is not on the allow-list";
    RepositoryArchived = "repository_archived", "the repository is archived";
    Duplicate = "duplicate", "this failure has a record already";
    OwnLineage = "own_lineage", "the failure belongs to a remediation that is under way";
    Fork = "fork", "the branch is in a fork";
    BranchReserved = "branch_reserved", "a stranger's branch uses our reserved name";
    BotActor = "bot_actor", "a bot that is not ours caused it";
    ActorNotPermitted = "actor_not_permitted", "whoever asked may not write to the repository";
    SkipFlag = "skip_flag", "the commit message asks Healer to stay away";
    StaleHead = "stale_head", "the branch has moved on";
    AlreadyGreen = "already_green", "CI is green by now";
    Gone = "gone", "the run, branch or pull request is gone";
    AlertClosed = "alert_closed", "the alert is fixed or dismissed";
    NotConfirmed = "not_confirmed", "GitHub does not confirm what the event says";
    Budget = "budget", "today's starts for the repository are used up";
    NotApproved = "not_approved", "nobody approved in time";
    AskedToStop = "asked_to_stop", "a person said stop";
}

impl AdmissionReason {
    /// What the reason decides.
    pub fn decision(self) -> Decision {
        use AdmissionReason::*;
        match self {
            CiFailed | AlertOpen | AskedByWriter | TakenOver | Approved => Decision::Proceed,
            Window | AwaitingApproval => Decision::Later,
            _ => Decision::No,
        }
    }

    /// Whether people are told of it: only where they wait for us and we may speak (never to strangers).
    pub fn tell(self) -> bool {
        use AdmissionReason::*;
        matches!(self, Fork | Budget | NotApproved)
    }
}

/// A word of `spawn-coderun`'s `result` for what created nothing, and the reason that it is for a conclusion. Argo passes a
/// word in every case, so those that give no reason are words too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotSpawned(pub Option<AdmissionReason>);

impl std::str::FromStr for NotSpawned {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "none" | "observed" => Ok(Self(None)),
            "switch_off" => Ok(Self(Some(AdmissionReason::SwitchOff))),
            "budget" => Ok(Self(Some(AdmissionReason::Budget))),
            _ => Err("it is one of switch_off, budget, observed, none".to_owned()),
        }
    }
}

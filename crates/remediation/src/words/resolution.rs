//! What became of an event that came through another door than `workflow_run`.

use super::vocabulary;

vocabulary! {
    /// What `resolve-event` made of an event.
    ResolutionReason, "resolution reason":
    Created = "created", "there is a Workflow for each failure now";
    NewRound = "new_round", "there is a Workflow for another round of each remediation";
    TakenOver = "taken_over", "there is a Workflow that takes over what one of ours died over";
    Stopped = "stopped", "each live remediation was asked to stop, and its agent's run deleted";
    Approved = "approved", "each waiting remediation is approved for this commit";
    NoCommand = "no_command", "the comment or button asks for nothing that Healer knows";
    NoPullRequest = "no_pull_request", "the comment is not on a pull request";
    NotTheAuthor = "not_the_author", "the comment is not what its sender wrote: it was edited, or is another's";
    ActorNotPermitted = "actor_not_permitted", "whoever asked may not write to the repository";
    BotActor = "bot_actor", "a bot asked";
    OwnPullRequest = "own_pull_request", "nobody approves a change of their own";
    RepositoryNotAllowed = "repository_not_allowed", "the repository is not on the allow-list";
    Gone = "gone", "the comment, pull request, run or check is gone or closed";
    NotAFailure = "not_a_failure", "GitHub knows of no failure there";
    NothingFailed = "nothing_failed", "no run, check or status of the commit is red";
    AlreadyConcluded = "already_concluded", "each failure has a concluded remediation; `/healer retry` begins another round";
    NothingConcluded = "nothing_concluded", "no remediation of this commit has ended without repairing it";
    NothingAlive = "nothing_alive", "no remediation of the branch is under way";
    NothingWaits = "nothing_waits", "no remediation of this commit waits for an approval";
    ApprovalExpired = "approval_expired", "the time to approve is over";
    NotSupported = "not_supported", "nothing is done for events of this type";
}

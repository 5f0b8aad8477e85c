//! How `run` ended, in one word that crosses from the agent's pod to `report` as the container's termination message.

use remediation::vocabulary;

vocabulary! {
    /// How the agent's run ended.
    Ending, "ending":
    Ended = "ended", "the agent ended";
    AgentFailed = "agent_failed", "the agent ended with an error";
    Deadline = "deadline", "the agent was stopped at its deadline";
    Stopped = "stopped", "the agent was stopped with its pod";
    NotStarted = "not_started", "the agent's command could not be started";
    NoCheckout = "no_checkout", "the repository could not be checked out";
    NotPushed = "not_pushed", "the agent's commits could not be pushed";
    NoTask = "no_task", "the task handed over could not be read";
}

/// "Not yet, safe to run again".
const NOT_BEGUN: u8 = step::Code::NotYet as u8;

impl Ending {
    /// The exit code of `run`; an agent's own error is kept, and these are what a shell and `timeout` use. Only
    /// [`Ending::NoCheckout`] is [`NOT_BEGUN`]: then no agent has begun, and `execute-coderun` tries once more.
    pub fn exit_code(self, agent: Option<u8>) -> u8 {
        match self {
            Self::Ended => 0,
            Self::AgentFailed => agent.filter(|code| *code != NOT_BEGUN).unwrap_or(1),
            Self::Deadline => 124,
            Self::Stopped => 143,
            Self::NotStarted => 127,
            Self::NoCheckout => NOT_BEGUN,
            Self::NotPushed => 1,
            Self::NoTask => 78,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_not_begun_may_be_tried_again() {
        assert_eq!(Ending::NoCheckout.exit_code(None), NOT_BEGUN);
        assert_eq!(Ending::AgentFailed.exit_code(Some(3)), 3);
        assert_eq!(Ending::AgentFailed.exit_code(Some(NOT_BEGUN)), 1);
    }
}

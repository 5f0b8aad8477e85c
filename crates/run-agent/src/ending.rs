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

impl Ending {
    /// The exit code of `run`; an agent's own error is kept, and these are what a shell and `timeout` use. Only
    /// [`Ending::NoCheckout`] is 75: then no agent has begun, and `execute-coderun` tries once more.
    pub fn exit_code(self, agent: Option<u8>) -> u8 {
        match self {
            Self::Ended => 0,
            Self::AgentFailed => agent.filter(|code| *code != 75).unwrap_or(1),
            Self::Deadline => 124,
            Self::Stopped => 143,
            Self::NotStarted => 127,
            Self::NoCheckout => 75,
            Self::NotPushed => 1,
            Self::NoTask => 78,
        }
    }
}

//! The tools of the multi-call binary: one row a tool.

use std::ffi::OsString;
use std::process::ExitCode;

use step::Step;

/// A tool.
pub struct Tool {
    /// Crate, binary and link name.
    pub name: &'static str,
    /// Runs it.
    pub run: fn(&[OsString]) -> ExitCode,
    /// What it does, in one line.
    pub about: &'static str,
    /// Its clap definition.
    pub command: fn() -> clap::Command,
    /// The sections it owns.
    pub owns: &'static [&'static str],
    /// The names of its parameters.
    pub parameters: fn() -> Vec<&'static str>,
}

const fn tool<S: Step>() -> Tool {
    Tool {
        name: S::NAME,
        run: step::run::<S>,
        about: S::ABOUT,
        command: step::command::<S>,
        owns: S::OWNS,
        parameters: || S::PARAMETERS.iter().map(|parameter| parameter.name).collect(),
    }
}

/// In the order in which a remediation meets them.
pub const TOOLS: &[Tool] = &[
    tool::<open_remediation::OpenRemediation>(),
    tool::<resolve_event::ResolveEvent>(),
    tool::<admit::Admit>(),
    tool::<fetch_failure::FetchFailure>(),
    tool::<classify::Classify>(),
    tool::<claim::Claim>(),
    tool::<gather_context::GatherContext>(),
    tool::<render_prompt::RenderPrompt>(),
    tool::<spawn_coderun::SpawnCoderun>(),
    tool::<check_outcome::CheckOutcome>(),
    tool::<rerun_ci::RerunCi>(),
    tool::<announce::Announce>(),
    tool::<escalate::Escalate>(),
    tool::<remember::Remember>(),
    tool::<finish::Finish>(),
    tool::<sweep::Sweep>(),
];

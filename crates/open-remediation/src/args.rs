//! The flags: an event, or a log and what is known of it.

use std::path::PathBuf;

/// Flags of `open-remediation`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// The event's name, such as `workflow_run`; it decides how the event is read [default: the body's `X-GitHub-Event`]
    #[arg(long, value_name = "NAME", help_heading = "Event")]
    pub event: Option<String>,
    /// The event is base64, as Argo parameters carry it
    #[arg(long, help_heading = "Event")]
    pub base64: bool,
    /// The event itself as base64, instead of stdin or --in
    #[arg(long, value_name = "TEXT", conflicts_with = "base64", help_heading = "Event")]
    pub event_base64: Option<String>,
    /// Which round of the remediation this is; a person's `/healer retry` starts the next one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=99), help_heading = "Event")]
    pub round: Option<u32>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub by_hand: ByHand,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub config: config::Args,
}

/// A log, and what is known of it.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "By hand")]
pub struct ByHand {
    /// The log of what failed (`-` is stdin)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["event", "base64", "event_base64"])]
    pub log: Option<PathBuf>,
    /// The repository
    #[arg(long, value_name = "OWNER/NAME", requires = "log")]
    pub repository: Option<String>,
    /// The workflow's name
    #[arg(long, value_name = "NAME", requires = "log")]
    pub workflow: Option<String>,
    /// The job's name
    #[arg(long, value_name = "NAME", requires = "log")]
    pub job: Option<String>,
    /// The step's name
    #[arg(long, value_name = "NAME", requires = "log")]
    pub step: Option<String>,
    /// The branch
    #[arg(long, value_name = "NAME", requires = "log")]
    pub branch: Option<String>,
    /// The commit: 40 or 64 hexadecimal digits
    #[arg(long, value_name = "SHA", requires = "log")]
    pub head_sha: Option<String>,
    /// A file that the change touches; may be given again
    #[arg(long, value_name = "PATH", requires = "log")]
    pub changed_file: Vec<String>,
    /// The pull request's number
    #[arg(long, value_name = "NUMBER", requires = "log")]
    pub pull_request: Option<u64>,
    /// The id of the Actions run
    #[arg(long, value_name = "ID", requires = "log")]
    pub run_id: Option<u64>,
}

//! The check run on the commit that failed. It is always completed, as neutral or success: a pending or red check of ours
//! would be one more that people and branch protection wait for.

use remediation::Receipt;
use world::github::{CheckRun, Conclusion, Slug, Status};
use world::{CheckRunAction, CheckRunDraft, CheckRunText, CommentOnGithub, PortError, PortResult, ReadGithub};

use crate::{Before, Told, same};

/// What it says.
#[derive(Debug, Clone)]
pub struct CheckRunPage {
    /// Headline.
    pub title: String,
    /// Markdown, encoded.
    pub summary: String,
    /// Whether CI is green by our doing: success, else neutral.
    pub repaired: bool,
    /// The commands that its buttons ask for, at most three.
    pub commands: Vec<&'static str>,
    /// Where a person reads more.
    pub details_url: Option<String>,
}

/// Says it on the commit.
///
/// # Errors
/// As the port says; a check run that is gone is none, it is made again.
pub async fn check_run(
    page: &CheckRunPage,
    of: &Slug,
    head_sha: &str,
    before: &Before<'_>,
    ports: &(impl ReadGithub + CommentOnGithub),
) -> PortResult<Told> {
    let known = match before.message.and_then(|message| message.id.parse().ok()) {
        Some(id) => match ports.check_run(of, id).await {
            Ok(known) => Some(known),
            Err(PortError::NotFound { .. } | PortError::Gone { .. }) => None,
            Err(error) => return Err(error),
        },
        None => ours(ports.check_runs(of, head_sha).await?.items, before),
    };
    let conclusion = if page.repaired { Conclusion::Success } else { Conclusion::Neutral };
    let said = CheckRunDraft {
        status: Some(Status::Completed),
        conclusion: Some(conclusion),
        output: Some(CheckRunText { title: page.title.clone(), summary: page.summary.clone() }),
        actions: page.commands.iter().map(|command| action(command)).collect(),
        ..CheckRunDraft::default()
    };
    let Some(known) = known else {
        let draft = CheckRunDraft {
            // GitHub shows one check run of a name: two workflows of a commit have two remediations.
            name: Some(format!("Healer {}", before.id)),
            head_sha: Some(head_sha.to_owned()),
            external_id: Some(before.id.to_owned()),
            details_url: page.details_url.clone(),
            ..said
        };
        let made = ports.create_check_run(of, &draft).await?;
        return Ok(Told { receipt: Receipt::Sent, id: made.id.to_string() });
    };
    let id = known.id.to_string();
    let says = known
        .output
        .as_ref()
        .is_some_and(|output| same(output.title.expose(), &page.title) && same(output.summary.expose(), &page.summary));
    if says && known.conclusion == Some(conclusion) {
        return Ok(Told { receipt: Receipt::Unchanged, id });
    }
    ports.update_check_run(of, known.id, &said).await?;
    Ok(Told { receipt: Receipt::Updated, id })
}

/// Only our own App can have made it: its name for it is in a field that every App may fill.
fn ours(runs: Vec<CheckRun>, before: &Before<'_>) -> Option<CheckRun> {
    runs.into_iter().find(|run| {
        run.app.as_ref().is_some_and(|app| Some(app.id) == before.app_id)
            && run.external_id.as_ref().is_some_and(|id| id.expose() == before.id)
    })
}

/// The button of a command: `healer-<command>` is what `open-remediation` reads.
fn action(command: &str) -> CheckRunAction {
    let mut label = command.to_owned();
    if let Some(first) = label.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    CheckRunAction {
        label,
        description: format!("The same as the comment /healer {command}"),
        identifier: format!("healer-{command}"),
    }
}

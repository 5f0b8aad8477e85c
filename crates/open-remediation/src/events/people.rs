//! What people do: commands, buttons, pull requests, reviews. Of a comment only the command is read.

use remediation::{Agent, Subject, SubjectKind, Vocabulary, command, names};
use step::Cannot;

use crate::body::Body;
use crate::event::Read;

pub(crate) fn issue_comment(body: &Body<'_>) -> Result<Read, Cannot> {
    let (repository_id, repository) = body.repository()?;
    let comment_id = body.need_id("comment.id")?;
    let mut subject = Subject::new(SubjectKind::Command);
    subject.comment_id = Some(comment_id);
    // GitHub calls every pull request an issue; only a pull request has this key.
    if body.at("issue.pull_request.url")?.is_some() {
        subject.pull_request = body.id("issue.number")?;
    }
    if let Some((command, sha)) = body.raw("comment.body")?.and_then(command::parse) {
        subject.command = Some(command.into());
        subject.command_sha = sha;
    }
    subject.action = body.word("action")?;
    // Who caused the event: of an edited comment its editor, not its author.
    subject.actor = body.actor(&["sender", "comment.user"])?;
    subject.url = body.url("comment.html_url")?;
    Ok(Read {
        id: names::command(repository_id, comment_id),
        at: body.instant("comment.created_at")?,
        repository: Some(repository),
        subject,
        asked: None,
        alert: None,
    })
}

/// A pressed button: `fix-<agent>-…` as the platform makes them (cto.md 2.4), or our own `healer-<command>[-<n>]`.
pub(crate) fn button(body: &Body<'_>) -> Result<Read, Cannot> {
    let (repository_id, repository) = body.repository()?;
    let check_id = body.need_id("check_run.id")?;
    let identifier = body.need_raw("requested_action.identifier")?;
    let (command, n) = pressed(identifier);
    let mut subject = Subject::new(SubjectKind::Button);
    subject.check_id = Some(check_id);
    subject.command = command.map(str::to_owned);
    subject.head_sha = body.sha("check_run.head_sha")?;
    subject.branch = body.branch("check_run.check_suite.head_branch")?;
    super::pull_request(body, "check_run.pull_requests", repository_id, &mut subject)?;
    subject.conclusion = body.word("check_run.conclusion")?;
    subject.action = body.word("action")?;
    subject.actor = body.actor(&["sender"])?;
    subject.url = body.url("check_run.html_url")?;
    Ok(Read {
        id: names::button(check_id, n),
        at: None,
        repository: Some(repository),
        subject,
        asked: None,
        alert: None,
    })
}

/// The command, and which button of this check it was. Whose button it is otherwise, is nothing to us.
fn pressed(identifier: &str) -> (Option<&'static str>, u64) {
    if let Some(rest) = identifier.strip_prefix("fix-") {
        let agent = rest.split('-').next().unwrap_or_default();
        return (Agent::parse(agent).map(|_| "fix"), 1);
    }
    let Some(rest) = identifier.strip_prefix("healer-") else { return (None, 1) };
    let (word, n) = rest.split_once('-').unwrap_or((rest, "1"));
    let n = n.parse().ok().filter(|n| *n > 0);
    let command = command::COMMANDS.iter().copied().find(|known| *known == word);
    match (command, n) {
        (Some(command), Some(n)) => (Some(command), n),
        _ => (None, 1),
    }
}

pub(crate) fn pull_request(body: &Body<'_>) -> Result<Read, Cannot> {
    let (repository_id, repository) = body.repository()?;
    let number = body.id("pull_request.number")?.or(body.id("number")?);
    let number =
        number.ok_or_else(|| body.refuse("pull_request.number", "is missing; without it nothing has a name"))?;
    let mut subject = Subject::new(SubjectKind::PullRequest);
    subject.pull_request = Some(number);
    subject.branch = body.branch("pull_request.head.ref")?;
    subject.head_sha = body.sha("pull_request.head.sha")?;
    subject.head_repository_id = body.id("pull_request.head.repo.id")?;
    subject.conclusion = body.word("pull_request.state")?;
    subject.action = body.word("action")?;
    subject.actor = body.actor(&["sender"])?;
    subject.url = body.url("pull_request.html_url")?;
    let parts = [&repository_id.to_string(), &number.to_string(), &subject.action.clone().unwrap_or_default()];
    let sha = subject.head_sha.clone().unwrap_or_default();
    let [repository_part, number_part, action_part] = parts.map(|part| part.as_bytes());
    Ok(Read {
        id: names::other("pr", &[repository_part, number_part, action_part, sha.as_bytes()]),
        at: body.instant("pull_request.updated_at")?,
        repository: Some(repository),
        subject,
        asked: None,
        alert: None,
    })
}

pub(crate) fn pull_request_review(body: &Body<'_>) -> Result<Read, Cannot> {
    let (repository_id, repository) = body.repository()?;
    let review_id = body.need_id("review.id")?;
    let mut subject = Subject::new(SubjectKind::Review);
    subject.pull_request = body.id("pull_request.number")?;
    subject.branch = body.branch("pull_request.head.ref")?;
    subject.head_sha = body.sha("review.commit_id")?.or(body.sha("pull_request.head.sha")?);
    subject.head_repository_id = body.id("pull_request.head.repo.id")?;
    subject.conclusion = body.word("review.state")?;
    subject.action = body.word("action")?;
    subject.actor = body.actor(&["sender", "review.user"])?;
    subject.url = body.url("review.html_url")?;
    Ok(Read {
        id: names::other("review", &[repository_id.to_string().as_bytes(), review_id.to_string().as_bytes()]),
        at: body.instant("review.submitted_at")?,
        repository: Some(repository),
        subject,
        asked: None,
        alert: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_is_ours_or_the_platforms() {
        assert_eq!(pressed("fix-rex-pr42-33001"), (Some("fix"), 1));
        assert_eq!(pressed("fix-grizz-pr42-33001"), (None, 1), "no agent of ours");
        assert_eq!(pressed("healer-retry"), (Some("retry"), 1));
        assert_eq!(pressed("healer-retry-3"), (Some("retry"), 3));
        for other in ["lgtm|26764", "healer-", "healer-delete", "healer-retry-x", "healer-retry-0", "fix-"] {
            assert_eq!(pressed(other), (None, 1), "{other}");
        }
    }
}

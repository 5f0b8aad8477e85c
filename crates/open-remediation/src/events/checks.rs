//! Checks and statuses. Those of another CI are a `commit_status` with the check's name as context; those of GitHub
//! Actions lead to a run.

use remediation::{Repository, Subject, SubjectKind, names};
use step::Cannot;

use crate::body::Body;
use crate::event::Read;
use crate::events::{people, pull_request};

/// GitHub's own id of the App "GitHub Actions" on github.com; its slug is the same everywhere.
const ACTIONS_APP_ID: u64 = 15_368;

pub(crate) fn check_run(body: &Body<'_>) -> Result<Read, Cannot> {
    if body.raw("action")? == Some("requested_action") {
        return people::button(body);
    }
    let (repository_id, repository) = body.repository()?;
    let run = if is_actions(body, "check_run.app")? {
        body.raw("check_run.details_url")?.and_then(|url| actions_run(url, &repository))
    } else {
        None
    };
    let (mut subject, id) = match run {
        Some((run_id, job_id)) => {
            let mut subject = Subject::new(SubjectKind::CiFailure);
            subject.run_id = Some(run_id);
            subject.job_id = job_id;
            subject.job = body.text("check_run.name")?;
            // The payload does not say which attempt of the run it was, so this name is the door's, not the failure's.
            let check_id = body.need_id("check_run.id")?;
            (subject, names::other("chk", &[repository_id.to_string().as_bytes(), check_id.to_string().as_bytes()]))
        }
        None => {
            let context = body.need_raw("check_run.name")?;
            let sha = body.sha("check_run.head_sha")?;
            let sha =
                sha.ok_or_else(|| body.refuse("check_run.head_sha", "is missing; without it the failure has no name"))?;
            let mut subject = Subject::new(SubjectKind::CommitStatus);
            subject.context = body.text("check_run.name")?;
            (subject, names::status(repository_id, &sha, context))
        }
    };
    subject.check_id = body.id("check_run.id")?;
    subject.head_sha = body.sha("check_run.head_sha")?;
    subject.branch = body.branch("check_run.check_suite.head_branch")?;
    pull_request(body, "check_run.pull_requests", repository_id, &mut subject)?;
    subject.conclusion = body.word("check_run.conclusion")?;
    subject.action = body.word("action")?;
    subject.actor = body.actor(&["sender"])?;
    subject.url = body.url("check_run.html_url")?;
    Ok(Read {
        id,
        at: body.instant("check_run.completed_at")?,
        repository: Some(repository),
        subject,
        asked: None,
        alert: None,
    })
}

pub(crate) fn check_suite(body: &Body<'_>) -> Result<Read, Cannot> {
    let (repository_id, repository) = body.repository()?;
    let suite_id = body.need_id("check_suite.id")?;
    let mut subject = if is_actions(body, "check_suite.app")? {
        Subject::new(SubjectKind::CiFailure)
    } else {
        let mut subject = Subject::new(SubjectKind::CommitStatus);
        subject.context = body.text("check_suite.app.name")?.or(body.text("check_suite.app.slug")?);
        subject
    };
    subject.check_id = Some(suite_id);
    subject.head_sha = body.sha("check_suite.head_sha")?;
    subject.branch = body.branch("check_suite.head_branch")?;
    pull_request(body, "check_suite.pull_requests", repository_id, &mut subject)?;
    subject.conclusion = body.word("check_suite.conclusion")?;
    subject.action = body.word("action")?;
    subject.actor = body.actor(&["sender"])?;
    Ok(Read {
        // A suite holds runs or checks; it is a door to them.
        id: names::other("suite", &[repository_id.to_string().as_bytes(), suite_id.to_string().as_bytes()]),
        at: body.instant("check_suite.updated_at")?,
        repository: Some(repository),
        subject,
        asked: None,
        alert: None,
    })
}

pub(crate) fn status(body: &Body<'_>) -> Result<Read, Cannot> {
    let (repository_id, repository) = body.repository()?;
    let context = body.need_raw("context")?;
    let sha = body.sha("sha")?;
    let sha = sha.ok_or_else(|| body.refuse("sha", "is missing; without it the failure has no name"))?;
    let mut subject = Subject::new(SubjectKind::CommitStatus);
    subject.context = body.text("context")?;
    subject.conclusion = body.word("state")?;
    subject.actor = body.actor(&["sender"])?;
    subject.url = body.url("target_url")?;
    // The branches that contain the commit; only one that points to it can be meant.
    let mut heads = Vec::new();
    for item in body.list("branches")? {
        let branch = body.below(item);
        if branch.sha("commit.sha")?.as_ref() == Some(&sha) {
            heads.extend(branch.branch("name")?);
        }
    }
    if heads.len() == 1 {
        subject.branch = heads.pop();
    }
    subject.head_sha = Some(sha.clone());
    Ok(Read {
        id: names::status(repository_id, &sha, context),
        at: body.instant("updated_at")?,
        repository: Some(repository),
        subject,
        asked: None,
        alert: None,
    })
}

fn is_actions(body: &Body<'_>, app: &str) -> Result<bool, Cannot> {
    Ok(body.raw(&format!("{app}.slug"))? == Some("github-actions")
        || body.id(&format!("{app}.id"))? == Some(ACTIONS_APP_ID))
}

/// Run and job of `…/<owner>/<name>/actions/runs/<run>/job/<job>`. A check that a workflow made through the API is of
/// the same App, but its address is its own; `…/runs/<id>` without `actions` is a check, not a run.
fn actions_run(url: &str, repository: &Repository) -> Option<(u64, Option<u64>)> {
    let number = |part: Option<&str>| part.and_then(|part| part.parse().ok()).filter(|id| *id > 0);
    let path = url.strip_prefix("https://")?.split(['?', '#']).next()?;
    let mut parts = path.split('/').skip(1);
    let own =
        parts.next()?.eq_ignore_ascii_case(&repository.owner) && parts.next()?.eq_ignore_ascii_case(&repository.name);
    if !own || parts.next()? != "actions" || parts.next()? != "runs" {
        return None;
    }
    let run = number(parts.next())?;
    let job = if parts.next() == Some("job") { number(parts.next()) } else { None };
    Some((run, job))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_read_from_the_address_of_its_own_repository_only() {
        let repository = Repository {
            host: "github.com".into(),
            owner: "acme".into(),
            name: "widgets".into(),
            id: None,
            default_branch: None,
        };
        let run = |url: &str| actions_run(url, &repository);
        assert_eq!(run("https://github.com/acme/widgets/actions/runs/12/job/34"), Some((12, Some(34))));
        assert_eq!(run("https://github.com/Acme/Widgets/actions/runs/12?pr=42"), Some((12, None)));
        for wrong in [
            "https://github.com/acme/widgets/runs/34",
            "https://github.com/evil/widgets/actions/runs/12",
            "https://ci.example/actions/runs/12",
            "https://github.com/acme/widgets/actions/runs/0",
            "https://github.com/acme/widgets/actions/runs/-1",
            "http://github.com/acme/widgets/actions/runs/1",
            "runs/12",
        ] {
            assert_eq!(run(wrong), None, "{wrong}");
        }
    }
}

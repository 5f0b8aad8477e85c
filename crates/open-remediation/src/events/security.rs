//! Security alerts, by their numbers. A secret's value and the alert's text are never read.

use remediation::{AlertType, Subject, SubjectKind, names};
use step::Cannot;

use crate::body::Body;
use crate::event::Read;
use crate::foreign::Reference;

/// A Dependabot alert; the old `repository_vulnerability_alert` has the same number in the same place.
pub(crate) fn dependabot(body: &Body<'_>) -> Result<Read, Cannot> {
    alert(body, AlertType::Dependabot)
}

pub(crate) fn code_scanning(body: &Body<'_>) -> Result<Read, Cannot> {
    let mut read = alert(body, AlertType::CodeScanning)?;
    match body.reference("ref")? {
        Some(Reference::Branch(branch)) => read.subject.branch = Some(branch),
        Some(Reference::PullRequest(number)) => read.subject.pull_request = Some(number),
        Some(Reference::Tag) | None => {}
    }
    read.subject.head_sha = body.sha("commit_oid")?;
    Ok(read)
}

pub(crate) fn secret_scanning(body: &Body<'_>) -> Result<Read, Cannot> {
    alert(body, AlertType::SecretScanning)
}

fn alert(body: &Body<'_>, alert_type: AlertType) -> Result<Read, Cannot> {
    let (repository_id, repository) = body.repository()?;
    let number = body.need_id("alert.number")?;
    let mut subject = Subject::new(SubjectKind::SecurityAlert);
    subject.alert_type = Some(alert_type.into());
    subject.alert_number = Some(number);
    subject.conclusion = body.word("alert.state")?;
    subject.action = body.word("action")?;
    subject.actor = body.actor(&["sender"])?;
    subject.url = body.url("alert.html_url")?;
    Ok(Read {
        id: names::security_alert(repository_id, alert_type, number),
        at: body.instant("alert.created_at")?,
        repository: Some(repository),
        subject,
        asked: None,
        alert: None,
    })
}

//! A failed Argo Workflow of ours, as Kubernetes gives it (`argoproj.io`, `Workflow`).

use remediation::{Subject, SubjectKind, names};
use step::Cannot;

use crate::body::Body;
use crate::event::Read;

pub(crate) fn workflow(body: &Body<'_>) -> Result<Read, Cannot> {
    if body.raw("kind")?.is_some_and(|kind| kind != "Workflow") {
        return Err(body.refuse("kind", "must be `Workflow`"));
    }
    let uid = body.need_raw("metadata.uid")?;
    if !(8..=64).contains(&uid.len()) || !uid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
        return Err(body.refuse("metadata.uid", "must be a Kubernetes uid: hexadecimal digits and dashes"));
    }
    let mut subject = Subject::new(SubjectKind::WorkflowFailure);
    subject.uid = Some(uid.to_ascii_lowercase());
    subject.workflow = body.text("metadata.name")?;
    subject.conclusion = body.word("status.phase")?.map(|phase| phase.to_ascii_lowercase());
    Ok(Read {
        id: names::failed_workflow(uid),
        at: body.instant("status.finishedAt")?,
        repository: None,
        subject,
        asked: None,
        alert: None,
    })
}

//! An alert of the platform (A1-A12): `{id, message, severity, context, detectedAt}` (cto.md 4.1, 4.2).

use remediation::{ARGOCD_ALERTS, Repository, Subject, SubjectKind, names};
use serde_json::Value;
use step::Cannot;

use crate::body::Body;
use crate::event::Read;
use crate::foreign;

/// Entries of the context beyond these are left out of the attachment, and that is said there.
const MAX_ENTRIES: usize = 40;

pub(crate) fn alert(body: &Body<'_>) -> Result<Read, Cannot> {
    let alert_id =
        body.word("id")?.ok_or_else(|| body.refuse("id", "is missing; it says which alert it is, such as A7"))?;
    let mut context = Vec::new();
    match body.at("context")? {
        None => {}
        Some(Value::Object(map)) => {
            for (key, value) in map {
                match value {
                    Value::String(value) => context.push((key.as_str(), value.as_str())),
                    Value::Null => {}
                    _ => return Err(body.refuse("context", "must hold texts only")),
                }
            }
        }
        Some(_) => return Err(body.refuse("context", "must be an object")),
    }
    let value = |wanted: &str| context.iter().find(|(key, _)| *key == wanted).map_or("", |(_, value)| *value);
    let (id, uid) = names::alert(&alert_id, |key| value(key).to_owned());
    let mut subject = Subject::new(SubjectKind::ClusterAlert);
    subject.context = Some(foreign::text(&alert_id));
    subject.uid = Some(uid);
    if ARGOCD_ALERTS.contains(&alert_id.as_str()) {
        subject.workflow = body.text("context.workflow_name")?;
    }
    subject.conclusion = body.word("severity")?.map(|severity| severity.to_ascii_lowercase());
    let at = body.instant("detectedAt")?;
    let alert = Some(told(body.raw("message")?.unwrap_or_default(), &context));
    Ok(Read { id, at, repository: repository(value("repository")), subject, asked: None, alert })
}

/// An alert may name its repository; by name only, so `admit` looks its id up.
fn repository(named: &str) -> Option<Repository> {
    let (owner, name) = foreign::slug(named)?;
    Some(Repository { host: "github.com".into(), owner, name, id: None, default_branch: None })
}

/// What the alert says, for whoever repairs it.
fn told(message: &str, context: &[(&str, &str)]) -> String {
    let mut text = foreign::text(message).expose().to_owned() + "\n";
    for (key, value) in context.iter().take(MAX_ENTRIES) {
        text.push_str(foreign::text(&format!("{key}: {value}")).expose());
        text.push('\n');
    }
    if let more @ 1.. = context.len().saturating_sub(MAX_ENTRIES) {
        text.push_str(&format!("[healer: {more} more entries left out here]\n"));
    }
    text
}

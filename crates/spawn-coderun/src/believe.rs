//! Spawning believes the record, not the document: the document went through pods that read what strangers wrote.

use ledger::Record;
use remediation::Repository;
use step::Cannot;

use crate::Needs;

/// Refuses a document that says something else than its record.
pub fn check(needs: &Needs, record: &Record) -> Result<(), Cannot> {
    let (spec, status) = (&record.spec, &record.status);
    let Repository { owner, name, id, .. } = &needs.repository;
    let tries = status.attempt.as_ref().map(|attempt| (attempt.round, attempt.number));
    let equal = [
        ("repository", id.is_none_or(|id| id == spec.repository_id) && spec.repository == format!("{owner}/{name}")),
        ("target", needs.target.is_some() && needs.target == status.target),
        ("subject.head_sha", needs.subject.head_sha == spec.head_sha),
        ("attempt", tries == Some((needs.attempt.round, needs.attempt.number))),
    ];
    match equal.into_iter().find(|(_, equal)| !equal) {
        None => Ok(()),
        Some((section, _)) => Err(Cannot::refused(format!(
            "the document's `{section}` is not what the record {} says; nothing was created, start again from admit",
            record.name()
        ))),
    }
}

//! The record of a remediation: read, change, write back, again when somebody else wrote in between.

use remediation::record::RecordStatus;
use serde::Serialize;
use serde_json::Value;
use step::Cannot;
use world::{PortError, Records};

use crate::cannot;

/// How often a write is tried again after a conflict.
const TRIES: usize = 5;

/// The record's status; `None` where there is no record, as by hand.
pub async fn read_record(ports: &impl Records, id: &str) -> Result<Option<RecordStatus>, Cannot> {
    let Some(record) = ports.record(id).await.map_err(cannot)? else { return Ok(None) };
    record.status_as().map(Some).map_err(|error| unreadable(id, &error))
}

/// Changes the record's status; what this version does not know in it stays. A change that changes nothing writes
/// nothing. Gives the status as it is afterwards; `None` where there is no record.
pub async fn change_record(
    ports: &impl Records,
    id: &str,
    change: impl Fn(&mut RecordStatus),
) -> Result<Option<RecordStatus>, Cannot> {
    for _ in 0..TRIES {
        let Some(mut record) = ports.record(id).await.map_err(cannot)? else { return Ok(None) };
        let before: RecordStatus = record.status_as().map_err(|error| unreadable(id, &error))?;
        let mut after = before.clone();
        change(&mut after);
        if after == before {
            return Ok(Some(after));
        }
        record.status = merged(&record.status, &before, &after)?;
        match ports.replace_record_status(&record).await {
            Ok(_) => return Ok(Some(after)),
            Err(PortError::Conflict { .. }) => {}
            Err(error) => return Err(cannot(error)),
        }
    }
    Err(Cannot::not_yet(format!(
        "the record {id} changed {TRIES} times while it was written; nothing was lost, run again"
    )))
}

/// The new status in the old object: our keys replaced or removed, keys of a newer version kept.
fn merged(old: &Value, before: &RecordStatus, after: &RecordStatus) -> Result<Value, Cannot> {
    let mut object = old.as_object().cloned().unwrap_or_default();
    for key in encode(before)?.keys() {
        object.remove(key);
    }
    object.extend(encode(after)?);
    Ok(Value::Object(object))
}

fn encode(status: &impl Serialize) -> Result<serde_json::Map<String, Value>, Cannot> {
    match serde_json::to_value(status) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(Cannot::bug("a record's status does not encode as an object")),
    }
}

fn unreadable(id: &str, error: &str) -> Cannot {
    Cannot::refused(format!(
        "the record {id} is not readable: {error}; a newer Healer may have written it, so use that version"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use remediation::Stage;

    #[test]
    fn what_a_newer_version_wrote_stays() {
        let old = serde_json::json!({ "stage": "admitted", "agent": "rex", "weather": { "sky": "blue" } });
        let before: RecordStatus = serde_json::from_value(old.clone()).unwrap();
        let after = RecordStatus { stage: Some(Stage::CiRunning.into()), agent: None, ..before.clone() };
        let new = merged(&old, &before, &after).unwrap();
        assert_eq!(new, serde_json::json!({ "weather": { "sky": "blue" }, "stage": "ci_running" }));
    }
}

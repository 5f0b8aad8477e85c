//! Remediation records, read as types and written by compare-and-swap.

use jiff::Timestamp;
use remediation::record::{Owner, RecordSpec, RecordStatus};
use remediation::{Mode, names};
use serde_json::{Map as Object, Value};
use step::Cannot;
use world::kubernetes::{Map, Resource};
use world::{PortError, Records};

use crate::{cannot, same};

/// The label that finds the records of one repository, by GitHub's id.
pub const REPOSITORY_LABEL: &str = "healer.platform/repository-id";

/// The label that finds the records of one branch, by [`remediation::record::branch_key`].
pub const BRANCH_LABEL: &str = "healer.platform/branch-key";

/// How often a record is read again after somebody else wrote it (safety.md 4.4, row 25).
const TRIES: usize = 5;

/// A record as it was read.
#[derive(Debug, Clone)]
pub struct Record {
    resource: Resource,
    before: RecordStatus,
    /// What it is about.
    pub spec: RecordSpec,
    /// What has happened; change it and [`save`] it.
    pub status: RecordStatus,
}

impl Record {
    /// Reads the object.
    ///
    /// # Errors
    /// 3: a newer version wrote it, or it is broken. It is never guessed at.
    pub fn read(resource: Resource) -> Result<Self, Cannot> {
        let broken = |part: &str, error: String| {
            let name = &resource.metadata.name;
            Cannot::refused(format!("the record {name} has an unreadable {part}: {error}; look at it with kubectl"))
        };
        let spec = resource.spec_as::<RecordSpec>().map_err(|error| broken("spec", error))?;
        let status = resource.status_as::<RecordStatus>().map_err(|error| broken("status", error))?;
        Ok(Self { before: status.clone(), resource, spec, status })
    }

    /// The document's id.
    pub fn name(&self) -> &str {
        &self.resource.metadata.name
    }

    /// The object, for conditional deletion.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// When it was made, by the server's clock.
    pub fn created_at(&self) -> Timestamp {
        self.resource.metadata.creation_timestamp.unwrap_or(self.spec.opened_at)
    }

    /// Whether it has not ended.
    pub fn is_open(&self) -> bool {
        self.status.conclusion.is_none()
    }

    /// Whether others have to respect it: what was written in observe mode binds nobody.
    pub fn binds(&self) -> bool {
        self.spec.mode != Mode::Observe
    }

    /// Whether `status` differs from what was read.
    fn is_changed(&self) -> bool {
        self.before != self.status
    }

    /// The object to write: our fields over what was there, so that a newer version's fields stay.
    fn written(&self) -> Result<Resource, Cannot> {
        let encode = |status: &RecordStatus| match serde_json::to_value(status) {
            Ok(Value::Object(fields)) => Ok(fields),
            other => Err(Cannot::bug(format!("a record's status is no object: {other:?}"))),
        };
        let (before, after) = (encode(&self.before)?, encode(&self.status)?);
        let mut fields = match &self.resource.status {
            Value::Object(fields) => fields.clone(),
            _ => Object::new(),
        };
        fields.retain(|key, _| !before.contains_key(key) || after.contains_key(key));
        for (key, value) in after {
            if before.get(&key) != Some(&value) {
                fields.insert(key, value);
            }
        }
        Ok(Resource { status: Value::Object(fields), ..self.resource.clone() })
    }
}

/// The record of this name.
pub async fn find(ports: &impl Records, name: &str) -> Result<Option<Record>, Cannot> {
    ports.record(name).await.map_err(cannot)?.map(Record::read).transpose()
}

/// Every record of a repository.
pub async fn of_repository(ports: &impl Records, repository_id: u64) -> Result<Vec<Record>, Cannot> {
    let records = ports.records(&[(REPOSITORY_LABEL, &repository_id.to_string())]).await.map_err(cannot)?;
    records.into_iter().map(Record::read).collect()
}

/// The record that a Workflow works on: the one that it is named after, else any that it owns, an open one first.
pub async fn of_owner(ports: &impl Records, owner: &Owner) -> Result<Option<Record>, Cannot> {
    let own = |record: &Record| same(record.status.owner.as_ref(), Some(owner));
    if let Some(named) = find(ports, names::of_workflow(&owner.workflow).0).await?.filter(own) {
        return Ok(Some(named));
    }
    let all = ports.records(&[]).await.map_err(cannot)?;
    let mut owned = Vec::new();
    for resource in all {
        let owner_of = |key: &str| resource.status.pointer(&format!("/owner/{key}")).and_then(Value::as_str);
        if owner_of("workflow") == Some(&owner.workflow) && owner_of("uid") == owner.uid.as_deref() {
            owned.push(Record::read(resource)?);
        }
    }
    owned.sort_by_key(|record| !record.is_open());
    Ok(owned.into_iter().find(own))
}

/// Creates a record, status included. `None`: there is one of this name already.
///
/// # Errors
/// 75 also when it is there now without its status: whoever runs again takes it over, as nobody owns it.
pub async fn create(
    ports: &impl Records,
    name: &str,
    spec: &RecordSpec,
    status: RecordStatus,
) -> Result<Option<Record>, Cannot> {
    let mut labels = Map::new();
    labels.insert("app.kubernetes.io/name".into(), "healer".into());
    labels.insert(REPOSITORY_LABEL.into(), spec.repository_id.to_string());
    if let Some(key) = &spec.branch_key {
        labels.insert(BRANCH_LABEL.into(), key.clone());
    }
    let spec = serde_json::to_value(spec).map_err(|error| Cannot::bug(error.to_string()))?;
    let mut record = match ports.create_record(name, &labels, &spec).await {
        Ok(resource) => Record::read(resource)?,
        Err(PortError::Conflict { .. }) => return Ok(None),
        Err(error) => return Err(cannot(error)),
    };
    record.status = status;
    save(ports, record).await
}

/// Writes the status. `None`: somebody wrote since it was read. Nothing is written if nothing changed.
pub async fn save(ports: &impl Records, record: Record) -> Result<Option<Record>, Cannot> {
    if !record.is_changed() {
        return Ok(Some(record));
    }
    match ports.replace_record_status(&record.written()?).await {
        Ok(resource) => Record::read(resource).map(Some),
        Err(PortError::Conflict { .. }) => Ok(None),
        Err(error) => Err(cannot(error)),
    }
}

/// Changes the status, again on the newest one when somebody else wrote meanwhile. `None`: there is no such record.
pub async fn update(
    ports: &impl Records,
    name: &str,
    change: impl Fn(&RecordSpec, &mut RecordStatus),
) -> Result<Option<Record>, Cannot> {
    for _ in 0..TRIES {
        let Some(mut record) = find(ports, name).await? else { return Ok(None) };
        change(&record.spec, &mut record.status);
        if let Some(saved) = save(ports, record).await? {
            return Ok(Some(saved));
        }
    }
    Err(Cannot::not_yet(format!(
        "the record {name} was changed by somebody else {TRIES} times in a row; nothing was written"
    )))
}

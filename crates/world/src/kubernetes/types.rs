//! Kubernetes objects, as much of them as Healer uses.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Labels or annotations.
pub type Map = BTreeMap<String, String>;

/// An object's metadata.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    /// Unique in its namespace and kind.
    pub name: String,
    /// Where.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Tells it from an earlier object of the same name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uid: String,
    /// Changes with every write; a write that sends an older one is a conflict. Opaque: compare for equality only.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource_version: String,
    /// For selecting.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: Map,
    /// For anything else.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: Map,
    /// The server's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_timestamp: Option<Timestamp>,
    /// Being deleted, as soon as its finalizers are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_timestamp: Option<Timestamp>,
    /// Who deletes it by being deleted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owner_references: Vec<OwnerReference>,
    /// Who must let go before it is deleted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub finalizers: Vec<String>,
}

/// Who owns an object.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnerReference {
    /// Group and version.
    pub api_version: String,
    /// Kind.
    pub kind: String,
    /// Name, in the same namespace.
    pub name: String,
    /// Uid.
    pub uid: String,
    /// Whether it is the one that manages it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controller: Option<bool>,
}

/// Any object: its metadata, and the rest as it came, so that writing it back loses nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// Group and version.
    #[serde(default)]
    pub api_version: String,
    /// Kind.
    #[serde(default)]
    pub kind: String,
    /// Metadata.
    pub metadata: Metadata,
    /// What is wanted; `null` if there is none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub spec: Value,
    /// What is; `null` until the first status write.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub status: Value,
}

impl Resource {
    /// A new object to be created.
    pub fn new(api_version: &str, kind: &str, name: impl Into<String>, spec: Value) -> Self {
        let metadata = Metadata { name: name.into(), ..Metadata::default() };
        Self { api_version: api_version.into(), kind: kind.into(), metadata, spec, status: Value::Null }
    }

    /// `status.phase`; `None` while the controller has not said anything.
    pub fn phase(&self) -> Option<&str> {
        self.status.get("phase").and_then(Value::as_str).filter(|phase| !phase.is_empty())
    }

    /// The spec as a type.
    ///
    /// # Errors
    /// What does not fit, and where.
    pub fn spec_as<T: DeserializeOwned>(&self) -> Result<T, String> {
        decode(&self.spec)
    }

    /// The status as a type. A missing status reads as an empty one.
    ///
    /// # Errors
    /// What does not fit, and where.
    pub fn status_as<T: DeserializeOwned>(&self) -> Result<T, String> {
        if self.status.is_null() { decode(&Value::Object(serde_json::Map::new())) } else { decode(&self.status) }
    }
}

fn decode<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| error.to_string())
}

/// A Lease of `coordination.k8s.io/v1`: who holds something.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lease {
    /// Metadata.
    pub metadata: Metadata,
    /// Who, since when.
    #[serde(default)]
    pub spec: LeaseSpec,
}

/// Who holds a Lease.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LeaseSpec {
    /// The holder; absent or empty is free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder_identity: Option<String>,
    /// For how long after `renew_time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_duration_seconds: Option<i32>,
    /// Since when this holder has it.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "micro_time")]
    pub acquire_time: Option<Timestamp>,
    /// When the holder last said that it lives.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "micro_time")]
    pub renew_time: Option<Timestamp>,
    /// How often it changed hands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_transitions: Option<i32>,
}

/// Kubernetes' MicroTime wants exactly six digits after the point.
#[allow(clippy::ref_option, reason = "serde gives the field by reference")]
fn micro_time<S: serde::Serializer>(time: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => to.serialize_str(&format!("{time:.6}")),
        None => to.serialize_none(),
    }
}

/// A ConfigMap.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfigMap {
    /// Metadata.
    pub metadata: Metadata,
    /// Text by key.
    #[serde(default)]
    pub data: Map,
}

/// What must still be so for a deletion.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Preconditions {
    /// It is this very object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// Nobody changed it since it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_version: Option<String>,
}

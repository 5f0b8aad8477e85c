//! The `remediation/v1` document: one JSON object that every step reads and adds its sections to.
//!
//! [`Document`] keeps sections raw, so that a step passes on what it does not know byte for byte; [`sections`] are the
//! typed views; the vocabularies ([`words`]) and the tables over them ([`flow`], [`verdict`]) are data that the steps,
//! the schema and the docs share. This crate is pure: no clock, no file, no network.

pub mod command;
#[cfg(feature = "schema")]
mod crd;
pub mod docs;
mod document;
pub mod flow;
pub mod names;
pub mod projection;
mod raw;
pub mod record;
#[cfg(feature = "schema")]
mod schema;
pub mod sections;
pub mod verdict;
pub mod vocabulary;
pub mod words;

#[cfg(feature = "schema")]
pub use crd::custom_resource_definition;
pub use document::{Document, DocumentError, MAX_BYTES, SCHEMA};
#[cfg(feature = "schema")]
pub use schema::{Remediation, json_schema};
pub use sections::*;
pub use vocabulary::{Open, UnknownWord, Vocabulary};
pub use words::*;

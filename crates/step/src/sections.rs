//! What a step gives back.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::{Cannot, Code};

/// A change to one section.
pub(crate) enum Change {
    Set(Box<RawValue>),
    List(Vec<String>),
    Remove,
}

/// The sections that a step writes, its parameters, and the line it says in the log.
#[derive(Default)]
pub struct Sections {
    pub(crate) changes: Vec<(&'static str, Change)>,
    pub(crate) parameters: BTreeMap<&'static str, String>,
    pub(crate) said: Option<String>,
    pub(crate) code: Option<Code>,
    pub(crate) printed: Option<Vec<u8>>,
    broken: Option<String>,
}

impl Sections {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a section.
    pub fn set<T: Serialize + ?Sized>(mut self, name: &'static str, section: &T) -> Self {
        match remediation::Document::encode(section) {
            Ok(raw) => self.changes.push((name, Change::Set(raw))),
            Err(error) => self.broken = Some(error.to_string()),
        }
        self
    }

    /// Writes a section that is a list of which some items are kept as they came.
    pub fn set_list(mut self, name: &'static str, items: Vec<String>) -> Self {
        self.changes.push((name, Change::List(items)));
        self
    }

    /// Takes a section out of the document.
    pub fn remove(mut self, name: &'static str) -> Self {
        self.changes.push((name, Change::Remove));
        self
    }

    /// Writes a parameter; a value outside its declared vocabulary is a bug that the shell refuses.
    pub fn parameter(mut self, name: &'static str, value: impl Display) -> Self {
        self.parameters.insert(name, value.to_string());
        self
    }

    /// What the log says of it: one line, in our own words.
    pub fn say(mut self, line: impl Into<String>) -> Self {
        self.said = Some(line.into());
        self
    }

    /// The exit code to end with although the document was written: `finish` passes on a recorded fault's.
    pub fn exit(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// Writes this instead of the document: what a person asked to see, such as the object of a `--dry-run`.
    pub fn print(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.printed = Some(bytes.into());
        self
    }

    pub(crate) fn check(&self, owns: &[&str]) -> Result<(), Cannot> {
        if let Some(error) = &self.broken {
            return Err(Cannot::bug(error.clone()));
        }
        match self.changes.iter().find(|(name, _)| !owns.contains(name)) {
            Some((name, _)) => Err(Cannot::bug(format!("the step wrote the section `{name}`, which it does not own"))),
            None => Ok(()),
        }
    }
}

//! What was written to a recorded world: an append-only log that the next process reads, `written/log.jsonl`.
//!
//! State is nothing but this log played over the recorded files. Writers hold a lock on `written/lock` from reading the log
//! to appending to it, so that two processes never both win a create; readers need none, because a line counts only when
//! it is whole.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::wire::{Method, Service, WireError};

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Entry {
    /// A write that the recorded service accepted.
    Write(Write),
    /// The clock moved: somebody slept, or an answer was slow.
    Clock {
        /// What it shows now.
        at: Timestamp,
    },
    /// A fault with `times` was played.
    Fault {
        /// Its file, from the name of the folder or layer that holds it.
        file: String,
    },
}

/// A write that the recorded service accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Write {
    /// When, on the recorded clock.
    pub at: Timestamp,
    /// How.
    pub method: Method,
    /// To whom.
    pub service: Service,
    /// Where.
    pub path: String,
    /// What was sent.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub body: Value,
    /// What it was answered with.
    pub status: u16,
    /// What is different from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<Set>,
}

/// One thing that a write changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Set {
    /// Where it is read.
    pub path: String,
    /// What it is now; `null` if it is deleted.
    pub object: Value,
    /// The lists that it was added to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<String>,
}

/// The folder of the log.
#[derive(Debug)]
pub(crate) struct Written {
    dir: PathBuf,
}

impl Written {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Every whole line; nothing if nothing was written yet.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, WireError> {
        let file = self.dir.join("log.jsonl");
        match fs::read(&file) {
            Ok(bytes) => parse(&file, &bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.broken(&error)),
        }
    }

    /// Reads the log, lets `change` decide, and appends what it gives, with nobody else in between.
    pub(crate) fn update<T>(
        &self,
        change: impl FnOnce(Vec<Entry>) -> Result<(T, Vec<Entry>), WireError>,
    ) -> Result<T, WireError> {
        fs::create_dir_all(&self.dir).map_err(|error| self.broken(&error))?;
        let lock = File::options().create(true).append(true).open(self.dir.join("lock"));
        let lock = lock.and_then(|lock| lock.lock().map(|()| lock)).map_err(|error| self.broken(&error))?;
        let path = self.dir.join("log.jsonl");
        let file = File::options().create(true).read(true).write(true).truncate(false).open(&path);
        let mut file = file.map_err(|error| self.broken(&error))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| self.broken(&error))?;
        let (result, new) = change(parse(&path, &bytes)?)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let mut lines = Vec::new();
        for entry in new {
            serde_json::to_writer(&mut lines, &entry).map_err(|error| self.broken(&error.into()))?;
            lines.push(b'\n');
        }
        // A half line of a process that died is written over.
        let append = file.set_len(whole as u64).and_then(|()| file.seek(SeekFrom::Start(whole as u64)));
        append.and_then(|_| file.write_all(&lines)).map_err(|error| self.broken(&error))?;
        drop(lock);
        Ok(result)
    }

    fn broken(&self, error: &std::io::Error) -> WireError {
        WireError::Recording(format!(
            "{}: what was written to the recorded world cannot be kept here: {error}; give another folder with --world-state",
            self.dir.display()
        ))
    }
}

fn parse(file: &Path, bytes: &[u8]) -> Result<Vec<Entry>, WireError> {
    let mut entries = Vec::new();
    for (at, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if !line.ends_with(b"\n") {
            break;
        }
        entries.push(serde_json::from_slice(line).map_err(|error| {
            WireError::Recording(format!("{}:{}: {error}; delete the folder to start again", file.display(), at + 1))
        })?);
    }
    Ok(entries)
}

/// Everything that was written to a recorded world whose state is kept in `dir`, oldest first. For tests and the demo.
///
/// # Errors
/// A sentence: the log cannot be read.
pub fn writes(dir: &Path) -> Result<Vec<Write>, String> {
    let entries = Written::new(dir.to_path_buf()).entries().map_err(|error| error.to_string())?;
    Ok(entries
        .into_iter()
        .filter_map(|entry| if let Entry::Write(write) = entry { Some(write) } else { None })
        .collect())
}

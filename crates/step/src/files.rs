//! Files that are whole or not there: temporary name, sync, rename. SIGTERM takes the temporary ones along.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::Cannot;

/// Temporary files that exist right now.
static TEMPORARY: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A file under a temporary name beside its final one. Dropped without [`Pending::keep`], it is gone.
pub(crate) struct Pending {
    pub(crate) file: File,
    temporary: PathBuf,
    last: PathBuf,
}

impl Pending {
    pub(crate) fn create(path: &Path) -> Result<Self, Cannot> {
        let name = path.file_name().ok_or_else(|| failed("write", path, "it is not a file name"))?;
        let mut temporary_name = std::ffi::OsString::from(".");
        temporary_name.push(name);
        temporary_name.push(format!(".{}.tmp", std::process::id()));
        let temporary = path.with_file_name(temporary_name);
        remember(&temporary);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&temporary)
            .map_err(|error| failed("write", path, error))?;
        Ok(Self { file, temporary, last: path.to_owned() })
    }

    /// Gives the file its final name, after everything is on the disk.
    pub(crate) fn keep(mut self) -> Result<(), Cannot> {
        let moved = self
            .file
            .flush()
            .and_then(|()| self.file.sync_all())
            .and_then(|()| fs::rename(&self.temporary, &self.last));
        moved.map_err(|error| failed("write", &self.last, error))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        // After `keep` the name is gone already, which is what is wanted.
        let _ = fs::remove_file(&self.temporary);
        TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).retain(|path| *path != self.temporary);
    }
}

fn remember(path: &Path) {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
}

/// Removes every temporary file, for a process that is about to end.
pub(crate) fn remove_temporary() {
    for path in TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        let _ = fs::remove_file(path);
    }
}

pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Cannot> {
    let mut pending = Pending::create(path)?;
    pending.file.write_all(bytes).map_err(|error| failed("write", path, error))?;
    pending.keep()
}

pub(crate) fn make_directory(path: &Path) -> Result<(), Cannot> {
    fs::create_dir_all(path).map_err(|error| failed("make the directory", path, error))
}

/// A file that cannot be used is the caller's mistake, unless the disk itself fails.
pub(crate) fn failed(what: &str, path: &Path, error: impl Into<FileError>) -> Cannot {
    let path = path.display();
    match error.into() {
        FileError::Said(sentence) => Cannot::usage(format!("cannot {what} {path}: {sentence}")),
        FileError::Io(error) => {
            let sentence = format!("cannot {what} {path}: {error}");
            match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => {
                    Cannot::usage(sentence)
                }
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Cannot::denied(sentence),
                _ => Cannot::not_yet(sentence),
            }
        }
    }
}

pub(crate) enum FileError {
    Said(&'static str),
    Io(io::Error),
}

impl From<&'static str> for FileError {
    fn from(sentence: &'static str) -> Self {
        Self::Said(sentence)
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

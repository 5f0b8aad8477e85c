//! Files that are whole or not there: temporary name, rename. SIGTERM takes the temporary ones along.
//!
//! A document is on the disk before it has its name. An attachment may come to the disk later: whoever reads it verifies
//! its digest, and waiting for a disk takes longer than all else that a step does.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::{Cannot, Code};

/// Temporary files that exist right now.
static TEMPORARY: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// Tells the temporary files of one process apart.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A file under a temporary name beside its final one. Dropped without [`Pending::keep`], it is gone.
pub(crate) struct Pending {
    pub(crate) file: File,
    temporary: PathBuf,
    last: PathBuf,
    kept: bool,
}

impl Pending {
    pub(crate) fn create(path: &Path) -> Result<Self, Cannot> {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let temporary = path.with_file_name(format!(".healer-{}-{count}.tmp", std::process::id()));
        TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).push(temporary.clone());
        let create = || OpenOptions::new().write(true).create_new(true).open(&temporary);
        let created = create().or_else(|error| match error.kind() {
            // What a killed process of the same id left there; in a container every process may have the same.
            ErrorKind::AlreadyExists => fs::remove_file(&temporary).and_then(|()| create()),
            _ => Err(error),
        });
        let file = created.map_err(|error| failed(Doing::Write, path, error))?;
        Ok(Self { file, temporary, last: path.to_owned(), kept: false })
    }

    /// The name it is to have.
    pub(crate) fn last(&self) -> &Path {
        &self.last
    }

    /// Waits until everything is on the disk.
    fn sync(&self) -> Result<(), Cannot> {
        self.file.sync_all().map_err(|error| failed(Doing::Write, &self.last, error))
    }

    /// Gives the file its final name.
    pub(crate) fn keep(mut self) -> Result<(), Cannot> {
        fs::rename(&self.temporary, &self.last).map_err(|error| failed(Doing::Write, &self.last, error))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.temporary);
        }
        TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).retain(|path| *path != self.temporary);
    }
}

/// Removes every temporary file, for a process that is about to end.
pub(crate) fn remove_temporary() {
    for path in TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        let _ = fs::remove_file(path);
    }
}

/// Writes a file that is whole or not there. A device or a pipe (`/dev/stdout`, `/dev/null`) is written to, never
/// replaced; behind a link the file is replaced, not the link.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Cannot> {
    let wrong = |error| failed(Doing::Write, path, error);
    let place = match fs::metadata(path) {
        Ok(there) if there.is_file() => fs::canonicalize(path).map_err(wrong)?,
        Ok(_) => return OpenOptions::new().write(true).open(path).and_then(|mut f| f.write_all(bytes)).map_err(wrong),
        Err(_) => path.to_owned(),
    };
    let mut pending = Pending::create(&place)?;
    pending.file.write_all(bytes).map_err(wrong)?;
    pending.sync()?;
    pending.keep()
}

/// Whether a file could be written there, asked before a step acts: afterwards it is too late. Its folder is made, as those
/// of attachments and parameters are.
pub(crate) fn check_place(path: &Path) -> Result<(), Cannot> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let error = match (fs::metadata(path), fs::metadata(folder)) {
        (Ok(there), _) if there.is_dir() => ErrorKind::IsADirectory.into(),
        (Ok(_), _) => return Ok(()),
        (Err(_), Ok(folder)) if folder.is_dir() => return Ok(()),
        (Err(_), Ok(_)) => ErrorKind::NotADirectory.into(),
        (Err(_), Err(error)) if error.kind() == ErrorKind::NotFound => return make_directory(folder),
        (Err(_), Err(error)) => error,
    };
    Err(failed(Doing::Write, path, error))
}

pub(crate) fn make_directory(path: &Path) -> Result<(), Cannot> {
    fs::create_dir_all(path).map_err(|error| failed(Doing::MakeFolder, path, error))
}

/// What was tried with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    Read,
    Write,
    MakeFolder,
}

/// What a failed file operation means for the caller: what cannot be read is refused, a place that cannot be written to
/// is a wrong command line, and what the disk or the network says may be gone the next time.
pub(crate) fn failed(doing: Doing, path: &Path, error: io::Error) -> Cannot {
    use ErrorKind::*;
    let (code, advice) = match (doing, error.kind()) {
        (_, PermissionDenied) => (Code::Denied, "give the process the right to it"),
        (_, ReadOnlyFilesystem) => (Code::Denied, "mount a writable folder there"),
        (Doing::Read, NotFound | NotADirectory) => (Code::Refused, "name a file that is there"),
        (Doing::Read, IsADirectory) => (Code::Refused, "name a file in it"),
        (Doing::Write, IsADirectory) => (Code::Usage, "name a file in it"),
        (Doing::Write | Doing::MakeFolder, NotFound | NotADirectory | AlreadyExists) => {
            (Code::Usage, "something else is in the way")
        }
        (_, InvalidFilename | InvalidInput) => (Code::Usage, "no file can have this name"),
        (_, StorageFull | QuotaExceeded) => (Code::NotYet, "make room and run it again"),
        _ => (Code::NotYet, "run it again"),
    };
    let what = match doing {
        Doing::Read => "read",
        Doing::Write => "write",
        Doing::MakeFolder => "make the folder",
    };
    Cannot::new(code, format!("cannot {what} {}: {error}; {advice}", path.display()))
}

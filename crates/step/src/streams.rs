//! Where documents come from and go to: stdin, stdout or a file.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use remediation::{Document, MAX_BYTES};

use crate::files::{self, Doing};
use crate::{Cannot, Code};

/// `-` is stdin or stdout.
pub(crate) fn file(path: Option<&Path>) -> Option<&Path> {
    path.filter(|path| *path != Path::new("-"))
}

pub(crate) fn open(path: Option<&Path>) -> Result<Box<dyn Read>, Cannot> {
    let Some(path) = path else {
        if io::stdin().is_terminal() {
            tracing::info!("reading from the terminal; end with Ctrl-D, or name a file with --in");
        }
        return Ok(Box::new(io::stdin()));
    };
    let file = File::open(path).map_err(|error| files::failed(Doing::Read, path, error))?;
    Ok(Box::new(file))
}

pub(crate) fn read(path: Option<&Path>) -> Result<Document, Cannot> {
    let mut bytes = Vec::new();
    let shown = path.unwrap_or(Path::new("stdin"));
    // One byte over the limit is enough to refuse it.
    open(path)?
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| files::failed(Doing::Read, shown, error))?;
    Document::parse(&bytes).map_err(|error| Cannot::refused(format!("{}: {error}", shown.display())))
}

pub(crate) fn write(path: Option<&Path>, bytes: &[u8]) -> Result<(), Cannot> {
    if let Some(path) = file(path) {
        return files::write_whole(path, bytes).map_err(|cannot| cannot.and("no document was written"));
    }
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Cannot::not_yet("whoever reads stdout went away; no document was written"),
        _ => Cannot::not_yet(format!("cannot write to stdout: {error}; the document there is not whole, run it again")),
    })
}

/// Help and other pages; a reader that has seen enough is no failure.
pub(crate) fn print(page: &[u8]) -> Code {
    match io::stdout().write_all(page) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Code::NotYet,
        _ => Code::Done,
    }
}

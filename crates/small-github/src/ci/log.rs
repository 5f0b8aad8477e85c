//! A job's log as GitHub keeps it: a byte order mark, then a time before every line, `##[group]` and `##[error]` marks.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::path::Path;

use jiff::Timestamp;
use memchr::memmem;

/// A log that is being written.
pub(crate) struct Log {
    file: File,
    /// Seconds that the server's clock is ahead of the machine's.
    ahead: i64,
    /// The checkout's path, and how it reads on GitHub: always the same, so that two runs of one failure say the same.
    path: (String, String),
}

impl Log {
    /// Begins one.
    ///
    /// # Errors
    /// The disk's.
    pub fn begin(path: &Path, ahead: i64, checkout: &Path, name: &str) -> io::Result<Self> {
        let mut file = File::create(path)?;
        file.write_all("\u{feff}".as_bytes())?;
        let path = (checkout.display().to_string(), format!("/home/runner/work/{name}/{name}"));
        Ok(Self { file, ahead, path })
    }

    /// One line.
    ///
    /// # Errors
    /// The disk's.
    pub fn line(&mut self, text: &[u8]) -> io::Result<()> {
        let now = Timestamp::now();
        let now = now.checked_add(jiff::SignedDuration::from_secs(self.ahead)).unwrap_or(now);
        // GitHub's runner counts in ticks of 100 ns.
        let ticks = now.subsec_nanosecond() / 100;
        write!(self.file, "{}.{ticks:07}Z ", now.strftime("%Y-%m-%dT%H:%M:%S"))?;
        let mut rest = text;
        while let Some(at) = memmem::find(rest, self.path.0.as_bytes()) {
            self.file.write_all(&rest[..at])?;
            self.file.write_all(self.path.1.as_bytes())?;
            rest = &rest[at + self.path.0.len()..];
        }
        self.file.write_all(rest)?;
        self.file.write_all(b"\n")
    }

    /// The head of a step that runs a command.
    ///
    /// # Errors
    /// The disk's.
    pub fn command(&mut self, command: &str, env: &[(String, String)]) -> io::Result<()> {
        self.line(format!("##[group]Run {}", command.lines().next().unwrap_or_default()).as_bytes())?;
        for line in command.lines() {
            self.line(format!("\u{1b}[36;1m{line}\u{1b}[0m").as_bytes())?;
        }
        self.line(b"shell: /usr/bin/sh -e {0}")?;
        if !env.is_empty() {
            self.line(b"env:")?;
        }
        for (name, value) in env {
            self.line(format!("  {name}: {value}").as_bytes())?;
        }
        self.line(b"##[endgroup]")
    }

    /// The head of a step that uses an action.
    ///
    /// # Errors
    /// The disk's.
    pub fn action(&mut self, action: &str) -> io::Result<()> {
        self.line(format!("##[group]Run {action}").as_bytes())?;
        self.line(b"##[endgroup]")
    }

    /// Everything that a program writes, line by line as it comes.
    ///
    /// # Errors
    /// The disk's, or the pipe's.
    pub fn copy(&mut self, from: impl Read) -> io::Result<()> {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line)? > 0 {
            let text = line.strip_suffix(b"\n").unwrap_or(&line);
            self.line(text.strip_suffix(b"\r").unwrap_or(text))?;
            line.clear();
        }
        Ok(())
    }
}

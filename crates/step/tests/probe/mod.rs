//! Runs `examples/probe.rs` in a folder of its own.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A folder, and the probe in it.
pub struct Lab {
    pub folder: tempfile::TempDir,
}

/// The smallest document that the probe reads, with a section that nobody knows.
pub const IN: &str = r#"{"schema":"remediation/v1","id":"x" , "foreign":{"b":1e2,"a":[ 1 ]},"trail":[]}"#;

/// The same after an admission that is no.
pub const NO: &str = r#"{"schema":"remediation/v1","id":"x","admission":{"decision":"no","reason":"fork","mode":"enforce","because":[]}}"#;

/// The same after a step that could not work.
pub fn fault(code: u8) -> String {
    format!(
        r#"{{"schema":"remediation/v1","id":"x","fault":{{"step":"admit","exit_code":{code},"sentence":"no answer"}}}}"#
    )
}

impl Lab {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Everything that lies in the folder now, hidden files included.
    pub fn files(&self) -> Vec<String> {
        files(self.folder.path())
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        // target/debug/deps/<this test> and target/debug/examples/probe.
        let test = std::env::current_exe().unwrap();
        let probe = test.parent().unwrap().with_file_name("examples").join("probe");
        assert!(probe.exists(), "{} is not built: run the tests with `cargo test -p step`", probe.display());
        let mut command = Command::new(probe);
        command.env_clear().env("HEALER_LOG_FORMAT", "human").current_dir(self.folder.path());
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str], stdin: impl AsRef<[u8]>) -> Ran {
        give(self.command(arguments), stdin)
    }
}

pub fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Runs a command on these bytes.
pub fn give(mut command: Command, stdin: impl AsRef<[u8]>) -> Ran {
    let mut child = command.spawn().unwrap();
    // Whoever refuses early does not read to the end.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_ref());
    end(child)
}

pub fn end(child: Child) -> Ran {
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    Ran { code: status.code(), stdout: String::from_utf8(stdout).unwrap(), stderr: String::from_utf8(stderr).unwrap() }
}

/// What came of it.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Its document, after a run that ended well.
    pub fn document(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }

    pub fn last_line(&self) -> &str {
        self.stderr.lines().last().unwrap_or_default()
    }

    /// A failure: its code, nothing on stdout, and one last sentence that names the code and says this.
    #[track_caller]
    pub fn failed(&self, code: u8, says: &[&str]) {
        assert_eq!(self.code, Some(i32::from(code)), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        let line = self.last_line();
        for says in says.iter().chain(&[format!(" ({code}): ").as_str()]) {
            assert!(line.contains(says), "{says:?} is missing in: {line}");
        }
        assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
    }
}

/// The document without the trail, byte for byte.
pub fn without_trail(document: &str) -> String {
    let mut document = remediation::Document::parse(document.as_bytes()).unwrap();
    document.remove("trail");
    document.to_string()
}

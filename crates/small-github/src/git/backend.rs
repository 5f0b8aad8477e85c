//! Clone and push over smart HTTP: `git http-backend` as the CGI program that it is.

use std::io::{self, Read as _, Write as _};
use std::process::Stdio;
use std::thread;

use bytes::Bytes;

use super::{Git, git};
use crate::http::Answer;

/// A request that git sent.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// After the repository: `/info/refs`, `/git-upload-pack`, `/git-receive-pack`.
    pub rest: String,
    /// The query, still encoded.
    pub query: String,
    /// `Content-Type`.
    pub content_type: String,
    /// `Content-Encoding`.
    pub encoding: String,
    /// `Git-Protocol`.
    pub protocol: String,
    /// Who pushes.
    pub login: String,
    /// Whether they may push to protected branches.
    pub admin: bool,
    /// Whether they may not change workflows.
    pub no_workflows: bool,
    /// What was sent.
    pub body: Bytes,
}

impl Git {
    /// Has git answer.
    ///
    /// # Errors
    /// Git cannot be started, or answers nothing.
    pub fn backend(&self, id: u64, asked: Asked) -> io::Result<Answer> {
        let mut command = git();
        command.arg("http-backend").env("GIT_PROJECT_ROOT", &self.root).env("GIT_HTTP_EXPORT_ALL", "1");
        command.env("PATH_INFO", format!("/{id}.git{}", asked.rest)).env("REQUEST_METHOD", &asked.method);
        command.env("QUERY_STRING", &asked.query).env("CONTENT_TYPE", &asked.content_type);
        command.env("CONTENT_LENGTH", asked.body.len().to_string()).env("REMOTE_USER", &asked.login);
        command.env("REMOTE_ADDR", "127.0.0.1");
        for (name, value) in [("HTTP_CONTENT_ENCODING", &asked.encoding), ("GIT_PROTOCOL", &asked.protocol)] {
            if !value.is_empty() {
                command.env(name, value);
            }
        }
        for (name, set) in [("SMALL_GITHUB_ADMIN", asked.admin), ("SMALL_GITHUB_NO_WORKFLOWS", asked.no_workflows)] {
            command.env(name, if set { "1" } else { "" });
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        let writer = child.stdin.take().map(|mut stdin| {
            let body = asked.body;
            thread::spawn(move || stdin.write_all(&body))
        });
        let mut answer = Vec::new();
        if let Some(mut stdout) = child.stdout.take() {
            stdout.read_to_end(&mut answer)?;
        }
        if let Some(writer) = writer {
            // Git may have refused without reading all of it.
            let _ = writer.join();
        }
        child.wait()?;
        let split = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(split) = split else { return Err(io::Error::other("git http-backend answered nothing")) };
        let body = answer.split_off(split + 4);
        let head = String::from_utf8_lossy(&answer);
        let mut status = 200;
        let mut headers = Vec::new();
        for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
            if name.eq_ignore_ascii_case("status") {
                status = value.get(..3).and_then(|code| code.parse().ok()).unwrap_or(500);
            } else {
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(Answer { status, headers, body })
    }
}

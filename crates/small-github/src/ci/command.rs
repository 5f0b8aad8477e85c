//! One command of a step: a process group of its own, a limit, and everything that it says in the log.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use rustix::process::Pid;
use serde_json::json;

use super::execute::{LOOK, Under};
use super::log::Log;
use super::workflow::Step as PlannedStep;

impl Under<'_> {
    /// Runs one command in a process group of its own.
    pub(super) fn command(
        &self,
        log: &mut Log,
        checkout: &Path,
        step: &PlannedStep,
        command: &str,
        env: &BTreeMap<String, String>,
        deadline: Instant,
    ) -> io::Result<&'static str> {
        let (reader, writer) = io::pipe()?;
        let mut shell = Command::new("sh");
        let folder =
            step.working_directory.as_deref().map_or_else(|| checkout.to_owned(), |below| checkout.join(below));
        shell.args(["-e", "-c", command]).current_dir(folder).envs(env).env("GITHUB_WORKSPACE", checkout);
        shell.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer).process_group(0);
        let mut child = shell.spawn()?;
        // The command holds the pipe's other end; it closes with the last process that writes.
        drop(shell);
        self.control.set_group(i32::try_from(child.id()).ok().and_then(Pid::from_raw));
        let (status, timed_out) = thread::scope(|scope| -> io::Result<_> {
            let copied = scope.spawn(|| log.copy(reader));
            let mut timed_out = false;
            let status = loop {
                if let Some(status) = child.try_wait()? {
                    break status;
                }
                timed_out |= Instant::now() >= deadline;
                if timed_out || self.control.cancelled() {
                    self.control.kill();
                }
                thread::sleep(LOOK / 4);
            };
            // What it left behind would hold the pipe open.
            self.control.kill();
            copied.join().map_err(|_| io::Error::other("the log's writer broke"))??;
            Ok((status, timed_out))
        })?;
        self.control.set_group(None);
        if self.control.cancelled() || timed_out {
            log.line(b"##[error]The operation was canceled.")?;
            return Ok("cancelled");
        }
        match status.code() {
            Some(0) => Ok("success"),
            code => {
                let code = code.map_or_else(|| "137".to_owned(), |code| code.to_string());
                log.line(format!("##[error]Process completed with exit code {code}.").as_bytes())?;
                let note = json!({
                    "path": ".github", "start_line": 1, "end_line": 1, "start_column": null, "end_column": null,
                    "annotation_level": "failure", "title": "", "raw_details": "",
                    "message": format!("Process completed with exit code {code}."),
                });
                self.annotate(note);
                Ok("failure")
            }
        }
    }

    fn annotate(&self, note: serde_json::Value) {
        let id = self.read().and_then(|run| {
            let attempt = run.attempts.into_iter().last()?;
            attempt.jobs.into_iter().find(|job| job.status == "in_progress").map(|job| job.id)
        });
        self.server.store.write(|state| {
            let repository = state.repositories.get_mut(&self.repository);
            if let Some(check) = repository.zip(id).and_then(|(repository, id)| repository.checks.get_mut(&id)) {
                check.annotations.push(note);
            }
        });
    }
}

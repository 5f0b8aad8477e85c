//! Starting programs, alone and in pipes: how long they take, and how much memory they ever had.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A command line.
#[derive(Clone)]
pub struct Program {
    name: OsString,
    arguments: Vec<OsString>,
    folder: Option<PathBuf>,
}

impl Program {
    /// The program of this name.
    pub fn new(name: impl AsRef<OsStr>) -> Self {
        Self { name: name.as_ref().to_owned(), arguments: Vec::new(), folder: None }
    }

    /// With one more argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// With more arguments.
    pub fn args<'a>(self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        arguments.into_iter().fold(self, Program::arg)
    }

    /// In this folder.
    pub fn current_dir(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    fn spawn(&self, stdin: Stdio, stdout: Stdio) -> Child {
        let mut command = Command::new(&self.name);
        command.args(&self.arguments).stdin(stdin).stdout(stdout).stderr(Stdio::null());
        command.current_dir(self.folder.as_deref().unwrap_or(Path::new(".")));
        command.spawn().unwrap_or_else(|error| panic!("{}: {error}", self.name.display()))
    }

    /// Runs it; whether it succeeded.
    pub fn run(&self) -> bool {
        self.spawn(Stdio::null(), Stdio::null()).wait().unwrap().success()
    }
}

/// Runs programs, each reading what the one before it writes; how many seconds that takes.
fn seconds(programs: &[Program]) -> f64 {
    let begin = Instant::now();
    let mut children: Vec<Child> = Vec::new();
    for (at, program) in programs.iter().enumerate() {
        let before = children.last_mut().and_then(|child| child.stdout.take());
        let stdout = if at + 1 < programs.len() { Stdio::piped() } else { Stdio::null() };
        children.push(program.spawn(before.map_or_else(Stdio::null, Stdio::from), stdout));
    }
    children.iter_mut().for_each(|child| assert!(child.wait().is_ok()));
    begin.elapsed().as_secs_f64()
}

/// The best times of two pipes of programs, run in turn.
pub fn best_of(times: usize, ours: &[Program], peers: &[Program]) -> (f64, f64) {
    let runs = (0..times).map(|_| (seconds(ours), seconds(peers)));
    runs.fold((f64::MAX, f64::MAX), |best, run| (best.0.min(run.0), best.1.min(run.1)))
}

/// The most kilobytes that a program ever had, which reads what `write` writes.
pub fn highest_memory(program: &Program, write: impl FnOnce(&mut dyn Write) + Send) -> u64 {
    let mut child = program.spawn(Stdio::piped(), Stdio::null());
    let status = format!("/proc/{}/status", child.id());
    let mut stdin = child.stdin.take().unwrap();
    let mut highest = 0;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // What it has while it waits.
            std::thread::sleep(Duration::from_millis(50));
            write(&mut stdin);
        });
        while child.try_wait().unwrap().is_none() {
            let status = std::fs::read_to_string(&status).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
            highest = highest.max(now.unwrap_or_default());
            std::thread::sleep(Duration::from_micros(200));
        }
    });
    highest
}

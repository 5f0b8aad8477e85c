//! A process and all that it starts, with a deadline: they end together.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How often it is looked at.
const TICK: Duration = Duration::from_millis(100);
/// Between being asked to end and being ended.
const GRACE: Duration = Duration::from_secs(5);

/// How it ended.
#[derive(Debug, PartialEq)]
pub enum End {
    /// By itself.
    Itself(ExitStatus),
    /// At the deadline.
    Deadline,
    /// Because we were told to stop.
    Stopped,
}

/// Until when, and whether somebody said to stop before.
#[derive(Clone)]
pub struct Limit {
    until: Instant,
    stop: Arc<AtomicBool>,
}

impl Limit {
    /// A limit that SIGTERM and SIGINT reach too.
    pub fn new(left: Duration) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
            signal_hook::flag::register(signal, stop.clone())?;
        }
        Ok(Self { until: Instant::now() + left, stop })
    }

    /// Whether it is over before anything began.
    pub fn over(&self) -> Option<End> {
        if self.stop.load(Ordering::Relaxed) {
            return Some(End::Stopped);
        }
        (Instant::now() >= self.until).then_some(End::Deadline)
    }

    /// Runs a command within the limit, in a process group of its own. Whatever it left running is ended as well.
    pub fn run(&self, command: &mut Command) -> io::Result<End> {
        let mut child = command.process_group(0).spawn()?;
        loop {
            if let Some(status) = child.try_wait()? {
                signal(&child, Signal::KILL);
                return Ok(End::Itself(status));
            }
            if let Some(end) = self.over() {
                stop(&mut child)?;
                return Ok(end);
            }
            sleep(TICK);
        }
    }
}

fn stop(child: &mut Child) -> io::Result<()> {
    signal(child, Signal::TERM);
    let until = Instant::now() + GRACE;
    while child.try_wait()?.is_none() && Instant::now() < until {
        sleep(TICK);
    }
    signal(child, Signal::KILL);
    child.wait().map(drop)
}

/// A group that is gone already is no error.
fn signal(child: &Child, signal: Signal) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, signal);
    }
}

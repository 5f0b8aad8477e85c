//! The state on disk and in memory, and how it was a few seconds ago.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::model::State;

/// How long an old state is kept for stale reads.
const KEPT: Duration = Duration::from_secs(10);

/// Holds the state. Reading and writing are short; nobody waits while holding it.
pub struct Store {
    folder: PathBuf,
    inner: Mutex<Inner>,
    changed: AtomicBool,
    /// Seconds that the server's clock is ahead.
    offset: AtomicI64,
}

struct Inner {
    now: Arc<State>,
    /// States and when they ended, oldest first; only filled while stale reads are asked for.
    before: VecDeque<(Instant, Arc<State>)>,
    keep: bool,
}

impl Store {
    /// Opens the folder, or begins with nothing.
    ///
    /// # Errors
    /// The folder cannot be made, or its `state.json` cannot be read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        for part in ["git", "logs", "deliveries"] {
            fs::create_dir_all(folder.join(part))?;
        }
        let state = match fs::read(folder.join("state.json")) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::other)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => State { last_id: 1000, ..State::default() },
            Err(error) => return Err(error),
        };
        let inner = Inner { now: Arc::new(state), before: VecDeque::new(), keep: false };
        Ok(Self {
            folder: folder.to_owned(),
            inner: Mutex::new(inner),
            changed: AtomicBool::new(true),
            offset: AtomicI64::new(0),
        })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The state as it is.
    pub fn now_state(&self) -> Arc<State> {
        self.lock().now.clone()
    }

    /// The state as it was so long ago, as far as that is known.
    pub fn state_before(&self, age: Duration) -> Arc<State> {
        let inner = self.lock();
        let then = Instant::now().checked_sub(age);
        let old = inner.before.iter().find(|(ended, _)| then.is_some_and(|then| *ended >= then));
        old.map_or_else(|| inner.now.clone(), |(_, state)| state.clone())
    }

    /// Whether old states are kept from now on.
    pub fn keep_old(&self, keep: bool) {
        self.lock().keep = keep;
    }

    /// Changes the state.
    pub fn write<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut inner = self.lock();
        if inner.keep {
            let old = inner.now.clone();
            inner.before.push_back((Instant::now(), old));
            while inner.before.front().is_some_and(|(ended, _)| ended.elapsed() > KEPT) {
                inner.before.pop_front();
            }
        }
        self.changed.store(true, Ordering::Release);
        change(Arc::make_mut(&mut inner.now))
    }

    /// Writes `state.json` if something changed: whole or not at all.
    ///
    /// # Errors
    /// The disk's.
    pub fn save(&self) -> io::Result<()> {
        if !self.changed.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        let text = serde_json::to_vec_pretty(&*self.now_state()).map_err(io::Error::other)?;
        let new = self.folder.join("state.json.new");
        fs::write(&new, text)?;
        fs::rename(new, self.folder.join("state.json"))
    }

    /// The server's time, to the second as GitHub tells it.
    pub fn now(&self) -> Timestamp {
        let real = Timestamp::now();
        real.checked_add(SignedDuration::from_secs(self.offset.load(Ordering::Relaxed))).unwrap_or(real)
    }

    /// Sets how many seconds the server's clock is ahead of the machine's.
    pub fn set_offset(&self, seconds: i64) {
        self.offset.store(seconds, Ordering::Relaxed);
    }

    /// How many seconds the server's clock is ahead.
    pub fn offset(&self) -> i64 {
        self.offset.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A new id.
    pub fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}

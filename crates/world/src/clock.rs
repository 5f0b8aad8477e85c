//! The time as a port.

use std::time::Duration;

use jiff::Timestamp;

use crate::ports::Clock;
use crate::wire::BoxFuture;
use crate::world::World;

/// Where a world's time comes from.
pub trait TimeSource: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Waits, or moves the clock.
    fn sleep<'a>(&'a self, wait: Duration) -> BoxFuture<'a, ()>;
    /// Whether it is real time. If not, [`set_back`](Self::set_back) works.
    fn is_live(&self) -> bool;
    /// Sets a recorded clock back to the moment at which a limit was reached.
    fn set_back(&self, to: Timestamp);
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct LiveTime;

impl TimeSource for LiveTime {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep<'a>(&'a self, wait: Duration) -> BoxFuture<'a, ()> {
        Box::pin(tokio::time::sleep(wait))
    }

    fn is_live(&self) -> bool {
        true
    }

    fn set_back(&self, _: Timestamp) {}
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.time.now()
    }

    async fn sleep(&self, wait: Duration) {
        self.time.sleep(wait).await;
    }

    async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        if self.time.is_live() {
            return tokio::time::timeout(limit, work).await.ok();
        }
        let end = self.time.now().saturating_add(limit).unwrap_or(Timestamp::MAX);
        let done = work.await;
        if self.time.now() > end {
            self.time.set_back(end);
            return None;
        }
        Some(done)
    }
}

//! Recorded worlds.
use crate::{TimeSource, WorldError, wire::*};
use jiff::Timestamp;
/// x
pub struct Recorded;
impl Recorded {
    /// x
    pub fn open(_: &std::path::Path, _: Option<&std::path::Path>) -> Result<Self, WorldError> {
        Err(WorldError::NotLive)
    }
}
impl Wire for Recorded {
    fn call<'a>(&'a self, _: Request) -> BoxFuture<'a, Result<Answer, WireError>> {
        Box::pin(async { Ok(Answer::default()) })
    }
}
impl TimeSource for Recorded {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
    fn sleep<'a>(&'a self, _: std::time::Duration) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
    fn is_live(&self) -> bool {
        false
    }
    fn set_back(&self, _: Timestamp) {}
}

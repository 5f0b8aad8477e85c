//! A client that is built when it is first needed, once for each runtime.

use std::sync::Arc;

use tokio::runtime::{Handle, Id};
use tokio::sync::Mutex;
use world::wire::WireError;

/// Clients spawn their workers on the runtime that built them and stop with it; a second `block_on` needs new ones.
pub(crate) struct PerRuntime<T>(Mutex<Option<(Id, Arc<T>)>>);

impl<T> PerRuntime<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// The client of this runtime; `make` is polled only if there is none.
    pub(crate) async fn get(&self, make: impl Future<Output = Result<T, WireError>>) -> Result<Arc<T>, WireError> {
        let here = Handle::current().id();
        let mut slot = self.0.lock().await;
        if let Some((id, made)) = &*slot
            && *id == here
        {
            return Ok(made.clone());
        }
        let made = Arc::new(make.await?);
        *slot = Some((here, made.clone()));
        Ok(made)
    }
}

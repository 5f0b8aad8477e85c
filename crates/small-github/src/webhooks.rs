//! Webhooks: signed, in order, and, where misbehaviour says so, late, twice, or never.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hmac::{Hmac, Mac as _};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use url::Url;

use crate::misbehave::Misbehave;

/// GitHub waits so long for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where webhooks go.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// An `http` address.
    pub url: String,
    /// What they are signed with.
    pub secret: String,
    /// The App that they belong to, whose installation they name; a repository's own webhook names none.
    #[serde(default)]
    pub app: Option<String>,
}

/// A delivery.
#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    /// Counted from 1.
    pub id: u64,
    /// `X-GitHub-Delivery`.
    pub guid: String,
    /// `X-GitHub-Event`.
    pub event: String,
    /// The payload's `action`.
    pub action: Option<String>,
    /// What it is about: a run's id, a comment's, …
    pub about: String,
    /// When the event happened.
    pub at: Timestamp,
    /// After how many milliseconds each copy was to be sent; empty for one that is lost.
    pub copies_ms: Vec<u64>,
    /// What was sent.
    pub sent: Vec<Sent>,
}

/// One time that a delivery was sent.
#[derive(Debug, Clone, Serialize)]
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// What was answered; 0 if nobody did.
    pub status: u16,
}

/// All deliveries.
#[derive(Clone)]
pub struct Deliveries {
    inner: Arc<Mutex<Inner>>,
    news: Arc<Notify>,
    folder: PathBuf,
}

#[derive(Default)]
struct Inner {
    hook: Option<Hook>,
    all: Vec<Delivery>,
    /// By when and in which order; the delivery's id.
    due: BTreeMap<(Instant, u64), u64>,
    queued: u64,
    paused: bool,
    /// Repositories of whose events nothing is sent.
    muted: BTreeSet<u64>,
}

impl Deliveries {
    /// Starts the one that sends.
    pub(crate) fn start(folder: PathBuf, hook: Option<Hook>) -> (Self, JoinHandle<()>) {
        let inner = Inner { hook, ..Inner::default() };
        let this = Self { inner: Arc::new(Mutex::new(inner)), news: Arc::new(Notify::new()), folder };
        let sender = this.clone();
        (this, tokio::spawn(async move { sender.send_all().await }))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where they go.
    pub(crate) fn hook(&self) -> Option<Hook> {
        self.lock().hook.clone()
    }

    /// Sends them elsewhere from now on.
    pub(crate) fn set_hook(&self, hook: Option<Hook>) {
        self.lock().hook = hook;
    }

    /// Holds everything back, or lets it go on.
    pub(crate) fn pause(&self, paused: bool) {
        self.lock().paused = paused;
        self.news.notify_one();
    }

    /// Loses every delivery about a repository from now on, or no longer.
    pub(crate) fn mute(&self, repository: u64, muted: bool) {
        let mut inner = self.lock();
        let _ = if muted { inner.muted.insert(repository) } else { inner.muted.remove(&repository) };
    }

    /// All of them so far.
    pub(crate) fn list(&self) -> Vec<Delivery> {
        self.lock().all.clone()
    }

    /// A payload.
    pub(crate) fn payload(&self, id: u64) -> Option<Value> {
        serde_json::from_slice(&fs::read(self.folder.join(format!("{id}.json"))).ok()?).ok()
    }

    /// Takes up an event.
    pub(crate) fn add(&self, event: &str, about: &str, at: Timestamp, payload: &Value, misbehave: &Misbehave) {
        let mut inner = self.lock();
        if inner.hook.is_none() {
            return;
        }
        let id = inner.all.len() as u64 + 1;
        let action = payload.get("action").and_then(Value::as_str).map(str::to_owned);
        let before = |had: &&Delivery| had.event == event && had.about == about && had.action == action;
        // The same event again (a comment edited twice) is another one for the seed.
        let nth = inner.all.iter().filter(before).count();
        let muted =
            payload.pointer("/repository/id").and_then(Value::as_u64).is_some_and(|id| inner.muted.contains(&id));
        let key = format!("{event}/{}/{about}#{nth}", action.as_deref().unwrap_or_default());
        let copies = if muted { Vec::new() } else { misbehave.deliveries(&key) };
        let now = Instant::now();
        for wait in &copies {
            inner.queued += 1;
            let place = (now + *wait, inner.queued);
            inner.due.insert(place, id);
        }
        let digest: String =
            Sha256::digest(format!("{event}{about}{id}")).iter().map(|byte| format!("{byte:02x}")).collect();
        let guid = [&digest[..8], &digest[8..12], &digest[12..16], &digest[16..20], &digest[20..32]].join("-");
        let copies_ms = copies.iter().map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)).collect();
        let delivery = Delivery {
            id,
            guid,
            event: event.to_owned(),
            action,
            about: about.to_owned(),
            at,
            copies_ms,
            sent: Vec::new(),
        };
        inner.all.push(delivery);
        // In a file, since thousands of them would be much to hold. It is there before the sender can look for it.
        let _ = fs::write(self.folder.join(format!("{id}.json")), payload.to_string());
        drop(inner);
        self.news.notify_one();
    }

    /// Sends one again, so many times, at once; whether there is such a one.
    pub(crate) fn again(&self, id: u64, times: u64) -> bool {
        let mut inner = self.lock();
        if id == 0 || id > inner.all.len() as u64 {
            return false;
        }
        for _ in 0..times {
            inner.queued += 1;
            let place = (Instant::now(), inner.queued);
            inner.due.insert(place, id);
        }
        drop(inner);
        self.news.notify_one();
        true
    }

    /// Whether nothing waits to be sent.
    pub(crate) fn idle(&self) -> bool {
        self.lock().due.is_empty()
    }

    async fn send_all(&self) {
        loop {
            let next = {
                let inner = self.lock();
                if inner.paused { None } else { inner.due.first_key_value().map(|(place, id)| (*place, *id)) }
            };
            match next {
                None => self.news.notified().await,
                Some((place, _)) if place.0 > Instant::now() => {
                    tokio::select! { () = sleep_until(place.0) => {}, () = self.news.notified() => {} }
                }
                Some((place, id)) => {
                    self.send(id).await;
                    self.lock().due.remove(&place);
                }
            }
        }
    }

    async fn send(&self, id: u64) {
        let (hook, delivery) = {
            let inner = self.lock();
            let at = usize::try_from(id).unwrap_or_default().saturating_sub(1);
            match (inner.hook.clone(), inner.all.get(at).cloned()) {
                (Some(hook), Some(delivery)) => (hook, delivery),
                _ => return,
            }
        };
        // A few kilobytes from the page cache: not worth a thread.
        let body = fs::read(self.folder.join(format!("{id}.json"))).unwrap_or_default();
        let status = timeout(PATIENCE, post(&hook, &delivery, body)).await.ok().flatten().unwrap_or(0);
        let at = usize::try_from(id).unwrap_or_default().saturating_sub(1);
        if let Some(delivery) = self.lock().all.get_mut(at) {
            delivery.sent.push(Sent { at: Timestamp::now(), status });
        }
    }
}

/// Posts it as GitHub does; the status, or `None` if nobody answered.
async fn post(hook: &Hook, delivery: &Delivery, body: Vec<u8>) -> Option<u16> {
    let url = Url::parse(&hook.url).ok().filter(|url| url.scheme() == "http")?;
    let (host, port) = (url.host_str()?.to_owned(), url.port_or_known_default()?);
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await.ok()?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    let driver = tokio::spawn(connection);
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let request = http::Request::post(path)
        .header("host", format!("{host}:{port}"))
        .header("user-agent", "GitHub-Hookshot/small")
        .header("content-type", "application/json")
        .header("accept", "*/*")
        .header("x-github-event", &delivery.event)
        .header("x-github-delivery", &delivery.guid)
        .header("x-github-hook-id", "1")
        .header("x-hub-signature-256", format!("sha256={}", signature(&hook.secret, &body)))
        .body(Full::new(Bytes::from(body)))
        .ok()?;
    let status = sender.send_request(request).await.ok().map(|response| response.status().as_u16());
    driver.abort();
    status
}

/// HMAC-SHA256 in hex.
fn signature(secret: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_github_documents() {
        let want = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert_eq!(signature("It's a Secret to Everybody", b"Hello, World!"), want);
    }
}

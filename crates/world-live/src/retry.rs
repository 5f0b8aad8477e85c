//! When a request is sent again inside one process (`facts/safety.md` 4.4). Longer waits are exit code 75 and Argo's.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use world::wire::{Answer, Method, Request, Service, WireError};

/// The longest wait that a service may ask of us in here.
const LONGEST_ASKED: Duration = Duration::from_secs(60);
/// The first pause is at most this; each next at most twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A body that broke off is fetched once more, then the part is kept.
const TRIES_AT_A_CUT: u32 = 2;

/// How often a request is sent at most. Loki, Prometheus and OpenMemory are never worth a second wait.
const fn tries(service: Service) -> u32 {
    match service {
        Service::Loki | Service::Prometheus | Service::Openmemory => 1,
        Service::Github | Service::Kubernetes | Service::Discord | Service::Slack | Service::Pagerduty => 4,
    }
}

/// Whether sending it twice is the same as sending it once.
const fn reads(request: &Request) -> bool {
    matches!(request.method, Method::Get)
}

/// How long to wait before sending `request` again, after `sent` times with this `result`; `None`: hand it on.
///
/// A read is sent again after 5xx, a failed connection and, once, a cut body. A 429 says that nothing was done, so it
/// holds for writes as well, but only if it also says how long to wait. A time-out has used up the deadline.
pub(crate) fn pause(
    request: &Request,
    sent: u32,
    result: &Result<Answer, WireError>,
    left: Duration,
) -> Option<Duration> {
    if sent >= tries(request.service) {
        return None;
    }
    let wait = match result {
        Ok(answer) if is_limit(answer) => asked(answer).filter(|_| answer.status == 429 || reads(request))?,
        Ok(answer) if matches!(answer.status, 500 | 502..=504) && reads(request) => {
            asked(answer).unwrap_or_else(|| jittered(sent))
        }
        Err(WireError::Unreachable(_)) if reads(request) => jittered(sent),
        Err(WireError::Cut { .. }) if reads(request) && sent < TRIES_AT_A_CUT => jittered(sent),
        _ => return None,
    };
    (wait <= LONGEST_ASKED && wait < left).then_some(wait)
}

/// GitHub's secondary limit may be a 403 with `retry-after`.
fn is_limit(answer: &Answer) -> bool {
    answer.status == 429 || (answer.status == 403 && answer.header("retry-after").is_some())
}

fn asked(answer: &Answer) -> Option<Duration> {
    let seconds: f64 = answer.header("retry-after")?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Full jitter: anything between nothing and the doubled pause, so that many pods do not come back at once.
fn jittered(sent: u32) -> Duration {
    let most = FIRST_PAUSE.saturating_mul(1 << sent.min(8)).min(LONGEST_PAUSE);
    let random = RandomState::new().hash_one(sent);
    #[allow(clippy::cast_precision_loss, reason = "a share, not a count")]
    let share = (random >> 11) as f64 / (1_u64 << 53) as f64;
    most.mul_f64(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Duration = Duration::from_secs(30);

    fn request(service: Service, method: Method) -> Request {
        Request { service, method, path: "/".into(), query: Vec::new(), accept: "", body: None, deadline: LEFT }
    }

    fn answer(status: u16, retry_after: &str) -> Result<Answer, WireError> {
        let headers = [("retry-after".to_owned(), retry_after.to_owned())];
        let headers = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        Ok(Answer { status, headers, body: Vec::new() })
    }

    /// Who is asked again, and what is not worth it.
    #[test]
    fn the_table() {
        let cut = || Err(WireError::Cut { received: 1, part: vec![0] });
        let broken = || Err(WireError::Unreachable("reset".into()));
        let (get, post) = (Method::Get, Method::Post);
        let cases = [
            (Service::Github, get, 1, answer(503, ""), true),
            (Service::Github, get, 3, answer(500, ""), true),
            (Service::Github, get, 4, answer(503, ""), false),
            (Service::Github, post, 1, answer(503, ""), false),
            (Service::Kubernetes, Method::Put, 1, answer(504, ""), false),
            (Service::Kubernetes, Method::Delete, 1, answer(500, ""), false),
            (Service::Loki, get, 1, answer(503, ""), false),
            (Service::Openmemory, post, 1, answer(429, "1"), false),
            (Service::Discord, post, 1, answer(429, "1"), true),
            (Service::Discord, post, 1, answer(429, ""), false),
            (Service::Github, get, 1, answer(403, "1"), true),
            (Service::Github, post, 1, answer(403, "1"), false),
            (Service::Github, get, 1, answer(403, ""), false),
            (Service::Github, get, 1, answer(404, ""), false),
            (Service::Github, get, 1, answer(501, ""), false),
            (Service::Github, get, 1, answer(200, ""), false),
            (Service::Github, get, 1, broken(), true),
            (Service::Github, post, 1, broken(), false),
            (Service::Github, get, 1, cut(), true),
            (Service::Github, get, 2, cut(), false),
            (Service::Github, get, 1, Err(WireError::Timeout(LEFT)), false),
            (Service::Github, get, 1, Err(WireError::Credential("none".into())), false),
            (Service::Github, get, 1, Err(WireError::TooLarge(9)), false),
        ];
        for (at, (service, method, sent, result, again)) in cases.into_iter().enumerate() {
            let pause = pause(&request(service, method), sent, &result, LEFT);
            assert_eq!(pause.is_some(), again, "case {at}: {service} {method} {result:?}");
        }
    }

    #[test]
    fn waits_as_asked_within_bounds() {
        let get = request(Service::Github, Method::Get);
        let wait = |retry_after, left| pause(&get, 1, &answer(429, retry_after), Duration::from_secs(left));
        assert_eq!(wait("20", 30), Some(Duration::from_secs(20)));
        assert_eq!(wait("20", 20), None, "it would not be back within the deadline");
        assert_eq!(wait("60", 300), Some(Duration::from_secs(60)));
        assert_eq!(wait("61", 300), None);
        assert_eq!(wait("-1", 300), None);
        assert_eq!(pause(&get, 1, &answer(503, "7"), LEFT), Some(Duration::from_secs(7)));
    }

    #[test]
    fn pauses_differ_and_stay_below_their_bound() {
        let pauses: Vec<_> = (0..50).map(|_| jittered(2)).collect();
        assert!(pauses.iter().all(|pause| *pause < Duration::from_secs(1)));
        assert!(pauses.iter().any(|pause| *pause != pauses[0]));
        assert!((0..50).all(|_| jittered(30) <= LONGEST_PAUSE));
    }
}

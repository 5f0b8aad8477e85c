//! What a status means: one table, read from the top, first row that fits.
//!
//! Facts: `facts/safety.md` 4.1 and 4.4, `facts/observability.md`; GitHub's "Rate limits for the REST API".

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::Value;
use text::Untrusted;

use crate::wire::{Answer, Service};

/// What the caller should make of an answer that is no success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Means {
    NotFound,
    Gone,
    Later,
    /// As `Later`; if the service does not say how long, a minute.
    LaterInAMinute,
    Denied,
    Conflict,
    Refused,
    Malformed,
}

/// One row. Empty lists fit everything.
struct Row {
    services: &'static [Service],
    status: RangeInclusive<u16>,
    /// A header that must have this value; `""` fits any value.
    header: Option<(&'static str, &'static str)>,
    /// The body holds one of these, in lower case.
    says: &'static [&'static str],
    means: Means,
}

use Service::{Discord, Github, Kubernetes, Slack};

#[rustfmt::skip]
static TABLE: [Row; 19] = [
    // A spent primary limit is 403 or 429 and says when it ends.
    Row { services: &[Github], status: 403..=403, header: Some(("x-ratelimit-remaining", "0")), says: &[], means: Means::LaterInAMinute },
    Row { services: &[Github], status: 403..=403, header: Some(("retry-after", "")), says: &[], means: Means::Later },
    // A secondary limit does not always send retry-after: at least a minute then.
    Row { services: &[Github], status: 403..=403, header: None, says: &["secondary rate limit", "abuse detection"], means: Means::LaterInAMinute },
    Row { services: &[Github], status: 429..=429, header: None, says: &[], means: Means::LaterInAMinute },
    Row { services: &[], status: 429..=429, header: None, says: &[], means: Means::Later },
    // Quota is back-pressure, every other 403 a matter of rights.
    Row { services: &[Kubernetes], status: 403..=403, header: None, says: &["exceeded quota"], means: Means::LaterInAMinute },
    // A webhook that was deleted answers 404 (Discord 10015, Slack no_service) or 401: it does not come back.
    Row { services: &[Discord, Slack], status: 404..=404, header: None, says: &[], means: Means::Gone },
    Row { services: &[], status: 401..=401, header: None, says: &[], means: Means::Denied },
    Row { services: &[], status: 403..=403, header: None, says: &[], means: Means::Denied },
    Row { services: &[], status: 404..=404, header: None, says: &[], means: Means::NotFound },
    // GitHub also sends 410 with "Server Error"; Kubernetes' 410 means: list again.
    Row { services: &[Github], status: 410..=410, header: None, says: &["server error"], means: Means::Later },
    Row { services: &[Kubernetes], status: 410..=410, header: None, says: &[], means: Means::Later },
    Row { services: &[], status: 410..=410, header: None, says: &[], means: Means::Gone },
    Row { services: &[], status: 451..=451, header: None, says: &[], means: Means::Gone },
    Row { services: &[], status: 409..=409, header: None, says: &[], means: Means::Conflict },
    Row { services: &[], status: 408..=408, header: None, says: &[], means: Means::Later },
    Row { services: &[], status: 425..=425, header: None, says: &[], means: Means::Later },
    Row { services: &[], status: 400..=499, header: None, says: &[], means: Means::Refused },
    Row { services: &[], status: 500..=599, header: None, says: &[], means: Means::Later },
];

/// What the first row that fits says; an answer that fits none (a redirect, 1xx) is malformed.
pub(crate) fn meaning(service: Service, answer: &Answer) -> Means {
    row(service, answer).map_or(Means::Malformed, |row| TABLE[row].means)
}

fn row(service: Service, answer: &Answer) -> Option<usize> {
    let body = || String::from_utf8_lossy(&answer.body[..answer.body.len().min(4096)]).to_ascii_lowercase();
    TABLE.iter().position(|row| {
        (row.services.is_empty() || row.services.contains(&service))
            && row.status.contains(&answer.status)
            && row
                .header
                .is_none_or(|(name, want)| answer.header(name).is_some_and(|have| want.is_empty() || have == want))
            && (row.says.is_empty() || row.says.iter().any(|said| body().contains(said)))
    })
}

/// How long to wait: `retry-after`, Discord's `retry_after`, or until GitHub's `x-ratelimit-reset`.
pub(crate) fn retry_after(answer: &Answer, now: jiff::Timestamp) -> Option<Duration> {
    let seconds = |text: &str| text.trim().parse::<f64>().ok().and_then(|s| Duration::try_from_secs_f64(s).ok());
    if let Some(wait) = answer.header("retry-after").and_then(seconds) {
        return Some(wait);
    }
    if answer.header("x-ratelimit-remaining") == Some("0")
        && let Some(reset) = answer.header("x-ratelimit-reset").and_then(|text| text.trim().parse::<i64>().ok())
    {
        let wait = reset.saturating_sub(now.as_second()).max(1);
        return Some(Duration::from_secs(wait.unsigned_abs()));
    }
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    let wait = body.get("retry_after").or_else(|| body.get("details")?.get("retryAfterSeconds"))?;
    wait.as_f64().and_then(|s| Duration::try_from_secs_f64(s).ok())
}

/// The service's own words, made safe for a log line, with the status in front.
pub(crate) fn message(answer: &Answer) -> String {
    let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let said = json
        .as_ref()
        .and_then(|body| ["message", "error", "detail"].iter().find_map(|key| body.get(key)?.as_str()))
        .map_or_else(
            || String::from_utf8_lossy(&answer.body[..answer.body.len().min(400)]).into_owned(),
            str::to_owned,
        );
    match said.trim() {
        "" => format!("status {}", answer.status),
        said => format!("status {}: {}", answer.status, Untrusted::new(said).terminal()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Service::{Loki, Pagerduty, Prometheus};

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Answer { status, headers, body: body.as_bytes().to_vec() }
    }

    /// One example for every row and the services' well-known bodies. The number says which row decides.
    #[test]
    fn every_row_decides_its_example() {
        let quota = r#"{"kind":"Status","reason":"Forbidden","message":"pods \"x\" is forbidden: exceeded quota: q"}"#;
        let rights = r#"{"message":"Resource not accessible by integration"}"#;
        let secondary = r#"{"message":"You have exceeded a secondary rate limit. Please wait"}"#;
        let limited = &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1768473660")];
        let examples: &[(usize, Service, Answer, Means)] = &[
            (0, Github, answer(403, limited, "{}"), Means::LaterInAMinute),
            (1, Github, answer(403, &[("retry-after", "30")], "{}"), Means::Later),
            (2, Github, answer(403, &[("x-ratelimit-remaining", "4711")], secondary), Means::LaterInAMinute),
            (3, Github, answer(429, &[], "{}"), Means::LaterInAMinute),
            (4, Discord, answer(429, &[], r#"{"retry_after":1.5,"global":true}"#), Means::Later),
            (5, Kubernetes, answer(403, &[], quota), Means::LaterInAMinute),
            (6, Discord, answer(404, &[], r#"{"message":"Unknown Webhook","code":10015}"#), Means::Gone),
            (7, Github, answer(401, &[], r#"{"message":"Bad credentials"}"#), Means::Denied),
            (8, Github, answer(403, &[("x-ratelimit-remaining", "4711")], rights), Means::Denied),
            (9, Github, answer(404, &[], r#"{"message":"Not Found"}"#), Means::NotFound),
            (10, Github, answer(410, &[], r#"{"message":"Server Error"}"#), Means::Later),
            (11, Kubernetes, answer(410, &[], r#"{"reason":"Expired"}"#), Means::Later),
            (12, Github, answer(410, &[], r#"{"message":"Gone"}"#), Means::Gone),
            (13, Github, answer(451, &[], ""), Means::Gone),
            (14, Kubernetes, answer(409, &[], r#"{"reason":"AlreadyExists"}"#), Means::Conflict),
            (15, Github, answer(408, &[], ""), Means::Later),
            (16, Pagerduty, answer(425, &[], ""), Means::Later),
            (17, Github, answer(422, &[], r#"{"message":"Validation Failed"}"#), Means::Refused),
            (17, Loki, answer(400, &[], "parse error at line 1"), Means::Refused),
            (17, Prometheus, answer(422, &[], r#"{"errorType":"execution","error":"x"}"#), Means::Refused),
            (18, Kubernetes, answer(500, &[], r#"{"message":"etcdserver: leader changed"}"#), Means::Later),
            (18, Prometheus, answer(503, &[], ""), Means::Later),
        ];
        for (at, service, answer, means) in examples {
            assert_eq!(row(*service, answer), Some(*at), "{service} {}", answer.status);
            assert_eq!(meaning(*service, answer), *means, "row {at}: {service} {}", answer.status);
        }
        for row in 0..TABLE.len() {
            assert!(examples.iter().any(|(have, ..)| *have == row), "row {row} has no example");
        }
        assert_eq!(meaning(Github, &answer(302, &[], "")), Means::Malformed);
    }

    #[test]
    fn waits_as_long_as_the_service_asks() {
        let now: jiff::Timestamp = "2026-01-15T10:40:00Z".parse().unwrap();
        let reset = (now.as_second() + 90).to_string();
        let seconds =
            |headers: &[(&str, &str)], body| retry_after(&answer(403, headers, body), now).map(|d| d.as_millis());
        assert_eq!(seconds(&[("retry-after", "30")], ""), Some(30_000));
        assert_eq!(seconds(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &reset)], ""), Some(90_000));
        assert_eq!(seconds(&[("x-ratelimit-remaining", "9"), ("x-ratelimit-reset", &reset)], ""), None);
        assert_eq!(seconds(&[], r#"{"retry_after":1.5}"#), Some(1500));
        assert_eq!(seconds(&[], r#"{"details":{"retryAfterSeconds":2}}"#), Some(2000));
        assert_eq!(seconds(&[("retry-after", "-3")], ""), None);
    }

    #[test]
    fn the_services_words_are_short_and_harmless() {
        assert_eq!(message(&answer(403, &[], "{\"message\":\"no\\u001b[2J\"}")), "status 403: no\\x1b[2J");
        assert_eq!(message(&answer(502, &[], "")), "status 502");
        assert!(message(&answer(502, &[], &"x".repeat(9000))).len() < 300);
    }
}

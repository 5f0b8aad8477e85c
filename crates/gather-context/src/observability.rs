//! Loki and Prometheus (facts: observability.md, cto.md 4.8 and 4.9).

use jiff::{SignedDuration, Timestamp};
use remediation::{LogLine, Sample, caps};
use text::Untrusted;
use world::{Clock, LogQuery, Logs, Metrics};

use crate::source::{Answer, Found, NoAnswer, Source};

/// What is asked of Loki: the time before the failure.
const BEFORE: SignedDuration = SignedDuration::from_mins(10);
/// Samples that are kept.
const SAMPLES: usize = caps::CONTEXT;

/// The newest log lines before the failure, oldest first.
pub async fn logs(ask: &Source<'_, impl Logs + Clock>) -> Found<(Vec<LogLine>, u64)> {
    let selector = ask.repository.loki_selector.as_deref().ok_or(NoAnswer::NotConfigured("loki_selector"))?;
    let failed_at = ask.needs.opened_at;
    let query = LogQuery {
        // Ours, from the configuration: nothing of the event is in it.
        query: selector.to_owned(),
        start: failed_at.saturating_sub(BEFORE).unwrap_or(Timestamp::MIN),
        end: failed_at,
        limit: usize::try_from(ask.config.limits.log_lines).unwrap_or(usize::MAX),
    };
    let answer = ask.ports.log_lines(&query).await?;
    let mut lines: Vec<LogLine> = answer
        .lines
        .iter()
        .map(|line| LogLine { at: line.at, line: ask.foreign.line(&line.line, caps::TEXT) })
        .collect();
    lines.sort_by_key(|line| line.at);
    let omitted = lines.len().saturating_sub(caps::CONTEXT);
    lines.drain(..omitted);
    let missing = if answer.truncated {
        vec![format!("Loki's answer reached the limit of {} lines, there may be older ones", query.limit)]
    } else {
        Vec::new()
    };
    Ok(Answer { found: (lines, omitted as u64), missing })
}

/// The configured query, at the time of the failure.
pub async fn metrics(ask: &Source<'_, impl Metrics + Clock>) -> Found<Vec<Sample>> {
    let query = ask.repository.prometheus_query.as_deref().ok_or(NoAnswer::NotConfigured("prometheus_query"))?;
    let series = ask.ports.metric(query, ask.needs.opened_at).await?;
    let omitted = series.len().saturating_sub(SAMPLES);
    let samples = series.into_iter().take(SAMPLES).map(|series| {
        let labels: Vec<String> =
            series.metric.iter().map(|(key, value)| format!("{key}={}", value.promql())).collect();
        Sample {
            query: query.to_owned(),
            series: ask.foreign.line(&Untrusted::new(format!("{{{}}}", labels.join(", "))), caps::TEXT),
            // Text: `NaN` and `+Inf` are among the values.
            value: series.values.last().map(|(_, value)| value.clone()).unwrap_or_default(),
        }
    });
    let missing = if omitted > 0 { vec![format!("{omitted} more series were left out")] } else { Vec::new() };
    Ok(Answer { found: samples.collect(), missing })
}

//! Loki, Prometheus, OpenMemory and the channels over any wire.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use text::Untrusted;

use crate::call::malformed;
use crate::errors::{Call, PortResult};
use crate::ports::{Channels, LogLine, LogLines, LogQuery, Logs, Memories, Memory, MemoryTags, Metrics, Series};
use crate::wire::{Method, Request, Service};
use crate::world::World;

/// Loki's and Prometheus' envelope.
#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
struct Streams {
    result: Vec<Stream>,
}

/// Entries may have a third element (structured metadata).
#[derive(Deserialize)]
struct Stream {
    #[serde(default)]
    stream: BTreeMap<String, Untrusted>,
    values: Vec<Vec<Value>>,
}

impl Logs for World {
    async fn log_lines(&self, ask: &LogQuery) -> PortResult<LogLines> {
        let request = self
            .request(Service::Loki, Method::Get, "/loki/api/v1/query_range")
            .ask("query", &ask.query)
            .ask("start", ask.start.as_nanosecond().to_string())
            .ask("end", ask.end.as_nanosecond().to_string())
            .ask("limit", ask.limit.to_string())
            .ask("direction", "backward");
        let call = Call::from(&request);
        let answer: Data<Streams> = self.fetch(request).await?;
        let mut lines = Vec::new();
        for stream in answer.data.result {
            for entry in stream.values {
                let (Some(at), Some(line)) =
                    (entry.first().and_then(Value::as_str), entry.get(1).and_then(Value::as_str))
                else {
                    return Err(malformed(&call, "an entry of `values` is not [nanoseconds, line]"));
                };
                let at = at.parse().ok().and_then(|at| Timestamp::from_nanosecond(at).ok());
                let at = at.ok_or_else(|| malformed(&call, "an entry of `values` does not begin with nanoseconds"))?;
                lines.push(LogLine { at, labels: stream.stream.clone(), line: Untrusted::new(line) });
            }
        }
        let truncated = lines.len() >= ask.limit;
        // Stable: Loki's order inside a stream stays where instants are equal.
        lines.sort_by_key(|line| line.at);
        Ok(LogLines { lines, truncated })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    result_type: String,
    result: Value,
}

#[derive(Deserialize)]
struct RawSeries {
    #[serde(default)]
    metric: BTreeMap<String, Untrusted>,
    #[serde(default)]
    value: Option<(f64, String)>,
    #[serde(default)]
    values: Vec<(f64, String)>,
}

impl World {
    async fn prometheus(&self, request: Request) -> PortResult<Vec<Series>> {
        let call = Call::from(&request);
        let outcome = self.fetch::<Data<Outcome>>(request).await?.data;
        let raw: Vec<RawSeries> = match &*outcome.result_type {
            "scalar" | "string" => {
                let value = crate::call::from_value(outcome.result).map_err(|error| malformed(&call, error))?;
                vec![RawSeries { metric: BTreeMap::new(), value: Some(value), values: Vec::new() }]
            }
            _ => crate::call::from_value(outcome.result).map_err(|error| malformed(&call, error))?,
        };
        let series = raw.into_iter().map(|raw| {
            let values = raw.value.into_iter().chain(raw.values);
            let values = values.map(|(at, value)| Ok((instant(at)?, value))).collect::<Result<_, jiff::Error>>()?;
            Ok(Series { metric: raw.metric, values })
        });
        series.collect::<Result<_, jiff::Error>>().map_err(|error| malformed(&call, error.to_string()))
    }
}

/// Prometheus counts seconds, with milliseconds behind the point.
#[allow(clippy::cast_possible_truncation, reason = "a saturated instant is refused by the constructor")]
fn instant(seconds: f64) -> Result<Timestamp, jiff::Error> {
    Timestamp::from_millisecond((seconds * 1000.0).round() as i64)
}

impl Metrics for World {
    async fn metric(&self, query: &str, at: Timestamp) -> PortResult<Vec<Series>> {
        let request = self.request(Service::Prometheus, Method::Get, "/api/v1/query");
        self.prometheus(request.ask("query", query).ask("time", at.as_second().to_string())).await
    }

    async fn metric_range(
        &self,
        query: &str,
        start: Timestamp,
        end: Timestamp,
        step_seconds: u32,
    ) -> PortResult<Vec<Series>> {
        let request = self
            .request(Service::Prometheus, Method::Get, "/api/v1/query_range")
            .ask("query", query)
            .ask("start", start.as_second().to_string())
            .ask("end", end.as_second().to_string())
            .ask("step", step_seconds.to_string());
        self.prometheus(request).await
    }
}

impl Memories for World {
    async fn search_memory(&self, query: &Untrusted, limit: usize, filters: &MemoryTags) -> PortResult<Vec<Memory>> {
        #[derive(Deserialize)]
        struct Found {
            memories: Vec<Memory>,
        }
        let namespace = &self.settings.openmemory_namespace;
        let body = json!({ "query": query, "namespace": namespace, "limit": limit, "filters": filters });
        let request = self.request(Service::Openmemory, Method::Post, "/api/v1/search").json(&body)?;
        let mut memories = self.fetch::<Found>(request).await?.memories;
        memories.truncate(limit);
        Ok(memories)
    }

    async fn add_memory(&self, content: &str, tags: &MemoryTags) -> PortResult<()> {
        let body = json!({ "content": content, "namespace": self.settings.openmemory_namespace, "metadata": tags });
        let request = self.request(Service::Openmemory, Method::Post, "/api/v1/memories").json(&body)?;
        self.send(request).await.map(drop)
    }
}

impl Channels for World {
    async fn post_discord(&self, message: &Value) -> PortResult<String> {
        #[derive(Deserialize)]
        struct Posted {
            id: String,
        }
        let request = self.request(Service::Discord, Method::Post, "/webhook").ask("wait", "true").json(message)?;
        Ok(self.fetch::<Posted>(request).await?.id)
    }

    async fn edit_discord(&self, message_id: &str, message: &Value) -> PortResult<()> {
        let path = format!("/webhook/messages/{}", Untrusted::new(message_id).url_segment());
        let request = self.request(Service::Discord, Method::Patch, path).json(message)?;
        self.fetch::<IgnoredAny>(request).await.map(drop)
    }

    async fn post_slack(&self, message: &Value) -> PortResult<()> {
        self.send(self.request(Service::Slack, Method::Post, "/webhook").json(message)?).await.map(drop)
    }

    async fn page(&self, event: &Value) -> PortResult<()> {
        self.send(self.request(Service::Pagerduty, Method::Post, "/v2/enqueue").json(event)?).await.map(drop)
    }
}

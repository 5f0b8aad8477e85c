//! What an attacker may influence (design section 7), shown through the real steps: hostile text in every field changes
//! nothing but the bytes inside its own fences; whatever the bytes are, nothing panics and memory stays bounded.
//!
//! `HEALER_HOSTILE=full cargo test --release -p healer --test hostile` plays every value in every field and uses the full
//! sizes; CI plays a deterministic part of it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "hostile/alerts.rs"]
mod alerts;
#[path = "hostile/archives.rs"]
mod archives;
#[path = "hostile/bounds.rs"]
mod bounds;
#[path = "hostile/branch.rs"]
mod branch;
#[path = "hostile/cluster.rs"]
mod cluster;
#[path = "hostile/fields.rs"]
mod fields;
#[path = "hostile/grammar.rs"]
mod grammar;
#[path = "hostile/log.rs"]
mod log;
#[path = "hostile/metadata.rs"]
mod metadata;
#[path = "hostile/noise.rs"]
mod noise;
#[path = "hostile/page.rs"]
mod page;
#[path = "hostile/scene.rs"]
mod scene;

/// Whether everything is to be tried, at full size.
fn full() -> bool {
    std::env::var("HEALER_HOSTILE").is_ok_and(|wish| wish == "full")
}

/// Longer than this, a value may be cut somewhere, and its cut be told of.
const LONG: usize = 400;

/// The hostile values, each with its name: those that are never cut.
fn values() -> Vec<(String, String)> {
    corpus().into_iter().filter(|(_, value)| value.len() <= LONG).collect()
}

/// The long ones.
fn long_values() -> Vec<(String, String)> {
    corpus().into_iter().filter(|(_, value)| value.len() > LONG).collect()
}

/// All of them. `HEALER_HOSTILE_FILE` adds those of another file: one JSON object with `id` and `value` a line.
fn corpus() -> Vec<(String, String)> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        id: String,
        value: Option<String>,
        repeat: Option<String>,
        count: Option<usize>,
    }
    let rows: Vec<Row> = serde_json::from_str(include_str!("hostile/values.json")).unwrap();
    let value = |row: Row| (row.id, row.value.unwrap_or_else(|| row.repeat.unwrap().repeat(row.count.unwrap())));
    let more = std::env::var_os("HEALER_HOSTILE_FILE").map(|file| std::fs::read_to_string(file).unwrap());
    let more = more.iter().flat_map(|text| text.lines()).filter_map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        Some((format!("file {}", row["id"].as_str()?), row["value"].as_str()?.to_owned()))
    });
    rows.into_iter().map(value).chain(more).collect()
}

//! What an attacker may influence (design section 7), shown through the real steps: hostile text in every field changes
//! nothing but the bytes inside its own fences; whatever the bytes are, nothing panics and memory stays bounded.
//!
//! `HEALER_HOSTILE=full` plays every value in every field and uses the full sizes; CI plays a deterministic part of it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "hostile/bounds.rs"]
mod bounds;
#[path = "hostile/branch.rs"]
mod branch;
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

/// The hostile values, each with its name.
fn values() -> Vec<(String, String)> {
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
    rows.into_iter().map(value).collect()
}

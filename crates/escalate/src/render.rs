//! The story in each channel's own form, within its limits (safety.md 4.1, cto.md 5). Foreign text leaves through its
//! sink; the sentences around it are ours.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::reasons::{self, Loudness};
use crate::story::Story;

/// Markdown for a comment or an issue.
pub fn markdown(story: &Story) -> String {
    let row = reasons::of(story.reason);
    story.matter.markdown(&story.id, row.headline, ("What to look at", &[row.look_at.to_owned()]))
}

/// The title of an issue: ours, at most 256 characters.
pub fn title(story: &Story) -> String {
    format!("[Healer] {} ({})", reasons::of(story.reason).headline, story.id).chars().take(256).collect()
}

/// Colours and severities of the platform (cto.md 5).
fn colour(story: &Story) -> (u32, &'static str, &'static str) {
    match reasons::of(story.reason).loudness {
        Loudness::Comment => (0x34_98DB, "#3498db", "info"),
        Loudness::Chat => (0xF3_9C12, "#f39c12", "warning"),
        Loudness::Page => (0xE7_4C3C, "#e74c3c", "critical"),
    }
}

/// Characters as Discord and Slack count them.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Our own text, cut between characters.
fn cut(text: &str, max: usize) -> String {
    if units(text) <= max {
        return text.to_owned();
    }
    let mut used = 1;
    let head: String = text
        .chars()
        .take_while(|c| {
            used += c.len_utf16();
            used <= max
        })
        .collect();
    head + "…"
}

/// What a chat message says: our sentences.
fn body(story: &Story) -> String {
    let row = reasons::of(story.reason);
    let mut lines = story.matter.detail.clone();
    for (title, part) in [("Tried", &story.matter.tried), ("Known", &story.matter.known)] {
        if !part.is_empty() {
            lines.push(format!("*{title}*"));
            lines.extend(part.iter().map(|line| format!("- {line}")));
        }
    }
    lines.push(format!("*What to look at*\n- {}", row.look_at));
    lines.join("\n")
}

/// Discord's limits: title 256, description 4,096, 25 fields of 256 and 1,024, 6,000 together.
mod discord {
    pub const TITLE: usize = 256;
    pub const DESCRIPTION: usize = 2400;
    pub const FIELDS: usize = 12;
    pub const VALUE: usize = 250;
}

/// A Discord message. Mentions call nobody.
pub fn discord(story: &Story, opened_at: Option<Timestamp>) -> Value {
    let (colour, _, _) = colour(story);
    let fields: Vec<Value> = story
        .matter
        .facts
        .iter()
        .take(discord::FIELDS)
        .map(|(label, text)| json!({ "name": label, "value": text.discord(discord::VALUE), "inline": true }))
        .collect();
    let mut embed = json!({
        "title": cut(reasons::of(story.reason).headline, discord::TITLE),
        "description": cut(&quiet(&body(story)), discord::DESCRIPTION),
        "color": colour,
        "footer": { "text": format!("CTO Platform · {}", story.id) },
        "fields": fields,
    });
    if let (Some(at), Some(embed)) = (opened_at, embed.as_object_mut()) {
        embed.insert("timestamp".into(), at.to_string().into());
    }
    json!({ "embeds": [embed], "allowed_mentions": { "parse": [] } })
}

/// A fault's sentence may hold what a service said: no mention in it calls anybody.
fn quiet(text: &str) -> String {
    text.replace('@', "\u{ff20}")
}

/// A Slack message, in the platform's form.
pub fn slack(story: &Story, opened_at: Option<Timestamp>) -> Value {
    let (_, colour, _) = colour(story);
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let fields: Vec<Value> = story
        .matter
        .facts
        .iter()
        .take(20)
        .map(|(label, text)| json!({ "title": label, "value": text.slack(500), "short": true }))
        .collect();
    let headline = reasons::of(story.reason).headline;
    json!({ "attachments": [{
        "fallback": headline,
        "color": colour,
        "author_name": "Healer",
        "title": headline,
        "text": cut(&escape(&quiet(&body(story))), 3000),
        "mrkdwn_in": ["text", "fields"],
        "fields": fields,
        "footer": format!("CTO Platform · {}", story.id),
        "ts": opened_at.map(Timestamp::as_second),
    }] })
}

/// A PagerDuty event; the same id is the same incident.
pub fn pagerduty(story: &Story, opened_at: Option<Timestamp>) -> Value {
    let (_, _, severity) = colour(story);
    let facts: serde_json::Map<String, Value> =
        story.matter.facts.iter().map(|(label, text)| ((*label).to_owned(), Value::from(text.terminal()))).collect();
    let headline = reasons::of(story.reason).headline;
    json!({
        "event_action": "trigger",
        "dedup_key": story.id,
        "payload": {
            "summary": cut(&format!("{headline}: {}", story.repository.terminal()), 1024),
            "source": "healer",
            "severity": severity,
            "timestamp": opened_at.map(|at| at.to_string()),
            "component": "ci",
            "class": remediation::Vocabulary::as_str(story.reason),
            "custom_details": { "where": facts, "what": cut(&body(story), 4000) },
        },
    })
}

#[cfg(test)]
mod tests;

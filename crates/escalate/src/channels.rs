//! Sending, one message a channel: found again and edited, never said twice.

use jiff::Timestamp;
use remediation::{Channel, ChannelReceipt, Open, Receipt};
use serde_json::Value;
use thread::{Before, Told, redacted};
use world::github::Slug;
use world::{Channels, CommentOnGithub, IssueDraft, PortError, PortResult, ReadGithub};

use crate::render;
use crate::story::Story;

/// The label of our issues, and what stands beside it (cto.md 4.11).
const LABEL: &str = "healer";
const LABELS: [&str; 3] = [LABEL, "ci-failure", "needs-attention"];

/// What a channel would say, as it goes out: redacted once more as a whole.
pub enum Content {
    /// Markdown.
    Text(String),
    /// A service's own payload.
    Payload(Value),
}

/// The content for a channel.
pub fn content(channel: Channel, story: &Story, opened_at: Option<Timestamp>) -> Content {
    match channel {
        Channel::PullRequestComment | Channel::CheckRun | Channel::Issue => {
            Content::Text(redacted(&render::markdown(story)))
        }
        Channel::Discord => Content::Payload(redacted_values(render::discord(story, opened_at))),
        Channel::Slack => Content::Payload(redacted_values(render::slack(story, opened_at))),
        Channel::Pagerduty => Content::Payload(redacted_values(render::pagerduty(story, opened_at))),
    }
}

fn redacted_values(mut value: Value) -> Value {
    match &mut value {
        Value::String(text) => *text = redacted(text),
        Value::Array(list) => list.iter_mut().for_each(|item| *item = redacted_values(item.take())),
        Value::Object(map) => map.values_mut().for_each(|item| *item = redacted_values(item.take())),
        _ => {}
    }
    value
}

/// 16 hexadecimal digits of what is said.
pub fn digest(content: &Content) -> String {
    match content {
        Content::Text(text) => thread::digest(text),
        Content::Payload(payload) => thread::digest(&payload.to_string()),
    }
}

/// Says it.
pub async fn tell(
    channel: Channel,
    content: &Content,
    story: &Story,
    of: &Slug,
    before: &Before<'_>,
    ports: &(impl ReadGithub + CommentOnGithub + Channels),
) -> PortResult<Told> {
    let known = before.message.map(|message| message.id.as_str());
    match (channel, content) {
        (Channel::PullRequestComment, Content::Text(body)) => {
            thread::comment(body, of, story.pull_request.unwrap_or_default(), before, ports).await
        }
        (Channel::Issue, Content::Text(body)) => issue(body, story, of, before, ports).await,
        (Channel::Discord, Content::Payload(message)) => {
            if let Some(id) = known {
                match ports.edit_discord(id, message).await {
                    Ok(()) => return Ok(Told { receipt: Receipt::Updated, id: id.to_owned() }),
                    // Somebody deleted it: people are told again.
                    Err(PortError::Gone { .. } | PortError::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            let id = ports.post_discord(message).await?;
            Ok(Told { receipt: Receipt::Sent, id })
        }
        // A Slack webhook gives no id and edits nothing.
        (Channel::Slack, Content::Payload(message)) => {
            ports.post_slack(message).await?;
            Ok(Told { receipt: Receipt::Sent, id: story.id.clone() })
        }
        (_, Content::Payload(event)) => {
            ports.page(event).await?;
            let receipt = if known.is_some() { Receipt::Updated } else { Receipt::Sent };
            Ok(Told { receipt, id: story.id.clone() })
        }
        (_, Content::Text(_)) => Ok(Told { receipt: Receipt::Failed, id: String::new() }),
    }
}

async fn issue(
    body: &str,
    story: &Story,
    of: &Slug,
    before: &Before<'_>,
    ports: &(impl ReadGithub + CommentOnGithub),
) -> PortResult<Told> {
    let known = match before.message.and_then(|message| message.id.parse().ok()) {
        Some(number) => match ports.issue(of, number).await {
            Ok(issue) => Some(issue),
            Err(PortError::NotFound { .. } | PortError::Gone { .. }) => None,
            Err(error) => return Err(error),
        },
        None => {
            let open = ports.open_issues(of, LABEL).await?.items;
            open.into_iter().find(|issue| thread::is_ours(issue.performed_via_github_app, &issue.body, before))
        }
    };
    let draft = IssueDraft { title: Some(render::title(story)), body: Some(body.to_owned()), ..IssueDraft::default() };
    let Some(issue) = known else {
        let labels = Some(LABELS.map(str::to_owned).to_vec());
        let made = ports.create_issue(of, &IssueDraft { labels, ..draft }).await?;
        return Ok(Told { receipt: Receipt::Sent, id: made.number.to_string() });
    };
    let id = issue.number.to_string();
    if thread::same(issue.body.expose(), body) {
        return Ok(Told { receipt: Receipt::Unchanged, id });
    }
    ports.update_issue(of, issue.number, &draft).await?;
    Ok(Told { receipt: Receipt::Updated, id })
}

/// The entry of a channel in the document.
pub fn receipt(channel: Channel, receipt: Receipt, id: Option<String>, because: Option<String>) -> ChannelReceipt {
    ChannelReceipt { channel: Open::from(channel), receipt: receipt.into(), message_id: id, because }
}

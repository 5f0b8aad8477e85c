//! Sending, one message a channel: found again and edited, never said twice.

use jiff::Timestamp;
use redact::Foreign;
use remediation::record::MessageRef;
use remediation::{Channel, ChannelReceipt, Open, Receipt, names};
use serde_json::Value;
use world::github::{IssueComment, Slug};
use world::{Channels, CommentOnGithub, IssueDraft, PortError, PortResult, ReadGithub};

use crate::render;
use crate::story::Story;

/// The label of our issues, and what stands beside it (cto.md 4.11).
const LABEL: &str = "healer";
const LABELS: [&str; 3] = [LABEL, "ci-failure", "needs-attention"];

/// What a channel was given before.
pub struct Before<'a> {
    /// Its message.
    pub message: Option<&'a MessageRef>,
    /// Our own App's id, where it is known.
    pub app_id: Option<u64>,
}

/// What became of it, and where it is.
pub struct Told {
    /// What became of it.
    pub receipt: Receipt,
    /// The message's id.
    pub id: String,
}

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
        Channel::PullRequestComment | Channel::Issue => Content::Text(redacted(&render::markdown(story))),
        Channel::Discord => Content::Payload(redacted_values(render::discord(story, opened_at))),
        Channel::Slack => Content::Payload(redacted_values(render::slack(story, opened_at))),
        Channel::Pagerduty => Content::Payload(redacted_values(render::pagerduty(story, opened_at))),
    }
}

fn redacted(text: &str) -> String {
    Foreign::new().text(&text::Untrusted::new(text), usize::MAX).expose().to_owned()
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
        Content::Text(text) => names::hash(&[text.as_bytes()], 16),
        Content::Payload(payload) => names::hash(&[payload.to_string().as_bytes()], 16),
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
        (Channel::PullRequestComment, Content::Text(body)) => comment(body, story, of, before, ports).await,
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

async fn comment(
    body: &str,
    story: &Story,
    of: &Slug,
    before: &Before<'_>,
    ports: &(impl ReadGithub + CommentOnGithub),
) -> PortResult<Told> {
    let number = story.pull_request.unwrap_or_default();
    let known = match before.message.and_then(|message| message.id.parse().ok()) {
        Some(id) => match ports.comment(of, id).await {
            Ok(comment) => Some(comment),
            Err(PortError::NotFound { .. } | PortError::Gone { .. }) => None,
            Err(error) => return Err(error),
        },
        None => ours(ports.comments(of, number).await?.items, &story.id, before.app_id),
    };
    let Some(comment) = known else {
        let made = ports.create_comment(of, number, body).await?;
        return Ok(Told { receipt: Receipt::Sent, id: made.id.to_string() });
    };
    let id = comment.id.to_string();
    if same(comment.body.expose(), body) {
        return Ok(Told { receipt: Receipt::Unchanged, id });
    }
    ports.update_comment(of, comment.id, body).await?;
    Ok(Told { receipt: Receipt::Updated, id })
}

/// The comment that our own App wrote for this remediation: a marker that somebody else wrote counts for nothing.
fn ours(comments: Vec<IssueComment>, id: &str, app_id: Option<u64>) -> Option<IssueComment> {
    let marker = render::marker(id);
    comments.into_iter().find(|comment| {
        comment.performed_via_github_app.is_some_and(|app| Some(app.id) == app_id)
            && comment.body.expose().contains(&marker)
    })
}

async fn issue(
    body: &str,
    story: &Story,
    of: &Slug,
    before: &Before<'_>,
    ports: &(impl ReadGithub + CommentOnGithub),
) -> PortResult<Told> {
    let marker = render::marker(&story.id);
    let known = match before.message.and_then(|message| message.id.parse().ok()) {
        Some(number) => match ports.issue(of, number).await {
            Ok(issue) => Some(issue),
            Err(PortError::NotFound { .. } | PortError::Gone { .. }) => None,
            Err(error) => return Err(error),
        },
        None => ports.open_issues(of, LABEL).await?.items.into_iter().find(|issue| {
            issue.performed_via_github_app.is_some_and(|app| Some(app.id) == before.app_id)
                && issue.body.expose().contains(&marker)
        }),
    };
    let draft = IssueDraft { title: Some(render::title(story)), body: Some(body.to_owned()), ..IssueDraft::default() };
    let Some(issue) = known else {
        let labels = Some(LABELS.map(str::to_owned).to_vec());
        let made = ports.create_issue(of, &IssueDraft { labels, ..draft }).await?;
        return Ok(Told { receipt: Receipt::Sent, id: made.number.to_string() });
    };
    let id = issue.number.to_string();
    if same(issue.body.expose(), body) {
        return Ok(Told { receipt: Receipt::Unchanged, id });
    }
    ports.update_issue(of, issue.number, &draft).await?;
    Ok(Told { receipt: Receipt::Updated, id })
}

/// GitHub keeps line ends and outer white space as it likes.
fn same(one: &str, other: &str) -> bool {
    one.replace("\r\n", "\n").trim() == other.trim()
}

/// The entry of a channel in the document.
pub fn receipt(channel: Channel, receipt: Receipt, id: Option<String>, because: Option<String>) -> ChannelReceipt {
    ChannelReceipt { channel: Open::from(channel), receipt: receipt.into(), message_id: id, because }
}

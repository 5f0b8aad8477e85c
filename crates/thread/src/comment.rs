//! The one comment: found again and edited, never said twice.

use remediation::Receipt;
use remediation::record::MessageRef;
use text::Untrusted;
use world::github::{Id, IssueComment, Slug};
use world::{CommentOnGithub, PortError, PortResult, ReadGithub};

use crate::Told;

/// What a channel was given before.
#[derive(Clone, Copy)]
pub struct Before<'a> {
    /// The remediation's id.
    pub id: &'a str,
    /// Its message.
    pub message: Option<&'a MessageRef>,
    /// Our own App's id, where it is known.
    pub app_id: Option<u64>,
}

/// Where a comment or issue is found again; counts only in what our own App wrote.
pub fn marker(id: &str) -> String {
    format!("<!-- healer:{id} -->")
}

/// Whether our own App wrote this for this remediation: a marker that somebody else wrote counts for nothing.
pub fn is_ours(app: Option<Id>, body: &Untrusted, before: &Before<'_>) -> bool {
    app.is_some_and(|app| Some(app.id) == before.app_id) && body.expose().contains(&marker(before.id))
}

/// Says it on the pull request.
///
/// # Errors
/// As the port says; a comment that was deleted is none, it is made again.
pub async fn comment(
    body: &str,
    of: &Slug,
    number: u64,
    before: &Before<'_>,
    ports: &(impl ReadGithub + CommentOnGithub),
) -> PortResult<Told> {
    let known = match before.message.and_then(|message| message.id.parse().ok()) {
        Some(id) => match ports.comment(of, id).await {
            Ok(comment) => Some(comment),
            Err(PortError::NotFound { .. } | PortError::Gone { .. }) => None,
            Err(error) => return Err(error),
        },
        None => ours(ports.comments(of, number).await?.items, before),
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

fn ours(comments: Vec<IssueComment>, before: &Before<'_>) -> Option<IssueComment> {
    comments.into_iter().find(|comment| is_ours(comment.performed_via_github_app, &comment.body, before))
}

/// GitHub keeps line ends and outer white space as it likes.
pub fn same(one: &str, other: &str) -> bool {
    one.replace("\r\n", "\n").trim() == other.trim()
}

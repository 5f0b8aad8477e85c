//! Writing to GitHub over any wire.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use text::Untrusted;

use super::{CheckRun, Issue, IssueComment, Pull, Slug};
use crate::errors::PortResult;
use crate::ports::{CheckRunDraft, CommentOnGithub, IssueDraft, OpenPullRequests, RerunGithub};
use crate::wire::{Method, Service};
use crate::world::World;

impl World {
    async fn write<T: DeserializeOwned>(
        &self,
        method: Method,
        of: &Slug,
        rest: impl AsRef<str>,
        body: &impl Serialize,
    ) -> PortResult<T> {
        self.fetch(self.request(Service::Github, method, of.path(rest)).json(body)?).await
    }
}

impl CommentOnGithub for World {
    async fn create_comment(&self, of: &Slug, number: u64, body: &str) -> PortResult<IssueComment> {
        self.write(Method::Post, of, format!("/issues/{number}/comments"), &json!({ "body": body })).await
    }

    async fn update_comment(&self, of: &Slug, comment_id: u64, body: &str) -> PortResult<IssueComment> {
        self.write(Method::Patch, of, format!("/issues/comments/{comment_id}"), &json!({ "body": body })).await
    }

    async fn create_check_run(&self, of: &Slug, draft: &CheckRunDraft) -> PortResult<CheckRun> {
        self.write(Method::Post, of, "/check-runs", draft).await
    }

    async fn update_check_run(&self, of: &Slug, id: u64, draft: &CheckRunDraft) -> PortResult<CheckRun> {
        self.write(Method::Patch, of, format!("/check-runs/{id}"), draft).await
    }

    async fn create_issue(&self, of: &Slug, draft: &IssueDraft) -> PortResult<Issue> {
        self.write(Method::Post, of, "/issues", draft).await
    }

    async fn update_issue(&self, of: &Slug, number: u64, draft: &IssueDraft) -> PortResult<Issue> {
        self.write(Method::Patch, of, format!("/issues/{number}"), draft).await
    }
}

impl RerunGithub for World {
    async fn rerun_failed_jobs(&self, of: &Slug, run_id: u64) -> PortResult<()> {
        let path = of.path(format!("/actions/runs/{run_id}/rerun-failed-jobs"));
        self.send(self.request(Service::Github, Method::Post, path)).await.map(drop)
    }
}

impl OpenPullRequests for World {
    async fn open_draft(
        &self,
        of: &Slug,
        title: &str,
        body: &str,
        head: &Untrusted,
        base: &Untrusted,
    ) -> PortResult<Pull> {
        let draft = json!({ "title": title, "body": body, "head": head, "base": base, "draft": true });
        self.write(Method::Post, of, "/pulls", &draft).await
    }
}

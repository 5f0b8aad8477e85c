//! Reading GitHub over any wire.

use jiff::Timestamp;
use text::Untrusted;

use super::{
    Alert, AlertKind, Annotation, Branch, ChangedFile, CheckRun, CheckSuite, CombinedStatus, Commit, Comparison, Issue,
    IssueComment, Job, Listed, Permission, Pull, Repository, Run, Slug, Workflow, segment,
};
use crate::errors::{Call, PortError, PortResult};
use crate::ports::{LogEnd, ReadGithub};
use crate::wire::{Method, Request, Service, WireError};
use crate::world::World;

/// The most of one list that we read.
const CAP: usize = 1_000;
/// GitHub's own cap on the files of a pull request.
const FILES_CAP: usize = 3_000;
/// A log takes longer than an answer.
const LOG_DEADLINE_FACTOR: u32 = 10;

impl World {
    fn github(&self, of: &Slug, rest: impl AsRef<str>) -> Request {
        self.request(Service::Github, Method::Get, of.path(rest))
    }
}

impl ReadGithub for World {
    async fn repository(&self, of: &Slug) -> PortResult<Repository> {
        self.fetch(self.github(of, "")).await
    }

    async fn run(&self, of: &Slug, run_id: u64) -> PortResult<Run> {
        self.fetch(self.github(of, format!("/actions/runs/{run_id}"))).await
    }

    async fn run_attempt(&self, of: &Slug, run_id: u64, attempt: u64) -> PortResult<Run> {
        self.fetch(self.github(of, format!("/actions/runs/{run_id}/attempts/{attempt}"))).await
    }

    async fn runs_of_commit(&self, of: &Slug, head_sha: &str) -> PortResult<Listed<Run>> {
        let request = self.github(of, "/actions/runs").ask("head_sha", head_sha);
        self.pages(request, "workflow_runs", CAP).await
    }

    async fn failed_runs_since(&self, of: &Slug, since: Timestamp) -> PortResult<Listed<Run>> {
        let created = format!(">={}", since.strftime("%Y-%m-%dT%H:%M:%SZ"));
        let mut all = Listed { items: Vec::<Run>::new(), complete: true };
        // GitHub takes one word at a time.
        for word in ["failure", "timed_out", "startup_failure"] {
            let request = self.github(of, "/actions/runs").ask("status", word).ask("created", created.as_str());
            let listed = self.pages(request, "workflow_runs", CAP).await?;
            all.complete &= listed.complete;
            all.items.extend(listed.items);
        }
        all.items.sort_by_key(|run| std::cmp::Reverse(run.created_at));
        Ok(all)
    }

    async fn runs_of_workflow(
        &self,
        of: &Slug,
        workflow_id: u64,
        branch: &Untrusted,
        limit: usize,
    ) -> PortResult<Listed<Run>> {
        let request = self.github(of, format!("/actions/workflows/{workflow_id}/runs")).ask("branch", branch.expose());
        self.pages(request, "workflow_runs", limit).await
    }

    async fn jobs(&self, of: &Slug, run_id: u64, attempt: u64) -> PortResult<Listed<Job>> {
        self.pages(self.github(of, format!("/actions/runs/{run_id}/attempts/{attempt}/jobs")), "jobs", CAP).await
    }

    async fn job(&self, of: &Slug, job_id: u64) -> PortResult<Job> {
        self.fetch(self.github(of, format!("/actions/jobs/{job_id}"))).await
    }

    async fn job_log(&self, of: &Slug, job_id: u64, chunk: &mut (dyn FnMut(&[u8]) + Send)) -> PortResult<LogEnd> {
        let mut request = self.github(of, format!("/actions/jobs/{job_id}/logs"));
        request.deadline *= LOG_DEADLINE_FACTOR;
        let call = Call::from(&request);
        let mut bytes = 0_u64;
        let mut count = |piece: &[u8]| {
            bytes += piece.len() as u64;
            chunk(piece);
        };
        let complete = match self.wire.stream(request, &mut count).await {
            Ok(answer) if (200..300).contains(&answer.status) => true,
            Ok(answer) => return Err(PortError::from_answer(call, &answer, self.time.now())),
            Err(WireError::Cut { .. }) => false,
            Err(error) => return Err(PortError::from_wire(call, error)),
        };
        Ok(LogEnd { bytes, complete })
    }

    async fn commit(&self, of: &Slug, reference: &str) -> PortResult<Commit> {
        self.fetch(self.github(of, format!("/commits/{}", segment(reference)))).await
    }

    async fn compare(&self, of: &Slug, base: &str, head: &str) -> PortResult<Comparison> {
        self.fetch(self.github(of, format!("/compare/{}...{}", segment(base), segment(head)))).await
    }

    async fn branch(&self, of: &Slug, name: &Untrusted) -> PortResult<Branch> {
        self.fetch(self.github(of, format!("/branches/{}", name.url_segment()))).await
    }

    async fn pulls_of_commit(&self, of: &Slug, sha: &str) -> PortResult<Listed<Pull>> {
        self.pages(self.github(of, format!("/commits/{}/pulls", segment(sha))), "", CAP).await
    }

    async fn pull(&self, of: &Slug, number: u64) -> PortResult<Pull> {
        self.fetch(self.github(of, format!("/pulls/{number}"))).await
    }

    async fn pulls_from(&self, of: &Slug, head_owner: &str, branch: &Untrusted) -> PortResult<Listed<Pull>> {
        let head = format!("{head_owner}:{}", branch.expose());
        self.pages(self.github(of, "/pulls").ask("head", head).ask("state", "all"), "", CAP).await
    }

    async fn pull_files(&self, of: &Slug, number: u64) -> PortResult<Listed<ChangedFile>> {
        self.pages(self.github(of, format!("/pulls/{number}/files")), "", FILES_CAP).await
    }

    async fn pull_diff(&self, of: &Slug, number: u64) -> PortResult<Untrusted> {
        let request = self.github(of, format!("/pulls/{number}")).accept("application/vnd.github.diff");
        Ok(Untrusted::from_bytes(&self.send(request).await?.body))
    }

    async fn check_runs(&self, of: &Slug, sha: &str) -> PortResult<Listed<CheckRun>> {
        self.pages(self.github(of, format!("/commits/{}/check-runs", segment(sha))), "check_runs", CAP).await
    }

    async fn check_run(&self, of: &Slug, id: u64) -> PortResult<CheckRun> {
        self.fetch(self.github(of, format!("/check-runs/{id}"))).await
    }

    async fn annotations(&self, of: &Slug, check_run_id: u64) -> PortResult<Listed<Annotation>> {
        self.pages(self.github(of, format!("/check-runs/{check_run_id}/annotations")), "", CAP).await
    }

    async fn check_suites(&self, of: &Slug, sha: &str) -> PortResult<Listed<CheckSuite>> {
        self.pages(self.github(of, format!("/commits/{}/check-suites", segment(sha))), "check_suites", CAP).await
    }

    async fn combined_status(&self, of: &Slug, sha: &str) -> PortResult<CombinedStatus> {
        self.fetch(self.github(of, format!("/commits/{}/status", segment(sha))).ask("per_page", "100")).await
    }

    async fn workflow(&self, of: &Slug, id: u64) -> PortResult<Workflow> {
        self.fetch(self.github(of, format!("/actions/workflows/{id}"))).await
    }

    async fn permission(&self, of: &Slug, login: &Untrusted) -> PortResult<Permission> {
        self.fetch(self.github(of, format!("/collaborators/{}/permission", login.url_segment()))).await
    }

    async fn comments(&self, of: &Slug, number: u64) -> PortResult<Listed<IssueComment>> {
        self.pages(self.github(of, format!("/issues/{number}/comments")), "", CAP).await
    }

    async fn comment(&self, of: &Slug, id: u64) -> PortResult<IssueComment> {
        self.fetch(self.github(of, format!("/issues/comments/{id}"))).await
    }

    async fn issue(&self, of: &Slug, number: u64) -> PortResult<Issue> {
        self.fetch(self.github(of, format!("/issues/{number}"))).await
    }

    async fn open_issues(&self, of: &Slug, label: &str) -> PortResult<Listed<Issue>> {
        let request = self.github(of, "/issues").ask("labels", label).ask("state", "open");
        let mut issues: Listed<Issue> = self.pages(request, "", 100).await?;
        issues.items.retain(|issue| issue.pull_request.is_none());
        Ok(issues)
    }

    async fn alert(&self, of: &Slug, kind: AlertKind, number: u64) -> PortResult<Alert> {
        self.fetch(without_secret(self.github(of, format!("/{}/alerts/{number}", kind.path())), kind)).await
    }

    async fn open_alerts(&self, of: &Slug, kind: AlertKind) -> PortResult<Listed<Alert>> {
        let request = self.github(of, format!("/{}/alerts", kind.path())).ask("state", "open");
        self.pages(without_secret(request, kind), "", 100).await
    }
}

/// GitHub would send the secret itself otherwise; our type has no field for it either.
fn without_secret(request: Request, kind: AlertKind) -> Request {
    if kind == AlertKind::SecretScanning { request.ask("hide_secret", "true") } else { request }
}

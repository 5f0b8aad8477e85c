//! Every call of the GitHub ports, through the live wire, against the small GitHub: a server with real state.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::environment;
use jiff::Timestamp;
use serde_json::{Value, json};
use small_github::{Misbehave, Options, Running, Server};
use text::Untrusted;
use tokio::runtime::Runtime;
use world::github::{Access, AlertKind, Conclusion, OpenClosed, Relation, Slug, Status, StatusState};
use world::ports::{
    CheckRunAction, CheckRunDraft, CheckRunText, CommentOnGithub, IssueDraft, OpenPullRequests, ReadGithub, RerunGithub,
};
use world::{PortError, Settings, World};
use world_live::LiveWire;

const CI: &str =
    "name: CI\non: [push, pull_request]\njobs:\n  test:\n    steps:\n      - run: test \"$(cat answer)\" = 42\n";

struct Github {
    running: Running,
    _runtime: Runtime,
    _folder: tempfile::TempDir,
}

impl Github {
    fn start(misbehave: Misbehave) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let options = Options {
            state: folder.path().join("state"),
            listen: "127.0.0.1:0".parse().unwrap(),
            url: None,
            hook: None,
            misbehave,
            job_limit: Duration::from_secs(20),
        };
        let running = runtime.block_on(Server::start(options)).unwrap();
        let this = Self { running, _runtime: runtime, _folder: folder };
        this.control("user", json!({ "login": "acme", "kind": "Organization" }));
        this.control("user", json!({ "login": "mona" }));
        this.control("app", json!({ "slug": "healer", "id": 77 }));
        this.control("install", json!({ "app": "healer", "owner": "acme" }));
        let files = json!({ ".github/workflows/ci.yml": CI, "answer": "42\n" });
        this.control(
            "repository",
            json!({ "owner": "acme", "name": "widgets", "id": 8412, "private": true, "files": files }),
        );
        this.control("permission", json!({ "repository": "acme/widgets", "user": "mona", "permission": "maintain" }));
        this
    }

    fn control(&self, command: &str, body: Value) -> Value {
        let server: &Arc<Server> = &self.running.server;
        server.control(command, &body).unwrap()
    }

    /// A commit on a branch that breaks it, in a pull request; the SHA.
    fn break_it(&self, branch: &str) -> String {
        let commit =
            json!({ "repository": "acme/widgets", "branch": branch, "user": "mona", "files": { "answer": "41\n" } });
        let sha = self.control("commit", commit)["sha"].as_str().unwrap().to_owned();
        self.control("pull", json!({ "repository": "acme/widgets", "head": branch, "user": "mona" }));
        self.control("wait", json!({}));
        sha
    }

    /// The live world of an App with a key.
    fn world(&self, folder: &Path) -> World {
        let key = common::private_key(folder);
        let variables = [
            ("HEALER_GITHUB_APP_ID", "77".to_owned()),
            ("HEALER_GITHUB_APP_PRIVATE_KEY_FILE", key.display().to_string()),
        ];
        let settings = Settings { github_url: self.running.server.base.clone(), ..Settings::default() };
        World::live(Arc::new(LiveWire::new(settings.clone(), environment(&variables))), settings)
    }
}

#[test]
fn every_read_finds_what_happened() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start(Misbehave::default());
    let sha = github.break_it("feat/x");
    for kind in ["dependabot", "code-scanning", "secret-scanning"] {
        github.control("alert", json!({ "repository": "acme/widgets", "kind": kind }));
    }
    let status = json!({ "repository": "acme/widgets", "sha": "feat/x", "state": "failure", "context": "other/ci" });
    github.control("status", status);
    let folder = tempfile::tempdir().unwrap();
    let world = github.world(folder.path());
    let (of, branch) = (Slug::parse("acme/widgets").unwrap(), Untrusted::new("feat/x"));
    world::block_on(async {
        let repository = world.repository(&of).await.unwrap();
        assert_eq!((repository.id, repository.private, repository.default_branch.expose()), (8412, true, "main"));
        let runs = world.runs_of_commit(&of, &sha).await.unwrap();
        assert_eq!(runs.items.len(), 2, "one for the push, one for the pull request");
        let failed = world.failed_runs_since(&of, Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(failed.items.len(), 2);
        let run = world.run(&of, runs.items[0].id).await.unwrap();
        assert_eq!((run.status, run.conclusion, run.run_attempt), (Status::Completed, Some(Conclusion::Failure), 1));
        assert_eq!((run.head_repository.unwrap().id, run.pull_requests[0].number), (8412, 1));
        assert_eq!(world.run_attempt(&of, run.id, 1).await.unwrap(), run);
        let of_workflow = world.runs_of_workflow(&of, run.workflow_id, &branch, 100).await.unwrap();
        assert_eq!(of_workflow, runs);
        assert_eq!(world.workflow(&of, run.workflow_id).await.unwrap().path.expose(), ".github/workflows/ci.yml");
        let job = world.jobs(&of, run.id, 1).await.unwrap().items.remove(0);
        assert_eq!(world.job(&of, job.id).await.unwrap(), job);
        assert_eq!(job.steps[1].conclusion, Some(Conclusion::Failure));
        let mut log = Vec::new();
        assert!(world.job_log(&of, job.id, &mut |piece| log.extend_from_slice(piece)).await.unwrap().complete);
        assert!(String::from_utf8(log).unwrap().contains("##[error]Process completed with exit code 1."));
        assert_eq!(world.annotations(&of, job.id).await.unwrap().items[0].path.expose(), ".github");
        let check = world.check_run(&of, job.id).await.unwrap();
        assert_eq!((check.conclusion, check.app.unwrap().slug.as_str()), (Some(Conclusion::Failure), "github-actions"));
        assert_eq!(world.check_runs(&of, &sha).await.unwrap().items.len(), 2);
        let suites = world.check_suites(&of, &sha).await.unwrap().items;
        assert_eq!(suites.iter().filter(|suite| suite.conclusion == Some(Conclusion::Failure)).count(), 2);
        assert_eq!(suites.iter().filter(|suite| suite.latest_check_runs_count == 0).count(), 1, "our own, unused");
        let combined = world.combined_status(&of, &sha).await.unwrap();
        assert_eq!((combined.state, combined.statuses[0].context.expose()), (StatusState::Failure, "other/ci"));

        let commit = world.commit(&of, "feat/x").await.unwrap();
        assert_eq!((&commit.sha, commit.author.unwrap().login.expose()), (&sha, "mona"));
        assert_eq!(commit.files[0].patch.as_ref().unwrap().expose(), "@@ -1 +1 @@\n-42\n+41");
        let compared = world.compare(&of, "main", "feat/x").await.unwrap();
        assert_eq!((compared.status, compared.ahead_by, compared.commits.len()), (Relation::Ahead, 1, 1));
        assert_eq!(compared.merge_base_commit.unwrap().sha, commit.parents[0].sha);
        let at = world.branch(&of, &branch).await.unwrap();
        assert_eq!((at.commit.sha, at.protected), (sha.clone(), Some(false)));
        let gone = world.branch(&of, &Untrusted::new("no/such")).await.unwrap_err();
        assert!(matches!(gone, PortError::NotFound { .. }), "{gone:?}");

        let pull = world.pull(&of, 1).await.unwrap();
        assert_eq!((pull.state, pull.head.sha.as_str()), (OpenClosed::Open, sha.as_str()));
        assert_eq!(pull.mergeable_state.as_deref(), Some("unstable"));
        assert_eq!(world.pulls_of_commit(&of, &sha).await.unwrap().items[0].number, 1);
        assert_eq!(world.pulls_from(&of, "acme", &branch).await.unwrap().items[0].number, 1);
        assert_eq!(world.pull_files(&of, 1).await.unwrap().items[0].filename.expose(), "answer");
        assert!(world.pull_diff(&of, 1).await.unwrap().expose().starts_with("diff --git a/answer b/answer\n"));
        let may = world.permission(&of, &Untrusted::new("mona")).await.unwrap();
        assert_eq!((may.permission, may.role_name.expose()), (Access::Write, "maintain"));
        for kind in [AlertKind::Dependabot, AlertKind::CodeScanning, AlertKind::SecretScanning] {
            let alerts = world.open_alerts(&of, kind).await.unwrap();
            assert_eq!(world.alert(&of, kind, 1).await.unwrap(), alerts.items[0]);
        }
    })
    .unwrap();
}

#[test]
fn every_write_is_there_afterwards() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start(Misbehave::default());
    let sha = github.break_it("feat/x");
    let commit = json!({ "repository": "acme/widgets", "branch": "healer/fix-1", "files": { "answer": "42 \n" } });
    github.control("commit", commit);
    let folder = tempfile::tempdir().unwrap();
    let world = github.world(folder.path());
    let of = Slug::parse("acme/widgets").unwrap();
    world::block_on(async {
        let comment = world.create_comment(&of, 1, "Healer is on it").await.unwrap();
        assert_eq!(comment.performed_via_github_app.unwrap().id, 77);
        world.update_comment(&of, comment.id, "fixed").await.unwrap();
        assert_eq!(world.comment(&of, comment.id).await.unwrap().body.expose(), "fixed");
        assert_eq!(world.comments(&of, 1).await.unwrap().items.len(), 1);

        let action = |name: &str| CheckRunAction {
            label: name.to_owned(),
            description: format!("Let Healer {name}"),
            identifier: name.to_owned(),
        };
        let draft = CheckRunDraft {
            name: Some("Healer".into()),
            head_sha: Some(sha.clone()),
            external_id: Some("ci-8412-1-1".into()),
            status: Some(Status::InProgress),
            output: Some(CheckRunText { title: "t".into(), summary: "s".into() }),
            actions: vec![action("fix"), action("stop")],
            ..CheckRunDraft::default()
        };
        let check = world.create_check_run(&of, &draft).await.unwrap();
        assert_eq!(check.external_id.unwrap().expose(), "ci-8412-1-1");
        let done = CheckRunDraft { conclusion: Some(Conclusion::Neutral), ..CheckRunDraft::default() };
        assert_eq!(world.update_check_run(&of, check.id, &done).await.unwrap().status, Status::Completed);

        let draft = IssueDraft {
            title: Some("A person is needed".into()),
            labels: Some(vec!["healer".into()]),
            ..IssueDraft::default()
        };
        let issue = world.create_issue(&of, &draft).await.unwrap();
        assert_eq!(world.open_issues(&of, "healer").await.unwrap().items[0].number, issue.number);
        let close = IssueDraft { state: Some("closed".into()), ..IssueDraft::default() };
        assert_eq!(world.update_issue(&of, issue.number, &close).await.unwrap().state, OpenClosed::Closed);
        assert!(world.issue(&of, 1).await.unwrap().pull_request.is_some());

        let (head, main) = (Untrusted::new("healer/fix-1"), Untrusted::new("main"));
        let pull = world.open_draft(&of, "A fix", "body", &head, &main).await.unwrap();
        assert!(pull.draft && pull.user.unwrap().login.expose() == "healer[bot]");
        let twice = world.open_draft(&of, "A fix", "body", &head, &main).await.unwrap_err();
        assert!(matches!(twice, PortError::Refused { .. }), "{twice:?}");

        let run = world.runs_of_commit(&of, &sha).await.unwrap().items.remove(0);
        world.rerun_failed_jobs(&of, run.id).await.unwrap();
        let again = world.run(&of, run.id).await.unwrap();
        assert_eq!((again.run_attempt, again.triggering_actor.unwrap().login.expose()), (2, "healer[bot]"));
    })
    .unwrap();
}

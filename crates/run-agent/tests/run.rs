//! `run` on real repositories: the checkout, the agent's command, what it left, its deadline.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A bare repository `acme/widgets` with the branches `main` and `feat/x`, and a task.
struct Scene {
    folder: TempDir,
    task: Value,
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=dev", "-c", "user.email=dev@example.org"]).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Scene {
    fn new(command: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (remote, work) = (folder.path().join("acme/widgets.git"), folder.path().join("dev"));
        for path in [&remote, &work, &folder.path().join("task"), &folder.path().join("work")] {
            fs::create_dir_all(path).unwrap();
        }
        git(&remote, &["init", "--quiet", "--bare", "--initial-branch", "main"]);
        git(&work, &["init", "--quiet", "--initial-branch", "main"]);
        fs::write(work.join("sum.rs"), "2 - 2\n").unwrap();
        git(&work, &["add", "--all"]);
        git(&work, &["commit", "--quiet", "-m", "begin"]);
        git(&work, &["push", "--quiet", remote.to_str().unwrap(), "main", "main:feat/x"]);
        let task = json!({
            "coderun": "run-1", "url": remote, "branch": "feat/x", "base_sha": null, "working_directory": ".",
            "name": "healer-rex[bot]", "email": "9901+healer-rex[bot]@users.noreply.github.com",
            "deadline_at": Timestamp::now() + Duration::from_secs(60), "command": command,
            "environment": { "HEALER_ATTEMPT": "2" },
        });
        Self { folder, task }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Exit code, the word for `report`, and what was said.
    fn run(&self) -> (i32, String, String) {
        fs::write(self.path("task/task.json"), self.task.to_string()).unwrap();
        fs::write(self.path("task/prompt.md"), "repair it").unwrap();
        fs::write(self.path("task/token"), "ghs_made_up").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_run-agent"));
        command.arg("run").arg("--task").arg(self.path("task")).arg("--work").arg(self.path("work"));
        let output = command.arg("--ending").arg(self.path("ending")).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("ghs_made_up"), "{said}");
        (output.status.code().unwrap(), fs::read_to_string(self.path("ending")).unwrap(), said)
    }

    fn log(&self, branch: &str) -> Vec<String> {
        let log = git(&self.path("acme/widgets.git"), &["log", "--format=%an <%ae> %cn: %s", branch]);
        log.lines().map(str::to_owned).collect()
    }
}

const BEGIN: &str = "dev <dev@example.org> dev: begin";
const OURS: &str = "healer-rex[bot] <9901+healer-rex[bot]@users.noreply.github.com> healer-rex[bot]: repair";

#[test]
fn what_the_agent_leaves_unpushed_is_pushed_as_its_app() {
    if small_github::without_git() {
        return;
    }
    let scene = Scene::new(&["git", "commit", "--quiet", "--allow-empty", "-m", "repair"]);
    let (code, word, said) = scene.run();
    assert_eq!((code, &*word), (0, "ended"), "{said}");
    assert_eq!((scene.log("feat/x"), scene.log("main")), (vec![OURS.into(), BEGIN.into()], vec![BEGIN.into()]));
}

#[test]
fn a_branch_that_is_not_there_yet_begins_at_the_base() {
    if small_github::without_git() {
        return;
    }
    let mut scene = Scene::new(&["git", "commit", "--quiet", "--allow-empty", "-m", "repair"]);
    scene.task["branch"] = json!("healer/fix-rust_test-0a1b2c3d");
    assert_eq!(scene.run().1, "no_checkout", "no base, no branch");
    scene.task["base_sha"] = json!(git(&scene.path("acme/widgets.git"), &["rev-parse", "main"]));
    assert_eq!(scene.run().0, 0);
    assert_eq!(scene.log("healer/fix-rust_test-0a1b2c3d"), [OURS, BEGIN]);
}

#[test]
fn the_prompt_is_on_stdin_and_the_coderun_s_environment_is_there() {
    if small_github::without_git() {
        return;
    }
    let scene = Scene::new(&["git", "hash-object", "-w", "--stdin"]);
    let (code, word, said) = scene.run();
    assert_eq!((code, &*word), (0, "ended"), "{said}");
    let prompt = git(&scene.path("task"), &["hash-object", "prompt.md"]);
    assert_eq!(git(&scene.path("work/repository"), &["cat-file", "-p", &prompt]), "repair it");
    assert_eq!(scene.log("feat/x"), [BEGIN], "nothing was committed");

    let mut scene = Scene::new(&["env"]);
    scene.task["command"] =
        json!(["git", "-c", "alias.say=!echo attempt $HEALER_ATTEMPT token $GH_TOKEN >said", "say"]);
    assert_eq!(scene.run().0, 0);
    let said = fs::read_to_string(scene.path("work/repository/said")).unwrap();
    assert_eq!(said, "attempt 2 token ghs_made_up\n");
}

#[test]
fn an_agent_s_own_exit_code_is_kept_and_nothing_is_pushed() {
    if small_github::without_git() {
        return;
    }
    let scene = Scene::new(&["git", "-c", "alias.fail=!git commit --quiet --allow-empty -m repair && exit 3", "fail"]);
    assert_eq!((scene.run().0, scene.run().1), (3, "agent_failed".into()));
    assert_eq!(scene.log("feat/x"), [BEGIN]);
    let absent = Scene::new(&["no-such-agent"]).run();
    assert_eq!((absent.0, &*absent.1), (127, "not_started"), "{}", absent.2);
}

#[test]
fn at_the_deadline_the_agent_and_what_it_started_end() {
    if small_github::without_git() {
        return;
    }
    let mut scene = Scene::new(&["git", "-c", "alias.stay=!trap '' TERM; (sleep 30; touch late) & sleep 30", "stay"]);
    scene.task["deadline_at"] = json!(Timestamp::now() + Duration::from_secs(3));
    let began = Instant::now();
    let (code, word, said) = scene.run();
    assert_eq!((code, &*word), (124, "deadline"), "{said}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    let mut late = Scene::new(&["git", "status"]);
    late.task["deadline_at"] = json!(Timestamp::now() - Duration::from_secs(3));
    assert_eq!(late.run().1, "deadline", "it is not begun after its deadline");
}

#[test]
fn who_pushed_meanwhile_is_not_overwritten() {
    if small_github::without_git() {
        return;
    }
    let scene = Scene::new(&[]);
    let remote = scene.path("acme/widgets.git");
    let others = format!(
        "alias.race=!git commit --quiet --allow-empty -m repair && cd {} && git commit --quiet --allow-empty -m theirs && git push --quiet {} HEAD:feat/x",
        scene.path("dev").display(),
        remote.display()
    );
    let mut scene = scene;
    scene.task["command"] = json!(["git", "-c", "user.name=dev", "-c", others, "race"]);
    let (code, word, said) = scene.run();
    assert_eq!((code, &*word), (1, "not_pushed"), "{said}");
    assert!(scene.log("feat/x")[0].ends_with(": theirs"));
}

#[test]
fn a_task_that_cannot_be_read_is_said() {
    if small_github::without_git() {
        return;
    }
    let mut scene = Scene::new(&["git", "status"]);
    scene.task["surprise"] = json!(1);
    let (code, word, said) = scene.run();
    assert_eq!((code, &*word), (78, "no_task"), "{said}");
    assert!(said.contains("surprise"), "{said}");
}

//! The stories: each a claim, in a repository of its own, on a real Argo with a real agent and a small GitHub.

use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::lab::{Scene, Told, github, holds, kubectl, name_of, objects, outcome, until};
use crate::{causes, doors, ends, hostile};

/// A claim, and how it is tried.
pub struct Story {
    /// The claim; its repository is named so too.
    pub name: &'static str,
    /// Tries it.
    pub play: fn(&str) -> Told<()>,
}

/// One row a story.
pub const STORIES: &[Story] = &[
    Story { name: "first-attempt-fixes", play: first_attempt_fixes },
    Story { name: "second-attempt-sees-the-first", play: second_attempt_sees_the_first },
    Story { name: "three-failures-escalate-once", play: three_failures_escalate_once },
    Story { name: "transient-failure-is-run-again", play: transient_failure_is_run_again },
    Story { name: "red-rerun-starts-an-agent", play: red_rerun_starts_an_agent },
    Story { name: "fork-starts-no-agent", play: fork_starts_no_agent },
    Story { name: "red-main-gets-a-draft-pull-request", play: red_main_gets_a_draft_pull_request },
    Story { name: "two-workflows-are-healed-once-each", play: two_workflows_are_healed_once_each },
    Story { name: "human-push-in-between-wins", play: human_push_in_between_wins },
    Story { name: "stop-command-stops", play: stop_command_stops },
    Story { name: "retry-command-begins-a-round", play: retry_command_begins_a_round },
    Story { name: "duplicates-are-one", play: duplicates_are_one },
    Story { name: "switch-off-starts-nothing", play: switch_off_starts_nothing },
    Story { name: "observe-only-says-what-it-would-do", play: observe_only_says_what_it_would_do },
    Story { name: "approval-is-waited-for", play: approval_is_waited_for },
    Story { name: "green-by-now-is-left-alone", play: green_by_now_is_left_alone },
    Story { name: "late-event-is-a-duplicate", play: late_event_is_a_duplicate },
    Story { name: "deleted-owner-is-taken-over", play: deleted_owner_is_taken_over },
    Story { name: "own-red-push-is-no-failure-of-its-own", play: doors::own_red_push_is_no_failure_of_its_own },
    Story { name: "lost-event-is-found-by-the-sweeper", play: doors::lost_event_is_found_by_the_sweeper },
    Story { name: "button-begins-a-round", play: doors::button_begins_a_round },
    Story { name: "alert-gets-a-draft-pull-request", play: doors::alert_gets_a_draft_pull_request },
    Story { name: "degraded-application-gets-a-draft", play: doors::degraded_application_gets_a_draft },
    Story { name: "endless-agent-is-ended", play: ends::endless_agent_is_ended },
    Story { name: "workflow-stopped-by-hand-is-told", play: ends::workflow_stopped_by_hand_is_told },
    Story { name: "resubmitted-workflow-is-a-duplicate", play: ends::resubmitted_workflow_is_a_duplicate },
    Story { name: "switch-off-holds-between-any-two-steps", play: ends::switch_off_holds_between_any_two_steps },
    Story { name: "hostile-log-is-only-text", play: hostile::hostile_log_is_only_text },
    Story { name: "hostile-branch-is-only-a-name", play: hostile::hostile_branch_is_only_a_name },
    Story { name: "one-cause-is-one-run", play: causes::one_cause_is_one_run },
    Story { name: "hopeless-cause-is-told-to-all", play: causes::hopeless_cause_is_told_to_all },
];

/// CI of every story: a shell test of one number.
pub const CI: &str = "name: CI\non: [push, pull_request]\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./test.sh\n";
pub const PULLS: &str = "name: CI\non: [pull_request]\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./test.sh\n";
pub const TEST: &str = "#!/bin/sh\ngrep -qx 42 answer || { echo \"error: wrong answer\" >&2; exit 1; }\n";
/// The agent repairs it at once.
pub const REPAIRS: &str =
    "- do:\n    - replace: {file: answer, old: \"41\", new: \"42\"}\n    - commit: the right answer\n    - push\n";

/// A repository whose test wants the answer 42, with this CI and this agent.
pub fn scene(name: &str, ci: &str, agent: &str) -> Told<Scene> {
    Scene::new(
        name,
        &[(".github/workflows/ci.yml", ci), ("test.sh", TEST), ("answer", "42\n"), (".scripted-agent.yaml", agent)],
    )
}

/// A pull request whose answer is wrong; its number.
pub fn broken_pull(scene: &Scene) -> Told<u64> {
    scene.commit("feat/x", &[("answer", "41\n")])?;
    scene.pull("feat/x")
}

/// The record ended so, for this reason.
pub fn conclusion(record: &Value, is: &str, reason: &str) -> Told<()> {
    let status = &record["status"];
    holds(
        status["conclusion"] == is && status["reason"] == reason,
        format!("concluded as {} because {}, not {is} because {reason}", status["conclusion"], status["reason"]),
    )
}

/// There are so many.
pub fn count(what: &str, is: usize, wanted: usize) -> Told<()> {
    holds(is == wanted, format!("{is} {what}, not {wanted}"))
}

/// Healer made one comment on the pull request, edited it in place, and it ends with these words.
pub fn one_comment(scene: &Scene, ends_with: &str) -> Told<()> {
    let said = scene.said()?;
    let call = |one: &Value, method: &str| one["call"].as_str().is_some_and(|call| call.starts_with(method));
    let made = said
        .iter()
        .filter(|one| call(one, "POST") && one["call"].as_str().is_some_and(|call| call.ends_with("/comments")));
    count("comments", made.count(), 1)?;
    let last = said.last().and_then(|one| one["body"]["body"].as_str()).unwrap_or_default();
    holds(last.contains(ends_with), format!("the comment does not say {ends_with:?} in the end but {last}"))
}

fn first_attempt_fixes(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, REPAIRS)?;
    broken_pull(&scene)?;
    conclusion(&scene.concluded(240)?, "fixed", "fixed")?;
    outcome(&scene.ended(60)?, "fixed")?;
    count("CodeRuns", scene.coderuns()?.len(), 1)?;
    one_comment(&scene, "Healer repaired this")?;
    count("Workflows", scene.workflows()?.len(), 1)
}

fn second_attempt_sees_the_first(name: &str) -> Told<()> {
    let agent = "- attempt: 1\n  do:\n    - replace: {file: answer, old: \"41\", new: \"40\"}\n    - commit: an answer\n    - push\n\
                 - do:\n    - replace: {file: answer, old: \"40\", new: \"42\"}\n    - commit: the right answer\n    - push\n";
    let scene = scene(name, PULLS, agent)?;
    broken_pull(&scene)?;
    conclusion(&scene.concluded(360)?, "fixed", "fixed")?;
    let runs = scene.coderuns()?;
    count("CodeRuns", runs.len(), 2)?;
    let prompt = runs[1]["spec"]["promptModification"].as_str().unwrap_or_default();
    let commits = scene.records()?[0]["status"]["commits"].clone();
    let first = commits[0].as_str().unwrap_or_default();
    holds(!first.is_empty() && prompt.contains(&first[..8]), "the second prompt does not name the first commit")
}

fn three_failures_escalate_once(name: &str) -> Told<()> {
    let agent = "- attempt: 1\n  do:\n    - replace: {file: answer, old: \"41\", new: \"40\"}\n    - commit: one\n    - push\n\
                 - attempt: 2\n  do:\n    - write: {file: notes, text: \"two\\n\"}\n    - commit: two\n    - push\n\
                 - do:\n    - write: {file: more, text: \"three\\n\"}\n    - commit: three\n    - push\n";
    let scene = scene(name, PULLS, agent)?;
    broken_pull(&scene)?;
    let record = scene.concluded(480)?;
    conclusion(&record, "escalated", "attempts_exhausted")?;
    count("CodeRuns", scene.coderuns()?.len(), 3)?;
    one_comment(&scene, "Healer could not repair this")?;
    sleep(Duration::from_secs(5));
    count("Workflows that acted", scene.records()?.len(), 1)
}

/// The first run fails as a network does, a re-run is green.
const FLAKY: &str = "name: CI\non: [pull_request]\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          [ \"$GITHUB_RUN_ATTEMPT\" != 1 ] || { echo 'curl: (6) Could not resolve host: registry.example.org'; exit 6; }\n";

fn transient_failure_is_run_again(name: &str) -> Told<()> {
    let scene = scene(name, FLAKY, REPAIRS)?;
    scene.commit("feat/x", &[("notes", "x\n")])?;
    scene.pull("feat/x")?;
    conclusion(&scene.concluded(240)?, "fixed", "passed_on_rerun")?;
    count("CodeRuns", scene.coderuns()?.len(), 0)?;
    let runs = scene.runs()?;
    holds(runs.iter().any(|run| run["attempt"] == 2), "nothing was run again")
}

fn red_rerun_starts_an_agent(name: &str) -> Told<()> {
    let ci = "name: CI\non: [pull_request]\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          grep -qx 42 answer || { echo 'curl: (6) Could not resolve host: registry.example.org'; exit 6; }\n";
    let scene = scene(name, ci, REPAIRS)?;
    broken_pull(&scene)?;
    conclusion(&scene.concluded(360)?, "fixed", "fixed")?;
    count("CodeRuns", scene.coderuns()?.len(), 1)?;
    count("records", scene.records()?.len(), 1)
}

fn fork_starts_no_agent(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, REPAIRS)?;
    github("fork", &json!({"repository": scene.slug(), "owner": "stranger"}))?;
    let fork = format!("stranger/{name}");
    github(
        "commit",
        &json!({"repository": fork, "branch": "feat/x", "user": "stranger", "files": {"answer": "41\n"}}),
    )?;
    github("pull", &json!({"repository": scene.slug(), "head": "stranger:feat/x", "user": "stranger"}))?;
    outcome(&scene.ended(180)?, "skipped-fork")?;
    count("CodeRuns", scene.coderuns()?.len(), 0)
}

fn red_main_gets_a_draft_pull_request(name: &str) -> Told<()> {
    let scene = scene(name, CI, REPAIRS)?;
    scene.quiet(60)?;
    scene.commit("main", &[("answer", "41\n")])?;
    let record = scene.concluded(300)?;
    conclusion(&record, "fixed", "fixed")?;
    let branch = record["status"]["target"]["branch"].as_str().unwrap_or_default().to_owned();
    holds(branch.starts_with("healer/fix-"), format!("the target is {branch}"))?;
    holds(record["status"]["pullRequest"].is_number(), "there is no draft pull request")
}

fn two_workflows_are_healed_once_each(name: &str) -> Told<()> {
    let other = "name: Other\non: [pull_request]\njobs:\n  other:\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./other.sh\n";
    let script = "#!/bin/sh\ngrep -qx 7 lucky || { echo 'error: unlucky' >&2; exit 1; }\n";
    let agent = "- do:\n    - write: {file: answer, text: \"42\\n\"}\n    - write: {file: lucky, text: \"7\\n\"}\n    - commit: both\n    - push\n";
    let scene = Scene::new(
        name,
        &[
            (".github/workflows/ci.yml", PULLS),
            (".github/workflows/other.yml", other),
            ("test.sh", TEST),
            ("other.sh", script),
            ("answer", "42\n"),
            ("lucky", "7\n"),
            (".scripted-agent.yaml", agent),
        ],
    )?;
    scene.commit("feat/x", &[("answer", "41\n"), ("lucky", "6\n")])?;
    scene.pull("feat/x")?;
    until(420, "both concluded", || {
        let records = scene.records()?;
        let done = records.iter().filter(|record| record["status"]["conclusion"].is_string()).count();
        let workflows = scene.workflows()?;
        let ended = workflows.iter().filter(|workflow| workflow["status"]["finishedAt"].is_string()).count();
        Ok((done >= 1 && workflows.len() >= 2 && ended == workflows.len()).then_some(()))
    })?;
    let runs = scene.coderuns()?;
    holds(!runs.is_empty() && runs.len() <= 2, format!("{} CodeRuns for two failures", runs.len()))
}

fn human_push_in_between_wins(name: &str) -> Told<()> {
    let agent = "- do:\n    - wait_seconds: 25\n    - replace: {file: answer, old: \"41\", new: \"42\"}\n    - commit: late\n    - push\n";
    let scene = scene(name, PULLS, agent)?;
    broken_pull(&scene)?;
    until(120, "an agent", || Ok((!scene.coderuns()?.is_empty()).then_some(())))?;
    scene.commit("feat/x", &[("answer", "42\n")])?;
    let record = scene.concluded(300)?;
    let conclusion = record["status"]["conclusion"].as_str().unwrap_or_default().to_owned();
    holds(["fixed_by_other", "superseded"].contains(&&*conclusion), format!("concluded as {conclusion}"))
}

fn stop_command_stops(name: &str) -> Told<()> {
    let agent = "- do:\n    - never_end\n";
    let scene = scene(name, PULLS, agent)?;
    let pull = broken_pull(&scene)?;
    until(120, "an agent", || Ok((!scene.coderuns()?.is_empty()).then_some(())))?;
    scene.comment(pull, "stranger", "/healer stop")?;
    sleep(Duration::from_secs(15));
    holds(scene.records()?[0]["status"]["conclusion"].is_null(), "a stranger stopped it")?;
    scene.comment(pull, "mona", "/healer stop")?;
    let record = scene.concluded(180)?;
    holds(record["status"]["conclusion"].is_string(), "not concluded")?;
    until(60, "the agent's end", || Ok(scene.coderuns()?.is_empty().then_some(())))
}

fn retry_command_begins_a_round(name: &str) -> Told<()> {
    let agent = "- round: 1\n  do:\n    - say: nothing\n- do:\n    - write: {file: answer, text: \"42\\n\"}\n    - commit: the right answer\n    - push\n";
    let scene = scene(name, PULLS, agent)?;
    let pull = broken_pull(&scene)?;
    conclusion(&scene.concluded(480)?, "escalated", "attempts_exhausted")?;
    scene.ended(60)?;
    scene.comment(pull, "mona", "/healer retry")?;
    until(300, "the second round's end", || {
        let record = scene.records()?.remove(0);
        Ok((record["status"]["conclusion"] == "fixed").then_some(()))
    })?;
    count("records", scene.records()?.len(), 1)
}

/// Sends what told of a run's failure again; the first run is 0.
pub fn redeliver(scene: &Scene, run: usize, times: u64) -> Told<()> {
    let run = scene.runs()?[run]["id"].to_string();
    let deliveries = github("deliveries", &json!({"event": "workflow_run"}))?;
    let mut all = deliveries.as_array().into_iter().flatten();
    let failed = all.find(|one| one["about"] == run && one["action"] == "completed");
    let failed = failed.ok_or("no delivery told of the failed run")?;
    github("redeliver", &json!({"id": failed["id"], "times": times})).map(|_| ())
}

fn duplicates_are_one(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, REPAIRS)?;
    broken_pull(&scene)?;
    until(60, "a Workflow", || Ok((!scene.workflows()?.is_empty()).then_some(())))?;
    redeliver(&scene, 0, 50)?;
    conclusion(&scene.concluded(300)?, "fixed", "fixed")?;
    count("Workflows", scene.workflows()?.len(), 1)?;
    // A GitHub that misbehaves may cost an attempt, which is no duplicate.
    let runs = scene.coderuns()?;
    let first = runs.iter().filter(|run| name_of(run).ends_with("-r1-a1"));
    count("CodeRuns of the first attempt", first.count(), 1)
}

fn switch_off_starts_nothing(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, REPAIRS)?;
    switch(name, "off")?;
    broken_pull(&scene)?;
    outcome(&scene.ended(180)?, "skipped-switch-off")?;
    count("CodeRuns", scene.coderuns()?.len(), 0)?;
    let mine = |record: &Value| record["spec"]["repositoryId"] == scene.id;
    holds(!objects("healer", "remediations")?.iter().any(mine), "a record was made")
}

/// What the switch says for the story's own repository.
pub fn switch(name: &str, mode: &str) -> Told<()> {
    let patch = json!({"data": {format!("mode.acme.{name}"): mode}}).to_string();
    kubectl(&["-n", "healer", "patch", "configmap", "healer-switch", "--type", "merge", "-p", &patch]).map(|_| ())
}

fn observe_only_says_what_it_would_do(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, REPAIRS)?;
    switch(name, "observe")?;
    broken_pull(&scene)?;
    let record = scene.concluded(180)?;
    holds(record["status"]["conclusion"] == "observed", format!("concluded as {}", record["status"]["conclusion"]))?;
    outcome(&scene.ended(60)?, "observed")?;
    count("CodeRuns", scene.coderuns()?.len(), 0)?;
    count("things said", scene.said()?.len(), 0)?;
    // The next failure is acted on, and what was observed binds nobody.
    switch(name, "on")?;
    scene.commit("feat/x", &[("answer", "41\n"), ("notes", "again\n")])?;
    until(240, "the repair", || {
        Ok(scene.records()?.iter().any(|record| record["status"]["conclusion"] == "fixed").then_some(()))
    })
}

/// `tests/cluster/configure` sets `approve: always` for repositories whose name begins so.
fn approval_is_waited_for(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, REPAIRS)?;
    github("permission", &json!({"repository": scene.slug(), "user": "nina", "permission": "write"}))?;
    let pull = broken_pull(&scene)?;
    until(120, "the question", || {
        Ok(scene.records()?.iter().any(|record| record["status"]["approval"]["state"] == "pending").then_some(()))
    })?;
    scene.comment(pull, "stranger", "/healer approve")?;
    scene.comment(pull, "mona", "/healer approve")?;
    sleep(Duration::from_secs(20));
    count("CodeRuns before the approval of another writer", scene.coderuns()?.len(), 0)?;
    scene.comment(pull, "nina", "/healer approve")?;
    conclusion(&scene.concluded(300)?, "fixed", "fixed")?;
    count("CodeRuns", scene.coderuns()?.len(), 1)
}

fn green_by_now_is_left_alone(name: &str) -> Told<()> {
    let scene = scene(name, FLAKY, REPAIRS)?;
    switch(name, "off")?;
    scene.commit("feat/x", &[("notes", "x\n")])?;
    scene.pull("feat/x")?;
    outcome(&scene.ended(120)?, "skipped-switch-off")?;
    let run = scene.runs()?[0]["id"].clone();
    github("rerun", &json!({"repository": scene.slug(), "run": run, "user": "mona"}))?;
    until(60, "the second attempt", || Ok((scene.runs()?[0]["conclusion"] == "success").then_some(())))?;
    kubectl(&["-n", "healer", "delete", "workflow", &format!("ci-{}-{run}-1", scene.id), "--wait=true"])?;
    switch(name, "on")?;
    redeliver(&scene, 0, 1)?;
    until(120, "the second look", || Ok((!scene.workflows()?.is_empty()).then_some(())))?;
    outcome(&scene.ended(120)?, "skipped-already-green")
}

fn late_event_is_a_duplicate(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, REPAIRS)?;
    broken_pull(&scene)?;
    conclusion(&scene.concluded(300)?, "fixed", "fixed")?;
    let workflow = name_of(&scene.ended(60)?);
    // As after its time to live: only the record remembers.
    kubectl(&["-n", "healer", "delete", "workflow", &workflow, "--wait=true"])?;
    redeliver(&scene, 0, 1)?;
    until(60, "the late Workflow", || Ok((!scene.workflows()?.is_empty()).then_some(())))?;
    outcome(&scene.ended(120)?, "skipped-duplicate")?;
    count("CodeRuns", scene.coderuns()?.len(), 1)
}

fn deleted_owner_is_taken_over(name: &str) -> Told<()> {
    let agent = "- do:\n    - wait_seconds: 20\n    - replace: {file: answer, old: \"41\", new: \"42\"}\n    - commit: the right answer\n    - push\n";
    let scene = scene(name, PULLS, agent)?;
    broken_pull(&scene)?;
    until(120, "an agent", || Ok((!scene.coderuns()?.is_empty()).then_some(())))?;
    let workflow = name_of(&scene.workflows()?[0]);
    let patch = r#"{"metadata": {"finalizers": null}}"#;
    kubectl(&["-n", "healer", "delete", "workflow", &workflow, "--wait=false"])?;
    kubectl(&["-n", "healer", "patch", "workflow", &workflow, "--type", "merge", "-p", patch])?;
    redeliver(&scene, 0, 1)?;
    conclusion(&scene.concluded(420)?, "fixed", "fixed")?;
    count("CodeRuns", scene.coderuns()?.len(), 1)?;
    count("records", scene.records()?.len(), 1)
}

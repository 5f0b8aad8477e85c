//! Ways in besides a webhook that comes once: our own commits' webhooks, none at all, a button, an alert.

use serde_json::json;

use crate::lab::{Scene, Told, apply, github, holds, kubectl, name_of, until};
use crate::stories::{CI, PULLS, REPAIRS, broken_pull, conclusion, count, redeliver, scene};

/// What Argo Events alone does: the Workflow's name and arguments say which failure it is, however often GitHub tells of it.
pub fn a_signed_webhook_becomes_one_workflow(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, REPAIRS)?;
    broken_pull(&scene)?;
    let workflow = until(60, "a Workflow", || Ok(scene.workflows()?.into_iter().next()))?;
    let run = scene.runs()?[0]["id"].clone();
    holds(name_of(&workflow) == format!("ci-{}-{run}-1", scene.id), format!("it is called {}", name_of(&workflow)))?;
    let argument = |name: &str| {
        let all = workflow["spec"]["arguments"]["parameters"].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|one| one["name"] == name).and_then(|one| one["value"].as_str().map(str::to_owned))
    };
    holds(argument("event_name").as_deref() == Some("workflow_run"), "it does not say of which event it is")?;
    holds(argument("event_b64").is_some_and(|event| event.len() > 100), "it does not hold the event")?;
    redeliver(&scene, 0, 20)?;
    scene.commit("feat/y", &[("answer", "41\n")])?;
    github("pull", &json!({"repository": scene.slug(), "head": "feat/y", "user": "mona"}))?;
    // The sensor takes one after another: when the next failure has its Workflow, the duplicates are behind it.
    until(120, "the next failure's Workflow", || Ok((scene.workflows()?.len() > 1).then_some(())))?;
    count("Workflows", scene.workflows()?.len(), 2)
}

/// The agent's first push is red: GitHub tells of it while the agent still runs, and again when all is over.
pub fn own_red_push_is_no_failure_of_its_own(name: &str) -> Told<()> {
    let agent = "- attempt: 1\n  do:\n    - replace: {file: answer, old: \"41\", new: \"40\"}\n    - commit: an answer\n    - push\n    - wait_seconds: 20\n\
                 - do:\n    - replace: {file: answer, old: \"40\", new: \"42\"}\n    - commit: the right answer\n    - push\n";
    let scene = scene(name, PULLS, agent)?;
    broken_pull(&scene)?;
    conclusion(&scene.concluded(360)?, "fixed", "fixed")?;
    scene.ended(180)?;
    count("records", scene.records()?.len(), 1)?;
    // What GitHub told of our red commit, once more, when nothing but the record remembers.
    let own = format!("ci-{}-{}-1", scene.id, scene.runs()?[1]["id"]);
    kubectl(&["-n", "healer", "delete", "workflow", &own, "--wait=true"])?;
    redeliver(&scene, 1, 1)?;
    until(60, "the late Workflow", || Ok(scene.workflows()?.iter().any(|one| name_of(one) == own).then_some(())))?;
    scene.ended(180)?;
    count("records", scene.records()?.len(), 1)?;
    count("CodeRuns", scene.coderuns()?.len(), 2)
}

/// No delivery at all: the sweeper asks GitHub, as in overlays/polling it alone does.
pub fn lost_event_is_found_by_the_sweeper(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, REPAIRS)?;
    github("mute", &json!({"repository": scene.slug()}))?;
    broken_pull(&scene)?;
    until(150, "a Workflow that the sweeper made", || Ok((!scene.workflows()?.is_empty()).then_some(())))?;
    conclusion(&scene.concluded(300)?, "fixed", "fixed")?;
    count("CodeRuns", scene.coderuns()?.len(), 1)
}

/// The check runs of a repository that have this button, newest first.
fn with_button(scene: &Scene, button: &str) -> Told<Vec<(u64, String)>> {
    let state = github("state", &json!({}))?;
    let checks =
        state["state"]["repositories"][scene.id.to_string()]["checks"].as_object().cloned().unwrap_or_default();
    let mut all = Vec::new();
    for (id, check) in &checks {
        for action in check["actions"].as_array().into_iter().flatten() {
            let identifier = action["identifier"].as_str().unwrap_or_default();
            if identifier.starts_with(button) {
                all.push((id.parse().unwrap_or_default(), identifier.to_owned()));
            }
        }
    }
    all.sort_unstable_by(|one, other| other.cmp(one));
    Ok(all)
}

/// A red `main` has no pull request to comment on: a check run says how it stands, and its button asks for more.
pub fn button_begins_a_round(name: &str) -> Told<()> {
    let agent = "- round: 1\n  do:\n    - say: nothing\n- do:\n    - replace: {file: answer, old: \"41\", new: \"42\"}\n    - commit: the right answer\n    - push\n";
    let scene = scene(name, CI, agent)?;
    scene.quiet(60)?;
    scene.commit("main", &[("answer", "41\n")])?;
    conclusion(&scene.concluded(480)?, "escalated", "attempts_exhausted")?;
    scene.ended(60)?;
    let (check, button) = until(30, "a button", || Ok(with_button(&scene, "healer-retry")?.into_iter().next()))?;
    let press = |user: &str| {
        github("button", &json!({"repository": scene.slug(), "check_run": check, "identifier": button, "user": user}))
    };
    press("mona")?;
    until(360, "the second round's end", || {
        Ok((scene.records()?.remove(0)["status"]["conclusion"] == "fixed").then_some(()))
    })?;
    count("records", scene.records()?.len(), 1)
}

/// Repaired on a branch of its own; done when GitHub closes the alert and CI is green.
pub fn alert_gets_a_draft_pull_request(name: &str) -> Told<()> {
    let agent = "- do:\n    - write: {file: version, text: \"2\\n\"}\n    - commit: a safe version\n    - push\n";
    let scene = scene(name, CI, agent)?;
    let close = json!({"command": "alert", "body": {"repository": scene.slug(), "kind": "dependabot", "number": 1, "state": "fixed"}});
    github("when", &json!({"on": "pushed", "repository": scene.slug(), "by": "5dlabs-cipher[bot]", "do": [close]}))?;
    github("alert", &json!({"repository": scene.slug(), "kind": "dependabot"}))?;
    let record = scene.concluded(360)?;
    conclusion(&record, "fixed", "fixed")?;
    let runs = scene.coderuns()?;
    count("CodeRuns", runs.len(), 1)?;
    holds(record["status"]["agent"] == "cipher", format!("the agent was {}", record["status"]["agent"]))?;
    holds(record["status"]["pullRequest"].is_number(), "there is no draft pull request")?;
    // Nothing of an alert is said in public.
    count("things said", scene.said()?.iter().filter(|one| one["body"]["body"].is_string()).count(), 1)
}

/// Argo CD says that an Application is unwell: its repository is repaired in a draft, and a person decides.
pub fn degraded_application_gets_a_draft(name: &str) -> Told<()> {
    let agent = "- do:\n    - write: {file: deployment.yaml, text: \"image: widgets:2\\n\"}\n    - commit: an image that is there\n    - push\n";
    let scene = scene(name, CI, agent)?;
    let revision = scene.commit("main", &[("deployment.yaml", "image: widgets:1\n")])?;
    scene.quiet(60)?;
    apply(&json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": name, "namespace": "argocd"},
        "spec": {
            "source": {"repoURL": format!("http://10.96.0.1:8970/{}.git", scene.slug()), "path": "."},
            "destination": {"namespace": "widgets"},
        },
        "status": {
            "health": {"status": "Degraded", "message": "Deployment widgets exceeded its progress deadline: ImagePullBackOff"},
            "sync": {"status": "Synced", "revision": revision},
        },
    }))?;
    let record = scene.concluded(300)?;
    conclusion(&record, "escalated", "needs_person")?;
    let runs = scene.coderuns()?;
    count("CodeRuns", runs.len(), 1)?;
    holds(record["status"]["agent"] == "bolt", format!("the agent was {}", record["status"]["agent"]))?;
    let prompt = runs[0]["spec"]["promptModification"].as_str().unwrap_or_default();
    holds(prompt.contains("ImagePullBackOff"), "the prompt does not say what Argo CD said")?;
    holds(record["status"]["pullRequest"].is_number(), "there is no draft pull request")
}

//! Ends that nobody planned: an agent that never stops, people who use `argo`, the switch.

use std::process::Command;

use serde_json::Value;

use crate::lab::{Scene, Told, holds, kubectl, name_of, objects, outcome, until};
use crate::stories::{PULLS, REPAIRS, broken_pull, conclusion, count, one_comment, scene, switch};

/// An agent that takes its time.
const SLOW: &str = "- do:\n    - wait_seconds: 40\n    - replace: {file: answer, old: \"41\", new: \"42\"}\n    - commit: late\n    - push\n";

fn argo(args: &[&str]) -> Told<()> {
    let output =
        Command::new("argo").args(["-n", "healer"]).args(args).output().map_err(|error| format!("argo: {error}"))?;
    holds(output.status.success(), String::from_utf8_lossy(&output.stderr))
}

/// `tests/cluster/configure` lets agents of repositories whose name begins with `endless` run for a minute, once.
pub fn endless_agent_is_ended(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, "- do:\n    - ignore_sigterm\n    - never_end\n")?;
    broken_pull(&scene)?;
    let run = name_of(&until(120, "an agent", || Ok(scene.coderuns()?.into_iter().next()))?);
    conclusion(&scene.concluded(300)?, "escalated", "attempts_exhausted")?;
    holds(scene.records()?[0]["status"]["verdict"] == "agent_timeout", "it was not judged as timed out")?;
    count("CodeRuns", scene.coderuns()?.len(), 0)?;
    let pods = objects("cto", "pods")?;
    let alive = pods.iter().filter(|pod| name_of(pod).starts_with(&run) && pod["status"]["phase"] == "Running");
    count("pods of the agent that still run", alive.count(), 0)?;
    one_comment(&scene, "Healer could not repair this")
}

/// `argo stop` is a person's wish: people are told, no agent goes on, nobody is woken.
pub fn workflow_stopped_by_hand_is_told(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, SLOW)?;
    broken_pull(&scene)?;
    until(120, "an agent", || Ok((!scene.coderuns()?.is_empty()).then_some(())))?;
    argo(&["stop", &name_of(&scene.workflows()?[0])])?;
    conclusion(&scene.concluded(180)?, "escalated", "stopped")?;
    one_comment(&scene, "stopped")
}

pub fn resubmitted_workflow_is_a_duplicate(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, REPAIRS)?;
    broken_pull(&scene)?;
    conclusion(&scene.concluded(300)?, "fixed", "fixed")?;
    argo(&["resubmit", &name_of(&scene.ended(60)?)])?;
    until(60, "the second Workflow", || Ok((scene.workflows()?.len() == 2).then_some(())))?;
    outcome(&scene.ended(180)?, "skipped-duplicate")?;
    count("CodeRuns", scene.coderuns()?.len(), 1)
}

/// Off as soon as the Workflow is there, when the failure is diagnosed, and after an attempt that did not help.
pub fn switch_off_holds_between_any_two_steps(name: &str) -> Told<()> {
    let agent = "- do:\n    - replace: {file: answer, old: \"41\", new: \"40\"}\n    - commit: an answer\n    - push\n";
    let scene = scene(name, PULLS, agent)?;
    let diagnosed = |scene: &Scene| Ok(scene.records()?.iter().any(|record| record["status"]["cause"].is_string()));
    let attempted = |scene: &Scene| {
        let ended =
            |run: &Value| ["Succeeded", "Failed"].contains(&run["status"]["phase"].as_str().unwrap_or_default());
        Ok(scene.coderuns()?.iter().any(ended))
    };
    type Look<'a> = (&'a str, usize, &'a dyn Fn(&Scene) -> Told<bool>);
    let points: [Look<'_>; 3] = [
        ("opened", 0, &|scene: &Scene| Ok(!scene.workflows()?.is_empty())),
        ("diagnosed", 1, &diagnosed),
        ("attempted", 1, &attempted),
    ];
    for (point, at_most, reached) in points {
        switch(name, "on")?;
        let branch = format!("feat/{point}");
        scene.commit(&branch, &[("answer", "41\n"), (point, "\n")])?;
        scene.pull(&branch)?;
        until(180, point, || Ok(reached(&scene)?.then_some(())))?;
        switch(name, "off")?;
        scene.ended(240)?;
        // A CodeRun that was created in the second of the switch had its last look before it.
        holds(scene.coderuns()?.len() <= at_most, format!("{point}: {} CodeRuns", scene.coderuns()?.len()))?;
        forget(&scene)?;
    }
    Ok(())
}

/// Nothing remembers what happened here.
fn forget(scene: &Scene) -> Told<()> {
    let all = [
        ("cto", "coderun", scene.coderuns()?),
        ("healer", "remediation", scene.records()?),
        ("healer", "workflow", scene.workflows()?),
    ];
    for (namespace, kind, objects) in all {
        for object in objects {
            kubectl(&["-n", namespace, "delete", kind, &name_of(&object)])?;
        }
    }
    Ok(())
}

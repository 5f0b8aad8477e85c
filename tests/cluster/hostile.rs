//! What attackers write is bytes: no Workflow hangs on it or is refused, nothing in it is evaluated, nothing is lost.

use serde_json::json;

use crate::lab::{Scene, Told, github, holds};
use crate::stories::{PULLS, REPAIRS, conclusion, scene};

/// What Argo, GitHub, handlebars and terminals would evaluate.
const EVALUATED: &str = "{{workflow.name}} {{=sprig.env(\"HOME\")}} ${{ steps.x.outputs.y }} {{inputs.parameters.round}} {{#if}} \u{1b}[2J\u{1b}]0;x\u{7}";

pub fn hostile_branch_is_only_a_name(name: &str) -> Told<()> {
    let scene = scene(name, PULLS, REPAIRS)?;
    let branch = "{{workflow.name}}-{{=1+1}}-${{steps.x}};id|\"'`";
    scene.commit(branch, &[("answer", "41\n")])?;
    scene.pull(branch)?;
    conclusion(&scene.concluded(300)?, "fixed", "fixed")?;
    let record = scene.records()?.remove(0);
    holds(
        record["status"]["target"]["branch"] == branch,
        format!("the target is {}", record["status"]["target"]["branch"]),
    )
}

/// In the log, in a commit's message and in a title; a line of 60 KB and a NUL too.
pub fn hostile_log_is_only_text(name: &str) -> Told<()> {
    let noise = format!("{EVALUATED}\n{}\nnul \0 and \r carriage\n::error::{EVALUATED}\n", "A{{x}}".repeat(10_000));
    let test =
        "#!/bin/sh\ncat noise\ngrep -qx 42 answer || { echo \"error: wrong answer\" >&2; cat noise >&2; exit 1; }\n";
    let scene = Scene::new(
        name,
        &[
            (".github/workflows/ci.yml", PULLS),
            ("test.sh", test),
            ("answer", "42\n"),
            ("noise", &noise),
            (".scripted-agent.yaml", REPAIRS),
        ],
    )?;
    let commit = json!({"repository": scene.slug(), "branch": "feat/x", "user": "mona", "message": EVALUATED, "files": {"answer": "41\n"}});
    github("commit", &commit)?;
    github("pull", &json!({"repository": scene.slug(), "head": "feat/x", "user": "mona", "title": EVALUATED}))?;
    conclusion(&scene.concluded(300)?, "fixed", "fixed")?;
    let runs = scene.coderuns()?;
    let prompt = runs[0]["spec"]["promptModification"].as_str().unwrap_or_default();
    holds(prompt.contains("${{ steps.x.outputs.y }}"), "the log's text was evaluated or lost")?;
    holds(prompt.contains("error: wrong answer"), "the cause is not in the prompt")?;
    holds(!prompt.contains('\u{1b}') && !prompt.contains('\0'), "terminal controls reached the prompt")
}

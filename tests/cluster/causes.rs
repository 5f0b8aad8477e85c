//! One cause, one run: a red base and every pull request that inherits it.

use serde_json::{Value, json};

use crate::lab::{Scene, Told, github, holds, outcome, until};
use crate::stories::{REPAIRS, conclusion, count, scene};

/// One run for a push to the base, one for a pull request.
const CI: &str = "name: CI\non:\n  push:\n    branches: [main]\n  pull_request:\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./test.sh\n";

/// How many pull requests inherit the failure: `HEALER_PULLS=50` is the measured size.
fn pulls() -> usize {
    std::env::var("HEALER_PULLS").ok().and_then(|pulls| pulls.parse().ok()).unwrap_or(4)
}

/// The records of pull requests.
fn of_pulls(scene: &Scene) -> Told<Vec<Value>> {
    Ok(scene.records()?.into_iter().filter(|record| record["spec"]["pullRequest"].is_number()).collect())
}

/// How many conversations hold these words of Healer's.
fn told(scene: &Scene, text: &str) -> Told<usize> {
    let said = scene.said()?;
    let mut calls: Vec<&str> = said
        .iter()
        .filter(|one| one["body"]["body"].as_str().is_some_and(|body| body.contains(text)))
        .filter_map(|one| one["call"].as_str())
        .collect();
    calls.sort_unstable();
    calls.dedup();
    Ok(calls.len())
}

/// A red base, and so many pull requests that inherit it.
fn red_base(scene: &Scene, pulls: usize) -> Told<()> {
    scene.quiet(60)?;
    scene.commit("main", &[("answer", "41\n")])?;
    scene.quiet(60)?;
    for pull in 0..pulls {
        let branch = format!("feat/{pull}");
        scene.commit(&branch, &[(&branch.replace('/', "-"), "\n")])?;
        scene.pull(&branch)?;
    }
    Ok(())
}

/// The base's records, oldest first, once there are so many records and all are concluded.
fn all_concluded(scene: &Scene, seconds: u64, records: usize) -> Told<Vec<Value>> {
    let all = until(seconds, "everybody's end", || {
        let all = scene.records()?;
        let open = |record: &Value| record["status"]["conclusion"].is_null();
        Ok((all.len() >= records && !all.iter().any(open)).then_some(all))
    })?;
    Ok(all.into_iter().filter(|record| record["spec"]["pullRequest"].is_null()).collect())
}

/// The base is repaired, everybody else is told once, told again when the repair has landed, and looked at again.
pub fn one_cause_is_one_run(name: &str) -> Told<()> {
    let (scene, pulls) = (scene(name, CI, REPAIRS)?, pulls());
    let patience = 240 + 20 * pulls as u64;
    red_base(&scene, pulls)?;
    let base = all_concluded(&scene, patience, pulls + 1)?.pop().ok_or("the base has no record")?;
    conclusion(&base, "fixed", "fixed")?;
    count("CodeRuns", scene.coderuns()?.len(), 1)?;
    let linked = of_pulls(&scene)?.iter().filter(|record| record["status"]["conclusion"] == "linked").count();
    count("pull requests that wait for the base", linked, pulls)?;
    until(patience, "everybody told that it is repaired", || {
        Ok((told(&scene, "The cause of this failure is repaired")? >= pulls).then_some(()))
    })?;
    let draft = base["status"]["pullRequest"].clone();
    github("merge", &json!({"repository": scene.slug(), "number": draft, "user": "mona"}))?;
    until(patience, "everybody looked at again", || {
        let again = of_pulls(&scene)?.iter().filter(|record| record["status"]["lookedAgainAfter"].is_string()).count();
        Ok((again == pulls).then_some(()))
    })?;
    scene.ended(patience)?;
    count("CodeRuns", scene.coderuns()?.len(), 1)?;
    for record in of_pulls(&scene)? {
        let conclusion = record["status"]["conclusion"].as_str().unwrap_or_default().to_owned();
        holds(conclusion != "escalated", format!("{} was escalated", record["metadata"]["name"]))?;
    }
    Ok(())
}

/// A stranger's fork that shows the same failure holds nothing up; nobody repairs the base, so everybody is told that a person
/// is called; and the same cause, seen again afterwards, is begun anew.
pub fn hopeless_cause_is_told_to_all(name: &str) -> Told<()> {
    let pulls = 2;
    let scene = scene(name, CI, "- do:\n    - say: nothing\n")?;
    github("fork", &json!({"repository": scene.slug(), "owner": "stranger"}))?;
    let fork = json!({"repository": format!("stranger/{name}"), "branch": "feat/x", "user": "stranger", "files": {"answer": "41\n"}});
    github("commit", &fork)?;
    github("pull", &json!({"repository": scene.slug(), "head": "stranger:feat/x", "user": "stranger"}))?;
    outcome(&scene.ended(180)?, "skipped-fork")?;
    red_base(&scene, pulls)?;
    let base = all_concluded(&scene, 300, pulls + 1)?.pop().ok_or("the base has no record")?;
    conclusion(&base, "escalated", "attempts_exhausted")?;
    let linked = of_pulls(&scene)?.iter().filter(|record| record["status"]["conclusion"] == "linked").count();
    count("pull requests that wait for the base", linked, pulls)?;
    until(150, "everybody told that a person is called", || {
        let told = of_pulls(&scene)?.iter().filter(|record| record["status"]["toldOf"].is_string()).count();
        Ok((told == pulls).then_some(()))
    })?;
    count("CodeRuns", scene.coderuns()?.len(), 1)?;
    scene.commit("main", &[("other", "\n")])?;
    // After the window in which one branch is repaired once.
    let bases = all_concluded(&scene, 420, pulls + 2)?;
    count("records of the base", bases.len(), 2)?;
    count("CodeRuns", scene.coderuns()?.len(), 2)
}

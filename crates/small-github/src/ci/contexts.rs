//! What a workflow's expressions and commands know about their run.

use std::collections::BTreeMap;

use super::workflow::{expand, scalar};
use crate::model::{Run, State};

/// What `${{ github.… }}` stands for.
pub(super) fn contexts(state: &State, repository: u64, run: &Run, attempt: u64) -> BTreeMap<&'static str, String> {
    let found = state.repositories.get(&repository);
    let owner = found.and_then(|found| state.accounts.get(&found.owner)).map_or("", |owner| &owner.login);
    let (reference, head, base) = match run.pull {
        Some(number) => {
            let pull = found.and_then(|found| found.issues.get(&number)?.pull.as_ref());
            (
                format!("refs/pull/{number}/merge"),
                run.branch.clone(),
                pull.map_or(String::new(), |pull| pull.base.clone()),
            )
        }
        None => (format!("refs/heads/{}", run.branch), String::new(), String::new()),
    };
    BTreeMap::from([
        ("github.workflow", run.name.clone()),
        ("github.ref", reference.clone()),
        ("github.ref_name", reference.trim_start_matches("refs/heads/").trim_start_matches("refs/pull/").to_owned()),
        ("github.head_ref", head),
        ("github.base_ref", base),
        ("github.sha", run.sha.clone()),
        ("github.event_name", run.event.clone()),
        ("github.run_id", run.id.to_string()),
        ("github.run_number", run.number.to_string()),
        ("github.run_attempt", attempt.to_string()),
        ("github.repository", format!("{owner}/{}", found.map_or("", |found| &found.name))),
        ("github.actor", state.accounts.get(&run.actor).map_or("", |actor| &actor.login).to_owned()),
    ])
}

/// Names and values, in order.
pub(super) type Variables = Vec<(String, String)>;

/// The variables that a step sees: GitHub's own, then the workflow's, the job's, the step's.
pub(super) fn variables<'a>(
    values: &BTreeMap<&'static str, String>,
    levels: impl IntoIterator<Item = &'a BTreeMap<String, serde_json::Value>>,
) -> Result<(Variables, Variables), String> {
    let own = values.iter().map(|(name, value)| (name.replace('.', "_").to_uppercase(), value.clone()));
    let own =
        own.chain([("CI".to_owned(), "true".to_owned()), ("GITHUB_ACTIONS".to_owned(), "true".to_owned())]).collect();
    let mut set = BTreeMap::new();
    for (name, value) in levels.into_iter().flatten() {
        set.insert(name.clone(), expand(&scalar(value), values)?);
    }
    Ok((own, set.into_iter().collect()))
}

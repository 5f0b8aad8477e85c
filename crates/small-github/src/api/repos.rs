//! The repository itself: branches, commits, comparisons, permissions.

use super::{Call, Handled};
use crate::http::Answer;

/// `GET /repos/{owner}/{repo}`
pub(super) fn repository(call: &Call) -> Handled {
    Ok(Answer::json(200, &call.view().whole_repository(call.repository()?)))
}

/// `GET …/branches/{branch}`
pub(super) fn branch(call: &Call) -> Handled {
    let (repository, name) = (call.repository()?, call.parameter("branch"));
    let missing = || Answer::refusal(404, "Branch not found");
    let sha = repository.branches.get(name).ok_or_else(missing)?;
    call.view().branch(repository, name, sha).map(|value| Answer::json(200, &value)).ok_or_else(missing)
}

/// `GET …/collaborators/{username}/permission`
pub(super) fn permission(call: &Call) -> Handled {
    let repository = call.repository()?;
    let account = call.state.account(call.parameter("username")).ok_or_else(Answer::not_found)?;
    Ok(Answer::json(200, &call.view().permission(account, call.state.role(repository, account))))
}

/// `GET …/commits/{ref}`
pub(super) fn commit(call: &Call) -> Handled {
    let (repository, reference) = (call.repository()?, call.parameter("ref"));
    let sha = resolve(call, reference)?;
    let none = || Answer::refusal(422, &format!("No commit found for SHA: {reference}"));
    call.view().commit(repository, &sha, true).map(|value| Answer::json(200, &value)).ok_or_else(none)
}

/// `GET …/compare/{basehead}`
pub(super) fn compare(call: &Call) -> Handled {
    let names = call.parameter("basehead");
    let (base, head) = names.split_once("...").ok_or_else(Answer::not_found)?;
    let (base, head) = (resolve(call, base)?, resolve(call, head)?);
    let view = call.view();
    view.comparison(call.repository()?, &base, &head, names)
        .map(|value| Answer::json(200, &value))
        .ok_or_else(|| Answer::refusal(404, "No common ancestor, or no such commit"))
}

/// The SHA of a branch (as the state knows it), `owner:branch` of a fork, or SHA.
pub(super) fn resolve(call: &Call, reference: &str) -> Result<String, Answer> {
    let repository = call.repository()?;
    let name = reference.strip_prefix("refs/heads/").or_else(|| reference.strip_prefix("heads/")).unwrap_or(reference);
    if let Some(sha) = repository.branches.get(name) {
        return Ok(sha.clone());
    }
    if let Some((owner, branch)) = name.split_once(':') {
        let of = |id: u64| repository.id == id || repository.fork_of == Some(id);
        let all = call.state.repositories.values().filter(|other| of(other.id) || other.fork_of.is_some_and(of));
        let mut heads = all.filter(|other| call.view().login(other.owner) == owner);
        if let Some(sha) = heads.find_map(|other| other.branches.get(branch)) {
            return Ok(sha.clone());
        }
    }
    let sha = name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let info = sha.then(|| call.server.git.info(repository.id, name)).flatten();
    info.map(|info| info.sha.clone()).ok_or_else(|| {
        if sha { Answer::refusal(422, &format!("No commit found for SHA: {name}")) } else { Answer::not_found() }
    })
}

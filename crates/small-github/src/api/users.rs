//! Accounts.

use serde_json::{Value, json};

use super::{Call, Handled};
use crate::auth::Who;
use crate::http::Answer;
use crate::render::merge;

/// An account as it is shown when it is asked for.
fn public(call: &Call, id: u64) -> Handled {
    let mut user = call.view().account(id);
    if user.is_null() {
        return Err(Answer::not_found());
    }
    let began = "2020-01-01T00:00:00Z";
    merge(
        &mut user,
        json!({
            "name": Value::Null, "company": Value::Null, "blog": "", "location": Value::Null, "email": Value::Null,
            "hireable": Value::Null, "bio": Value::Null, "public_repos": 1, "public_gists": 0, "followers": 0,
            "following": 0, "created_at": began, "updated_at": began,
        }),
    );
    Ok(Answer::json(200, &user))
}

/// `GET /users/{username}`
pub(super) fn user(call: &Call) -> Handled {
    let login = call.parameter("username");
    let found = call.state.accounts.iter().find(|(_, account)| account.login.eq_ignore_ascii_case(login));
    public(call, *found.ok_or_else(Answer::not_found)?.0)
}

/// `GET /user`
pub(super) fn me(call: &Call) -> Handled {
    match call.who {
        Who::User(id) => public(call, id),
        Who::Anonymous => Err(Answer::refusal(401, "Requires authentication")),
        Who::App(_) | Who::Installation { .. } => Err(Answer::refusal(403, "Resource not accessible by integration")),
    }
}

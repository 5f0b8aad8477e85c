//! Security alerts, to read.

use super::{Call, Handled};
use crate::http::Answer;
use crate::model::Alert;

fn list(call: &Call, kind: &str) -> Handled {
    let (repository, view) = (call.repository()?, call.view());
    let state = call.request.asked("state");
    let wanted = |alert: &&Alert| alert.kind == kind && state.as_deref().is_none_or(|state| state == alert.state);
    let alerts: Vec<&Alert> = repository.alerts.iter().rev().filter(wanted).collect();
    Ok(call.page("", alerts, |alert| view.alert(repository, alert, hidden(call))))
}

fn one(call: &Call, kind: &str) -> Handled {
    let (repository, number) = (call.repository()?, call.number("alert_number")?);
    let mut alerts = repository.alerts.iter();
    let found = alerts.find(|alert| alert.kind == kind && alert.number == number).ok_or_else(Answer::not_found)?;
    Ok(Answer::json(200, &call.view().alert(repository, found, hidden(call))))
}

fn hidden(call: &Call) -> bool {
    call.request.asked("hide_secret").as_deref() == Some("true")
}

/// `GET …/dependabot/alerts`
pub(super) fn dependabot(call: &Call) -> Handled {
    list(call, "dependabot")
}

/// `GET …/dependabot/alerts/{alert_number}`
pub(super) fn one_dependabot(call: &Call) -> Handled {
    one(call, "dependabot")
}

/// `GET …/code-scanning/alerts`
pub(super) fn code_scanning(call: &Call) -> Handled {
    list(call, "code-scanning")
}

/// `GET …/code-scanning/alerts/{alert_number}`
pub(super) fn one_code_scanning(call: &Call) -> Handled {
    one(call, "code-scanning")
}

/// `GET …/secret-scanning/alerts`
pub(super) fn secret_scanning(call: &Call) -> Handled {
    list(call, "secret-scanning")
}

/// `GET …/secret-scanning/alerts/{alert_number}`
pub(super) fn one_secret(call: &Call) -> Handled {
    one(call, "secret-scanning")
}

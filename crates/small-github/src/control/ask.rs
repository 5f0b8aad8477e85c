//! Commands that ask, and those about deliveries.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Done, need_number, repository, wrong};
use crate::http::Answer;
use crate::model::{Attempt, Run};
use crate::server::{Server, text};

/// `deliveries`: all, or those of `event`.
pub(super) fn deliveries(server: &Arc<Server>, body: &Value) -> Done {
    let event = text(body, "event");
    let all = server.deliveries.list();
    let some: Vec<_> = all.into_iter().filter(|delivery| event.is_none_or(|event| event == delivery.event)).collect();
    Ok(json!(some))
}

/// `delivery`: the payload of `id`.
pub(super) fn delivery(server: &Arc<Server>, body: &Value) -> Done {
    server.deliveries.payload(need_number(body, "id")?).ok_or_else(Answer::not_found)
}

/// `redeliver`: `id`, and perhaps `times`.
pub(super) fn redeliver(server: &Arc<Server>, body: &Value) -> Done {
    let times = body.get("times").and_then(Value::as_u64).unwrap_or(1);
    if server.deliveries.again(need_number(body, "id")?, times) { Ok(json!({})) } else { Err(Answer::not_found()) }
}

/// `mute`: lose every delivery about a `repository` (`{"muted": false}` no longer).
pub(super) fn mute(server: &Arc<Server>, body: &Value) -> Done {
    let muted = body.get("muted").and_then(Value::as_bool).unwrap_or(true);
    server.deliveries.mute(repository(server, body)?.id, muted);
    Ok(json!({}))
}

/// `pause`: hold deliveries back (`{"paused": false}` lets them go on).
pub(super) fn pause(server: &Arc<Server>, body: &Value) -> Done {
    server.deliveries.pause(body.get("paused").and_then(Value::as_bool).unwrap_or(true));
    Ok(json!({}))
}

/// `runs`: of `repository`, perhaps of a `branch` or `sha`: a line each, oldest first.
pub(super) fn runs(server: &Arc<Server>, body: &Value) -> Done {
    let found = repository(server, body)?;
    let (branch, sha) = (text(body, "branch"), text(body, "sha"));
    let wanted = |run: &&Run| branch.is_none_or(|branch| branch == run.branch) && sha.is_none_or(|sha| sha == run.sha);
    let line = |run: &Run, attempt: &Attempt| {
        json!({
            "id": run.id, "attempt": attempt.number, "event": run.event, "workflow": run.name, "branch": run.branch,
            "sha": run.sha, "status": attempt.status, "conclusion": attempt.conclusion,
            "jobs": attempt.jobs.iter().map(|job| {
                json!({ "id": job.id, "name": job.name, "status": job.status, "conclusion": job.conclusion })
            }).collect::<Vec<_>>(),
        })
    };
    let lines = found.runs.values().filter(wanted).filter_map(|run| Some(line(run, run.attempts.last()?)));
    Ok(Value::Array(lines.collect()))
}

/// `log`: of `job`, whether it may be read yet or not.
pub(super) fn log(server: &Arc<Server>, body: &Value) -> Done {
    let log = server.ci.log(need_number(body, "job")?).ok_or_else(Answer::not_found)?;
    Ok(json!({ "log": String::from_utf8_lossy(&log) }))
}

/// `written`: what came through the API's writing half, in order.
pub(super) fn written(server: &Arc<Server>, _: &Value) -> Done {
    Ok(json!(server.store.now_state().written))
}

/// `state`: everything, and what went wrong in the server itself.
pub(super) fn state(server: &Arc<Server>, _: &Value) -> Done {
    let (complaints, rules) = (server.ci.complaints(), server.rules.list());
    Ok(json!({ "state": *server.store.now_state(), "complaints": complaints, "rules": rules }))
}

/// `wait`: until no run and no delivery is under way, or, with `repository`, until the newest run of `branch` or `sha`
/// is completed; the runs. `seconds` (30) is the limit, then 408.
pub(super) fn wait(server: &Arc<Server>, body: &Value) -> Done {
    let seconds = body.get("seconds").and_then(Value::as_f64).unwrap_or(30.0);
    let limit = Duration::try_from_secs_f64(seconds).map_err(|error| wrong(&error.to_string()))?;
    let until = Instant::now() + limit;
    loop {
        let done = if body.get("repository").is_some() {
            let list = runs(server, body)?;
            let last = list.as_array().and_then(|list| list.last()).map(|run| text(run, "status") == Some("completed"));
            last.unwrap_or(false).then_some(list)
        } else {
            (server.ci.idle() && server.deliveries.idle()).then(|| json!([]))
        };
        if let Some(done) = done {
            return Ok(done);
        }
        if Instant::now() >= until {
            return Err(Answer::refusal(408, "not yet"));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

//! WorkflowTemplates: containers run tools that exist with flags that they have, retries have limits, parameters are
//! declared and written, and nothing that a stranger wrote stands between braces.

use std::collections::BTreeSet;

use healer::TOOLS;
use healer::Tool;
use serde_json::Value;

use super::{Object, items, must, objects, of_kind, text};

/// What Argo replaces that is no parameter. Anything else, such as a message or a result, may be a stranger's text.
const SAFE: &[&str] = &["workflow.name", "workflow.uid", "workflow.namespace", "workflow.status", "item"];

/// The label that says where a pod may connect to (workflow-templates/network), and the tools that need it.
const EGRESS: &str = "healer.platform/egress";
const SOURCES: &[&str] = &["gather-context", "remember"];

/// Templates of ours with the object they stand in.
fn templates(of: &Object) -> impl Iterator<Item = &Value> {
    of.items("/spec/templates")
}

/// Containers that run our image.
fn containers(template: &Value) -> Vec<&Value> {
    let one = template.get("container").into_iter();
    one.chain(items(template.pointer("/containerSet/containers"))).collect()
}

fn tool(container: &Value) -> Option<&'static Tool> {
    let name = container["command"][0].as_str()?.strip_prefix("/usr/local/bin/")?;
    TOOLS.iter().find(|tool| tool.name == name)
}

/// Steps of ours. The executor's program is none: it has no document, its own tests, and runs agents in the images
/// that people have.
fn is_ours(container: &Value) -> bool {
    let program = items(container.get("command")).chain(items(container.get("args"))).nth(1);
    container["image"] == "healer" && program.is_none_or(|program| program != "run-agent")
}

/// The argument after a flag.
fn after<'a>(container: &'a Value, flag: &str) -> Option<&'a str> {
    let mut args = items(container.get("args")).filter_map(Value::as_str);
    args.find(|arg| *arg == flag)?;
    args.next()
}

#[test]
fn containers_run_tools_that_exist_with_flags_that_they_have() {
    let mut wrong = Vec::new();
    for object in of_kind("WorkflowTemplate") {
        for template in templates(object) {
            for container in containers(template) {
                let at = format!("{}: {}/{}", object.file, text(template, "name"), text(container, "name"));
                if items(container.get("command")).next().is_none() {
                    wrong.push(format!("{at} has no command, so Argo would ask a registry for it"));
                }
                if !is_ours(container) {
                    continue;
                }
                let Some(tool) = tool(container) else {
                    wrong.push(format!("{at}: {} is no tool", container["command"]));
                    continue;
                };
                let command = (tool.command)();
                let flags: BTreeSet<String> =
                    command.get_arguments().filter_map(|arg| Some(format!("--{}", arg.get_long()?))).collect();
                for arg in items(container.get("args")).filter_map(Value::as_str) {
                    if arg.starts_with("--") && !flags.contains(arg) {
                        wrong.push(format!("{at}: {} has no flag {arg}", tool.name));
                    }
                }
                let locked = &container["securityContext"];
                let is_locked = locked["readOnlyRootFilesystem"] == true
                    && locked["allowPrivilegeEscalation"] == false
                    && locked["capabilities"]["drop"][0] == "ALL";
                if !is_locked {
                    wrong.push(format!("{at} is not locked: {locked}"));
                }
            }
        }
    }
    must(&wrong);
}

#[test]
fn every_retry_has_a_limit_and_every_pod_an_account() {
    let accounts: BTreeSet<String> =
        of_kind("ServiceAccount").iter().map(|account| account.name().to_owned()).collect();
    let mut wrong = Vec::new();
    for object in of_kind("WorkflowTemplate") {
        if object.value.pointer("/spec/securityContext/runAsNonRoot") != Some(&Value::Bool(true)) {
            wrong.push(format!("{} may run as root", object.file));
        }
        let whole = object.text("/spec/serviceAccountName");
        for template in templates(object) {
            let at = format!("{}: {}", object.file, text(template, "name"));
            let is_pod = ["container", "containerSet", "resource"].iter().any(|kind| !template[kind].is_null());
            let account = template["serviceAccountName"].as_str().unwrap_or(whole);
            if is_pod && !accounts.contains(account) {
                wrong.push(format!("{at}: there is no service account {account:?}"));
            }
            let retry = &template["retryStrategy"];
            if !retry.is_null() && retry["limit"].as_str().is_none_or(|limit| limit.parse::<u32>().is_err()) {
                wrong.push(format!("{at}: a retry without a limit has no delay either"));
            }
        }
    }
    must(&wrong);
}

#[test]
fn outputs_are_declared_by_the_tool_that_writes_them() {
    let mut wrong = Vec::new();
    for object in of_kind("WorkflowTemplate") {
        for template in templates(object) {
            let all = containers(template);
            let main = all.iter().find(|one| text(one, "name") == "main").or(all.first());
            let Some(main) = main.filter(|main| is_ours(main)) else { continue };
            for output in items(template.pointer("/outputs/parameters")) {
                let name = text(output, "name");
                let at = format!("{}: {}.outputs.{name}", object.file, text(template, "name"));
                if !tool(main).is_some_and(|tool| (tool.parameters)().contains(&name)) {
                    wrong.push(format!("{at}: {} writes no such parameter", main["command"][0]));
                }
                let wanted = format!("{}/{name}", after(main, "--parameters").unwrap_or("no --parameters"));
                if output["valueFrom"]["path"] != wanted.as_str() {
                    wrong.push(format!("{at} is read from {}, and written to {wanted}", output["valueFrom"]["path"]));
                }
                if output["valueFrom"]["default"].is_null() {
                    wrong.push(format!("{at} has no default"));
                }
            }
        }
    }
    must(&wrong);
}

/// The inside of every `{{…}}` in a text.
fn tags(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            for part in text.split("{{").skip(1) {
                found.insert(part.split("}}").next().unwrap_or_default().trim().to_owned());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| tags(item, found)),
        Value::Object(fields) => fields.values().for_each(|value| tags(value, found)),
        _ => {}
    }
}

fn names(list: Option<&Value>) -> BTreeSet<&str> {
    items(list).map(|item| text(item, "name")).collect()
}

/// Whether a tag is one of words, numbers and names that our binaries wrote, and leads somewhere.
fn is_known(tag: &str, object: &Object, template: &Value) -> bool {
    if SAFE.contains(&tag) {
        return true;
    }
    let parts: Vec<&str> = tag.split('.').collect();
    match parts[..] {
        ["workflow", "parameters", name] => names(object.value.pointer("/spec/arguments/parameters")).contains(name),
        ["inputs", kind, name] => names(template["inputs"].get(kind)).contains(name),
        // A number that Argo wrote.
        ["tasks", task, "exitCode"] => names(template.pointer("/dag/tasks")).contains(task),
        ["tasks", task, "outputs", kind, name] => {
            let task = items(template.pointer("/dag/tasks")).find(|have| text(have, "name") == task);
            let run = task.map(|task| text(task, "template"));
            let run = templates(object).find(|have| run == have["name"].as_str());
            run.is_some_and(|run| names(run["outputs"].get(kind)).contains(name))
        }
        _ => false,
    }
}

#[test]
fn between_braces_stand_only_words_that_our_binaries_wrote() {
    let mut wrong = Vec::new();
    for object in of_kind("WorkflowTemplate") {
        for template in templates(object) {
            let mut found = BTreeSet::new();
            tags(template, &mut found);
            for tag in found.iter().filter(|tag| !is_known(tag, object, template)) {
                wrong.push(format!("{}: {}: {{{{{tag}}}}} is nothing we know", object.file, text(template, "name")));
            }
        }
    }
    must(&wrong);
}

#[test]
fn tasks_name_templates_that_exist_and_give_what_these_ask_for() {
    let mut wrong = Vec::new();
    for object in of_kind("WorkflowTemplate") {
        let all: Vec<&Value> = templates(object).collect();
        let find = |name: &str| all.iter().find(|template| text(template, "name") == name);
        if find(object.text("/spec/entrypoint")).is_none() {
            wrong.push(format!("{}: there is no template {}", object.file, object.text("/spec/entrypoint")));
        }
        for template in &all {
            for task in items(template.pointer("/dag/tasks")) {
                let at = format!("{}: {}.{}", object.file, text(template, "name"), text(task, "name"));
                let Some(run) = find(text(task, "template")) else {
                    wrong.push(format!("{at}: there is no template {}", task["template"]));
                    continue;
                };
                for kind in ["parameters", "artifacts"] {
                    let given = names(task["arguments"].get(kind));
                    let known = names(run["inputs"].get(kind));
                    let asked = items(run["inputs"].get(kind));
                    let asked = asked
                        .filter(|one| one["value"].is_null() && one["default"].is_null() && one["optional"] != true);
                    let asked: BTreeSet<&str> = asked.map(|one| text(one, "name")).collect();
                    if !given.is_subset(&known) || !asked.is_subset(&given) {
                        wrong.push(format!("{at} gives the {kind} {given:?}, {} takes {known:?}", task["template"]));
                    }
                }
                let tasks = names(template.pointer("/dag/tasks"));
                let before =
                    text(task, "depends").split(|c: char| "&|!() ".contains(c)).filter(|word| !word.is_empty());
                for word in before {
                    if !tasks.contains(word.split('.').next().unwrap_or_default()) {
                        wrong.push(format!("{at} depends on {word}, which is no task there"));
                    }
                }
            }
        }
    }
    must(&wrong);
}

#[test]
fn a_credential_and_the_way_out_go_only_to_those_who_need_them() {
    let mut wrong = Vec::new();
    let needy = super::rights::tools_that_ask_github();
    for object in of_kind("WorkflowTemplate") {
        for template in templates(object) {
            let at = format!("{}: {}", object.file, text(template, "name"));
            let ours: Vec<&Value> = containers(template).into_iter().filter(|one| is_ours(one)).collect();
            if ours.is_empty() {
                continue;
            }
            let mut asks = BTreeSet::new();
            for container in ours {
                let Some(tool) = tool(container) else { continue };
                let has =
                    items(container.get("env")).any(|env| env["valueFrom"]["secretKeyRef"]["name"] == "healer-github");
                if has != needy.contains(tool.name) {
                    wrong.push(format!(
                        "{at}: {} has GitHub's credential: {has}; docs/permissions.md says otherwise",
                        tool.name
                    ));
                }
                asks.extend(needy.contains(tool.name).then_some("github"));
                asks.extend(SOURCES.contains(&tool.name).then_some("sources"));
            }
            let wanted = match (asks.contains("github"), asks.contains("sources")) {
                (_, true) => Some("github-and-sources"),
                (true, false) => Some("github"),
                (false, false) => None,
            };
            let have = template.pointer("/metadata/labels").and_then(|labels| labels[EGRESS].as_str());
            if have != wanted {
                wrong.push(format!("{at} needs the label {EGRESS}: {wanted:?}, it has {have:?}"));
            }
        }
    }
    must(&wrong);
}

#[test]
fn nothing_is_granted_in_the_whole_cluster() {
    let cluster = ["ClusterRole", "ClusterRoleBinding"];
    let found: Vec<String> =
        objects().iter().filter(|one| cluster.contains(&one.kind())).map(|one| one.name().to_owned()).collect();
    assert_eq!(found, [""; 0]);
}

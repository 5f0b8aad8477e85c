//! Sensors: each makes a Workflow that holds only what identifies the event, with the projection of docs/events.md.

use std::collections::BTreeSet;
use std::fs;

use remediation::projection;
use serde_json::Value;

use super::schema::Types;
use super::{Object, items, must, of_kind, root, text};

/// What a part of a name can be at its longest; a template with another part has to say here how long that gets.
const LONGEST: &[(&str, &str)] = &[
    ("{{- $pressed := .Input.body.requested_action.identifier -}}", ""),
    ("{{ if regexMatch \"^healer-[a-z]+-[1-9][0-9]*$\" $pressed }}", ""),
    // GitHub's identifiers have at most 20 characters.
    ("{{ regexFind \"[0-9]+$\" $pressed }}", "123456789"),
    ("{{ else }}1{{ end }}", ""),
    ("{{ int64 .Input.body.repository.id }}", "9999999999"),
    ("{{ int64 .Input.body.workflow_run.id }}", "999999999999"),
    ("{{ int64 .Input.body.workflow_run.run_attempt }}", "9999"),
    ("{{ int64 .Input.body.check_run.id }}", "999999999999"),
    ("{{ int64 .Input.body.comment.id }}", "999999999999"),
    ("{{ int64 .Input.body.id }}", "999999999999"),
    ("{{ int64 .Input.body.alert.number }}", "999999"),
    ("{{ .Input.body.action | replace \"_\" \"-\" }}", "appeared-in-branch"),
    ("{{ .Input.body.metadata.uid | replace \"-\" \"\" | trunc 8 }}", "01234567"),
];
const HASHED: &str = " | sha256sum | trunc 12 }}";

/// Filters that are no whole word on purpose: a line in a comment, the start of an identifier, anything at all.
const LOOSE: &[&str] = &["(?m)^/healer (fix|retry|stop|approve)", "^(healer|fix)-", "."];

/// A Workflow's body, in each trigger of each Sensor.
fn triggers(sensor: &Object) -> Vec<(String, Value)> {
    let all = sensor.items("/spec/triggers");
    all.map(|trigger| (format!("{}: {}", sensor.file, trigger["template"]["name"]), trigger.clone())).collect()
}

/// The parameter that overwrites a place, as its template.
fn template_of<'a>(trigger: &'a Value, dest: &str) -> Option<&'a str> {
    let mut all = items(trigger.pointer("/template/k8s/parameters"));
    all.find(|parameter| parameter["dest"] == dest)?["src"]["dataTemplate"].as_str()
}

/// Sensors of ours; the executor's own makes another Workflow.
fn sensors() -> Vec<&'static Object> {
    of_kind("Sensor").into_iter().filter(|sensor| sensor.file.starts_with("sensors/")).collect()
}

/// The arguments that a WorkflowTemplate wants.
fn wanted(template: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let all = of_kind("WorkflowTemplate");
    let found = all.iter().find(|object| object.name() == template);
    let found = found.unwrap_or_else(|| panic!("there is no WorkflowTemplate {template}"));
    let parameters: Vec<&Value> = found.items("/spec/arguments/parameters").collect();
    let names = |with: bool| {
        let some = parameters.iter().filter(|one| with || one["value"].is_null());
        some.map(|one| text(one, "name").to_owned()).collect()
    };
    (names(false), names(true))
}

#[test]
fn each_trigger_patches_a_workflow_that_only_identifies_the_event() {
    let types = Types::read();
    let mut wrong = Vec::new();
    for (at, trigger) in sensors().into_iter().flat_map(triggers) {
        let workflow = &trigger["template"]["k8s"]["source"]["resource"];
        types.check(&at, workflow, &"Workflow".into(), &mut wrong);
        let mut need = |is: bool, what: &str| {
            if !is {
                wrong.push(format!("{at} {what}"));
            }
        };
        need(
            trigger["template"]["k8s"]["operation"] == "patch",
            "does not patch, so a duplicate blocks what comes after",
        );
        need(trigger["atLeastOnce"] == true, "is not acknowledged last");
        let steps = trigger["retryStrategy"]["steps"].as_u64().unwrap_or_default();
        need((5..=10).contains(&steps), "does not outlive an API server that starts again, or blocks for too long");
        let keys: Vec<&str> = workflow["spec"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        need(keys == ["workflowTemplateRef", "arguments"], "holds more than a reference and arguments");
        let labels = &workflow["metadata"]["labels"];
        let event = text(&workflow["spec"]["arguments"]["parameters"][0], "value");
        need(
            labels["app.kubernetes.io/part-of"] == "healer" && labels["healer.platform/door"] == event,
            "is labelled otherwise",
        );
        let (needed, known) = wanted(text(&workflow["spec"]["workflowTemplateRef"], "name"));
        let given = items(workflow.pointer("/spec/arguments/parameters")).map(|one| text(one, "name").to_owned());
        let given: BTreeSet<String> = given.collect();
        need(needed.is_subset(&given) && given.is_subset(&known), &format!("gives {given:?}, wanted are {needed:?}"));
    }
    must(&wrong);
}

#[test]
fn names_fit_however_long_the_ids_are() {
    let mut wrong = Vec::new();
    for (at, trigger) in sensors().into_iter().flat_map(triggers) {
        let template = template_of(&trigger, "metadata.name").unwrap_or_default();
        let mut name = template.to_owned();
        for (part, longest) in LONGEST {
            name = name.replace(part, longest);
        }
        if let Some((before, hashed)) = name.split_once("{{ printf ").filter(|(_, rest)| rest.ends_with(HASHED)) {
            let _ = hashed;
            name = format!("{}0123456789ab", before.replace("{{- $alert := .Input.body -}}", ""));
        }
        if name.is_empty() || name.contains("{{") || name.len() > 63 {
            wrong.push(format!("{at}: {template} may become {name:?}, {} characters", name.len()));
        }
    }
    must(&wrong);
}

/// The template in a Sensor is the table's own. `BLESS=1` writes it into the line after `# docs/events.md: EVENT`.
#[test]
fn projections_are_those_of_the_table() {
    let mut wrong = Vec::new();
    for sensor in sensors() {
        let path = root().join(&sensor.file);
        let before = fs::read_to_string(&path).unwrap();
        let mut lines: Vec<String> = before.lines().map(str::to_owned).collect();
        for n in 1..lines.len() {
            let Some(event) = lines[n - 1].trim().strip_prefix("# docs/events.md: ").map(str::to_owned) else {
                continue;
            };
            let found = projection::find(&event).unwrap_or_else(|| panic!("{}: {event} is no event", sensor.file));
            let indent = lines[n].len() - lines[n].trim_start().len();
            lines[n] = format!("{}dataTemplate: '{}'", " ".repeat(indent), found.template());
        }
        let after = lines.join("\n") + "\n";
        if before != after && std::env::var_os("BLESS").is_some() {
            fs::write(&path, &after).unwrap();
            continue;
        } else if before != after {
            wrong.push(format!("{} is stale; run BLESS=1 cargo test -p healer --test contracts", sensor.file));
        }
        for (at, trigger) in triggers(sensor) {
            let workflow = &trigger["template"]["k8s"]["source"]["resource"];
            let event = text(&workflow["spec"]["arguments"]["parameters"][0], "value");
            let found = projection::find(event).unwrap_or_else(|| panic!("{at}: {event:?} is no event"));
            if template_of(&trigger, "spec.arguments.parameters.1.value") != Some(found.template().as_str()) {
                wrong.push(format!("{at}: the projection is not the one of {event}"));
            }
            if workflow["spec"]["workflowTemplateRef"]["name"] != found.runs {
                wrong.push(format!("{at}: {event} runs {}", found.runs));
            }
        }
    }
    must(&wrong);
}

#[test]
fn filters_are_whole_words_and_name_the_event_first() {
    let mut wrong = Vec::new();
    for sensor in sensors() {
        for dependency in sensor.items("/spec/dependencies") {
            let at = format!("{}: {}", sensor.file, dependency["name"]);
            let filters: Vec<&Value> = items(dependency.pointer("/filters/data")).collect();
            let github = dependency["eventSourceName"] == "github";
            if github && filters.first().is_none_or(|first| first["path"] != "body.X-GitHub-Event") {
                wrong.push(format!("{at} does not look at the event's name first"));
            }
            for value in filters.iter().flat_map(|filter| items(filter.get("value"))).filter_map(Value::as_str) {
                let is_whole =
                    value.starts_with('^') && value.ends_with('$') && (!value.contains('|') || value.starts_with("^("));
                if !is_whole && !LOOSE.contains(&value) {
                    wrong.push(format!("{at}: {value:?} matches anywhere in a text"));
                }
            }
        }
    }
    must(&wrong);
}

#[test]
fn dependencies_name_events_of_sources_that_exist() {
    let sources = of_kind("EventSource");
    let mut wrong = Vec::new();
    for sensor in of_kind("Sensor") {
        for dependency in sensor.items("/spec/dependencies") {
            let source = sources.iter().find(|source| source.name() == text(dependency, "eventSourceName"));
            let event = text(dependency, "eventName");
            let kinds = source.and_then(|source| source.value["spec"].as_object());
            if !kinds.is_some_and(|kinds| kinds.values().any(|events| events.get(event).is_some())) {
                wrong.push(format!("{}: {} has no event {event:?}", sensor.file, dependency["eventSourceName"]));
            }
        }
    }
    must(&wrong);
}

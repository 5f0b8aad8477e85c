//! Non-interference of what a cluster says: lines of Loki, messages of Argo CD, pods, events and metrics pass through
//! `gather-context` into the prompt, and change nothing but their own places.

use serde_json::Value;

use crate::fields::{Field, Square, marker, put, unread};
use crate::metadata::beyond;
use crate::scene::{Scene, Story};
use crate::values;

/// What whoever runs in the cluster, or writes to its logs, fills.
const FIELDS: &[Field] = &[
    Field { name: "line of a log", set: |scene, text| of_loki(scene, |stream| lines(stream, text)) },
    Field {
        name: "label of a stream",
        set: |scene, text| of_loki(scene, |stream| stream["stream"]["pod"] = text.into()),
    },
    Field { name: "health's message", set: |scene, text| of_application(scene, "health", text) },
    Field { name: "operation's message", set: |scene, text| of_application(scene, "operationState", text) },
    Field { name: "condition's message", set: |scene, text| of_application(scene, "conditions", text) },
    Field {
        name: "pod's reason",
        set: |scene, text| {
            scene.change(|path| path.contains("/pods/"), &mut |key, map| {
                if key == "waiting" {
                    put(map, "reason", text);
                    put(map, "message", text)
                }
            })
        },
    },
    Field {
        name: "event",
        set: |scene, text| {
            scene.change(|path| path.contains("/events/"), &mut |_, map| {
                put(map, "reason", text);
                put(map, "message", text)
            })
        },
    },
    Field {
        name: "label of a metric",
        set: |scene, text| {
            scene.change(|path| path.contains("prometheus"), &mut |key, map| {
                if key == "metric" {
                    put(map, "code", text)
                }
            })
        },
    },
];

/// What no step reads: it cannot do anything.
const NOT_READ: &[&str] = &["label of a stream"];

fn of_loki(scene: &mut Scene, change: impl Fn(&mut Value)) {
    scene.change(|path| path.contains("loki"), &mut |key, map| {
        if key == "data"
            && let Some(Value::Array(streams)) = map.get_mut("result")
        {
            streams.iter_mut().for_each(&change);
        }
    });
}

fn of_application(scene: &mut Scene, part: &str, text: &str) {
    scene.change(|path| path.contains("applications"), &mut |key, map| {
        if key == part {
            put(map, "message", text)
        }
    });
}

fn lines(stream: &mut Value, text: &str) {
    let values = stream["values"].as_array_mut().into_iter().flatten();
    values.for_each(|value| value[1] = text.into());
}

fn with(text: impl Fn(usize) -> String) -> Story {
    let mut scene = Scene::observed();
    FIELDS.iter().enumerate().for_each(|(index, field)| (field.set)(&mut scene, &text(index)));
    scene.play(None)
}

/// Where the text itself stands, beside the places of `metadata`.
const ITS_OWN_PLACE: &[&str] = &[
    "/document/context/argocd/message",
    "/document/context/argocd/unhealthy/*",
    "/document/context/events/*",
    "/document/context/logs/*/line",
    "/document/context/metrics/*/series",
    "/document/context/pods/*/reason",
];

#[test]
fn what_a_cluster_says_changes_nothing_but_its_own_places() {
    let values = values();
    let base = with(|_| "ok".into());
    assert_eq!(base.ended, Some(0), "{}", base.why);
    Square::new(FIELDS, &values, 6 * FIELDS.len() + 1).changes_nothing(|text| {
        let mut found = beyond(&base, &with(text));
        found.retain(|at| !ITS_OWN_PLACE.contains(&at.as_str()));
        found
    });
}

/// Otherwise the test above would compare what nobody reads.
#[test]
fn what_a_cluster_says_reaches_what_the_agent_reads() {
    let story = with(marker);
    assert_eq!(story.ended, Some(0), "{}", story.why);
    assert_eq!(unread(FIELDS, &story.prompts.join("\n")), NOT_READ);
}

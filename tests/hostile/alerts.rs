//! Non-interference of an alert: whatever its advisory, its package and its paths say, the same happens.

use serde_json::{Map, Value};

use crate::fields::{Field, Square, marker, put, unread};
use crate::metadata::beyond;
use crate::scene::{Scene, Story};
use crate::values;

/// What whoever writes an advisory, names a package or its folder fills.
const FIELDS: &[Field] = &[
    Field { name: "summary", set: |scene, text| of_advisory(scene, "summary", text) },
    Field { name: "description", set: |scene, text| of_advisory(scene, "description", text) },
    Field { name: "identifier", set: |scene, text| of_advisory(scene, "ghsa_id", text) },
    Field { name: "identifier of others", set: |scene, text| of_advisory(scene, "cve_id", text) },
    Field { name: "package", set: |scene, text| under(scene, "package", &mut |map| put(map, "name", text)) },
    Field { name: "ecosystem", set: |scene, text| under(scene, "package", &mut |map| put(map, "ecosystem", text)) },
    Field {
        name: "manifest",
        set: |scene, text| under(scene, "dependency", &mut |map| put(map, "manifest_path", text)),
    },
    Field {
        name: "patched version",
        set: |scene, text| under(scene, "first_patched_version", &mut |map| put(map, "identifier", text)),
    },
];

/// What no step reads: it cannot do anything. Of two identifiers the CVE's is taken.
const NOT_READ: &[&str] = &["description", "identifier"];

/// Where the text itself stands, beside the places of `metadata`.
const ITS_OWN_PLACE: &[&str] = &[
    "/document/failure/alert/identifier",
    "/document/failure/alert/manifest",
    "/document/failure/alert/package",
    "/document/failure/alert/patched_version",
    "/document/failure/alert/summary",
];

fn of_advisory(scene: &mut Scene, key: &str, text: &str) {
    under(scene, "security_advisory", &mut |map| put(map, key, text));
}

/// In the event and in GitHub's answer, which is what counts.
fn under(scene: &mut Scene, parent: &str, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    scene.change(|_| true, &mut |key, map| {
        if key == parent {
            change(map)
        }
    });
}

fn with(text: impl Fn(usize) -> String) -> Story {
    let mut scene = Scene::alert();
    FIELDS.iter().enumerate().for_each(|(index, field)| (field.set)(&mut scene, &text(index)));
    scene.play(None)
}

#[test]
fn what_an_alert_says_changes_nothing_but_its_own_places() {
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
fn what_an_alert_says_reaches_what_the_agent_reads() {
    let story = with(marker);
    assert_eq!(story.ended, Some(0), "{}", story.why);
    assert_eq!(unread(FIELDS, &story.prompts.join("\n")), NOT_READ);
}

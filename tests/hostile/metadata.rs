//! Non-interference of metadata: whatever the names and texts around a run say, the same happens.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::fields::{Field, Square, marker, put, unread};
use crate::page::page;
use crate::scene::{Scene, Story, on_both_cores};
use crate::{full, long_values, values};

const FIELDS: &[Field] = &[
    Field {
        name: "title",
        set: |scene, text| {
            scene.change(any, &mut |_, map| {
                put(map, "display_title", text);
                if map.contains_key("number") {
                    put(map, "title", text)
                }
            })
        },
    },
    Field {
        name: "body",
        set: |scene, text| {
            scene.change(any, &mut |_, map| {
                if map.contains_key("number") {
                    put(map, "body", text)
                }
            })
        },
    },
    Field {
        name: "commit message",
        set: |scene, text| {
            scene.change(any, &mut |key, map| {
                if key == "commit" || key == "head_commit" {
                    put(map, "message", text)
                }
            })
        },
    },
    Field {
        name: "author's name",
        set: |scene, text| {
            scene.change(any, &mut |_, map| {
                if map.contains_key("email") {
                    put(map, "name", text)
                }
            })
        },
    },
    Field {
        name: "workflow's name",
        set: |scene, text| {
            scene.change(any, &mut |_, map| {
                put(map, "workflow_name", text);
                if map.get("name").is_some_and(|name| name == "Controller CI") {
                    put(map, "name", text)
                }
            })
        },
    },
    // A job and its check run have one name, in every run of it.
    Field {
        name: "job's and check's name",
        set: |scene, text| {
            scene.change(any, &mut |_, map| {
                if map.get("name").is_some_and(|name| name == "lint") {
                    put(map, "name", text)
                }
            })
        },
    },
    Field {
        name: "step's name",
        set: |scene, text| {
            scene.change(any, &mut |key, map| {
                if key == "steps" && map.get("conclusion").is_some_and(|word| word == "failure") {
                    put(map, "name", text)
                }
            })
        },
    },
    // Of the pull request; which files the agent touched is judged, as it must be.
    Field {
        name: "file's name",
        set: |scene, text| {
            scene.change(before_the_agent, &mut |_, map| {
                if map.get("filename").is_some_and(|name| name == "src/lib.rs") {
                    put(map, "filename", text)
                }
            })
        },
    },
    Field { name: "diff", set: |scene, text| scene.write("pulls/42.diff", text.as_bytes()) },
    Field {
        name: "login",
        set: |scene, text| {
            scene.change(any, &mut |_, map| {
                if map.get("login").is_some_and(|name| name == "octavia") {
                    put(map, "login", text)
                }
            })
        },
    },
    Field {
        name: "comment",
        set: |scene, text| {
            let user = json!({ "login": "mallory", "id": 666, "type": "User" });
            let comment = json!([{ "id": 9001, "user": user, "body": text, "author_association": "NONE",
            "created_at": "2026-01-15T10:20:00Z", "updated_at": "2026-01-15T10:20:00Z" }]);
            scene.write("issues/42/comments.json", comment.to_string().as_bytes());
        },
    },
    Field {
        name: "status's context",
        set: |scene, text| {
            scene.change(any, &mut |_, map| {
                if let Some(Value::Array(statuses)) = map.get_mut("statuses") {
                    statuses.push(json!({ "id": 77, "state": "success", "context": text, "description": text,
                "target_url": text, "created_at": "2026-01-15T10:20:00Z", "updated_at": "2026-01-15T10:20:00Z" }));
                }
            })
        },
    },
    Field {
        name: "memory",
        set: |scene, text| {
            scene.change(|path| path.contains("openmemory"), &mut |_, map| {
                put(map, "content", text);
            })
        },
    },
    Field { name: "agent's output", set: |scene, text| scene.write("/log.txt", text.as_bytes()) },
];

/// What a commit's message may say, and `admit` obeys.
const STAY_AWAY: &str = "[skip-healer]";

/// What no step reads: it cannot do anything.
const NOT_READ: &[&str] = &["author's name", "comment", "status's context"];

fn any(_: &str) -> bool {
    true
}

fn before_the_agent(path: &str) -> bool {
    !path.contains("/then/")
}

/// The scene with a text in every field. Whoever may commit may ask Healer to stay away: that word is no text.
fn with(text: impl Fn(usize) -> String) -> Story {
    let mut scene = Scene::recorded();
    for (index, field) in FIELDS.iter().enumerate() {
        let text = text(index);
        let obeyed = field.name == "commit message" && text.contains(STAY_AWAY);
        (field.set)(&mut scene, if obeyed { "ok" } else { &text });
    }
    scene.play(None)
}

/// Where the text itself stands, or its digest or size: in the document, in what is remembered, and in the prompt, whose
/// page is compared beside this. Everything else is the same to the byte, in every step.
const ITS_OWN_PLACE: &[&str] = &[
    "/document/attachments/diff/sha256",
    "/document/attachments/diff/size_bytes",
    "/document/attachments/prompt/sha256",
    "/document/attachments/prompt/size_bytes",
    "/document/attempts/*/commits/*/message",
    "/document/coderun/content_sha256",
    "/document/context/changed_files/*/path",
    "/document/context/description",
    "/document/context/history/*/agent_output",
    "/document/context/history/*/commits/*/message",
    "/document/context/memories/*/content",
    "/document/context/pull_request/author/login",
    "/document/context/pull_request/title",
    "/document/failure/changed_files/*/path",
    "/document/failure/commit_message",
    "/document/failure/jobs/*/failed_steps/*/name",
    "/document/failure/jobs/*/name",
    "/document/failure/pull_request/author/login",
    "/document/failure/pull_request/title",
    "/document/prompt/size_bytes",
    "/document/subject/actor/login",
    "/document/subject/workflow",
    "/written/*/body/body",
    "/written/*/body/status/messages/*/content",
    "/written/*/sets/*/object/body",
    "/written/*/sets/*/object/status/messages/*/content",
    "/written/*/body/content",
    "/written/*/body/metadata/annotations/healer.platform/content-sha256",
    "/written/*/body/metadata/workflow_name",
    "/written/*/body/spec/promptModification",
    "/written/*/sets/*/object/metadata/annotations/healer.platform/content-sha256",
    "/written/*/sets/*/object/spec/promptModification",
];

/// Which of a story's differences are none of the text's own places.
pub fn beyond(base: &Story, story: &Story) -> Vec<String> {
    let mut found: Vec<String> = base.differs(story).into_iter().collect();
    found.retain(|at| !ITS_OWN_PLACE.contains(&at.as_str()));
    let (texts, now) = (base.markdown(), story.markdown());
    if texts.len() != now.len() {
        found.push(format!("{} texts are now {}: {:?} {}", texts.len(), now.len(), story.ended, story.why));
    }
    for (n, (one, two)) in texts.iter().zip(&now).enumerate() {
        let (one, two) = (page(one), page(two));
        let at = one.iter().zip(&two).take_while(|(one, two)| one == two).count();
        if one != two {
            found.push(format!("page {n}, element {at}: {:?} is now {:?}", one.get(at), two.get(at)));
        }
    }
    found
}

#[test]
fn names_and_texts_change_nothing_but_their_own_places() {
    let values = values();
    let base = with(|_| "ok".into());
    assert_eq!(base.ended, Some(0), "{}", base.why);
    assert_eq!(base.prompts.len(), 2);
    let square = Square::new(FIELDS, &values, 9);
    square.changes_nothing(|text| beyond(&base, &with(text)));
    let tried: BTreeSet<&String> = square.tried().collect();
    assert_eq!(tried.len(), values.len(), "some value was in no field");
}

/// Otherwise the test above would compare what nobody reads.
#[test]
fn the_texts_reach_what_the_agent_reads() {
    let story = with(marker);
    assert_eq!(story.ended, Some(0), "{}", story.why);
    assert_eq!(unread(FIELDS, &format!("{:?} {:?}", story.steps, story.prompts)), NOT_READ);
}

/// What is said of a cut text is its size, which differs from that of harmless text when something invisible was in it.
#[test]
fn long_names_and_texts_change_nothing_but_what_is_said_of_their_size() {
    let values = long_values();
    assert!(values.len() > 15);
    let values: Vec<_> = values.into_iter().step_by(if full() { 1 } else { 6 }).collect();
    let found = on_both_cores(&values, |(_, value)| {
        let base = with(|_| "x".repeat(value.len()));
        assert_eq!(base.ended, Some(0), "{}", base.why);
        let mut found = beyond(&base, &with(|_| value.clone()));
        found.retain(|at| !at.starts_with("/document/prompt/shortened"));
        found
    });
    let wrong: Vec<_> = values
        .iter()
        .zip(found)
        .filter(|(_, found)| !found.is_empty())
        .map(|((name, _), found)| (name, found))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is said of a cut text is its length, which is ours to say; what stands in it does not count.
#[test]
fn sixty_kilobytes_in_every_field_are_sixty_kilobytes_of_anything() {
    const BYTES: usize = 60_000;
    let base = with(|_| "x ".repeat(BYTES / 2));
    assert_eq!(base.ended, Some(0), "{}", base.why);
    assert!(base.prompts.iter().all(|prompt| prompt.len() < 256 * 1024));
    let hostile = with(|_| "# [x](https://evil.example) ".repeat(BYTES / 28 + 1)[..BYTES].to_owned());
    assert_eq!(beyond(&base, &hostile), [""; 0]);
}

//! Non-interference of the branch's name, which is an address too: it reaches URLs, labels and the agent's environment.

use serde_json::Value;
use text::Untrusted;

use crate::page::page;
use crate::scene::{Scene, Story, on_both_cores};
use crate::{full, values};

const RECORDED: &str = "feat/widget-cache";
/// Names that Git allows, beside those of the values that it allows.
const NAMES: &[&str] = &[
    "x{{workflow.parameters.discord-webhook}}",
    "zzz\";echo${IFS}\"hello\";#",
    "$(HOSTNAME)$$(HOSTNAME)",
    "feat/`id`",
    "feat/\u{202e}gnp",
    "feat/\u{e0041}\u{e0042}",
    "refs/heads/main",
    "main#",
    "main&head=acme:main",
    "100%",
    "a%2Fb",
    "---",
    "---___",
    "x);drop(table",
    "@everyone",
    "<!--x-->",
    "![x](https://evil.example)",
    "fixes-#1",
    "'||true",
    "é/日本語/💥",
];

/// `git check-ref-format --branch`, and short enough to be a file of the recorded world.
fn git_allows(name: &str) -> bool {
    let parts = name.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock"));
    let letters = name.chars().all(|letter| letter > ' ' && letter != '\u{7f}' && !"~^:?*[\\".contains(letter));
    let words = ["..", "@{"].iter().all(|word| !name.contains(word));
    parts
        && letters
        && words
        && name != "@"
        && !name.starts_with('-')
        && !name.ends_with('.')
        && Untrusted::new(name).url_segment().len() < 200
}

/// The recorded world with a branch of this name.
fn on_branch(name: &str) -> Story {
    let mut scene = Scene::recorded();
    let sent = |name: &str| Untrusted::new(name).url_segment();
    let files = std::mem::take(&mut scene.files);
    for (path, bytes) in files {
        scene.files.insert(path.replace(&sent(RECORDED), &sent(name)), bytes);
    }
    scene.change(|_| true, &mut |_, map| {
        for value in map.values_mut().filter(|value| value.is_string()) {
            if let Some(text) = value.as_str().filter(|text| text.contains(RECORDED)) {
                *value = Value::String(text.replace(RECORDED, name));
            }
        }
    });
    scene.play(if full() { None } else { Some("announce") })
}

/// Beside the document's, prompt's and memory's own places: its key, its label, the agent's environment.
const ITS_OWN_PLACE: &[&str] = &[
    "/document/attachments/prompt/sha256",
    "/document/attachments/prompt/size_bytes",
    "/document/coderun/content_sha256",
    "/document/prompt/size_bytes",
    "/document/subject/branch",
    "/document/target/branch",
    "/parameters/branch_key",
    "/written/*/body/body",
    "/written/*/body/status/messages/*/content",
    "/written/*/sets/*/object/body",
    "/written/*/sets/*/object/status/messages/*/content",
    "/written/*/body/metadata/annotations/healer.platform/content-sha256",
    "/written/*/body/metadata/labels/healer.platform/branch-key",
    "/written/*/body/metadata/labels/healer/branch",
    "/written/*/body/spec/branchKey",
    "/written/*/body/spec/env/TARGET_BRANCH",
    "/written/*/body/spec/promptModification",
    "/written/*/body/status/target/branch",
    "/written/*/sets/*/object/metadata/annotations/healer.platform/content-sha256",
    "/written/*/sets/*/object/metadata/labels/healer.platform/branch-key",
    "/written/*/sets/*/object/metadata/labels/healer/branch",
    "/written/*/sets/*/object/spec/branchKey",
    "/written/*/sets/*/object/spec/env/TARGET_BRANCH",
    "/written/*/sets/*/object/spec/promptModification",
    "/written/*/sets/*/object/status/target/branch",
];

#[test]
fn a_branch_name_changes_nothing_but_what_is_named_after_it() {
    let base = on_branch("ok");
    assert_eq!(base.ended, Some(0), "{}", base.why);
    let values = values();
    let mut names: Vec<&str> = NAMES.to_vec();
    names.extend(values.iter().map(|(_, value)| value.as_str()));
    names.retain(|name| git_allows(name));
    assert!(names.len() >= NAMES.len(), "{names:?}");
    let found = on_both_cores(&names, |name| {
        let story = on_branch(name);
        let mut found: Vec<String> = base.differs(&story).into_iter().collect();
        found.retain(|at| !ITS_OWN_PLACE.contains(&at.as_str()));
        let pages = |story: &Story| story.markdown().into_iter().map(page).collect::<Vec<_>>();
        if pages(&base) != pages(&story) {
            found.push("a page".into());
        }
        found
    });
    let wrong: Vec<_> = names.iter().zip(found).filter(|(_, found)| !found.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

//! What must be true of every prompt and of the folder they lie in.
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
mod page;

use std::path::{Path, PathBuf};

use page::{document, prompt};
use remediation::{Kind, Vocabulary};
use render_prompt::{Needs, Templates};

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../prompts");
    let mut files = Vec::new();
    for folder in [root.clone(), root.join("fix"), root.join("retry")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                files.push((path.strip_prefix(&root).unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn foreign_blocks_enter_through_one_partial_only() {
    for (path, text) in sources() {
        let fences = text.contains("{{fence") || text.contains("{{{");
        assert_eq!(fences, path == Path::new("_untrusted.hbs"), "{}", path.display());
        assert!(!text.contains("{{> (") && !text.contains("{{>("), "{}: a partial chosen by data", path.display());
        assert!(
            text.ends_with('\n') && !text.contains("\t") && !text.contains(" \n"),
            "{}: stray spaces",
            path.display()
        );
    }
}

#[test]
fn every_kind_that_an_agent_repairs_has_a_whole_prompt() {
    let templates = Templates::load(None).unwrap();
    for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::InfraTransient) {
        let front = templates.front(&format!("fix/{kind}")).unwrap();
        assert!(!front.reproduce.is_empty() && !front.needs.is_empty(), "{kind}");
        let text = prompt(&document(*kind, false, "ok"));
        for heading in [
            "## Where",
            "## What failed",
            "## What changed",
            "## How to go about it",
            "## What you may change",
            "## What \"done\" means",
            "## How to hand it over",
        ] {
            assert!(
                text.contains(&format!("\n{heading}\n\n")) || *kind == Kind::SecuritySecretScanning,
                "{kind}: {heading}"
            );
        }
        assert!(text.contains("Never force-push") && text.contains("draft pull request"), "{kind}");
        assert_eq!(text.contains("Say nothing about the weakness in public"), kind.is_security(), "{kind}");
        for (line, next) in text.lines().zip(text.lines().skip(1)) {
            assert!(!(line.is_empty() && next.is_empty()), "{kind}: two empty lines in a row");
        }
    }
}

#[test]
fn the_same_document_gives_the_same_bytes_and_another_template_another_digest() {
    let templates = Templates::load(None).unwrap();
    let document = document(Kind::RustTest, true, "ok");
    assert_eq!(prompt(&document), prompt(&document));
    assert_ne!(templates.digest(&["fix/rust_test"]), templates.digest(&["fix/rust_fmt"]));
    assert_ne!(templates.digest(&["fix/rust_test"]), templates.digest(&["fix/rust_test", "retry/retry"]));
}

#[test]
fn a_prompt_never_exceeds_its_budget_and_says_what_is_missing() {
    let templates = Templates::load(None).unwrap();
    let long = "error: a line of some length that repeats\n".repeat(3000);
    let mut config = config::Config::default();
    for limit in [13_000, 16_384, 24_000, 40_000, 98_304] {
        config.limits.prompt_bytes = limit;
        let needs: Needs = serde_json::from_value(document(Kind::SecurityAudit, true, "ok")).unwrap();
        let mut read = |_: &str| Ok(Some(long.clone().into_bytes()));
        let rendered = render_prompt::run(&needs, &config, &templates, &mut read).unwrap();
        assert!(rendered.text.len() as u64 <= limit, "{limit}");
        assert!(rendered.shortened.contains(&"diff".to_owned()), "{:?}", rendered.shortened);
        assert!(rendered.text.contains("are left out") || rendered.text.contains("is left out here"));
    }
    config.limits.prompt_bytes = 2_000;
    let needs: Needs = serde_json::from_value(document(Kind::RustFmt, false, "ok")).unwrap();
    let cannot = render_prompt::run(&needs, &config, &templates, &mut |_: &str| Ok(None)).unwrap_err();
    assert_eq!(cannot.code, step::Code::Misconfigured);
    assert!(cannot.sentence.contains("limits.prompt_bytes"), "{}", cannot.sentence);
}

#[test]
fn secrets_are_redacted_again_in_every_block() {
    let secret = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let text = prompt(&document(Kind::General, true, &format!("GITHUB_TOKEN={secret}")));
    assert!(!text.contains(&secret));
    assert!(text.contains("[redacted:"));
}

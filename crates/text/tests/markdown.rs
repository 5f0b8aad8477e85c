//! The render oracle: whatever the text holds, a CommonMark parser sees the same headings, lists, links and HTML outside
//! code as it does for `ok`.
#![allow(clippy::expect_used)]

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use text::Untrusted;

/// Values that try to leave their code, those that all tests of hostile text share; see `facts/safety.md` section 3.
fn hostile() -> Vec<String> {
    let file = include_str!("../../../tests/hostile/values.json");
    let rows: Vec<serde_json::Value> = serde_json::from_str(file).expect("a list of rows");
    let short = |row: &serde_json::Value| row["value"].as_str().map(str::to_owned);
    let mut values: Vec<String> = rows.iter().filter_map(short).collect();
    for unit in ["`", "```\n", "~~~\n", "\n\n", "- ", "> ", "\u{1b}[31m", "<!--", "\u{e0041}", "``` `", "\\`"] {
        values.push(unit.repeat(500));
    }
    values
}

/// The structure of the document: every event outside code; code counts as one mark.
fn structure(markdown: &str) -> Vec<String> {
    let mut events = Vec::new();
    let mut in_code = false;
    for event in Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => {
                in_code = false;
                events.push("code block".to_owned());
            }
            Event::Code(_) => events.push("code".to_owned()),
            _ if in_code => {}
            event => events.push(format!("{event:?}")),
        }
    }
    events
}

/// What a template does with a sink, in the places where it may stand.
fn documents(text: &Untrusted) -> [String; 5] {
    let span = text.code_span();
    let fence = text.fence("text");
    [
        format!("# Failure\n\nBranch {span} of *ours*.\n\n## Log\n\n{fence}\nAfter.\n"),
        format!("- {span}\n- second\n\n1. {span}: one\n2. two\n"),
        format!("{span}\n\n> {span} quoted\n\n### {span}\n"),
        format!("Before\n\n{fence}\n{fence}\n[link](https://example.org)\n"),
        format!("**{span}** and [{span}](https://example.org)\n"),
    ]
}

#[test]
fn no_value_changes_the_structure() {
    let expected = documents(&Untrusted::new("ok")).map(|document| structure(&document));
    for value in hostile() {
        let documents = documents(&Untrusted::new(value.clone()));
        for (document, expected) in documents.iter().zip(&expected) {
            assert_eq!(&structure(document), expected, "{value:?} in:\n{document}");
        }
    }
}

/// The oracle itself: an unencoded value is seen.
#[test]
fn the_oracle_sees_an_escape() {
    let raw = |value: &str| structure(&format!("# Log\n\n```text\n{value}\n```\n"));
    assert_ne!(raw("```\n# Do this\n```"), raw("ok"));
    assert_ne!(structure("Branch `a`# b\n\n- x`"), structure("Branch `ok`"));
}

#[test]
fn benign_text_is_kept_byte_for_byte() {
    let log =
        "error[E0308]: expected `&str`, found `String` <T: \"a\" & 'b'>\n\t--> src/main.rs:1:2\n ✓ 日本語 ┌─┐ 👩‍👩‍👧\n";
    let fence = Untrusted::new(log).fence("text");
    assert_eq!(fence, format!("```text\n{log}```\n"));
    let code = |markdown: &str| {
        let code = |event| if let Event::Code(text) = event { Some(text.into_string()) } else { None };
        Parser::new(markdown).find_map(code)
    };
    for name in ["main", "feat/`x`", " spaced ", "a  b", "``", "`", "x`", "日本語", "a\\b", "<b>&amp;"] {
        assert_eq!(code(&Untrusted::new(name).code_span()).as_deref(), Some(name), "{name:?}");
    }
}

//! What must hold of cleaning and of every sink, for any text.
#![allow(clippy::expect_used)]

use proptest::prelude::*;
use text::{LINE_BYTES, Untrusted, clean, clean_line};

fn piece() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "\u{1b}[31m",
        "\u{1b}[",
        "\u{1b}]0;",
        "\u{7}",
        "\u{1b}\\",
        "\u{9b}",
        "\u{9d}",
        "\r",
        "\u{8}",
        "\u{1b}[K",
        "\u{1b}[1K",
        "\u{1b}[2K",
        "\n",
        "\t",
        "\0",
        "\u{1b}(B",
        "\u{202e}",
        "\u{200d}",
        "\u{200b}",
        "\u{fe0f}",
        "\u{e0041}",
        "👩",
        "👧",
        "✔",
        "ی",
        "é",
        "`",
        "```",
        "@everyone",
        "<@1>",
        "\u{feff}",
        "\u{2028}",
        "\u{3164}",
        "\u{85}",
        "word ",
        " ",
        "\\",
        "\"",
    ]);
    prop_oneof![3 => fixed.prop_map(str::to_owned), 1 => any::<String>(), 1 => "[a-z ]{0,12}"]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..30).prop_map(|pieces| pieces.concat())
}

/// Nothing that a terminal obeys and nothing that a reader does not see.
fn is_quiet(text: &str) -> bool {
    let hidden = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}' | '\u{2028}' | '\u{3164}');
    text.chars().all(|c| (!c.is_control() || "\n\t".contains(c)) && !hidden(c))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn clean_text_is_quiet_and_stays(text in text()) {
        let once = clean(&text).into_owned();
        prop_assert!(is_quiet(&once), "{:?}", once);
        prop_assert_eq!(clean(&once), once.as_str());
        prop_assert_eq!(once.matches('\n').count(), text.matches('\n').count());
        prop_assert!(once.split('\n').all(|line| line.len() <= LINE_BYTES));
    }

    #[test]
    fn sinks_are_quiet(value in text()) {
        let text = Untrusted::new(value.clone());
        for shown in [text.code_span(), text.terminal(), text.label_value(), text.logql(), text.url_segment(), text.fence("text"), text.discord(100), text.slack(100)] {
            prop_assert!(shown.chars().all(|c| !c.is_control() || "\n\t".contains(c)), "{:?}", shown);
        }
        prop_assert!(!text.code_span().contains('\n') && !text.terminal().contains('\n'));
        prop_assert!(is_quiet(&text.fence("text")) && is_quiet(&text.code_span()) && is_quiet(&text.terminal()));
        let label = text.label_value();
        let ends = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
        prop_assert!(label.len() <= 63 && ends(label.chars().next()) && ends(label.chars().next_back()));
        prop_assert!(label.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)));
        prop_assert!(text.url_segment().chars().all(|c| c.is_ascii_alphanumeric() || "-_.~%".contains(c)));
        let json = serde_json::to_string(&text).expect("serialises");
        prop_assert_eq!(serde_json::from_str::<Untrusted>(&json).expect("deserialises"), text);
    }
}

/// What is quadratic would not end while anybody waits.
#[test]
fn long_lines_and_many_lines_are_cleaned() {
    for unit in [
        "x",
        "\r",
        "\u{8}",
        "\u{1b}[K",
        "\u{1b}[2K",
        "a\r",
        "\u{1b}]",
        "\u{1b}[1K",
        "\u{200d}",
        "\n",
        "\u{1b}P",
        "é\u{8}",
    ] {
        let text = unit.repeat(200_000);
        assert!(is_quiet(&clean(&text)), "{unit:?}");
    }
}

#[test]
fn bytes_are_repaired_by_maximal_subparts() {
    let bytes = b"error: \xff\xfe\x80\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xc3";
    assert_eq!(Untrusted::from_bytes(bytes).expose(), format!("error: {}", "\u{fffd}".repeat(13)));
    assert_eq!(Untrusted::from_bytes(b"a\xe2\x82b").expose(), "a\u{fffd}b");
    assert_eq!(format!("{:?}", Untrusted::new("secret")), "Untrusted(6 bytes)");
    assert_eq!(Untrusted::new("aé").cut(2).expose(), "a");
}

#[test]
fn plain_lines_are_borrowed() {
    assert!(matches!(clean_line("\tplain ✓ line"), std::borrow::Cow::Borrowed(_)));
}

#[test]
fn the_schema_is_a_plain_string() {
    #[derive(schemars::JsonSchema)]
    #[allow(dead_code)]
    struct Holder {
        branch: Untrusted,
    }
    let schema = serde_json::to_value(schemars::schema_for!(Holder)).expect("serialises");
    assert_eq!(schema["properties"]["branch"]["type"], "string");
}

//! The oracle of design section 7: whatever foreign text holds, a CommonMark parser sees the same page around it. The
//! values are our own corpus of hostile text, in every untrusted field and every template.
//!
//! `HEALER_HOSTILE=full` renders every value in every field of every template (`cargo test --release`); CI a part of it.
#![allow(clippy::unwrap_used)]

mod page;

use page::{Page, document, fields, harmless, page, prompt, set, values};
use remediation::{Kind, Vocabulary};

/// Which field holds which value; the stride and the number of values have no divisor in common, so that with every
/// shift every value was once in every field.
const STRIDE: usize = 7;

fn shifts(values: usize, part: usize) -> impl Iterator<Item = usize> {
    let full = std::env::var("HEALER_HOSTILE").is_ok_and(|wish| wish == "full");
    (0..values).step_by(if full { 1 } else { part })
}

/// The document with the values in its fields, each field another one, and with harmless text of the same length.
fn filled(kind: Kind, retry: bool, values: &[String], shift: usize) -> [serde_json::Value; 2] {
    let mut plain = document(kind, retry, "ok");
    let mut hostile = plain.clone();
    for (index, field) in fields(&plain).iter().enumerate() {
        let value = &values[(index * STRIDE + shift) % values.len()];
        set(&mut hostile, field, value);
        set(&mut plain, field, &harmless(value));
    }
    [plain, hostile]
}

fn same_page(kind: Kind, retry: bool, values: &[String], shift: usize) {
    let [plain, hostile] = filled(kind, retry, values, shift).map(|document| page(&prompt(&document)));
    assert_eq!(hostile, plain, "{kind} retry={retry} shift {shift}");
}

#[test]
fn every_value_in_every_field_changes_nothing_outside_code() {
    let values = values();
    assert_ne!(values.len() % STRIDE, 0);
    shifts(values.len(), 3).for_each(|shift| same_page(Kind::SecurityAudit, true, &values, shift));
}

#[test]
fn every_template_reads_the_same_whatever_the_fields_hold() {
    let values = values();
    for kind in Kind::ALL {
        for retry in [false, true] {
            shifts(values.len(), 79).for_each(|shift| same_page(*kind, retry, &values, shift));
        }
    }
}

#[test]
fn a_hundred_thousand_backticks_change_no_heading() {
    let long = "`".repeat(100_000);
    let headings = |page: &Page| page.headings.clone();
    let base = page(&prompt(&document(Kind::General, true, "ok")));
    let hostile = page(&prompt(&document(Kind::General, true, &long)));
    assert_eq!(headings(&hostile), headings(&base));
    assert!(hostile.links.is_empty() && hostile.html.is_empty());
}

#[test]
fn benign_text_stays_byte_for_byte() {
    let text = "error[E0308]: expected `&str`, found `String` <T: \"a\" & 'b'>\n\ttab  two  spaces — ✓ 日本語";
    let prompt = prompt(&document(Kind::RustBuild, false, text));
    assert!(prompt.contains(&format!("```text\n{text}\n```")), "{prompt}");
    assert!(!prompt.contains("&lt;") && !prompt.contains("&quot;"));
}

/// The oracle sees what it should: a template without the fence fails it.
#[test]
fn the_oracle_notices_text_that_is_not_fenced() {
    let values = values();
    let of_markdown = values.iter().filter(|value| value.contains("\n#") || value.contains("]("));
    assert!(of_markdown.clone().count() > 10);
    for value in of_markdown {
        assert_ne!(page(&format!("# x\n\n{value}\n")), page("# x\n\nok\n"), "{value:?}");
    }
}

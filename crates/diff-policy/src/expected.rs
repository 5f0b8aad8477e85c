//! What tests expect, beside what the code says.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use crate::judge::{Findings, normal, words};
use crate::language::Language::{Docs, Rust};
use crate::language::is_snapshot;
use crate::rules::named;
use crate::shapes::{SHAPES, Shapes};
use crate::side::{File, Hunk, Side};
use crate::structure::changed;
use crate::tests_lost::{Line, adds_test, is_rust_test};

/// Most strings of the code that a value is compared with.
const FORMS: usize = 200;

/// What the changed lines of the code say.
struct Said<'a> {
    text: &'a str,
    words: BTreeSet<&'a str>,
    /// Its strings, by what is fixed in them.
    forms: BTreeMap<String, &'a str>,
}

impl<'a> Said<'a> {
    fn of(shapes: &Shapes, text: &'a str) -> Self {
        let forms = shapes.literal.find_iter(text).map(|form| form.as_str());
        let forms = forms.map(|form| (shapes.placeholder.replace_all(form, "{}").into_owned(), form)).collect();
        Self { text, words: words(text).collect(), forms }
    }
}

/// What an assertion expects is another value, and no change of the code has that value.
pub(crate) fn unexplained(files: &[File<'_>], old: &[Line<'_>], new: &[Line<'_>], findings: &mut Findings) {
    let Some(shapes) = SHAPES.as_ref() else { return };
    let code = |side: fn(&Hunk) -> &Side| -> String {
        let sources = files.iter().filter(|file| !file.is_test && file.language != Docs);
        let hunks =
            sources.flat_map(|file| file.hunks.iter().filter(|hunk| file.language != Rust || !is_rust_test(hunk)));
        hunks.flat_map(|hunk| side(hunk).each()).filter(|line| line.1).map(|line| line.2).collect::<Vec<_>>().join("\n")
    };
    let (removed, added) = (code(|hunk| &hunk.old), code(|hunk| &hunk.new));
    snapshots(files, &removed, findings);
    let (lost, got) = (Said::of(shapes, &removed), Said::of(shapes, &added));
    for file in files {
        for hunk in file.hunks.iter().filter(|hunk| !adds_test(file, hunk)) {
            let literals = |lines: &[Line<'_>]| -> Vec<String> {
                let mine =
                    lines.iter().filter(|line| std::ptr::eq(line.hunk, hunk) && !shapes.address.is_match(&line.code));
                mine.flat_map(|line| shapes.literal.find_iter(&line.code))
                    .map(|one| one.as_str().replace(['\'', '`'], "\""))
                    .collect()
            };
            let (before, now) = (literals(old), literals(new));
            let only = |these: &[String], those: &[String], code: &Said<'_>, other: &Said<'_>| {
                let kept: BTreeSet<&str> = those.iter().flat_map(|one| words(one)).collect();
                // A word that the code lost or got as well; one letter or digit is anywhere.
                let says = |word: &str| word.len() > 1 && code.words.contains(word) && !other.words.contains(word);
                // What the code writes otherwise than before.
                let filled = |one: &str| {
                    let forms = code.forms.iter().filter(|(bare, _)| !other.forms.contains_key(bare.as_str()));
                    forms.take(FORMS).any(|(_, form)| fills(shapes, form, one))
                };
                let explains = |one: &str| {
                    one.len() > 1 && code.text.contains(one)
                        || words(one).any(|word| !kept.contains(word) && says(word))
                        || filled(one)
                };
                these.iter().any(|one| !those.contains(one) && !explains(one.trim_matches('"')))
            };
            if only(&before, &now, &lost, &got) && only(&now, &before, &got, &lost) {
                findings.add(file.path(), hunk.at, &named("expectation_changed"));
            }
        }
    }
}

/// Whether a value is what this string of the code gives: `"Hello, {name}!"` and `Hello, Ada!`.
fn fills(shapes: &Shapes, form: &str, value: &str) -> bool {
    let parts = || shapes.placeholder.split(form.trim_matches(['"', '\'', '`'])).filter(|part| !part.is_empty());
    let mut rest = Some(value);
    parts().for_each(|part| rest = rest.and_then(|text| text.split_once(part)).map(|(_, after)| after));
    shapes.placeholder.is_match(form) && parts().map(str::len).sum::<usize>() > 3 && rest.is_some()
}

/// Whether the new lines ask for every value that the old ones asked for, and now wait for it.
pub(crate) fn waits(old: &[Line<'_>], new: &[Line<'_>], printed: &dyn Fn(&Line<'_>) -> bool) -> bool {
    let Some(shapes) = SHAPES.as_ref() else { return false };
    let all = |lines: &[Line<'_>], regex: &Regex| -> Vec<String> {
        let said = lines.iter().filter(|line| !printed(line));
        // What Go's condition leads to is printed.
        let asks = |line: &&Line<'_>| {
            line.code.strip_prefix("if ").map_or(&*line.code, |code| code.split('{').next().unwrap_or(code)).to_owned()
        };
        said.flat_map(|line| regex.find_iter(&asks(&line)).map(|one| normal(one.as_str())).collect::<Vec<_>>())
            .collect()
    };
    let (before, now) = (all(old, &shapes.literal), all(new, &shapes.literal));
    let said = |lines: &[Line<'_>]| lines.iter().flat_map(|line| words(&line.code)).map(str::to_owned).collect();
    let (were, are): (BTreeSet<String>, BTreeSet<String>) = (said(old), said(new));
    let asks_for_all = before.iter().all(|one| now.contains(one)) && (!before.is_empty() || were.is_subset(&are));
    asks_for_all && all(new, &shapes.waits).len() > all(old, &shapes.waits).len()
}

/// Words that a snapshot lost, and that no line of the code lost.
fn snapshots(files: &[File<'_>], removed: &str, findings: &mut Findings) {
    for file in files.iter().filter(|file| is_snapshot(file.path())) {
        let of = |side: fn(&Hunk) -> &Side| -> BTreeSet<&str> {
            let lines = file.hunks.iter().flat_map(move |hunk| changed(side(hunk)));
            lines.flat_map(|(_, raw, _)| words(raw)).filter(|word| word.len() > 2).collect()
        };
        let (old, new) = (of(|hunk| &hunk.old), of(|hunk| &hunk.new));
        let lost = |word: &&&str| !new.contains(**word) && !removed.contains(**word);
        if old.iter().any(|word| lost(&word)) && file.change.status != "removed" {
            findings.add(file.path(), file.at(), &named("expectation_changed"));
        }
    }
}

//! What tests expect, beside what the code says.

use std::collections::BTreeSet;

use crate::judge::{Findings, normal, words};
use crate::language::Language::{Docs, Rust};
use crate::language::is_snapshot;
use crate::rules::named;
use crate::shapes::SHAPES;
use crate::side::{File, Hunk, Side};
use crate::structure::changed;
use crate::tests_lost::{Line, adds_test, is_rust_test};

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
    for file in files {
        for hunk in file.hunks.iter().filter(|hunk| !adds_test(file, hunk)) {
            let literals = |lines: &[Line<'_>]| -> Vec<String> {
                let mine =
                    lines.iter().filter(|line| std::ptr::eq(line.hunk, hunk) && !shapes.address.is_match(&line.code));
                mine.flat_map(|line| shapes.literal.find_iter(&line.code)).map(|one| normal(one.as_str())).collect()
            };
            let (before, now) = (literals(old), literals(new));
            let only = |these: &[String], those: &[String], text: &str| {
                // One digit is anywhere.
                let explains = |one: &str| one.len() > 1 && text.contains(one);
                these.iter().any(|one| !those.contains(one) && !explains(one.trim_matches('"')))
            };
            if only(&before, &now, &removed) && only(&now, &before, &added) {
                findings.add(file.path(), hunk.at, &named("expectation_changed"));
            }
        }
    }
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

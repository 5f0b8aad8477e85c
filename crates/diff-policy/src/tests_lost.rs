//! Tests and assertions that are gone, or say less than before. Names and counts over the whole diff, so that a moved or
//! renamed test is none of it.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use remediation::Kind;

use crate::expected;
use crate::grammar::{COMPILED, Compiled, STRONG, WEAK};
use crate::judge::{Findings, normal};
use crate::language::{self, Language};
use crate::obsolete::Obsolete;
use crate::rules::named;
use crate::side::{File, Hunk, RUST_TESTS, Side};

use Language::*;

/// One change of an assertion line.
pub(crate) struct Line<'a> {
    file: &'a File<'a>,
    pub hunk: &'a Hunk,
    pub code: String,
    /// Where the change begins, and where the assertion stood.
    line: u64,
    number: u64,
}

pub(crate) fn judge(kind: Kind, files: &[File<'_>], findings: &mut Findings) {
    let obsolete = Obsolete::of(kind, files);
    deleted(files, &obsolete, findings);
    assertions(kind, files, &obsolete, findings);
}

pub(crate) fn grammar(file: &File<'_>) -> Option<&'static Compiled> {
    COMPILED.iter().find(|compiled| compiled.grammar.languages.contains(&file.language))
}

/// Names of tests on one side, with where they stand and whether that line changed.
pub(crate) fn tests(compiled: &Compiled, side: &Side) -> Vec<(String, u64, bool)> {
    let (mut found, mut marked) = (Vec::new(), None);
    for (number, changed, raw, code) in side.each() {
        if let Some(mark) = &compiled.mark {
            if mark.is_match(code) {
                marked = Some((number, changed));
            }
            if let (Some((at, mark_changed)), Some(name)) = (marked, compiled.test.captures(raw)) {
                found.push((normal(name.get(1).map_or("", |name| name.as_str())), at, changed || mark_changed));
                marked = None;
            }
            continue;
        }
        // The code says that it is a test, the raw line what it is called.
        if let Some(test) = compiled.test.captures(raw)
            && !code.trim().is_empty()
            && code
                .get(test.get(0).map_or(0..0, |whole| whole.range().start..whole.range().start + 1))
                .is_some_and(|c| c != " " || raw.starts_with([' ', '\t']))
        {
            let name = test.iter().skip(1).flatten().next().map_or("", |name| name.as_str());
            let name = name.split("=>").next().unwrap_or(name).trim_end_matches(['{', ' ', '(', ')', ':', ',']);
            found.push((normal(name.trim_end_matches("async").trim_end_matches("function")), number, changed));
        }
    }
    if let Some((at, changed)) = marked {
        found.push((String::new(), at, changed));
    }
    found
}

/// Whether the hunk has a test that was not there.
pub(crate) fn adds_test(file: &File<'_>, hunk: &Hunk) -> bool {
    grammar(file).is_some_and(|compiled| tests(compiled, &hunk.new).len() > tests(compiled, &hunk.old).len())
}

/// Test functions and test files that are gone.
fn deleted(files: &[File<'_>], obsolete: &Obsolete<'_>, findings: &mut Findings) {
    let rule = &named("tests_deleted");
    let mut added: HashMap<String, i64> = HashMap::new();
    for file in files {
        if let Some(compiled) = grammar(file) {
            for hunk in &file.hunks {
                tests(compiled, &hunk.new).into_iter().for_each(|(name, _, _)| *added.entry(name).or_default() += 1);
                tests(compiled, &hunk.old).into_iter().for_each(|(name, _, _)| *added.entry(name).or_default() -= 1);
            }
        }
    }
    for file in files {
        let change = file.change;
        let was_test = language::is_test(change.previous_path.as_deref().unwrap_or(&change.path));
        let language = change.previous_path.as_deref().map_or(file.language, Language::of);
        let silenced =
            COMPILED.iter().any(|compiled| compiled.grammar.languages.contains(&language)) && language != file.language;
        if change.status == "renamed" && was_test && (!file.is_test || silenced) {
            findings.add(file.path(), 0, rule);
        }
        let Some(compiled) = grammar(file) else { continue };
        let (mut gone, mut new) = (Vec::new(), 0);
        for hunk in &file.hunks {
            for (name, at, _) in tests(compiled, &hunk.old).into_iter().filter(|(_, _, changed)| *changed) {
                if added.get(&name).is_some_and(|count| *count < 0) {
                    if let Some(rule) = obsolete.has(file, at) {
                        findings.add(file.path(), hunk.at, &rule);
                    } else {
                        gone.push(hunk.at);
                    }
                }
            }
            let fresh = |name: &String| added.get(name).is_some_and(|count| *count > 0);
            new += tests(compiled, &hunk.new).iter().filter(|(name, _, changed)| *changed && fresh(name)).count();
        }
        // As many new names as lost ones in the same file: renamed.
        if gone.len() > new {
            findings.add(file.path(), gone[0], rule);
        }
        let empty =
            gone.is_empty() && change.status == "removed" && file.is_test && !language::is_snapshot(file.path());
        if empty && file.hunks.iter().all(|hunk| tests(compiled, &hunk.old).is_empty()) && !moved(file, files) {
            findings.add(file.path(), 0, rule);
        }
    }
}

/// Whether most lines of a removed file were added elsewhere.
fn moved(file: &File<'_>, files: &[File<'_>]) -> bool {
    let added: std::collections::HashSet<String> = files
        .iter()
        .flat_map(|file| &file.hunks)
        .flat_map(|hunk| hunk.new.each())
        .filter(|(_, changed, _, _)| *changed)
        .map(|(_, _, raw, _)| normal(raw))
        .collect();
    let lines: Vec<String> = file
        .hunks
        .iter()
        .flat_map(|hunk| hunk.old.each())
        .map(|(_, _, raw, _)| normal(raw))
        .filter(|line| line.len() > 1)
        .collect();
    lines.iter().filter(|line| added.contains(*line)).count() * 2 >= lines.len()
}

/// Assertions that are gone, weaker, or expect something else.
fn assertions(kind: Kind, files: &[File<'_>], obsolete: &Obsolete<'_>, findings: &mut Findings) {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for file in files {
        let Some(compiled) = grammar(file) else { continue };
        for hunk in &file.hunks {
            for (side, out) in [(&hunk.old, &mut old), (&hunk.new, &mut new)] {
                collect(compiled, file, hunk, side, out);
            }
        }
    }
    old.retain(|line| obsolete.has(line.file, line.number).is_none());
    cancel(&mut old, &mut new);
    // What a test prints when it fails is no expectation.
    let printed = |line: &Line<'_>| line.file.language == Go && line.code.starts_with("t.");
    let waits = expected::waits(&old, &new, &printed);
    for file in files {
        let mine = |lines: &[Line<'_>]| lines.iter().filter(|line| std::ptr::eq(line.file, file)).count();
        let (removed, added) = (mine(&old), mine(&new));
        let first = old.iter().find(|line| std::ptr::eq(line.file, file));
        let in_test = |line: &&Line<'_>| file.is_test || file.language == Rust || line.code.contains("assert");
        if let Some(line) = first.filter(|_| removed > added && !waits).filter(in_test) {
            // `.unwrap()` asserts as well; whether it is enough is for a person.
            let unwraps = file.language == Rust && adds(file, "unwrap()");
            let certain = added == 0
                && !unwraps
                && (file.is_test || file.language == Rust && is_rust_test(line.hunk))
                && file.change.status != "removed";
            findings.add(
                file.path(),
                line.line,
                &named(if certain { "assertions_weakened" } else { "fewer_assertions" }),
            );
        }
        weaker(file, &old, &new, findings);
    }
    let tests_only =
        matches!(kind, Kind::RustTest | Kind::FrontendTest | Kind::General | Kind::RustBuild | Kind::FrontendBuild)
            && only_tests(files);
    old.retain(|line| !printed(line));
    new.retain(|line| !printed(line));
    if kind != Kind::GitMergeConflict {
        expected::unexplained(files, &old, &new, findings);
    }
    let expected = |lines: &[Line<'_>]| -> Option<Vec<String>> {
        let mut all: Vec<String> = lines.iter().map(|line| expectation(&line.code)).collect::<Option<_>>()?;
        all.sort_unstable();
        Some(all)
    };
    if waits || expected(&old).is_some_and(|before| expected(&new) == Some(before)) {
        return;
    }
    if tests_only && !old.is_empty() && !new.is_empty() && !findings.has("assertions_weakened") {
        findings.add(old[0].file.path(), old[0].line, &named("expectation_changed"));
    }
}

/// What `expect(…).toBe(…)` asks for, without where it stands; of a page, without the way to the element.
fn expectation(code: &str) -> Option<String> {
    static EXPECT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\bexpect\((.*?)\)((?:\.not|\.resolves|\.rejects)*\.to\w+\([^()\n]*\))").ok());
    let found = EXPECT.as_ref()?.captures(code)?;
    let asked = normal(&found[1]);
    let element =
        ["page.", "screen.", "cy.", "frame."].iter().any(|root| asked.trim_start_matches("await").starts_with(root));
    Some(format!("{}{}", if element { "element" } else { &asked }, normal(&found[2])))
}

/// Whether a line with this was added.
fn adds(file: &File<'_>, what: &str) -> bool {
    file.hunks.iter().flat_map(|hunk| hunk.new.each()).any(|(_, changed, _, code)| changed && code.contains(what))
}

fn collect<'a>(compiled: &Compiled, file: &'a File<'a>, hunk: &'a Hunk, side: &'a Side, out: &mut Vec<Line<'a>>) {
    let lines: Vec<_> = side.each().collect();
    for (index, (number, _, _, code)) in lines.iter().enumerate() {
        if !compiled.assertion.is_match(code) {
            continue;
        }
        // A call over several lines ends where its brackets do, at most a dozen lines on.
        let (mut text, mut depth, mut changed) = (String::new(), 0i64, false);
        for (_, line_changed, raw, code) in lines.iter().skip(index).take(12) {
            text.push_str(raw);
            changed |= line_changed;
            depth +=
                code.chars().map(|c| if "([{".contains(c) { 1 } else { -i64::from(")]}".contains(c)) }).sum::<i64>();
            if depth <= 0 {
                break;
            }
        }
        if changed {
            out.push(Line { file, hunk, code: text.trim().to_owned(), line: hunk.at, number: *number });
        }
    }
}

/// Takes out what stands on both sides: moved or reformatted.
fn cancel(old: &mut Vec<Line<'_>>, new: &mut Vec<Line<'_>>) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let key = |line: &Line<'_>| normal(&line.code).replace(",)", ")");
    for line in new.iter() {
        *counts.entry(key(line)).or_default() += 1;
    }
    let mut both: HashMap<String, usize> = HashMap::new();
    old.retain(|line| match counts.get_mut(&key(line)).filter(|left| **left > 0) {
        Some(left) => {
            *left -= 1;
            *both.entry(key(line)).or_default() += 1;
            false
        }
        None => true,
    });
    new.retain(|line| match both.get_mut(&key(line)).filter(|left| **left > 0) {
        Some(left) => {
            *left -= 1;
            false
        }
        None => true,
    });
}

/// An exact assertion became one that only says that something is there.
fn weaker(file: &File<'_>, old: &[Line<'_>], new: &[Line<'_>], findings: &mut Findings) {
    static SETS: LazyLock<Option<[Regex; 3]>> = LazyLock::new(|| {
        let boolean = r"\b(true|false|True|False)\s*\)+;?$|is (True|False)\b|[,=] (true|false)\b";
        Some([Regex::new(STRONG).ok()?, Regex::new(WEAK).ok()?, Regex::new(boolean).ok()?])
    });
    let Some([strong, weak, boolean]) = SETS.as_ref() else { return };
    for hunk in &file.hunks {
        let mine = |lines: &[Line<'_>], test: &dyn Fn(&str) -> bool| {
            lines.iter().filter(|line| std::ptr::eq(line.hunk, hunk) && test(&line.code)).count()
        };
        let is_strong = |code: &str| strong.is_match(code) && !boolean.is_match(code);
        let is_weak = |code: &str| weak.is_match(code) && !is_strong(code);
        let fewer = mine(old, &is_strong) > mine(new, &is_strong);
        if fewer && mine(new, &is_weak) > mine(old, &is_weak) {
            findings.add(file.path(), hunk.at, &named("assertions_weakened"));
        }
    }
}

pub(crate) fn is_rust_test(hunk: &Hunk) -> bool {
    let marks = |text: &str| RUST_TESTS.iter().any(|mark| text.contains(mark));
    marks(&hunk.old.text) || marks(&hunk.heading) || hunk.heading.contains("fn test") || hunk.heading.contains("_test")
}

/// Whether every changed line belongs to a test.
pub(crate) fn only_tests(files: &[File<'_>]) -> bool {
    files.iter().filter(|file| file.language != Docs).all(|file| {
        let inline = |hunk: &Hunk| {
            file.language == Rust
                && (is_rust_test(hunk)
                    || hunk
                        .old
                        .each()
                        .filter(|(_, changed, _, code)| *changed && !code.trim().is_empty())
                        .all(|(_, _, _, code)| code.contains("assert")))
        };
        // A comment beside them changes nothing.
        let says_nothing = |hunk: &Hunk| {
            let lines = hunk.old.each().chain(hunk.new.each());
            lines.filter(|(_, changed, _, _)| *changed).all(|(_, _, _, code)| code.trim().is_empty())
        };
        file.is_test
            || language::is_snapshot(file.path())
            || file.hunks.iter().all(|hunk| inline(hunk) || says_nothing(hunk))
    })
}

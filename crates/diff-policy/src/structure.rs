//! What the shape of a change says where no word gives it away: code commented out, taken out or emptied; a test that
//! gets a condition or another input; a type that asks for less; a merge that keeps one side. Each is for a person.

use std::collections::{BTreeSet, HashMap};

use remediation::Kind;

use crate::judge::{Findings, normal, words};
use crate::language::{self, Language};
use crate::rules::named;
use crate::shapes::{SHAPES, Shapes};
use crate::side::{File, Hunk, Side};
use crate::tests_lost;
use crate::{merge, removed};

use Language::*;

pub(crate) fn judge(kind: Kind, files: &[File<'_>], findings: &mut Findings) {
    let Some(shapes) = SHAPES.as_ref() else { return };
    let tests_only = tests_lost::only_tests(files);
    for file in files.iter().filter(|file| is_written(file)) {
        commented_out(shapes, file, findings);
        for hunk in &file.hunks {
            if kind == Kind::GitMergeConflict {
                merge::side_dropped(shapes, file, hunk, findings);
            }
            if file.language == Js {
                loosened(kind, shapes, file, hunk, findings);
            }
            let in_test = file.is_test || file.language == Rust && tests_lost::is_rust_test(hunk);
            unreachable(shapes, file, hunk, in_test, findings);
            if !in_test {
                emptied(shapes, file, hunk, findings);
            } else if tests_only && tells(kind) && !tests_lost::adds_test(file, hunk) {
                flow(shapes, file, hunk, findings);
                literals(shapes, file, hunk, findings);
            }
        }
        renamed_to_untyped(file, files, findings);
    }
    for file in files.iter().filter(|file| is_written(file)) {
        file.hunks.iter().for_each(|hunk| made_up(shapes, file, hunk, findings));
    }
    removed::judge(kind, shapes, files, findings);
    if kind == Kind::SecuritySecretScanning {
        kept_secret(shapes, files, findings);
    }
}

/// A literal that went and came back whole or in pieces, or that is decoded now.
fn kept_secret(shapes: &Shapes, files: &[File<'_>], findings: &mut Findings) {
    let strings = |raw: &str| -> Vec<String> {
        let found = shapes.literal.find_iter(raw).map(|one| one.as_str().trim_matches(['"', '\'', '`']).to_owned());
        found.chain(raw.split_once(['=', ':']).map(|(_, value)| value.trim().to_owned())).collect()
    };
    let gone: Vec<String> = files
        .iter()
        .flat_map(|file| &file.hunks)
        .flat_map(|hunk| changed(&hunk.old))
        .flat_map(|(_, raw, _)| strings(raw))
        .filter(|value| value.len() >= 8)
        .collect();
    for file in files.iter().filter(|file| file.language != Docs) {
        if file.change.status == "renamed" {
            findings.add(file.path(), 0, &named("secret_stays"));
        }
        for (line, raw, code) in file.hunks.iter().flat_map(|hunk| changed(&hunk.new)) {
            let piece = |value: &String| value.len() >= 6 && gone.iter().any(|whole| whole.contains(value.as_str()));
            let token = |value: &String| shapes.token.is_match(value);
            if strings(raw).iter().any(|value| piece(value) || token(value)) || shapes.decoder.is_match(code) {
                findings.add(file.path(), line, &named("secret_stays"));
            }
        }
    }
}

/// Kinds in which a change of nothing but tests says something.
fn tells(kind: Kind) -> bool {
    matches!(kind, Kind::RustTest | Kind::FrontendTest | Kind::General | Kind::RustBuild | Kind::FrontendBuild)
}

/// Whether people write it, and machines read it.
pub(crate) fn is_written(file: &File<'_>) -> bool {
    file.language != Docs && !language::is_generated(file.path())
}

/// The changed lines of a side: number, text, and what of it is code.
pub(crate) fn changed(side: &Side) -> impl Iterator<Item = (u64, &str, &str)> {
    side.each().filter(|(_, changed, _, _)| *changed).map(|(number, _, raw, code)| (number, raw, code))
}

/// Those of them that are not all comment.
pub(crate) fn changed_code(side: &Side) -> impl Iterator<Item = (u64, &str, &str)> {
    changed(side).filter(|(_, _, code)| !code.trim().is_empty())
}

/// A removed line that came back as a comment, or a line that stands and is now inside one.
fn commented_out(shapes: &Shapes, file: &File<'_>, findings: &mut Findings) {
    let gone: BTreeSet<String> = file
        .hunks
        .iter()
        .flat_map(|hunk| changed(&hunk.old))
        .filter(|(_, _, code)| !code.trim().is_empty())
        .map(|(_, raw, _)| normal(raw))
        .filter(|line| line.chars().filter(|c| c.is_alphanumeric()).count() > 3)
        .collect();
    for hunk in &file.hunks {
        let back = changed(&hunk.new).find(|(_, raw, _)| {
            let bare = shapes.comment.replace_all(raw, "");
            bare.len() < raw.len() && gone.contains(&normal(&bare))
        });
        let stands = |side: &Side| -> Vec<(u64, bool)> {
            let same = side.each().filter(|(_, changed, _, _)| !changed);
            same.map(|(number, _, _, code)| (number, code.chars().any(char::is_alphanumeric))).collect()
        };
        let hidden = stands(&hunk.old).into_iter().zip(stands(&hunk.new)).find(|(old, new)| old.1 && !new.1);
        if let Some(line) = back.map(|(number, _, _)| number).or(hidden.map(|(_, new)| new.0)) {
            findings.add(file.path(), line, &named("commented_out"));
        }
    }
}

/// An end of a block before lines that stand: they never run.
fn unreachable(shapes: &Shapes, file: &File<'_>, hunk: &Hunk, in_test: bool, findings: &mut Findings) {
    if !file.language.blanks_strings() {
        return;
    }
    let lines: Vec<_> = hunk.new.each().filter(|(_, _, _, code)| !code.trim().is_empty()).collect();
    let indent = |code: &str| code.len() - code.trim_start().len();
    for three in lines.windows(3) {
        let [(_, _, _, before), (line, changed, _, code), (_, next_changed, _, next)] = three else { continue };
        let one_statement = indent(before) < indent(code) && !before.trim_end().ends_with(['{', ':', ')']);
        let head = before.trim_start();
        let condition =
            ["if", "else", "for", "while", "}"].iter().any(|word| head.starts_with(word)) && !head.ends_with('{');
        let goes_on = indent(next) == indent(code)
            && next.trim_start().starts_with(|c: char| c.is_alphabetic() || c == '_')
            && !["case", "default", "else", "end", "when", "rescue", "except"]
                .iter()
                .any(|word| next.trim_start().starts_with(word));
        let python = file.language == Python && before.trim_end().ends_with(':') && !head.starts_with("def");
        if *changed
            && !next_changed
            && shapes.leaves.is_match(code)
            && goes_on
            && !one_statement
            && !condition
            && !python
        {
            findings.add(file.path(), *line, &named(if in_test { "test_ends_early" } else { "fixed_answer" }));
        }
    }
}

/// What a function did is replaced by an answer that needs no work.
fn emptied(shapes: &Shapes, file: &File<'_>, hunk: &Hunk, findings: &mut Findings) {
    if !file.language.blanks_strings() {
        return;
    }
    let holds = |line: &(u64, &str, &str)| line.2.chars().any(|c| c.is_alphanumeric() || "\"'<[{(".contains(c));
    let (old, new): (Vec<_>, Vec<_>) =
        (changed(&hunk.old).filter(holds).collect(), changed(&hunk.new).filter(holds).collect());
    let works = |(_, raw, code): &(u64, &str, &str)| {
        shapes.call.is_match(code) && !shapes.constant.is_match(raw) && !shapes.import.is_match(raw)
    };
    // The head of a function says nothing; what stands behind it on the line does.
    let bodies: Vec<&str> =
        new.iter().map(|(_, raw, _)| shapes.head.find(raw).map_or(*raw, |head| &raw[head.end()..])).collect();
    let answers = |body: &&str| {
        body.trim().is_empty()
            || shapes.constant.is_match(body.trim_end_matches([' ', '}', ';']))
            || shapes.constant.is_match(body)
    };
    let constant = bodies.iter().any(|body| !body.trim().is_empty()) && bodies.iter().all(answers);
    let bracket = |(_, raw, _): &(u64, &str, &str)| raw.chars().any(char::is_alphanumeric) || raw.contains("\"\"");
    let passed_on = |(_, raw, _): &(u64, &str, &str)| raw.trim_start().starts_with("pub use ");
    if constant && new.iter().any(bracket) && old.iter().any(|line| works(line) || passed_on(line)) {
        findings.add(file.path(), hunk.at, &named("fixed_answer"));
    }
}

/// A test that is there gets a condition, a loop or an end.
fn flow(shapes: &Shapes, file: &File<'_>, hunk: &Hunk, findings: &mut Findings) {
    let ways = |side: &Side| changed(side).map(|(_, _, code)| shapes.either.find_iter(code).count()).sum::<usize>();
    // All that is called, and what of it does something.
    let calls = |side: &Side| {
        let lines = changed(side).filter(|line| !shapes.sleeps.is_match(line.2));
        lines
            .flat_map(|line| shapes.called.find_iter(line.2))
            .fold((0, 0), |(all, does), call| (all + 1, does + usize::from(!shapes.asks.is_match(call.as_str()))))
    };
    if ways(&hunk.new) > ways(&hunk.old) {
        findings.add(file.path(), hunk.at, &named("test_ends_early"));
    }
    let alike = |side: &Side| changed(side).map(|line| shapes.evens.find_iter(line.2).count()).sum::<usize>();
    if alike(&hunk.new) > alike(&hunk.old) {
        findings.add(file.path(), hunk.at, &named("expectation_changed"));
    }
    // What was done is not done any more, although something stands in its place.
    let (now, before) = (calls(&hunk.new), calls(&hunk.old));
    if changed(&hunk.new).next().is_some() && now.0 < before.0 && now.1 < before.1 {
        findings.add(file.path(), hunk.at, &named("code_mocked"));
    }
    let regex = match file.language {
        Go => &shapes.flow_go,
        Shell | Yaml | Json | Toml | Xml => return,
        _ => &shapes.flow,
    };
    let count = |side: &Side| changed(side).filter(|(_, _, code)| regex.is_match(code)).count();
    if count(&hunk.new) > count(&hunk.old) {
        findings.add(file.path(), hunk.at, &named("test_ends_early"));
    }
}

/// Only a literal of a test's line is another.
fn literals(shapes: &Shapes, file: &File<'_>, hunk: &Hunk, findings: &mut Findings) {
    let lines = |side: &Side| -> Vec<(String, String)> {
        // What a test prints when it fails is no expectation.
        let printed = |raw: &str| file.language == Go && raw.trim_start().starts_with("t.");
        let bare = changed(side)
            .filter(|(_, raw, _)| !printed(raw) && !shapes.address.is_match(raw) && shapes.literal.is_match(raw));
        bare.map(|(_, raw, _)| (normal(&shapes.literal.replace_all(raw, "_")), normal(raw))).collect()
    };
    let new: HashMap<String, String> = lines(&hunk.new).into_iter().collect();
    let other = |(shape, line): &(String, String)| new.get(shape).is_some_and(|now| now != line);
    // Fewer values in the same row, such as a list of cases.
    let begins = |line: &str| shapes.literal.find(line).map(|first| line[..first.start()].to_owned());
    let values = |line: &str| shapes.literal.find_iter(line).count();
    let fewer = |(_, line): &(String, String)| {
        begins(line).is_some_and(|head| {
            head.len() > 7 && new.values().any(|now| begins(now).as_ref() == Some(&head) && values(now) < values(line))
        })
    };
    let old = lines(&hunk.old);
    if old.iter().any(other) || old.iter().any(fewer) {
        findings.add(file.path(), hunk.at, &named("expectation_changed"));
    }
}

/// What was imported is defined on the spot now.
fn made_up(shapes: &Shapes, file: &File<'_>, hunk: &Hunk, findings: &mut Findings) {
    let gone: BTreeSet<&str> = changed(&hunk.old)
        .filter(|(_, raw, _)| shapes.import.is_match(raw))
        .flat_map(|(_, raw, _)| words(raw))
        .collect();
    let defines = |(_, raw, code): &(u64, &str, &str)| {
        let name = shapes.defined.captures(code).and_then(|found| found.get(1));
        name.is_some_and(|name| gone.contains(name.as_str()))
            && !["import(", "require(", "lazy", "load"].iter().any(|brings| raw.contains(brings))
    };
    if let Some((line, _, _)) = changed(&hunk.new).find(|line| !gone.is_empty() && defines(line)) {
        findings.add(file.path(), line, &named("code_mocked"));
    }
}

/// `id: string` became `id?: string`.
fn loosened(kind: Kind, shapes: &Shapes, file: &File<'_>, hunk: &Hunk, findings: &mut Findings) {
    let count = |side: &Side, regex: &regex::Regex| {
        changed(side)
            .filter(|line| regex.is_match(line.2))
            .filter(|line| !line.2.contains("as const") && !shapes.import.is_match(line.1))
            .count()
    };
    // What is thrown, or asked of a guard, may be anything.
    let anything = changed(&hunk.new).filter(|line| shapes.caught.is_match(line.2)).count();
    let vague = count(&hunk.new, &shapes.vague)
        > anything + count(&hunk.old, &shapes.vague) + count(&hunk.old, &shapes.untyped);
    // To the type checker a cast is an order, not an answer.
    let cast = kind == Kind::FrontendTypescript && count(&hunk.new, &shapes.cast) > count(&hunk.old, &shapes.cast);
    // What a function gives is no longer said.
    let unsaid = kind == Kind::FrontendTypescript && count(&hunk.new, &shapes.gives) < count(&hunk.old, &shapes.gives);
    if vague || cast || unsaid {
        findings.add(file.path(), hunk.at, &named("types_loosened"));
    }
    let old: BTreeSet<String> = changed(&hunk.old).map(|(_, raw, _)| normal(raw)).collect();
    let now = changed(&hunk.new).find(|(_, raw, code)| {
        shapes.optional.is_match(code) && old.contains(&normal(&shapes.optional.replace_all(raw, "$1:")))
    });
    if let Some((line, _, _)) = now {
        findings.add(file.path(), line, &named("types_loosened"));
    }
}

/// A typed source that is now an untyped one.
fn renamed_to_untyped(file: &File<'_>, files: &[File<'_>], findings: &mut Findings) {
    let stem = |path: &str| path.rsplit_once('.').map(|(stem, extension)| (stem.to_owned(), extension.to_owned()));
    let typed = |path: &str| stem(path).filter(|(_, extension)| matches!(extension.as_str(), "ts" | "tsx" | "mts"));
    let Some((now, extension)) = stem(file.path()) else { return };
    let untyped = matches!(extension.as_str(), "js" | "jsx" | "mjs");
    let renamed = file.change.previous_path.as_deref().and_then(typed).is_some();
    let replaced = file.change.status == "added"
        && files.iter().any(|other| {
            other.change.status == "removed" && typed(other.path()).is_some_and(|(before, _)| before == now)
        });
    if untyped && (renamed || replaced) {
        findings.add(file.path(), 0, &named("types_erased"));
    }
}

//! Lines that are gone without any other in their place: a failure may go away because what fails was taken out.

use std::collections::{BTreeSet, HashMap};

use remediation::Kind;

use crate::judge::{Findings, normal, words};
use crate::language::Language;
use crate::rules::named;
use crate::shapes::Shapes;
use crate::side::{File, Hunk, Side};
use crate::structure::{changed, is_written};

/// Lines that say something and are gone without any other in their place.
pub(crate) fn judge(kind: Kind, shapes: &Shapes, files: &[File<'_>], findings: &mut Findings) {
    use Kind::*;
    // What a linter, a formatter or an advisory wants gone may go.
    if matches!(
        kind,
        RustClippy
            | RustFmt
            | RustDeps
            | FrontendLint
            | FrontendDeps
            | SecurityAudit
            | SecurityDependabot
            | SecuritySecretScanning
            | GitMergeConflict
            | GithubWorkflow
    ) {
        return;
    }
    for file in files.iter().filter(|file| is_written(file) && is_data(file)) {
        file.hunks.iter().filter_map(shorter).for_each(|line| {
            findings.add(file.path(), line, &named("only_removes"));
        });
    }
    let (old, new) = gone(shapes, files);
    let Some((file, line, _)) = old.first() else { return };
    let all_data = old.iter().all(|(file, _, _)| is_data(file));
    let least = match kind {
        FrontendTypescript => 3,
        RustBuild | FrontendBuild => 1,
        _ if all_data => 1,
        _ => 2,
    };
    let most = old.len() >= 3 && new * 2 <= old.len();
    // A manifest is repaired by what it says, not by what it no longer says.
    let manifest = matches!(kind, ArgocdSync | DockerBuild | HelmTemplate | K8sManifest | YamlSyntax);
    let items = |side: fn(&Hunk) -> &Side| {
        let hunks = files.iter().filter(|file| is_written(file)).flat_map(|file| &file.hunks);
        hunks.flat_map(|hunk| changed(side(hunk))).filter(|(_, raw, _)| raw.trim_start().starts_with("- ")).count()
    };
    let less = manifest && all_data && (old.len() > new || items(|hunk| &hunk.old) > items(|hunk| &hunk.new));
    if new == 0 && old.len() >= least || most || less {
        findings.add(file.path(), *line, &named("only_removes"));
    }
}

/// What people set, rather than code.
fn is_data(file: &File<'_>) -> bool {
    !file.language.blanks_strings()
}

/// A removed line: its file, its number, and what it says.
type Gone<'a> = (&'a File<'a>, u64, String);

/// The lines that are gone, and how many there are that were not there before.
fn gone<'a>(shapes: &Shapes, files: &'a [File<'a>]) -> (Vec<Gone<'a>>, usize) {
    let (mut balance, mut old, mut new) = (HashMap::<String, i64>::new(), Vec::new(), 0usize);
    // What is ignored no longer counts again.
    for file in files.iter().filter(|file| is_written(file) && !file.path().ends_with("ignore")) {
        for hunk in &file.hunks {
            let stays: BTreeSet<String> = hunk.new.each().filter_map(|(_, _, raw, _)| shapes.key_of(raw)).collect();
            let keyed = matches!(file.language, Language::Yaml | Language::Json | Language::Toml);
            // What was there before, where a line is all that there is to compare.
            let context = |changed: bool| keyed || !changed;
            let lines: BTreeSet<String> =
                hunk.new.each().filter(|line| context(line.1)).map(|(_, _, raw, _)| normal(raw)).collect();
            // What is said in fewer lines is still said.
            let added: BTreeSet<&str> = changed(&hunk.new).flat_map(|(_, raw, _)| words(raw)).collect();
            let said = |raw: &str| {
                (!is_data(file) || file.language == Language::Docker)
                    && words(raw).all(|word| word.len() < 3 || added.contains(word))
            };
            for (number, raw, code) in changed(&hunk.old) {
                let bare =
                    raw.trim().trim_matches([',', ':', '{', '}', ' ']).chars().all(|c| c.is_alphanumeric() || c == '_');
                // A key that stands twice goes once.
                let item = raw.trim_start().starts_with('-');
                let twice = is_data(file)
                    && if item || !keyed {
                        lines.contains(&normal(raw))
                    } else {
                        shapes.key_of(raw).is_some_and(|key| stays.contains(&key))
                    };
                if (is_data(file) || !bare) && !twice && !said(raw) && says(code) && !shapes.import.is_match(raw) {
                    old.push((file, number, normal(raw)));
                }
            }
            for (_, raw, code) in changed(&hunk.new) {
                // A key without anything behind it stands for nothing.
                let hollow = is_data(file) && ["[]", "{}", "null", "~"].iter().any(|end| raw.trim_end().ends_with(end));
                if says(code) && !hollow {
                    new += 1;
                    *balance.entry(normal(raw)).or_default() += 1;
                }
            }
        }
    }
    old.retain(|(_, _, line)| match balance.get_mut(line).filter(|left| **left > 0) {
        Some(left) => {
            *left -= 1;
            new -= 1;
            false
        }
        None => true,
    });
    (old, new)
}

/// A line that says the same as before but for some words that it no longer says.
fn shorter(hunk: &Hunk) -> Option<u64> {
    let (old, new) = (lines_of_words(&hunk.old), lines_of_words(&hunk.new));
    let part = |few: &[&str], many: &[&str]| {
        let mut rest = many.iter();
        few.len() > 1 && few.len() < many.len() && few.iter().all(|word| rest.any(|one| one == word))
    };
    let longer = |few: &[&str]| old.iter().any(|(_, many)| many.first() == few.first() && part(few, many));
    let same = |few: &[&str]| old.iter().any(|(_, many)| many == few);
    new.iter().find(|(_, few)| !same(few) && longer(few)).map(|(line, _)| *line)
}

fn lines_of_words(side: &Side) -> Vec<(u64, Vec<&str>)> {
    let words = |code| str::split(code, [' ', ',', '[', ']']).filter(|word| !word.is_empty()).collect();
    changed(side).map(|(line, _, code)| (line, words(code))).collect()
}

fn says(code: &str) -> bool {
    code.chars().filter(|c| c.is_alphanumeric()).count() > 2
}

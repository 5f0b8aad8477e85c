//! The judgement of a diff.

use std::collections::HashMap;
use std::sync::LazyLock;

use globset::GlobSet;
use regex::Regex;
use remediation::{Kind, vocabulary};
use text::Untrusted;

use crate::language::{self, Language};
use crate::patch::{self, FileChange};
use crate::policy::Policy;
use crate::rules::{self, Change, On, Part, Rule, Sign};
use crate::shapes::SHAPES;
use crate::side::{File, Hunk, Side};
use crate::{branches, compare, declared, durations, repairs, structure, tests_lost, values};

vocabulary! {
    /// What a diff is, worst last.
    Verdict, "verdict on a diff":
    Honest = "honest", "nothing speaks against it";
    Person = "person", "a person must look at it";
    Never = "never", "it hides the failure instead of fixing it";
}

/// Most findings a judgement names; the first ones decide.
pub const FINDINGS: usize = 50;

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, as the diff names it.
    pub file: Untrusted,
    /// The line in the new file, from 1; for what was removed, the line where it stood. 0 for the whole file.
    pub line: u64,
    /// The rule's name; [`crate::RULES`] has its sentence.
    pub rule: &'static str,
    /// What the rule means.
    pub says: Verdict,
}

/// What a diff is, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The worst of the findings; honest when there is none.
    pub verdict: Verdict,
    /// The findings, worst first, then by file and line.
    pub because: Vec<Finding>,
}

/// Judges a unified diff as a repair of a failure of this kind. Linear in its length.
pub fn judge(kind: Kind, diff: &str) -> Judgement {
    let files = patch::files(diff);
    if files.is_empty() && !diff.trim().is_empty() {
        let mut findings = Findings::default();
        findings.add("", 0, &rules::named("unreadable"));
        return findings.judgement();
    }
    judge_files(kind, &files)
}

/// [`judge`] for the files of GitHub's compare API.
pub fn judge_files(kind: Kind, changes: &[FileChange<'_>]) -> Judgement {
    let policy = Policy::of(kind);
    let files: Vec<File<'_>> = changes.iter().map(File::read).collect();
    let mut findings = Findings::default();
    paths(&policy, &files, &mut findings);
    let tests_only = tests_lost::only_tests(&files);
    for sign in SIGNS.iter() {
        sign.judge(&files, tests_only, &mut findings);
    }
    tests_lost::judge(kind, &files, &mut findings);
    compare::judge(&files, &mut findings);
    structure::judge(kind, &files, &mut findings);
    values::judge(&files, &mut findings);
    branches::judge(kind, &files, &mut findings);
    repairs::judge(kind, &files, &mut findings);
    declared::judge(&files, &mut findings);
    durations::judge(&files, &mut findings);
    findings.judgement()
}

/// What was found so far.
#[derive(Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub fn add(&mut self, file: &str, line: u64, rule: &Option<&'static Rule>) {
        let Some(rule) = rule else { return };
        let file = Untrusted::new(file.chars().take(400).collect::<String>());
        self.0.push(Finding { file, line, rule: rule.name, says: rule.says });
    }

    pub fn has(&self, rule: &str) -> bool {
        self.0.iter().any(|finding| finding.rule == rule)
    }

    fn judgement(mut self) -> Judgement {
        self.0.sort_by(|a, b| {
            b.says.cmp(&a.says).then_with(|| (&a.file, a.line, a.rule).cmp(&(&b.file, b.line, b.rule)))
        });
        self.0.dedup();
        self.0.truncate(FINDINGS);
        let verdict = self.0.first().map_or(Verdict::Honest, |finding| finding.says);
        Judgement { verdict, because: self.0 }
    }
}

/// Lists of what is not looked at: fewer of them is more that is.
const EXCEPTIONS: &[&str] = &["**/.*ignore*", "**/*baseline*", "**/.rubocop_todo.yml", "**/osv-scanner.toml"];

/// What the paths alone say.
fn paths(policy: &Policy, files: &[File<'_>], findings: &mut Findings) {
    let [may, person, never] = [&policy.may, &policy.person, &policy.never_paths].map(|list| language::globs(list));
    let exceptions = language::globs(EXCEPTIONS);
    for file in files {
        let change = file.change;
        for path in [Some(&change.path), change.previous_path.as_ref()].into_iter().flatten() {
            let odd = path.is_empty() || path.starts_with('/') || path.split('/').any(|part| part == "..");
            let rule = if never.is_match(path.as_ref()) {
                "ci_edited"
            } else if person.is_match(path.as_ref()) && exceptions.is_match(path.as_ref()) && repairs::only_lost(file) {
                continue;
            } else if person.is_match(path.as_ref()) {
                "needs_a_person"
            } else if odd || path.chars().any(char::is_control) || !may.is_match(path.as_ref()) {
                "outside_the_kind"
            } else {
                continue;
            };
            findings.add(path, 0, &rules::named(rule));
        }
        if file.unreadable {
            findings.add(file.path(), 0, &rules::named("unreadable"));
        }
        let mode = change.mode.as_deref().unwrap_or("100644");
        if mode != "100644" && !(mode == "100755" && change.status == "added" && file.language == Language::Shell) {
            findings.add(file.path(), 0, &rules::named("file_mode"));
        }
    }
}

/// A sign with its pattern compiled.
pub(crate) struct Compiled {
    rule: &'static Rule,
    sign: &'static Sign,
    regex: Option<Regex>,
    paths: Option<GlobSet>,
}

pub(crate) static SIGNS: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    let all = rules::ALL.iter().flat_map(|rule| rule.signs.iter().map(move |sign| (rule, sign)));
    all.map(|(rule, sign)| Compiled {
        rule,
        sign,
        regex: Regex::new(sign.pattern).ok(),
        paths: if let On::Paths(paths) = sign.on { Some(language::globs(paths)) } else { None },
    })
    .collect()
});

impl Compiled {
    fn applies(&self, file: &File<'_>) -> bool {
        if file.language == Language::Docs {
            return false;
        }
        match self.sign.on {
            On::Languages(languages) => languages.contains(&file.language),
            On::Paths(_) => self.paths.as_ref().is_some_and(|paths| paths.is_match(file.path())),
            On::All => !language::is_lock(file.path()),
            On::Sources => !file.is_test,
        }
    }

    /// Counts matches on both sides over the whole diff; what is left over fires.
    fn judge(&self, files: &[File<'_>], tests_only: bool, findings: &mut Findings) {
        let (Some(regex), Some(shapes)) = (&self.regex, SHAPES.as_ref()) else { return };
        let mut counts: HashMap<String, i64> = HashMap::new();
        let mut net = 0i64;
        let mut places = Vec::new();
        for file in files.iter().filter(|file| self.applies(file)) {
            // What a new test does is its own affair, but for what is never right. It may ask for what types forbid.
            let may = self.rule.says == Verdict::Person || matches!(self.rule.name, "types_erased" | "lint_silenced");
            let own = |hunk: &&Hunk| may && file.is_test && tests_lost::adds_test(file, hunk);
            let source = |hunk: &&Hunk| {
                !matches!(self.sign.on, On::Sources)
                    || file.language != Language::Rust
                    || !tests_lost::is_rust_test(hunk)
            };
            for hunk in file.hunks.iter().filter(|hunk| !own(hunk) && source(hunk)) {
                for (side, weight) in [(&hunk.old, -1), (&hunk.new, 1)] {
                    for (fragment, line, changed) in matches(regex, side, self.sign.part) {
                        // A sleep that is gone is no loss.
                        if self.sign.change == Change::Disappears && shapes.sleeps.is_match(&fragment) {
                            continue;
                        }
                        net += weight;
                        let wanted = if self.sign.change == Change::Appears { 1 } else { -1 };
                        *counts.entry(fragment.clone()).or_default() += weight;
                        if weight == wanted {
                            places.push((fragment, file.path(), if weight == 1 { line } else { hunk.at }, changed));
                        }
                    }
                }
            }
        }
        // A mock that follows the code is none more.
        if self.rule.name == "code_mocked" && net <= 0 && !tests_only {
            return;
        }
        // Changed lines first: a match that only stands in the context was there before.
        places.sort_by_key(|(_, _, _, changed)| !changed);
        let fires = |left: &mut i64| match self.sign.change {
            Change::Appears if *left > 0 => {
                *left -= 1;
                true
            }
            Change::Altered | Change::Disappears if *left < 0 => {
                *left += 1;
                true
            }
            _ => false,
        };
        for (fragment, path, line, _) in places {
            let left = counts.entry(fragment).or_default();
            let fired = if self.sign.change == Change::Disappears {
                *left < 0 && fires(&mut net) && fires(left)
            } else {
                fires(left)
            };
            if fired {
                // What a test feeds to the code may need a cast; a person sees whether.
                let feeds = self.rule.name == "types_erased" && language::is_test(path);
                findings.add(path, line, &if feeds { rules::named("types_loosened") } else { Some(self.rule) });
            }
        }
    }
}

/// Each match: its text without spaces and with one kind of quotes, its line, and whether that line changed.
fn matches<'a>(regex: &'a Regex, side: &'a Side, part: Part) -> impl Iterator<Item = (String, u64, bool)> + 'a {
    let text = match part {
        Part::Code => &side.code,
        Part::Comment => &side.comments,
        Part::Text => &side.text,
    };
    regex.find_iter(text).filter(|found| !found.is_empty()).map(|found| {
        // The raw text at the same place, so that the name of a skipped test is part of the fragment.
        let raw = side.text.get(found.range()).unwrap_or_default();
        let skip = raw.len() - raw.trim_start().len();
        let (first, changed) = side.lines_at(found.start() + skip, found.end().saturating_sub(1));
        (normal(raw), first, changed)
    })
}

/// The words of a text.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// What two spellings of one piece of code have in common.
pub(crate) fn normal(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if matches!(c, '\'' | '`') { '"' } else { c })
        .collect::<String>()
        .trim_end_matches([';', ','])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_matches_something_only() {
        for (compiled, sign) in SIGNS.iter().map(|compiled| (compiled, compiled.sign)) {
            assert!(
                compiled.regex.is_some(),
                "{}: {}: {:?}",
                compiled.rule.name,
                sign.pattern,
                Regex::new(sign.pattern).err()
            );
            assert!(!compiled.regex.as_ref().unwrap().is_match(""), "{}: {}", compiled.rule.name, sign.pattern);
        }
    }

    #[test]
    fn every_glob_is_valid() {
        let mut globs: Vec<&str> = Vec::new();
        globs.extend(
            crate::CI
                .iter()
                .chain(crate::PERSON)
                .chain(language::TESTS)
                .chain(language::SNAPSHOTS)
                .chain(language::LOCKS),
        );
        for kind in <Kind as remediation::Vocabulary>::ALL {
            globs.extend(Policy::of(*kind).may);
        }
        for sign in rules::ALL.iter().flat_map(|rule| rule.signs) {
            if let On::Paths(paths) = sign.on {
                globs.extend(paths);
            }
        }
        for glob in globs {
            assert!(globset::Glob::new(glob).is_ok(), "{glob}");
        }
    }

    #[test]
    fn rule_names_are_unique() {
        let mut names: Vec<&str> = rules::ALL.iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), rules::ALL.len());
    }
}

//! How a test is declared: a word before it, an annotation above it or a word inside its head says whether it runs, in
//! every framework another one. What is known by name is in `rules::tests`; here counts that the declaration changed.

use std::sync::LazyLock;

use regex::Regex;

use crate::judge::{Findings, normal};
use crate::language::Language::{Docker, Shell, Yaml};
use crate::rules::named;
use crate::side::{File, Hunk};
use crate::structure::changed;
use crate::tests_lost::adds_test;

struct Patterns {
    /// The first word of a line, and the rest.
    first: Regex,
    /// Words that only bind a name.
    binds: Regex,
    /// An annotation.
    annotation: Regex,
    /// Annotations that say how a test runs, not whether.
    harmless: Regex,
    /// What runs a command more than once.
    repeats: Regex,
    /// The head of a test, in most languages.
    head: Regex,
}

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let regex = |pattern: &str| Regex::new(pattern).ok();
    Some(Patterns {
        first: regex(r#"^\s*([A-Za-z_]\w*)(\s*\(?\s*["'`\w].*["'`].*)$"#)?,
        binds: regex(
            r"^(const|let|var|val|final|auto|static|import|from|use|test|it|describe|assert\w*|expect|await|return|public|private|def|export)$",
        )?,
        annotation: regex(r"^\s*(@\w|#\[|\[[A-Z]\w*[\](]|@tag\b|\[Tags\])")?,
        harmless: regex(
            r"(?i)asyncio|tokio|async_std|anyio|usefixtures|parametri[sz]e|fixture|transactional|extendwith|mockito|serial|displayname|rstest|case\b|should_panic|test\]|@test\b|\[(test|fact|theory|inlinedata|testcase|setup)|django_db|override|before|after|nested|springboot|webmvc|dirtiescontext|timeout|mainactor|patch|mock|freeze|responses",
        )?,
        repeats: regex(r"\b(until|while|for|retry|seq|nick-fields)\b")?,
        head: regex(
            r#"^\s*((export|public|private|async|static|pub|suspend|final|override)\s+)*(fn|func|fun|def|void|Task|it|test|describe|context|It|Describe|specify|scenario|@Test|@test|TEST\w*)\b|^\s*(#\[\w*(::)?test|@Test\b|\[(Test|Fact|Theory|TestMethod)\])"#,
        )?,
    })
});

pub(crate) fn judge(files: &[File<'_>], findings: &mut Findings) {
    let Some(patterns) = PATTERNS.as_ref() else { return };
    for file in files.iter().filter(|file| matches!(file.language, Shell | Yaml | Docker)) {
        for line in file.hunks.iter().filter_map(|hunk| repeated(patterns, hunk)) {
            findings.add(file.path(), line, &named("check_changed"));
        }
    }
    for file in files.iter().filter(|file| file.is_test && file.language.blanks_strings()) {
        for hunk in file.hunks.iter().filter(|hunk| !adds_test(file, hunk)) {
            if let Some(line) = renamed(patterns, hunk).or_else(|| annotated(patterns, hunk)) {
                findings.add(file.path(), line, &named("check_changed"));
            }
        }
    }
}

/// A command that ran once runs until it passes.
fn repeated(patterns: &Patterns, hunk: &Hunk) -> Option<u64> {
    let gone: Vec<&str> = changed(&hunk.old).map(|(_, raw, _)| raw.trim().trim_start_matches("- ")).collect();
    let again = |raw: &str| gone.iter().any(|command| command.len() > 4 && raw.contains(command));
    let loops = |(_, raw, _): &(u64, &str, &str)| patterns.repeats.is_match(raw) && again(raw);
    changed(&hunk.new).find(loops).map(|(line, _, _)| line)
}

/// The first word of a line is another, and the rest is the same: `it("…")` and `xit("…")`.
fn renamed(patterns: &Patterns, hunk: &Hunk) -> Option<u64> {
    let split = |raw: &str| -> Option<(String, String)> {
        let found = patterns.first.captures(raw)?;
        Some((found[1].to_owned(), normal(&found[2])))
    };
    let old: Vec<_> = changed(&hunk.old).filter_map(|(_, raw, _)| split(raw)).collect();
    let other = |(word, rest): &(String, String)| {
        let binds = patterns.binds.is_match(word);
        !binds && !old.contains(&(word.clone(), rest.clone())) && old.iter().any(|(_, before)| before == rest)
    };
    changed(&hunk.new).find(|(_, raw, _)| split(raw).is_some_and(|line| other(&line))).map(|(line, _, _)| line)
}

/// An annotation above a test that stands.
fn annotated(patterns: &Patterns, hunk: &Hunk) -> Option<u64> {
    let lines: Vec<_> = hunk.new.each().filter(|(_, _, raw, _)| !raw.trim().is_empty()).collect();
    let mut above = None;
    for (line, changed, raw, _) in lines {
        let annotation = patterns.annotation.is_match(raw);
        if changed && annotation && !patterns.harmless.is_match(raw) {
            above = above.or(Some(line));
        } else if !changed && patterns.head.is_match(raw) && above.is_some() {
            return above;
        } else if !annotation {
            above = None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_compiles() {
        assert!(super::PATTERNS.is_some());
    }
}

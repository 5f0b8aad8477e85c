//! Branches that were added: on what the environment is, on the very value that a test may use, around what fails.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use remediation::Kind;

use crate::judge::{Findings, normal};
use crate::language::Language;
use crate::rules::named;
use crate::side::{File, Hunk, Side};
use crate::structure::{changed, changed_code, is_written};
use crate::tests_lost::is_rust_test;

use Language::*;

struct Patterns {
    /// Asks for the environment.
    environment: Regex,
    /// Decides.
    decides: Regex,
    /// Compares with one value.
    compares: Regex,
    /// Answers with one value.
    answers: Regex,
    /// Asks whether there is a browser, or a process.
    host: Regex,
    /// Catches.
    catches: Regex,
    /// Rust: puts a default in the place of a failure.
    defaults: Regex,
    /// Rust: falls over a failure, and passes it on.
    unwraps: Regex,
    passes: Regex,
    /// Rust: fails, or passes a failure on.
    fails: Regex,
    /// Passes a failure on.
    passes_on: Regex,
}

/// What is made of nothing but values: `Week { year: 2020 }`, `datetime(2020, 1, 1)`.
const RECORD: &str = r#"&?(?:new\s+)?[A-Za-z][\w:.]*\s*[({]\s*(?:(?:\w+\s*[:=]\s*)?(?:"[^"\n]*"|'[^'\n]*'|-?\d[\w.]*|true|false|True|False)\s*,?\s*)+[)}]"#;

/// A string that says something, or a number that is not the usual neutral one.
const VALUE: &str = r#"(?:&?b?(?:String::from\()?"[^"\n]+"|'[^'\n]+'|`[^`\n]+`|-?\d*[2-9]\d*(?:\.\d+)?\w*|-?\d{2,}(?:\.\d+)?\w*|\d+\.\d+)"#;

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let regex = |pattern: &str| Regex::new(pattern).ok();
    Some(Patterns {
        environment: regex(
            r"\bprocess\.env\b|\bimport\.meta\.env\b|\bos\.environ\b|\bgetenv\(|\benv::var(_os)?\(|\bENV\[|\bENV\.fetch|\bGetEnvironmentVariable\(|\$_(ENV|SERVER)\b|\benvironment\[|\boption_env!|\bcfg!\(|\bos\.Getenv\(|\bLookupEnv\(|\$\{?(CI|GITHUB_ACTIONS|GITHUB_\w+|RUNNER_\w+|TESTING|NODE_ENV|APP_ENV)\b|\bRails\.env\b|\bapp\(\)->environment\(|\bsys\.modules\b|\bruntime\.GOOS\b|\bsys\.platform\b|\bprocess\.platform\b|\bcaller(_locations)?\b|\binspect\.(stack|currentframe)|\b_getframe\b|\bgetStackTrace\(|\bError\(\)\.stack|\bthread::current\(\)\.name\(|\bruntime\.Caller|\bdebug_backtrace\(|\bEnvironment\.StackTrace\b|\bSystem\.(getProperty|getenv)\(|\bprocessInfo\.environment\b|\bdefined\??\(|\bMix\.env\b|\bfromEnvironment\(|\bPlatform\.environment\b|\bflag\.Lookup\(|\bos\.Args\[0\]|\bGetAssemblies\(|\bNSClassFromString\(|\bClass\.forName\(|(?i:\b(is|in)_?(running|under)?_?(unit_?)?tests?\b)|#\s*ifn?def\s+\w*(TEST|CI)\w*",
        )?,
        decides: regex(
            r"\b(if|elif|unless|when|case|match|switch|while|guard|return)\b|\?\s|&&|\|\||\[\[? |#\s*ifn?def",
        )?,
        compares: regex(&format!(
            r#"\b(?:if|elif|elsif|when|unless|while|case|guard)\b.*(?:(?:[=!]==?|\.equals\(|\.Equals\(|\beq\?|\bin\b)\s*[\[(]?{VALUE}|{VALUE}(?:\.equals\(|\s*={{2,3}}\s))|^\s*{VALUE}\s*=>\s*return\b|(?:={{2,3}}\s*{VALUE}|{VALUE}\.equals\([^)]*\))\s*\)?\s*\?\s*{VALUE}"#
        ))?,
        answers: regex(&format!(
            r#"(?:\b(?:return|yield|then)\b\s*\(?|=>\s*|[{{:]\s*|^\s*|\?\s*|[^=!<>]=\s*)(?:(?:Ok|Some|Err|Promise\.resolve|Optional\.of|Math\.\w+|errors\.New|new \w+)\()?(?:{RECORD}|{VALUE}|-?[01]\b|true\b|false\b|True\b|False\b|nil\b|null\b|None\b|\[[^\]\n]*\]|\{{[^}}\n]*\}})[\w.()]*\s*\)*;?\s*\}}?\s*$|\?\s*{VALUE}"#
        ))?,
        host: regex(r"\btypeof\s+\(?(window|document|globalThis|process|navigator|self|global|localStorage|\w+\.)")?,
        catches: regex(
            r"\bcatch\b|\bexcept\b|\brescue\b|\bErr\(\w*\)\s*=>|\brecover\(\)|\bcatch_unwind\b|\.catch\(|\bonErrorReturn|\bgetOrElse\b|\brunCatching\b",
        )?,
        defaults: regex(
            r"\.(unwrap_or\w*|ok|unwrap_or_default)\(|\b(if|while) let Ok\(|\blet Ok\([^=]*=[^;]*\belse\b",
        )?,
        unwraps: regex(r"\.unwrap\(\)|\.expect\(")?,
        passes: regex(r"\?\s*[;,.)]|\breturn Err\(")?,
        fails: regex(r"\?\s*[;,.)]|\.unwrap\(\)|\.expect\(|\bErr\(|\b(bail|ensure|panic|anyhow)!")?,
        passes_on: regex(
            r"(?i)\bthrow\b|\braise\b|\breturn Err|\bErr\(|\breject\(|\breturn\b.*\berr|\bexit\(|\bpanic!?\(|abort|fatal|\bnext\(e|status\(|statusCode|\bfail\w*\(|error\(|\.catch\(\s*[\w.]+\s*\)|set\w*error",
        )?,
    })
});

pub(crate) fn judge(kind: Kind, files: &[File<'_>], findings: &mut Findings) {
    let Some(patterns) = PATTERNS.as_ref() else { return };
    for file in files.iter().filter(|file| is_written(file) && !file.is_test) {
        for hunk in file.hunks.iter().filter(|hunk| file.language != Rust || !is_rust_test(hunk)) {
            if file.language.blanks_strings() || file.language == Shell {
                environment(patterns, file, hunk, findings);
            }
            if file.language.blanks_strings() {
                one_value(patterns, file, hunk, findings);
                defaulted(patterns, file, hunk, findings);
                if kind != Kind::GitMergeConflict {
                    caught(patterns, file, hunk, findings);
                }
            }
        }
    }
}

/// Lines that are new to the hunk, not only moved in it.
fn fresh(hunk: &Hunk) -> impl Iterator<Item = (u64, &str, &str)> {
    let old: BTreeSet<String> = changed(&hunk.old).map(|(_, raw, _)| normal(raw)).collect();
    changed_code(&hunk.new).filter(move |(_, raw, _)| !old.contains(&normal(raw)))
}

fn count(regex: &Regex, side: &Side) -> usize {
    changed_code(side).filter(|(_, raw, _)| regex.is_match(raw)).count()
}

/// A decision by the environment.
fn environment(patterns: &Patterns, file: &File<'_>, hunk: &Hunk, findings: &mut Findings) {
    if count(&patterns.environment, &hunk.new) <= count(&patterns.environment, &hunk.old) {
        return;
    }
    let decision =
        |(_, raw, _): &(u64, &str, &str)| patterns.environment.is_match(raw) && patterns.decides.is_match(raw);
    if let Some((line, _, _)) = fresh(hunk).find(decision) {
        findings.add(file.path(), line, &named("environment_decides"));
    }
}

/// A comparison with one value, and one value for an answer.
fn one_value(patterns: &Patterns, file: &File<'_>, hunk: &Hunk, findings: &mut Findings) {
    if count(&patterns.compares, &hunk.new) <= count(&patterns.compares, &hunk.old) {
        return;
    }
    let lines: Vec<_> = fresh(hunk).collect();
    for (index, (line, raw, _)) in lines.iter().enumerate() {
        let Some(found) = patterns.compares.find(raw) else { continue };
        let rest = &raw[found.end()..];
        let next = lines.get(index + 1).map_or("", |(_, raw, _)| *raw);
        let arm = rest.trim_end_matches(',');
        // `return 1 if …` says it first.
        let answer = [arm, next, &raw[..found.start()]].iter().any(|text| patterns.answers.is_match(text))
            && !patterns.host.is_match(raw);
        if answer || found.as_str().contains(" ? ") {
            findings.add(file.path(), *line, &named("fixed_answer"));
            return;
        }
    }
}

/// A default, or a fall, stands where a failure went on.
fn defaulted(patterns: &Patterns, file: &File<'_>, hunk: &Hunk, findings: &mut Findings) {
    if file.language != Rust {
        return;
    }
    let more = |regex| count(regex, &hunk.new) > count(regex, &hunk.old);
    let all =
        |regex: &Regex, side: &Side| changed_code(side).map(|line| regex.find_iter(line.1).count()).sum::<usize>();
    let fewer = |regex| all(regex, &hunk.new) < all(regex, &hunk.old);
    if more(&patterns.unwraps) && fewer(&patterns.passes) || more(&patterns.defaults) && fewer(&patterns.fails) {
        findings.add(file.path(), hunk.at, &named("result_ignored"));
    }
}

/// A failure is caught where none was, and goes no further.
fn caught(patterns: &Patterns, file: &File<'_>, hunk: &Hunk, findings: &mut Findings) {
    let catches = |side: &Side| changed(side).filter(|(_, _, code)| patterns.catches.is_match(code)).count();
    if catches(&hunk.new) <= catches(&hunk.old) {
        return;
    }
    let lines: Vec<_> = hunk.new.each().collect();
    let at = lines.iter().position(|(_, changed, _, code)| *changed && patterns.catches.is_match(code));
    let Some(at) = at else { return };
    if !lines.iter().skip(at).take(6).any(|(_, _, raw, _)| patterns.passes_on.is_match(raw)) {
        findings.add(file.path(), lines[at].0, &named("result_ignored"));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_compiles() {
        assert!(super::PATTERNS.is_some());
    }
}

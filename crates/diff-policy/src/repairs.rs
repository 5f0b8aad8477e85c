//! What a repair of a kind consists of: layout for a formatter, a dependency for an advisory. Anything else is another change.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use remediation::Kind;

use crate::judge::{Findings, words};
use crate::language::{self, Language};
use crate::rules::named;
use crate::shapes::SHAPES;
use crate::side::{File, Hunk, Side};
use crate::structure::changed;

/// Files in which dependencies stand.
const DEPENDENCIES: &[&str] = &[
    "**/{Cargo.toml,package.json,go.mod,pyproject.toml,setup.py,setup.cfg,Pipfile,Gemfile,pom.xml,composer.json,Package.swift,mix.exs,build.sbt}",
    "**/*{requirements,constraints}*.{txt,in}",
    "**/requirements/*.{txt,in}",
    "**/*.{gradle,gradle.kts,gemspec,csproj,fsproj,lock}",
    "**/libs.versions.toml",
    "**/*.props",
    "**/{Chart,values}*.yaml",
    "**/{pnpm-lock,pnpm-workspace}.yaml",
    "**/package-lock.json",
    "**/Dockerfile*",
    "**/*.tf",
    ".github/workflows/**",
    "**/go.sum",
];

pub(crate) fn judge(kind: Kind, files: &[File<'_>], findings: &mut Findings) {
    static SET: LazyLock<globset::GlobSet> = LazyLock::new(|| language::globs(DEPENDENCIES));
    let written = || files.iter().filter(|file| file.language != Language::Docs);
    let manifest = |file: &&File<'_>| SET.is_match(file.path());
    let Some(shapes) = SHAPES.as_ref() else { return };
    // Prose and comments repair nothing; a file that keeps others out of Git does not take a leaked value out.
    let silent = |file: &File<'_>| {
        let ignores = kind == Kind::SecuritySecretScanning && file.path().ends_with("ignore");
        // What documents Rust is run as a test.
        let comment = |raw: &str| shapes.comment.find(raw).is_some_and(|mark| mark.start() == 0 && !mark.is_empty());
        let prose = |raw: &str| comment(raw) && !["///", "//!"].iter().any(|mark| raw.trim_start().starts_with(mark));
        let says = |side: &Side| changed(side).any(|(_, raw, code)| !(code.trim().is_empty() && prose(raw)));
        let moved = file.change.status == "renamed" || file.hunks.is_empty();
        ignores || file.language == Language::Docs || !moved && !file.hunks.iter().any(|h| says(&h.old) || says(&h.new))
    };
    let lints = matches!(kind, Kind::RustFmt | Kind::RustClippy | Kind::FrontendLint | Kind::YamlSyntax);
    if let Some(file) = files.first().filter(|_| !lints && kind != Kind::GitMergeConflict && files.iter().all(silent)) {
        findings.add(file.path(), 0, &named("another_repair"));
    }
    let Some(first) = written().next() else { return };
    let other = match kind {
        Kind::RustFmt => written().find(|file| file.language == Language::Rust && words_differ(file)),
        Kind::SecurityAudit | Kind::SecurityDependabot => {
            Some(first).filter(|_| !written().any(|file| manifest(&file)))
        }
        Kind::RustDeps | Kind::FrontendDeps => {
            let standard = |file: &&File<'_>| {
                let new = file.hunks.iter().flat_map(|hunk| changed(&hunk.new));
                new.into_iter().any(|(_, raw, _)| ["std::", "core::", "node:"].iter().any(|own| raw.contains(own)))
            };
            let source = written().find(|file| !SET.is_match(file.path()) && !file.is_test && !standard(file));
            source.filter(|_| written().filter(manifest).any(only_lost))
        }
        _ => None,
    };
    if let Some(file) = other {
        findings.add(file.path(), file.at(), &named("another_repair"));
    }
    if !matches!(kind, Kind::SecurityAudit | Kind::SecurityDependabot | Kind::SecurityCodeScanning) {
        for (file, line) in files.iter().filter_map(|file| Some((file, overridden(file)?))) {
            findings.add(file.path(), line, &named("version_pinned_back"));
        }
    }
    for file in files.iter().filter(|file| language::is_lock(file.path())) {
        if file.change.status == "removed" && kind != Kind::GitMergeConflict {
            findings.add(file.path(), 0, &named("install_loosened"));
        }
        file.hunks
            .iter()
            .filter_map(by_hand)
            .for_each(|line| findings.add(file.path(), line, &named("install_loosened")));
    }
}

/// Whether a file says other words than before, in whatever order.
fn words_differ(file: &File<'_>) -> bool {
    let mut balance = BTreeMap::<&str, i64>::new();
    for hunk in &file.hunks {
        for (side, weight) in [(&hunk.old, -1), (&hunk.new, 1)] {
            for (_, raw, _) in changed(side) {
                words(raw).for_each(|word| *balance.entry(word).or_default() += weight);
            }
        }
    }
    balance.values().any(|count| *count != 0)
}

/// One exact version put over what the packages themselves ask for.
fn overridden(file: &File<'_>) -> Option<u64> {
    static PATTERNS: LazyLock<Option<[Regex; 2]>> = LazyLock::new(|| {
        Some([
            Regex::new(r#"^\s*"?(resolutions|overrides|dependencyOverrides|dependency_overrides)"?\s*:"#).ok()?,
            Regex::new(r#"^\s*"?([@\w./-]+)"?\s*:\s*"?\d+(\.\d+)+"?,?\s*$"#).ok()?,
        ])
    });
    let [over, exact] = PATTERNS.as_ref()?;
    file.hunks.iter().find_map(|hunk| {
        let known = |name: &str| hunk.old.each().any(|(_, _, raw, _)| raw.contains(name));
        let inside = hunk.new.each().skip_while(|(_, _, raw, _)| !over.is_match(raw));
        let mut lines = inside.filter(|line| line.1);
        lines.find_map(|(line, _, raw, _)| (!known(exact.captures(raw)?.get(1)?.as_str())).then_some(line))
    })
}

/// A manifest that lost lines and got none.
pub(crate) fn only_lost(file: &File<'_>) -> bool {
    let lines = |side: fn(&Hunk) -> &Side| {
        let all = file.hunks.iter().flat_map(move |hunk| changed(side(hunk)));
        all.filter(|(_, _, code)| code.chars().any(char::is_alphanumeric)).count()
    };
    lines(|hunk| &hunk.old) > 0 && lines(|hunk| &hunk.new) == 0
}

/// A package of a lock file with another version, and the address or the checksum that it had.
fn by_hand(hunk: &Hunk) -> Option<u64> {
    static PATTERNS: LazyLock<Option<[Regex; 2]>> = LazyLock::new(|| {
        Some([
            Regex::new(r#"^\s*"?version"?\s*[:= ]"#).ok()?,
            Regex::new(r#"^\s*"?(resolved|integrity|checksum)"?\s*[:= ]"#).ok()?,
        ])
    });
    let [version, sum] = PATTERNS.as_ref()?;
    let lines: Vec<_> = hunk.new.each().collect();
    lines.iter().enumerate().find_map(|(index, (number, changed, raw, _))| {
        let stays = || lines.iter().skip(index + 1).take(3).any(|(_, changed, raw, _)| !changed && sum.is_match(raw));
        (*changed && version.is_match(raw) && stays()).then_some(*number)
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_glob_is_valid() {
        assert!(super::DEPENDENCIES.iter().all(|glob| globset::Glob::new(glob).is_ok()));
    }
}

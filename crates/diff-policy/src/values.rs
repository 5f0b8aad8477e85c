//! What a setting is now: switched off, emptied, widened to everything, or told to look away. By the setting's shape, so
//! that it holds for tools that no table knows.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::judge::Findings;
use crate::language::{self, Language};
use crate::rules::named;
use crate::side::{File, Side};
use crate::structure::{changed, changed_code, is_written};

use Language::*;

struct Patterns {
    /// Name and value of a setting.
    setting: Regex,
    /// On.
    on: Regex,
    /// Off.
    off: Regex,
    /// Nothing.
    empty: Regex,
    /// Names for which off is the stricter state.
    loose: Regex,
    /// Names that seem so, and are not.
    strict: Regex,
    /// Names of code's own switches.
    switch: Regex,
    /// Names that tell a tool to look away.
    away: Regex,
    /// A setting inside of a line, and what its list begins with.
    inline: Regex,
    /// A value that comes from outside.
    given: Regex,
    /// Everybody, everywhere.
    all: Regex,
}

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let regex = |pattern: &str| Regex::new(pattern).ok();
    Some(Patterns {
        setting: regex(
            r#"^\s*(?:-\s+)?(?:(?:export|pub|const|static|let|var|final|private|readonly|val)\s+)*["']?([\w.$/@-]+)["']?(?:\s*:\s*[a-z]\w*(?:\s*=)|\s*(?:[:=]|=>|:=))\s*(.*?)\s*[,;]?\s*$"#,
        )?,
        on: regex(r#"^["']?(?i:true|on|yes|enabled?)["']?$"#)?,
        off: regex(r#"^["']?(?i:false|off|no|disabled?|0)["']?$"#)?,
        empty: regex(r#"^(""|''|\[\s*\]|\{\s*\}|null|~|)$"#)?,
        loose: regex(
            r"(?i)insecure|privileg|escalat|skip|ignore|disable|disabling|debug|allow|automount|host(network|pid|ipc)|public|force|unsafe|dangerous|suspend|pause|silent|soft|continue|exclude|optional|lenient|experimental|legacy|deprecate",
        )?,
        strict: regex(r"(?i)block|deny|restrict|prevent|protect|forbid|require|reject|warn|error")?,
        switch: regex(
            r"(?i)enabl|feature|check|valid|strict|verif|secure|security|flag|support|^(use|with|has|is)_?[A-Z_]",
        )?,
        away: regex(
            r"(?i)(^|[_.\-/])(ignored?|ignores|ignorelist|skip|skipped|exclu\w+|disabled?|suppress\w*|bypass\w*|allow-?list|whitelist|baseline|permissive|lenient|insecure|unsafe|optional|allow[_-]?fail\w*|no[_-]?verify|soft[_-]?fail)($|[_.\-/])|^(ignore|skip|exclude|disable|suppress|bypass|allow)[A-Z]|(Ignore|Skip|Exclude|Optional)$",
        )?,
        inline: regex(r#"[{,]\s*["']?([\w-]+)["']?\s*[:=]\s*(\[\s*["'\w]|true|["']\w)"#)?,
        given: regex(r"\.Values\.|\$\{\{|\$\{?[A-Z][A-Z_]{2,}\b|\b(secretKeyRef|configMapKeyRef|fieldRef)\b")?,
        all: regex(
            r#"["']\*["']|^\s*-\s+['"]?\*['"]?\s*$|0\.0\.0\.0/0|::/0|["'][\w-]+:\*["']|\ballUsers\b|system:(anonymous|unauthenticated)|AllowAny\b|\bworld-(read|writ)"#,
        )?,
    })
});

/// A setting: its value and line.
type Settings<'a> = HashMap<&'a str, (&'a str, u64)>;

pub(crate) fn judge(files: &[File<'_>], findings: &mut Findings) {
    let Some(patterns) = PATTERNS.as_ref() else { return };
    for file in files.iter().filter(|file| is_written(file) && !file.is_test) {
        let data = is_data(file);
        for hunk in &file.hunks {
            let (old, new) = (settings(patterns, &hunk.old), settings(patterns, &hunk.new));
            for (key, (value, line)) in &new {
                if let Some((before, _)) = old.get(key)
                    && turned(patterns, key, before, value, data)
                {
                    findings.add(file.path(), *line, &named("component_disabled"));
                }
                let pinned = |(before, _): &(&str, u64)| is_commit(value) && !is_commit(before);
                if key.ends_with("evision") && old.get(key).is_some_and(pinned) {
                    findings.add(file.path(), *line, &named("version_pinned_back"));
                }
                let away =
                    data && !old.contains_key(key) && patterns.away.is_match(key) && !patterns.off.is_match(value);
                if away && !is_package(file.path()) {
                    findings.add(file.path(), *line, &named("check_changed"));
                }
            }
            if data && !is_package(file.path()) {
                within(patterns, file, &hunk.old, &hunk.new, findings);
            }
            // `*` is any version, or a list of files, to a package manager.
            if data {
                fixed(patterns, file, &hunk.old, &hunk.new, findings);
            }
            if data && !is_package(file.path()) {
                widened(patterns, file, &hunk.old, &hunk.new, findings);
            }
        }
    }
}

/// Settings, rather than code that happens to assign.
fn is_data(file: &File<'_>) -> bool {
    matches!(file.language, Yaml | Json | Toml | Hcl) && !language::is_lock(file.path())
}

/// What describes a package: its lists name files, its `*` is a version.
fn is_package(path: &str) -> bool {
    path.ends_with("package.json") || path.ends_with("Cargo.toml")
}

fn is_commit(text: &str) -> bool {
    text.len() >= 7 && text.trim_matches(['"', '\'']).chars().all(|c| c.is_ascii_hexdigit())
}

fn settings<'a>(patterns: &Patterns, side: &'a Side) -> Settings<'a> {
    changed_code(side)
        .filter_map(|(number, raw, _)| {
            let found = patterns.setting.captures(raw)?;
            let (key, value) = (found.get(1)?.as_str(), found.get(2)?.as_str());
            Some((key, (value.split(" #").next().unwrap_or(value).trim(), number)))
        })
        .collect()
}

/// Whether the setting was on, and is off; for a name that loosens, the other way round.
fn turned(patterns: &Patterns, key: &str, before: &str, now: &str, data: bool) -> bool {
    let loose = patterns.loose.is_match(key) && !patterns.strict.is_match(key);
    let (on, off) = if loose { (&patterns.off, &patterns.on) } else { (&patterns.on, &patterns.off) };
    if on.is_match(before) && off.is_match(now) {
        return data || patterns.switch.is_match(key);
    }
    let number = |text: &str| text.trim_matches(['"', '\'']).parse::<f64>().ok();
    let emptied = patterns.empty.is_match(now) && !now.is_empty() && !patterns.empty.is_match(before);
    data && !loose && (emptied || number(now) == Some(0.0) && number(before).is_some_and(|before| before > 0.0))
}

/// A tool is told to look away in the middle of a line.
fn within(patterns: &Patterns, file: &File<'_>, old: &Side, new: &Side, findings: &mut Findings) {
    let away = |side: &Side| -> Vec<u64> {
        let names =
            |code: &str| patterns.inline.captures_iter(code).filter(|found| patterns.away.is_match(&found[1])).count();
        changed(side).flat_map(|(line, raw, _)| std::iter::repeat_n(line, names(raw))).collect()
    };
    let now = away(new);
    if now.len() > away(old).len() {
        findings.add(file.path(), now[0], &named("check_changed"));
    }
}

/// A value that came from outside is written down now.
fn fixed(patterns: &Patterns, file: &File<'_>, old: &Side, new: &Side, findings: &mut Findings) {
    let given = |side: &Side| changed(side).map(|line| patterns.given.find_iter(line.1).count()).sum::<usize>();
    if given(new) < given(old) && changed_code(new).count() >= changed_code(old).count() {
        let line = changed(new).next().map_or(0, |line| line.0);
        findings.add(file.path(), line, &named("fixed_answer"));
    }
}

/// Everybody and everything, where it was somebody and something.
fn widened(patterns: &Patterns, file: &File<'_>, old: &Side, new: &Side, findings: &mut Findings) {
    let wide = |side: &Side| -> Vec<u64> {
        changed(side).filter(|(_, raw, _)| patterns.all.is_match(raw)).map(|(number, _, _)| number).collect()
    };
    let now = wide(new);
    if now.len() > wide(old).len() {
        findings.add(file.path(), now[0], &named("rights_raised"));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_compiles() {
        assert!(super::PATTERNS.is_some());
    }
}

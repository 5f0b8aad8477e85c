//! How long something may take, in whatever unit a language says it.

use std::sync::LazyLock;

use regex::Regex;

use crate::judge::Findings;
use crate::language::Language;
use crate::rules::named;
use crate::side::{File, Side};
use crate::structure::{changed, changed_code, is_written};

/// A number before or after its unit, in seconds; the first group is the number, which may be absent.
const UNITS: &[(&str, f64)] = &[
    (r"(?:\b(\d+)\s*\*\s*)?\btime\.Millisecond\b", 0.001),
    (r"(?:\b(\d+)\s*\*\s*)?\btime\.Second\b", 1.0),
    (r"(?:\b(\d+)\s*\*\s*)?\btime\.Minute\b", 60.0),
    (r"(?:\b(\d+)\s*\*\s*)?\btime\.Hour\b", 3600.0),
    (r"(?i)\b(?:from_?millis\w*|ofMillis|milliseconds?|millis)\(\s*(\d+)\s*\)", 0.001),
    (r"(?i)\b(?:from_?sec\w*|ofSeconds|seconds?|timedelta\(seconds=)\(?\s*(\d+)\s*\)", 1.0),
    (r"(?i)\b(?:from_?min\w*|ofMinutes|minutes?|timedelta\(minutes=)\(?\s*(\d+)\s*\)", 60.0),
    (r"\b(\d+)\s*(?:ms|millis|milliseconds?)\b", 0.001),
    (r"\b(\d+)\s*(?:s|secs?|\.seconds?)\b", 1.0),
    (r"\b(\d+)\s*(?:m|min|mins|\.minutes?)\b", 60.0),
];

pub(crate) fn judge(files: &[File<'_>], findings: &mut Findings) {
    static PATTERNS: LazyLock<Vec<(Regex, f64)>> =
        LazyLock::new(|| UNITS.iter().filter_map(|(unit, times)| Some((Regex::new(unit).ok()?, *times))).collect());
    for file in files.iter().filter(|file| is_written(file) && file.language != Language::Css) {
        for hunk in &file.hunks {
            let all = |side: &Side| -> Vec<(u64, f64)> {
                let lines = changed_code(side);
                lines.flat_map(|(number, raw, _)| seconds(&PATTERNS, raw).map(move |value| (number, value))).collect()
            };
            let (old, new) = (all(&hunk.old), all(&hunk.new));
            // A limit in the place of a sleep is no wait that grew.
            let sleeps = |side: &Side| changed(side).any(|(_, raw, _)| raw.to_ascii_lowercase().contains("sleep"));
            if sleeps(&hunk.old) && !sleeps(&hunk.new) {
                continue;
            }
            let longer = old.iter().zip(&new).find(|((_, before), (_, now))| now > before);
            if let Some((_, (line, _))) = longer.filter(|_| old.len() == new.len()) {
                findings.add(file.path(), *line, &named("timeout_raised"));
            }
        }
    }
}

fn seconds<'a>(patterns: &'a [(Regex, f64)], raw: &'a str) -> impl Iterator<Item = f64> + 'a {
    let mut found: Vec<(usize, f64)> = Vec::new();
    for (regex, times) in patterns {
        for one in regex.captures_iter(raw) {
            let number = one.get(1).and_then(|number| number.as_str().parse::<f64>().ok()).unwrap_or(1.0);
            found.push((one.get(0).map_or(0, |whole| whole.start()), number * times));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_read() {
        let patterns: Vec<_> = UNITS
            .iter()
            .map(|(unit, times)| (Regex::new(unit).unwrap_or_else(|e| panic!("{unit}: {e}")), *times))
            .collect();
        let said = |text: &str| seconds(&patterns, text).sum::<f64>();
        assert!((said("ctx, 2*time.Second") - 2.0).abs() < 1e-9);
        assert!((said("timeout(Duration::from_millis(500), x)") - 0.5).abs() < 1e-9);
        assert!((said("std::chrono::seconds(3)") - 3.0).abs() < 1e-9);
        assert!((said("period: 30s") - 30.0).abs() < 1e-9);
    }
}

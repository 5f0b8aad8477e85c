//! A conflict that is resolved by losing what one side did.

use std::collections::BTreeSet;

use crate::judge::{Findings, normal, words};
use crate::rules::named;
use crate::shapes::Shapes;
use crate::side::{File, Hunk};

/// First words of lines that say nothing of what the line is about.
const KEYWORDS: &[&str] = &[
    "from",
    "import",
    "use",
    "pub",
    "const",
    "let",
    "var",
    "val",
    "def",
    "fn",
    "func",
    "fun",
    "function",
    "return",
    "if",
    "export",
    "class",
    "struct",
    "static",
    "using",
    "require",
    "require_relative",
    "public",
    "private",
    "async",
    "type",
];

/// Lines of one side of a conflict that are nowhere in its resolution, and that no line of the other side replaces.
pub(crate) fn side_dropped(shapes: &Shapes, file: &File<'_>, hunk: &Hunk, findings: &mut Findings) {
    let (mut sides, mut at) = ([Vec::new(), Vec::new()], None);
    for (_, _, raw, _) in hunk.old.each() {
        match raw.get(..7) {
            Some("<<<<<<<") => at = Some(0),
            Some("|||||||") => at = None,
            Some("=======") if at.is_some() || !sides[0].is_empty() => at = Some(1),
            Some(">>>>>>>") => at = None,
            _ => {
                if let Some(index) = at {
                    sides[index].push(raw);
                }
            }
        }
    }
    let new: BTreeSet<String> = hunk.new.each().map(|(_, _, raw, _)| normal(raw)).collect();
    let whole = normal(&hunk.new.text);
    let kept: BTreeSet<String> = hunk.new.each().filter_map(|(_, _, raw, _)| shapes.key_of(raw)).collect();
    let said: BTreeSet<&str> = words(&hunk.new.text).collect();
    let lost = |line: &&str| {
        let text = normal(line);
        text.chars().filter(|c| c.is_alphanumeric()).count() > 2
            && !new.contains(&text)
            && !whole.contains(&text)
            && shapes.key_of(line).is_some_and(|key| {
                if KEYWORDS.contains(&key.as_str()) {
                    words(line).any(|word| word.len() > 2 && !said.contains(word))
                } else {
                    !kept.contains(&key)
                }
            })
    };
    for side in &sides {
        if side.iter().any(lost) {
            findings.add(file.path(), hunk.at, &named("side_dropped"));
        }
    }
}

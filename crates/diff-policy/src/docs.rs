//! The table for people, made of the same rows that judge.

use std::fmt::Write as _;

use remediation::{Kind, Vocabulary};

use crate::judge::Verdict;
use crate::policy::{CI, PERSON, Policy, may_touch_ci};
use crate::rules::ALL;

/// The honest-diff table as Markdown. `TABLE.md` holds it; a test keeps that file current.
pub fn table() -> String {
    let mut out = String::from(
        "# The honest-diff table\n\n\
         Written by `BLESS=1 cargo test -p diff-policy`; do not edit. A change is `honest`, for a `person`, or `never` a fix.\n\n\
         ## Never a fix, whatever the kind\n\n",
    );
    // Writing to a string cannot fail.
    for says in [Verdict::Never, Verdict::Person] {
        if says == Verdict::Person {
            out.push_str("\n## For a person, although it may be right\n\n");
        }
        for rule in ALL.iter().filter(|rule| rule.says == says) {
            let _ = writeln!(out, "- `{}`: {}", rule.name, rule.sentence);
        }
    }
    out.push_str("\n## What each kind may change\n\nAnything else is `outside_the_kind`.\n\n");
    for kind in Kind::ALL {
        let _ = writeln!(out, "- `{kind}`: {}", code(&Policy::of(*kind).may));
    }
    let kinds = Kind::ALL.iter().filter(|kind| may_touch_ci(**kind)).map(|kind| format!("`{kind}`"));
    let kinds = kinds.collect::<Vec<_>>().join(", ");
    let _ = writeln!(out, "\n## CI's own files\n\n`ci_edited`; a person's for {kinds}: {}", code(CI));
    let _ = writeln!(out, "\n## Files that a person must look at\n\n`needs_a_person`: {}", code(PERSON));
    out
}

fn code(globs: &[&str]) -> String {
    globs.iter().map(|glob| format!("`{glob}`")).collect::<Vec<_>>().join(" ")
}

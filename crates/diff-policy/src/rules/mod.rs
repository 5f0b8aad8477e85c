//! What is never a fix, and what looks like it and needs a person: one [`Rule`] a concept, one [`Sign`] a spelling of it.
//!
//! A sign is a pattern whose matches are counted on both sides of the diff. `Appears` fires when the new side has more of
//! the same match (spaces and quotes aside) than the old one, `Disappears` when it has fewer matches. A language or tool
//! is added by adding a sign. Rules without signs are judged by code, named in their comment.

mod checks;
mod config;
mod errors;
mod lints;
mod tests;

use remediation::Kind;

use crate::judge::Verdict;
use crate::language::Language;

/// One concept.
#[derive(Debug)]
pub struct Rule {
    /// Its name, in `because`.
    pub name: &'static str,
    /// What a finding of it means.
    pub says: Verdict,
    /// For people and for the prompt: what must not be done.
    pub sentence: &'static str,
    /// How it looks.
    pub signs: &'static [Sign],
}

/// One spelling.
#[derive(Debug)]
pub struct Sign {
    /// Where it counts.
    pub on: On,
    /// In which part of a file.
    pub part: Part,
    /// On which side.
    pub change: Change,
    /// The pattern (crate `regex`, multi-line mode).
    pub pattern: &'static str,
}

/// Where a sign counts.
#[derive(Debug, Clone, Copy)]
pub enum On {
    /// Files of these languages.
    Languages(&'static [Language]),
    /// Files of these paths.
    Paths(&'static [&'static str]),
    /// Every file but prose.
    All,
    /// Every file that is no test, but prose.
    Sources,
}

/// The part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Without comments, and without strings where they are mere text.
    Code,
    /// Only comments.
    Comment,
    /// Everything.
    Text,
}

/// The side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// More of it than before.
    Appears,
    /// Fewer matches than before, whatever their text.
    Disappears,
    /// A match of before is no longer there as it was.
    Altered,
}

impl Rule {
    /// Whether the rule means something for this kind. Prompts leave out what cannot come up.
    pub fn holds(&self, kind: Kind) -> bool {
        self.says == Verdict::Never && !(self.name == "ci_edited" && crate::policy::may_touch_ci(kind))
    }
}

const fn code(languages: &'static [Language], pattern: &'static str) -> Sign {
    Sign { on: On::Languages(languages), part: Part::Code, change: Change::Appears, pattern }
}
const fn gone(languages: &'static [Language], pattern: &'static str) -> Sign {
    Sign { on: On::Languages(languages), part: Part::Code, change: Change::Disappears, pattern }
}
const fn altered(languages: &'static [Language], pattern: &'static str) -> Sign {
    Sign { on: On::Languages(languages), part: Part::Code, change: Change::Altered, pattern }
}
const fn file_altered(paths: &'static [&'static str], pattern: &'static str) -> Sign {
    Sign { on: On::Paths(paths), part: Part::Text, change: Change::Altered, pattern }
}
const fn comment(pattern: &'static str) -> Sign {
    Sign { on: On::All, part: Part::Comment, change: Change::Appears, pattern }
}
const fn file(paths: &'static [&'static str], pattern: &'static str) -> Sign {
    Sign { on: On::Paths(paths), part: Part::Text, change: Change::Appears, pattern }
}
const fn file_gone(paths: &'static [&'static str], pattern: &'static str) -> Sign {
    Sign { on: On::Paths(paths), part: Part::Text, change: Change::Disappears, pattern }
}

/// Every rule, in the order in which people read them.
pub const ALL: &[Rule] = &[
    tests::DELETED,
    tests::SKIPPED,
    tests::FILTERED,
    tests::RETRIED,
    tests::WEAKENED,
    tests::TRIVIAL,
    tests::SNAPSHOTS,
    tests::SPECIAL_CASE,
    lints::LINTS,
    lints::LINT_CONFIG,
    lints::TYPES,
    errors::SWALLOWED,
    errors::STUBBED,
    config::CHECKS_OFF,
    config::CI_EDITED,
    config::THRESHOLDS,
    config::PROTECTION,
    config::REGISTRY,
    errors::CONFLICT_MARKERS,
    tests::EXPECTATION,
    tests::FEWER_ASSERTIONS,
    tests::EARLY_END,
    tests::FIXED_ANSWER,
    tests::ENVIRONMENT,
    tests::MOCKED,
    checks::CHECK_CHANGED,
    config::SCHEMA,
    lints::TYPES_LOOSENED,
    errors::IGNORED_RESULT,
    errors::UNSAFE,
    errors::COMMENTED_OUT,
    errors::ONLY_REMOVES,
    errors::SIDE_DROPPED,
    errors::SECRET_STAYS,
    config::VERSIONS_BACK,
    config::TIMEOUTS,
    config::INSTALL,
    config::DISABLED,
    checks::RIGHTS,
    config::OUTSIDE,
    config::ANOTHER,
    config::PERSON_PATH,
    config::UNREADABLE,
    config::FILE_MODE,
];

/// The rule of this name.
pub(crate) fn named(name: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.name == name)
}

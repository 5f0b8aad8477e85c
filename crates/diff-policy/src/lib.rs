//! The honest-diff table (design section 3): what an agent may change for a kind of failure, what a person must look at,
//! and what is never a fix. One source for the prompt, the judgement and the docs.
//!
//! [`Policy::of`] is the table's row of a kind. [`judge`] reads a unified diff, [`judge_files`] the files of GitHub's
//! compare API. A rule fires on what the diff *adds* to the world: a pattern counts on the new side less on the old side,
//! over the whole diff, so that moved and reformatted code raises no alarm.

mod branches;
mod compare;
mod declared;
mod docs;
mod durations;
mod expected;
mod grammar;
mod judge;
mod language;
mod merge;
mod obsolete;
mod patch;
mod policy;
mod removed;
mod repairs;
mod rules;
mod shapes;
mod side;
mod structure;
mod tests_lost;
mod values;

pub use docs::table;
pub use judge::{FINDINGS, Finding, Judgement, Verdict, judge, judge_files};
pub use language::Language;
pub use patch::{FileChange, files};
pub use policy::{CI, PERSON, Policy};
pub use rules::{ALL as RULES, Change, On, Part, Rule, Sign};

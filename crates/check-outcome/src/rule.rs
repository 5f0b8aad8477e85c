//! A row of a table of rules, over whatever facts the table is about.

use remediation::Verdict;

/// What a rule leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Not decided yet; ask again later.
    Wait,
    /// The agent is to be deleted, then everything is looked at again.
    StopAgent,
    /// Decided.
    Verdict(Verdict),
}

/// One row.
pub struct Rule<F> {
    /// Its name, for `because`.
    pub name: &'static str,
    /// What it says, for people.
    pub says: &'static str,
    /// When it fires.
    pub when: fn(&F) -> bool,
    /// What follows.
    pub then: Then,
}

/// A row.
pub(crate) const fn rule<F>(name: &'static str, then: Then, says: &'static str, when: fn(&F) -> bool) -> Rule<F> {
    Rule { name, says, when, then }
}

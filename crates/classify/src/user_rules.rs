//! The rules of a configuration (`rules:`), as rows of a table beside the built-in ones.
//!
//! They are weighed as built-in rules are: a surer one wins, and a security kind counts only where the log may choose one.

use std::io::{self, Read, Seek};

use config::{UserRole, UserRule};

use crate::rule::{Role, Table};
use crate::tail::{self, Answer};
use crate::{Hints, Judgement, unread};

/// The built-in table with the rules of a configuration; `None` without any.
///
/// It lives as long as the process, as the built-in one does: a configuration is read once.
#[must_use]
pub fn table(rules: &[UserRule]) -> Option<&'static Table> {
    if rules.is_empty() {
        return None;
    }
    let mut table = Table::fresh();
    for rule in rules {
        let (like, not) = rule.compiled()?;
        let role = match rule.role {
            UserRole::Cause => Role::Cause,
            UserRole::Hint => Role::Hint,
        };
        table.add(&rule.name, rule.kind, role, rule.weight, like, not)?;
    }
    Some(Box::leak(Box::new(table)))
}

fn known(table: Option<&'static Table>) -> &'static Table {
    table.unwrap_or_else(Table::builtin)
}

/// [`crate::judge_reader`] with the table of a configuration's rules.
///
/// # Errors
/// What the reader returns.
pub fn judge_reader_by(table: Option<&'static Table>, log: impl Read, hints: &Hints<'_>) -> io::Result<Judgement> {
    tail::by_all(log, known(table), hints)
}

/// The same about a file, of which this beginning was read. Where its end decides, no more than that is read, and lines are
/// counted from there.
///
/// # Errors
/// What the file returns.
pub fn answer_of_file(
    table: Option<&'static Table>,
    beginning: &[u8],
    file: &mut (impl Read + Seek),
    hints: &Hints<'_>,
) -> io::Result<Answer> {
    tail::of_file(beginning, file, known(table), hints)
}

/// [`crate::judge`] with the table of a configuration's rules.
#[must_use]
pub fn judge_by(table: Option<&'static Table>, log: &[u8], hints: &Hints<'_>) -> Judgement {
    // Reading from memory cannot fail.
    tail::of_slice(log, known(table), hints).unwrap_or_else(|_| unread())
}

//! The rules of a configuration (`rules:`), as rows of a table beside the built-in ones.
//!
//! They are weighed as built-in rules are: a surer one wins, and a security kind counts only where the log may choose one.

use std::io::{self, Read};

use config::{UserRole, UserRule};

use crate::rule::{Role, Table};
use crate::{Hints, Judgement, conclude, judge_reader, lines, reading, unread};

/// The built-in table with the rules of a configuration; `None` without any.
///
/// It lives as long as the process, as the built-in one does: a configuration is read once.
#[must_use]
pub fn table(rules: &[UserRule]) -> Option<&'static Table> {
    if rules.is_empty() {
        return None;
    }
    let mut table = Table::fresh()?;
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

/// [`judge_reader`] with the table of a configuration's rules. Reads every line: no literal tells where a rule may match.
///
/// # Errors
/// What the reader returns.
pub fn judge_reader_by(table: Option<&'static Table>, log: impl Read, hints: &Hints<'_>) -> io::Result<Judgement> {
    let Some(table) = table else { return judge_reader(log, hints) };
    let mut reading = reading::Reading::new(table);
    lines::for_each_line(log, |line| reading.line(line))?;
    reading.finish();
    Ok(conclude(&reading, table, hints))
}

/// [`judge_reader_by`] for a log that is in memory.
#[must_use]
pub fn judge_by(table: Option<&'static Table>, log: &[u8], hints: &Hints<'_>) -> Judgement {
    // Reading from memory cannot fail.
    judge_reader_by(table, log, hints).unwrap_or_else(|_| unread())
}

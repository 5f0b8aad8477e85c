//! What a rule is, and the compiled table of all of them.
//!
//! One rule is one row of a file in `rules/`. A row says what a line of one tool's own grammar means; the engine
//! decides which of the rows that fired tells the cause. Literals find candidate lines, the expression decides.

use std::sync::OnceLock;

use regex::bytes::Regex;
use remediation::Kind;

use crate::expression::Expression;
use crate::grams::GRAMS;
use crate::hosts::Speech;
use crate::rules;

/// What a matching line is to its tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The line states the cause: it anchors the excerpt and makes the signature.
    Cause,
    /// The tool's closing words: they tell which tool failed, not why.
    Verdict,
    /// A weak sign, shown only when nothing better is there.
    Hint,
}

/// One row of knowledge.
#[derive(Debug)]
pub struct Rule {
    /// Unique; what `because` says.
    pub name: &'static str,
    /// The kind that a matching line speaks for.
    pub kind: Kind,
    /// What the line is to its tool.
    pub role: Role,
    /// How sure such a line makes us, 1 to 100: 90 is a tool's unmistakable grammar, 50 could be another tool's.
    pub weight: u8,
    /// At least one of these is in every matching line.
    pub find: &'static [&'static str],
    /// Bytes expression without Unicode classes, on the cleaned line.
    pub like: &'static str,
    /// Fires only when the failing command or step name holds one of these.
    pub within: &'static [&'static str],
    /// Lines that it decides.
    #[cfg(test)]
    pub yes: &'static [&'static str],
    /// Look-alikes that it must leave alone.
    #[cfg(test)]
    pub no: &'static [&'static str],
}

/// Writes one [`Rule`]: name, kind, role and weight, literals, expression, then a line that matches and look-alikes.
macro_rules! rule {
    ($name:literal, $kind:ident, $role:ident $weight:literal, [$($find:literal),+], $like:literal,
     $(within [$($within:literal),+],)? yes [$($yes:expr),+], no [$($no:expr),*]) => {
        $crate::rule::Rule {
            name: $name,
            kind: remediation::Kind::$kind,
            role: $crate::rule::Role::$role,
            weight: $weight,
            find: &[$($find),+],
            like: $like,
            within: &[$($($within),+)?],
            #[cfg(test)]
            yes: &[$($yes),+],
            #[cfg(test)]
            no: &[$($no),*],
        }
    };
}
pub(crate) use rule;

/// A tool: its name and its rows.
#[derive(Debug)]
pub struct Tool {
    /// The file's name; part of the signature.
    pub name: &'static str,
    /// Its rows.
    pub rules: &'static [Rule],
}

/// All rows, ready to be asked. Expressions are compiled when first needed.
pub struct Table {
    /// The built-in ones, which [`GRAMS`] finds, and after them the others.
    rows: Vec<Row>,
    /// Rows without literals: they are asked about every line.
    free: Vec<u16>,
}

struct Row {
    tool: &'static str,
    rule: &'static Rule,
    like: Expression,
    /// Look-alikes that it leaves alone.
    not: Option<Box<Regex>>,
}

impl Table {
    /// The built-in table, built once.
    pub fn builtin() -> &'static Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(Self::fresh)
    }

    /// A table of the built-in rows that may be added to.
    pub(crate) fn fresh() -> Self {
        let rows = |tool: &'static Tool| {
            tool.rules.iter().map(|rule| Row { tool: tool.name, rule, like: Expression::new(rule.like), not: None })
        };
        let mut all = Vec::with_capacity(rules::TOOLS.iter().map(|tool| tool.rules.len()).sum());
        all.extend(rules::TOOLS.iter().flat_map(rows));
        Self { rows: all, free: Vec::new() }
    }

    /// Adds a row without literals; `None` when there are too many.
    pub(crate) fn add(
        &mut self,
        name: &str,
        kind: Kind,
        role: Role,
        weight: u8,
        like: Regex,
        not: Option<Regex>,
    ) -> Option<()> {
        let row = u16::try_from(self.rows.len()).ok()?;
        let rule = Rule {
            name: String::leak(format!("rules.{name}")),
            kind,
            role,
            weight,
            find: &[],
            like: "",
            within: &[],
            #[cfg(test)]
            yes: &[],
            #[cfg(test)]
            no: &[],
        };
        self.rows.push(Row {
            tool: "rules",
            rule: Box::leak(Box::new(rule)),
            like: like.into(),
            not: not.map(Box::new),
        });
        self.free.push(row);
        Some(())
    }

    /// The rule with this number.
    pub fn rule(&self, row: u16) -> &'static Rule {
        self.rows[usize::from(row)].rule
    }

    /// The tool that the rule belongs to.
    pub fn tool(&self, row: u16) -> &'static str {
        self.rows[usize::from(row)].tool
    }

    /// Puts the numbers of all rules that match `line` into `fired`, in table order.
    pub fn fire(&self, line: &[u8], fired: &mut Vec<u16>) {
        fired.clear();
        GRAMS.rows(line, |row| self.rule(row), |row| fired.push(row));
        fired.extend(&self.free);
        if !fired.is_empty() {
            fired.sort_unstable();
            fired.dedup();
            let mut said = None;
            fired.retain(|row| {
                let row = &self.rows[usize::from(*row)];
                row.matches(line) && rules::counts(row.tool, || *said.get_or_insert_with(|| Speech::of(line)))
            });
        }
    }
}

impl Row {
    fn matches(&self, line: &[u8]) -> bool {
        self.like.is_match(line) && !self.not.as_ref().is_some_and(|not| not.is_match(line))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::{Duration, Instant};

    use regex::bytes::RegexBuilder;

    use super::*;
    use crate::clean::clean;

    #[test]
    fn every_rule_decides_its_line_and_leaves_its_look_alikes_alone() {
        let table = Table::builtin();
        let mut wrong = Vec::new();
        let mut fired = Vec::new();
        for (number, row) in table.rows.iter().enumerate() {
            let number = u16::try_from(number).unwrap();
            if let Err(error) = RegexBuilder::new(row.rule.like).unicode(false).build() {
                wrong.push(format!("{}: {error}", row.rule.name));
            }
            for (lines, wanted) in [(row.rule.yes, true), (row.rule.no, false)] {
                for line in lines {
                    table.fire(&clean(line.as_bytes()).text, &mut fired);
                    if fired.contains(&number) != wanted {
                        let verb = if wanted { "misses" } else { "takes" };
                        wrong.push(format!("{}/{} {verb} {line:?}", row.tool, row.rule.name));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn names_are_unique_and_weights_make_sense() {
        let mut names = BTreeSet::new();
        for row in &Table::builtin().rows {
            assert!(names.insert(row.rule.name), "{} twice", row.rule.name);
            assert!((1..=100).contains(&row.rule.weight), "{}", row.rule.name);
        }
    }

    #[test]
    fn no_expression_is_slow_on_text_that_is_not_ascii() {
        let line = "✓ größer — 構建失敗 error: FAILED ".repeat(400);
        let start = Instant::now();
        for row in &Table::builtin().rows {
            row.matches(line.as_bytes());
        }
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

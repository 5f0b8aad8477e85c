//! Decides what kind of CI failure a log shows, who repairs it, what may help, and which lines say so.
//!
//! Four layers, each replaceable: [`lines`] (bytes to lines), [`clean`] (lines to a tool's own words), [`steps`] and
//! [`reading`] (structure and rules that fire), then weighing, excerpt and signature. The rules are data: one row each,
//! one file per tool, in `rules/`. What need not be read of a long log, `skim` and `tail` say.
//!
//! The order is an engineer's: the failing step, its command, its tool; that tool's own error block; the first error of
//! it. Log text is hostile: it chooses among kinds, but security kinds only where [`Hints::security_allowed`] says so.

mod below;
pub mod clean;
pub mod commands;
mod excerpt;
mod expression;
mod grams;
mod header;
mod hosts;
pub mod lines;
mod location;
mod marks;
mod plain;
pub mod reading;
pub mod rule;
mod rules;
pub mod signature;
mod skim;
pub mod steps;
mod tail;
mod tool;
pub mod user_rules;
mod weigh;
mod wrapped;

use std::collections::BTreeSet;
use std::io::{self, Read};

use remediation::{Agent, Kind, Remedy};

pub use excerpt::MAX_BYTES as MAX_EXCERPT_BYTES;
pub use rule::Table;
pub use skim::BEGINNING;
pub use tail::{Answer, END_BYTES};
pub use tool::{Classify, section};

/// What is known beside the log; weaker evidence than the log itself.
#[derive(Debug, Clone, Copy)]
pub struct Hints<'a> {
    /// The workflow's name.
    pub workflow: Option<&'a str>,
    /// The failing job's name.
    pub job: Option<&'a str>,
    /// The failing step's name.
    pub step: Option<&'a str>,
    /// Paths that the pull request changes.
    pub changed_files: &'a [&'a str],
    /// The event was a security alert.
    pub security_event: bool,
    /// The log may choose a security kind: a security event, an allow-listed workflow, or a person by hand (design 7).
    pub security_allowed: bool,
    /// The log may say that a re-run helps; false once a re-run was red.
    pub transient_allowed: bool,
}

impl Default for Hints<'_> {
    fn default() -> Self {
        Self {
            workflow: None,
            job: None,
            step: None,
            changed_files: &[],
            security_event: false,
            security_allowed: true,
            transient_allowed: true,
        }
    }
}

/// A rule and the line that made it decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The rule's name.
    pub rule: &'static str,
    /// 1-based line of the log; none for names.
    pub line: Option<u64>,
}

/// What the log shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The kind of failure.
    pub kind: Kind,
    /// Who repairs it.
    pub agent: Option<Agent>,
    /// What may help.
    pub remedy: Remedy,
    /// How often such an answer is right, 0 to 1.
    pub confidence: f64,
    /// Equal for two runs of one cause.
    pub signature: String,
    /// Lines that explain it: 1-based, both ends included; at most [`MAX_EXCERPT_BYTES`] together.
    pub excerpt: Vec<(u64, u64)>,
    /// The same lines with their numbers, as their tool wrote them, each cut to 400 bytes.
    pub lines: Vec<(u64, String)>,
    /// The command that failed.
    pub command: Option<String>,
    /// File and line that the cause names.
    pub location: Option<(String, u64)>,
    /// Why, the strongest first.
    pub because: Vec<Evidence>,
}

impl Judgement {
    /// The same judgement of a log with so many more lines above.
    #[must_use]
    pub fn shifted(mut self, by: u64) -> Self {
        for (first, last) in &mut self.excerpt {
            *first += by;
            *last += by;
        }
        self.lines.iter_mut().for_each(|(number, _)| *number += by);
        self.because.iter_mut().for_each(|why| why.line = why.line.map(|line| line + by));
        self
    }
}

/// Judges a log that is in memory.
#[must_use]
pub fn judge(log: &[u8], hints: &Hints<'_>) -> Judgement {
    user_rules::judge_by(None, log, hints)
}

/// Judges a log of any size in bounded memory.
///
/// # Errors
/// What the reader returns.
pub fn judge_reader(log: impl Read, hints: &Hints<'_>) -> io::Result<Judgement> {
    user_rules::judge_reader_by(None, log, hints)
}

/// Judges by reading every line, whatever a log's structure says: what [`judge`] is measured against.
///
/// # Errors
/// What the reader returns.
pub fn judge_every_line(log: impl Read, hints: &Hints<'_>) -> io::Result<Judgement> {
    let table = rule::Table::builtin();
    let mut reading = reading::Reading::new(table);
    lines::for_each_line(log, |line| reading.line(line))?;
    reading.finish();
    Ok(conclude(&tail::weigh_all(&reading, table, hints), table))
}

/// The expressions of all rules, for those who measure other programs with them.
pub fn expressions() -> impl Iterator<Item = &'static str> {
    rules::TOOLS.iter().flat_map(|tool| tool.rules).map(|rule| rule.like)
}

fn conclude(verdict: &weigh::Verdict<'_>, table: &rule::Table) -> Judgement {
    let kind = verdict.kind;
    let (excerpt, lines) = excerpt::excerpt(verdict, table);
    let first = verdict.hits.first();
    let speaker = signature_rule(&verdict.hits, table);
    let tool = speaker.map_or("none", |weighed| table.tool(weighed.hit.rule));
    let mut causes = signature_causes(speaker, &verdict.hits, table);
    if causes.is_empty() {
        let words = first.map(|weighed| &*weighed.hit.line.text);
        let words = words.or_else(|| verdict.step.and_then(|step| step.tail.back()).map(|line| &*line.text));
        causes.extend(words.map(|words| signature::fingerprint(words, "", "")));
    }
    Judgement {
        kind,
        agent: kind.agent(),
        remedy: kind.remedy(),
        confidence: verdict.confidence,
        signature: signature::signature(kind, tool, causes.iter()),
        excerpt,
        lines,
        command: verdict.step.and_then(|step| step.commands.back()).map(|(_, command)| command.clone()),
        location: first.and_then(|weighed| location::of(weighed.hit)),
        because: verdict.because.clone(),
    }
}

/// The hit whose rule makes the signature: the surest by itself of the loudest. How loud it is depends on how far from
/// the end it stands, and that changes with lines that have nothing to do with it.
fn signature_rule<'a, 'b>(hits: &'b [weigh::Weighed<'a>], table: &rule::Table) -> Option<&'b weigh::Weighed<'a>> {
    let first = hits.first()?;
    let of = |weighed: &weigh::Weighed<'_>| table.rule(weighed.hit.rule);
    let near = hits.iter().filter(|weighed| {
        std::ptr::eq(weighed.step, first.step)
            && of(weighed).role == of(first).role
            && weighed.weight >= first.weight * 0.88
    });
    near.min_by_key(|weighed| (std::cmp::Reverse(of(weighed).weight), weighed.hit.rule, weighed.hit.line.number))
}

/// What the sure rules of one step say: one names the test, another what was wrong with it.
fn signature_causes(
    speaker: Option<&weigh::Weighed<'_>>,
    hits: &[weigh::Weighed<'_>],
    table: &rule::Table,
) -> BTreeSet<u64> {
    let Some(speaker) = speaker else { return BTreeSet::new() };
    let sure = table.rule(speaker.hit.rule).weight.saturating_sub(12);
    let rules: BTreeSet<u16> = hits
        .iter()
        .filter(|weighed| std::ptr::eq(weighed.step, speaker.step) && table.rule(weighed.hit.rule).weight >= sure)
        .map(|weighed| weighed.hit.rule)
        .collect();
    let said = speaker.step.causes.iter().filter(|(rule, _)| rules.contains(rule));
    let mut causes: BTreeSet<u64> = said.flat_map(|(_, prints)| prints).copied().collect();
    if weigh::is_image_command(speaker.hit, table) {
        causes.extend(causes_inside(speaker, table));
    }
    causes
}

/// That a command failed inside an image says which; why, the surest words of its own tool say, or else its last line.
fn causes_inside(speaker: &weigh::Weighed<'_>, table: &rule::Table) -> BTreeSet<u64> {
    let inside = speaker.step.causes.iter().filter(|(rule, _)| table.tool(**rule) != "docker");
    let weight = |rule: u16| table.rule(rule).weight;
    let Some(surest) = inside.clone().map(|(rule, _)| weight(*rule)).max() else {
        let builder = |text: &str| BUILDERS.iter().any(|begin| text.starts_with(begin));
        let last = speaker.hit.before.iter().rev().find(|line| !line.text.is_empty() && !builder(&line.text));
        return last.map(|line| signature::fingerprint(&line.text, "", "")).into_iter().collect();
    };
    inside.filter(|(rule, _)| weight(**rule) + 12 >= surest).flat_map(|(_, prints)| prints).copied().collect()
}

/// How lines begin that a builder of images prints itself.
const BUILDERS: [&str; 7] = ["INFO[", "WARN[", "STEP ", "---", " > [", "time=", "#"];

/// The answer about nothing.
fn unread() -> Judgement {
    Judgement {
        kind: Kind::General,
        agent: Kind::General.agent(),
        remedy: Kind::General.remedy(),
        confidence: 0.05,
        signature: signature::signature(Kind::General, "none", std::iter::empty()),
        excerpt: Vec::new(),
        lines: Vec::new(),
        command: None,
        location: None,
        because: Vec::new(),
    }
}

//! `healer judge-diff --kind KIND < patch`: does a change repair a failure of this kind, or hide it?

use std::io::{self, Read, Write};

use anstyle::{AnsiColor, Style};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use diff_policy::{Finding, Judgement, RULES, Verdict};
use remediation::{Kind, Vocabulary};
use serde::Serialize;
use step::Cannot;
use text::Untrusted;

/// GitHub shows no diff of a tenth of it; a larger one is no repair that anybody could look at.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// `healer judge-diff`
#[derive(Debug, Args)]
#[command(
    after_help = "The verdict is `honest`, `person` (somebody must look at it) or `never` (it hides the failure); the exit code is 0 \
                  for each of them.\n\nExamples:\n  git diff main... | healer judge-diff --kind rust_test\n  \
                  gh pr diff 12 | healer judge-diff --kind frontend_lint --format json | jq -r .verdict"
)]
pub struct JudgeDiff {
    /// The kind of failure that the change is meant to repair
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    kind: Kind,
    /// For people, or JSON: `verdict` and `because`
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Every kind by its word; clap lists them for a word that is none.
fn kinds() -> impl TypedValueParser<Value = Kind> {
    let words = Kind::ALL.iter().map(|kind| PossibleValue::new(kind.as_str()).help(kind.meaning()));
    PossibleValuesParser::new(words).try_map(|word| remediation::words::parse_strict(&word))
}

/// The judgement as JSON.
#[derive(Serialize)]
struct Said<'a> {
    verdict: &'static str,
    because: Vec<Because<'a>>,
}

#[derive(Serialize)]
struct Because<'a> {
    /// As the diff names it, secrets masked.
    file: Untrusted,
    /// In the new file, from 1; 0 for the file as a whole.
    line: u64,
    rule: &'a str,
    says: &'static str,
}

impl JudgeDiff {
    /// Reads a unified diff and says what it is.
    ///
    /// # Errors
    /// Refused when there is no diff to judge; not yet when the answer cannot be written.
    pub fn run(&self, patch: impl Read, out: &mut impl Write) -> Result<(), Cannot> {
        let patch = read(patch)?;
        let judgement = diff_policy::judge(self.kind, &patch);
        let written = match self.format {
            Format::Text => self.tell(out, &judgement),
            Format::Json => json(out, &judgement),
        };
        written.map_err(|error| Cannot::not_yet(format!("cannot write the answer: {error}")))
    }

    fn tell(&self, out: &mut impl Write, judgement: &Judgement) -> io::Result<()> {
        let style = style(judgement.verdict);
        writeln!(
            out,
            "{style}{}{style:#} as a repair of {}: {}.",
            judgement.verdict,
            self.kind,
            judgement.verdict.meaning()
        )?;
        for finding in &judgement.because {
            let place = masked(finding).terminal();
            let line = if finding.line > 0 { format!(":{}", finding.line) } else { String::new() };
            let style = self::style(finding.says);
            let sentence = RULES.iter().find(|rule| rule.name == finding.rule).map_or("", |rule| rule.sentence);
            writeln!(out, "  {style}{}{style:#} {place}{line} {}: {sentence}", finding.says, finding.rule)?;
        }
        if judgement.because.len() == diff_policy::FINDINGS {
            writeln!(out, "  … only the first {} reasons are named", diff_policy::FINDINGS)?;
        }
        Ok(())
    }
}

fn read(patch: impl Read) -> Result<String, Cannot> {
    let mut bytes = Vec::new();
    let read = patch.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| Cannot::refused(format!("cannot read the patch: {error}")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Cannot::refused("the patch has more than 64 MiB; judge it in parts"));
    }
    // A file in another encoding still has readable headers and rules that are ASCII.
    let patch = String::from_utf8_lossy(&bytes).into_owned();
    if patch.trim().is_empty() {
        return Err(Cannot::refused("the patch is empty; give a unified diff on stdin, such as `git diff main...`"));
    }
    if diff_policy::files(&patch).is_empty() {
        return Err(Cannot::refused(
            "stdin holds no unified diff (no `diff --git` or `---`/`+++` line); give one, such as `git diff main...`",
        ));
    }
    Ok(patch)
}

fn json(out: &mut impl Write, judgement: &Judgement) -> io::Result<()> {
    let because = judgement.because.iter().map(|finding| Because {
        file: masked(finding),
        line: finding.line,
        rule: finding.rule,
        says: finding.says.as_str(),
    });
    let said = Said { verdict: judgement.verdict.as_str(), because: because.collect() };
    serde_json::to_writer_pretty(&mut *out, &said)?;
    writeln!(out)
}

/// Paths are a stranger's words too.
fn masked(finding: &Finding) -> Untrusted {
    Untrusted::new(redact::Redactor::new().redact(finding.file.expose()).text.into_owned())
}

fn style(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Honest => AnsiColor::Green,
        Verdict::Person => AnsiColor::Yellow,
        Verdict::Never => AnsiColor::Red,
    };
    colour.on_default().bold()
}

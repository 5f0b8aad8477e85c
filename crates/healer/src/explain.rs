//! `healer explain LOG`: what broke, who would fix it, and why, with the lines that say so. Streams a log of any size.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use clap::{Args, ValueEnum};
use classify::{Hints, Judgement};
use jiff::Timestamp;
use open_remediation::{ByHand, by_hand};
use remediation::*;
use sha2::{Digest, Sha256};
use step::Cannot;
use text::Untrusted;

/// What decides whether a file is text at all.
const FIRST_BYTES: usize = 8 * 1024;

const BOLD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const CAUSE: Style = AnsiColor::Red.on_default();

/// `healer explain`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  healer explain build.log\n  gh run view 12216892003 --log-failed | healer explain -\n  healer explain --rules healer.yaml build.log\n  healer explain build.log --format json | jq .classification.kind"
)]
pub struct Explain {
    /// The log; `-` is stdin
    log: PathBuf,
    /// Ask these rules too: a file with `rules:`, such as your healer.yaml
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    #[command(flatten)]
    known: Known,
    /// For people, or the document as JSON
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// What is known beside the log; weaker evidence than the log itself.
#[derive(Debug, Args)]
struct Known {
    /// The workflow's name
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,
    /// The job's name
    #[arg(long, value_name = "NAME")]
    job: Option<String>,
    /// The failed step's name
    #[arg(long, value_name = "NAME")]
    step: Option<String>,
    /// A file that the change touches; may be given again
    #[arg(long, value_name = "PATH")]
    changed_file: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Explain {
    /// Reads the log to its end and says what it shows.
    pub fn run(&self, out: &mut impl Write) -> Result<(), Cannot> {
        let config = self.rules.as_deref().map(config::Config::read).transpose()?;
        let table = config.and_then(|config| classify::user_rules::table(&config.rules));
        let name = if self.log == Path::new("-") { "stdin".into() } else { self.log.display().to_string() };
        let unreadable = |error: io::Error| Cannot::refused(format!("cannot read {name}: {error}"));
        let mut inner = open(&self.log).map_err(unreadable)?;
        let mut first = vec![0; FIRST_BYTES];
        let filled = by_hand::fill(&mut inner, &mut first).map_err(unreadable)?;
        by_hand::text(&first[..filled], filled < FIRST_BYTES, &name)?;
        // Only the document's id needs the digest.
        let digest = (self.format == Format::Json).then(Sha256::new);
        let mut log = Digested { inner: first[..filled].chain(inner), digest };
        let known = &self.known;
        let changed: Vec<&str> = known.changed_file.iter().map(String::as_str).collect();
        let hints = Hints {
            workflow: known.workflow.as_deref(),
            job: known.job.as_deref(),
            step: known.step.as_deref(),
            changed_files: &changed,
            ..Hints::default()
        };
        let judgement = classify::user_rules::judge_reader_by(table, &mut log, &hints).map_err(unreadable)?;
        let written = match self.format {
            Format::Text => self.tell(out, &judgement),
            Format::Json => {
                let document = self.document(&judgement, &names::hex(&log.digest.unwrap_or_default().finalize()))?;
                out.write_all(&document.to_bytes()?)
            }
        };
        written.map_err(|error| Cannot::not_yet(format!("cannot write the answer: {error}")))
    }

    fn tell(&self, out: &mut impl Write, found: &Judgement) -> io::Result<()> {
        let agent = found.agent.map_or("nobody", Vocabulary::as_str);
        writeln!(out, "{BOLD}{}{BOLD:#}: {}", found.kind, found.kind.meaning())?;
        writeln!(
            out,
            "{BOLD}{agent}{BOLD:#} would repair it; remedy: {}. Confidence {:.2}.",
            found.remedy.meaning(),
            found.confidence
        )?;
        if let Some(command) = &found.command {
            let command = redact::Redactor::new().redact(command).text.into_owned();
            writeln!(out, "Command: {}", Untrusted::new(command).terminal())?;
        }
        if let Some((file, line)) = &found.location {
            writeln!(out, "Place: {}:{line}", Untrusted::new(file.as_str()).terminal())?;
        }
        if !found.lines.is_empty() {
            writeln!(out)?;
        }
        let mut before = None;
        let redactor = redact::Redactor::new();
        for (number, line) in &found.lines {
            if before.is_some_and(|before| before + 1 != *number) {
                writeln!(out, "{FAINT}      …{FAINT:#}")?;
            }
            before = Some(*number);
            let style =
                if found.because.iter().any(|reason| reason.line == Some(*number)) { CAUSE } else { Style::new() };
            writeln!(
                out,
                "{FAINT}{number:>6}{FAINT:#} {style}{}{style:#}",
                Untrusted::new(redactor.redact(line).text).terminal()
            )?;
        }
        if found.because.is_empty() {
            return writeln!(out, "\nNo rule knows anything in this log; is it the log of a failed job?");
        }
        writeln!(out)?;
        for reason in &found.because {
            let at = reason.line.map_or_else(|| "by name".into(), |line| format!("line {line}"));
            writeln!(out, "{FAINT}because {} ({at}){FAINT:#}", reason.rule)?;
        }
        Ok(())
    }

    /// The document that `open-remediation --log | classify` makes, without the attachment: nothing is kept of the log.
    fn document(&self, found: &Judgement, digest: &str) -> Result<Document, Cannot> {
        let known = ByHand {
            workflow: self.known.workflow.clone(),
            job: self.known.job.clone(),
            step: self.known.step.clone(),
            changed_file: self.known.changed_file.clone(),
            ..ByHand::default()
        };
        let (subject, _) = by_hand::known(&known)?;
        let origin = Origin { source: Source::Hand.into(), event: "log".into() };
        let mut document = Document::new();
        document.set("id", &by_hand::id(digest, &known))?;
        document.set("opened_at", &Timestamp::now())?;
        document.set("origin", &origin)?;
        document.set("subject", &subject)?;
        document.set("attempt", &Attempt { round: 1, number: 1, limit: 3, agent: None })?;
        document.set("classification", &classify::section(found))?;
        document.set_items("trail", &[])?;
        Ok(document)
    }
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    if path.is_dir() {
        return Err(io::Error::other("it is a directory; name a log file"));
    }
    Ok(Box::new(File::open(path)?))
}

/// Digests what is read, if that is wanted.
struct Digested<R> {
    inner: R,
    digest: Option<Sha256>,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        if let Some(digest) = &mut self.digest {
            digest.update(&buffer[..length]);
        }
        Ok(length)
    }
}

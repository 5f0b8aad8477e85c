//! `healer explain LOG`: what broke, who would fix it, and why, with the lines that say so. Streams a log of any size.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use clap::{Args, ValueEnum};
use classify::{Answer, Hints, Judgement, user_rules};
use jiff::Timestamp;
use open_remediation::{ByHand, by_hand};
use remediation::*;
use sha2::{Digest, Sha256};
use step::Cannot;
use text::Untrusted;

/// What decides whether a file is text at all, and how it is read.
const FIRST_BYTES: usize = classify::BEGINNING;

/// What a pipe holds at most without privileges.
#[cfg(target_os = "linux")]
const PIPE_BYTES: usize = 1024 * 1024;

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
    /// Number lines from the beginning also where the end of a long file decides, which takes reading all of it
    #[arg(long)]
    count_lines: bool,
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
    /// Reads as much of the log as it takes, and says what it shows.
    pub fn run(&self, out: &mut impl Write) -> Result<(), Cannot> {
        let config = self.rules.as_deref().map(config::Config::read).transpose()?;
        let table = config.and_then(|config| user_rules::table(&config.rules));
        let name = if self.log == Path::new("-") { "stdin".into() } else { self.log.display().to_string() };
        let unreadable = |error: io::Error| Cannot::refused(format!("cannot read {name}: {error}"));
        let mut log = open(&self.log).map_err(unreadable)?;
        let mut first = vec![0; FIRST_BYTES];
        let filled = by_hand::fill(&mut log, &mut first).map_err(unreadable)?;
        by_hand::text(&first[..filled], filled < FIRST_BYTES, &name)?;
        let first = &first[..filled];
        let known = &self.known;
        let changed: Vec<&str> = known.changed_file.iter().map(String::as_str).collect();
        let hints = Hints {
            workflow: known.workflow.as_deref(),
            job: known.job.as_deref(),
            step: known.step.as_deref(),
            changed_files: &changed,
            ..Hints::default()
        };
        let mut out = BufWriter::new(out);
        let written = match self.format {
            Format::Text => {
                let answer = match &mut log {
                    Log::File(file) if !self.count_lines => user_rules::answer_of_file(table, first, file, &hints),
                    log => user_rules::judge_reader_by(table, first.chain(log), &hints).map(Answer::from),
                };
                self.tell(&mut out, &answer.map_err(unreadable)?)
            }
            Format::Json => {
                // Only the document's id needs the digest.
                let mut log = Digested { inner: first.chain(log), digest: Sha256::new() };
                let judgement = user_rules::judge_reader_by(table, &mut log, &hints).map_err(unreadable)?;
                let document = self.document(&judgement, &names::hex(&log.digest.finalize()))?;
                out.write_all(&document.to_bytes()?)
            }
        };
        written.and_then(|()| out.flush()).map_err(|error| Cannot::not_yet(format!("cannot write the answer: {error}")))
    }

    fn tell(&self, out: &mut impl Write, answer: &Answer) -> io::Result<()> {
        let found = &answer.judgement;
        // The last line of a long log is -1, as `tail` counts.
        let numbered = |line: u64| match answer.last_lines {
            Some(last) => format!("-{}", (last + 1).saturating_sub(line)),
            None => line.to_string(),
        };
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
                "{FAINT}{:>6}{FAINT:#} {style}{}{style:#}",
                numbered(*number),
                Untrusted::new(redactor.redact(line).text).terminal()
            )?;
        }
        if found.because.is_empty() {
            return writeln!(out, "\nNo rule knows anything in this log; is it the log of a failed job?");
        }
        writeln!(out)?;
        for reason in &found.because {
            let at = reason.line.map_or_else(|| "by name".into(), |line| format!("line {}", numbered(line)));
            writeln!(out, "{FAINT}because {} ({at}){FAINT:#}", reason.rule)?;
        }
        if answer.last_lines.is_some() {
            writeln!(
                out,
                "{FAINT}The end of this long log decides; lines are counted from there (-1 is the last).{FAINT:#}"
            )?;
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

/// Where a log comes from.
enum Log {
    /// Its end may be read first.
    File(File),
    Stream(Box<dyn Read>),
}

fn open(path: &Path) -> io::Result<Log> {
    if path == Path::new("-") {
        let stdin = io::stdin();
        // A larger pipe takes fewer turns; where it is none, or may not grow, it stays as it is.
        #[cfg(target_os = "linux")]
        let _ = rustix::pipe::fcntl_setpipe_size(&stdin, PIPE_BYTES);
        return Ok(Log::Stream(Box::new(stdin)));
    }
    if path.is_dir() {
        return Err(io::Error::other("it is a directory; name a log file"));
    }
    let file = File::open(path)?;
    Ok(if file.metadata()?.is_file() { Log::File(file) } else { Log::Stream(Box::new(file)) })
}

impl Read for Log {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Log::File(file) => file.read(buffer),
            Log::Stream(stream) => stream.read(buffer),
        }
    }
}

/// Digests what is read.
struct Digested<R> {
    inner: R,
    digest: Sha256,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.digest.update(&buffer[..length]);
        Ok(length)
    }
}

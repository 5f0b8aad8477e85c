//! One run of one step: read, ask the flow table, run, check, write.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use jiff::Timestamp;
use remediation::flow::Case;
use remediation::{Attachment, Document, Fault, MAX_BYTES, TrailEntry, caps};
use serde::de::DeserializeOwned;

use crate::attachments::{AttachmentWriter, Attachments};
use crate::cli::{OnFailure, Shell};
use crate::sections::Change;
use crate::{Cannot, Code, Parameter, Sections, cli, files, log, parameters, signals};

/// A tool: from the sections it needs to the sections it owns.
pub trait Step {
    /// Crate, binary and template name.
    const NAME: &'static str;
    /// What it does, in one line.
    const ABOUT: &'static str;
    /// Command lines for the help, one a line.
    const EXAMPLES: &'static str;
    /// The sections it may write; what it writes beyond them is a bug that the shell refuses.
    const OWNS: &'static [&'static str];
    /// The parameters it writes in every case.
    const PARAMETERS: &'static [Parameter];
    /// A source makes the document; it reads whatever it likes from [`Desk::input`].
    const SOURCE: bool = false;
    /// Its own flags.
    type Args: Args;
    /// The sections it reads, a field each; `()`-like for a source.
    type Needs: DeserializeOwned;
    /// Does the work. Same needs, same world, same clock: same sections.
    fn run(args: &Self::Args, needs: Self::Needs, desk: &mut Desk) -> Result<Sections, Cannot>;
}

/// What the shell gives to a step: its input, the clock, the attachments.
pub struct Desk {
    clock: Option<Timestamp>,
    attachments: Attachments,
    written: BTreeMap<String, Attachment>,
    input: Option<Box<dyn Read>>,
}

impl Desk {
    /// What time it is: the `--clock` of a repeatable run, or now.
    pub fn now(&self) -> Timestamp {
        self.clock.unwrap_or_else(Timestamp::now)
    }

    /// The clock that was given with `--clock`, if any; a world's own clock comes after it.
    pub fn clock(&self) -> Option<Timestamp> {
        self.clock
    }

    /// What a source reads: stdin or `--in`. Empty for every other step.
    pub fn input(&mut self) -> Box<dyn Read> {
        self.input.take().unwrap_or_else(|| Box::new(io::empty()))
    }

    /// An attachment's bytes, verified; refused when it is not there or not what the document says.
    pub fn attachment(&self, name: &str) -> Result<Vec<u8>, Cannot> {
        self.attachments.read(name)
    }

    /// Whether the document has an attachment of this name.
    pub fn has_attachment(&self, name: &str) -> bool {
        self.attachments.known.contains_key(name)
    }

    /// Begins an attachment: its name in the document, its plain file name, and whether we wrote every word of it.
    pub fn attach(&self, name: &str, file: &str, trusted: bool) -> Result<AttachmentWriter, Cannot> {
        self.attachments.create(name, file, trusted)
    }

    /// Gives a finished attachment its name, on the disk and in the document.
    pub fn keep(&mut self, writer: AttachmentWriter) -> Result<(), Cannot> {
        let (name, attachment) = writer.keep()?;
        self.written.insert(name, attachment);
        Ok(())
    }

    /// [`Desk::attach`] and [`Desk::keep`] for what is in memory already.
    pub fn attach_bytes(&mut self, name: &str, file: &str, trusted: bool, bytes: &[u8]) -> Result<(), Cannot> {
        let mut writer = self.attach(name, file, trusted)?;
        writer.write_all(bytes).map_err(|error| files::failed("write", writer.path(), error))?;
        self.keep(writer)
    }
}

/// The `main` of a tool.
pub fn main<S: Step>() -> ExitCode {
    run::<S>(&std::env::args_os().collect::<Vec<_>>())
}

/// Runs a tool with these arguments, the first of which is its name.
pub fn run<S: Step>(arguments: &[OsString]) -> ExitCode {
    let code = match cli::parse::<S>(arguments) {
        Ok((args, shell)) => match cli::page::<S>(&shell) {
            Some(page) => print(&page),
            None => {
                log::install(shell.log_format, shell.log_level);
                signals::install(S::NAME);
                work::<S>(&args, &shell).unwrap_or_else(|cannot| {
                    log::failure(S::NAME, &cannot);
                    cannot.code
                })
            }
        },
        Err(error) => {
            let code = if error.use_stderr() { Code::Usage } else { Code::Done };
            // A closed terminal is not worth another error.
            let _ = error.print();
            code
        }
    };
    ExitCode::from(code as u8)
}

fn print(page: &[u8]) -> Code {
    if io::stdout().write_all(page).is_ok() { Code::Done } else { Code::NotYet }
}

fn work<S: Step>(args: &S::Args, shell: &Shell) -> Result<Code, Cannot> {
    let began = Instant::now();
    let (mut document, input) = if S::SOURCE {
        (Document::new(), Some(open(shell.input.as_deref())?))
    } else {
        (read(shell.input.as_deref())?, None)
    };
    let clock = shell.clock;
    let known = document.get("attachments")?.unwrap_or_default();
    let attachments = Attachments { directory: shell.attachments.clone(), known };
    let mut desk = Desk { clock, attachments, written: BTreeMap::new(), input };
    if shell.on_failure == OnFailure::Record && !S::SOURCE {
        record_panics::<S>(&document, shell);
    }

    let worked = act::<S>(args, &document, &mut desk);
    let (code, passed_on) = match worked {
        Ok(Some(sections)) => (apply::<S>(&mut document, sections, &desk, shell)?, false),
        Ok(None) => {
            write_parameters::<S>(shell, &BTreeMap::new())?;
            (Code::Done, true)
        }
        Err(cannot) if shell.on_failure == OnFailure::Record && !S::SOURCE => {
            log::failure(S::NAME, &cannot);
            record(&mut document, S::NAME, &cannot)?;
            write_parameters::<S>(shell, &BTreeMap::new())?;
            (Code::Done, false)
        }
        Err(cannot) => return Err(cannot),
    };
    trail(&mut document, S::NAME, desk.now(), began, passed_on)?;
    write(shell.output.as_deref(), &document.to_bytes()?)?;
    Ok(code)
}

/// Runs the step if it is its case.
fn act<S: Step>(args: &S::Args, document: &Document, desk: &mut Desk) -> Result<Option<Sections>, Cannot> {
    if !S::SOURCE && !document.needs::<Case>()?.acts(S::NAME)? {
        tracing::info!(step = S::NAME, "not its case, passed on");
        return Ok(None);
    }
    let sections = S::run(args, document.needs()?, desk)?;
    sections.check(S::OWNS)?;
    Ok(Some(sections))
}

fn apply<S: Step>(document: &mut Document, sections: Sections, desk: &Desk, shell: &Shell) -> Result<Code, Cannot> {
    let values = parameters::complete(S::PARAMETERS, &sections.parameters)?;
    for (name, change) in sections.changes {
        match change {
            Change::Set(raw) => document.set_raw(name, raw),
            Change::List(items) => document.set_items(name, &items)?,
            Change::Remove => document.remove(name),
        }
    }
    if !desk.written.is_empty() {
        let mut all: BTreeMap<String, Attachment> = document.get("attachments")?.unwrap_or_default();
        all.extend(desk.written.clone());
        document.set("attachments", &all)?;
    }
    if let Some(directory) = &shell.parameters {
        parameters::write(directory, &values)?;
    }
    if let Some(said) = &sections.said {
        tracing::info!(step = S::NAME, "{said}");
    }
    Ok(sections.code.unwrap_or(Code::Done))
}

fn write_parameters<S: Step>(shell: &Shell, said: &BTreeMap<&'static str, String>) -> Result<(), Cannot> {
    let values = parameters::complete(S::PARAMETERS, said)?;
    shell.parameters.as_deref().map_or(Ok(()), |directory| parameters::write(directory, &values))
}

fn record(document: &mut Document, step: &str, cannot: &Cannot) -> Result<(), Cannot> {
    let fault = Fault { step: step.to_owned(), exit_code: cannot.code as u8, sentence: cannot.sentence.clone() };
    Ok(document.set("fault", &fault)?)
}

/// A panic must not cost the document either.
fn record_panics<S: Step>(document: &Document, shell: &Shell) {
    let (text, shell) = (document.to_string(), shell.clone());
    signals::on_panic(Box::new(move |cannot| {
        let written = Document::parse(text.as_bytes()).map_err(Cannot::from).and_then(|mut document| {
            record(&mut document, S::NAME, cannot)?;
            write_parameters::<S>(&shell, &BTreeMap::new())?;
            write(shell.output.as_deref(), &document.to_bytes()?)
        });
        if written.is_ok() { Code::Done } else { Code::Bug }
    }));
}

fn trail(document: &mut Document, step: &str, at: Timestamp, began: Instant, passed_on: bool) -> Result<(), Cannot> {
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let entry =
        TrailEntry { step: step.to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), at, took_ms, passed_on };
    let entry = serde_json::to_string(&entry).map_err(|error| Cannot::bug(error.to_string()))?;
    let mut items = document.items("trail")?;
    items.push(entry);
    let omitted = items.len().saturating_sub(caps::TRAIL);
    if omitted > 0 {
        items.drain(..omitted);
        let before: u64 = document.get("trail_omitted")?.unwrap_or_default();
        document.set("trail_omitted", &(before + omitted as u64))?;
    }
    Ok(document.set_items("trail", &items)?)
}

fn open(path: Option<&Path>) -> Result<Box<dyn Read>, Cannot> {
    match path {
        Some(path) if path != Path::new("-") => {
            let file = File::open(path).map_err(|error| files::failed("read", path, error))?;
            Ok(Box::new(file))
        }
        _ => Ok(Box::new(io::stdin())),
    }
}

fn read(path: Option<&Path>) -> Result<Document, Cannot> {
    let mut bytes = Vec::new();
    let shown = path.unwrap_or(Path::new("stdin"));
    // One byte over the limit is enough to refuse it.
    open(path)?
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| files::failed("read", shown, error))?;
    Document::parse(&bytes).map_err(|error| Cannot::refused(format!("{}: {error}", shown.display())))
}

fn write(path: Option<&Path>, bytes: &[u8]) -> Result<(), Cannot> {
    match path {
        Some(path) if path != Path::new("-") => files::write_whole(path, bytes),
        _ => {
            let mut stdout = io::stdout().lock();
            stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| {
                Cannot::not_yet(format!("cannot write to stdout: {error}; whoever reads it went away"))
            })
        }
    }
}

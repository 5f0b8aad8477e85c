//! One run of one step: read, ask the flow table, run, check, write.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use jiff::Timestamp;
use remediation::flow::Case;
use remediation::{Document, DocumentError, Fault, MAX_BYTES, TrailEntry, caps};
use serde::de::DeserializeOwned;

use crate::attachments::{AttachmentWriter, Attachments, Kept};
use crate::cli::{OnFailure, Shell};
use crate::files::Doing;
use crate::sections::Change;
use crate::streams::{file, open, print, read, write};
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
    /// Whether these flags make it begin a document of its own instead of reading one, as a source always does. It acts
    /// then, whatever the flow table says, and finds every section absent.
    fn begins(_args: &Self::Args) -> bool {
        Self::SOURCE
    }
    /// Does the work. Same needs, same world, same clock: same sections.
    fn run(args: &Self::Args, needs: Self::Needs, desk: &mut Desk) -> Result<Sections, Cannot>;
}

/// What the shell gives to a step: its input, the clock, the attachments.
pub struct Desk {
    clock: Option<Timestamp>,
    attachments: Attachments,
    written: Vec<Kept>,
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

    /// Finishes an attachment. It gets its name in the folder together with its entry in the document, when the step is
    /// done; a step that fails leaves the attachments as they were.
    pub fn keep(&mut self, writer: AttachmentWriter) -> Result<(), Cannot> {
        self.written.push(writer.finish()?);
        Ok(())
    }

    /// [`Desk::attach`] and [`Desk::keep`] for what is in memory already.
    pub fn attach_bytes(&mut self, name: &str, file: &str, trusted: bool, bytes: &[u8]) -> Result<(), Cannot> {
        let mut writer = self.attach(name, file, trusted)?;
        writer.write_all(bytes).map_err(|error| files::failed(Doing::Write, writer.path(), error))?;
        self.keep(writer)
    }
}

/// The `main` of a tool.
pub fn main<S: Step>() -> ExitCode {
    run::<S>(&std::env::args_os().collect::<Vec<_>>())
}

/// Runs a tool with these arguments, the first of which is its name.
pub fn run<S: Step>(arguments: &[OsString]) -> ExitCode {
    if let Some(page) = cli::page::<S>(arguments) {
        return ExitCode::from(print(&page) as u8);
    }
    let code = match cli::parse::<S>(arguments) {
        Ok((args, shell)) => {
            log::install(shell.log_format, shell.log_level);
            signals::install(S::NAME);
            work::<S>(&args, &shell).unwrap_or_else(|cannot| {
                signals::end();
                log::failure(S::NAME, &cannot);
                cannot.code
            })
        }
        Err(error) if error.use_stderr() => {
            log::failure(S::NAME, &cli::wrong_usage::<S>(&error));
            Code::Usage
        }
        Err(page) => {
            // Help and version; a reader that went away is no failure.
            let _ = page.print();
            Code::Done
        }
    };
    ExitCode::from(code as u8)
}

fn work<S: Step>(args: &S::Args, shell: &Shell) -> Result<Code, Cannot> {
    let unwritten = |cannot: Cannot| cannot.and("no document was written");
    let (document, input) = open_document::<S>(args, shell).map_err(unwritten)?;
    // From here: what the step before it took is not its own.
    let began = Instant::now();
    let records = shell.on_failure == OnFailure::Record;
    if records {
        record_panics::<S>(&document, shell, began);
    }
    let done = produce::<S>(args, shell, document.clone(), input, began).and_then(|done| {
        signals::end();
        done.place(shell)
    });
    let (bytes, code) = match done {
        Err(cannot) if records => {
            signals::end();
            (recorded::<S>(document, &cannot, shell, began).map_err(unwritten)?, Code::Done)
        }
        done => done.map_err(unwritten)?,
    };
    write(shell.output.as_deref(), &bytes)?;
    Ok(code)
}

/// Reads the document and looks at the places to write to, before the step acts.
fn open_document<S: Step>(args: &S::Args, shell: &Shell) -> Result<(Document, Option<Box<dyn Read>>), Cannot> {
    if let Some(path) = file(shell.output.as_deref()) {
        files::check_place(path)?;
    }
    if let Some(directory) = &shell.parameters {
        files::make_directory(directory)?;
    }
    let input = file(shell.input.as_deref());
    Ok(match (S::SOURCE, S::begins(args)) {
        (true, _) => (Document::new(), Some(open(input)?)),
        (false, true) => (Document::new(), None),
        (false, false) => (read(input)?, None),
    })
}

/// What a step that did its work leaves behind.
struct Done {
    bytes: Vec<u8>,
    attachments: Vec<Kept>,
    parameters: BTreeMap<&'static str, String>,
    code: Code,
}

impl Done {
    /// Everything but the document, which comes last: whoever finds it finds what it names.
    fn place(self, shell: &Shell) -> Result<(Vec<u8>, Code), Cannot> {
        self.attachments.into_iter().try_for_each(Kept::place)?;
        if let Some(directory) = &shell.parameters {
            parameters::write(directory, &self.parameters)?;
        }
        Ok((self.bytes, self.code))
    }
}

/// Runs the step if it is its case, and puts its sections into the document.
fn produce<S: Step>(
    args: &S::Args,
    shell: &Shell,
    mut document: Document,
    input: Option<Box<dyn Read>>,
    began: Instant,
) -> Result<Done, Cannot> {
    let known = document.get("attachments")?.unwrap_or_default();
    let attachments = Attachments { directory: shell.attachments.clone(), known };
    let mut desk = Desk { clock: shell.clock, attachments, written: Vec::new(), input };
    let came_with = document.size_bytes();
    let acts = S::begins(args) || document.needs::<Case>()?.acts(S::NAME)?;
    let sections =
        if acts { S::run(args, document.needs()?, &mut desk)? } else { Sections::new().say("not its case, passed on") };
    sections.check(S::OWNS)?;
    let parameters = parameters::complete(S::PARAMETERS, &sections.parameters)?;
    for (name, change) in sections.changes {
        match change {
            Change::Set(raw) => document.set_raw(name, raw),
            Change::List(items) => document.set_items(name, &items)?,
            Change::Remove => document.remove(name),
        }
    }
    for kept in &desk.written {
        document.set_entry("attachments", &kept.name, &kept.attachment)?;
    }
    trail(&mut document, S::NAME, desk.now(), began, !acts)?;
    let (code, said) = (sections.code.unwrap_or(Code::Done), sections.said.unwrap_or_default());
    let bytes = document.to_bytes().map_err(|error| overflow(S::NAME, came_with, error))?;
    let bytes = sections.printed.unwrap_or(bytes);
    let done = Done { bytes, attachments: desk.written, parameters, code };
    match code {
        Code::Done if said.is_empty() => {}
        Code::Done => tracing::info!(step = S::NAME, "{said}"),
        code => log::failure(S::NAME, &Cannot::new(code, said)),
    }
    Ok(done)
}

/// What a step writes at most, with room to spare.
const SECTIONS_BYTES: usize = 24 * 1024;

/// A step that writes too much is a bug; a document that came without room for any section is refused.
fn overflow(step: &str, came_with: usize, error: DocumentError) -> Cannot {
    if came_with + SECTIONS_BYTES <= MAX_BYTES {
        return error.into();
    }
    Cannot::refused(format!(
        "the document came with {came_with} bytes, which leaves no room for what {step} adds: its limit is {MAX_BYTES}; \
         move what is large in it into attachments"
    ))
}

/// The document as it came, with the fault in it; every parameter says `none`.
fn recorded<S: Step>(
    mut document: Document,
    cannot: &Cannot,
    shell: &Shell,
    began: Instant,
) -> Result<Vec<u8>, Cannot> {
    log::failure(S::NAME, &cannot.and("recorded as `fault` in the document"));
    let came_with = document.size_bytes();
    let fault = Fault { step: S::NAME.into(), exit_code: cannot.code as u8, sentence: cannot.sentence.clone() };
    document.set("fault", &fault)?;
    trail(&mut document, S::NAME, shell.clock.unwrap_or_else(Timestamp::now), began, false)?;
    if let Some(directory) = &shell.parameters {
        parameters::write(directory, &parameters::complete(S::PARAMETERS, &BTreeMap::new())?)?;
    }
    document.to_bytes().map_err(|error| overflow(S::NAME, came_with, error))
}

/// A panic must not cost the document either.
fn record_panics<S: Step>(document: &Document, shell: &Shell, began: Instant) {
    let (document, shell) = (document.clone(), shell.clone());
    signals::on_panic(Box::new(move |cannot| {
        let bytes = recorded::<S>(document, cannot, &shell, began);
        let written = bytes.and_then(|bytes| write(shell.output.as_deref(), &bytes));
        written.map_or_else(
            |cannot| {
                log::failure(S::NAME, &cannot);
                Code::Bug
            },
            |()| Code::Done,
        )
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
        document.set("trail_omitted", &(before.saturating_add(omitted as u64)))?;
    }
    Ok(document.set_items("trail", &items)?)
}

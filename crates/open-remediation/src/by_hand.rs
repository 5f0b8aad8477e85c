//! By hand: a log, and what is known of it. The log is redacted while it streams; nothing else of it changes.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use redact::Redactor;
use remediation::{Origin, Repository, Source, Subject, SubjectKind, cap, caps, names};
use sha2::{Digest, Sha256};
use step::{Cannot, Desk};

use crate::args::ByHand;
use crate::decode::{Decoder, NotText};
use crate::foreign::{self, Reference};
use crate::{Args, Opened};

/// How much is read at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// Opens a remediation of this log.
pub(crate) fn open(log: &Path, args: &Args, desk: &mut Desk) -> Result<Opened, Cannot> {
    let (subject, repository) = known(&args.by_hand)?;
    let copied = if log == Path::new("-") {
        let input = desk.input();
        copy(input, "stdin", desk)?
    } else {
        let shown = log.display().to_string();
        let file = File::open(log).map_err(|error| Cannot::refused(format!("cannot open the log {shown}: {error}")))?;
        copy(file, &shown, desk)?
    };
    let mut said = format!(", a log of {} bytes", copied.bytes);
    if copied.secrets > 0 {
        said.push_str(&format!(", {} secrets redacted", copied.secrets));
    }
    Ok(Opened {
        id: id(&copied.sha256, &args.by_hand),
        origin: Origin { source: Source::Hand.into(), event: "log".into() },
        at: None,
        repository,
        subject,
        round: args.round.unwrap_or(1),
        said,
    })
}

/// From the log's content and the flags; the same log given again is the same remediation.
pub fn id(content: &str, flags: &ByHand) -> String {
    let mut parts = vec![content.to_owned()];
    let mut say = |flag: &str, value: Option<String>| parts.extend(value.map(|value| format!("{flag}={value}")));
    say("repository", flags.repository.as_ref().map(|name| name.to_lowercase()));
    say("workflow", flags.workflow.clone());
    say("job", flags.job.clone());
    say("step", flags.step.clone());
    say("branch", flags.branch.clone());
    say("head_sha", flags.head_sha.clone());
    say("pull_request", flags.pull_request.map(|number| number.to_string()));
    say("run_id", flags.run_id.map(|id| id.to_string()));
    for file in &flags.changed_file {
        say("changed_file", Some(file.clone()));
    }
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    names::other("log", &parts)
}

/// What the flags say.
///
/// # Errors
/// 2: a flag's value is no branch, commit, number or repository.
pub fn known(flags: &ByHand) -> Result<(Subject, Option<Repository>), Cannot> {
    let wrong = |flag: &str, what: &str| Cannot::usage(format!("--{flag} must be {what}"));
    let mut subject = Subject::new(SubjectKind::CiFailure);
    subject.workflow = flags.workflow.as_deref().map(foreign::text);
    subject.job = flags.job.as_deref().map(foreign::text);
    subject.step = flags.step.as_deref().map(foreign::text);
    if let Some(branch) = &flags.branch {
        match foreign::reference(branch) {
            Some(Reference::Branch(branch)) => subject.branch = Some(branch),
            _ => return Err(wrong("branch", "a branch's name that Git allows")),
        }
    }
    if let Some(sha) = &flags.head_sha {
        let sha =
            foreign::sha(sha).ok_or_else(|| wrong("head-sha", "the whole commit: 40 or 64 hexadecimal digits"))?;
        subject.head_sha = Some(sha);
    }
    for (flag, number) in [("pull-request", flags.pull_request), ("run-id", flags.run_id)] {
        if number == Some(0) {
            return Err(wrong(flag, "above 0"));
        }
    }
    subject.pull_request = flags.pull_request;
    subject.run_id = flags.run_id;
    let files = flags.changed_file.iter().map(|file| foreign::text(file)).collect();
    (subject.changed_files, subject.changed_files_omitted) = cap(files, caps::FILES);
    let repository = match &flags.repository {
        Some(named) => {
            let (owner, name) =
                foreign::slug(named).ok_or_else(|| wrong("repository", "OWNER/NAME as GitHub allows it"))?;
            Some(Repository { host: "github.com".into(), owner, name, id: None, default_branch: None })
        }
        None => None,
    };
    Ok((subject, repository))
}

/// How a log's text is read, decided by its first bytes; `whole` if there are no others.
///
/// # Errors
/// 3: it is empty, packed or binary.
pub fn text(first: &[u8], whole: bool, shown: &str) -> Result<(Decoder, usize), Cannot> {
    if whole && first.iter().all(u8::is_ascii_whitespace) {
        return Err(Cannot::refused(format!("the log {shown} is empty; give the output of what failed")));
    }
    Decoder::of(first).map_err(|not_text| {
        Cannot::refused(match not_text {
            NotText::Packed => format!("the log {shown} is packed (gzip or zip); unpack it first"),
            NotText::Binary => format!("the log {shown} is binary, not text; is it the right file?"),
        })
    })
}

struct Copied {
    sha256: String,
    bytes: u64,
    secrets: u64,
}

/// Copies the log into the attachment, redacted on the way: no secret touches the disk.
fn copy(mut log: impl Read, shown: &str, desk: &mut Desk) -> Result<Copied, Cannot> {
    let unreadable = |error: std::io::Error| Cannot::refused(format!("cannot read the log {shown}: {error}"));
    let unwritable =
        |error| Cannot::not_yet(format!("cannot write the attachment `job_log`: {error}; nothing was left"));
    let mut chunk = vec![0; CHUNK];
    let mut filled = fill(&mut log, &mut chunk).map_err(unreadable)?;
    let (mut decoder, mark) = text(&chunk[..filled], filled < CHUNK, shown)?;
    let mut writer = desk.attach("job_log", "job_log.txt", false)?;
    let (mut digest, mut bytes, mut from) = (Sha256::new(), 0, mark);
    let (mut stream, mut out, mut room) = (Redactor::new().stream(), String::new(), String::new());
    while filled > 0 {
        digest.update(&chunk[..filled]);
        bytes += filled as u64;
        stream.push_bytes(decoder.next(&chunk[from..filled], &mut room), &mut out);
        writer.write_all(out.as_bytes()).map_err(unwritable)?;
        out.clear();
        from = 0;
        filled = fill(&mut log, &mut chunk).map_err(unreadable)?;
    }
    if decoder.is_cut() {
        stream.push("\u{fffd}", &mut out);
    }
    let secrets = stream.finish(&mut out).values().map(|count| u64::from(*count)).sum();
    writer.write_all(out.as_bytes()).map_err(unwritable)?;
    desk.keep(writer)?;
    Ok(Copied { sha256: names::hex(&digest.finalize()), bytes, secrets })
}

/// Reads until the chunk is full or the log ends, so that its first bytes are together.
pub fn fill(log: &mut impl Read, chunk: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < chunk.len() {
        match log.read(&mut chunk[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

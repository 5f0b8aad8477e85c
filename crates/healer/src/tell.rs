//! Tells a played step in words. What it says it reads from the document, so that any world tells its own story.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use remediation::*;

use crate::play::Played;

const HEADING: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const FAINT: Style = Style::new().dimmed();

/// How many lines of an excerpt, a prompt, a CodeRun or a message are shown when not everything is asked for.
const SHOWN: usize = 24;

/// Writes the story.
pub struct Teller<'a, W: Write> {
    out: &'a mut W,
    full: bool,
    chapter: u32,
}

impl<'a, W: Write> Teller<'a, W> {
    /// A teller; `full` shortens nothing.
    pub fn new(out: &'a mut W, full: bool) -> Self {
        Self { out, full, chapter: 0 }
    }

    /// What this is.
    pub fn title(&mut self, description: &str) -> io::Result<()> {
        writeln!(
            self.out,
            "{HEADING}Healer repairs failing CI.{HEADING:#} This plays a recorded case through the steps that Argo runs."
        )?;
        writeln!(self.out, "GitHub, the cluster and the agent answer from a recording; the steps are the real ones.")?;
        if !description.is_empty() {
            writeln!(self.out, "{FAINT}{description}{FAINT:#}")?;
        }
        Ok(())
    }

    /// One step; nothing for one whose case it was not.
    pub fn step(&mut self, played: &Played) -> io::Result<()> {
        if !played.acted {
            return Ok(());
        }
        let document = &played.document;
        let Some(title) = title(played.tool) else { return Ok(()) };
        self.chapter += 1;
        writeln!(self.out, "\n{HEADING}{:>2}. {title}{HEADING:#}  {FAINT}{}{FAINT:#}", self.chapter, played.tool)?;
        if let Some(fault) = read::<Fault>(document, "fault") {
            return self.line(BAD, &format!("could not: {} (exit code {})", fault.sentence, fault.exit_code));
        }
        match played.tool {
            "open-remediation" => self.opened(document),
            "admit" => self.admitted(document),
            "fetch-failure" => self.fetched(document),
            "classify" => self.classified(played),
            "claim" => self.claimed(document),
            "gather-context" => self.gathered(document),
            "render-prompt" => self.prompted(played),
            "spawn-coderun" => self.spawned(played),
            "rerun-ci" => self.say("GitHub was asked to run the failed jobs again; no code change could help."),
            "check-outcome" => self.judged(document),
            "announce" => self.posted(played, "/body", 5),
            "escalate" => self.escalated(played),
            "remember" => self.remembered(played),
            _ => self.finished(played),
        }
    }

    /// How it ended.
    pub fn end(&mut self, exit_code: i32) -> io::Result<()> {
        let hint = if self.full { "" } else { "Everything in full: healer demo --full.  " };
        writeln!(
            self.out,
            "\n{FAINT}{hint}Your own log: healer explain LOG.  Exit code of the workflow: {exit_code}.{FAINT:#}"
        )
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "    {line}")
    }

    fn line(&mut self, style: Style, line: &str) -> io::Result<()> {
        writeln!(self.out, "    {style}{line}{style:#}")
    }

    fn because(&mut self, because: &[Because]) -> io::Result<()> {
        because
            .iter()
            .take(4)
            .try_for_each(|reason| self.line(FAINT, &format!("because {} ({})", reason.rule, reason.at)))
    }

    fn block(&mut self, text: &str) -> io::Result<()> {
        self.first_lines(text, SHOWN)
    }

    fn first_lines(&mut self, text: &str, at_most: usize) -> io::Result<()> {
        let text = text::Untrusted::new(text);
        let text = text.terminal_lines();
        let lines: Vec<&str> = text.lines().collect();
        let shown = if self.full { lines.len() } else { at_most.min(lines.len()) };
        for line in lines.iter().take(shown) {
            writeln!(self.out, "    {FAINT}│{FAINT:#} {line}")?;
        }
        if shown < lines.len() {
            self.line(FAINT, &format!("│ … {} more lines", lines.len() - shown))?;
        }
        Ok(())
    }

    fn opened(&mut self, document: &Document) -> io::Result<()> {
        let id: String = read(document, "id").unwrap_or_default();
        let origin: Option<Origin> = read(document, "origin");
        let event = origin.map(|origin| origin.event).unwrap_or_default();
        if let Some(subject) = read::<Subject>(document, "subject") {
            let mut sentence = format!("GitHub sent `{event}`: ");
            let _ = write!(sentence, "{}", subject.workflow.map_or("a check".into(), |name| name.terminal()));
            if let Some(repository) = read::<Repository>(document, "repository") {
                let _ = write!(sentence, " of {}/{}", repository.owner, repository.name);
            }
            if let Some(branch) = subject.branch {
                let _ = write!(sentence, " on branch {}", branch.terminal());
            }
            if let Some(number) = subject.pull_request {
                let _ = write!(sentence, " (pull request #{number})");
            }
            let _ = write!(sentence, " ended with `{}`.", subject.conclusion.as_deref().unwrap_or("unknown"));
            self.say(&sentence)?;
        }
        self.line(FAINT, &format!("The failure's one name, whatever door it comes through: {id}"))
    }

    fn admitted(&mut self, document: &Document) -> io::Result<()> {
        let Some(admission) = read::<Admission>(document, "admission") else { return Ok(()) };
        let meaning = admission.reason.known().map_or("", Vocabulary::meaning);
        let style = if admission.decision == Decision::Proceed { GOOD } else { BAD };
        self.line(style, &format!("{}: {meaning}", admission.decision.as_str()))?;
        if let Some(target) = read::<Target>(document, "target") {
            let how = target.how.known().map_or("", Vocabulary::meaning);
            self.say(&format!(
                "The agent may push to {} (now at {}), {how}.",
                target.branch.terminal(),
                short(&target.base_sha)
            ))?;
        }
        self.because(&admission.because)
    }

    fn fetched(&mut self, document: &Document) -> io::Result<()> {
        let Some(failure) = read::<Failure>(document, "failure") else { return Ok(()) };
        for job in &failure.jobs {
            let steps: Vec<String> = job.failed_steps.iter().map(|step| step.name.terminal()).collect();
            self.say(&format!("Job {} failed in: {}", job.name.terminal(), steps.join(", ")))?;
        }
        for gap in &failure.gaps {
            self.line(FAINT, &format!("not known: {}", gap.because))?;
        }
        let files = failure.changed_files.len() as u64 + failure.changed_files_omitted;
        let secrets: u64 = failure.redactions.values().sum();
        self.line(FAINT, &format!("Files changed: {files}. Secrets taken out of the log: {secrets}."))
    }

    fn classified(&mut self, played: &Played) -> io::Result<()> {
        let Some(found) = read::<Classification>(&played.document, "classification") else { return Ok(()) };
        let agent = found.agent.as_ref().map_or("nobody", |agent| agent.as_str());
        let meaning = found.kind.known().map_or("", Vocabulary::meaning);
        self.say(&format!(
            "{HEADING}{}{HEADING:#}: {meaning}. For {HEADING}{agent}{HEADING:#}, confidence {:.2}; remedy: {}.",
            found.kind.as_str(),
            found.confidence,
            found.remedy.as_str()
        ))?;
        if let Some(excerpt) = &found.excerpt {
            self.block(&excerpt_lines(played, excerpt))?;
        }
        self.because(&found.because)
    }

    fn claimed(&mut self, document: &Document) -> io::Result<()> {
        let Some(claim) = read::<Claim>(document, "claim") else { return Ok(()) };
        let meaning = claim.role.known().map_or("", Vocabulary::meaning);
        let owner = claim.owner.map(|owner| format!(" ({owner})")).unwrap_or_default();
        self.say(&format!("{}: {meaning}{owner}. Cause {}.", claim.role.as_str(), claim.cause))
    }

    fn gathered(&mut self, document: &Document) -> io::Result<()> {
        let Some(context) = read::<Context>(document, "context") else { return Ok(()) };
        if let Some(pull) = &context.pull_request {
            self.say(&format!("Pull request #{}: {}", pull.number, pull.title.terminal()))?;
        }
        for past in &context.history {
            self.say(&format!(
                "Attempt {} by {} ended as {}.",
                past.number,
                past.agent.as_str(),
                past.verdict.as_str()
            ))?;
        }
        for memory in &context.memories {
            self.say(&format!("Remembered: {}", memory.content.cut(160).terminal()))?;
        }
        let gaps: Vec<&str> = context.gaps.iter().map(|gap| gap.source.as_str()).collect();
        if gaps.is_empty() {
            Ok(())
        } else {
            self.line(FAINT, &format!("not known, and the prompt says so: {}", gaps.join(", ")))
        }
    }

    fn prompted(&mut self, played: &Played) -> io::Result<()> {
        let Some(prompt) = read::<Prompt>(&played.document, "prompt") else { return Ok(()) };
        self.say(&format!("From the template {}, {} bytes:", prompt.template, prompt.size_bytes))?;
        self.block(&attachment(played, &prompt.attachment))
    }

    fn spawned(&mut self, played: &Played) -> io::Result<()> {
        let Some(coderun) = read::<CodeRunRef>(&played.document, "coderun") else {
            return self.line(BAD, &played.last_words);
        };
        let attempt: Option<Attempt> = read(&played.document, "attempt");
        let (number, limit) = attempt.map_or((0, 0), |attempt| (attempt.number, attempt.limit));
        let done = if coderun.observed { "would have been created" } else { "created" };
        self.say(&format!(
            "Attempt {number} of {limit}: CodeRun {}/{} {done}, for {}.",
            coderun.namespace,
            coderun.name,
            coderun.agent.as_str()
        ))?;
        let created = played.written.iter().find(|write| write.contains("/coderuns"));
        let write = created.and_then(|write| serde_json::from_str::<serde_json::Value>(write).ok());
        let Some(mut body) = write.and_then(|mut write| write.get_mut("body").map(serde_json::Value::take)) else {
            return Ok(());
        };
        if !self.full
            && let Some(prompt) = body.pointer_mut("/spec/promptModification")
        {
            *prompt = "(the prompt above)".into();
        }
        self.first_lines(&serde_yaml::to_string(&body).unwrap_or_default(), 2 * SHOWN)?;
        self.line(FAINT, "The agent works; then CI runs. No pod waits for it. The recording goes on.")
    }

    fn judged(&mut self, document: &Document) -> io::Result<()> {
        let attempts: Vec<AttemptRecord> = read(document, "attempts").unwrap_or_default();
        let outcome: Option<Outcome> = read(document, "outcome");
        let Some(last) = attempts.last() else { return Ok(()) };
        let meaning = last.verdict.known().map_or("", Vocabulary::meaning);
        let good = outcome.as_ref().is_some_and(|outcome| outcome.next == Next::Done);
        self.line(if good { GOOD } else { BAD }, &format!("{}: {meaning}.", last.verdict.as_str()))?;
        for commit in &last.commits {
            self.say(&format!("commit {} {}", short(&commit.sha), commit.message.terminal()))?;
        }
        match outcome {
            Some(outcome) => {
                self.because(&outcome.because)?;
                self.say(&format!("Next: {}.", outcome.next.as_str()))
            }
            None => self.say("Next: another attempt, with what this one taught."),
        }
    }

    fn escalated(&mut self, played: &Played) -> io::Result<()> {
        let Some(escalation) = read::<Escalation>(&played.document, "escalation") else { return Ok(()) };
        let meaning = escalation.reason.known().map_or("", Vocabulary::meaning);
        self.line(BAD, &format!("A person is told: {meaning}."))?;
        for receipt in &escalation.channels {
            self.say(&format!("{}: {}", receipt.channel.as_str(), receipt.receipt.as_str()))?;
        }
        self.posted(played, "/body", SHOWN)
    }

    fn remembered(&mut self, played: &Played) -> io::Result<()> {
        let Some(memory) = read::<MemoryReceipt>(&played.document, "memory") else { return Ok(()) };
        if let Some(because) = memory.because {
            return self.line(FAINT, &format!("nothing was written: {because}"));
        }
        self.say("Written to OpenMemory, for the next time:")?;
        self.posted(played, "/content", SHOWN)
    }

    /// What a step wrote to a service, as text.
    fn posted(&mut self, played: &Played, field: &str, at_most: usize) -> io::Result<()> {
        let bodies = played.written.iter().filter_map(|write| serde_json::from_str::<serde_json::Value>(write).ok());
        let texts: Vec<String> =
            bodies.filter_map(|write| write.get("body")?.pointer(field)?.as_str().map(str::to_owned)).collect();
        texts.iter().try_for_each(|text| self.first_lines(text, at_most))
    }

    fn finished(&mut self, played: &Played) -> io::Result<()> {
        let conclusion = played.parameters.get("conclusion").map_or("none", String::as_str);
        let style = if conclusion.starts_with("fixed") { GOOD } else { BAD };
        self.line(style, &format!("The record is concluded: {conclusion}."))
    }
}

fn title(tool: &str) -> Option<&'static str> {
    Some(match tool {
        "open-remediation" => "CI went red",
        "admit" => "May Healer act, and where may it push?",
        "fetch-failure" => "What failed?",
        "classify" => "What kind of failure is it, and who can repair it?",
        "claim" => "Does somebody repair it already?",
        "gather-context" => "What else is known?",
        "render-prompt" => "The prompt",
        "spawn-coderun" => "The agent",
        "rerun-ci" => "Run CI again",
        "check-outcome" => "Did it hold?",
        "announce" => "What people see",
        "escalate" => "Call a person",
        "remember" => "Remember",
        "finish" => "The end",
        _ => return None,
    })
}

fn read<T: serde::de::DeserializeOwned>(document: &Document, key: &str) -> Option<T> {
    document.get(key).ok().flatten()
}

fn short(sha: &str) -> String {
    sha.chars().take(8).collect()
}

fn attachment(played: &Played, name: &str) -> String {
    let all: std::collections::BTreeMap<String, Attachment> = read(&played.document, "attachments").unwrap_or_default();
    let bytes = all.get(name).and_then(|found| std::fs::read(played.attachments.join(&found.file)).ok());
    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
}

fn excerpt_lines(played: &Played, excerpt: &Excerpt) -> String {
    let log = attachment(played, &excerpt.attachment);
    let lines: Vec<&str> = log.lines().collect();
    let wanted = excerpt.lines.iter().flat_map(|[first, last]| *first..=*last);
    let shown = wanted.filter_map(|number| {
        let line = lines.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
        let words = classify::clean::clean(line.as_bytes());
        Some(format!("{number:>5}  {}", String::from_utf8_lossy(&words.text)))
    });
    shown.collect::<Vec<_>>().join("\n")
}

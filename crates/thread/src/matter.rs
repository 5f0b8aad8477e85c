//! What there is to be told, and its form on GitHub (safety.md 4.1). Foreign text leaves through its sink; the sentences
//! around it are ours.

use redact::Foreign;
use remediation::record::{RecordSpec, RecordStatus};
use remediation::{AttemptRecord, Failure, Repository, Subject, caps};
use text::Untrusted;

use crate::marker;

/// Bytes of the log in a message (cto.md 4.11).
const EXCERPT_BYTES: usize = 2000;
/// Lines of each list; with them a comment stays far below its limit even when every line is as long as it may be.
const LINES: usize = 20;

/// What there is to be told beside a headline. Text of others stays [`Untrusted`] until a channel encodes it.
#[derive(Debug, Clone, Default)]
pub struct Matter {
    /// More about the headline: ours.
    pub detail: Vec<String>,
    /// Facts about where, label and text.
    pub facts: Vec<(&'static str, Untrusted)>,
    /// What was tried: a line an attempt, ours.
    pub tried: Vec<String>,
    /// What is known: rules and places, ours.
    pub known: Vec<String>,
    /// The lines of the log that say why.
    pub excerpt: Option<Untrusted>,
}

impl Matter {
    /// The same with every foreign text cleaned and redacted once more: it goes to people.
    pub fn made_safe(mut self) -> Self {
        let foreign = Foreign::new();
        for (_, text) in &mut self.facts {
            *text = foreign.line(text, caps::TEXT);
        }
        // A fault's sentence may name what a service said.
        for line in self.detail.iter_mut().chain(&mut self.known).chain(&mut self.tried) {
            *line = foreign.line(&Untrusted::new(&**line), caps::TEXT).expose().to_owned();
        }
        self.excerpt = self.excerpt.map(|text| foreign.text(&text, EXCERPT_BYTES));
        self
    }

    /// Markdown for a comment, a check run or an issue: GitHub takes 65,536 characters, this stays far below.
    pub fn markdown(&self, id: &str, headline: &str, advice: (&str, &[String])) -> String {
        let mut out = format!("{}\n### {headline}\n", marker(id));
        let list = |out: &mut String, title: &str, lines: &[String]| {
            if !lines.is_empty() {
                out.push_str(&format!("\n**{title}**\n\n"));
                lines.iter().take(LINES).for_each(|line| out.push_str(&format!("- {line}\n")));
            }
        };
        for line in self.detail.iter().take(LINES) {
            out.push_str(&format!("\n{line}\n"));
        }
        let facts: Vec<String> =
            self.facts.iter().map(|(label, text)| format!("{label}: {}", text.code_span())).collect();
        list(&mut out, "Where", &facts);
        list(&mut out, "What was tried", &self.tried);
        list(&mut out, "What is known", &self.known);
        if let Some(excerpt) = &self.excerpt {
            out.push_str("\n<details><summary>The lines that say why (from the log, not from Healer)</summary>\n\n");
            out.push_str(&excerpt.fence("text"));
            out.push_str("\n</details>\n");
        }
        list(&mut out, advice.0, advice.1);
        out.push_str(&format!("\n<sub>Healer, remediation `{id}`</sub>\n"));
        out
    }
}

/// A whole message as it goes out: redacted once more.
pub fn redacted(text: &str) -> String {
    Foreign::new().text(&Untrusted::new(text), usize::MAX).expose().to_owned()
}

/// Where it failed; `head` is the commit that is talked about.
pub fn facts(
    repository: &Repository,
    subject: &Subject,
    failure: Option<&Failure>,
    head: Option<&str>,
) -> Vec<(&'static str, Untrusted)> {
    let name = format!("{}/{}", repository.owner, repository.name);
    let host = &repository.host;
    let run = subject.run_id.map(|run| Untrusted::new(format!("https://{host}/{name}/actions/runs/{run}")));
    let mut facts = vec![("Repository", Untrusted::new(&*name))];
    facts.extend(subject.branch.clone().map(|branch| ("Branch", branch)));
    facts.extend(head.map(|sha| ("Commit", Untrusted::new(sha))));
    facts.extend(subject.workflow.clone().map(|workflow| ("Workflow", workflow)));
    facts.extend(run.map(|run| ("Run", run)));
    let jobs = failure.iter().flat_map(|failure| &failure.jobs).take(5);
    facts.extend(jobs.map(|job| ("Failed job", job.name.clone())));
    facts
}

/// Where it failed, as the record knows it.
pub fn facts_of_record(spec: &RecordSpec, status: &RecordStatus) -> Vec<(&'static str, Untrusted)> {
    let mut facts = vec![("Repository", Untrusted::new(&*spec.repository))];
    facts.extend(status.target.as_ref().map(|target| ("Branch", target.branch.clone())));
    let head = status.head_sha.as_ref().or(spec.head_sha.as_ref());
    facts.extend(head.map(|sha| ("Commit", Untrusted::new(&**sha))));
    facts
}

/// An attempt in a line.
pub fn tried(attempt: &AttemptRecord) -> String {
    let Some(agent) = &attempt.agent else {
        return format!("Re-run of the failed jobs: `{}`", attempt.verdict.as_str());
    };
    let commits: Vec<String> = attempt
        .commits
        .iter()
        .take(5)
        .map(|commit| format!("`{}`", commit.sha.chars().take(7).collect::<String>()))
        .collect();
    let commits = if commits.is_empty() { "no commit".into() } else { commits.join(", ") };
    let round = if attempt.round > 1 { format!("Round {}, attempt", attempt.round) } else { "Attempt".into() };
    format!("{round} {} by {}: `{}`, {commits}", attempt.number, agent.as_str(), attempt.verdict.as_str())
}

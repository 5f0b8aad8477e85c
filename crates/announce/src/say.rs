//! What is said, as a comment and as a check run.

use config::Config;
use jiff::{SignedDuration, Timestamp};
use ledger::Record;
use remediation::{AttemptRecord, Vocabulary};
use text::Untrusted;
use thread::{CheckRunPage, Matter, redacted};

use crate::Needs;
use crate::stand::{Command, Stand, short};

/// What is said.
pub struct Message {
    /// As a comment.
    pub markdown: String,
    /// As a check run.
    pub check_run: CheckRunPage,
}

/// What is said, redacted as a whole once more.
pub fn message(
    needs: &Needs,
    stand: &Stand,
    excerpt: Option<Untrusted>,
    record: Option<&Record>,
    config: &Config,
) -> Message {
    let head = needs.outcome.as_ref().and_then(|outcome| outcome.head_sha.as_ref());
    let head = head.or(needs.subject.head_sha.as_ref());
    let attempts = needs.attempts.iter().filter_map(|item| serde_json::from_str::<AttemptRecord>(item.get()).ok());
    let found = needs.classification.as_ref().and_then(|found| found.kind.known());
    let link = needs.repository.as_ref().and_then(|of| run_url(&of.host, &of.owner, &of.name, needs.subject.run_id));
    let mut facts = Vec::new();
    if let Some(of) = &needs.repository {
        facts = thread::facts(of, &needs.subject, needs.failure.as_ref(), head.map(String::as_str));
    }
    let mut detail = stand.detail.clone();
    if let (Some(link), Some(run)) = (&link, needs.subject.run_id) {
        detail.push(format!("What failed: [run {run}]({link})."));
        facts.retain(|(label, _)| *label != "Run");
    }
    let matter = Matter {
        detail,
        facts,
        tried: attempts.map(|attempt| thread::tried(&attempt)).collect(),
        known: found.map(|kind| format!("`{kind}`: {}.", kind.meaning())).into_iter().collect(),
        excerpt,
    };
    let advice: Vec<String> = stand.commands.iter().map(|command| advice(*command, needs, record, config)).collect();
    let markdown = matter.made_safe().markdown(&needs.id, &stand.headline, ("What you can do", &advice));
    let markdown = redacted(&markdown);
    let check_run = CheckRunPage {
        title: stand.headline.clone(),
        summary: markdown.clone(),
        repaired: stand.repaired,
        commands: stand.commands.iter().map(|command| command.as_str()).collect(),
        details_url: link,
    };
    Message { markdown, check_run }
}

/// What a command does. It stands inside a line: a line of ours never parses as a command.
fn advice(command: Command, needs: &Needs, record: Option<&Record>, config: &Config) -> String {
    match command {
        Command::Stop => "`/healer stop` stops it.".into(),
        Command::Retry => "`/healer retry` starts a new round.".into(),
        Command::Approve => {
            let asked = record.and_then(|record| record.status.approval.as_ref());
            let sha = asked.and_then(|asked| asked.head_sha.as_ref()).or(needs.subject.head_sha.as_ref());
            let sha = sha.map(|sha| format!(" {}", short(sha, 8))).unwrap_or_default();
            let until = asked.and_then(|asked| asked.asked_at).and_then(|at| until(at, config));
            let until = until.map(|until| format!(" Without it this ends on {until}.")).unwrap_or_default();
            format!("`/healer approve{sha}` lets an agent start, for this commit alone.{until}")
        }
    }
}

fn until(asked_at: Timestamp, config: &Config) -> Option<String> {
    let wait = SignedDuration::from_secs(i64::try_from(config.deadlines.approval_seconds).ok()?);
    Some(asked_at.checked_add(wait).ok()?.strftime("%Y-%m-%d at %H:%M UTC").to_string())
}

/// The run's page, where every part of its address is a plain word: it stands in a link.
fn run_url(host: &str, owner: &str, name: &str, run_id: Option<u64>) -> Option<String> {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) && part != ".."
    };
    let run_id = run_id?;
    [host, owner, name]
        .iter()
        .all(|part| plain(part))
        .then(|| format!("https://{host}/{owner}/{name}/actions/runs/{run_id}"))
}

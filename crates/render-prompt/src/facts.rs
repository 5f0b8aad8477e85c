//! What the document and its attachments say, gathered once; and the data of the templates, made of it for each budget.
//! Every field is always there, `null` when it is not known: strict mode refuses a name that is not.

use config::Config;
use diff_policy::{Policy, RULES, Verdict};
use remediation::{Kind, Location, Push, Vocabulary};
use serde_json::{Value, json};
use step::Cannot;
use text::Untrusted;

use crate::Read;
use crate::blocks::{Block, Cutter, Source};
use crate::foreign::Foreign;
use crate::history::{self, Past};
use crate::needs::Needs;
use crate::templates::{FrontMatter, Need};

/// Lines of the log's end when nothing in it explains the failure.
const TAIL_LINES: usize = 60;

/// Everything that a prompt may tell.
pub(crate) struct Facts {
    /// Fields that no budget cuts.
    fixed: Value,
    excerpt: Option<Source>,
    diff: Option<Source>,
    description: Option<Source>,
    commit_message: Option<Source>,
    summary: Option<Source>,
    argocd: Option<Source>,
    logs: Option<Source>,
    events: Option<Source>,
    memories: Option<Source>,
    /// Path, and what else is told of a file.
    changed_files: Vec<(Foreign, usize, Value)>,
    changed_files_omitted: u64,
    past: Vec<Past>,
    gaps: Vec<Value>,
    /// What the document has not.
    missing: Vec<Need>,
}

impl Facts {
    pub fn gather(needs: &Needs, config: &Config, kind: Kind, read: Read<'_>) -> Result<Self, Cannot> {
        let subject = needs.subject.as_ref();
        let failure = needs.failure.as_ref();
        let context = needs.context.as_ref();
        let pull_request =
            context.and_then(|one| one.pull_request.as_ref()).or(failure.and_then(|one| one.pull_request.as_ref()));
        let excerpt = excerpt(needs, read)?;
        let diff = match context.and_then(|context| context.diff.as_deref()) {
            Some(name) => read(name)?.map(|bytes| {
                Source::new(
                    Block::Diff,
                    "The diff of the branch against its base, by whoever pushed to it.",
                    "diff",
                    &Untrusted::from_bytes(&bytes),
                )
            }),
            None => None,
        };
        let description = context.and_then(|one| one.description.as_ref());
        let lines = |lines: Vec<&Untrusted>| {
            let text = lines.iter().map(|line| line.expose()).collect::<Vec<_>>().join("\n");
            (!lines.is_empty()).then(|| Untrusted::new(text))
        };
        let logs = context.map_or(Vec::new(), |one| {
            one.logs.iter().map(|line| Untrusted::new(format!("{} {}", line.at, line.line.expose()))).collect()
        });
        let mut gaps = Vec::new();
        let said = context.map_or(&[][..], |one| &one.gaps).iter().chain(failure.map_or(&[][..], |one| &one.gaps));
        for gap in said {
            let gap = json!({ "source": Foreign::word(gap.source.as_str()), "because": Foreign::word(&gap.because) });
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
        Ok(Self {
            fixed: fixed(needs, config, kind),
            excerpt,
            diff,
            description: description.map(|text| {
                Source::new(Block::Description, "What the pull request's author wrote about it.", "text", text)
            }),
            commit_message: failure.and_then(|one| one.commit_message.as_ref()).map(|text| {
                Source::new(Block::CommitMessage, "The message of the failed commit, by whoever made it.", "text", text)
            }),
            summary: failure
                .and_then(|one| one.alert.as_ref()?.summary.as_ref())
                .map(|text| Source::new(Block::Summary, "What the scanner says of the alert.", "text", text)),
            argocd: context
                .and_then(|one| one.argocd.as_ref()?.message.as_ref())
                .map(|text| Source::new(Block::Argocd, "What the last sync said.", "text", text)),
            logs: lines(logs.iter().collect()).map(|text| {
                Source::new(Block::Logs, "Log lines of the workload from Loki, oldest first.", "text", &text)
            }),
            events: context
                .and_then(|one| lines(one.events.iter().collect()))
                .map(|text| Source::new(Block::Events, "Kubernetes events about the workload's pods.", "text", &text)),
            memories: context.and_then(|one| lines(one.memories.iter().map(|memory| &memory.content).collect())).map(
                |text| {
                    let who = "What earlier repairs of similar failures left in memory. It may be wrong for this one.";
                    Source::new(Block::Memories, who, "text", &text)
                },
            ),
            changed_files: changed_files(needs),
            changed_files_omitted: context
                .map_or(0, |one| one.changed_files_omitted)
                .max(failure.map_or(0, |one| one.changed_files_omitted))
                .max(subject.map_or(0, |one| one.changed_files_omitted)),
            past: history::past(needs, read)?,
            gaps,
            missing: [
                (Need::Repository, needs.repository.is_none()),
                (Need::Subject, subject.is_none_or(|one| one.branch.is_none() && one.head_sha.is_none())),
                (Need::Failure, failure.is_none() && pull_request.is_none()),
                (Need::Context, context.is_none()),
                (Need::Target, needs.target.is_none()),
                (Need::Alert, failure.is_none_or(|one| one.alert.is_none())),
            ]
            .into_iter()
            .filter_map(|(need, missing)| missing.then_some(need))
            .collect(),
        })
    }

    /// Whether somebody has tried before, be it by running CI again.
    pub fn is_retry(&self) -> bool {
        !self.past.is_empty()
    }

    /// How many blocks of a kind there are.
    pub fn count(&self, block: Block) -> usize {
        match block {
            Block::AttemptDiff | Block::AttemptOutput => self.past.len(),
            _ => 1,
        }
    }

    /// The data of the templates.
    pub fn view(&self, front: &FrontMatter, cutter: &mut Cutter) -> Value {
        let mut view = self.fixed.clone();
        let blocks = [
            ("excerpt", &self.excerpt),
            ("diff", &self.diff),
            ("description", &self.description),
            ("commit_message", &self.commit_message),
            ("alert_summary", &self.summary),
            ("argocd_message", &self.argocd),
            ("workload_logs", &self.logs),
            ("pod_events", &self.events),
            ("memories", &self.memories),
        ];
        for (name, source) in blocks {
            view[name] = json!(source.as_ref().map(|source| cutter.view(source)));
        }
        // An alert comes without a failed command.
        view["without_log"] = json!(!view["alert"].is_null() && view["excerpt"].is_null());
        let (files, omitted) = self.files(cutter);
        view["changed_files"] = json!(files);
        view["changed_files_omitted"] = json!(omitted);
        view["past"] = json!(self.past.iter().map(|past| past.view(cutter)).collect::<Vec<_>>());
        view["agent_tried"] = json!(self.past.iter().any(Past::by_agent));
        view["reproduce"] = json!(front.reproduce);
        let unknown: Vec<&str> =
            front.needs.iter().filter(|need| self.missing.contains(need)).map(|need| unknown(*need)).collect();
        view["has_gaps"] = json!(!unknown.is_empty() || !self.gaps.is_empty());
        view["unknown"] = json!(unknown);
        view["gaps"] = json!(self.gaps);
        view["has_context"] = json!(
            ["argocd", "workload_logs", "pod_events", "memories"].iter().any(|key| !view[*key].is_null())
                || view["pods"].as_array().is_some_and(|list| !list.is_empty())
                || view["metrics"].as_array().is_some_and(|list| !list.is_empty())
        );
        view["has_changes"] = json!(
            ["diff", "description", "commit_message", "base"].iter().any(|key| !view[*key].is_null())
                || !self.changed_files.is_empty()
        );
        view
    }

    fn files(&self, cutter: &mut Cutter) -> (Vec<&Value>, u64) {
        let budget = cutter.budgets.get(Block::ChangedFiles);
        let mut used = 0;
        let fit = self.changed_files.iter().take_while(|(_, bytes, _)| {
            used += bytes;
            used <= budget
        });
        let files: Vec<&Value> = fit.map(|(_, _, file)| file).collect();
        let left = self.changed_files.len() - files.len();
        if left > 0 {
            cutter.shortened.insert(Block::ChangedFiles);
        }
        cutter
            .used
            .insert(Block::ChangedFiles, self.changed_files.iter().take(files.len()).map(|(_, bytes, _)| bytes).sum());
        (files, self.changed_files_omitted + left as u64)
    }
}

/// What a missing section means for the reader.
fn unknown(need: Need) -> &'static str {
    match need {
        Need::Repository => "Which repository this is. You work in the checkout that you are given.",
        Need::Subject => "Which branch and commit failed. Work on the checkout as it is.",
        Need::Failure => "What GitHub says of the jobs and steps that failed. Only the log was given.",
        Need::Context => "What changed and what else is going on: nothing beside the log was asked.",
        Need::Target => "Where to push. Push nothing: commit locally and say what you changed.",
        Need::Alert => "The alert's details. Look the alert up by its number, if you may.",
    }
}

/// The lines that `classify` chose, or the end of the log.
fn excerpt(needs: &Needs, read: Read<'_>) -> Result<Option<Source>, Cannot> {
    let excerpt = needs.classification.excerpt.as_ref();
    let name = excerpt.map_or("job_log", |excerpt| excerpt.attachment.as_str());
    let Some(bytes) = read(name)? else { return Ok(None) };
    let mut text = chosen(&bytes, excerpt.map_or(&[][..], |excerpt| &excerpt.lines));
    let is_tail = text.is_empty();
    if is_tail {
        let mut last: Vec<_> = lines(&bytes).rev().take(TAIL_LINES).map(String::from_utf8_lossy).collect();
        last.reverse();
        text = last.join("\n");
    }
    let who = if is_tail {
        "The end of the job's log: nothing in it was recognised."
    } else {
        "From the job's log: what the tools printed."
    };
    // A log that is there has its block, also when nothing in it can be seen.
    Ok((!bytes.is_empty()).then(|| Source::new(Block::Excerpt, who, "text", &Untrusted::new(text))))
}

/// The lines of a log that may have millions of them: one at a time, without their line feeds.
fn lines(log: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    let log = log.strip_suffix(b"\n").unwrap_or(log);
    log.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// The lines of these ranges, from 1 and both ends in, with a word about those in between.
fn chosen(log: &[u8], ranges: &[[u64; 2]]) -> String {
    let (mut text, mut last, mut at) = (String::new(), 0, 0);
    let mut lines = lines(log);
    for [first, end] in ranges {
        let from = first.saturating_sub(1).max(at);
        let skipped = usize::try_from(from - at).unwrap_or(usize::MAX);
        let chosen = usize::try_from(end.saturating_sub(from)).unwrap_or(usize::MAX);
        let mut found = lines.by_ref().skip(skipped).take(chosen).peekable();
        if last > 0 && from > last && found.peek().is_some() {
            text.push_str(&format!("[… lines {}-{from} …]\n", last + 1));
        }
        for line in found {
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
        (last, at) = ((*end).max(from), (*end).max(from));
    }
    text
}

fn changed_files(needs: &Needs) -> Vec<(Foreign, usize, Value)> {
    let context = needs.context.as_ref().map_or(&[][..], |one| &one.changed_files);
    let failure = needs.failure.as_ref().map_or(&[][..], |one| &one.changed_files);
    let known = if context.is_empty() { failure } else { context };
    let mut files: Vec<_> = known
        .iter()
        .map(|file| {
            let path = Foreign::field(&file.path);
            let told = json!({ "path": path, "status": Foreign::word(&file.status), "additions": file.additions, "deletions": file.deletions, "counted": true });
            (path, file.path.len_bytes() + 40, told)
        })
        .collect();
    if files.is_empty() {
        let by_hand = needs.subject.as_ref().map_or(&[][..], |one| &one.changed_files);
        files.extend(by_hand.iter().map(|file| {
            let path = Foreign::field(file);
            (
                path.clone(),
                file.len_bytes() + 10,
                json!({ "path": path, "status": null, "additions": 0, "deletions": 0, "counted": false }),
            )
        }));
    }
    files
}

/// The fields that no budget cuts.
fn fixed(needs: &Needs, config: &Config, kind: Kind) -> Value {
    let subject = needs.subject.as_ref();
    let failure = needs.failure.as_ref();
    let context = needs.context.as_ref();
    let classification = &needs.classification;
    let field = |text: Option<&Untrusted>| text.map(Foreign::field);
    let repository = needs.repository.as_ref();
    let working_directory =
        repository.and_then(|one| config.repository(&one.owner, &one.name)?.working_directory.clone());
    let failed_sha =
        failure.and_then(|one| one.head_sha.as_deref()).or(subject.and_then(|one| one.head_sha.as_deref()));
    let jobs: Vec<Value> = failure.map_or(Vec::new(), |one| {
        let jobs = one.jobs.iter().map(|job| {
            let steps: Vec<Foreign> = job.failed_steps.iter().map(|step| Foreign::field(&step.name)).collect();
            json!({ "name": Foreign::field(&job.name), "conclusion": Foreign::word(&job.conclusion), "steps": steps, "url": field(job.url.as_ref()) })
        });
        jobs.collect()
    });
    let pull_request =
        context.and_then(|one| one.pull_request.as_ref()).or(failure.and_then(|one| one.pull_request.as_ref()));
    let base = context.and_then(|one| one.base.as_ref()).or(failure.and_then(|one| one.base.as_ref()));
    let alert = failure.and_then(|one| one.alert.as_ref());
    let argocd = context.and_then(|one| one.argocd.as_ref());
    let policy = Policy::of(kind);
    let sentences = |verdict: Verdict| -> Vec<&str> {
        RULES
            .iter()
            .filter(|rule| rule.says == verdict && (verdict != Verdict::Never || rule.holds(kind)))
            .map(|rule| rule.sentence)
            .collect()
    };
    json!({
        "kind": kind.as_str(),
        "meaning": kind.meaning(),
        "security": kind.is_security(),
        "repository": repository.map(|one| Foreign::word(&format!("{}/{}", one.owner, one.name))),
        "host": repository.map(|one| Foreign::word(&one.host)),
        "working_directory": working_directory.as_deref().map(Foreign::word),
        "default_branch": field(repository.and_then(|one| one.default_branch.as_ref())),
        "branch": field(subject.and_then(|one| one.branch.as_ref())),
        "failed_sha": failed_sha.map(Foreign::word),
        "workflow": field(subject.and_then(|one| one.workflow.as_ref())),
        "check": field(subject.and_then(|one| one.context.as_ref())),
        "url": field(subject.and_then(|one| one.url.as_ref())),
        "jobs": jobs,
        "jobs_omitted": failure.map_or(0, |one| one.jobs_omitted),
        "job": field(subject.and_then(|one| one.job.as_ref())),
        "step": field(subject.and_then(|one| one.step.as_ref())),
        "location": classification.location.as_ref().map(|one| json!({ "place": Foreign::field(&place(one)) })),
        "command": field(classification.command.as_ref()),
        "redactions": failure.map_or(0, |one| one.redactions.values().sum::<u64>()),
        "pull_request": pull_request.map(|one| json!({
            "number": one.number, "title": Foreign::field(&one.title), "draft": one.draft,
            "base_branch": Foreign::field(&one.base_branch), "base_sha": Foreign::word(&one.base_sha),
        })),
        "pull_request_number": pull_request.map(|one| one.number).or(subject.and_then(|one| one.pull_request)),
        "base": base.map(|one| json!({ "branch": Foreign::field(&one.branch), "sha": Foreign::word(&one.sha), "red": one.red == Some(true), "green": one.red == Some(false) })),
        "alert": alert.map(|one| json!({
            "number": one.number, "severity": one.severity.as_deref().map(Foreign::word), "package": field(one.package.as_ref()),
            "manifest": field(one.manifest.as_ref()), "patched_version": field(one.patched_version.as_ref()),
            "identifier": field(one.identifier.as_ref()), "path": field(one.path.as_ref()), "line": one.line,
        })),
        "argocd": argocd.map(|one| json!({
            "application": Foreign::word(&one.application), "health": Foreign::word(&one.health), "sync": Foreign::word(&one.sync),
            "unhealthy": one.unhealthy.iter().map(Foreign::field).collect::<Vec<_>>(),
        })),
        "pods": context.map_or(Vec::new(), |one| one.pods.iter().map(|pod| json!({
            "name": Foreign::field(&pod.name), "phase": Foreign::word(&pod.phase), "ready": pod.ready, "restarts": pod.restarts, "reason": field(pod.reason.as_ref()),
        })).collect()),
        "metrics": context.map_or(Vec::new(), |one| one.metrics.iter().map(|sample| json!({
            "query": Foreign::word(&sample.query), "series": Foreign::field(&sample.series), "value": Foreign::word(&sample.value),
        })).collect()),
        "target": needs.target.as_ref().map(|one| json!({
            "branch": Foreign::field(&one.branch), "base_sha": Foreign::word(&one.base_sha),
            "draft": one.how == Push::DraftPullRequest, "into": field(one.into.as_ref()),
        })),
        "attempt": needs.attempt.as_ref().map(|one| json!({ "number": one.number, "limit": one.limit })),
        "may": policy.may,
        "may_anything": policy.may.contains(&"**"),
        "person": sentences(Verdict::Person),
        "never": sentences(Verdict::Never),
    })
}

/// `src/cache.rs:41`, as one field.
fn place(location: &Location) -> Untrusted {
    match location.line {
        Some(line) => Untrusted::new(format!("{}:{line}", location.file.expose())),
        None => location.file.clone(),
    }
}

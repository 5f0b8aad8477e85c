//! The step: from a document with a job log to its section `classification`.

use config::Config;
use remediation::{
    Agent, AlertType, Attempt, AttemptRecord, Because, Classification, Excerpt, Kind, Location, Open, Remedy,
    Repository, Source, SubjectKind, cap, caps,
};
use serde::Deserialize;
use step::{Cannot, Desk, Parameter, Sections, Step, Values, words};
use text::Untrusted;

use crate::user_rules::{self, judge_by};
use crate::{Evidence, Hints, Judgement, signature};

/// The attachment that is judged.
const LOG: &str = "job_log";

/// The step `classify`.
pub struct Classify;

/// What it reads of the document.
#[derive(Debug, Deserialize)]
pub struct Needs {
    origin: Option<Origin>,
    repository: Option<Repository>,
    subject: Subject,
    attempt: Option<Attempt>,
    #[serde(default)]
    attempts: Vec<AttemptRecord>,
    failure: Option<Failure>,
}

#[derive(Debug, Deserialize)]
struct Origin {
    source: Open<Source>,
}

#[derive(Debug, Deserialize)]
struct Subject {
    kind: Open<SubjectKind>,
    workflow: Option<Untrusted>,
    job: Option<Untrusted>,
    step: Option<Untrusted>,
    alert_type: Option<Open<AlertType>>,
    alert_number: Option<u64>,
    #[serde(default)]
    changed_files: Vec<Untrusted>,
}

#[derive(Debug, Deserialize)]
struct Failure {
    workflow_path: Option<Untrusted>,
    #[serde(default)]
    jobs: Vec<remediation::Job>,
    #[serde(default)]
    changed_files: Vec<remediation::ChangedFile>,
}

impl Step for Classify {
    const NAME: &'static str = "classify";
    const ABOUT: &'static str = "Decides what kind of failure it is, who repairs it, and which lines say so";
    const EXAMPLES: &'static str =
        "open-remediation --log build.log | classify\nclassify --in remediation.json --out remediation.json";
    const OWNS: &'static [&'static str] = &["classification"];
    const PARAMETERS: &'static [Parameter] = &[
        Parameter { name: "kind", values: Values::Words(words::<Kind>) },
        Parameter { name: "agent", values: Values::Words(words::<Agent>) },
        Parameter { name: "remedy", values: Values::Words(words::<Remedy>) },
        Parameter { name: "signature", values: Values::Name },
    ];
    type Args = config::Args;
    type Needs = Needs;

    fn run(args: &config::Args, needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let config = args.load(None).map_err(|error| Cannot::misconfigured(error.to_string()))?;
        let judgement = if let Some(judgement) = alert(&needs) {
            judgement
        } else if needs.failure.is_some() && !desk.has_attachment(LOG) {
            // A failure whose log was not to be had is still judged by its names.
            judged(&[], &needs, &config)
        } else {
            judged(&desk.attachment(LOG)?, &needs, &config)
        };
        let mut section = section(&judgement);
        change_agent(&mut section, &needs);
        permit(&mut section, &needs, &config);
        let agent = section.agent.as_ref().map_or("none", Open::as_str).to_owned();
        let said = format!("{} for {agent}, {:.2} sure", section.kind.as_str(), section.confidence);
        Ok(Sections::new()
            .parameter("kind", section.kind.as_str())
            .parameter("remedy", section.remedy.as_str())
            .parameter("signature", &section.signature)
            .parameter("agent", agent)
            .set("classification", &section)
            .say(said))
    }
}

/// A security alert says itself what it is.
fn alert(needs: &Needs) -> Option<Judgement> {
    if needs.subject.kind == SubjectKind::ClusterAlert {
        let name = needs.subject.workflow.as_ref().map_or("", |name| name.expose());
        let cause = signature::fingerprint(name, "", "");
        return Some(said(Kind::ArgocdSync, "argocd_alert", cause));
    }
    if needs.subject.kind != SubjectKind::SecurityAlert {
        return None;
    }
    let kind = match needs.subject.alert_type.as_ref()?.known()? {
        AlertType::Dependabot => Kind::SecurityDependabot,
        AlertType::CodeScanning => Kind::SecurityCodeScanning,
        AlertType::SecretScanning => Kind::SecuritySecretScanning,
    };
    let number = needs.subject.alert_number.unwrap_or_default();
    Some(said(kind, "security_alert", number))
}

/// What an alert says of itself.
fn said(kind: Kind, rule: &'static str, cause: u64) -> Judgement {
    Judgement {
        kind,
        agent: kind.agent(),
        remedy: kind.remedy(),
        confidence: 0.99,
        signature: signature::signature(kind, "alert", [cause].iter()),
        excerpt: Vec::new(),
        lines: Vec::new(),
        command: None,
        location: None,
        because: vec![Evidence { rule, line: None }],
    }
}

/// Judges every failed job by itself; a real failure beats a job that was merely cancelled with it.
fn judged(log: &[u8], needs: &Needs, config: &Config) -> Judgement {
    let subject = &needs.subject;
    let failure = needs.failure.as_ref();
    let files: Vec<&str> = failure
        .map(|failure| failure.changed_files.iter().map(|file| file.path.expose()).collect())
        .filter(|files: &Vec<&str>| !files.is_empty())
        .unwrap_or_else(|| subject.changed_files.iter().map(Untrusted::expose).collect());
    let hints = Hints {
        workflow: subject.workflow.as_ref().map(Untrusted::expose),
        job: subject.job.as_ref().map(Untrusted::expose),
        step: subject.step.as_ref().map(Untrusted::expose),
        changed_files: &files,
        security_event: false,
        security_allowed: security_allowed(needs, config),
        transient_allowed: !rerun_was_red(needs),
    };
    let table = user_rules::table(&config.rules);
    let judge = |log: &[u8], hints: &Hints<'_>| judge_by(table, log, hints);
    let jobs = failure.map_or(&[][..], |failure| &failure.jobs);
    let each = jobs.iter().filter_map(|job| {
        let [first, last] = job.log_lines?;
        let step = job.failed_steps.first().map(|step| step.name.expose());
        let own = Hints { job: Some(job.name.expose()), step: step.or(hints.step), ..hints };
        Some(judge(lines(log, first, last), &own).shifted(first.saturating_sub(1)))
    });
    let best = each.reduce(|best, next| if rank(&next) > rank(&best) { next } else { best });
    best.unwrap_or_else(|| {
        let job = jobs.first().map(|job| job.name.expose());
        let step = jobs.first().and_then(|job| job.failed_steps.first()).map(|step| step.name.expose());
        judge(log, &Hints { job: hints.job.or(job), step: hints.step.or(step), ..hints })
    })
}

fn rank(judgement: &Judgement) -> f64 {
    judgement.confidence + if judgement.remedy == Remedy::Rerun { 0.0 } else { 0.5 }
}

/// The bytes of these lines, 1-based, both included.
fn lines(log: &[u8], first: u64, last: u64) -> &[u8] {
    let mut starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', log).map(|at| at + 1));
    let index = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let from = starts.nth(index(first.saturating_sub(1))).unwrap_or(log.len());
    let to = starts.nth(index(last.saturating_sub(first))).unwrap_or(log.len());
    log.get(from..to).unwrap_or_default()
}

/// Only an allow-listed workflow may choose Cipher; by hand a person vouches for the log (design section 7).
fn security_allowed(needs: &Needs, config: &Config) -> bool {
    if needs.origin.as_ref().is_some_and(|origin| origin.source == Source::Hand) {
        return true;
    }
    let path = needs.failure.as_ref().and_then(|failure| failure.workflow_path.as_ref());
    let (Some(repository), Some(path)) = (&needs.repository, path) else { return false };
    // GitHub may append the ref: `.github/workflows/audit.yml@main`.
    let path = path.expose().split('@').next().unwrap_or_default();
    let entry = config.repository(&repository.owner, &repository.name);
    entry.is_some_and(|entry| entry.security_workflows.iter().any(|known| known == path))
}

/// A re-run is number 0 of its round; once it was red, another cannot help.
fn rerun_was_red(needs: &Needs) -> bool {
    let round = needs.attempt.as_ref().map_or(1, |attempt| attempt.round);
    needs.attempts.iter().any(|record| record.round == round && record.number == 0)
}

/// After the second failure of one agent another tries, whatever the log says (`check-outcome` decides who).
fn change_agent(section: &mut Classification, needs: &Needs) {
    let forced = needs.attempt.as_ref().and_then(|attempt| attempt.agent.as_ref()).and_then(Open::known);
    if let Some(agent) = forced.filter(|agent| section.agent.as_ref().is_some_and(|found| found != agent)) {
        section.agent = Some(agent.into());
        section.because.insert(0, Because { rule: "agent_changed".into(), at: "attempt.agent".into() });
        section.because.truncate(caps::BECAUSE);
    }
}

/// An agent that the repository does not allow is a person's matter.
fn permit(section: &mut Classification, needs: &Needs, config: &Config) {
    let (Some(agent), Some(repository)) = (section.agent.as_ref().and_then(Open::known), &needs.repository) else {
        return;
    };
    let entry = config.repository(&repository.owner, &repository.name);
    if entry.is_some_and(|entry| entry.agents.as_ref().is_some_and(|allowed| !allowed.contains(&agent))) {
        section.remedy = Remedy::Person.into();
        section.because.insert(0, Because { rule: "agent_not_allowed".into(), at: "config:repositories".into() });
        section.because.truncate(caps::BECAUSE);
    }
}

/// The judgement as the document says it.
#[must_use]
pub fn section(judgement: &Judgement) -> Classification {
    let because = judgement.because.iter().map(|why| Because {
        rule: why.rule.to_owned(),
        at: why.line.map_or_else(|| "names".to_owned(), |line| format!("{LOG}:{line}")),
    });
    let (because, because_omitted) = cap(because.collect(), caps::BECAUSE);
    let foreign = |text: &str| Untrusted::new(text).cleaned().cut(caps::TEXT);
    Classification {
        kind: judgement.kind.into(),
        agent: judgement.agent.map(Open::from),
        remedy: judgement.remedy.into(),
        confidence: judgement.confidence,
        signature: judgement.signature.clone(),
        excerpt: (!judgement.excerpt.is_empty()).then(|| Excerpt {
            attachment: LOG.to_owned(),
            lines: judgement.excerpt.iter().map(|(first, last)| [*first, *last]).collect(),
        }),
        command: judgement.command.as_deref().map(foreign),
        location: judgement.location.as_ref().map(|(file, line)| Location { file: foreign(file), line: Some(*line) }),
        because,
        because_omitted,
    }
}

//! GitHub Actions: runs, their failed jobs and logs, and what is around them.

use std::io::Write;

use jiff::{SignedDuration, Timestamp};
use ledger::cannot;
use ledger::slug;
use redact::Foreign;
use remediation::{Actor, ChangedFile, ContextSource, FailedStep, Failure, Gap, Job, PullRequest, RunRef, cap, caps};
use step::Cannot;
use text::Untrusted;
use world::github::{self, Conclusion, Pull, Run, Slug};
use world::{PortError, ReadGithub};

use crate::log::JobLog;
use crate::{Needs, base, is_failure};

/// GitHub may not have the log of a job that ended less long ago (safety.md 4.4, row 11).
const LOG_APPEARS: SignedDuration = SignedDuration::from_mins(10);

/// Bytes of a commit message that are kept.
const MESSAGE_BYTES: usize = 2000;

/// Something that could not be had, of the log.
pub fn gap(because: impl Into<String>) -> Gap {
    Gap { source: ContextSource::JobLog.into(), because: because.into() }
}

/// Why a source has nothing to say. The folder of a recorded world does not belong into a document.
pub fn why(error: &PortError) -> String {
    match error {
        PortError::Missing { call, .. } => format!("{call}: the recorded world has no answer"),
        error => error.to_string(),
    }
}

/// Reads the runs with their failed jobs and logs.
pub async fn runs<W: Write + Send>(
    needs: &Needs,
    of_attempt: &[RunRef],
    now: Timestamp,
    ports: &impl ReadGithub,
    log: &mut JobLog<W>,
    failure: &mut Failure,
) -> Result<Vec<Run>, Cannot> {
    let of = slug(&needs.repository);
    let mut read = Vec::new();
    for run in of_attempt {
        let seen = ports.run_attempt(&of, run.run_id, run.run_attempt).await.map_err(cannot)?;
        let jobs = ports.jobs(&of, run.run_id, run.run_attempt).await.map_err(cannot)?.items;
        let failed: Vec<github::Job> = jobs.into_iter().filter(|job| is_failure(job.conclusion)).collect();
        if failed.is_empty() {
            let why = match seen.conclusion {
                Some(Conclusion::StartupFailure) => "GitHub could not start the workflow: its file is invalid",
                _ => "no job of the run failed",
            };
            failure.gaps.push(gap(format!("run {}: {why}", run.run_id)));
        }
        failure.head_sha = Some(seen.head_sha.clone());
        failure.workflow_path = Some(seen.path.clone()).filter(|path| !path.is_empty());
        for job in failed {
            if failure.jobs.len() >= caps::JOBS {
                failure.jobs_omitted += 1;
                continue;
            }
            let log_lines = job_log(&of, &job, now, ports, log, failure).await?;
            failure.jobs.push(kept(run.run_id, &job, log_lines));
        }
        read.push(seen);
    }
    Ok(read)
}

fn kept(run_id: u64, job: &github::Job, log_lines: Option<[u64; 2]>) -> Job {
    let foreign = Foreign::new();
    let failed = job.steps.iter().filter(|step| is_failure(step.conclusion));
    Job {
        id: job.id,
        name: foreign.line(&job.name, caps::TEXT),
        run_id: Some(run_id),
        conclusion: conclusion(job.conclusion).to_owned(),
        failed_steps: failed
            .map(|step| FailedStep { number: step.number, name: foreign.line(&step.name, caps::TEXT) })
            .take(caps::JOBS)
            .collect(),
        log_lines,
        url: Some(Untrusted::new(&*job.html_url)).filter(|url| !url.is_empty()),
    }
}

fn conclusion(of: Option<Conclusion>) -> &'static str {
    match of {
        Some(Conclusion::TimedOut) => "timed_out",
        Some(Conclusion::StartupFailure) => "startup_failure",
        _ => "failure",
    }
}

/// Streams one job's log; the lines it went to.
async fn job_log<W: Write + Send>(
    of: &Slug,
    job: &github::Job,
    now: Timestamp,
    ports: &impl ReadGithub,
    log: &mut JobLog<W>,
    failure: &mut Failure,
) -> Result<Option<[u64; 2]>, Cannot> {
    let mut part = log.part();
    let end = ports.job_log(of, job.id, &mut |chunk: &[u8]| part.push(chunk)).await;
    let crate::log::End { lines, left_out, packed } = part.finish();
    match end {
        Ok(end) => {
            if !end.complete {
                failure.gaps.push(gap(format!("job {}: the log broke off after {} bytes", job.id, end.bytes)));
            }
            if packed {
                failure.gaps.push(gap(format!(
                    "job {}: GitHub gave an archive of {} bytes instead of text; it was not unpacked",
                    job.id, end.bytes
                )));
                return Ok(said_by_check(of, job.id, ports, log).await);
            }
            if left_out > 0 {
                failure
                    .gaps
                    .push(gap(format!("job {}: {left_out} bytes in the middle of the log were left out", job.id)));
            }
            Ok(lines)
        }
        Err(PortError::NotFound { .. }) if is_young(job, now) => Err(Cannot::not_yet(format!(
            "GitHub does not have the log of job {} yet, which has just ended; nothing was written, run again",
            job.id
        ))),
        Err(PortError::NotFound { .. } | PortError::Gone { .. }) => {
            failure.gaps.push(gap(format!("job {}: GitHub has no log of it any more", job.id)));
            Ok(said_by_check(of, job.id, ports, log).await)
        }
        Err(error) => Err(cannot(error)),
    }
}

fn is_young(job: &github::Job, now: Timestamp) -> bool {
    job.completed_at.is_some_and(|ended| now.duration_since(ended) < LOG_APPEARS)
}

/// What the job's check says of itself and of lines of code, where there is no log: better than nothing.
pub async fn said_by_check<W: Write + Send>(
    of: &Slug,
    id: u64,
    ports: &impl ReadGithub,
    log: &mut JobLog<W>,
) -> Option<[u64; 2]> {
    let mut said = Vec::new();
    if let Ok(check) = ports.check_run(of, id).await {
        let output = check.output.unwrap_or_default();
        said.extend([output.title, output.summary, output.text]);
    }
    if let Ok(annotations) = ports.annotations(of, id).await {
        said.extend(annotations.items.into_iter().map(|note| {
            let place = format!("{}:{}", note.path.expose(), note.start_line);
            Untrusted::new(format!("{place}: {}: {}", note.annotation_level, note.message.expose()))
        }));
    }
    let mut part = log.part();
    for text in said.iter().filter(|text| !text.is_empty()) {
        part.push(text.expose().as_bytes());
        part.push(b"\n");
    }
    part.finish().lines
}

/// What is around the failure; each part is a gap when it cannot be had.
pub async fn around(needs: &Needs, runs: &[Run], ports: &impl ReadGithub, failure: &mut Failure) {
    let of = slug(&needs.repository);
    let mut missing: Vec<(ContextSource, PortError)> = Vec::new();
    let mut files: Option<Vec<github::ChangedFile>> = None;
    if let Some(number) = needs.subject.pull_request {
        match ports.pull(&of, number).await {
            Ok(pull) => failure.pull_request = Some(pull_request(&pull)),
            Err(error) => missing.push((ContextSource::PullRequest, error)),
        }
        match ports.pull_files(&of, number).await {
            Ok(listed) => files = Some(listed.items),
            Err(error) => missing.push((ContextSource::ChangedFiles, error)),
        }
    }
    if let Some(sha) = failure.head_sha.clone() {
        match ports.commit(&of, &sha).await {
            Ok(commit) => {
                let message = &commit.commit.message;
                let kept = || Foreign::new().text(message, MESSAGE_BYTES);
                failure.commit_message = (!message.is_empty()).then(kept);
                files = files.or(Some(commit.files));
            }
            Err(error) => missing.push((ContextSource::ChangedFiles, error)),
        }
    }
    (failure.changed_files, failure.changed_files_omitted) = changed_files(&files.unwrap_or_default());
    if let (Some(run), Some(branch)) = (runs.first(), base_branch(needs, failure)) {
        let jobs: Vec<Untrusted> = failure.jobs.iter().map(|job| job.name.clone()).collect();
        match base::look(&of, &branch, run, &jobs, ports).await {
            Ok(base) => failure.base = Some(base),
            Err(error) => missing.push((ContextSource::Base, error)),
        }
    }
    failure.gaps.extend(missing.iter().map(|(source, error)| Gap { source: (*source).into(), because: why(error) }));
}

/// The branch that this one goes into; none for the default branch itself.
fn base_branch(needs: &Needs, failure: &Failure) -> Option<Untrusted> {
    if let Some(pull) = &failure.pull_request {
        return Some(pull.base_branch.clone());
    }
    let default = needs.repository.default_branch.clone()?;
    (needs.subject.branch.as_ref() != Some(&default)).then_some(default)
}

/// Changed files as the document keeps them.
fn changed_files(files: &[github::ChangedFile]) -> (Vec<ChangedFile>, u64) {
    let foreign = Foreign::new();
    let files = files.iter().map(|file| ChangedFile {
        path: foreign.line(&file.filename, caps::TEXT),
        status: file.status.clone(),
        additions: file.additions,
        deletions: file.deletions,
    });
    cap(files.collect(), caps::FILES)
}

fn pull_request(pull: &Pull) -> PullRequest {
    let foreign = Foreign::new();
    let author = pull.user.as_ref().map(|user| Actor {
        id: user.id,
        login: Some(foreign.line(&user.login, caps::TEXT)),
        r#type: Some(user.kind.clone()).filter(|kind| !kind.is_empty()),
    });
    PullRequest {
        number: pull.number,
        title: foreign.line(&pull.title, caps::TEXT),
        state: if pull.state == github::OpenClosed::Open { "open" } else { "closed" }.to_owned(),
        draft: pull.draft,
        base_branch: pull.base.branch.clone(),
        base_sha: pull.base.sha.clone(),
        author,
    }
}

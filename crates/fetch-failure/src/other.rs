//! What is not GitHub Actions: checks of another CI, security alerts, failed Workflows of ours.

use std::io::Write;

use config::Config;
use ledger::cannot;
use ledger::slug;
use redact::Foreign;
use remediation::{ContextSource, Failure, Gap, Job, caps};
use step::Cannot;
use text::Untrusted;
use world::{Cluster, ReadGithub};

use crate::fetch::{gap, said_by_check, why};
use crate::log::JobLog;
use crate::{Needs, alert};

/// The label by which Argo marks the pods of a Workflow.
const WORKFLOW_LABEL: &str = "workflows.argoproj.io/workflow";
/// Lines of each failed pod.
const POD_LINES: u32 = 2000;

/// A check or status of another CI: its log is over there; what it says here is kept.
pub async fn check<W: Write + Send>(
    needs: &Needs,
    ports: &impl ReadGithub,
    log: &mut JobLog<W>,
    failure: &mut Failure,
) -> Result<(), Cannot> {
    let of = slug(&needs.repository);
    let subject = &needs.subject;
    let (mut id, mut url, mut log_lines) = (0, None, None);
    if let Some(check_id) = subject.check_id {
        let check = ports.check_run(&of, check_id).await.map_err(cannot)?;
        (id, url) = (check.id, check.details_url);
        log_lines = said_by_check(&of, check_id, ports, log).await;
    } else if let (Some(sha), Some(context)) = (&subject.head_sha, &subject.context) {
        let statuses = ports.combined_status(&of, sha).await.map_err(cannot)?.statuses;
        if let Some(status) = statuses.into_iter().find(|status| status.context == *context) {
            let mut part = log.part();
            part.push(status.description.expose().as_bytes());
            log_lines = part.finish().lines;
            url = status.target_url;
        }
    }
    let foreign = Foreign::new();
    let name = subject.context.as_ref().map(|context| foreign.line(context, caps::TEXT)).unwrap_or_default();
    let url = url.or_else(|| subject.url.clone()).map(|url| foreign.line(&url, caps::TEXT));
    failure.jobs.push(Job {
        id,
        name,
        run_id: None,
        conclusion: "failure".into(),
        failed_steps: Vec::new(),
        log_lines,
        url,
    });
    failure.gaps.push(gap("another CI reported the failure; its log is not on GitHub, only at the job's `url`"));
    Ok(())
}

/// A security alert's facts.
pub async fn alert(needs: &Needs, ports: &impl ReadGithub, failure: &mut Failure) -> Result<(), Cannot> {
    let (Some(kind), Some(number)) = (&needs.subject.alert_type, needs.subject.alert_number) else {
        return Err(Cannot::refused(
            "the subject is a security alert without `alert_type` and `alert_number`; open it from the alert's event",
        ));
    };
    let kind = kind.require("subject.alert_type")?;
    let read = ports.alert(&slug(&needs.repository), alert::kind(kind), number).await.map_err(cannot)?;
    failure.alert = Some(alert::facts(kind, &read));
    Ok(())
}

/// An Argo CD application that is not well: what it says of itself, in place of a log.
pub async fn application<W: Write + Send>(
    needs: &Needs,
    config: &Config,
    ports: &impl Cluster,
    log: &mut JobLog<W>,
    failure: &mut Failure,
) -> Result<(), Cannot> {
    let of = &needs.repository;
    let name = config.repository(&of.owner, &of.name).and_then(|entry| entry.argocd_application.as_deref());
    let application = match name {
        Some(name) => ports.application(name).await.map_err(cannot)?,
        None => None,
    };
    let (Some(name), Some(application)) = (name, application) else {
        failure.gaps.push(gap("there is no Argo CD application that healer.yaml names for this repository"));
        return Ok(());
    };
    let mut part = log.part();
    for line in application.status.told() {
        part.push(line.expose().as_bytes());
        part.push(b"\n");
    }
    let log_lines = part.finish().lines;
    failure.jobs.push(Job {
        id: 0,
        name: Untrusted::new(name),
        run_id: None,
        conclusion: "failure".into(),
        failed_steps: Vec::new(),
        log_lines,
        url: None,
    });
    Ok(())
}

/// A failed Workflow of ours: the logs of its failed pods.
pub async fn workflow<W: Write + Send>(
    needs: &Needs,
    namespace: &str,
    ports: &impl Cluster,
    log: &mut JobLog<W>,
    failure: &mut Failure,
) {
    let missing = |because: String| Gap { source: ContextSource::JobLog.into(), because };
    let Some(name) = needs.subject.workflow.as_ref().map(Untrusted::label_value).filter(|name| !name.is_empty()) else {
        failure.gaps.push(missing("the document names no Workflow".into()));
        return;
    };
    let pods = match ports.pods(namespace, &[(WORKFLOW_LABEL, &name)]).await {
        Ok(pods) => pods,
        Err(error) => return failure.gaps.push(missing(why(&error))),
    };
    for pod in pods.into_iter().filter(|pod| pod.status.phase == "Failed").take(caps::JOBS) {
        let pod = pod.metadata.name;
        match ports.pod_log(namespace, &pod, Some("main"), POD_LINES).await {
            Ok(text) => {
                let mut part = log.part();
                part.push(text.expose().as_bytes());
                let log_lines = part.finish().lines;
                failure.jobs.push(Job {
                    id: 0,
                    name: Untrusted::new(pod),
                    run_id: None,
                    conclusion: "failure".into(),
                    failed_steps: Vec::new(),
                    log_lines,
                    url: None,
                });
            }
            Err(error) => failure.gaps.push(missing(why(&error))),
        }
    }
    if failure.jobs.is_empty() && failure.gaps.is_empty() {
        failure.gaps.push(missing("no failed pod of the Workflow is left".into()));
    }
}

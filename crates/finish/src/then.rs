//! What follows, in one word that Argo's DAG can branch on: decided here, so that a manifest holds no rules.

use remediation::{
    Admission, AdmissionReason, Claim, Classification, Conclusion, Decision, Remedy, Role, UnknownWord, Vocabulary,
    vocabulary,
};

use crate::conclude::{Ended, Needs};

vocabulary! {
    /// What the Workflow does next with a document that was prepared.
    Then, "what follows":
    Agent = "agent", "start the agent";
    Rerun = "rerun", "run CI again";
    Wait = "wait", "admit it again after `not_before_seconds`";
    Ask = "ask", "wait for a person's approval, then admit it again";
    Tell = "tell", "people wait for an answer: tell them";
    End = "end", "nothing more";
}

/// What follows. A fault ends it here: the exit code says whether the pod runs again. So does an outcome: what follows a
/// judged attempt is `check-outcome`'s own word.
///
/// # Errors
/// A deciding word of a newer version.
pub fn then(needs: &Needs) -> Result<Then, UnknownWord> {
    let Needs { admission: Some(admission), outcome: None, fault: None, .. } = needs else { return Ok(Then::End) };
    let reason = admission.reason.require("admission.reason")?;
    Ok(match decision(admission)? {
        Decision::Later if reason == AdmissionReason::AwaitingApproval => Then::Ask,
        Decision::Later => Then::Wait,
        Decision::No if reason.tell() => Then::Tell,
        Decision::No => Then::End,
        Decision::Proceed if role(needs.claim.as_ref())?.tell() => Then::Tell,
        Decision::Proceed => match remedy(needs.classification.as_ref())? {
            Some(Remedy::Agent) => Then::Agent,
            Some(Remedy::Rerun) => Then::Rerun,
            Some(Remedy::Person) => Then::Tell,
            None => Then::End,
        },
    })
}

/// What happened, as the last node of the Workflow is called: a conclusion with what makes it worth knowing, in
/// kebab-case; nothing while it goes on.
///
/// # Errors
/// A deciding word of a newer version.
pub fn outcome(needs: &Needs, ended: Option<&Ended>) -> Result<Option<String>, UnknownWord> {
    let word = match ended {
        Some(Ended { conclusion: Conclusion::Skipped, reason }) => format!("skipped-{reason}"),
        Some(Ended { conclusion: Conclusion::Fixed | Conclusion::Linked | Conclusion::Superseded, reason }) => {
            (*reason).to_owned()
        }
        Some(Ended { conclusion, .. }) => conclusion.as_str().to_owned(),
        // A duplicate leaves the other's record alone, and is a "no" all the same.
        None => match &needs.admission {
            Some(admission) if needs.fault.is_none() && decision(admission)? == Decision::No => {
                format!("skipped-{}", admission.reason.as_str())
            }
            _ => return Ok(None),
        },
    };
    Ok(Some(word.replace('_', "-")))
}

fn decision(admission: &Admission) -> Result<Decision, UnknownWord> {
    admission.decision.require("admission.decision")
}

/// Without a claim the cause is ours.
fn role(claim: Option<&Claim>) -> Result<Role, UnknownWord> {
    claim.map_or(Ok(Role::Owner), |claim| claim.role.require("claim.role"))
}

fn remedy(found: Option<&Classification>) -> Result<Option<Remedy>, UnknownWord> {
    found.map(|found| found.remedy.require("classification.remedy")).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(document: &str) -> Needs {
        serde_json::from_str(document).unwrap()
    }

    #[test]
    fn every_word_has_its_case() {
        let cases = [
            (
                r#""admission":{"decision":"proceed","reason":"ci_failed","mode":"enforce","because":[]},"classification":{"kind":"rust_fmt","agent":"rex","remedy":"agent","confidence":1,"signature":"s","because":[]}"#,
                Then::Agent,
            ),
            (
                r#""admission":{"decision":"proceed","reason":"ci_failed","mode":"enforce","because":[]},"classification":{"kind":"infra_transient","remedy":"rerun","confidence":1,"signature":"s","because":[]}"#,
                Then::Rerun,
            ),
            (r#""admission":{"decision":"later","reason":"window","mode":"enforce","because":[]}"#, Then::Wait),
            (
                r#""admission":{"decision":"later","reason":"awaiting_approval","mode":"enforce","because":[]}"#,
                Then::Ask,
            ),
            (r#""admission":{"decision":"no","reason":"fork","mode":"enforce","because":[]}"#, Then::Tell),
            (r#""admission":{"decision":"no","reason":"stale_head","mode":"enforce","because":[]}"#, Then::End),
        ];
        for (sections, expected) in cases {
            assert_eq!(then(&needs(&format!(r#"{{"id":"ci-1-2-1",{sections}}}"#))), Ok(expected), "{sections}");
        }
        assert!(Then::ALL.iter().all(|word| cases.iter().any(|(_, then)| then == word)));
    }

    #[test]
    fn a_fault_and_a_judged_attempt_end_it_here() {
        let admitted = r#""admission":{"decision":"later","reason":"window","mode":"enforce","because":[]}"#;
        let fault = r#""fault":{"step":"classify","exit_code":75,"sentence":"later"}"#;
        assert_eq!(then(&needs(&format!(r#"{{"id":"ci-1-2-1",{admitted},{fault}}}"#))), Ok(Then::End));
    }

    #[test]
    fn a_no_names_its_reason_even_where_it_concludes_nothing() {
        let no = r#"{"id":"a","admission":{"decision":"no","reason":"own_lineage","mode":"enforce","because":[]}}"#;
        assert_eq!(outcome(&needs(no), None), Ok(Some("skipped-own-lineage".into())));
        let ended = Ended { conclusion: Conclusion::Linked, reason: "fixed_upstream" };
        assert_eq!(outcome(&needs(r#"{"id":"a"}"#), Some(&ended)), Ok(Some("fixed-upstream".into())));
        assert_eq!(outcome(&needs(r#"{"id":"a"}"#), None), Ok(None));
    }
}

//! From the document to the conclusion: one table, read from the top. What no row concludes goes on.

use remediation::flow::NOT_YET;
use remediation::{
    Admission, AdmissionReason, Claim, Classification, CodeRunRef, Conclusion, Decision, Escalation, EscalationReason,
    Fault, Mode, Next, Outcome, Rerun, Role, UnknownWord, Verdict, Vocabulary,
};
use serde::Deserialize;

/// What it reads of the document.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Needs {
    pub id: String,
    pub admission: Option<Admission>,
    pub classification: Option<Classification>,
    pub claim: Option<Claim>,
    pub coderun: Option<CodeRunRef>,
    pub rerun: Option<Rerun>,
    pub outcome: Option<Outcome>,
    pub escalation: Option<Escalation>,
    pub fault: Option<Fault>,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// In one word.
    pub conclusion: Conclusion,
    /// Why: an admission reason, a verdict, an escalation reason or a role.
    pub reason: &'static str,
}

/// The deciding words of a document.
#[derive(Debug, Clone, Copy, Default)]
struct Words {
    fault: Option<u8>,
    decision: Option<Decision>,
    admitted: Option<AdmissionReason>,
    mode: Option<Mode>,
    role: Option<Role>,
    observed: bool,
    next: Option<Next>,
    verdict: Option<Verdict>,
    escalated: bool,
    escalation_reason: Option<EscalationReason>,
}

/// What a row makes of the words that it is about.
enum Says {
    /// It goes on, and somebody else will conclude it.
    GoesOn,
    /// It ended.
    Ends(Conclusion, &'static str),
}

/// One row: what it is about, and what it says if it is the case.
type Row = (&'static str, fn(&Words) -> Option<Says>);

use Says::{Ends, GoesOn};

/// The table.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("a fault that is retried", |w| (w.fault == Some(NOT_YET)).then_some(GoesOn)),
    ("a fault", |w| w.fault.map(|_| Ends(Conclusion::Broken, EscalationReason::Fault.as_str()))),
    ("not admitted yet", |w| (w.decision == Some(Decision::Later)).then_some(GoesOn)),
    // The record is another run's, or another remediation's.
    ("somebody else's", |w| matches!(w.admitted, Some(AdmissionReason::Duplicate | AdmissionReason::OwnLineage)).then_some(GoesOn)),
    ("not admitted", |w| (w.decision == Some(Decision::No)).then(|| Ends(Conclusion::Skipped, w.admitted.map_or("none", Vocabulary::as_str)))),
    ("another owns the cause", |w| w.role.filter(|role| *role != Role::Owner).map(|role| Ends(Conclusion::Linked, role.as_str()))),
    ("done", |w| (w.next == Some(Next::Done)).then(|| w.verdict.map_or(GoesOn, |verdict| Ends(done(verdict), verdict.as_str())))),
    ("another attempt", |w| (w.next == Some(Next::Retry)).then_some(GoesOn)),
    ("only observed", |w| (w.mode == Some(Mode::Observe) && (w.observed || w.escalated)).then(|| Ends(Conclusion::Observed, w.admitted.map_or("none", Vocabulary::as_str)))),
    ("a person was told", |w| w.escalated.then(|| Ends(Conclusion::Escalated, w.escalation_reason.map_or("none", Vocabulary::as_str)))),
    ("a person has to be told", |w| (w.next == Some(Next::Escalate)).then_some(GoesOn)),
];

/// What a verdict that ends it is as a conclusion.
fn done(verdict: Verdict) -> Conclusion {
    match verdict {
        Verdict::Fixed | Verdict::PassedOnRerun => Conclusion::Fixed,
        Verdict::FixedByOther => Conclusion::FixedByOther,
        Verdict::Superseded | Verdict::Withdrawn => Conclusion::Superseded,
        // No other verdict is followed by `done`; a person is the safe reading.
        _ => Conclusion::Escalated,
    }
}

/// How it ended; `None` if it goes on.
///
/// # Errors
/// A deciding word of a newer version.
pub fn conclusion(needs: &Needs) -> Result<Option<Ended>, UnknownWord> {
    let words = words(needs)?;
    let says = ROWS.iter().find_map(|(_, row)| row(&words));
    Ok(match says {
        Some(Ends(conclusion, reason)) => Some(Ended { conclusion, reason }),
        Some(GoesOn) | None => None,
    })
}

fn words(needs: &Needs) -> Result<Words, UnknownWord> {
    let Needs { admission, claim, outcome, escalation, .. } = needs;
    // After a fault nothing else decides, whatever a newer version wrote beside it.
    if let Some(fault) = &needs.fault {
        return Ok(Words { fault: Some(fault.exit_code), ..Words::default() });
    }
    let observed = needs.coderun.as_ref().is_some_and(|coderun| coderun.observed)
        || needs.rerun.as_ref().is_some_and(|rerun| rerun.observed);
    Ok(Words {
        fault: None,
        decision: admission.as_ref().map(|a| a.decision.require("admission.decision")).transpose()?,
        admitted: admission.as_ref().map(|a| a.reason.require("admission.reason")).transpose()?,
        mode: admission.as_ref().map(|a| a.mode.require("admission.mode")).transpose()?,
        role: claim.as_ref().map(|c| c.role.require("claim.role")).transpose()?,
        observed,
        next: outcome.as_ref().map(|o| o.next.require("outcome.next")).transpose()?,
        verdict: outcome.as_ref().map(|o| o.verdict.require("outcome.verdict")).transpose()?,
        escalated: escalation.is_some(),
        escalation_reason: escalation.as_ref().map(|e| e.reason.require("escalation.reason")).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(words: Words) -> Option<(Conclusion, &'static str)> {
        match ROWS.iter().find_map(|(_, row)| row(&words))? {
            Ends(conclusion, reason) => Some((conclusion, reason)),
            GoesOn => None,
        }
    }

    #[test]
    fn every_row_concludes_its_case() {
        let admitted = Words {
            decision: Some(Decision::Proceed),
            admitted: Some(AdmissionReason::CiFailed),
            mode: Some(Mode::Enforce),
            ..Words::default()
        };
        let no = |reason| Words { decision: Some(Decision::No), admitted: Some(reason), ..admitted };
        let ended = |verdict, next| Words { verdict: Some(verdict), next: Some(next), ..admitted };
        let told = |reason| Words { escalated: true, escalation_reason: Some(reason), ..admitted };
        let cases: &[(Words, Option<(Conclusion, &str)>)] = &[
            (admitted, None),
            (Words { fault: Some(75), ..admitted }, None),
            (Words { fault: Some(77), ..told(EscalationReason::Fault) }, Some((Conclusion::Broken, "fault"))),
            (Words { decision: Some(Decision::Later), ..admitted }, None),
            (no(AdmissionReason::Duplicate), None),
            (no(AdmissionReason::OwnLineage), None),
            (no(AdmissionReason::StaleHead), Some((Conclusion::Skipped, "stale_head"))),
            (Words { role: Some(Role::Owner), ..admitted }, None),
            (Words { role: Some(Role::Linked), ..admitted }, Some((Conclusion::Linked, "linked"))),
            (Words { role: Some(Role::FixedUpstream), ..admitted }, Some((Conclusion::Linked, "fixed_upstream"))),
            (ended(Verdict::Fixed, Next::Done), Some((Conclusion::Fixed, "fixed"))),
            (ended(Verdict::PassedOnRerun, Next::Done), Some((Conclusion::Fixed, "passed_on_rerun"))),
            (ended(Verdict::FixedByOther, Next::Done), Some((Conclusion::FixedByOther, "fixed_by_other"))),
            (ended(Verdict::Superseded, Next::Done), Some((Conclusion::Superseded, "superseded"))),
            (ended(Verdict::Withdrawn, Next::Done), Some((Conclusion::Superseded, "withdrawn"))),
            (ended(Verdict::NotFixed, Next::Retry), None),
            (ended(Verdict::NotFixed, Next::Escalate), None),
            (
                Words {
                    verdict: Some(Verdict::NotFixed),
                    next: Some(Next::Escalate),
                    ..told(EscalationReason::AttemptsExhausted)
                },
                Some((Conclusion::Escalated, "attempts_exhausted")),
            ),
            (Words { ..admitted }, None),
            (Words { ..told(EscalationReason::PersonsWork) }, Some((Conclusion::Escalated, "persons_work"))),
            (Words { mode: Some(Mode::Observe), ..admitted }, None),
            (
                Words { mode: Some(Mode::Observe), observed: true, ..admitted },
                Some((Conclusion::Observed, "ci_failed")),
            ),
        ];
        for (words, expected) in cases {
            assert_eq!(says(*words), *expected, "{words:?}");
        }
        for (index, (about, row)) in ROWS.iter().enumerate() {
            let first = |words: &Words| ROWS.iter().position(|(_, row)| row(words).is_some());
            assert!(
                cases.iter().any(|(words, _)| first(words) == Some(index) && row(words).is_some()),
                "no case: {about}"
            );
        }
    }

    #[test]
    fn every_verdict_that_ends_it_has_its_conclusion() {
        use remediation::verdict::{FOLLOWS, Follows};
        for (verdict, follows) in FOLLOWS {
            assert_eq!(*follows == Follows::Done, done(*verdict) != Conclusion::Escalated, "{verdict}");
        }
    }
}

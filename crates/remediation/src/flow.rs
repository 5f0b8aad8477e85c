//! A "no" flows through: which step acts in which case (design section 1, rule 8). The shell asks this table before it
//! runs a step; a step whose case it is not passes the document on.

use serde::Deserialize;

use crate::vocabulary::{Open, UnknownWord};
use crate::{Admission, AdmissionReason, Decision, Fault, Next, Remedy, Role};

/// The exit code of "not yet, safe to run again": a fault with it is retried, so nobody is told of it.
pub const NOT_YET: u8 = 75;

/// When a step acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Admission is `proceed`, or there was none because a person works by hand.
    Admitted,
    /// And this remediation owns the cause, and this remedy can help.
    Owner(Remedy),
    /// This attempt has a `coderun` or a `rerun` that really happened.
    Attempted,
    /// Somebody has to be told.
    Tell,
    /// There is, or was, something to say of it.
    Announced,
    /// In every case.
    Always,
}

/// One row of the table.
pub struct Row {
    /// The step.
    pub step: &'static str,
    /// When it acts.
    pub when: When,
    /// Whether it acts although a `fault` was recorded.
    pub after_fault: bool,
}

const fn row(step: &'static str, when: When) -> Row {
    Row { step, when, after_fault: false }
}

/// The table. A step that is not in it acts always, but not after a fault.
pub const FLOW: &[Row] = &[
    row("resolve-event", When::Always),
    row("admit", When::Always),
    row("fetch-failure", When::Admitted),
    row("classify", When::Admitted),
    row("claim", When::Admitted),
    row("gather-context", When::Owner(Remedy::Agent)),
    row("render-prompt", When::Owner(Remedy::Agent)),
    row("spawn-coderun", When::Owner(Remedy::Agent)),
    row("rerun-ci", When::Owner(Remedy::Rerun)),
    row("check-outcome", When::Attempted),
    row("announce", When::Announced),
    Row { step: "escalate", when: When::Tell, after_fault: true },
    row("remember", When::Always),
    Row { step: "finish", when: When::Always, after_fault: true },
];

/// What the table looks at, read from any document.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Case {
    admission: Option<Admission>,
    claim: Option<ClaimRole>,
    classification: Option<ClassifiedRemedy>,
    coderun: Option<Started>,
    rerun: Option<Started>,
    outcome: Option<OutcomeNext>,
    fault: Option<Fault>,
}

#[derive(Debug, Deserialize)]
struct ClaimRole {
    role: Open<Role>,
}

#[derive(Debug, Deserialize)]
struct ClassifiedRemedy {
    remedy: Open<Remedy>,
}

#[derive(Debug, Deserialize)]
struct OutcomeNext {
    next: Open<Next>,
}

#[derive(Debug, Deserialize)]
struct Started {
    #[serde(default)]
    observed: bool,
}

impl Case {
    /// Whether `step` acts on this document. An unknown deciding word is an error: the caller stops.
    pub fn acts(&self, step: &str) -> Result<bool, UnknownWord> {
        let own = FLOW.iter().find(|row| row.step == step);
        let row = own.unwrap_or(&Row { step: "", when: When::Always, after_fault: false });
        if self.fault.is_some() && !row.after_fault {
            return Ok(false);
        }
        Ok(match row.when {
            When::Always => true,
            When::Admitted => self.admitted()?,
            When::Owner(remedy) => {
                self.admitted()? && self.role()? == Role::Owner && self.remedy()?.is_none_or(|own| own == remedy)
            }
            When::Attempted => [&self.coderun, &self.rerun].into_iter().flatten().any(|started| !started.observed),
            When::Tell => self.tell()?,
            When::Announced => self.announced()?,
        })
    }

    fn admitted(&self) -> Result<bool, UnknownWord> {
        let Some(admission) = &self.admission else { return Ok(true) };
        Ok(admission.decision.require("admission.decision")? == Decision::Proceed)
    }

    /// A "no" ends what was said of it, unless the remediation is another run's.
    fn announced(&self) -> Result<bool, UnknownWord> {
        let Some(admission) = &self.admission else { return Ok(true) };
        let reason = || admission.reason.require("admission.reason");
        Ok(match admission.decision.require("admission.decision")? {
            Decision::Proceed => true,
            Decision::Later => reason()? == AdmissionReason::AwaitingApproval,
            Decision::No => !matches!(reason()?, AdmissionReason::Duplicate | AdmissionReason::OwnLineage),
        })
    }

    /// By hand nobody claims: then the cause is ours.
    fn role(&self) -> Result<Role, UnknownWord> {
        self.claim.as_ref().map_or(Ok(Role::Owner), |claim| claim.role.require("claim.role"))
    }

    fn remedy(&self) -> Result<Option<Remedy>, UnknownWord> {
        self.classification.as_ref().map(|found| found.remedy.require("classification.remedy")).transpose()
    }

    fn tell(&self) -> Result<bool, UnknownWord> {
        if let Some(fault) = &self.fault {
            return Ok(fault.exit_code != NOT_YET);
        }
        if let Some(outcome) = &self.outcome {
            return Ok(outcome.next.require("outcome.next")? == Next::Escalate);
        }
        if !self.admitted()? {
            let reason = self.admission.as_ref().map(|admission| admission.reason.require("admission.reason"));
            return Ok(reason.transpose()?.is_some_and(|reason| reason.tell()));
        }
        Ok(self.role()?.tell() || self.remedy()? == Some(Remedy::Person))
    }
}

impl When {
    /// The case in words, for the docs.
    pub fn sentence(self) -> String {
        match self {
            When::Admitted => "`admission` is `proceed`, or absent (by hand)".into(),
            When::Owner(remedy) => {
                format!("and `claim` is `owner` or absent, and `remedy` is `{remedy}` or absent")
            }
            When::Attempted => "this attempt has a `coderun` or a `rerun` that was not only observed".into(),
            When::Tell => "`outcome.next` is `escalate`, or a \"no\" marked *tell* (an admission reason, a role, \
                           `remedy: person`), or a `fault` that will not be retried"
                .into(),
            When::Announced => {
                "`admission` is `proceed` or absent, or `awaiting_approval`, or a \"no\" but `duplicate` \
                                and `own_lineage` (then it only edits what was said before)"
                    .into()
            }
            When::Always => "always".into(),
        }
    }
}

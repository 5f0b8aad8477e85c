//! Who may start an agent, exhaustively: every combination of event, command, actor, permission, fork, switch, budget,
//! lineage and record, against an oracle that is written as a table (safety.md 4.5, N3).

#![allow(clippy::unwrap_used, clippy::expect_used)]

use admit::facts::{Actor, Approval, Asked, Facts, Lineage, Own};
use admit::rules::decide;
use admit::target::{Place, target};
use ledger::Switch;
use remediation::{AdmissionReason, Decision, Push, SubjectKind, Vocabulary};
use text::Untrusted;

/// The first row that fits decides. `*` fits everything, `!x` everything but x, `a|b` either.
const ORACLE: &str = "
switch event                                 known asked           actor write fork lineage record          budget stopped approval | reason
off    *                                     *     *               *     *     *    *       *               *      *       *        | switch_off
*      *                                     no    *               *     *     *    *       *               *      *       *        | not_supported
*      pull_request|review|workflow_failure  *     *               *     *     *    *       *               *      *       *        | not_supported
*      *                                     *     *               *     *     *    *       *               *      yes     *        | asked_to_stop
*      *                                     *     *               *     *     *    *       alive|concluded *      *       *        | duplicate
*      *                                     *     *               *     *     *    *       admitted        *      *       *        | ci_failed
*      *                                     *     !none           bot   *     *    *       *               *      *       *        | bot_actor
*      *                                     *     !none           agent *     *    *       *               *      *       *        | actor_not_permitted
*      *                                     *     !none           *     no    *    *       *               *      *       *        | actor_not_permitted
*      *                                     *     stop            *     *     *    *       *               *      *       *        | asked_to_stop
*      *                                     *     approve|unknown *     *     *    *       *               *      *       *        | not_supported
*      command|button                        *     *               *     *     *    *       *               *      *       *        | not_supported
*      *                                     *     *               bot   *     *    *       *               *      *       *        | bot_actor
*      *                                     *     *               *     *     yes  *       *               *      *       *        | fork
*      *                                     *     *               *     *     *    ours    *               *      *       *        | own_lineage
*      *                                     *     *               *     *     *    *       *               spent  *       *        | budget
*      *                                     *     *               *     *     *    *       *               *      *       awaited  | awaiting_approval
*      *                                     *     *               *     *     *    *       *               *      *       refused  | not_approved
*      *                                     *     *               *     *     *    orphan  *               *      *       *        | taken_over
*      *                                     *     *               *     *     *    *       dead            *      *       *        | taken_over
*      *                                     *     fix|retry       *     *     *    *       *               *      *       *        | asked_by_writer
*      *                                     *     *               *     *     *    *       *               *      *       given    | approved
*      security_alert|cluster_alert          *     *               *     *     *    *       *               *      *       *        | alert_open
*      ci_failure|commit_status              *     *               *     *     *    *       *               *      *       *        | ci_failed
";
const COLUMNS: usize = 12;

const SWITCHES: &[(&str, Switch)] = &[("on", Switch::On), ("observe", Switch::Observe), ("off", Switch::Off)];
const ASKED: &[(&str, Option<Asked>)] = &[
    ("none", None),
    ("fix", Some(Asked::Fix)),
    ("retry", Some(Asked::Retry)),
    ("stop", Some(Asked::Stop)),
    ("approve", Some(Asked::Approve)),
    ("unknown", Some(Asked::Unknown)),
];
const ACTORS: &[(&str, Actor)] = &[("person", Actor::Person), ("agent", Actor::OurAgent), ("bot", Actor::StrangeBot)];
const FLAGS: &[(&str, bool)] = &[("no", false), ("yes", true)];
const LINEAGES: &[(&str, Lineage)] = &[("none", Lineage::None), ("ours", Lineage::Ours), ("orphan", Lineage::Orphaned)];
const RECORDS: &[(&str, Own)] = &[
    ("absent", Own::Absent),
    ("mine", Own::Mine(None)),
    ("waited", Own::Mine(Some(AdmissionReason::Window))),
    ("admitted", Own::Mine(Some(AdmissionReason::CiFailed))),
    ("dead", Own::Dead),
    ("alive", Own::Alive),
    ("concluded", Own::Concluded),
    ("new_round", Own::NewRound),
];
const BUDGETS: &[(&str, bool)] = &[("left", false), ("spent", true)];

const APPROVALS: &[(&str, Approval)] = &[
    ("none", Approval::NotNeeded),
    ("awaited", Approval::Awaited { seconds: 9 }),
    ("given", Approval::Given),
    ("refused", Approval::NotGiven),
];

fn fits(pattern: &str, word: &str) -> bool {
    pattern == "*"
        || match pattern.strip_prefix('!') {
            Some(not) => not != word,
            None => pattern.split('|').any(|one| one == word),
        }
}

struct Row([&'static str; COLUMNS], AdmissionReason);

fn rows() -> Vec<Row> {
    let row = |line: &'static str| {
        let (patterns, reason) = line.rsplit_once('|').unwrap();
        let patterns: Vec<&str> = patterns.split_whitespace().collect();
        let patterns = patterns.try_into().unwrap_or_else(|_| panic!("another number of columns: {line}"));
        Row(patterns, AdmissionReason::parse(reason.trim()).expect("a reason"))
    };
    ORACLE.lines().skip(2).map(row).collect()
}

/// Every combination, as the words of the columns and as facts.
fn combinations(mut visit: impl FnMut(&[&str; COLUMNS], &Facts)) {
    let mut each = |words: &[&str; 10], facts: &Facts| {
        for (stopped_word, stopped) in FLAGS {
            for (approval_word, approval) in APPROVALS {
                let [a, b, c, d, e, f, g, h, i, j] = *words;
                let facts = Facts { stopped: *stopped, approval: *approval, ..*facts };
                visit(&[a, b, c, d, e, f, g, h, i, j, stopped_word, approval_word], &facts);
            }
        }
    };
    for &event in SubjectKind::ALL {
        // Only an alert about the cluster may be one of which nothing is known.
        let known = if event == SubjectKind::ClusterAlert { FLAGS } else { &FLAGS[1..] };
        for (known_word, supported) in known {
            for (switch_word, switch) in SWITCHES {
                for (asked_word, asked) in ASKED {
                    for (actor_word, actor) in ACTORS {
                        for (write_word, may_write) in FLAGS {
                            for (fork_word, fork) in FLAGS {
                                for (lineage_word, lineage) in LINEAGES {
                                    for (record_word, record) in RECORDS {
                                        for (budget_word, budget_spent) in BUDGETS {
                                            let facts = Facts {
                                                switch: *switch,
                                                supported: *supported,
                                                asked: *asked,
                                                actor: *actor,
                                                may_write: *may_write,
                                                fork: *fork,
                                                lineage: *lineage,
                                                record: *record,
                                                budget_spent: *budget_spent,
                                                ..Facts::of(event)
                                            };
                                            let words = [
                                                *switch_word,
                                                event.as_str(),
                                                *known_word,
                                                *asked_word,
                                                *actor_word,
                                                *write_word,
                                                *fork_word,
                                                *lineage_word,
                                                *record_word,
                                                *budget_word,
                                            ];
                                            each(&words, &facts);
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_combination_is_as_the_oracle_says_and_nobody_without_write_permission_starts_an_agent() {
    let rows = rows();
    let (mut seen, mut proceeds) = (0, 0);
    combinations(|words, facts| {
        let fitting = |row: &&Row| row.0.iter().zip(words).all(|(pattern, word)| fits(pattern, word));
        let (_, reason) = decide(facts);
        assert_eq!(Some(reason), rows.iter().find(fitting).map(|row| row.1), "{words:?}");
        seen += 1;
        if reason.decision() == Decision::Proceed {
            proceeds += 1;
            // Let in before, by these very rules: nothing new is permitted by it.
            let again = facts.record == Own::Mine(Some(AdmissionReason::CiFailed));
            assert_ne!(facts.switch, Switch::Off, "{words:?}");
            assert!(!facts.stopped && facts.supported, "{words:?}");
            assert!(again || facts.asked.is_none() || facts.may_write, "{words:?}");
            assert!(again || !facts.fork && !facts.budget_spent, "{words:?}");
            assert!(again || matches!(facts.approval, Approval::NotNeeded | Approval::Given), "{words:?}");
        }
    });
    assert!(seen > 750_000 && proceeds > 10_000, "{seen} combinations, {proceeds} go ahead");
}

/// Every other fact that speaks against it does so alone, and names its rule.
#[test]
fn every_other_fact_alone_stops_it() {
    use AdmissionReason::*;
    use admit::facts::{Head, Seen};
    let clean = Facts::of(SubjectKind::CiFailure);
    assert_eq!(decide(&clean).1, CiFailed);
    let cases: &[(Facts, AdmissionReason, &str)] = &[
        (Facts { reports_failure: false, ..clean }, NotAFailure, "reported_outcome"),
        (Facts { allowed: false, ..clean }, RepositoryNotAllowed, "allow_list"),
        (Facts { repository: Seen::Gone, ..clean }, Gone, "repository_id"),
        (Facts { repository: Seen::Contradicted, ..clean }, NotConfirmed, "repository_id"),
        (Facts { archived: true, ..clean }, RepositoryArchived, "archived"),
        (Facts { event: Seen::Contradicted, ..clean }, NotConfirmed, "confirmed"),
        (Facts { event: Seen::NotAFailure, ..clean }, NotAFailure, "confirmed"),
        (Facts { event: Seen::Gone, ..clean }, Gone, "confirmed"),
        (Facts { event: Seen::Closed, ..clean }, AlertClosed, "confirmed"),
        (Facts { reserved: true, ..clean }, BranchReserved, "branch_reserved"),
        (Facts { head: Head::Gone, ..clean }, Gone, "branch_gone"),
        (Facts { head: Head::MovedOn, ..clean }, StaleHead, "branch_head"),
        (Facts { skip_flag: true, ..clean }, SkipFlag, "skip_flag"),
        (Facts { green: true, ..clean }, AlreadyGreen, "newer_run"),
        (Facts { window_seconds: Some(1), ..clean }, Window, "window"),
        (Facts { approval: Approval::Awaited { seconds: 9 }, ..clean }, AwaitingApproval, "approval"),
        (Facts { approval: Approval::NotGiven, ..clean }, NotApproved, "approval"),
    ];
    for (facts, reason, rule) in cases {
        let (decided, found) = decide(facts);
        assert_eq!((decided.map(|rule| rule.rule), found), (Some(*rule), *reason));
        assert_ne!(found.decision(), Decision::Proceed);
    }
    assert_eq!(decide(&Facts { approval: Approval::Given, ..clean }).1, Approved);
}

/// Only an unprotected branch that is not the default one is pushed to, and never for an alert.
#[test]
fn every_other_place_gets_a_draft_pull_request_from_a_branch_of_ours() {
    for &subject in SubjectKind::ALL {
        for is_default in [false, true] {
            for protected in [None, Some(false), Some(true)] {
                let branch = Untrusted::new("feat/x");
                let place = Place { subject, branch: branch.clone(), sha: "ab12".into(), is_default, protected };
                let target = target(&place, "ci-1-2-3", "ab12");
                let alert = matches!(subject, SubjectKind::SecurityAlert | SubjectKind::ClusterAlert);
                let direct = protected == Some(false) && !is_default && !alert;
                assert_eq!(target.how == Push::Push, direct);
                assert_eq!(target.branch == branch, direct);
                assert_eq!(target.branch.expose().starts_with("healer/fix-"), !direct);
                assert_eq!(target.into, (!direct).then_some(branch));
                assert_eq!(target.base_sha, "ab12");
            }
        }
    }
}

#[test]
fn two_remediations_of_one_commit_never_share_a_branch() {
    let place = Place {
        subject: SubjectKind::CiFailure,
        branch: Untrusted::new("main"),
        sha: "ab12".into(),
        is_default: true,
        protected: Some(true),
    };
    let one = target(&place, "ci-1-2-1", "ab12");
    assert_eq!(one, target(&place, "ci-1-2-1", "ab12"));
    assert_ne!(one.branch, target(&place, "ci-1-3-1", "ab12").branch);
    assert_eq!(one.branch.expose().len(), "healer/fix-ci-failure-".len() + 8);
}

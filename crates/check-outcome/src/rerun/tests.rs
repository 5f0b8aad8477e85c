use super::*;

fn facts(run: State) -> Facts {
    let at = |text: &str| text.parse().unwrap();
    Facts {
        now: at("2026-01-15T11:00:00Z"),
        deadline: at("2026-01-15T12:00:00Z"),
        withdrawn: false,
        moved: false,
        run,
        reference: RunRef { run_id: 1, run_attempt: 2 },
    }
}

#[test]
fn every_rule_decides_its_example() {
    let late = |run| Facts { now: "2026-01-15T12:00:00Z".parse().unwrap(), ..facts(run) };
    let examples = [
        ("withdrawn", Facts { withdrawn: true, ..facts(State::Red) }),
        ("rerun_green", facts(State::Green)),
        ("rerun_green", Facts { moved: true, ..facts(State::Green) }),
        ("others_pushed", Facts { moved: true, ..facts(State::Red) }),
        ("rerun_running", facts(State::Pending)),
        ("rerun_running", facts(State::Absent)),
        ("rerun_overdue", late(State::Pending)),
        ("rerun_red", facts(State::Red)),
        ("rerun_did_not_run", facts(State::NotRun("it was cancelled"))),
        ("rerun_did_not_run", facts(State::Waiting)),
    ];
    for (name, facts) in &examples {
        assert_eq!(judge(facts).name, *name, "{facts:?}");
    }
    assert!(RULES.iter().all(|rule| examples.iter().any(|(name, _)| *name == rule.name)));
}

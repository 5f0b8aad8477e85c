//! What becomes of a step that cannot do its work: exit codes, recorded faults, panics, signals, the last line.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod probe;

use std::process::Command;
use std::time::{Duration, Instant};

use probe::{IN, Lab, Ran, end, fault, give, without_trail};
use serde_json::{Value, json};
use step::Code;

const RECORD: [&str; 2] = ["--on-failure", "record"];

#[test]
fn every_code_ends_the_process_with_its_number_and_its_name() {
    for (code, name, _) in &Code::ALL[1..] {
        let ran = Lab::new().run(&["classify", "--fail", &(*code as u8).to_string(), "--parameters", "p"], IN);
        ran.failed(
            *code as u8,
            &[&format!("classify: {name} ({}): the probe was told to fail; no document was written", *code as u8)],
        );
    }
}

#[test]
fn the_last_line_is_one_json_object_in_a_json_log_and_where_no_person_reads() {
    for format in ["json", "auto"] {
        let ran = Lab::new().run(&["classify", "--fail", "77", "--log-format", format], IN);
        for line in ran.stderr.lines() {
            assert!(serde_json::from_str::<Value>(line).unwrap().is_object());
        }
        let last: Value = serde_json::from_str(ran.last_line()).unwrap();
        assert_eq!(
            (&last["level"], &last["step"], &last["exit_code"]),
            (&json!("ERROR"), &json!("classify"), &json!(77))
        );
        assert_eq!(last["message"], "denied (77): the probe was told to fail; no document was written");
    }
}

#[test]
fn a_sentence_is_one_clean_line_whatever_a_path_holds() {
    let ran = Lab::new().run(&["classify", "--log-format", "json", "--in", "a\nb\u{1b}[31m\u{202e}"], "");
    let last: Value = serde_json::from_str(ran.last_line()).unwrap();
    let message = last["message"].as_str().unwrap();
    assert!(message.contains("cannot read a b") && !message.contains(['\n', '\u{1b}', '\u{202e}']), "{message:?}");
}

#[test]
fn a_recorded_fault_is_the_only_change_and_every_parameter_is_none() {
    for (code, _, _) in &Code::ALL[1..] {
        let number = (*code as u8).to_string();
        let arguments =
            ["classify", "--fail", &number, "--attach", "log=x", "--parameters", "p", "--parameter", "seconds=1"];
        for out in [None, Some("out.json")] {
            let lab = Lab::new();
            let out_flag: Vec<&str> = out.map(|out| vec!["--out", out]).unwrap_or_default();
            let ran = lab.run(&[&arguments[..], &RECORD, &out_flag].concat(), IN);
            assert_eq!(ran.code, Some(0), "{ran:?}");
            let written = out.map_or(ran.stdout.clone(), |out| lab.read(out));
            let document: Value = serde_json::from_str(&written).unwrap();
            assert_eq!(
                document["fault"],
                json!({"step": "classify", "exit_code": *code as u8, "sentence": "the probe was told to fail"})
            );
            assert!(ran.last_line().contains("recorded as `fault`"), "{ran:?}");
            let mut before = remediation::Document::parse(IN.as_bytes()).unwrap();
            before.set("fault", &document["fault"]).unwrap();
            before.remove("trail");
            assert_eq!(without_trail(&written), before.to_string());
            assert_eq!((lab.read("p/seconds"), lab.read("p/lease")), ("none".into(), "none".into()));
            assert!(!lab.path("attachments/log.txt").exists(), "a step that failed leaves no attachment");
        }
    }
}

#[test]
fn whatever_goes_wrong_after_the_document_was_read_is_recorded() {
    let unknown = probe::NO.replace("\"no\"", "\"perhaps\"");
    let no_id = IN.replace("\"id\"", "\"identity\"");
    let bad_attachments = IN.replace("\"foreign\"", "\"attachments\"");
    for (arguments, document, code) in [
        (&["--parameter", "undeclared=1"][..], IN, 1),
        (&["--section", "claim"], IN, 1),
        (&["--read", "nothing"], IN, 3),
        (&[], unknown.as_str(), 3),
        (&[], no_id.as_str(), 3),
        (&[], bad_attachments.as_str(), 3),
    ] {
        let ran = Lab::new().run(&[&["classify"], arguments, &RECORD].concat(), document);
        assert_eq!(ran.document()["fault"]["exit_code"], code, "{arguments:?} {ran:?}");
    }
}

#[test]
fn a_source_records_its_fault_too() {
    let document = Lab::new().run(&["open", "--required", "1", "--on-failure", "record"], "").document();
    assert_eq!(document["fault"], json!({"step": "open", "exit_code": 3, "sentence": "there is no event"}));
    Lab::new().run(&["open", "--required", "1"], "").failed(3, &["there is no event"]);
}

#[test]
fn a_panic_is_a_bug_with_a_sentence_and_can_be_recorded() {
    let panic = ["classify", "--attach", "log=x", "--panic", "oh\n\u{1b}[31mno", "--out", "out.json"];
    let lab = Lab::new();
    lab.run(&panic, IN).failed(1, &["a bug in classify at ", "probe.rs:", "oh␤", "no document was written"]);
    assert_eq!((lab.files(), probe::files(&lab.path("attachments"))), (vec!["attachments".to_owned()], vec![]));

    let ran = lab.run(&[&panic[..], &RECORD, &["--parameters", "p"]].concat(), IN);
    assert_eq!((ran.code, lab.read("p/decision").as_str()), (Some(0), "none"), "{ran:?}");
    let document: Value = serde_json::from_str(&lab.read("out.json")).unwrap();
    assert_eq!((&document["fault"]["exit_code"], &document["trail"][0]["step"]), (&json!(1), &json!("classify")));
    assert_eq!(lab.run(&[&panic[..5], &RECORD].concat(), IN).document()["fault"]["step"], "classify");
    assert!(probe::files(&lab.path("attachments")).is_empty());
}

#[test]
fn finish_writes_the_document_and_ends_with_the_recorded_code() {
    for code in [1, 3, 75, 77, 78] {
        let ran = Lab::new().run(&["finish"], fault(code));
        assert_eq!(ran.code, Some(i32::from(code)), "{ran:?}");
        assert_eq!(without_trail(&ran.stdout), without_trail(&fault(code)));
        assert!(ran.last_line().contains(&format!("({code}): no answer")), "{ran:?}");
    }
    assert_eq!(Lab::new().run(&["finish"], IN).code, Some(0));
}

#[test]
fn a_wrong_command_line_is_one_sentence_that_points_to_the_help() {
    let lab = Lab::new();
    let table: &[(&[&str], &str)] = &[
        (&["classify", "--nonsense"], "unexpected argument '--nonsense' found"),
        (&["open"], "required arguments were not provided: --required <REQUIRED>"),
        (&["classify", "--clock", "noon"], "invalid value 'noon' for '--clock <INSTANT>'"),
        (&["classify", "--log-format", "xml"], "invalid value 'xml'"),
    ];
    for (arguments, says) in table {
        let ran = lab.run(arguments, "");
        ran.failed(2, &[says, "--help; no document was written"]);
        let mut command = lab.command(arguments);
        command.env("HEALER_LOG_FORMAT", "auto");
        let ran = give(command, "");
        let line: Value = serde_json::from_str(&ran.stderr).unwrap();
        assert!(line["message"].as_str().unwrap().contains(says), "{line}");
    }
}

/// Starts a step that waits, sends it a signal when it does, and gives what came of it.
fn interrupted(lab: &Lab, signal: &str, arguments: &[&str]) -> Ran {
    lab.write("in.json", IN);
    let began = Instant::now();
    let child = lab.command(&[&["classify", "--in", "in.json", "--wait", "."], arguments].concat()).spawn().unwrap();
    while !lab.path("ready").exists() {
        assert!(began.elapsed() < Duration::from_secs(20), "the step never began");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    let ran = end(child);
    assert!(began.elapsed() < Duration::from_secs(30), "it ends at once");
    ran
}

#[test]
fn sigterm_leaves_nothing_half_and_is_not_yet() {
    for arguments in [&["--out", "out.json", "--attach", "log=x"][..], &["--attach", "log=x"], &RECORD] {
        let lab = Lab::new();
        let ran = interrupted(&lab, "-TERM", arguments);
        ran.failed(75, &["stopped by a signal; no document was written, it is safe to run it again"]);
        assert!(
            lab.files().iter().all(|name| ["attachments", "in.json", "ready"].contains(&name.as_str())),
            "{:?}",
            lab.files()
        );
        assert!(!lab.path("attachments").exists() || probe::files(&lab.path("attachments")).is_empty());
    }
}

#[test]
fn ctrl_c_leaves_nothing_half_either() {
    let lab = Lab::new();
    let ran = interrupted(&lab, "-INT", &["--out", "out.json", "--attach", "log=x"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (None, ""), "ended by the signal itself");
    assert!(probe::files(&lab.path("attachments")).is_empty());
}

#[test]
fn a_killed_step_leaves_no_half_document() {
    let lab = Lab::new();
    lab.write("out.json", "before");
    assert_eq!(interrupted(&lab, "-KILL", &["--out", "out.json"]).code, None);
    assert_eq!(
        (lab.read("out.json"), lab.files()),
        ("before".into(), vec!["in.json".into(), "out.json".into(), "ready".into()])
    );
}

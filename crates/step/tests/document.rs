//! Documents in and out: what is passed on, what is refused, what is left behind.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod probe;

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;

use probe::{IN, Lab, NO, end, fault, give, without_trail};
use serde_json::{Value, json};

/// How long a step took is all that two same runs may differ in.
fn untimed(document: &str) -> Value {
    let mut document: Value = serde_json::from_str(document).unwrap();
    document["trail"].as_array_mut().unwrap().iter_mut().for_each(|entry| entry["took_ms"] = json!(0));
    document
}

#[test]
fn stdin_and_stdout_dashes_and_files_give_the_same_document() {
    let lab = Lab::new();
    lab.write("in.json", IN);
    let clock = ["classify", "--clock", "2026-01-15T10:40:00Z"];
    let by_pipe = untimed(&lab.run(&clock, IN).stdout);
    assert_eq!(untimed(&lab.run(&[&clock[..], &["--in", "-", "--out", "-"]].concat(), IN).stdout), by_pipe);
    let by_file = lab.run(&[&clock[..], &["--in", "in.json", "--out", "out.json"]].concat(), "");
    assert_eq!((by_file.code, by_file.stdout.as_str()), (Some(0), ""));
    assert_eq!(untimed(&lab.read("out.json")), by_pipe);
    assert_eq!(lab.files(), ["in.json", "out.json"]);
    assert_eq!(by_pipe["classification"]["id"], "x");
    assert_eq!(by_pipe["trail"][0]["step"], "classify");
    assert_eq!(by_pipe["trail"][0]["at"], "2026-01-15T10:40:00Z");
}

#[test]
fn the_same_file_can_be_read_and_written_also_through_a_link() {
    let lab = Lab::new();
    lab.write("a.json", IN);
    symlink(lab.path("a.json"), lab.path("link.json")).unwrap();
    for name in ["a.json", "link.json"] {
        assert_eq!(lab.run(&["classify", "--in", name, "--out", name], "").code, Some(0));
    }
    assert!(lab.path("link.json").is_symlink(), "the file behind the link is replaced, not the link");
    let document: Value = serde_json::from_str(&lab.read("a.json")).unwrap();
    assert_eq!(document["trail"].as_array().unwrap().len(), 2);
    assert_eq!(lab.files(), ["a.json", "link.json"]);
}

#[test]
fn foreign_sections_pass_through_byte_for_byte() {
    let out = Lab::new().run(&["classify"], IN).stdout;
    assert!(out.contains(r#""foreign": {"b":1e2,"a":[ 1 ]}"#), "{out}");
}

#[test]
fn a_step_on_its_own_output_changes_only_the_trail_and_with_a_clock_only_took_ms() {
    let lab = Lab::new();
    let run =
        |stdin: &str| lab.run(&["classify", "--clock", "2026-01-15T10:40:00Z", "--attach", "log=hello"], stdin).stdout;
    let once = run(IN);
    let twice = run(&once);
    assert_ne!(once, twice);
    assert_eq!(without_trail(&once), without_trail(&twice));
    let trail = |document: &str| serde_json::from_str::<Value>(document).unwrap()["trail"].as_array().unwrap().len();
    assert_eq!((trail(&once), trail(&twice)), (1, 2));
    let spelled = |document: &str| document.split("\"took_ms\":").next().unwrap().to_owned();
    assert_eq!(spelled(&run(IN)), spelled(&once), "the same bytes up to it");
    assert_eq!(untimed(&run(IN)), untimed(&once));
}

#[test]
fn the_trail_is_capped_keeps_its_end_and_says_how_many_are_left_out() {
    let entry = json!({"step": "s", "version": "0", "at": "2026-01-15T10:40:00Z", "took_ms": 0});
    let mut document: Value = serde_json::from_str(IN).unwrap();
    document["trail"] = vec![entry; 120].into();
    document["trail_omitted"] = json!(u64::MAX - 1);
    let lab = Lab::new();
    let once = lab.run(&["classify"], document.to_string());
    let twice = lab.run(&["classify"], &once.stdout).document();
    for (document, ours) in [(once.document(), 1), (twice, 2)] {
        let trail = document["trail"].as_array().unwrap();
        assert_eq!((trail.len(), &document["trail_omitted"]), (120, &json!(u64::MAX)));
        assert_eq!(trail.iter().filter(|entry| entry["step"] == "classify").count(), ours);
        assert_eq!(trail[119]["step"], "classify");
    }
}

#[test]
fn a_step_whose_case_it_is_not_changes_nothing_but_the_trail_and_writes_every_parameter() {
    for document in [NO.to_owned(), fault(75), fault(77), fault(1)] {
        let lab = Lab::new();
        let ran = lab.run(&["classify", "--parameters", "p", "--fail", "1"], &document);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(without_trail(&ran.stdout), without_trail(&document));
        let passed: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(passed["trail"][0]["passed_on"], true);
        assert_eq!(probe::files(&lab.path("p")), ["decision", "lease", "seconds"]);
        assert_eq!(lab.read("p/decision"), "none");
    }
}

#[test]
fn a_word_from_the_future_that_decides_is_refused() {
    let document = NO.replace("\"no\"", "\"perhaps\"");
    Lab::new().run(&["classify"], document).failed(3, &["admission.decision", "perhaps", "no document was written"]);
}

#[test]
fn what_is_no_document_is_refused_by_name() {
    let lab = Lab::new();
    fs::create_dir(lab.path("folder")).unwrap();
    let from_stdin: &[(&[u8], &str)] = &[
        (b"", "stdin: the document is not valid JSON: there is nothing in it"),
        (&IN.as_bytes()[..30], "it was cut short"),
        (&vec![b'x'; 10_000_000], "stdin: the document is over the limit of 65536 bytes"),
        (br#"{"schema":"remediation/v2"}"#, "is remediation/v2"),
        (br#"{"schema":"remediation/v1"}"#, "missing field `id`"),
    ];
    for (bytes, says) in from_stdin {
        lab.run(&["classify"], bytes).failed(3, &[says, "no document was written"]);
    }
    for (path, says) in [("missing.json", "missing.json: No such file"), ("folder", "folder: Is a directory")] {
        lab.run(&["classify", "--in", path, "--out", "out.json"], "").failed(3, &["cannot read", says, "name a file"]);
    }
    assert_eq!(lab.files(), ["folder"]);
}

#[test]
fn a_place_that_cannot_be_written_to_is_said_before_the_step_acts() {
    let lab = Lab::new();
    lab.write("file", "");
    for (out, says) in [("file/out.json", "something else is in the way"), (".", "name a file in it")] {
        let ran = lab.run(&["classify", "--out", out, "--panic", "it acted"], IN);
        ran.failed(2, &["cannot write", says, "no document was written"]);
    }
    lab.run(&["classify", "--parameters", "file", "--panic", "it acted"], IN)
        .failed(2, &["cannot make the folder file"]);
    assert_eq!(lab.files(), ["file"]);
}

#[test]
fn the_folder_of_the_document_is_made() {
    let lab = Lab::new();
    assert_eq!(lab.run(&["classify", "--out", "new/folder/out.json"], IN).code, Some(0));
    assert_eq!(lab.files(), ["new"]);
}

#[test]
fn a_device_is_written_to_and_never_replaced() {
    let lab = Lab::new();
    assert_eq!(lab.run(&["classify", "--out", "/dev/stdout"], IN).document()["id"], "x");
    assert_eq!(lab.run(&["classify", "--out", "/dev/null"], IN).code, Some(0));
    lab.run(&["classify", "--out", "/dev/full"], IN)
        .failed(75, &["cannot write /dev/full: No space left", "no document was written"]);
    for device in ["/dev/null", "/dev/full"] {
        assert!(!fs::metadata(device).unwrap().is_file(), "{device}");
    }
}

#[test]
fn a_full_disk_or_a_reader_that_went_away_is_not_yet() {
    let lab = Lab::new();
    let mut command = lab.command(&["classify"]);
    command.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    give(command, IN).failed(75, &["cannot write to stdout: No space left", "not whole"]);

    let mut child = lab.command(&["classify"]).spawn().unwrap();
    drop(child.stdout.take());
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), IN.as_bytes()).unwrap();
    end(child).failed(75, &["whoever reads stdout went away"]);
}

#[test]
fn a_document_that_would_grow_over_the_limit_is_a_bug_that_names_the_large_sections() {
    let says = ["`classification` (", "over the limit of 65536", "no document was written"];
    Lab::new().run(&["classify", "--size", "70000"], IN).failed(1, &says);
    let recorded = Lab::new().run(&["classify", "--size", "70000", "--on-failure", "record"], IN).document();
    assert_eq!(recorded["fault"]["exit_code"], 1);
    assert!(recorded.get("classification").is_none());
}

#[test]
fn a_step_writes_only_what_it_owns() {
    let lab = Lab::new();
    lab.run(&["classify", "--section", "claim"], IN).failed(1, &["`claim`, which it does not own"]);
}

#[test]
fn a_source_makes_the_document_from_what_it_reads() {
    let lab = Lab::new();
    let document = lab.run(&["open", "--required", "1"], "ci").document();
    assert_eq!((&document["schema"], &document["id"]), (&json!("remediation/v1"), &json!("ci-1")));
    lab.write("event", "wf");
    assert_eq!(lab.run(&["open", "--required", "1", "--in", "event"], "").document()["id"], "wf-1");
}

#[test]
fn what_the_output_was_before_stays_when_the_step_fails() {
    let lab = Lab::new();
    lab.write("out.json", "before");
    lab.run(&["classify", "--out", "out.json", "--fail", "75"], IN).failed(75, &["no document was written"]);
    assert_eq!((lab.read("out.json"), lab.files()), ("before".into(), vec!["out.json".to_owned()]));
}

#[test]
fn nothing_is_read_from_a_stdin_that_is_not_needed() {
    let lab = Lab::new();
    lab.write("in.json", IN);
    let mut command = lab.command(&["classify", "--in", "in.json"]);
    command.stdin(Stdio::null());
    assert_eq!(end(command.spawn().unwrap()).code, Some(0));
}

#[test]
fn a_step_that_begins_by_itself_reads_nothing_and_has_only_what_it_wrote() {
    let ran = Lab::new().run(&["finish", "--alone"], "no document at all");
    assert_eq!(ran.code, Some(0));
    let document = ran.document();
    let keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["schema", "trail"]);
    assert_eq!(document["trail"][0].get("passed_on"), None);
}

#[test]
fn what_a_person_asked_to_see_is_printed_instead_of_the_document() {
    let ran = Lab::new().run(&["classify", "--print", "kind: CodeRun\n"], IN);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "kind: CodeRun\n"));
}

/// A document that came nearly full is its maker's fault; one that a step makes too large is ours (above).
#[test]
fn a_document_without_room_for_a_section_is_refused() {
    let full = IN.replace("\"trail\"", &format!("\"more\":\"{}\",\"trail\"", "x".repeat(64_000)));
    Lab::new().run(&["classify", "--size", "2000"], &full).failed(3, &["leaves no room for what classify adds"]);
}

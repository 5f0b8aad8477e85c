//! What travels beside the document: attachments, parameters, help, completions, man pages.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod probe;

use std::fs;
use std::os::unix::fs::symlink;

use probe::{IN, Lab, Ran, give};

#[test]
fn an_attachment_is_written_named_and_read_again() {
    let lab = Lab::new();
    let once = lab.run(&["classify", "--attach", "job_log=hello", "--attach", "diff=+1"], IN);
    let attachment = &once.document()["attachments"]["job_log"];
    assert_eq!(
        (&attachment["file"], &attachment["size_bytes"], &attachment["trusted"]),
        (&"job_log.txt".into(), &5.into(), &false.into())
    );
    assert_eq!(attachment["sha256"], remediation::names::sha256(b"hello"));
    assert_eq!(probe::files(&lab.path("attachments")), ["diff.txt", "job_log.txt"]);
    let read = lab.run(&["classify", "--read", "job_log"], &once.stdout).document();
    assert_eq!(read["classification"]["read"], "hello");
    assert_eq!(read["attachments"], once.document()["attachments"]);
}

#[test]
fn attachments_of_a_newer_version_keep_their_bytes() {
    let newer = IN.replace("\"foreign\":{", r#""attachments":{"z":{"file":"z", "size_bytes":1,"dropped_bytes":0,"sha256":"","trusted":true,"new":1e2},"\u0061":{"file":"a","size_bytes":1,"dropped_bytes":0,"sha256":"","trusted":true}},"foreign":{"#);
    let out = Lab::new().run(&["classify", "--attach", "log=x"], newer).stdout;
    assert!(
        out.contains(r#""z": {"file":"z", "size_bytes":1,"dropped_bytes":0,"sha256":"","trusted":true,"new":1e2}"#),
        "{out}"
    );
    assert!(out.find("\"z\": {").unwrap() < out.find(r#""\u0061": {"#).unwrap(), "{out}");
}

/// Runs a step that reads the attachment `log` after something was done to it.
fn after(change: impl Fn(&Lab, String) -> String) -> Ran {
    let lab = Lab::new();
    let document = lab.run(&["classify", "--attach", "log=hello"], IN).stdout;
    let document = change(&lab, document);
    lab.run(&["classify", "--read", "log", "--out", "out.json"], document)
}

#[test]
fn an_attachment_that_is_not_what_the_document_says_is_refused() {
    let at = |lab: &Lab| lab.path("attachments/log.txt");
    after(|lab, document| {
        fs::write(at(lab), "hellO").unwrap();
        document
    })
    .failed(3, &["`log`", "its digest differs", "no document was written"]);
    after(|lab, document| {
        fs::remove_file(at(lab)).unwrap();
        document
    })
    .failed(3, &["`log`", "No such file", "is --attachments right?"]);
    after(|lab, document| {
        let outside = lab.write("outside.txt", "hello");
        fs::remove_file(at(lab)).unwrap();
        symlink(outside, at(lab)).unwrap();
        document
    })
    .failed(3, &["`log`", "it is no regular file"]);
    after(|lab, document| {
        fs::remove_file(at(lab)).unwrap();
        fs::create_dir(at(lab)).unwrap();
        document
    })
    .failed(3, &["it is no regular file"]);
    for out in ["../in.json", "/etc/passwd", ".hidden", "a/b", ""] {
        let ran = after(|_, document| document.replace("\"log.txt\"", &format!("{out:?}")));
        ran.failed(3, &["names no plain file"]);
    }
    after(|_, document| document.replace("\"log\"", "\"other\""))
        .failed(3, &["the document has no attachment `log`", "run the step that makes it first"]);
}

#[test]
fn an_attachment_replaces_what_lies_there_and_follows_no_link() {
    let lab = Lab::new();
    fs::create_dir(lab.path("attachments")).unwrap();
    let outside = lab.write("outside.txt", "mine");
    symlink(&outside, lab.path("attachments/log.txt")).unwrap();
    assert_eq!(lab.run(&["classify", "--attach", "log=x"], IN).code, Some(0));
    assert_eq!((lab.read("outside.txt"), lab.read("attachments/log.txt")), ("mine".into(), "x".into()));
}

#[test]
fn a_step_that_fails_leaves_the_attachments_as_they_were() {
    let lab = Lab::new();
    let before = lab.run(&["classify", "--attach", "log=before"], IN).stdout;
    lab.run(&["classify", "--attach", "log=after", "--fail", "75"], &before).failed(75, &[]);
    assert_eq!(lab.read("attachments/log.txt"), "before");
    assert_eq!(probe::files(&lab.path("attachments")), ["log.txt"], "no temporary file either");
    assert_eq!(lab.run(&["classify", "--read", "log"], &before).document()["classification"]["read"], "before");
}

#[test]
fn every_declared_parameter_is_written_and_nothing_else() {
    let lab = Lab::new();
    let ran =
        lab.run(&["classify", "--parameters", "a/b", "--parameter", "decision=no", "--parameter", "seconds=600"], IN);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(probe::files(&lab.path("a/b")), ["decision", "lease", "seconds"]);
    assert_eq!(
        (lab.read("a/b/decision"), lab.read("a/b/seconds"), lab.read("a/b/lease")),
        ("no".into(), "600".into(), "none".into())
    );
}

#[test]
fn a_parameter_outside_its_declaration_is_a_bug() {
    let table = [
        ("undeclared=1", "`undeclared` is written but not declared"),
        ("decision=perhaps", "outside its vocabulary"),
        ("decision=", "outside its vocabulary"),
        ("seconds=-1", "outside its vocabulary"),
        ("seconds={{inputs}}", "outside its vocabulary"),
        ("lease=A b", "outside its vocabulary"),
        ("lease=x\n", "outside its vocabulary"),
    ];
    for (parameter, says) in table {
        let lab = Lab::new();
        lab.run(&["classify", "--parameters", "p", "--parameter", parameter], IN).failed(1, &[says]);
        assert!(probe::files(&lab.path("p")).is_empty(), "{parameter}");
        lab.run(&["classify", "--parameter", parameter], IN).failed(1, &[says]);
    }
}

#[test]
fn help_shows_examples_sections_parameters_and_exit_codes() {
    let help = Lab::new().run(&["classify", "--help"], "");
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    for says in [
        "probe classify --in in.json --out out.json",
        "Owns the sections: classification",
        "decision, seconds, lease",
        "75  not yet: run it again later",
        "--on-failure",
        "HEALER_ATTACHMENTS",
    ] {
        assert!(help.stdout.contains(says), "{says} is missing in\n{}", help.stdout);
    }
    for (code, name, _) in step::Code::ALL {
        assert!(help.stdout.contains(&format!("{:>2}  {name}:", *code as u8)), "{name}");
    }
    assert!(Lab::new().run(&["classify", "--version"], "").stdout.starts_with("classify "));
}

#[test]
fn completions_and_man_pages_come_without_the_required_flags_and_whatever_the_environment_says() {
    for tool in ["classify", "open"] {
        for (arguments, says) in [
            (&["--completions", "bash"][..], "complete -F"),
            (&["--completions=fish"], "complete -c"),
            (&["--man"], ".SH SYNOPSIS"),
        ] {
            let lab = Lab::new();
            let mut command = lab.command(&[&[tool], arguments].concat());
            command.env("HEALER_ATTACHMENTS", "a").env("HEALER_PARAMETERS", "p").env("HEALER_ON_FAILURE", "record");
            let ran = give(command, "");
            assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{tool} {arguments:?}");
            assert!(ran.stdout.contains(says), "{tool} {arguments:?}: {}", ran.stdout);
            assert!(lab.files().is_empty());
        }
    }
}

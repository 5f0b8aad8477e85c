//! The front doors, as a person sees them. Accept a changed snapshot with `BLESS=1 INSTA_UPDATE=always cargo test
//! --workspace`, after reading the diff.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use healer::TOOLS;

fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
}

fn healer(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_healer"));
    command.args(arguments).env_clear().env("COLUMNS", "120").current_dir(root());
    command
}

/// Both streams and the exit code, as one page.
fn page(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = output.status.code().unwrap();
    format!("{}{}[exit code {code}]\n", text(&output.stdout), text(&output.stderr))
}

fn fed(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = healer(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A door that has seen enough may close before everything is written.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

const CLIPPY: &str = "tests/worlds/widgets/github/repos/acme/widgets/actions/jobs/33001/logs.txt";

#[test]
fn demo_tells_the_whole_story_and_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let output = healer(&["demo"]).env("TMPDIR", temporary.path()).env("HOME", temporary.path()).output().unwrap();
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0, "something was left behind");
    let page = page(&output);
    assert!(!page.contains('\u{1b}'), "colour in a pipe");
    insta::assert_snapshot!("demo", page);
}

#[test]
fn a_saved_world_is_played_as_it_was_changed() {
    let temporary = tempfile::tempdir().unwrap();
    let world = temporary.path().join("world");
    let world = world.to_str().unwrap();
    assert!(healer(&["demo", "--save", world]).output().unwrap().status.success());
    let eslint = root().join("tests/cases/classify/eslint-rule-is-frontend-lint/log.txt");
    let log = CLIPPY.replace("tests/worlds/widgets", world);
    fs::copy(eslint, log).unwrap();
    let page = page(&healer(&["demo", "--world", world]).output().unwrap());
    assert!(page.contains("frontend_lint") && page.contains("created, for blaze"), "{page}");
    assert!(page.contains("[exit code 0]"), "{page}");
}

#[test]
fn explain_says_what_broke_and_which_lines_say_so() {
    insta::assert_snapshot!("explain", page(&healer(&["explain", CLIPPY]).output().unwrap()));
}

#[test]
fn explain_as_json_is_a_document() {
    let output = healer(&["explain", "--format", "json", CLIPPY]).output().unwrap();
    let document = remediation::Document::parse(&output.stdout).unwrap();
    let found: remediation::Classification = document.get("classification").unwrap().unwrap();
    assert_eq!(found.kind, remediation::Kind::RustClippy);
}

#[test]
fn explain_refuses_what_is_no_log() {
    let binary: Vec<u8> = (0..4096_u32).map(|number| (number * 7919 % 251) as u8).collect();
    let nothing = fed(&["explain", "-"], b"");
    let blank = fed(&["explain", "-"], b" \n\n");
    let garbage = fed(&["explain", "-"], &binary);
    let packed = fed(&["explain", "-"], &[0x1f, 0x8b, 8, 0, 0, 0]);
    let folder = healer(&["explain", "tests"]).output().unwrap();
    let absent = healer(&["explain", "no-such.log"]).output().unwrap();
    let pages: String = [nothing, blank, garbage, packed, folder, absent].iter().map(page).collect();
    insta::assert_snapshot!("explain-refuses", pages);
}

#[test]
fn explain_reads_any_encoding_and_a_last_line_without_an_end() {
    let text = "error[E0425]: cannot find value `x` in this scope";
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for input in [text.as_bytes().to_vec(), utf16, [b"\xef\xbb\xbf", text.as_bytes()].concat()] {
        let page = page(&fed(&["explain", "-"], &input));
        assert!(page.starts_with("rust_build") && page.contains("cannot find value `x`"), "{page}");
    }
}

#[test]
fn explain_and_redact_show_no_secret() {
    // Put together here, so that no scanner finds a token in this file.
    let token = ["gh", "p_", "a8Kd03mPq7RtVz1XbC5nL9wYh2GjF6sEu4Ti"].concat();
    let log = format!("error: GITHUB_TOKEN={token} was refused\nerror: failed to push some refs\n");
    for door in [["explain", "-"].as_slice(), &["redact"]] {
        let page = page(&fed(door, log.as_bytes()));
        assert!(!page.contains(&token) && page.contains("[redacted:"), "{page}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    for door in [["demo"].as_slice(), &["explain", CLIPPY]] {
        let mut child = healer(door).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{door:?}: {}", page(&output));
    }
}

#[test]
fn every_tool_has_a_help_page() {
    insta::assert_snapshot!("help", page(&healer(&["--help"]).output().unwrap()));
    for tool in TOOLS {
        insta::assert_snapshot!(format!("help-{}", tool.name), page(&healer(&[tool.name, "--help"]).output().unwrap()));
    }
}

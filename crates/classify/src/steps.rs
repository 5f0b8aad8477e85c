//! The structure of a log: which line begins a step, names its command, or says that it failed.
//!
//! Known: GitHub Actions (plain and `gh run view`), Travis, GitLab, Jenkins, Azure Pipelines; and the shell's own
//! `$ command` and `+ command` lines, which are all that an excerpt may have.

use crate::clean::{Clean, Mark};

/// What a line means for the structure.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Output.
    Text,
    /// A new step of GitHub Actions, whose header follows.
    Run(&'a [u8]),
    /// A new step; what is known of its name or command.
    Step(&'a [u8]),
    /// Clean-up after the job: what fails here is not the cause.
    Cleanup,
    /// A command inside the running step.
    Command(&'a [u8]),
    /// The running step failed; the line says no more than that.
    Failed,
    /// The running step failed, and the line says why.
    FailedBecause,
    /// The running step succeeded.
    Passed,
    /// The header of a step (`##[group]Run …`) is over.
    HeaderEnd,
    /// Runner boilerplate around a step: its inputs and environment.
    Boilerplate,
}

/// Reads one cleaned line; `in_header` says whether a step's header is open.
#[must_use]
pub fn event<'a>(line: &'a Clean<'_>, in_header: bool) -> Event<'a> {
    let text: &[u8] = &line.text;
    match line.mark {
        Mark::Group => {
            return text.strip_prefix(b"Run ").map_or(Event::Text, Event::Run);
        }
        Mark::EndGroup if in_header => return Event::HeaderEnd,
        Mark::EndGroup | Mark::Command => return Event::Boilerplate,
        Mark::Section => {
            return text.strip_prefix(b"Starting: ").map_or(Event::Text, Event::Step);
        }
        Mark::Error => return if says_only_that_it_failed(text) { Event::Failed } else { Event::FailedBecause },
        Mark::Aside => return Event::Boilerplate,
        Mark::None => {}
    }
    if in_header {
        return header_line(text);
    }
    if CLEANUPS.contains(&text) || text.starts_with(b"[Pipeline] // ") {
        return Event::Cleanup;
    }
    if says_only_that_it_failed(text) {
        return Event::Failed;
    }
    other_systems(text)
}

/// What runners say before they clean up, or keep what a failed job left.
const CLEANUPS: [&[u8]; 4] = [
    b"Post job cleanup.",
    b"Cleaning up orphan processes",
    b"Cleaning up project directory and file based variables",
    b"Uploading artifacts for failed job",
];

/// Inside `##[group]Run …`: the script itself, then `shell:`, `with:` and `env:` blocks.
fn header_line(text: &[u8]) -> Event<'_> {
    const KEYS: &[&[u8]] = &[b"shell: ", b"with:", b"env:"];
    if KEYS.iter().any(|key| text.starts_with(key)) || text.starts_with(b"  ") {
        Event::Boilerplate
    } else {
        Event::Command(text)
    }
}

fn says_only_that_it_failed(text: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[
        b"Process completed with exit code",
        b"Error: Process completed with exit code",
        b"Bash exited with code",
        b"The process '/usr/bin/bash' failed",
        b"ERROR: Job failed: exit",
        b"ERROR: script returned exit code",
        b"Cmd.exe exited with code",
        b"PowerShell exited with code",
    ];
    WORDS.iter().any(|word| text.starts_with(word))
        || (text.starts_with(b"Build step '") && text.ends_with(b"marked build as failure"))
}

fn other_systems(text: &[u8]) -> Event<'_> {
    // Travis glues folds, timers and the command into one line.
    if text.starts_with(b"travis_fold:start:") || text.starts_with(b"travis_time:start:") {
        return memchr::memmem::find(text, b"$ ").map_or(Event::Step(b""), |at| Event::Step(&text[at + 2..]));
    }
    if let Some(at) = memchr::memmem::find(&text[..text.len().min(200)], b"The command \"")
        && (at == 0 || text.starts_with(b"travis_"))
    {
        let rest = &text[at..];
        if rest.ends_with(b"\" exited with 0.") {
            return Event::Passed;
        }
        if memchr::memmem::find(rest, b"exited with ").is_some() {
            return Event::Failed;
        }
    }
    if let Some(rest) = text.strip_prefix(b"section_start:") {
        let name = rest.splitn(2, |byte| *byte == b':').nth(1).unwrap_or_default();
        return Event::Step(name);
    }
    if let Some(name) = text.strip_prefix(b"[Pipeline] { (").and_then(|rest| rest.strip_suffix(b")")) {
        return Event::Step(name);
    }
    for prompt in [&b"$ "[..], b"+ ", b"++ ", b"> ", b"C:\\>"] {
        if let Some(command) = text.strip_prefix(prompt)
            && command.first().is_some_and(|byte| byte.is_ascii_alphabetic() || b"./\"'_[".contains(byte))
        {
            return Event::Command(command);
        }
    }
    Event::Text
}

/// Steps that run after a failure and may fail because of it.
#[must_use]
pub fn is_secondary(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "upload-artifact",
        "upload artifact",
        "upload-sarif",
        "upload test",
        "upload result",
        "test-reporter",
        "publish-unit-test",
        "codecov",
        "coveralls",
        "notify",
        "slack",
        "discord",
        "action-junit-report",
        "publish test",
        "upload report",
        "upload log",
        "cache/save",
        "post run",
        "post ",
        "cleanup",
        "clean up",
        "tear down",
        "teardown",
        "dorny/test-reporter",
    ];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::clean;

    #[test]
    fn every_ci_system_shows_its_steps() {
        let cases: [(&str, Event<'_>); 11] = [
            ("2026-01-01T00:00:00.0000000Z ##[group]Run cargo test", Event::Run(b"cargo test")),
            ("##[section]Starting: Build", Event::Step(b"Build")),
            ("##[error]Process completed with exit code 1.", Event::Failed),
            ("##[error]Resource not accessible by integration", Event::FailedBecause),
            ("travis_fold:start:install\u{1b}[0Ktravis_time:start:1\u{1b}[0K$ npm ci", Event::Step(b"npm ci")),
            ("The command \"npm test\" exited with 1.", Event::Failed),
            ("The command \"npm test\" exited with 0.", Event::Passed),
            ("[Pipeline] { (Build)", Event::Step(b"Build")),
            ("+ cargo test", Event::Command(b"cargo test")),
            ("Post job cleanup.", Event::Cleanup),
            (
                "section_start:1:x\r\u{1b}[0K\u{1b}[36;1mCleaning up project directory and file based variables\u{1b}[0;m",
                Event::Cleanup,
            ),
        ];
        for (raw, wanted) in cases {
            let line = clean(raw.as_bytes());
            assert_eq!(event(&line, false), wanted, "{raw}");
        }
    }

    #[test]
    fn output_is_no_structure() {
        for raw in ["> Task :test FAILED", "  $ 3.00", "+ 3 | let x", "-- The command is run", "##[group]Environment"] {
            let line = clean(raw.as_bytes());
            assert!(matches!(event(&line, false), Event::Text | Event::Command(_)), "{raw}");
        }
    }
}

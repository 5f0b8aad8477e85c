//! Logs of any size, written as GitHub's runner writes them: steps with their output, a little of which looks like failures.

use std::fmt::Write as _;
use std::io::{self, Write};

/// What a tool prints; `#` becomes a number, `@` a word.
const STEPS: &[(&str, &[&str])] = &[
    (
        "cargo build --workspace --locked",
        &["\x1b[1m\x1b[32m   Compiling\x1b[0m @ v#.#.#", "\x1b[1m\x1b[32m  Downloaded\x1b[0m @-@ v#.#.#"],
    ),
    (
        "cargo test --workspace",
        &[
            "test @::@::tests::@_# ... \x1b[32mok\x1b[0m",
            "test @::tests::@_returns_error ... \x1b[32mok\x1b[0m",
            "test result: \x1b[32mok\x1b[0m. # passed; 0 failed; # ignored; 0 measured; 0 filtered out; finished in #.#s",
        ],
    ),
    (
        "npm ci",
        &[
            "npm http fetch GET 200 https://registry.example/@/-/@-#.#.#.tgz #ms (cache hit)",
            "npm warn deprecated @@#.#.#: use @ instead",
            " \x1b[32m✓\x1b[0m src/@/@.test.ts (# tests) \x1b[33m#ms\x1b[0m",
        ],
    ),
    (
        "docker buildx build --push .",
        &["## #.# Get:# http://deb.example/debian bookworm/main amd64 lib@ amd64 #.#.#-# [# kB]", "## DONE #.#s"],
    ),
    (
        "./scripts/integration.sh",
        &[
            "time=2026-01-15T10:#:#Z level=info msg=\"handled request\" component=@ request_id=##### status=200 duration_ms=#",
        ],
    ),
];

/// Lines that look like failures and are none, one of three hundred.
const NOISE: &[&str] = &[
    "warning: spurious network error (# tries remaining): [56] Failure when receiving data from the peer",
    "INFO @ retrying after transient error attempt=# err=\"connection reset by peer\"",
    "\x1b[1m\x1b[33mwarning\x1b[0m: unused variable: `err_#`",
];

/// Lines that a rule matches, one of five in a hostile log.
const MATCHING: &[&str] = &[
    "error[E0425]: cannot find value `@` in this scope",
    "npm error code ERESOLVE",
    "test @::tests::@_# ... FAILED",
    "##[error]src/@.ts(#,#): error TS2322: Type '@' is not assignable to type '@'.",
    "curl: (28) Operation timed out after # milliseconds with 0 bytes received",
    "@.go:#:#: undefined: @",
    "ERROR: failed to solve: process \"/bin/sh -c @\" did not complete successfully: exit code: #",
];

const WORDS: &[&str] = &[
    "config", "parser", "errors", "retry", "routes", "health", "pool", "token", "session", "worker", "cache", "serde",
    "tokio", "react", "vite", "failure", "metrics", "webhook", "template", "budget", "storage", "snapshot", "events",
];

/// The end of a job that failed.
pub const FAILURE: &str = "##[group]Run cargo test --workspace --locked
##[endgroup]
running 3 tests
test render::tests::round_trips_7 ... ok
test budget::tests::keeps_order_12 ... FAILED

failures:

---- budget::tests::keeps_order_12 stdout ----

thread 'budget::tests::keeps_order_12' panicked at crates/budget/src/lib.rs:212:9:
assertion `left == right` failed: order must be stable
  left: [3, 1, 2]
 right: [1, 2, 3]

test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.03s

error: test failed, to rerun pass `-p budget --lib`
##[error]Process completed with exit code 101.
";

/// A generator: the same seed gives the same log.
pub struct Logs {
    state: u64,
    tick: u64,
    hostile: bool,
}

impl Logs {
    /// Ordinary output, or hostile.
    pub fn new(seed: u64, hostile: bool) -> Self {
        Self { state: seed, tick: 0, hostile }
    }

    fn below(&mut self, most: u64) -> u64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % most
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }

    fn line(&mut self, out: &mut String, template: &str) {
        self.tick += 1 + self.below(40);
        let (second, rest) = (self.tick / 1000 % 60, self.tick % 1000);
        let _ = write!(out, "2026-01-15T10:{:02}:{second:02}.{rest:03}4567Z ", self.tick / 60_000 % 60);
        if template.starts_with("##[") {
            out.push_str(template);
            out.push('\n');
            return;
        }
        for letter in template.chars() {
            match letter {
                '#' => drop(write!(out, "{}", self.below(1000))),
                '@' => out.push_str(self.pick(WORDS)),
                letter => out.push(letter),
            }
        }
        out.push('\n');
    }

    /// One step.
    pub fn step(&mut self) -> String {
        let (name, lines) = STEPS[self.below(STEPS.len() as u64) as usize];
        let mut out = String::new();
        self.line(&mut out, &format!("##[group]Run {name}"));
        self.line(&mut out, "##[endgroup]");
        for _ in 0..40 + self.below(200) {
            let (matching, noise) = (self.below(5) == 0, self.below(300) == 0);
            let among = match (self.hostile && matching, noise) {
                (true, _) => MATCHING,
                (false, true) => NOISE,
                (false, false) => lines,
            };
            let template = self.pick(among);
            self.line(&mut out, template);
        }
        out
    }

    /// The failing step.
    pub fn failure(&mut self) -> String {
        let mut out = String::new();
        FAILURE.lines().for_each(|line| self.line(&mut out, line));
        out
    }

    /// Steps until there are so many bytes.
    pub fn steps(mut self, bytes: usize) -> Vec<u8> {
        let mut out = Vec::new();
        while out.len() < bytes {
            out.extend(self.step().into_bytes());
        }
        out
    }

    /// Writes steps until there are so many bytes.
    pub fn write(&mut self, to: &mut impl Write, bytes: u64) -> io::Result<()> {
        let mut written = 0;
        while written < bytes {
            let step = self.step();
            to.write_all(step.as_bytes())?;
            written += step.len() as u64;
        }
        Ok(())
    }
}

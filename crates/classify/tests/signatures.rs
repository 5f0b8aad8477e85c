//! One cause has one signature in every run, and two causes have two: pairs of real logs (`tests/cases/classify`, made by
//! running the tools) under what changes from run to run, and under what makes another cause.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use classify::{Hints, judge};
use regex::{Captures, Regex};

/// Every case's log by the case's name.
fn logs() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/classify");
    let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let log = |entry: fs::DirEntry| {
        let bytes = fs::read(entry.path().join("log.txt")).ok()?;
        Some((entry.file_name().into_string().unwrap(), String::from_utf8_lossy(&bytes).into_owned()))
    };
    folders.filter_map(log).collect()
}

fn signature(log: &str) -> String {
    judge(log.as_bytes(), &Hints::default()).signature
}

fn replace(log: &str, pattern: &str, with: impl Fn(&Captures<'_>) -> String) -> String {
    Regex::new(pattern).unwrap().replace_all(log, with).into_owned()
}

fn number(found: &Captures<'_>, group: usize) -> u64 {
    found[group].parse().unwrap_or(0)
}

/// What changes from run to run, a name and what it does to a log.
type Change = (&'static str, fn(&str) -> String);

const CHANGES: &[Change] = &[
    ("another time", |log| {
        replace(log, r"20\d\d-\d\d-\d\dT\d\d:\d\d:(\d\d)\.\d+Z", |at| format!("2027-11-30T23:14:{}.0000001Z", &at[1]))
    }),
    ("another checkout folder", |log| {
        replace(log, r"/home/runner/work/([\w.-]+)/([\w.-]+)", |at| format!("/Users/runner/work/{0}/{0}", &at[1]))
    }),
    ("a Jenkins workspace", |log| {
        replace(log, r"/home/runner/work/([\w.-]+)/([\w.-]+)", |_| "/var/lib/jenkins/workspace/nightly@2".into())
    }),
    ("a container's workspace", |log| {
        replace(log, r"/home/runner/work/([\w.-]+)/([\w.-]+)", |at| format!("/__w/{0}/{0}", &at[1]))
    }),
    ("no colours", |log| replace(log, r"\x1b\[[0-9;]*m", |_| String::new())),
    ("other durations", |log| {
        let log = replace(log, r"\b(\d+)\.(\d+ ?)s\b", |at| format!("{}.{}s", number(at, 1) + 3, &at[2]));
        replace(&log, r"\b(\d+) ?ms\b", |at| {
            format!("{} ms", number(at, 1) + 17).replace(' ', if at[0].contains(' ') { " " } else { "" })
        })
    }),
    ("lines shifted by an unrelated edit", |log| {
        replace(log, r"(\.[a-z]{1,5}):(\d+):(\d+)", |at| format!("{}:{}:{}", &at[1], number(at, 2) + 31, &at[3]))
    }),
    ("lines shifted, in the other styles", |log| {
        let log = replace(log, r"(\.[a-z]{1,4})\((\d+),(\d+)\)", |at| {
            format!("{}({},{})", &at[1], number(at, 2) + 9, &at[3])
        });
        let log = replace(&log, r"(?m)^(\S+Z )?(\s+)(\d+):(\d+)(\s+(?:error|warning|✖))", |at| {
            let time = at.get(1).map_or("", |time| time.as_str());
            format!("{time}{}{}:{}{}", &at[2], number(at, 3) + 8, &at[4], &at[5])
        });
        replace(&log, r#"(", line |at line |on line )(\d+)"#, |at| format!("{}{}", &at[1], number(at, 2) + 5))
    }),
    ("other hashes", |log| replace(log, r"\b[0-9a-f]{40}\b|\b[0-9a-f]{64}\b", |at| at[0].chars().rev().collect())),
    ("other ports and processes", |log| {
        let log = replace(log, r"(127\.0\.0\.1|localhost):(\d{4,5})", |at| {
            format!("{}:{}", &at[1], 40_000 + number(at, 2) % 9999)
        });
        replace(&log, r"(thread '[^']+') \((\d+)\)", |at| format!("{} ({})", &at[1], number(at, 2) + 4111))
    }),
    ("other temporary folders", |log| replace(log, r"/tmp/[\w.-]+", |_| "/tmp/tmp.Qz81Lm".into())),
    ("another branch and pull request", |log| {
        let log = replace(log, r"pull/\d+/merge", |_| "pull/8812/merge".into());
        replace(&log, r"refs/heads/[\w./-]+", |_| "refs/heads/fix/other-branch".into())
    }),
    ("Windows line ends", |log| log.replace('\n', "\r\n")),
    ("a job's columns", |log| log.lines().map(|line| format!("build\tUNKNOWN STEP\t{line}\n")).collect()),
    ("Buildkite's clock", |log| {
        let timed = log.contains("##[") || log.contains("Z ") || log.contains('\t');
        let line = |(at, line): (usize, &str)| format!("\u{1b}_bk;t=17630000{at:05}\u{7}{line}\n");
        if timed { log.to_owned() } else { log.lines().enumerate().map(line).collect() }
    }),
    ("GitLab's checkout", |log| {
        replace(log, r"/home/runner/work/([\w.-]+)/([\w.-]+)", |at| format!("/builds/group/{}", &at[2]))
    }),
    ("another worker count", |log| {
        let log =
            replace(log, r"(\d+) (workers?|threads|tests?|jobs)\b", |at| format!("{} {}", number(at, 1) + 4, &at[2]));
        replace(&log, r"-j ?\d+\b", |_| "-j 16".into())
    }),
    ("other run and job numbers", |log| {
        replace(log, r"\b\d{9,12}\b", |at| format!("{}", number(at, 0) / 3 + 100_000_007))
    }),
    ("noise before", |log| {
        let noise: String = (0..400).map(|at| format!("2026-01-01T00:00:00.0000000Z fetching object {at}\n")).collect();
        noise + log
    }),
];

#[test]
fn runs_of_one_cause_have_one_signature() {
    let (mut pairs, mut wrong) = (0, Vec::new());
    for (case, log) in logs() {
        let one = signature(&log);
        for (name, change) in CHANGES {
            let other = change(&log);
            if other == log {
                continue;
            }
            pairs += 1;
            if signature(&other) != one {
                wrong.push(format!("{case}: {name}"));
            }
        }
    }
    println!("{} of {pairs} pairs differ that should be equal", wrong.len());
    assert!(pairs >= 40 && wrong.is_empty(), "{} of {pairs}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Another cause in the same tool: a case, what its log says, and what it would say. Every place of it is replaced.
const OTHERS: &[(&str, &str, &str)] = &[
    // Another symbol, code or file, from compilers and linters.
    ("compile-error-during-clippy-is-rust-build", "sign`", "verify`"),
    ("compile-error-during-clippy-is-rust-build", "E0425", "E0433"),
    ("warnings-before-a-type-error-is-rust-build", "src/rate.rs", "src/other.rs"),
    ("borrow-checker-error-in-cargo-build-is-rust-build", "*orders", "*invoices"),
    ("clippy-lint-is-rust-clippy", "src/lib.rs", "src/cart.rs"),
    ("unwrap-used-in-a-workspace-is-rust-clippy", "unwrap", "expect"),
    ("too-many-arguments-in-plain-shell-is-rust-clippy", "src/", "crates/a/src/"),
    ("unused-import-denied-in-a-clippy-run-is-rust-clippy", "HashMap", "BTreeMap"),
    ("denied-rustc-warning-without-clippy-is-rust-build", "retries", "attempts"),
    ("module-file-not-found-is-rust-build", "handlers", "routes"),
    ("cargo-fmt-check-diff-is-rust-fmt", "src/lib.rs", "src/tile.rs"),
    ("fmt-diff-in-two-workspace-crates-is-rust-fmt", "crates/api/", "crates/web/"),
    ("tsc-argument-type-is-frontend-typescript", "TS2345", "TS2322"),
    ("tsc-argument-type-is-frontend-typescript", "src/route.ts", "src/user.ts"),
    ("tsc-argument-type-is-frontend-typescript", "src/route.ts", "admin/src/route.ts"),
    ("tsc-error-inside-npm-run-build-is-frontend-typescript", "./theme", "./colours"),
    ("vue-tsc-wrong-prop-type-is-frontend-typescript", "src/App.vue", "src/Menu.vue"),
    ("eslint-rule-is-frontend-lint", "no-unused-vars", "no-undef"),
    ("eslint-rule-is-frontend-lint", "src/cart.js", "src/order.js"),
    ("eslint-rule-is-frontend-lint", "src/cart.js", "admin/src/cart.js"),
    ("stylelint-unknown-property-is-frontend-lint", "colr", "widht"),
    ("prettier-check-in-plain-shell-is-frontend-lint", "src/index.css", "src/print.css"),
    ("mypy-error-in-a-job-named-typecheck-is-general", "arg-type", "return-value"),
    ("gcc-error-under-make-is-general", "src/ring.c", "src/queue.c"),
    ("go-build-failure-in-a-docker-named-job-is-general", "listen", "serve"),
    ("yamllint-syntax-error-is-yaml-syntax", "config/routes.yaml", "config/hosts.yaml"),
    ("hadolint-finding-is-docker-build", "DL3006", "DL3008"),
    ("actionlint-shellcheck-finding-is-github-workflow", "SC2035", "SC2086"),
    ("actionlint-missing-needs-job-is-github-workflow", "\"tests\"", "\"build\""),
    // Another test.
    ("failed-assertion-is-rust-test", "tests::", "other::"),
    ("failing-test-named-clippy-is-rust-test", "clippy_report_lists_lints", "clippy_report_is_empty"),
    ("integration-test-panic-after-passing-clippy-is-rust-test", "finds_exact", "finds_prefix"),
    ("jest-test-named-merge-conflict-is-frontend-test", "reports a merge conflict", "reports 2 merge conflicts"),
    ("failing-jest-test-in-a-job-named-eslint-is-frontend-test", "keeps the last comma", "drops the last comma"),
    ("vitest-that-prints-a-typescript-error-is-frontend-test", "formats a diagnostic", "formats a warning"),
    ("vitest-assertion-is-frontend-test", "expected 105 to be 110", "expected undefined to be defined"),
    ("mocha-failure-in-plain-shell-is-frontend-test", "removes spaces", "removes tabs"),
    ("go-test-failure-is-general", "TestParseAmount", "TestParseDate"),
    ("pytest-assertion-is-general", "test_total_includes_tax", "test_total_without_tax"),
    ("pytest-that-prints-a-registry-503-is-general", "tests/test_mirror.py", "tests/test_proxy.py"),
    ("helm-job-whose-pytest-failed-is-general", "test_replicas", "test_image"),
    // Another package, module, image or advisory.
    ("cargo-audit-advisory-is-security-audit", "RUSTSEC-2025-0047", "RUSTSEC-2020-0071"),
    ("osv-scanner-finding-is-security-audit", "GHSA-462w-v97r-4m45", "GHSA-xvch-5gv4-984h"),
    ("version-that-does-not-exist-is-rust-deps", "itoa", "ryu"),
    ("missing-crate-feature-is-rust-deps", "http3", "quic"),
    ("dependency-cycle-is-rust-deps", "alpha", "gamma"),
    ("build-script-panic-is-rust-build", "protoapi", "zstd-sys"),
    ("npm-registry-503-is-infra-transient", "registry.npmjs.org/ms", "registry.npmjs.org/lodash"),
    ("webpack-without-loader-is-frontend-build", "left-padx", "right-padx"),
    ("vite-unresolved-import-is-frontend-build", "dayjs/plugin/fiscal", "lodash-es"),
    ("esbuild-missing-export-after-passing-lint-is-frontend-build", "formatEuro", "formatYen"),
    ("pip-pins-that-exclude-each-other-is-general", "urllib3", "idna"),
    ("missing-apt-package-in-buildkit-is-docker-build", "libssl1.1-dev", "libfoo-dev"),
    ("missing-base-image-tag-is-docker-build", "base/alpine", "base/debian"),
    ("copy-of-dockerignored-file-is-docker-build", "/config/prod.json", "/config/test.json"),
    ("unknown-dockerfile-instruction-is-docker-build", "RUNN", "COPPY"),
    // Another template, manifest, application, file in conflict, secret rule or permission.
    ("helm-lint-failed-is-helm-template", "toHost", "toPort"),
    ("nil-pointer-in-a-template-is-helm-template", "requests", "limits"),
    ("undefined-template-function-in-plain-shell-is-helm-template", "toYamlPretyy", "toJsonn"),
    ("kubernetes-validate-unknown-field-is-k8s-manifest", "imagePullPolcy", "replica"),
    ("kubeconform-additional-property-is-k8s-manifest", "zeta", "omega"),
    ("kustomize-missing-resource-is-k8s-manifest", "ingress.yaml", "service.yaml"),
    ("app-wait-that-ends-degraded-is-argocd-sync", "payments", "orders"),
    ("content-conflict-when-merging-main-is-git-merge-conflict", "src/limits.rs", "src/quota.rs"),
    ("rebase-conflict-in-package-json-is-git-merge-conflict", "package.json", "yarn.lock"),
    ("push-denied-to-actions-bot-is-git-permission", "acme/charts", "acme/widgets"),
    ("gitleaks-slack-token-is-security-secret-scanning", "slack-bot-token", "stripe-access-token"),
    ("semgrep-sql-injection-is-security-code-scanning", "sql-built-from-input", "path-built-from-input"),
    (
        "bandit-high-severity-is-security-code-scanning",
        "B602:subprocess_popen_with_shell_equals_true",
        "B605:start_process_with_a_shell",
    ),
    ("action-that-cannot-be-resolved-is-github-workflow", "actions/chekout", "actions/setup-nod"),
    ("missing-local-action-is-github-workflow", "setup-rust", "setup-node"),
];

#[test]
fn another_cause_has_another_signature() {
    let logs = logs();
    let mut wrong = Vec::new();
    for (case, from, to) in OTHERS {
        let log = &logs[*case];
        let other = log.replace(from, to);
        if *log == other {
            wrong.push(format!("{case}: {from} is not there"));
        } else if signature(log) == signature(&other) {
            wrong.push(format!("{case}: {from} -> {to}"));
        }
    }
    println!("{} of {} pairs are equal that should differ", wrong.len(), OTHERS.len());
    assert!(OTHERS.len() >= 40 && wrong.is_empty(), "{} of {}:\n{}", wrong.len(), OTHERS.len(), wrong.join("\n"));
}

/// The files of these are the same in two repositories: a signature knows no repository.
const SAME_FILE: &[&[&str]] = &[
    &["cargo-fmt-check-diff-is-rust-fmt", "fmt-diff-in-a-file-that-quotes-test-failures-is-rust-fmt"],
    &["fmt-check-in-plain-shell-is-rust-fmt", "fmt-diff-after-passing-clippy-in-a-clippy-job-is-rust-fmt"],
];

#[test]
fn no_two_cases_have_one_signature() {
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (case, log) in logs() {
        seen.entry(signature(&log)).or_default().push(case);
    }
    let same: Vec<_> =
        seen.values().filter(|cases| cases.len() > 1 && !SAME_FILE.iter().any(|known| *known == *cases)).collect();
    assert!(same.is_empty(), "{same:#?}");
}

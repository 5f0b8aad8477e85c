//! One network fault makes every tool around it fail, and a test speaks of the network without any fault.

use std::collections::BTreeSet;

use remediation::Kind;

use crate::hosts::names_only_near;
use crate::rule::{Role, Rule, Table};
use crate::weigh::Weighed;

/// How far a wrapper stands from the reason that it wraps, in lines.
const WRAPPED_WITHIN: u64 = 40;

/// Where a step's tests failed, what libraries said of the network is a test's output, and about one's own service it is
/// an answer; else one exact reason says more than the tools around it, which say that something failed.
pub fn yield_to_network(hits: &mut Vec<Weighed<'_>>, table: &Table) {
    let tested: BTreeSet<u64> = hits
        .iter()
        .filter(|weighed| is_failed_test(table.rule(weighed.hit.rule)))
        .map(|weighed| weighed.step.first)
        .collect();
    hits.retain(|weighed| {
        let printed = table.tool(weighed.hit.rule) == "network" && tested.contains(&weighed.step.first);
        !printed && !is_own_service(weighed, table)
    });
    let exact = |weighed: &&Weighed<'_>| {
        let rule = table.rule(weighed.hit.rule);
        let sure = rule.kind == Kind::InfraTransient && rule.role == Role::Cause && rule.weight >= EXACT;
        sure && !tested.contains(&weighed.step.first)
    };
    let reasons: BTreeSet<(u64, u64)> =
        hits.iter().filter(exact).map(|weighed| (weighed.step.first, weighed.hit.line.number)).collect();
    for weighed in hits.iter_mut().filter(|weighed| is_wrapper(table.rule(weighed.hit.rule))) {
        let (step, line) = (weighed.step.first, weighed.hit.line.number);
        let near = (step, line.saturating_sub(WRAPPED_WITHIN))..=(step, line + WRAPPED_WITHIN);
        if reasons.range(near).next().is_some() {
            weighed.weight *= 0.5;
        }
    }
}

/// Whether a line that names no host is about the project's own service: the lines or
/// commands above it ask only such, or the step tests.
fn is_own_service(weighed: &Weighed<'_>, table: &Table) -> bool {
    let rule = table.rule(weighed.hit.rule);
    let names_host = HOSTS.iter().any(|mark| weighed.hit.line.text.contains(mark));
    if !LINKED.contains(&rule.name) || names_host {
        return false;
    }
    let hit = weighed.hit;
    let above = hit.before.iter().rev().take(NAMED_WITHIN).any(|line| names_only_near(&line.text));
    let below = hit.after.iter().any(|line| REMOTES.iter().any(|mark| line.text.contains(mark)));
    let mut commands = weighed.step.commands.iter().map(|(_, command)| command.as_str());
    let words = |command: &str, known: &[&str]| {
        command.split(|letter: char| !letter.is_alphanumeric()).any(|word| known.contains(&word))
    };
    let probes = if table.tool(hit.rule) == "network" { &PROBES[..] } else { HEALTH };
    above || below || commands.clone().any(names_only_near) || commands.any(|command| words(command, probes))
}

/// How far above a fault its host is named, in lines.
const NAMED_WITHIN: usize = 3;

/// How Node says below a fault that the other side is this machine.
const REMOTES: [&str; 3] = ["remoteAddress: '127.", "remoteAddress: '::1'", "remoteAddress: '::ffff:127."];

/// Where a library says which host it means.
const HOSTS: [&str; 4] = ["://", ":443", "host='", "lookup "];

/// Words of commands that try what the project made; the first ones say so whoever speaks.
const PROBES: [&str; 13] = [
    "smoke", "health", "healthz", "livez", "ready", "readyz", "test", "tests", "e2e", "spec", "newman", "k6", "locust",
];
const HEALTH: &[&str] = PROBES.split_at(6).0;

/// Rules about libraries that a project links as well as the tools do.
const LINKED: [&str; 17] = [
    "curl_network",
    "wget_ssh_rsync",
    "registry_5xx",
    "gateway_phrase",
    "http_gateway",
    "http_failed_status",
    "says_try_again",
    "libcurl",
    "go_net",
    "grpc",
    "rust_net",
    "python_net",
    "java_net",
    "node_net",
    "dotnet_net",
    "ruby_net",
    "php_net",
];

/// A rule of this weight is exact.
const EXACT: u8 = 84;

/// Whether it says that a test failed.
fn is_failed_test(rule: &Rule) -> bool {
    matches!(rule.kind, Kind::RustTest | Kind::FrontendTest) || FAILED_TESTS.contains(&rule.name)
}

/// Rules of the kind `general` that say that a test failed.
const FAILED_TESTS: [&str; 35] = [
    "tests_failed",
    "pytest_failed_line",
    "pytest_summary",
    "pytest_assertion",
    "unittest_fail",
    "unittest_failed",
    "go_test_fail",
    "go_test_location",
    "go_package_fail",
    "ginkgo_fail",
    "gradle_test_failed",
    "surefire_failure",
    "surefire_summary",
    "junit_assertion",
    "scalatest_failed",
    "ctest_failed",
    "ctest_listed",
    "catch2_or_doctest",
    "gtest_failed",
    "meson_test_failed",
    "xctest_failed",
    "dotnet_test_failed",
    "dotnet_test_case",
    "rspec_example",
    "rspec_summary",
    "minitest_summary",
    "minitest_failure",
    "pest_failure",
    "phpunit_failed",
    "phpunit_failure",
    "exunit_failure",
    "perl_prove",
    "assert_macro",
    "r_check",
    "helm_unittest_failed",
];

/// Whether it says that something failed, and not what is wrong with the code.
fn is_wrapper(rule: &Rule) -> bool {
    WRAPPERS.contains(&rule.name)
}

/// Rules that a network fault sets off as well as a bug does.
const WRAPPERS: [&str; 36] = [
    "cargo_publish",
    "esbuild_error",
    "bazel_failed",
    "cmake_error",
    "xcode_failed",
    "elixir_error",
    "ghc_or_ocaml_or_zig",
    "python_exception",
    "java_exception",
    "ruby_exception",
    "uncaught_js",
    "helm_any_error",
    "helm_chart_dependencies",
    "gradle_task_failed",
    "gradle_execution_failed",
    "gradle_what_went_wrong",
    "maven_goal_failed",
    "maven_dependency",
    "sbt_error",
    "meson_autotools",
    "bundler_failed",
    "composer_failed",
    "terraform_boxed",
    "terraform_error",
    "uv_failed",
    "bun_install",
    "yarn_code",
    "yarn1_error",
    "npm_install_script_failed",
    "buildkit_failed_to_solve",
    "buildkit_step_error",
    "buildkit_process_failed",
    "classic_builder_command",
    "buildah_podman",
    "kaniko_failed",
    "script_action_error",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::TOOLS;

    #[test]
    fn every_rule_that_is_named_is_there() {
        let there: BTreeSet<&str> = TOOLS.iter().flat_map(|tool| tool.rules).map(|rule| rule.name).collect();
        for name in LINKED.iter().chain(&FAILED_TESTS).chain(&WRAPPERS) {
            assert!(there.contains(name), "{name} is no rule");
        }
    }
}

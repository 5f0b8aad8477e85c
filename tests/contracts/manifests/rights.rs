//! Rights: the Roles say what the table says, and the table of GitHub's permissions names every tool.

use std::collections::{BTreeMap, BTreeSet};

use healer::TOOLS;
use serde_json::Value;

use super::{Object, items, must, of_kind, read, text};

type Rights = BTreeMap<(String, String, String), BTreeSet<String>>;

/// The table that `tests/cluster/can_i.rs` asks an API server about.
fn table() -> Rights {
    let text = read("tests/cluster/can-i.tsv");
    let rows = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let [account, namespace, resource, verbs] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line:?} is no row of can-i.tsv")
        };
        let key = (account.to_owned(), namespace.to_owned(), resource.to_owned());
        (key, verbs.split(',').map(str::to_owned).collect())
    });
    rows.collect()
}

fn words(list: Option<&Value>) -> Vec<&str> {
    items(list).filter_map(Value::as_str).collect()
}

/// `remediations/status` of the group `healer.platform` is `remediations.healer.platform/status`, as kubectl lists it.
fn resource(group: &str, plural: &str) -> String {
    let (plural, below) = plural.split_once('/').map_or((plural, None), |(plural, below)| (plural, Some(below)));
    let group = if group.is_empty() { String::new() } else { format!(".{group}") };
    let below = below.map_or(String::new(), |below| format!("/{below}"));
    format!("{plural}{group}{below}")
}

/// Who is bound to a Role.
fn grant(role: &Object, binding: &Object, rights: &mut Rights) {
    for subject in binding.items("/subjects") {
        for rule in role.items("/rules") {
            assert!(rule["resourceNames"].is_null(), "can-i.tsv has no column for names: {}", role.file);
            for group in words(rule.get("apiGroups")) {
                for plural in words(rule.get("resources")) {
                    let key = (
                        text(subject, "name").into(),
                        binding.text("/metadata/namespace").into(),
                        resource(group, plural),
                    );
                    rights.entry(key).or_default().extend(words(rule.get("verbs")).into_iter().map(str::to_owned));
                }
            }
        }
    }
}

#[test]
fn the_roles_say_what_the_table_says() {
    let (roles, accounts) = (of_kind("Role"), of_kind("ServiceAccount"));
    let mut rights = Rights::new();
    let mut wrong = Vec::new();
    for binding in of_kind("RoleBinding").into_iter().filter(|binding| is_healers(binding)) {
        let namespace = binding.text("/metadata/namespace");
        let named = |role: &&&Object| {
            role.name() == binding.text("/roleRef/name") && role.text("/metadata/namespace") == namespace
        };
        match roles.iter().find(named) {
            Some(role) => grant(role, binding, &mut rights),
            None => wrong.push(format!("{}: {} binds no Role", binding.file, binding.name())),
        }
        for subject in binding.items("/subjects") {
            let exists = accounts.iter().any(|account| account.name() == text(subject, "name"));
            if !exists || subject["namespace"] != "healer" {
                wrong.push(format!("{}: {} binds {subject}, who is not there", binding.file, binding.name()));
            }
        }
    }
    for ((account, namespace, resource), verbs) in &rights {
        if verbs.contains("*") || resource.contains('*') {
            wrong.push(format!("{account} in {namespace}: {resource} {verbs:?} is everything"));
        }
    }
    must(&wrong);
    assert_eq!(rights, table(), "tests/cluster/can-i.tsv and the Roles differ");
}

/// Components are opt-in and not in the table; the executor is not an account of the steps.
fn is_healers(binding: &Object) -> bool {
    !binding.file.contains("/components/") && !binding.file.contains("/executor/")
}

/// The rows of docs/permissions.md: a tool, and the permissions that it needs.
fn permissions() -> BTreeMap<String, String> {
    let page = read("docs/permissions.md");
    let rows = page.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        let tool = cells.next()?.trim_end_matches('`').to_owned();
        Some((tool, cells.next()?.to_owned()))
    });
    rows.filter(|(tool, _)| TOOLS.iter().any(|have| have.name == tool)).collect()
}

/// The tools that ask GitHub, by that page.
pub fn tools_that_ask_github() -> BTreeSet<String> {
    permissions().into_iter().filter(|(_, needs)| needs != "none").map(|(tool, _)| tool).collect()
}

#[test]
fn the_page_of_permissions_names_every_tool() {
    let rows = permissions();
    for tool in TOOLS {
        let needs = rows.get(tool.name).unwrap_or_else(|| panic!("docs/permissions.md has no row for {}", tool.name));
        let is_word = |part: &str| {
            let known = part.strip_suffix(": read").or(part.strip_suffix(": write"));
            known.is_some_and(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        };
        let fits = needs == "none" || needs.split(", ").all(|part| is_word(part.trim_matches('`')));
        assert!(fits, "docs/permissions.md: {} needs {needs:?}", tool.name);
    }
}

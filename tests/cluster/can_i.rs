//! Each account may what `can-i.tsv` says and nothing else, as the API server answers; and the admission policies hold it
//! to what no Role can say.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Account, namespace and resource, and the verbs.
type Rights = BTreeMap<(String, String, String), BTreeSet<String>>;

/// What nobody of ours may anywhere: the ways to more rights than one has.
const NEVER: &[&[&str]] = &[
    &["get", "secrets"],
    &["create", "pods"],
    &["create", "pods", "--subresource=exec"],
    &["create", "serviceaccounts", "--subresource=token"],
    &["bind", "roles"],
    &["escalate", "clusterroles"],
    &["impersonate", "users"],
    &["update", "workflowtemplates.argoproj.io"],
];

/// The namespaces of a deployment: ours, and that of the CodeRuns.
pub struct Place<'a> {
    /// Of Workflows and records; `healer` in the manifests.
    pub healer: &'a str,
    /// Of CodeRuns; `cto` in the manifests.
    pub coderuns: &'a str,
}

impl Place<'_> {
    fn user(&self, account: &str) -> String {
        format!("--as=system:serviceaccount:{}:{account}", self.healer)
    }

    fn real<'a>(&'a self, namespace: &'a str) -> &'a str {
        match namespace {
            "healer" => self.healer,
            "cto" => self.coderuns,
            other => other,
        }
    }
}

fn kubectl(args: &[&str], stdin: &str) -> (bool, String) {
    let command =
        Command::new("kubectl").args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = command.expect("kubectl is on PATH");
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

/// The table.
fn table() -> Rights {
    let lines = include_str!("can-i.tsv").lines().filter(|line| !line.starts_with('#'));
    let rows = lines.map(|line| {
        let [account, namespace, resource, verbs] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line:?}")
        };
        let key = (account.to_owned(), namespace.to_owned(), resource.to_owned());
        (key, verbs.split(',').map(str::to_owned).collect())
    });
    rows.collect()
}

/// What the API server lists for an account in a namespace: resource and verbs. Addresses that are no resources are the
/// same for everybody.
fn listed(place: &Place<'_>, account: &str, namespace: &str) -> BTreeMap<String, BTreeSet<String>> {
    let user = place.user(account);
    let (ok, text) = kubectl(&["auth", "can-i", "--list", "--no-headers", "-n", place.real(namespace), &user], "");
    assert!(ok, "{text}");
    let mut rights: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with(' ')) {
        let (resource, rest) = line.split_once(' ').unwrap();
        let verbs = rest.rsplit_once('[').unwrap().1.trim_end().trim_end_matches(']');
        rights.entry(resource.to_owned()).or_default().extend(verbs.split_whitespace().map(str::to_owned));
    }
    rights
}

/// Each account in each namespace, complete: a right that the table does not have fails as much as one that is missing.
pub fn accounts_may_what_is_listed_and_nothing_else(place: &Place<'_>) {
    let table = table();
    let accounts: BTreeSet<&String> = table.keys().map(|(account, ..)| account).collect();
    let mut wrong = Vec::new();
    for namespace in ["healer", "cto", "default", "kube-system"] {
        let everybodys = listed(place, "healer-nobody", namespace);
        for account in &accounts {
            let mut have = listed(place, account, namespace);
            have.retain(|resource, verbs| everybodys.get(resource) != Some(verbs));
            let wanted = table.iter().filter(|((who, at, _), _)| who == *account && at == namespace);
            let wanted: BTreeMap<String, BTreeSet<String>> =
                wanted.map(|((.., resource), verbs)| (resource.clone(), verbs.clone())).collect();
            if have != wanted {
                wrong.push(format!("{account} in {namespace}: has {have:?}, the table says {wanted:?}"));
            }
        }
    }
    for account in &accounts {
        for ask in NEVER {
            let user = place.user(account);
            let args = [&["auth", "can-i"], *ask, &["-n", place.healer, &user]].concat();
            let (yes, text) = kubectl(&args, "");
            if yes {
                wrong.push(format!("{account} may {ask:?}: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A manifest, who sends it, and what the API server says: nothing is created, it is only asked.
fn try_to(place: &Place<'_>, verb: &str, account: &str, manifest: &str) -> (bool, String) {
    let manifest = manifest.replace("NAMESPACE", place.healer).replace("CODERUNS", place.coderuns);
    kubectl(&[verb, "--dry-run=server", "-f", "-", &place.user(account)], &manifest)
}

const CODERUN: &str = r#"
apiVersion: agents.platform/v1
kind: CodeRun
metadata:
  name: healer-ci-8412-12216892003-1-r1-a1
  namespace: CODERUNS
  labels:
    { app.kubernetes.io/name: healer, healer/agent: rex, healer/failure-type: clippy, healer/task-id: ci-8412-1-1 }
spec:
  taskId: 0
  service: healer-ci
  githubApp: 5DLabs-Rex
  model: m
  repositoryUrl: https://github.com/acme/widgets
  docsRepositoryUrl: https://github.com/acme/widgets
  workingDirectory: .
  promptModification: Repair it.
  env: { TARGET_BRANCH: feat/x, HEALER_PUSH: push }
"#;

const WORKFLOW: &str = r#"
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: ci-1-1-1, namespace: NAMESPACE }
spec:
  workflowTemplateRef: { name: remediate-ci }
  arguments: { parameters: [{ name: event_name, value: workflow_run }] }
"#;

const MAP: &str = r#"
apiVersion: v1
kind: ConfigMap
metadata: { name: healer-starts-8412-2026-01-15, namespace: NAMESPACE }
data: { mode: "on" }
"#;

/// What each policy of components/admission lets through, and what it does not.
pub fn policies_hold_accounts_to_what_roles_cannot_say(place: &Place<'_>) {
    let spec = "workflowTemplateRef: { name: remediate-ci }";
    let cases: &[(&str, &str, String, Option<&str>)] = &[
        ("create", "healer-spawn", CODERUN.into(), None),
        ("create", "healer-spawn", CODERUN.replace("name: healer-ci-", "name: play-ci-"), Some("neither remediation")),
        ("create", "healer-spawn", CODERUN.replace("healer/agent: rex, ", ""), Some("label is missing")),
        ("create", "healer-spawn", CODERUN.replace("5DLabs-Rex", "5DLabs-Root"), Some("GitHub App")),
        ("create", "healer-spawn", CODERUN.replace("TARGET_BRANCH: feat/x, ", ""), Some("no branch")),
        (
            "create",
            "healer-spawn",
            CODERUN.replace("HEALER_PUSH: push", "HEALER_PUSH: draft_pull_request"),
            Some("healer/fix-"),
        ),
        ("create", "healer-spawn", CODERUN.replace("Repair it.", &"x".repeat(262_145)), Some("too large")),
        (
            "create",
            "healer-spawn",
            format!("{CODERUN}  envFromSecrets: [{{ name: A, secretName: b, secretKey: c }}]\n"),
            Some("no further secrets"),
        ),
        ("create", "healer-sensor", WORKFLOW.into(), None),
        (
            "create",
            "healer-door",
            WORKFLOW.replace(spec, "workflowTemplateRef: { name: other }"),
            Some("remediate-ci and resolve-event only"),
        ),
        (
            "create",
            "healer-sensor",
            WORKFLOW.replace(spec, &format!("{spec}\n  serviceAccountName: healer-spawn")),
            Some("nothing else"),
        ),
        (
            "create",
            "healer-sweep",
            WORKFLOW.replace(spec, "workflowTemplateRef: { name: remediate-ci, clusterScope: true }"),
            Some("of this namespace"),
        ),
        ("create", "healer-spawn", MAP.into(), None),
        ("create", "healer-tell", MAP.replace("healer-starts-8412", "healer-told-budget-8412"), None),
        ("create", "healer-spawn", MAP.replace("healer-starts-8412-2026-01-15", "healer-mine"), Some("counters only")),
        (
            "replace",
            "healer-spawn",
            MAP.replace("healer-starts-8412-2026-01-15", "healer-switch"),
            Some("counters only"),
        ),
        (
            "replace",
            "healer-tell",
            MAP.replace("healer-starts-8412-2026-01-15", "healer-config"),
            Some("counters only"),
        ),
        (
            "delete",
            "healer-sweep",
            MAP.replace("healer-starts-8412-2026-01-15", "healer-switch"),
            Some("counters only"),
        ),
    ];
    let mut wrong = Vec::new();
    for (verb, account, manifest, refused) in cases {
        let (ok, text) = try_to(place, verb, account, manifest);
        let right = refused.map_or(ok, |words| !ok && text.contains(words));
        if !right {
            let first: String = text.chars().take(300).collect();
            wrong.push(format!("{verb} as {account}, wanted {refused:?}: {first}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! What a failing step's command, and what job, step and workflow names say about the kind. Weaker than the log.

use remediation::Kind;

use Kind::{
    ArgocdSync, DockerBuild, FrontendBuild, FrontendDeps, FrontendLint, FrontendTest, FrontendTypescript, General,
    GitMergeConflict, GitPermission, GithubWorkflow, HelmTemplate, K8sManifest, RustBuild, RustClippy, RustDeps,
    RustFmt, RustTest, SecurityAudit, SecurityCodeScanning, SecuritySecretScanning, YamlSyntax,
};

/// Words that follow one another in a command (others may stand between), and the kind that a failure of it is.
/// The first row that fits a command decides, so the narrower stands first.
const COMMANDS: &[(&[&str], Kind)] = &[
    (&["cargo", "clippy"], RustClippy),
    (&["cargo", "fmt"], RustFmt),
    (&["rustfmt"], RustFmt),
    (&["cargo", "audit"], SecurityAudit),
    (&["cargo", "deny"], SecurityAudit),
    (&["cargo", "vet"], SecurityAudit),
    (&["cargo", "nextest"], RustTest),
    (&["cargo", "insta"], RustTest),
    (&["cargo", "mutants"], RustTest),
    (&["cargo", "test"], RustTest),
    (&["cargo", "bench"], RustTest),
    (&["cargo", "llvm-cov"], RustTest),
    (&["cargo", "tarpaulin"], RustTest),
    (&["cargo", "miri"], RustTest),
    (&["cargo", "fetch"], RustDeps),
    (&["cargo", "update"], RustDeps),
    (&["cargo", "machete"], RustDeps),
    (&["cargo", "udeps"], RustDeps),
    (&["cargo", "metadata"], RustDeps),
    (&["cargo"], RustBuild),
    (&["cross", "build"], RustBuild),
    (&["wasm-pack"], RustBuild),
    (&["trunk", "build"], RustBuild),
    (&["npm", "audit"], SecurityAudit),
    (&["pnpm", "audit"], SecurityAudit),
    (&["yarn", "audit"], SecurityAudit),
    (&["yarn", "npm", "audit"], SecurityAudit),
    (&["bundle-audit"], SecurityAudit),
    (&["bundler-audit"], SecurityAudit),
    (&["composer", "audit"], SecurityAudit),
    (&["dependency-check"], SecurityAudit),
    (&["deno", "lint"], FrontendLint),
    (&["deno", "fmt"], FrontendLint),
    (&["deno", "check"], FrontendTypescript),
    (&["deno", "test"], FrontendTest),
    (&["deno", "install"], FrontendDeps),
    (&["npm", "ci"], FrontendDeps),
    (&["npm", "install"], FrontendDeps),
    (&["npm", "i"], FrontendDeps),
    (&["pnpm", "install"], FrontendDeps),
    (&["pnpm", "i"], FrontendDeps),
    (&["yarn", "install"], FrontendDeps),
    (&["bun", "install"], FrontendDeps),
    (&["vue-tsc"], FrontendTypescript),
    (&["tsc"], FrontendTypescript),
    (&["svelte-check"], FrontendTypescript),
    (&["eslint"], FrontendLint),
    (&["prettier"], FrontendLint),
    (&["biome"], FrontendLint),
    (&["stylelint"], FrontendLint),
    (&["oxlint"], FrontendLint),
    (&["knip"], FrontendLint),
    (&["xo"], FrontendLint),
    (&["standard"], FrontendLint),
    (&["ng", "lint"], FrontendLint),
    (&["next", "lint"], FrontendLint),
    (&["nx", "lint"], FrontendLint),
    (&["turbo", "lint"], FrontendLint),
    (&["jest"], FrontendTest),
    (&["ava"], FrontendTest),
    (&["wdio"], FrontendTest),
    (&["testcafe"], FrontendTest),
    (&["nightwatch"], FrontendTest),
    (&["test-storybook"], FrontendTest),
    (&["lhci"], FrontendTest),
    (&["ng", "test"], FrontendTest),
    (&["nx", "test"], FrontendTest),
    (&["turbo", "test"], FrontendTest),
    (&["lerna", "test"], FrontendTest),
    (&["vitest"], FrontendTest),
    (&["mocha"], FrontendTest),
    (&["playwright"], FrontendTest),
    (&["cypress"], FrontendTest),
    (&["karma"], FrontendTest),
    (&["node", "--test"], FrontendTest),
    (&["vite", "build"], FrontendBuild),
    (&["webpack"], FrontendBuild),
    (&["rollup"], FrontendBuild),
    (&["esbuild"], FrontendBuild),
    (&["next", "build"], FrontendBuild),
    (&["nuxt", "build"], FrontendBuild),
    (&["astro", "build"], FrontendBuild),
    (&["ng", "build"], FrontendBuild),
    (&["gatsby", "build"], FrontendBuild),
    (&["parcel"], FrontendBuild),
    (&["tsup"], FrontendBuild),
    (&["publint"], FrontendBuild),
    (&["attw"], FrontendBuild),
    (&["size-limit"], FrontendBuild),
    (&["nx", "build"], FrontendBuild),
    (&["turbo", "build"], FrontendBuild),
    (&["npm", "typecheck"], FrontendTypescript),
    (&["pnpm", "typecheck"], FrontendTypescript),
    (&["yarn", "typecheck"], FrontendTypescript),
    (&["npm", "type-check"], FrontendTypescript),
    (&["pnpm", "type-check"], FrontendTypescript),
    (&["yarn", "type-check"], FrontendTypescript),
    (&["npm", "lint"], FrontendLint),
    (&["pnpm", "lint"], FrontendLint),
    (&["yarn", "lint"], FrontendLint),
    (&["npm", "test"], FrontendTest),
    (&["pnpm", "test"], FrontendTest),
    (&["yarn", "test"], FrontendTest),
    (&["bun", "test"], FrontendTest),
    (&["npm", "build"], FrontendBuild),
    (&["pnpm", "build"], FrontendBuild),
    (&["yarn", "build"], FrontendBuild),
    (&["bun", "build"], FrontendBuild),
    (&["yarn"], FrontendDeps),
    (&["docker", "build"], DockerBuild),
    (&["docker", "buildx"], DockerBuild),
    (&["docker/build-push-action"], DockerBuild),
    (&["docker", "compose"], DockerBuild),
    (&["buildah"], DockerBuild),
    (&["podman", "build"], DockerBuild),
    (&["docker-compose"], DockerBuild),
    (&["earthly"], DockerBuild),
    (&["hadolint"], DockerBuild),
    (&["helm"], HelmTemplate),
    (&["helmfile"], HelmTemplate),
    (&["ct", "lint"], HelmTemplate),
    (&["kubectl"], K8sManifest),
    (&["kustomize"], K8sManifest),
    (&["kubeconform"], K8sManifest),
    (&["kubeval"], K8sManifest),
    (&["kubernetes-validate"], K8sManifest),
    (&["kube-linter"], K8sManifest),
    (&["kube-score"], K8sManifest),
    (&["conftest"], K8sManifest),
    (&["pluto"], K8sManifest),
    (&["flux"], K8sManifest),
    (&["argocd"], ArgocdSync),
    (&["yamllint"], YamlSyntax),
    (&["actionlint"], GithubWorkflow),
    (&["zizmor"], GithubWorkflow),
    (&["pip-audit"], SecurityAudit),
    (&["osv-scanner"], SecurityAudit),
    (&["trivy"], SecurityAudit),
    (&["grype"], SecurityAudit),
    (&["snyk"], SecurityAudit),
    (&["govulncheck"], SecurityAudit),
    (&["nancy"], SecurityAudit),
    (&["semgrep"], SecurityCodeScanning),
    (&["checkov"], SecurityCodeScanning),
    (&["tfsec"], SecurityCodeScanning),
    (&["kics"], SecurityCodeScanning),
    (&["terrascan"], SecurityCodeScanning),
    (&["brakeman"], SecurityCodeScanning),
    (&["njsscan"], SecurityCodeScanning),
    (&["bandit"], SecurityCodeScanning),
    (&["gosec"], SecurityCodeScanning),
    (&["codeql"], SecurityCodeScanning),
    (&["github/codeql-action"], SecurityCodeScanning),
    (&["gitleaks"], SecuritySecretScanning),
    (&["trufflehog"], SecuritySecretScanning),
    (&["detect-secrets"], SecuritySecretScanning),
    (&["ggshield"], SecuritySecretScanning),
    (&["talisman"], SecuritySecretScanning),
    (&["git", "push"], GitPermission),
    (&["git", "merge"], GitMergeConflict),
    (&["git", "rebase"], GitMergeConflict),
    (&["git", "cherry-pick"], GitMergeConflict),
    (&["pytest"], General),
    (&["tox"], General),
    (&["go"], General),
    (&["mvn"], General),
    (&["gradle"], General),
    (&["gradlew"], General),
    (&["make"], General),
    (&["cmake"], General),
    (&["bazel"], General),
    (&["dotnet"], General),
    (&["pip"], General),
    (&["ruff"], General),
    (&["mypy"], General),
    (&["python"], General),
    (&["python3"], General),
];

/// Words in job, step and workflow names. All of a row must be there.
const NAMES: &[(&[&str], Kind)] = &[
    (&["clippy"], RustClippy),
    (&["rustfmt"], RustFmt),
    (&["test", "rust"], RustTest),
    (&["test", "cargo"], RustTest),
    (&["build", "rust"], RustBuild),
    (&["eslint"], FrontendLint),
    (&["prettier"], FrontendLint),
    (&["lint", "frontend"], FrontendLint),
    (&["typecheck"], FrontendTypescript),
    (&["type check"], FrontendTypescript),
    (&["type-check"], FrontendTypescript),
    (&["tsc"], FrontendTypescript),
    (&["e2e"], FrontendTest),
    (&["playwright"], FrontendTest),
    (&["docker"], DockerBuild),
    (&["container image"], DockerBuild),
    (&["helm"], HelmTemplate),
    (&["chart"], HelmTemplate),
    (&["kube"], K8sManifest),
    (&["manifests"], K8sManifest),
    (&["argocd"], ArgocdSync),
    (&["gitops"], ArgocdSync),
    (&["yamllint"], YamlSyntax),
    (&["codeql"], SecurityCodeScanning),
    (&["code scanning"], SecurityCodeScanning),
    (&["semgrep"], SecurityCodeScanning),
    (&["gitleaks"], SecuritySecretScanning),
    (&["secret scan"], SecuritySecretScanning),
    (&["audit"], SecurityAudit),
    (&["dependabot"], Kind::SecurityDependabot),
    (&["actionlint"], GithubWorkflow),
];

/// The kind that a failure of this command line most likely is.
#[must_use]
pub fn of_command(line: &str) -> Option<Kind> {
    line.split(['|', ';', '&', '\n']).rev().find_map(|part| {
        let words: Vec<&str> = part.split_whitespace().map(bare).collect();
        COMMANDS.iter().find(|(wanted, _)| in_order(&words, wanted)).map(|(_, kind)| *kind)
    })
}

/// A word without path, quotes, version suffix and script prefix: `"./node_modules/.bin/tsc"` is `tsc`.
fn bare(word: &str) -> &str {
    let word = word.trim_matches(['"', '\'', '(', ')', '`', '$']);
    let word = word.split('@').next().unwrap_or(word);
    if word.starts_with(['.', '/']) { word.rsplit('/').next().unwrap_or(word) } else { word }
}

fn in_order(words: &[&str], wanted: &[&str]) -> bool {
    let mut words = words.iter();
    wanted
        .iter()
        .all(|want| words.any(|word| word == want || word.strip_prefix(want).is_some_and(|rest| rest.starts_with(':'))))
}

/// The kinds that these names hint at.
pub fn of_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Kind> {
    let text = names.collect::<Vec<_>>().join(" / ").to_ascii_lowercase();
    NAMES.iter().filter(|(words, _)| words.iter().all(|word| text.contains(word))).map(|(_, kind)| *kind).collect()
}

/// Whether a changed path is of the kind's own trade (cto.md 4.4).
#[must_use]
pub fn touches(kind: Kind, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    match kind {
        RustBuild | RustClippy | RustFmt | RustTest => ends(&[".rs"]),
        RustDeps => name == "Cargo.toml" || name == "Cargo.lock",
        FrontendDeps => ends(&["package.json", "pnpm-lock.yaml", "package-lock.json", "yarn.lock", "bun.lock"]),
        FrontendBuild | FrontendLint | FrontendTest | FrontendTypescript => {
            ends(&[".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".css", ".scss", ".vue", ".svelte"])
        }
        DockerBuild => name.contains("Dockerfile") || name.contains("compose"),
        HelmTemplate => path.contains("templates/") || name == "Chart.yaml" || name == "values.yaml",
        K8sManifest | ArgocdSync | YamlSyntax => ends(&[".yaml", ".yml"]) && !path.starts_with(".github/"),
        GithubWorkflow => path.starts_with(".github/"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_names_the_kind() {
        let cases = [
            ("cargo clippy --all-targets -- -D warnings", Some(RustClippy)),
            ("cargo +nightly fmt --all --check", Some(RustFmt)),
            ("npx --no-install tsc --noEmit", Some(FrontendTypescript)),
            ("npm run test:unit -- --ci", Some(FrontendTest)),
            ("cd web && pnpm install --frozen-lockfile", Some(FrontendDeps)),
            ("./gradlew build", Some(General)),
            ("docker/build-push-action@v6", Some(DockerBuild)),
            ("cat cargo-clippy.txt", None),
            ("echo hello", None),
        ];
        for (line, wanted) in cases {
            assert_eq!(of_command(line), wanted, "{line}");
        }
    }

    #[test]
    fn names_only_hint() {
        assert_eq!(of_names(["Rust tests", "CI"].into_iter()), [RustTest]);
        assert!(of_names(["build", "checks"].into_iter()).is_empty());
    }
}

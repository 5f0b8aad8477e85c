//! Kind × paths: what an agent may change, and what a person must look at. The patterns are in [`crate::rules`].

use remediation::Kind;

use crate::rules::{self, Rule};

/// The row of a kind.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Globs of what it may change. Anything else is for a person.
    pub may: Vec<&'static str>,
    /// Globs that a person must look at, although the change may be right.
    pub person: Vec<&'static str>,
    /// Globs that it may never change.
    pub never_paths: Vec<&'static str>,
    /// What is never a fix, whatever the kind.
    pub never: Vec<&'static Rule>,
}

type Globs = &'static [&'static str];

const DOCS: Globs = &["**/*.md", "**/*.rst", "docs/**", "doc/**", "man/**", "**/*.1", "**/CHANGELOG*"];
const RUST: Globs = &["**/*.rs", "**/Cargo.toml", "**/Cargo.lock"];
const RUST_DATA: Globs = &["**/tests/**", "**/testdata/**", "**/fixtures/**", "**/*.snap", "**/*.proto", "**/*.sql"];
const WEB: Globs = &["**/*.{js,jsx,ts,tsx,mjs,cjs,mts,cts,vue,svelte,astro,css,scss,sass,less,html,mdx,graphql,gql}"];
const WEB_DATA: Globs = &["**/*.{json,jsonc,snap,svg,wasm}", "**/package.json", "**/__snapshots__/**", "public/**"];
const WEB_LOCKS: Globs = &[
    "**/package-lock.json",
    "**/npm-shrinkwrap.json",
    "**/pnpm-lock.yaml",
    "**/pnpm-workspace.yaml",
    "**/yarn.lock",
    "**/bun.lock*",
    "**/{.nvmrc,.node-version,.tool-versions}",
];
const PATCHES: Globs = &["patches/**", ".yarn/patches/**"];
const YAML: Globs = &["**/*.{yaml,yml,tpl,gotmpl}"];
const CHART: Globs =
    &["**/templates/**", "**/values*.json", "**/values.schema.json", "**/Chart.lock", "**/.helmignore"];
const CLUSTER: Globs = &["**/*.{json,jsonnet,libsonnet,cue}"];
const DOCKER: Globs = &[
    "**/Dockerfile*",
    "**/*.{dockerfile,Dockerfile}",
    "**/Containerfile*",
    "**/*.dockerignore",
    "**/.dockerignore",
    "**/docker/**",
    "**/docker-compose*",
    "**/compose*.{yaml,yml}",
    "**/docker-bake.{hcl,json}",
    "**/*.sh",
    "**/nginx*.conf",
];
const MANIFESTS: Globs = &[
    "**/{Cargo.toml,package.json,go.mod,pyproject.toml,setup.py,setup.cfg,Pipfile,Gemfile,pom.xml,composer.json,Package.swift}",
    "**/requirements*.{txt,in}",
    "**/requirements/*.{txt,in}",
    "**/constraints*.txt",
    "**/*.{gradle,gradle.kts,gemspec,csproj,fsproj}",
    "**/gradle/libs.versions.toml",
    "**/Directory.Packages.props",
];
const LOCKS: Globs = &[
    "**/{Cargo.lock,go.sum,poetry.lock,uv.lock,Pipfile.lock,pdm.lock,Gemfile.lock,composer.lock,packages.lock.json,Package.resolved}",
    "**/gradle.lockfile",
    "**/{gomod2nix.toml,flake.lock}",
];
const SOURCES: Globs = &[
    "**/*.{rs,js,jsx,ts,tsx,mjs,cjs,mts,cts,vue,svelte,py,go,java,kt,scala,rb,php,cs,c,cc,cpp,h,hpp,swift,sh,sql,html}",
    "**/*.{tf,yaml,yml,tpl}",
    "**/Dockerfile*",
];
const ANY: Globs = &["**"];

/// CI's own configuration: never, but for [`may_touch_ci`], where a person must look.
pub const CI: &[&str] = &[
    ".github/workflows/**",
    ".github/actions/**",
    "action.{yml,yaml}",
    ".gitlab-ci.yml",
    ".gitlab/**",
    "**/Jenkinsfile*",
    ".circleci/**",
    ".travis.yml",
    "azure-pipelines*.{yml,yaml}",
    ".azure-pipelines/**",
    ".buildkite/**",
    "bitbucket-pipelines.yml",
    ".drone.yml",
    "appveyor.yml",
    ".appveyor.yml",
    ".cirrus.yml",
    ".woodpecker*",
    ".woodpecker/**",
    ".tekton/**",
    ".teamcity/**",
    ".ci/**",
    ".codecov.yml",
    "codecov.yml",
];

/// Where submodules come from: what a repair of rights may lie in; another host is seen by `compare`.
const SUBMODULES: &str = "**/.gitmodules";

/// What a person must look at, whatever the kind.
pub const PERSON: &[&str] = &[
    "**/CODEOWNERS",
    "**/AGENTS.md",
    "**/CLAUDE.md",
    "**/GEMINI.md",
    "**/.cursorrules",
    ".cursor/**",
    ".claude/**",
    ".codex/**",
    ".gemini/**",
    ".aider*",
    ".windsurfrules",
    ".windsurf/**",
    "**/.mcp.json",
    ".vscode/**",
    ".devcontainer/**",
    ".github/**",
    ".husky/**",
    ".githooks/**",
    ".pre-commit-config.yaml",
    "lefthook.yml",
    SUBMODULES,
    "**/.gitattributes",
    "**/.git/**",
    "**/.npmrc",
    "**/.yarnrc*",
    "**/.pypirc",
    "**/pip.conf",
    "**/.cargo/**",
    "**/rust-toolchain*",
    "**/.env*",
    "**/LICENSE*",
    "**/SECURITY.md",
    "renovate.json*",
    "**/{rustfmt,.rustfmt,clippy,.clippy,deny}.toml",
    "**/.eslintrc*",
    "**/eslint.config.*",
    "**/biome.json*",
    "**/.prettierrc*",
    "**/.stylelintrc*",
    "**/stylelint.config.*",
    "**/.yamllint*",
    "**/.golangci.*",
    "**/.hadolint.y*ml",
    "**/{ruff,.ruff,mypy,.semgrep,.gitleaks,osv-scanner}.*",
    "**/.trivy*",
    "**/.snyk",
    "**/.bandit",
    "**/.{gitguardian,talismanrc,secretlintrc,codacy,deepsource,codeclimate,mega-linter,kics,tfsec,lgtm,whitesource}*",
    "**/.{lycheeignore,size-limit,jscpd}*",
    "**/{qodana,knip,lighthouserc}*.{yaml,yml,json,js}",
    "**/*.{pem,key,p12,pfx}",
    "**/*baseline*.{xml,json,toml,yml,yaml,neon,txt,php}",
    "**/.rubocop_todo.yml",
    "**/{phpstan,psalm}*.{neon,xml,dist}",
    "**/{checkstyle,pmd,spotbugs,findbugs,detekt}*.{xml,yml,yaml}",
    "**/{sonar-project.properties,.coveragerc,.swiftlint.yml,.pylintrc,.clang-tidy,.shellcheckrc,.rubocop.yml,.flake8}",
];

impl Policy {
    /// What holds for this kind.
    pub fn of(kind: Kind) -> Self {
        let mut person = PERSON.to_vec();
        let mut never_paths = CI.to_vec();
        if may_touch_ci(kind) {
            person.append(&mut never_paths);
        }
        if kind == Kind::GitPermission {
            person.retain(|glob| *glob != SUBMODULES);
        }
        let may = may(kind).iter().chain(&[DOCS]).flat_map(|globs| globs.iter().copied()).collect();
        Self { may, person, never_paths, never: rules::ALL.iter().filter(|rule| rule.holds(kind)).collect() }
    }
}

/// Kinds whose repair may lie in CI's own files: rights, an alert about a workflow, a conflict in one. A person looks.
pub(crate) fn may_touch_ci(kind: Kind) -> bool {
    use Kind::*;
    matches!(
        kind,
        GithubWorkflow
            | GitPermission
            | GitMergeConflict
            | YamlSyntax
            | SecurityCodeScanning
            | SecurityDependabot
            | SecuritySecretScanning
    )
}

fn may(kind: Kind) -> &'static [Globs] {
    use Kind::*;
    match kind {
        RustFmt => &[&["**/*.rs"]],
        RustClippy => &[RUST],
        RustDeps => &[RUST, &["vendor/**"]],
        RustBuild | RustTest => &[RUST, RUST_DATA],
        FrontendLint => &[WEB, WEB_DATA, YAML],
        FrontendTypescript => &[WEB, WEB_DATA, WEB_LOCKS],
        FrontendDeps => &[WEB, WEB_DATA, WEB_LOCKS, PATCHES],
        FrontendBuild | FrontendTest => &[WEB, WEB_DATA, WEB_LOCKS, &["**/fixtures/**", "**/testdata/**"]],
        ArgocdSync | K8sManifest => &[YAML, CLUSTER, CHART],
        HelmTemplate => &[YAML, CHART, &["**/*.txt"]],
        DockerBuild => &[DOCKER, MANIFESTS, LOCKS, WEB_LOCKS],
        YamlSyntax => &[YAML, &["**/*.json"]],
        SecurityAudit | SecurityDependabot => &[MANIFESTS, LOCKS, WEB_LOCKS, SOURCES],
        SecurityCodeScanning => &[SOURCES, MANIFESTS, LOCKS, WEB_LOCKS, &["**/.gitignore"]],
        GitMergeConflict | General | SecuritySecretScanning => &[ANY],
        GitPermission => &[&["**/*.sh", "**/Makefile", "**/*.{json,toml}", "**/.releaserc*", SUBMODULES], YAML],
        GithubWorkflow => &[CI, &["**/*.sh", "**/package.json", "**/Makefile"]],
        InfraTransient => &[],
    }
}

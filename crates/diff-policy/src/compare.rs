//! Numbers, versions and hosts, compared between the two sides; and diffs of nothing but snapshots.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::judge::Findings;
use crate::language::{self, Language};
use crate::rules::named;
use crate::side::{File, Side};

/// Which way a number must not go.
#[derive(Clone, Copy)]
enum Must {
    NotFall,
    NotRise,
}

/// Pattern (first group: key; second: number), direction, rule.
const NUMBERS: &[(&str, Must, &str)] = &[
    (
        r#"(?i)\b((?:branches|functions|lines|statements|fail[_-]under(?:[_-]\w+)?|cov-fail-under|threshold|coverage\w*|min\w*coverage\w*|minimum|covered-ratio|minScore|min_score|mutation\w*|target))['"]?\s*(?:[:=]|=>|\s)\s*['"]?(\d+(?:\.\d+)?)"#,
        Must::NotFall,
        "threshold_lowered",
    ),
    (
        r#"\b(toBeCloseTo|assertAlmostEqual|numDigits|places|decimal)\b[^\n]*[,=(]\s*(\d+)\s*\)"#,
        Must::NotFall,
        "threshold_lowered",
    ),
    (
        r#"(?i)\b(max-warnings|maxWarnings|max_warnings|max-?complexity|max-line-length|max_line_length|maxDiffPixels|maxDiffPixelRatio|failureThreshold|tolerance|epsilon|eps|delta|atol|rtol|abs_tol|rel_tol|within|maximumFileSizeToCacheInBytes|chunkSizeWarningLimit|maxSize|maximumError|max_relative|line-length|threshold-?ms)\b['"]?\s*[:=( ]\s*['"]?(\d+(?:\.\d+)?(?:e-?\d+)?)"#,
        Must::NotRise,
        "threshold_lowered",
    ),
    (
        r#"(?i)\b(assert_\w*(?:approx|relative|abs|ulps)\w*!|approx\(|abs\(\)\s*<|\bNEAR\(|InDelta\(|isCloseTo\(|isclose\()[^\n]*[^\w.](\d+(?:\.\d+)?(?:e-?\d+)?)\s*\)?"#,
        Must::NotRise,
        "threshold_lowered",
    ),
    (
        r#"(?i)\b(\w*timeout\w*|initialDelaySeconds|periodSeconds|from_secs|from_millis|deadline\w*)\b['"]?\s*[:=(]\s*['"]?(\d+(?:_\d+)*)"#,
        Must::NotRise,
        "timeout_raised",
    ),
];

/// Hosts that a lock file may name although it did not before: the ecosystems' own.
const HOSTS: &[&str] = &[
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "github.com",
    "index.crates.io",
    "static.crates.io",
    "crates.io",
    "pypi.org",
    "files.pythonhosted.org",
    "proxy.golang.org",
    "sum.golang.org",
    "rubygems.org",
    "repo.packagist.org",
    "api.github.com",
    "repo.maven.apache.org",
    "repo1.maven.org",
    "plugins.gradle.org",
    "services.gradle.org",
    "api.nuget.org",
    "npm.jsr.io",
    "opencollective.com",
    "tidelift.com",
    "www.patreon.com",
    "ko-fi.com",
    "paypal.me",
    "polar.sh",
    "dotenvx.com",
    "codeload.github.com",
];

const MANIFESTS: &[&str] = &[
    "**/Cargo.toml",
    "**/Cargo.lock",
    "**/package.json",
    "**/package-lock.json",
    "**/pyproject.toml",
    "**/requirements*.*",
    "**/constraints*.txt",
    "**/go.mod",
    "**/Dockerfile*",
    "**/*.dockerfile",
    "**/Gemfile*",
    "**/Chart.yaml",
    "**/Chart.lock",
    "**/composer.json",
    "**/pom.xml",
    "**/*.gradle*",
    "**/*.csproj",
    "**/rust-toolchain*",
    "**/.nvmrc",
    "**/.python-version",
    "**/.tool-versions",
    "**/values*.yaml",
    "**/libs.versions.toml",
    "**/docker-compose*",
    "**/compose*.y*ml",
    "**/*.yaml",
    "**/poetry.lock",
    "**/uv.lock",
    "**/pnpm-lock.yaml",
    "**/yarn.lock",
    "**/Pipfile*",
];

pub(crate) fn judge(files: &[File<'_>], findings: &mut Findings) {
    static NUMBER: LazyLock<Vec<(Regex, Must, &str)>> = LazyLock::new(|| {
        NUMBERS.iter().filter_map(|(pattern, must, rule)| Some((Regex::new(pattern).ok()?, *must, *rule))).collect()
    });
    static VERSIONED: LazyLock<globset::GlobSet> = LazyLock::new(|| language::globs(MANIFESTS));
    for file in files.iter().filter(|file| file.language != Language::Docs) {
        if !language::is_lock(file.path()) && !language::is_snapshot(file.path()) {
            NUMBER.iter().for_each(|row| numbers(file, row, findings));
        }
        if VERSIONED.is_match(file.path()) {
            versions(file, findings);
        }
        hosts(file, findings);
        markers(file, findings);
    }
    snapshots(files, findings);
}

/// Numbers of one key, paired in order within a hunk.
fn numbers(file: &File<'_>, (regex, must, rule): &(Regex, Must, &str), findings: &mut Findings) {
    for hunk in &file.hunks {
        let all = |side: &Side| -> Vec<(String, f64, u64)> {
            let lines = side.each().filter(|(_, changed, _, _)| *changed);
            lines
                .flat_map(|(number, _, _, code)| {
                    regex
                        .captures_iter(code)
                        .filter_map(|found| {
                            Some((
                                found.get(1)?.as_str().to_lowercase(),
                                found.get(2)?.as_str().replace('_', "").parse().ok()?,
                                number,
                            ))
                        })
                        .collect::<Vec<_>>()
                })
                .collect()
        };
        let (mut old, new) = (all(&hunk.old), all(&hunk.new));
        for (key, value, line) in new {
            let Some(index) = old.iter().position(|(old_key, _, _)| *old_key == key) else { continue };
            let (_, before, _) = old.remove(index);
            if matches!(must, Must::NotFall) && value < before || matches!(must, Must::NotRise) && value > before {
                findings.add(file.path(), line, &named(rule));
            }
        }
    }
}

/// Name and version on one line, or a name and then a version, as lock files write them.
const VERSIONS: &[&str] = &[
    r#"^\s*"?([@\w./-]+)"?\s*=\s*(?:\{[^}\n]*version\s*=\s*)?"[\^~=>v ]*(\d+(?:\.\d+)*)"#,
    r#"^\s*"((?:@[\w.-]+/)?[\w.-]+)"\s*:\s*"[\^~=>v ]*(\d+(?:\.\d+)*)"#,
    r"^\s*([\w.\[\]-]+)\s*(?:==|~=|>=)\s*(\d+(?:\.\d+)*)",
    r"^\s*(?:require\s+)?([\w.-]+\.[\w./-]+)\s+v(\d+(?:\.\d+)*)",
    r"^\s*(go|toolchain go|nodejs|python|ruby)\s*(\d+(?:\.\d+)*)\s*$",
    r"^\s*FROM\s+(?:--\S+\s+)?([\w./-]+):[a-z]*-?v?(\d+(?:\.\d+)*)",
    r#"^\s*-?\s*(image|targetRevision|tag|version|appVersion|newTag|revision)\s*:\s*"?(?:[\w./-]+:)?v?(\d+(?:\.\d+)+)"#,
    r#"^\s*gem\s+["']([\w-]+)["']\s*,\s*["'][~>= ]*(\d+(?:\.\d+)*)"#,
    r"^\s*<(\w*[vV]ersion)>\s*(\d+(?:\.\d+)*)",
    r#"["']([\w.-]+:[\w.-]+):(\d+(?:\.\d+)*)["']"#,
    r#"PackageReference\s+Include="([\w.]+)"\s+Version="(\d+(?:\.\d+)*)"#,
];

fn versions(file: &File<'_>, findings: &mut Findings) {
    static COMPILED: LazyLock<Vec<Regex>> =
        LazyLock::new(|| VERSIONS.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect());
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    for hunk in &file.hunks {
        for (side, out) in [(&hunk.old, &mut old), (&hunk.new, &mut new)] {
            let mut name = String::new();
            for (number, changed, raw, code) in side.each() {
                let key = raw.trim().trim_start_matches('"');
                if let Some(named) = key.strip_prefix("name = \"").or_else(|| key.strip_prefix("node_modules/")) {
                    named.split('"').next().unwrap_or_default().clone_into(&mut name);
                }
                if !changed {
                    continue;
                }
                if let Some(found) = COMPILED.iter().find_map(|regex| regex.captures(code)) {
                    let mut key = found[1].to_owned();
                    if key == "version" && !name.is_empty() {
                        key.clone_from(&name);
                    }
                    let version: Vec<u64> = found[2].split('.').map(|part| part.parse().unwrap_or(0)).collect();
                    let entry = out.entry(key).or_insert((version.clone(), number));
                    if version > entry.0 {
                        *entry = (version, number);
                    }
                }
            }
        }
    }
    for (name, (version, line)) in &new {
        let back = |before: &Vec<u64>| {
            let shared = before.len().min(version.len());
            version[..shared] < before[..shared]
        };
        if name != "edition" && old.get(name).is_some_and(|(before, _)| back(before)) {
            findings.add(file.path(), *line, &named("version_pinned_back"));
        }
    }
}

/// A registry that the old side did not name.
fn hosts(file: &File<'_>, findings: &mut Findings) {
    static URL: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:https?|git\+\w+|sparse\+https?|ssh)://(?:[^\s/@]*@)?([\w.-]+)").ok());
    static CONFIG: LazyLock<globset::GlobSet> = LazyLock::new(|| {
        language::globs(&[
            "**/.npmrc",
            "**/.yarnrc*",
            "**/.cargo/**",
            "**/pip.conf",
            "**/.pypirc",
            "**/nuget.config",
            "**/settings.xml",
            "**/bunfig.toml",
        ])
    });
    let (Some(url), true) = (URL.as_ref(), language::is_lock(file.path()) || CONFIG.is_match(file.path())) else {
        return;
    };
    let all = |side: fn(&crate::side::Hunk) -> &Side| -> Vec<(String, u64)> {
        let lines = file.hunks.iter().flat_map(move |hunk| side(hunk).each());
        lines
            .flat_map(|(number, _, raw, _)| {
                url.captures_iter(raw).map(move |found| (found[1].to_lowercase(), number)).collect::<Vec<_>>()
            })
            .collect()
    };
    let before: BTreeSet<String> = all(|hunk| &hunk.old).into_iter().map(|(host, _)| host).collect();
    let added = file.change.status == "added";
    for (host, line) in all(|hunk| &hunk.new) {
        // An archive of a code host is a new source where a registry was before.
        let archive = matches!(host.as_str(), "github.com" | "codeload.github.com");
        let known = HOSTS.contains(&host.as_str()) && (added || !archive);
        if !before.contains(&host) && !known {
            findings.add(file.path(), line, &named("registry_changed"));
            return;
        }
    }
}

/// Conflict markers that were there before and still are.
fn markers(file: &File<'_>, findings: &mut Findings) {
    for (number, _, raw, _) in file.hunks.iter().flat_map(|hunk| hunk.new.each()) {
        if ["<<<<<<< ", ">>>>>>> "].iter().any(|marker| raw.starts_with(marker)) {
            findings.add(file.path(), number, &named("conflict_markers_left"));
        }
    }
}

/// Snapshots changed, and nothing that they are taken of.
fn snapshots(files: &[File<'_>], findings: &mut Findings) {
    let changed = files.iter().find(|file| language::is_snapshot(file.path()));
    let source =
        |file: &File<'_>| file.language != Language::Docs && !file.is_test && !language::is_snapshot(file.path());
    if let Some(file) = changed.filter(|_| !files.iter().any(source)) {
        findings.add(file.path(), 0, &named("snapshots_accepted"));
    }
}

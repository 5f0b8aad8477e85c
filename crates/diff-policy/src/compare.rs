//! Numbers, versions and hosts, compared between the two sides; and diffs of nothing but snapshots.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::judge::Findings;
use crate::language::{self, Language};
use crate::rules::named;
use crate::shapes::SHAPES;
use crate::side::{File, Side};

/// Which way a number must not go.
#[derive(Clone, Copy)]
enum Must {
    NoLess,
    NoMore,
    /// At most four times as much.
    Moderate,
}

/// Pattern (first group: key; second: number), direction, rule.
const NUMBERS: &[(&str, Must, &str)] = &[
    (
        r#"(?i)\b((?:branches|functions|lines|statements|fail[_-]under(?:[_-]\w+)?|cov-fail-under|threshold|coverage\w*|min\w*coverage\w*|minimum|covered-ratio|minScore|min_score|mutation\w*|target))['"]?\s*(?::=|\?=|[:=]|=>|\s)\s*['"]?(\d+(?:\.\d+)?)"#,
        Must::NoLess,
        "threshold_lowered",
    ),
    (
        r"(?i)<(minimum|\w*threshold|\w*coverage\w*|(?:total)?(?:branch|line)rate)>\s*(\d+(?:\.\d+)?)",
        Must::NoLess,
        "threshold_lowered",
    ),
    (
        r#"\b(toBeCloseTo|assertAlmostEqual|numDigits|places|decimal)\b[^\n]*[,=(]\s*(\d+)\s*\)"#,
        Must::NoLess,
        "threshold_lowered",
    ),
    (
        r#"(?i)\b(max-warnings|maxWarnings|max_warnings|max-?complexity|max-line-length|max_line_length|maxDiffPixels|maxDiffPixelRatio|failureThreshold|tolerance|epsilon|eps|delta|atol|rtol|abs_tol|rel_tol|within|maximumFileSizeToCacheInBytes|chunkSizeWarningLimit|maxSize|maximumError|\w*cvss\w*|max_relative|line-length|threshold-?ms)\b['"]?\s*[:=( ]\s*['"]?(\d+(?:\.\d+)?(?:e-?\d+)?)"#,
        Must::NoMore,
        "threshold_lowered",
    ),
    (
        r#"(?i)\b(assert_\w*(?:approx|relative|abs|ulps)\w*!|approx\(|abs\(\)\s*<|\bNEAR\(|InDelta\(|isCloseTo\(|isclose\()[^\n]*[^\w.](\d+(?:\.\d+)?(?:e-?\d+)?)\s*\)?"#,
        Must::NoMore,
        "threshold_lowered",
    ),
    (
        r"(?i)\b(with_cases|max_examples|numRuns|cases|fuzztime|iterations|repeat|samples?|minSuccessful|tests)\b['\x22]?\s*[:=(]\s*(\d+)",
        Must::NoLess,
        "check_changed",
    ),
    (
        r"(?m)^\s*(memory|cpu|storage|ephemeral-storage)\s*:\s*['\x22]?(\d+(?:\.\d+)?(?:m|[KMGT]i?)?)\b",
        Must::Moderate,
        "timeout_raised",
    ),
    (
        r#"(?i)\b(limit|\w*timeout\w*|initialDelaySeconds|periodSeconds|from_secs|from_millis|deadline\w*)\b['"]?\s*[:=(]\s*['"]?(\d+(?:_\d+)*)"#,
        Must::NoMore,
        "timeout_raised",
    ),
];

/// Files whose numbers are scores to reach.
const SCORED: &[&str] =
    &["**/*{coverage,codecov,jacoco,lighthouse,stryker,pitest,mutation}*.{yml,yaml,json,toml,xml,js,cjs,mjs}"];
const SCORE: &str = r#"(?m)^\s*(?:-\s+)?['"]?([\w-]+)['"]?\s*[:=]\s*['"]?(\d+(?:\.\d+)?)%?"#;

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
    "**/requirements/*.txt",
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
    "**/{gradle,maven}-wrapper.properties",
    "**/.nvmrc",
    "**/.{python,node,ruby,java,go}-version",
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
    "**/Gemfile.lock",
    "**/composer.lock",
    "**/*.tf",
    "**/.terraform.lock.hcl",
    "**/mix.exs",
    "**/Package.swift",
    "**/Package.resolved",
    "**/Podfile*",
    "**/*.props",
    "**/build.sbt",
    "**/setup.*",
];

pub(crate) fn judge(files: &[File<'_>], findings: &mut Findings) {
    static NUMBER: LazyLock<Vec<(Regex, Must, &str)>> = LazyLock::new(|| {
        NUMBERS.iter().filter_map(|(pattern, must, rule)| Some((Regex::new(pattern).ok()?, *must, *rule))).collect()
    });
    static SCORES: LazyLock<Option<(Regex, Must, &str)>> =
        LazyLock::new(|| Some((Regex::new(SCORE).ok()?, Must::NoLess, "threshold_lowered")));
    static SCORE_FILES: LazyLock<globset::GlobSet> = LazyLock::new(|| language::globs(SCORED));
    static VERSIONED: LazyLock<globset::GlobSet> = LazyLock::new(|| language::globs(MANIFESTS));
    for file in files.iter().filter(|file| file.language != Language::Docs) {
        if !language::is_generated(file.path()) {
            NUMBER.iter().for_each(|row| numbers(file, row, findings));
        }
        if file.language == Language::Docker || VERSIONED.is_match(file.path()) {
            versions(file, findings);
        }
        if let Some(score) = SCORES.as_ref().filter(|_| SCORE_FILES.is_match(file.path())) {
            numbers(file, score, findings);
        }
        hosts(file, findings);
        checksums(file, findings);
        markers(file, findings);
    }
    snapshots(files, findings);
}

/// A number, with the unit of a Kubernetes quantity.
fn value(text: &str) -> Option<f64> {
    #[rustfmt::skip]
    const UNITS: &[(&str, f64)] = &[
        ("m", 0.001), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12),
        ("Ki", 1024.0), ("Mi", 1_048_576.0), ("Gi", 1_073_741_824.0), ("Ti", 1_099_511_627_776.0),
    ];
    let text = text.replace('_', "");
    let unit = UNITS.iter().find_map(|(unit, times)| Some((text.strip_suffix(unit)?, *times)));
    let (number, times) = unit.unwrap_or((&text, 1.0));
    Some(number.parse::<f64>().ok()? * times)
}

/// Numbers of one key, paired in order within a hunk.
fn numbers(file: &File<'_>, (regex, must, rule): &(Regex, Must, &str), findings: &mut Findings) {
    let Some(shapes) = SHAPES.as_ref() else { return };
    // The strings of a build script are its settings.
    let build = ["gradle", ".kts", ".sbt"].iter().any(|mark| file.path().contains(mark));
    for hunk in &file.hunks {
        let all = |side: &Side| -> Vec<(String, f64, u64)> {
            let lines = side.each().filter(|(_, changed, raw, _)| *changed && !shapes.sleeps.is_match(raw));
            lines
                .flat_map(|(number, _, raw, code)| {
                    regex
                        .captures_iter(if build { raw } else { code })
                        .filter_map(|found| {
                            Some((found.get(1)?.as_str().to_lowercase(), value(found.get(2)?.as_str())?, number))
                        })
                        .collect::<Vec<_>>()
                })
                .collect()
        };
        let (mut old, new) = (all(&hunk.old), all(&hunk.new));
        for (key, value, line) in new {
            let Some(index) = old.iter().position(|(old_key, _, _)| *old_key == key) else { continue };
            let (_, before, _) = old.remove(index);
            let wrong = match must {
                Must::NoLess => value < before,
                Must::NoMore => value > before,
                Must::Moderate => before > 0.0 && value > before * 4.0,
            };
            if wrong {
                findings.add(file.path(), line, &named(rule));
            }
        }
    }
}

/// Name and version on one line, or a name and then a version, as lock files write them.
const VERSIONS: &[&str] = &[
    r#"^\s*"?([@\w./-]+)"?\s*=\s*(?:\{[^}\n]*version\s*=\s*)?"[\^~=>v ]*(\d+(?:\.\d+)*)(?:[-+.," ]|$)"#,
    r#"^\s*"((?:@?[\w.-]+/)?[\w.-]+)"\s*:\s*"[\^~=>v ]*(\d+(?:\.\d+)*)(?:[-+.," ]|$)"#,
    r"^\s*([\w.\[\]-]+)\s*(?:==|~=|>=)\s*(\d+(?:\.\d+)*)",
    r"^\s*(?:require\s+)?([\w.-]+\.[\w./-]+)\s+v(\d+(?:\.\d+)*)",
    r"^\s*(go|toolchain go|nodejs|python|ruby)\s*(\d+(?:\.\d+)*)\s*$",
    r"^\s*FROM\s+(?:--\S+\s+)?([\w./-]+):[a-z]*-?v?(\d+(?:\.\d+)*)",
    r#"^\s*-?\s*image\s*:\s*['"]?([\w./-]+):v?(\d+(?:\.\d+)*)"#,
    r#"^\s*-?\s*(image|targetRevision|tag|version|appVersion|newTag|revision|kubeVersion)\s*:\s*['"]?[>=~^ ]*(?:[\w./-]+:)?v?(\d+(?:\.\d+)+)"#,
    r#"\burl:\s*"([^"\n]+)"[^"\n]*"(\d+(?:\.\d+)+)"#,
    r#"^\s*gem\s+["']([\w-]+)["']\s*,\s*["'][~>= ]*(\d+(?:\.\d+)*)"#,
    r"^\s*<([\w.-]*[vV]ersion[\w.-]*)>\s*(\d+(?:\.\d+)*)",
    r"^\s*([a-z][\w-]*)\s+(\d+(?:\.\d+)+)\s*$",
    r#"["']([\w.-]+:[\w.-]+):(\d+(?:\.\d+)*)["']"#,
    r#"^\s*['"]?/?(@?[\w./-]+)@(\d+(?:\.\d+)+)[^:\n]*:"#,
    r#"^\s*"?(version)"?:?\s+"v?(\d+(?:\.\d+)*)"#,
    r"^\s+([\w-]+) \((\d+(?:\.\d+)*)[^)\n]*\)",
    r#"^\s*\{:(\w+),\s*"[~>= ]*(\d+(?:\.\d+)*)"#,
    r#"\b(from|exact|upToNextMajor\(from|upToNextMinor\(from)\s*:\s*"(\d+(?:\.\d+)*)"#,
    r#"^\s*pod\s+["']([\w/-]+)["']\s*,\s*["'][~>= ]*(\d+(?:\.\d+)*)"#,
    r#"^\s*([\w-]+)\s*:\s*['"]?[\^~>=]+\s*v?(\d+(?:\.\d+)*)"#,
    r"^\s*(distributionUrl)=\S*-(\d+(?:\.\d+)+)-bin",
    // The whole of `.nvmrc` and its like.
    r"^()v?(\d+(?:\.\d+)*)\s*$",
    r#"Package(?:Version|Reference)\s+Include="([\w.]+)"\s+Version="(\d+(?:\.\d+)*)"#,
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
                let yarn = || Some(key).filter(|key| key.ends_with(':') && key.contains('@') && !raw.starts_with(' '));
                let named = ["name = \"", "name\": \"", "node_modules/"].iter().find_map(|mark| key.strip_prefix(mark));
                if let Some(named) = named.or_else(yarn) {
                    named.split('"').next().unwrap_or_default().clone_into(&mut name);
                }
                if !changed {
                    continue;
                }
                let says = Some(raw).filter(|_| !code.trim().is_empty());
                if let Some(found) = says.and_then(|raw| COMPILED.iter().find_map(|regex| regex.captures(raw))) {
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
        if old.get(name).is_some_and(|(before, _)| back(before)) {
            findings.add(file.path(), *line, &named("version_pinned_back"));
        }
    }
}

/// A registry that the old side did not name.
fn hosts(file: &File<'_>, findings: &mut Findings) {
    static URL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:(?:https?|git\+\w+|sparse\+https?|ssh)://(?:[^\s/@]*@)?|\bgit@)([\w.-]+)").ok()
    });
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
            "**/.gitmodules",
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

/// A package of a lock file that stays without its checksum.
fn checksums(file: &File<'_>, findings: &mut Findings) {
    static SUM: LazyLock<Option<[Regex; 2]>> = LazyLock::new(|| {
        Some([
            Regex::new(r#"(?m)^\s*"?(integrity|checksum|content-hash|contentHash)"?\s*[:= ]|\bsha(256|512)[:-]"#)
                .ok()?,
            Regex::new(r#"(?m)^\s*"?(version|resolved|resolution)"?\s*[:= ]"#).ok()?,
        ])
    });
    let (Some([sum, version]), true) = (SUM.as_ref(), language::is_lock(file.path())) else { return };
    for hunk in &file.hunks {
        let fewer = |regex: &Regex| regex.find_iter(&hunk.old.text).count() > regex.find_iter(&hunk.new.text).count();
        if fewer(sum) && !fewer(version) {
            findings.add(file.path(), hunk.at, &named("registry_changed"));
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

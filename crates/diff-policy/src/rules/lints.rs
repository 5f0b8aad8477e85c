//! Linters, compilers, scanners and type checkers: silenced, lowered, got around.

use super::{Rule, code, comment, file, file_altered, file_gone, gone};
use crate::judge::Verdict::{Never, Person};
use crate::language::Language::*;
use crate::rules::{Change, On, Part, Sign};

pub(super) const LINTS: Rule = Rule {
    name: "lint_silenced",
    says: Never,
    sentence: "silence a linter, a compiler, a scanner or a type checker (`#[allow]`, `eslint-disable`, `@ts-ignore`, `# noqa`, `//nolint`, `@SuppressWarnings` …)",
    signs: &[
        code(
            &[Rust],
            r"#!?\[(cfg_attr\([^\]]*\b)?(allow|expect|warn)\s*\([^\]]*\]|#!?\[(cfg_attr\([^\]]*)?(rustfmt::skip|rustfmt_skip|automatically_derived)[^\]]*\]",
        ),
        Sign {
            on: On::Languages(&[Rust]),
            part: Part::Code,
            change: Change::Altered,
            pattern: r"#!\[(deny|forbid)\([^\]]*\]",
        },
        comment(
            r"\b(es|ts|style|ox|js|std|html)lint-disable\S*[^\n]*|\b(es|ts|style)lint:disable\S*[^\n]*|\b(jshint|jslint|eslint)\s+\S+:\s*(true|off|0)[^\n]*|/\*\s*eslint\s[^\n]*|\bbiome-ignore\S*[^\n]*|\bprettier-ignore\S*|\bdeno-(lint|fmt)-ignore\S*[^\n]*|\b(istanbul|c8|v8|vitest|coverage)[ :]ignore[^\n]*|@ts-(ignore|expect-error|nocheck)\b|@type\s*\{\s*any\s*\}|\$FlowFixMe|\$FlowIgnore|@noflow",
        ),
        comment(
            r"(?i)\btype:\s*ignore\b[^\n]*|\bnoqa\b[^\n]*|\bpylint:\s*disable[^\n]*|\bpyright:\s*\w*[^\n]*|\bmypy:\s*[^\n]*|\bruff:\s*noqa[^\n]*|\bfmt:\s*(off|skip)\b|\bpragma:\s*no ?cover[^\n]*|\bnosec\b[^\n]*|\bnosemgrep\b[^\n]*|\bpyre-(ignore|fixme)[^\n]*|\bisort:\s*skip[^\n]*|\bflake8:\s*noqa",
        ),
        comment(
            r"(?i)\bnolint\S*|\bnolint(nextline|begin|end)?\b|//lint:\S+[^\n]*|#nosec\b|\brevive:disable\S*|\bclang-(tidy|format) (off|ignore)|\bcppcheck-suppress\S*|\bcodeql\s*\[[^\n]*|\blgtm\b[^\n]*|\bcoverity\[[^\n]*|\bgcov[_:]?excl\S*|\bLCOV_EXCL\S*|\bsonar(cloud|qube)?:\s*(off|ignore)|\bNOSONAR\b|\bdevskim:\s*ignore[^\n]*",
        ),
        comment(
            r"(?i)\brubocop:\s*(disable|todo)[^\n]*|@phpstan-ignore\S*|@psalm-suppress[^\n]*|\bphpcs:\s*(ignore|disable)\S*|@codeCoverageIgnore\S*|@noinspection[^\n]*|\bnoinspection\b[^\n]*|\bswiftlint:disable\S*[^\n]*|\bktlint-disable\S*|\bdetekt:\S*|\bcheckstyle:\s*off\b|\bCHECKSTYLE\.OFF\S*|\bSuppressFBWarnings|\bReSharper disable\b[^\n]*|\bscalastyle:off\S*|\bscalafix:off|\bcredo:disable\S*",
        ),
        comment(
            r"(?i)\bhadolint\s+(global\s+)?ignore=[^\n]*|\bshellcheck\s+disable=[^\n]*|\byamllint\s+disable\S*[^\n]*|\b(tfsec|tflint|checkov|kics|trivy|terrascan|kube-linter|kubelinter|ignore-check)[:-](ignore|skip)\S*[^\n]*|\btflint-ignore\S*[^\n]*|\bcheckov:skip\S*[^\n]*|\bgitleaks:allow|\bpragma:\s*allowlist[^\n]*|\btrufflehog:ignore|\bggignore\b|\bzizmor:\s*ignore[^\n]*|\bactionlint\S* ignore[^\n]*|\bdockerfile_lint - ignore|\bmarkdownlint-disable\S*[^\n]*|\bhelm-lint-ignore\S*",
        ),
        code(
            &[Jvm],
            r"@(SuppressWarnings|Suppress|SuppressLint|SuppressFBWarnings|SneakyThrows|nowarn|Generated|ExcludeFromJacocoGeneratedReport)\b[^\n]*",
        ),
        code(
            &[Dotnet],
            r"(?m)^\s*#pragma\s+warning\s+disable[^\n]*|\[(assembly:\s*)?(SuppressMessage|ExcludeFromCodeCoverage|UnconditionalSuppressMessage)\b[^\n]*|^\s*#nullable disable",
        ),
        code(
            &[C],
            r#"(?m)^\s*#\s*pragma\s+(GCC|clang)\s+diagnostic\s+ignored[^\n]*|^\s*#\s*pragma\s+warning\s*\(\s*(disable|suppress)[^\n]*|\[\[maybe_unused\]\]|__attribute__\(\(\s*(unused|no_sanitize)[^\n]*"#,
        ),
        code(
            &[Swift],
            r"@available\(\*,\s*deprecated[^\n]*|nonisolated\(unsafe\)|@unchecked Sendable|@preconcurrency import",
        ),
        Sign {
            on: On::All,
            part: Part::Text,
            change: Change::Appears,
            pattern: r#"--cap-lints\b[^\n]*|\s-A\s*(clippy::\S+|warnings\b|dead.code|unused\S*)|-Wno-[\w-]+|-Wconf:[^\s"']*|RUSTFLAGS\s*[:=]\s*""|-nowarn\S*|<(NoWarn|TreatWarningsAsErrors|WarningLevel)>[^\n]*|--max-warnings\S*[^\n]*|--skipLibCheck|--noCheck\b|ignoreBuildErrors\W+true|ignoreDuringBuilds\W+true|--transpile-only|--isolatedModules false|transpileOnly\W+true|--no-lint\b|--quiet-lint"#,
        },
        gone(
            &[Shell, Yaml, Json, Toml, C, Jvm, Other],
            r"-Xfatal-warnings|-Xlint\b|--fatal-warnings\b|-D\s*warnings\b|-Werror\b|--deny[ -]warnings|--max-warnings[ =]0|-warnaserror",
        ),
        code(&[Css], r"stylelint-disable"),
    ],
};

const LINTER_FILES: &[&str] = &[
    "**/.eslintrc*",
    "**/eslint.config.*",
    "**/biome.json*",
    "**/.stylelintrc*",
    "**/stylelint.config.*",
    "**/tslint.json",
    "**/.oxlintrc.json",
    "**/package.json",
    "**/.prettierrc*",
    "**/.jshintrc",
];
const IGNORE_FILES: &[&str] = &[
    "**/.eslintignore",
    "**/.prettierignore",
    "**/.stylelintignore",
    "**/.semgrepignore",
    "**/.trivyignore*",
    "**/.snyk",
    "**/.gitleaksignore",
    "**/.secrets.baseline",
    "**/.grype.y*ml",
    "**/.nsprc",
    "**/audit-ci.json*",
    "**/.auditignore",
    "**/audit.toml",
    "**/osv-scanner.toml",
    "**/.gitleaks.toml",
    "**/.trufflehog*",
    "**/.bandit*",
    "**/.checkov*",
    "**/.kube-linter*",
    "**/.hadolint.y*ml",
    "**/.helmignore.lint",
    "**/.flake8",
    "**/.yamllint*",
    "**/.shellcheckrc",
    "**/.markdownlint*",
    "**/phpstan-baseline*",
    "**/.rubocop_todo.yml",
    "**/.rubocop.yml",
    "**/.golangci.*",
    "**/detekt*.y*ml",
    "**/lint-baseline.xml",
    "**/.tflint.hcl",
    "**/.codeql*/**",
    "**/.coveragerc",
    "**/.cspell.json",
    "**/.ansible-lint*",
    "**/.npmauditrc",
    "**/pip-audit*",
    "**/.safety-policy*",
    "**/suppressions.xml",
    "**/dependency-check-*",
];

pub(super) const LINT_CONFIG: Rule = Rule {
    name: "lint_lowered",
    says: Never,
    sentence: "lower or narrow a linter's, formatter's, scanner's or compiler's configuration, or extend an ignore list",
    signs: &[
        file(
            LINTER_FILES,
            r#"(?m)['"]?[@\w/-]+['"]?\s*:\s*\[?\s*['"]?(off|warn|warning|info)['"][^\n]*|['"][@\w/-]+['"]\s*:\s*\[?\s*[01]\s*[,\]\n][^\n]*"#,
        ),
        file(
            LINTER_FILES,
            r#"['"]?(ignorePatterns|ignores|ignoreFiles|eslintIgnore|globalIgnores)['"]?\s*[:(][^\n]*|"(recommended|enabled)":\s*false|['"]?reportUnusedDisableDirectives['"]?\s*:[^\n]*|defaultSeverity[^\n]*"#,
        ),
        file_gone(LINTER_FILES, r#"['"][@\w/-]+['"]\s*:\s*\[?\s*['"](error)['"][^\n]*"#),
        file(IGNORE_FILES, r"(?m)^\s*[^#\s][^\n]*"),
        file(
            &["**/tsconfig*.json", "**/jsconfig.json"],
            r#""(strict\w*|noImplicit\w+|noUnused\w+|noUnchecked\w+|exactOptionalPropertyTypes|noFallthrough\w+|useUnknownInCatchVariables|checkJs|noEmitOnError)"\s*:\s*false|"(skipLibCheck|allowJs|noCheck|suppress\w+|allowUnreachableCode|allowUnusedLabels|noResolve)"\s*:\s*true|"exclude"\s*:[^\n]*"#,
        ),
        file_gone(
            &["**/tsconfig*.json"],
            r#""(strict\w*|noImplicit\w+|noUnused\w+|noUnchecked\w+)"\s*:\s*true|"include"\s*:[^\n]*"#,
        ),
        file(&["**/Cargo.toml"], r#"(?m)^[^\n]*=\s*(\{[^\n]*level\s*=\s*)?"(allow|warn)"[^\n]*"#),
        file_gone(
            &["**/Cargo.toml"],
            r#"(?m)^[^\n]*=\s*(\{[^\n]*level\s*=\s*)?"(deny|forbid)"[^\n]*|^\[lints\][^\n]*|^\s*lints\.workspace[^\n]*"#,
        ),
        file(
            &["**/deny.toml", "**/.cargo/audit.toml", "**/audit.toml"],
            r#"RUSTSEC-\d+-\d+|(?m)^[^\n]*=\s*"(allow|warn)"|^\s*ignore\b[^\n]*|^\s*(allow|skip|skip-tree|exceptions)\s*=[^\n]*"#,
        ),
        file(
            &["**/{clippy,.clippy}.toml"],
            r"(?m)^\s*(allow-|disallowed-|\S*threshold|too-many|cognitive|msrv|avoid-breaking)[^\n]*",
        ),
        file(
            &["**/{rustfmt,.rustfmt}.toml"],
            r"(?m)^\s*(ignore|disable_all_formatting|skip_children|required_version)[^\n]*",
        ),
        file(
            &[
                "**/{pyproject,ruff,.ruff}.toml",
                "**/{setup.cfg,tox.ini,.flake8,mypy.ini,.pylintrc,pylintrc,pyrightconfig.json,.isort.cfg}",
            ],
            r#"(?m)^\s*"?((extend-|per-file-)?ignore\w*|disable|exclude|extend-exclude|extend_skip|ignore_missing_imports|ignore_errors|follow_imports|disable_error_code|skip|skips|omit|report\w+|typeCheckingMode|disallow_\w+|warn_\w+|strict|check_untyped_defs)"?\s*[=:][^\n]*"#,
        ),
        file(&["**/{pyproject,ruff,.ruff}.toml"], r#"(?m)^\s*"[A-Z]{1,4}\d{0,4}",?\s*$"#),
        file(
            &["**/{pyproject.toml,pytest.ini,tox.ini,setup.cfg}"],
            r"(?m)^\s*xfail_strict\s*=\s*([Ff]alse|0)|^\s*filterwarnings\s*=[^\n]*ignore[^\n]*",
        ),
        file(
            &["**/*.{csproj,props}", "**/.editorconfig"],
            r"(?m)severity\s*=\s*(none|silent|suggestion)[^\n]*|<NoWarn>[^\n]*|<TreatWarningsAsErrors>false[^\n]*|<Nullable>(disable|annotations)[^\n]*|<(NuGetAudit)>false[^\n]*",
        ),
        file(
            &["**/pom.xml", "**/*.gradle*"],
            r"(?m)<(failOnViolation|failsOnError|failOnError|failOnWarning)>\s*false|(ignoreFailures|abortOnError|warningsAsErrors|allWarningsAsErrors|failOnViolation)\s*(=|\s)\s*(true|false)[^\n]*|\bdisable\s*\(?\S[^\n]*|-Xlint:none|-Xlint:-\w+",
        ),
        file(
            &["**/phpstan.neon*", "**/psalm.xml", "**/phpunit.xml*", "**/phpcs.xml*"],
            r"(?m)^\s*(ignoreErrors|level|excludePaths|reportUnmatched\w+)\b[^\n]*|<(exclude|suppress|ignoreFiles)\b[^\n]*|errorLevel=[^\n]*",
        ),
        file(
            &["**/CMakeLists.txt", "**/Makefile", "**/*.mk", "**/meson.build"],
            r"-Wno-[\w-]+|\s-w\b|-fpermissive|werror=false",
        ),
    ],
};

pub(super) const TYPES: Rule = Rule {
    name: "types_erased",
    says: Never,
    sentence: "turn a type into `any`, or cast around the type checker",
    signs: &[
        code(
            &[Js],
            r"(?m)\bas\s+any\b[^\n]*|\bas\s+unknown\s+as\b[^\n]*|\bas\s+never\b[^\n]*|<any>[^\n]*|[\w\]]\??\s*:\s*any\b[^\n]*|\)\s*:\s*any\b[^\n]*|\bany\[\][^\n]*|[<,|]\s*any\s*[>,|;\n][^\n]*|<unknown>\s*[\w(][^\n]*|=\s*any;|[:,<|]\s*Function\b",
        ),
        Sign {
            on: On::Languages(&[Js]),
            part: Part::Text,
            change: Change::Appears,
            pattern: r#"declare module\s+['"][^'"]+['"]\s*(;|\{\s*\}|\n)|declare (const|let|var|function) \w+: any"#,
        },
        code(&[Python], r"(?m)\bcast\(\s*Any\b[^\n]*|(:|->)\s*(typing\.)?Any\b[^\n]*"),
    ],
};

/// Judged by `structure`; the signs are types that ask for nothing.
pub(super) const TYPES_LOOSENED: Rule = Rule {
    name: "types_loosened",
    says: Person,
    sentence: "make a type ask for less than before, or look at fewer files",
    signs: &[
        code(&[Js], r"\bPartial<[^>\n]*>|\[key:\s*string\]\s*:[^\n]*"),
        comment(r"@(param|type|returns?)\s*\{\s*(\*|any|Object|Function)\s*\}[^\n]*"),
        file_gone(&["**/*.{vue,svelte,astro}"], r#"\blang="tsx?""#),
        code(&[Go], r"\binterface\{\}|\bany\b"),
        code(&[Python], r"\[[^\]\n]*\bAny\b[^\n]*|:\s*object\b|@(typing\.)?no_type_check\b"),
        code(&[Dotnet], r"\bdynamic\b|[(,]\s*object\??\s+\w+|\bpublic object\b"),
        code(&[Jvm, Swift], r":\s*Any\b\??|[(,]\s*Object\s+\w+|\bas!\s"),
        code(&[Php], r":\s*mixed\b|[(,]\s*mixed\s+\$"),
        file_altered(&["**/tsconfig*.json"], r#""(include|files|references|exclude|types|extends)"\s*:[^\n]*"#),
    ],
};

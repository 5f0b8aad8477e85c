//! What surrounds the code: checks, thresholds, protection, dependencies, paths.

use super::{Rule, altered, code, file, file_altered, file_gone, gone};
use crate::judge::Verdict::{Never, Person};
use crate::language::Language::*;
use crate::rules::{Change, On, Part, Sign};

pub(super) const CHECKS_OFF: Rule = Rule {
    name: "check_disabled",
    says: Never,
    sentence: "take a check out of a build, a script or a pipeline, or make it optional (`continue-on-error`, `if: false`, `allow_failure`)",
    signs: &[
        Sign {
            on: On::Languages(&[Yaml]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r#"(?m)\bcontinue-on-error['"]?:\s*['"]?(true|\$\{\{)[^\n]*|^\s*-?\s*if:\s*['"]?(\$\{\{\s*)?(false|0|'false')\b[^\n]*|^\s*-?\s*if:[^\n]*&&\s*false[^\n]*|\ballow_failure:\s*true|\ballow_failure:\s*$|\bwhen:\s*(manual|never)\b|\bignore_failure:\s*true|\bsoft_fail:\s*[^\n]*|\bcontinueOnError:\s*true|\bfailOnStderr:\s*false|\bexit[-_]code:\s*['"]?0\b|\bfail[-_]?on[-_]?error:\s*['"]?false|\bfail_ci_if_error:\s*['"]?false|\bfail-on-severity:[^\n]*|\bpaths-ignore:[^\n]*|\bbranches-ignore:[^\n]*|^\s*-?\s*skip\w*:\s*['"]?true\b[^\n]*"#,
        },
        Sign {
            on: On::Paths(&["**/package.json"]),
            part: Part::Text,
            change: Change::Appears,
            pattern: r#""(pre|post)?(test|lint|typecheck|type-check|tsc|check|build|ci|audit|format|e2e|verify|validate)(:[\w:-]+)?"\s*:\s*"(\s*|echo\b[^\n]*|true|exit 0[^\n]*|:|node -e\b[^\n]*)",?"#,
        },
        Sign {
            on: On::Languages(&[Shell, Docker, Yaml, Json, Toml]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"(?i)[\s\x22'\[,]--?(validate=false|disable-openapi-validation|skip-schema-validation|skip-tests|no-tests?|no-hooks|ignore-missing-schemas|skip-crds|skip\s|skip-kinds\S*|ignore-filename-pattern|no-fail\S*|warn-only|soft-fail|exit-zero|exit-code[ =]0|fail-on[ =]\w+|audit-level[ =]\w+|severity[ =]\S+|severity-threshold[ =]\S+|ignore-unfixed|ignore-vuln\S*|ignore[ =]\S+|no-audit|no-strict\S*|failure-threshold[ =]\S+)[^\n]*|SKIP_(TESTS?|LINT|CHECKS?|VALIDATION)\s*=\s*\S+|\bCI=(false|0|''|)\s[^\n]*|\bDISABLE_ESLINT_PLUGIN\s*=\s*\S+",
        },
        Sign {
            on: On::Languages(&[Shell, Yaml, Docker]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"(?i)\balerts\b[^\n]*\b(dismiss\w*|resolved)\b[^\n]*",
        },
        file(&["**/package.json"], r"(?i)\bignore(d|s)?_?-?(cves?|ghsas?|advisor\w+|vuln\w*|builds?)\b[^\n]*"),
        gone(
            &[Docker],
            r"(?m)^[ \t]*[^#\s][^\n]*\b(tests?|lint|clippy|audit|verify|vet|check|selftest|mypy|tsc|pytest|sha256sum|gpg)\b[^\n]*|^HEALTHCHECK\b[^\n]*|^USER\b[^\n]*",
        ),
        code(&[Docker], r"(?m)^HEALTHCHECK NONE|^USER (root|0)\b"),
        Sign {
            on: On::Languages(&[Yaml]),
            part: Part::Code,
            change: Change::Disappears,
            pattern: r#"(?m)^\s*-?\s*(livenessProbe|readinessProbe|startupProbe|securityContext|runAsNonRoot|readOnlyRootFilesystem|selfHeal|automated)\s*:"#,
        },
        Sign {
            on: On::Languages(&[Yaml]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r#"(?m)\bignore(Differences|ResourceUpdates)\b|argocd\.argoproj\.io/(compare-options|sync-options|hook)['"]?\s*:[^\n]*|\b(Validate=false|Force=true|Replace=true|SkipDryRunOnMissingResource=true|FailOnSharedResource=false|RespectIgnoreDifferences=true)|\bfailurePolicy:\s*Ignore|\bselfHeal:\s*false|\bfailOpen:\s*true|helm\.sh/resource-policy['"]?:[^\n]*|x-kubernetes-preserve-unknown-fields:\s*true"#,
        },
        gone(
            &[Yaml],
            r"(?m)^\s*(-\s+)?(run|script|command|args|-)\s*:?\s+[^\n]*\b(test|lint|clippy|check|audit|fmt|verify|scan|typecheck|coverage)\b[^\n]*",
        ),
        gone(
            &[Shell],
            r"(?m)^\s*@?(cargo|npm|pnpm|yarn|bun|go|pytest|python -m pytest|make|mvn|gradle|\./gradlew|eslint|tsc|helm|kubectl|kubeconform|golangci-lint|ruff|mypy|rspec|phpunit|dotnet)\b[^\n]*\b(test|lint|clippy|check|audit|vet|verify|fmt|typecheck|mypy|ruff|pytest|eslint|tsc|rspec|phpunit|kubeconform|golangci-lint|template)\b[^\n]*|^\s*@?(golangci-lint|eslint|tsc|kubeconform|ruff|mypy|flake8|pylint|pytest|rspec|rubocop|phpunit|shellcheck|hadolint|yamllint|actionlint|staticcheck|clang-tidy|prettier|biome|vitest|jest)\b[^\n]*",
        ),
        Sign {
            on: On::Paths(&["**/package.json"]),
            part: Part::Text,
            change: Change::Disappears,
            pattern: r#""[\w:-]+"\s*:\s*"[^"\n]*\b(vue-tsc|tsc|svelte-check|eslint|stylelint|biome|jest|vitest|mocha|playwright|cypress) ?[^"\n]*""#,
        },
        Sign {
            on: On::Paths(&["**/package.json"]),
            part: Part::Text,
            change: Change::Disappears,
            pattern: r#""(pre|post)?(test|lint|typecheck|type-check|tsc|check|ci|audit|verify|validate)(:[\w:-]+)?"\s*:"#,
        },
    ],
};

/// Judged by path.
pub(super) const CI_EDITED: Rule = Rule {
    name: "ci_edited",
    says: Never,
    sentence: "edit CI's own configuration (`.github/workflows/`, `.gitlab-ci.yml`, a Jenkinsfile …)",
    signs: &[],
};

/// Judged by `compare`.
pub(super) const THRESHOLDS: Rule = Rule {
    name: "threshold_lowered",
    says: Never,
    sentence: "lower a coverage or severity threshold, or widen a tolerance",
    signs: &[],
};

pub(super) const PROTECTION: Rule = Rule {
    name: "protection_lowered",
    says: Never,
    sentence: "switch off verification or lower privileges' limits (TLS checks, signatures, `privileged`, `verify=False`)",
    signs: &[
        Sign {
            on: On::All,
            part: Part::Text,
            change: Change::Appears,
            pattern: r#"(?i)\b(gh[posur]_[a-z0-9]{20,}|github_pat_\w{20,}|AKIA[A-Z0-9]{16}|sk_live_\w{10,}|xox[bap]-[\w-]{10,}|glpat-[\w-]{15,})|-----BEGIN [A-Z ]*PRIVATE KEY|://[\w.-]+:[\w.%-]{8,}@[\w.-]+|['"](AKIA|gh[pos]_|glpat-|sk_live_|xox[bp]-|AIza)['"]\s*[+.]|\b(b64decode|atob)\(\s*b?['"]|\bverify\s*=\s*False\b|rejectUnauthorized\W+false|InsecureSkipVerify:\s*true|danger_accept_invalid_\w+\(true|NODE_TLS_REJECT_UNAUTHORIZED\S*|strict-ssl\W+false|--no-check-certificate|curl\b[^\n]*\s(-[a-zA-Z]*k[a-zA-Z]*|--insecure)\b|--insecure-\S+|--allow-unauthenticated|--allow-insecure\S*|--trusted-host\S*|sslVerify\W+false|GIT_SSL_NO_VERIFY\S*|CURLOPT_SSL_VERIFYPEER,\s*(false|0)|--allow-downgrades|--nogpgcheck|gpgcheck\s*=\s*0|trusted=yes|GONOSUMCHECK\S*|GONOSUMDB\S*|GOFLAGS\S*-insecure\S*|GOINSECURE\S*|GOSUMDB\s*=\s*off|--no-verify-ssl|ssl\._create_unverified_context|check_hostname\s*=\s*False|ServerCertificateCustomValidationCallback[^\n]*true|--ignore-scripts=false|enableStrictSsl\W+false|StrictHostKeyChecking[= ](no|off|accept-new)\b|UserKnownHostsFile[= ]/dev/null|safe\.directory\s+['"]?\*"#,
        },
        Sign {
            on: On::Languages(&[Yaml, Hcl, Json]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r#"(?m)\b(privileged|allowPrivilegeEscalation|hostNetwork|hostPID|hostIPC)['"]?\s*[:=]\s*true|\brunAsUser:\s*0\b|\brunAsNonRoot:\s*false|\breadOnlyRootFilesystem:\s*false|\bautomountServiceAccountToken:\s*true|^\s*-?\s*permissions:\s*write-all|\bpull_request_target\b|0\.0\.0\.0/0|\bacl\s*=\s*"public[^\n]*|\bpublicly_accessible\s*=\s*true|\bverbs:\s*\[?\s*-?\s*['"]\*['"]|pod-security\.kubernetes\.io/\w+['"]?:\s*['"]?(privileged|baseline)|\b(validationFailureAction|failureAction|enforcementAction):\s*['"]?([Aa]udit|warn|dryrun|deny-dry-run)|^\s*-?\s*(namespace|server|resources|apiGroups|group|kind|sourceRepos|sourceNamespaces)['"]?:\s*\[?\s*['"]\*['"]|\bcluster-admin\b|\b(SYS_ADMIN|NET_ADMIN|SYS_PTRACE|NET_RAW)\b|\bsourceRepos:\s*\n\s*-\s*['"]\*|\bprofile:\s*unconfined|seccompProfile:\s*\{?\s*type:\s*Unconfined|\bencrypted\s*=\s*false|\bmtls?:[^\n]*(PERMISSIVE|DISABLE)|\bmode:\s*(PERMISSIVE|DISABLE)\b"#,
        },
        // Certificates that nobody looks at, however the tool says it.
        Sign {
            on: On::All,
            part: Part::Text,
            change: Change::Appears,
            pattern: r#"(?i)\b\w*(verify|validate|check)[_-]?(ssl|tls|certs?|certificates?|peer|host)\w*['"]?\s*[:=]\s*['"]?(no|false|off|0)\b|\b\w*(ssl|tls)[_-]?(verify|verification|validate|check)\w*['"]?\s*[:=]\s*['"]?(no|false|off|0|none)\b|\bskip[_-]?(tls|ssl)[_-]?verif\w*\W+true|\b(tls|ssl)[_-]?(skip|no)[_-]?verif\w*\W+true"#,
        },
        Sign {
            on: On::Languages(&[Python, Js, Ruby, Jvm, Php, Go]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"\busedforsecurity\s*=\s*False|\b(globalThis|window)\[|\bnew Function\(|\bgetattr\([^)\n]*\+|\b__import__\(|\bcsrf_exempt\b|\bshell\s*=\s*True\b|\beval\(|\bdangerouslySetInnerHTML\b|\bautoescape\s*=\s*False\b|\byaml\.(unsafe_load|load\([^)\n]*Loader=yaml\.(Unsafe)?Loader)|\bskip_before_action :verify_authenticity_token|\bcsrf\(\)\.disable\(\)|\bpickle\.loads\(",
        },
    ],
};

/// Judged by `compare`.
pub(super) const REGISTRY: Rule = Rule {
    name: "registry_changed",
    says: Never,
    sentence: "take a dependency from another registry, host or an unreviewed archive",
    signs: &[],
};

/// Judged by `compare`; the signs are caps and exact pins.
pub(super) const VERSIONS_BACK: Rule = Rule {
    name: "version_pinned_back",
    says: Person,
    sentence: "pin a dependency, base image or toolchain back to an older version",
    signs: &[
        file(
            &["**/Cargo.toml"],
            r#"(?m)^[^\n]*"[^"\n]*(<|=)\s*\d[^"\n]*"|^[^\n]*\bgit\s*=\s*"[^\n]*|^\[patch\.[^\n]*|^[^\n]*\bpath\s*=\s*"[^\n]*"#,
        ),
        file(&["**/package.json"], r#""[^"\n]+"\s*:\s*"[^"\n]*(<|git\+|github:|https?://|file:)[^"\n]*""#),
        file(
            &["**/requirements*.*", "**/constraints*.txt", "**/pyproject.toml", "**/Pipfile", "**/setup.*"],
            r#"(?m)^[^#\n]*[\w\]]\s*[^\n]*(,|\s|")?<=?\s*\d[^\n]*|^[^\n]*(git\+|@ https?:)[^\n]*"#,
        ),
        file(&["**/go.mod"], r"(?m)^\s*replace\b[^\n]*|^\s*exclude\b[^\n]*|\s=>\s[^\n]*"),
        file(&["**/Gemfile", "**/*.gemspec"], r#"(?m)^[^\n]*["']\s*<=?\s*\d[^\n]*"#),
    ],
};

/// Judged by `compare`.
pub(super) const TIMEOUTS: Rule = Rule {
    name: "timeout_raised",
    says: Person,
    sentence: "raise a time-out or a limit",
    signs: &[Sign {
        on: On::Paths(crate::language::TESTS),
        part: Part::Code,
        change: Change::Appears,
        pattern: r"@Timeout\([^\n]*|\bmark\.timeout\([^\n]*|\btimeout\s*[:=]\s*\d{5,}|\}\s*,\s*\d{4,}\s*\)|\b(setTimeout|jest\.setTimeout|test\.setTimeout|this\.timeout|vi\.setConfig|test\.slow)\([^\n]*",
    }],
};

pub(super) const DISABLED: Rule = Rule {
    name: "component_disabled",
    says: Person,
    sentence: "switch off or remove the component that fails",
    signs: &[
        Sign {
            on: On::Languages(&[Yaml, Json, Toml]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r#"(?m)^\s*-?\s*['"]?(enabled|create|install)['"]?\s*[:=]\s*['"]?false|\breplicas:\s*0\b|\bsuspend:\s*true"#,
        },
        Sign {
            on: On::Languages(&[Yaml]),
            part: Part::Code,
            change: Change::Disappears,
            pattern: r"(?m)^kind:[^\n]*|^\s*(limits|requests|networkPolicy|podDisruptionBudget|resources):\s*$",
        },
        altered(&[Yaml], r"(?m)^kind:[^\n]*"),
        gone(&[Yaml], r"\brequired\s+[\x22`]|\{\{-?\s*fail\b|\blookup\b"),
        // A whole manifest under a condition; Argo CD told to look away from files.
        code(&[Yaml], r"(?m)^\{\{-?\s*if\b[^\n]*\n(---\n)?(apiVersion|kind|metadata):"),
        code(&[Yaml], r"(?m)^\s*(exclude|include|recurse)\s*:[^\n]*"),
        code(
            &[Yaml],
            r"\bprune:\s*false|\bbackoffLimit:\s*\d{2,}|\brestartPolicy:\s*Never|\bmaxUnavailable:\s*['\x22]?100%|\bminAvailable:\s*0\b",
        ),
        Sign {
            on: On::Paths(&["**/kustomization.y*ml"]),
            part: Part::Code,
            change: Change::Disappears,
            pattern: r"(?m)^\s*-\s+(path:\s*)?\S*(\.ya?ml|/\S+)\s*$",
        },
        Sign {
            on: On::Languages(&[Yaml]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r#"\bsleep['"]?,?\s+['"]?(infinity|inf|\d{4,})|tail -f /dev/null|command:\s*\[\s*['"]?(/bin/)?(true|echo)\b"#,
        },
        gone(&[Yaml], r"\b(secretKeyRef|persistentVolumeClaim|tls|podSecurityContext|topologySpreadConstraints)\s*:"),
        file_altered(&["**/Cargo.toml"], r"(?m)^default\s*=\s*\[[^\n]*"),
        file(&["**/Cargo.toml"], r"(?m)^exclude\s*=[^\n]*|\boptional\s*=\s*true\b"),
        file(
            &["**/*.config.{ts,js,mjs,cjs,mts}"],
            r#"\b(typeCheck|strict|typescript|eslint|lint\w*|check\w*|valid\w*|fail\w*|throw\w*)['"]?\s*:\s*(false|'off'|"off"|0)\b"#,
        ),
        code(&[Rust], r"#!?\[cfg\([^\]\n]*\b(not\(|feature\b)[^\]\n]*\]"),
        file(
            &["**/{vite,rollup,webpack,esbuild}*.config.*"],
            r"['\x22][@\w/.-]+['\x22]\s*:\s*false\b|\bonwarn\b|\bignoreWarnings\b|\bexternals?\s*:|\b(emitOnErrors|noEmitOnErrors)\b|\b(bail|strictExportPresence|failOnError|failOnWarning|overlay)\s*:\s*false|\b(stats|logLevel)\s*:\s*\S(errors-only|none|silent|error)\b",
        ),
        code(
            &[Hcl],
            r"\bignore_changes\s*=[^\n]*|\bprevent_destroy\s*=\s*false|\bskip_final_snapshot\s*=\s*true|\bdeletion_protection\s*=\s*false|(?m)^\s*count\s*=\s*0\s*$",
        ),
        gone(&[Hcl], r"(?m)^\s*(validation|precondition|postcondition|check)\b[^\n]*\{"),
    ],
};

pub(super) const INSTALL: Rule = Rule {
    name: "install_loosened",
    says: Person,
    sentence: "install dependencies past their own constraints (`--legacy-peer-deps`, `--force`)",
    signs: &[
        Sign {
            on: On::Languages(&[Shell, Docker, Yaml, Json, Toml]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"--(legacy-peer-deps|force|no-optional|ignore-scripts|ignore-engines|no-deps|ignore-requires-python|break-system-packages|ignore-platform-reqs?|no-frozen-lockfile|no-immutable)\b|--frozen-lockfile=false|legacy-peer-deps\s*=\s*true",
        },
        file(&["**/package.json"], r#""[^"\n]+"\s*:\s*"(\*|latest|x|>=?\s*0[^"\n]*|npm:[^"\n]*)""#),
        file(&["**/Cargo.toml"], r#"(?m)^[^\n]*=\s*(\{\s*version\s*=\s*)?"(\*|>=?\s*0[^"\n]*)"[^\n]*"#),
        file_gone(&["**/package.json"], r#""(engines|resolutions|overrides|packageManager|peerDependencies)"\s*:"#),
        Sign {
            on: On::All,
            part: Part::Text,
            change: Change::Appears,
            pattern: r"npm config set[^\n]*|engine-strict\s*=\s*false",
        },
        // An image that is any image, a failure that the next command hides.
        code(&[Docker], r"(?m)^FROM\s+[^\s:@]+(:latest)?(\s+AS\s+\w+)?\s*$"),
        code(
            &[Yaml],
            r"(?m)^\s*-?\s*(image|tag|targetRevision|version|newTag)\s*:\s*['\x22]?([^\s:'\x22]+:)?(latest|HEAD|\*|>=?\s*0[^\n]*)['\x22]?\s*$|^\s*-?\s*image\s*:\s*[^\s:@{]+\s*$",
        ),
        Sign {
            on: On::Languages(&[Docker, Yaml]),
            part: Part::Code,
            change: Change::Disappears,
            pattern: r"@sha256:[0-9a-f]+",
        },
        code(&[Docker], r"(?m)^\s*(RUN|&&)?[^\n;]*[^\s;]\s*;\s*[\w/.]+[^\n]*"),
        code(&[Yaml, Docker], r":latest\b"),
        file(
            &["**/package.json", "**/pnpm-workspace.yaml", "**/.yarnrc.yml"],
            r#"\b(ignoreMissing|allowAny|allowedVersions|peerDependencyRules|trustedDependencies)\b"#,
        ),
        gone(&[Shell, Docker, Yaml], r"\b(gradlew?|mvnw?)\b[^\n]*\b(build|check|verify|install|test)\b"),
        file(&["**/package.json"], r#""[\w:-]+"\s*:\s*"[^"\n]*;[^"\n]*""#),
        // Strictness that is gone.
        gone(
            &[Shell, Docker, Yaml, Json, Toml],
            r"--(locked|frozen|frozen-lockfile|immutable|require-hashes|strict|atomic|exit-code[ =]1|fail-\w+|check|verify|coverage|min=\d+|cov-fail-under|error-on-\w+)\b|\bnpm ci\b|\s-race\b",
        ),
        Sign {
            on: On::Languages(&[Shell, Docker, Yaml, Json]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"--if-present\b|[^&\d]2>\s*/dev/null",
        },
        code(&[Docker], r"\|\|[^\n]*|(?m)^COPY --from=[^\n]*\*[^\n]*|^COPY --from=\S*[/:]\S*"),
        code(&[Docker], r"(?m)\b(touch|mkdir -p (target|dist|build|out)|:\s*>)[^\n]*"),
    ],
};

/// Judged by path.
pub(super) const OUTSIDE: Rule = Rule {
    name: "outside_the_kind",
    says: Person,
    sentence: "change files that have nothing to do with this kind of failure",
    signs: &[],
};

/// Judged by `repairs`.
pub(super) const ANOTHER: Rule = Rule {
    name: "another_repair",
    says: Person,
    sentence: "repair something else than what failed: more than layout for a formatter, no dependency for an advisory",
    signs: &[],
};

/// Judged by path; the sign is of scripts.
pub(super) const PERSON_PATH: Rule = Rule {
    name: "needs_a_person",
    says: Person,
    sentence: "change owners, agents' instructions, hooks, tool configuration or toolchains",
    // Scripts that check, pointed elsewhere or at less.
    signs: &[Sign {
        on: On::Paths(&["**/package.json"]),
        part: Part::Text,
        change: Change::Altered,
        pattern: r#""(pre|post)?(test|lint|typecheck|type-check|check|audit|verify|validate)(:[\w:-]+)?"\s*:\s*"[^"\n]*"|"[\w:-]+"\s*:\s*"[^"\n]*\b(prettier|eslint|stylelint|biome|oxlint|jest|vitest|mocha|playwright|cypress|nyc|c8|knip|size-limit)\s[^"\n]*""#,
    }],
};

/// Judged by reading.
pub(super) const UNREADABLE: Rule =
    Rule { name: "unreadable", says: Person, sentence: "add binary files, or files too large to review", signs: &[] };

/// Judged by the header.
pub(super) const FILE_MODE: Rule =
    Rule { name: "file_mode", says: Person, sentence: "add symlinks, submodules or executable bits", signs: &[] };

pub(super) const SCHEMA: Rule = Rule {
    name: "schema_loosened",
    says: Person,
    sentence: "loosen a schema that inputs are checked against",
    signs: &[Sign {
        on: On::Paths(&["**/*.schema.json", "**/schema*.json"]),
        part: Part::Text,
        change: Change::Altered,
        pattern: r#""(required|enum|minimum|maximum|minLength|maxLength|pattern|additionalProperties)"\s*:[^\n]*"#,
    }],
};

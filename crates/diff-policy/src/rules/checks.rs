//! How checks are run, and with what rights.

use super::{Rule, altered, code, comment, file, file_altered, gone};
use crate::judge::Verdict::Person;
use crate::language::Language::*;
use crate::rules::{Change, On, Part, Sign};

/// Lists of what is not looked at, whatever the tool.
const EXCEPTIONS: &[&str] = &[
    "**/*{exclude,exclusion,suppress,allowlist,allow-list,whitelist,baseline,false-positive,false_positive}*.{xml,json,yml,yaml,txt,toml,neon,csv}",
    "**/*{known-failures,known_failures,expected-failures,expected_failures,quarantine,skiplist,skip-list,skip_list,flaky}*",
    "**/{spotbugs,findbugs,checkstyle,pmd,detekt}/**",
];

/// How checks are run, in scripts and in the files that configure them.
pub(super) const CHECK_CHANGED: Rule = Rule {
    name: "check_changed",
    says: Person,
    sentence: "change how something is tested, linted or scanned",
    signs: &[
        // Any tool's way to say "not here", in a comment.
        comment(
            r"(?i)\b[a-z][\w.]*[:-](disable|ignore|skip|suppress|off|allow|exclude|nocheck)\b[^\n]*|\bskipcq\b[^\n]*",
        ),
        gone(&[Shell, Docker, Yaml], r"\bpipefail\b"),
        gone(&[Rust], r"#\[must_use\b"),
        code(&[Shell, Yaml, Docker], r"&&\s*break\b"),
        // Words that say that a test does not count, whatever the framework.
        Sign {
            on: On::Paths(crate::language::TESTS),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"(?im)(^|[^.\w])(skip(_\w+)?|broken|test_(skip|broken)|flaky|quarantined?|fixme|xfail|xit|wip|pendingWith)\b|^\s*pending\s*;?$|^\s*(ignore|todo|only|disabled)\s*:\s*[^f\s]|\bexclude\s*[:=]|\.fail\(\s*\)|\bpending\(",
        },
        // A test that is compiled only somewhere.
        Sign {
            on: On::Paths(crate::language::TESTS),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"(?m)^\s*#\s*if(n?def)?\b[^\n]*",
        },
        Sign {
            on: On::Paths(crate::language::TESTS),
            part: Part::Text,
            change: Change::Appears,
            pattern: r#"(?i)\brobot:skip\b|\btags\b[^\n]*['"]!\w+['"][^\n]*"#,
        },
        file_altered(&["**/Rakefile", "**/*.rake"], r"(?m)\b(pattern|test_files|libs)\s*[+-]?=[^\n]*"),
        gone(&[Shell, Jvm, Xml, Toml, Json], r"(?i)\bwarnings?_?as_?errors?\b[^\n]*"),
        file(
            &["**/{jest,vitest,vite,karma}*.config.*", "**/package.json"],
            r"\b(diagnostics|typecheck)\W+false|\b(isolatedModules|silent)\W+true|\ballowOnly\W+true",
        ),
        file_altered(
            &["**/{pyproject,ruff,.ruff}.toml", "**/setup.cfg"],
            r"(?m)^\s*(select|extend-select|enable|plugins|strict\w*|testpaths|python_files|python_functions|addopts|source|branch|fail_on)\s*=[^\n]*",
        ),
        altered(
            &[Shell],
            r"(?m)^\s*@?[^\n=]*\b(go|cargo|npm|npx|pnpm|yarn|pytest|mvn|mvnw|gradle|gradlew|dotnet|ctest|bats|rspec|phpunit|swift|tox|nox|make)\b[^\n]*\b(test|tests|nextest|vet|lint|clippy|check|audit|verify|pytest)\b[^\n]*|^\s*@?(pytest|ctest|bats|rspec|phpunit|tox|nox|eslint|tsc|mypy|ruff|flake8|shellcheck|golangci-lint|trivy|gitleaks|semgrep|kubeconform|helm lint|conftest)\b[^\n]*",
        ),
        // Files that do nothing but check.
        file_altered(
            &[
                "**/{noxfile,tasks}.py",
                "**/{tox,pytest,mypy,.mypy}.ini",
                "**/{jest,vitest,playwright,cypress,karma,wdio,lint-staged,commitlint}*.{config.,conf.,}*{js,ts,mjs,cjs,mts,json}",
                "**/{jest,vitest,playwright,cypress,karma,wdio}.{workspace,config,setup,projects}.*",
                "**/.lintstagedrc*",
                "**/.mocharc*",
                "**/.nycrc*",
                "**/.c8rc*",
                "**/.rspec",
                "**/.simplecov",
                "**/phpunit.xml*",
                "**/{phpstan,psalm,infection}*.{neon,xml,json,dist,json5}*",
                "**/{checkstyle,pmd,spotbugs,findbugs,detekt,suppressions}*.{xml,yml,yaml}",
                "**/{tarpaulin,nextest,.config/nextest,cargo-mutants}.toml",
                "**/sonar-project.properties",
                "**/.coveragerc",
                "**/{conftest,kubeconform,kube-score,polaris,datree,pluto}.{toml,yaml,yml}",
                "**/ct.yaml",
                "**/.swiftlint.yml",
                "**/.pylintrc",
                "**/.clang-tidy",
                "**/cspell.json",
                "**/.{credo,dialyzer_ignore}.exs",
                "**/.{scalafix,scalafmt}.conf",
                "**/scalastyle*.xml",
                "**/analysis_options.yaml",
                "**/.{rubocop,reek,erb-lint,haml-lint,standard,scss-lint,slim-lint}*.yml",
                "**/.{luacheckrc,lintr,jshintrc,tflint.hcl,editorconfig,ktlint}*",
                "**/{.php-cs-fixer*,phpcs.xml*,.phpcs.xml*,rector.php,deptrac.y*ml,grumphp.yml}",
                "**/{.ansible-lint,.sqlfluff,buf.yaml,.buf.yaml,.protolint.yaml,.spectral.y*ml}*",
                "**/{dprint,.dprint,.oxlintrc,.size-limit,bundlesize,.bundlewatch,lighthouserc,.ls-lint}*.{json,yml,js}",
                "**/{lychee,typos,_typos,.typos}.toml",
                "**/{trivy,.grype,.kube-linter,.kube-score,.checkov,.kics}.y*ml",
                "**/{ava,tap,.tap,nightwatch,testcafe,backstop,.percy}*.{config.js,config.mjs,rc,json,yml}",
            ],
            r"(?m)^[^\n]*\w[^\n]*$",
        ),
        Sign {
            on: On::All,
            part: Part::Text,
            change: Change::Appears,
            pattern: r"<!--\s*[\w-]+[-: ](disable|ignore|off|suppress)[^\n]*",
        },
        file(
            &[
                "**/{jest,vitest,vite,karma,playwright,cypress}*.{config,conf}.*",
                "**/.{nycrc,c8rc}*",
                "**/package.json",
            ],
            r#"['"]![^'"\n]+['"]"#,
        ),
        file(EXCEPTIONS, r"(?m)^[^#\n]*\w[^\n]*$"),
        file_altered(
            &["**/package.json"],
            r#""[^"\n]*\*[^"\n]*"\s*:\s*\[?[^\n]*\b(eslint|tsc|jest|vitest|stylelint|prettier|biome)\b[^\n]*"#,
        ),
        // What Argo CD is told to think of a resource.
        code(&[Yaml], r"\bresource\.customizations\b[^\n]*|\bhs\.status\s*="),
        file(&["**/package.json"], r#""(pre|post)?(install|prepare|pack|publish)"\s*:[^\n]*"#),
        file_altered(&["**/package.json"], r#""(pre|post)?(install|prepare|pack|publish)"\s*:[^\n]*"#),
        code(
            &[Yaml, Toml, Hcl],
            r"(?m)^\s*-?\s*[\w-]+\s*[:=]\s*['\x22]?(ignore|skip|never|disabled?|off|continue|permissive|warn)['\x22]?\s*$",
        ),
        // Less of the same: fewer cases, shorter fuzzing.
        file(
            &["**/*.{csproj,fsproj,props,targets}"],
            r#"<(Compile|None|EmbeddedResource) Remove=[^\n]*|<IsTestProject>false[^\n]*|Condition="[^"\n]*(CI|false)[^\n]*"#,
        ),
        file(
            &["**/.dockerignore", "**/*.dockerignore", "**/.helmignore", "**/.gitignore", "**/.npmignore"],
            r"(?mi)^[^!#\n]*(tests?|spec|e2e|__tests__|migrations|templates|\.crt|\.sql)\b[^\n]*",
        ),
    ],
};

pub(super) const RIGHTS: Rule = Rule {
    name: "rights_raised",
    says: Person,
    sentence: "ask for more rights",
    signs: &[
        code(
            &[Yaml, Hcl, Json],
            r#"(?m)^kind:\s*ClusterRole(Binding)?\b|\b(contents|packages|id-token|actions|checks|deployments|pull-requests)['"]?:\s*write\b|\b(impersonate|escalate)\b|\bpublic\s*[:=]\s*true|\btype:\s*(LoadBalancer|NodePort)\b|\bhostPath\s*:|docker\.sock"#,
        ),
        code(
            &[Docker, Shell, Yaml],
            r"/branches/[^\n]*protection|/rulesets\b|\benforce_admins\b|\s--admin\b|\b\w*ADMIN\w*(TOKEN|PAT)\b",
        ),
        code(&[Docker, Shell], r"\bchmod\s+(-R\s+)?(0?777|a\+rwx?)\b|\bsudo\b"),
    ],
};

//! Errors: swallowed, stubbed, ignored.

use super::{Rule, code, file, gone};
use crate::judge::Verdict::{Never, Person};
use crate::language::Language::*;
use crate::rules::{Change, On, Part, Sign};

pub(super) const SWALLOWED: Rule = Rule {
    name: "errors_swallowed",
    says: Never,
    sentence: "swallow an error (`|| true`, `set +e`, an empty `catch`, `except: pass`, `Err(_) => {}`)",
    signs: &[
        Sign {
            on: On::Languages(&[Shell, Docker, Yaml, Json, Toml, Other, Jvm]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r#"(?m)[^\n|]*\|\|\s*(true|:|exit 0|/bin/true|echo\b[^\n]*|return 0)(\s|;|\)|"|'|$)"#,
        },
        Sign {
            on: On::Languages(&[Shell, Docker, Yaml, Json]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r#"(?m)\bset \+[a-z]*e\b|;\s*(true|exit 0|:)\s*("|'|,|$)|\bset \+o (errexit|pipefail)|--no-verify\b|--keep-going\b|--ignore-errors?\b|\|\s*tee\b[^\n]*;\s*true|(?m)^\s*trap\b[^\n]*\bERR\b[^\n]*"#,
        },
        Sign {
            on: On::Languages(&[Shell]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"(?m)^\s*exit 0\s*$|^\t@?-\s*[\w./$][^\n]*|^\.IGNORE\b[^\n]*|^[^\n]*-ErrorAction (SilentlyContinue|Ignore)[^\n]*|\bErrorActionPreference\s*=\s*\S?(SilentlyContinue|Continue|Ignore)\b",
        },
        Sign {
            on: On::Languages(&[Shell, Docker, Yaml]),
            part: Part::Code,
            change: Change::Disappears,
            pattern: r"(?m)\bset -[a-z]*e[a-z]*\b|\bset -o errexit\b",
        },
        code(
            &[Rust],
            r"\bErr\(\s*_\w*\s*\)\s*=>\s*(\{\s*\}|\(\)|return\s*(Ok\(\(\)\))?\s*[,;}]|Ok\(\(\)\)|continue)|if let Err\(_\w*\)\s*=[^;{]*\{\s*\}|\bif [^;{]*\.is_(err|ok|none|some)\(\)\s*\{\s*\}",
        ),
        // A dash before a command of tox: its failure counts for nothing.
        file(&["**/tox.ini"], r"(?m)^\s*(commands\w*\s*=\s*)?-\s*[a-z][^\n]*"),
        code(&[Js, Jvm, Dotnet, C, Php, Swift], r"\bcatch\s*(\([^)]*\))?\s*\{\s*\}"),
        code(
            &[Js],
            r"\.catch\(\s*(async\s*)?(\(?\s*_?\w*\s*\)?\s*=>\s*(\{\s*\}|null|undefined|void 0|false|true|\(\s*\{\s*\}\s*\)|\[\s*\])|function\s*\(\w*\)\s*\{\s*\}|noop|\(\))\s*\)",
        ),
        code(&[Js], r"process\.on\([^\n)]*\(\s*\)\s*=>\s*\{\s*\}"),
        Sign {
            on: On::Languages(&[Js]),
            part: Part::Text,
            change: Change::Appears,
            pattern: r#"\b(Cypress|cy)\.on\(\s*['"]uncaught:exception['"][^\n]*|dangerouslyIgnoreUnhandledErrors\W+true"#,
        },
        code(
            &[Python],
            r"\bexcept\b[^:\n]*:\s*(pass|\.\.\.|return\s*(None)?\s*\n|continue)|\bsuppress\(\s*(Base)?Exception\s*\)",
        ),
        code(
            &[Go],
            r"(?m)^\s*_\s*=\s*err\b|if err != nil\s*\{\s*\}|if err != nil\s*\{\s*return nil\s*\}|defer func\(\)\s*\{\s*_?\s*=?\s*recover\(\)\s*\}\(\)",
        ),
        code(
            &[Ruby],
            r"(?m)\brescue\b[^\n;]*(;|\n)\s*(nil|end)\b|\brescue nil\b|\brescue\s*=>\s*\w+\s*\n\s*(nil|end)\b",
        ),
        code(&[Php], r"(?m)(^|[=(\s])@(\$?\w+(->|::|\()|include\b|require\b)[^\n]*"),
        code(&[Swift], r"(?m)^\s*_?\s*=?\s*try\?\s[^\n]*"),
    ],
};

pub(super) const STUBBED: Rule = Rule {
    name: "stubbed",
    says: Never,
    sentence: "replace working code by a stub (`todo!()`, `unimplemented!()`, an error \"not implemented\"), or switch it off (`if false`, `#if 0`)",
    signs: &[
        code(&[Rust], r"\b(todo|unimplemented)!\("),
        Sign {
            on: On::Languages(&[Js, Jvm, Dotnet, Go, Rust, Php]),
            part: Part::Text,
            change: Change::Appears,
            pattern: r#"(?i)(throw new \w*(Error|Exception)|panic!?|UnsupportedOperationException|NotImplementedException)\(\s*"?'?(not (yet )?implemented|todo|unimplemented)[^\n]*"#,
        },
        code(&[Dotnet, Jvm], r"\bNotImplementedException\(|\bTODO\("),
        code(
            &[Js, Jvm, Dotnet, C, Php, Go, Swift, Rust],
            r"\b(if|while)\s*\(?\s*(false|0|!1|!true)\s*\)?\s*\{|(?m)^\s*#\s*if\s+(0|false)\b",
        ),
        code(&[Python], r"(?m)^\s*(if|while)\s+(False|0)\s*:|^\s*raise NotImplementedError[^\n]*"),
        code(&[Ruby], r"(?m)^\s*if false\b"),
        Sign {
            on: On::Languages(&[Yaml]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"\{\{-?\s*if false\s*-?\}\}",
        },
    ],
};

pub(super) const CONFLICT_MARKERS: Rule = Rule {
    name: "conflict_markers_left",
    says: Never,
    sentence: "leave a conflict marker in a file",
    signs: &[Sign {
        on: On::All,
        part: Part::Text,
        change: Change::Appears,
        pattern: r"(?m)^(<{7}|>{7}|\|{7})( [^\n]*)?$",
    }],
};

pub(super) const IGNORED_RESULT: Rule = Rule {
    name: "result_ignored",
    says: Person,
    sentence: "ignore a result that was or should be handled",
    signs: &[
        // `let _ = write!(string, …)` cannot fail and is what Clippy itself proposes.
        code(
            &[Rust],
            r"\blet _(unused|ignored?|res\w*|err\w*|ret\w*|out\w*|val\w*|tmp|ok|[a-z]|_\w*)?(\s*:\s*[^=]+)?\s*=\s*[a-vx-zA-Z(&][^\n]*\)[^\n]*;|\blet _\s*=\s*w[a-qs-z][^\n]*;",
        ),
        code(
            &[Rust],
            r"(?m)^\s*([^w\s]|w[^r\n])[^\n]*\.ok\(\)\s*;|\bdrop\([a-z_:]+\([^\n]*\)\s*;|\bErr\(\s*_\w*\s*\)\s*=>[^\n]*|\bstd::process::exit\(0\)",
        ),
        // A default for what may fail; for what may be absent it is ordinary work (`branches`).
        code(
            &[Rust],
            r"\b(parse|from_\w+|read\w*|open|connect|send|recv|write\w*|to_(vec|string_pretty|value)|decode|var|lock|try_\w+|join|await)(::<[^>\n]*>)?(\([^()\n]*\))?\s*\.(unwrap_or_default|unwrap_or|unwrap_or_else)\(",
        ),
        code(&[Go], r"(?m)\b\w+\s*,\s*_\s*:?=\s*[\w.]+\([^\n]*|^\s*_\s*(,\s*_\s*)?=\s*\w"),
        gone(&[Go], r"if err != nil\s*\{"),
        gone(&[Go], r"\breturn\b[^\n]*\berr\b"),
        gone(&[Js], r"\bthrow new \w+\([^\n]*"),
        gone(&[Python], r"(?m)^\s*raise \w+[^\n]*"),
        gone(&[Jvm, Dotnet, Php, C, Swift], r"\bthrow\b[^\n]*|\bfatalError\([^\n]*"),
        gone(&[Ruby], r"(?m)\braise\b[^\n]*"),
        // A guard that is gone from the code.
        Sign {
            on: On::Sources,
            part: Part::Code,
            change: Change::Disappears,
            pattern: r"\b(precondition|assertionFailure|requireNotNull|requireNonNull|checkNotNull|checkArgument|ensure!|debug_assert\w*!|invariant|ThrowIfNull|static_assert)\s*\(|(?m)^\s*assert\b",
        },
        file(&["**/*.{ex,exs}"], r"(?m)^\s*(rescue|catch)\s*$"),
        file(&["**/*.{pl,pm,t}"], r"\beval\s*\{[^\n]*"),
        code(&[Rust], r"\bblack_box\(|\bconvert::identity\("),
        code(&[Python], r"\bexcept\s*\(?\s*(ImportError|ModuleNotFoundError)\b"),
        code(&[Python], r"\bsuppress\([^\n]*|(?m)^\s*except(\s+(Base)?Exception)?(\s+as \w+)?\s*:"),
        code(&[Js], r"\.catch\(\s*(\(?\w*\)?\s*=>\s*)?console\.\w+|\bvoid\s+\w+\([^\n]*\)|\bcatch\s*\{"),
        code(&[Jvm, Dotnet], r"catch\s*\(\s*(final\s+)?(Exception|Throwable)\b[^)]*\)|catch\s*\{|\brunCatching\s*\{"),
        code(&[C], r"\bcatch\s*\(\s*\.\.\.\s*\)|\(void\)\s*\w+\([^\n]*"),
        code(&[Swift], r"\btry\?[^\n]*"),
        code(
            &[Ruby],
            r"(?m)\brescue\b(\s+(StandardError|Exception))?\s*(=>\s*\w+)?\s*$|[^\n]*\srescue\s+(false|true|0|\[\]|\{\}|nil)",
        ),
        code(&[Php], r"\bcatch\s*\(\s*\\?(Throwable|Exception)\b[^)]*\)"),
        code(
            &[Js, Jvm, Dotnet, Php, Swift, C],
            r"\bcatch\s*(\([^)]*\))?\s*\{\s*(return\b[^;\n(]*;?|(console|log|logger|System\.out)\.\w+\([^;\n]*\);?|e\.printStackTrace\(\);?)\s*\}",
        ),
        code(
            &[Python],
            r"\bexcept\b[^:\n]*:\s*(return\s*(None|False|True|-?\d+|\[\]|\{\}|[\x22']{2})|logg\w*\.\w+\([^\n]*\n|print\([^\n]*\n)\s",
        ),
        code(
            &[Rust],
            r"\bif [^\n{]*\.is_err\(\)\s*\{|\bif let Err\(\w+\)\s*=[^\n{]*\{\s*(eprintln|println|warn|error|debug|info|log::\w+|tracing::\w+)!\([^\n]*\n\s*\}",
        ),
        // A failure that is no exit any more, or that nobody waits for.
        gone(&[Shell], r"\b(exit|return) ([1-9]|\$)"),
        gone(&[Python, Js, Go, Rust, Ruby], r"\b(sys\.exit|process\.exit|os\.Exit|process::exit)\(1\)"),
        code(&[Shell], r"(?m)[^&\n]&[ \t]*$"),
        // A value that nobody looks at, named so that no tool says so.
        code(&[Js], r"(?m)^\s*void\s+\w+;?\s*$"),
        code(&[C], r"(?m)^\s*\(void\)\s*\w+;"),
    ],
};

pub(super) const UNSAFE: Rule = Rule {
    name: "unsafe_added",
    says: Person,
    sentence: "get past the compiler with `unsafe`, a transmute or a non-null `!`",
    signs: &[
        code(&[Rust], r"\bunsafe\s*(\{|impl|fn)|\btransmute\b|mem::forget\(|Box::leak\("),
        code(&[Go], r"\bunsafe\.Pointer\b"),
        code(&[Jvm], r"\w!!(\.|\s|\)|,|$)"),
        code(&[Swift], r"\b(try|as)!"),
        code(&[Js], r"(?m)[\w)\]]!(\.|\[|;|,|\)|:\s|\s*$)"),
    ],
};

/// Judged by `structure`; the signs are what encloses many lines.
pub(super) const COMMENTED_OUT: Rule = Rule {
    name: "commented_out",
    says: Person,
    sentence: "comment code, configuration or a check out",
    signs: &[
        code(&[Yaml], r"\{\{-?\s*/\*[^*]*\n\s*[\w-]+:[^*]*\*/"),
        code(&[Xml], r"<!--\s*<\w[^>]*>"),
        code(&[Ruby], r"(?m)^=begin\b"),
    ],
};

/// Judged by `structure`; the sign is a module.
pub(super) const ONLY_REMOVES: Rule = Rule {
    name: "only_removes",
    says: Person,
    sentence: "make a failure go away by taking out what fails",
    signs: &[gone(&[Rust], r"\bmod\s+\w+\s*;")],
};

/// Judged by `structure`.
pub(super) const SECRET_STAYS: Rule = Rule {
    name: "secret_stays",
    says: Person,
    sentence: "put a secret into the repository, or keep a leaked one there: elsewhere, in pieces or encoded",
    signs: &[
        Sign {
            on: On::Sources,
            part: Part::Text,
            change: Change::Appears,
            pattern: r#"(?mi)^[^#/\n]*\b\w*(password|passwd|secret|token|api_?key|access_?key|private_?key)['"]?\s*(:\s*[a-z&]+\s*)?[:=]=?\s*(\{\{-?\s*)?(['"][^'"\s${}<>()\[\]^~]{6,}['"]|[^'"\s${}<>()\[\]]*\d[^'"\s${}<>()\[\]]{5,}\s*$)"#,
        },
        code(
            &[Docker],
            r"(?mi)^(ARG|ENV)\s+\w*(password|passwd|secret|token|api_?key|access_?key|private_?key)\w*[^\n]*",
        ),
    ],
};

/// Judged by `structure`.
pub(super) const SIDE_DROPPED: Rule = Rule {
    name: "side_dropped",
    says: Person,
    sentence: "resolve a conflict by dropping what one side did",
    signs: &[],
};

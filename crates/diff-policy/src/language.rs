//! What a path is: its language, whether it is a test, a snapshot or a lock file. By name alone.

use std::sync::LazyLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// How a file is read: which comments and strings it has, and which signs apply to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Rust.
    Rust,
    /// JavaScript, TypeScript and what embeds them.
    Js,
    /// Style sheets.
    Css,
    /// Python.
    Python,
    /// Go.
    Go,
    /// Java, Kotlin, Scala, Groovy.
    Jvm,
    /// C#, F#.
    Dotnet,
    /// C, C++.
    C,
    /// Ruby.
    Ruby,
    /// PHP.
    Php,
    /// Swift.
    Swift,
    /// Shell scripts, makefiles and their like.
    Shell,
    /// Container files.
    Docker,
    /// YAML, Helm templates too.
    Yaml,
    /// TOML, INI and other `key = value` files.
    Toml,
    /// JSON.
    Json,
    /// XML, such as Maven's.
    Xml,
    /// Terraform.
    Hcl,
    /// Prose. No sign applies.
    Docs,
    /// Anything else, read as text.
    Other,
}

use Language::*;

const EXTENSIONS: &[(Language, &[&str])] = &[
    (Rust, &["rs"]),
    (Js, &["js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte", "astro", "dart"]),
    (Css, &["css", "scss", "sass", "less"]),
    (Python, &["py", "pyi"]),
    (Go, &["go"]),
    (Jvm, &["java", "kt", "kts", "scala", "sc", "groovy", "gradle"]),
    (Dotnet, &["cs", "fs", "vb"]),
    (C, &["c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m", "mm", "cu"]),
    (Ruby, &["rb", "rake", "gemspec", "cr"]),
    (Php, &["php"]),
    (Swift, &["swift"]),
    (Shell, &["sh", "bash", "zsh", "fish", "ps1", "bats", "mk", "just", "ex", "exs", "pl", "pm", "t", "r", "jl"]),
    (Docker, &["dockerfile", "containerfile"]),
    (Yaml, &["yaml", "yml", "tpl", "gotmpl"]),
    (
        Toml,
        &["toml", "ini", "cfg", "conf", "properties", "lock", "txt", "mod", "sum", "npmrc", "bazelrc", "editorconfig"],
    ),
    (Json, &["json", "jsonc", "json5", "har"]),
    (Xml, &["xml", "csproj", "props", "targets", "pom", "runsettings"]),
    (Hcl, &["tf", "hcl", "tfvars"]),
    (Docs, &["md", "mdx", "rst", "adoc", "svg", "html", "htm"]),
];

const NAMES: &[(Language, &[&str])] = &[
    (Shell, &["makefile", "gnumakefile", "justfile", "procfile", "rakefile.sh", "cmakelists.txt"]),
    (Ruby, &["rakefile", "gemfile"]),
    (Toml, &[".flake8", "pipfile", "setup.cfg", ".coveragerc", ".npmrc", "requirements.txt", "go.mod", "go.sum"]),
    (Json, &[".eslintrc", ".babelrc", ".prettierrc", ".stylelintrc", ".swcrc", ".mocharc", ".nycrc"]),
    (Yaml, &[".yamllint", ".clang-tidy", ".clang-format"]),
    (Docs, &["license", "readme", "changelog", "notice"]),
];

impl Language {
    /// The language of a path.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        if name.starts_with("dockerfile") || name.starts_with("containerfile") {
            return Docker;
        }
        if name.starts_with("jenkinsfile") {
            return Jvm;
        }
        if let Some((language, _)) = NAMES.iter().find(|(_, names)| names.contains(&name.as_str())) {
            return *language;
        }
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        EXTENSIONS.iter().find(|(_, known)| known.contains(&extension)).map_or(Other, |(language, _)| *language)
    }

    /// Whether `//` and `/* */` begin comments.
    pub(crate) fn slashes(self) -> bool {
        matches!(self, Rust | Js | Css | Go | Jvm | Dotnet | C | Php | Swift)
    }

    /// Whether `#` begins a comment.
    pub(crate) fn hashes(self) -> bool {
        matches!(self, Python | Ruby | Php | Shell | Docker | Yaml | Toml | Hcl)
    }

    /// Whether strings are mere text to the rules. In scripts and data a string holds commands.
    pub(crate) fn blanks_strings(self) -> bool {
        matches!(self, Rust | Js | Go | Jvm | Dotnet | C | Php | Swift | Python | Ruby)
    }
}

/// Files that hold tests.
pub(crate) const TESTS: &[&str] = &[
    "**/{tests,Tests}/**",
    "**/*.stories.*",
    "**/*.{robot,feature}",
    "**/{setupTests,setup-tests,test-setup,jest.setup,vitest.setup}.*",
    "**/test/**",
    "**/__tests__/**",
    "**/spec/**",
    "**/specs/**",
    "**/e2e/**",
    "**/cypress/**",
    "**/testdata/**",
    "**/src/test/**",
    "**/*.Tests/**",
    "**/*_test.*",
    "**/*_tests.*",
    "**/*.test.*",
    "**/*.spec.*",
    "**/*.cy.*",
    "**/*-test.*",
    "**/test_*.py",
    "**/test_*.rs",
    "**/tests.rs",
    "**/tests.py",
    "**/conftest.py",
    "**/*Spec.*",
    "**/*_spec.rb",
    "**/test-*.js",
    "**/*.{bats,t,tftest.hcl}",
    "**/*{Test,Tests,TestCase,IT,ITCase,Suite,Spec}.{java,kt,scala,groovy,cs,fs,vb,swift,php,cpp,cc,m,hs}",
    "**/src/*{Test,test}/**",
    "**/*.test-d.ts",
    "**/benches/**",
];

/// Files that a tool writes from what the code gives.
pub(crate) const SNAPSHOTS: &[&str] = &[
    "**/*.snap",
    "**/*.snap.new",
    "**/__snapshots__/**",
    "**/__image_snapshots__/**",
    "**/snapshots/**",
    "**/*-snapshots/**",
    "**/*.approved.*",
    "**/*.golden",
    "**/golden/**",
    "**/goldens/**",
    "**/testdata/*.golden",
    "**/*.stderr",
    "**/*.ambr",
    "**/*.verified.*",
];

/// Files that a package manager writes.
pub(crate) const LOCKS: &[&str] = &[
    "**/Cargo.lock",
    "**/package-lock.json",
    "**/npm-shrinkwrap.json",
    "**/pnpm-lock.yaml",
    "**/yarn.lock",
    "**/bun.lock",
    "**/bun.lockb",
    "**/poetry.lock",
    "**/uv.lock",
    "**/Pipfile.lock",
    "**/pdm.lock",
    "**/go.sum",
    "**/Gemfile.lock",
    "**/composer.lock",
    "**/Chart.lock",
    "**/packages.lock.json",
    "**/gradle.lockfile",
];

/// A set of globs; `**/` matches no folder too, `*` stops at `/`.
pub(crate) fn globs(patterns: &[&str]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in patterns.iter().filter_map(|pattern| GlobBuilder::new(pattern).literal_separator(true).build().ok()) {
        set.add(glob);
    }
    set.build().unwrap_or_default()
}

pub(crate) fn is_test(path: &str) -> bool {
    static SET: LazyLock<GlobSet> = LazyLock::new(|| globs(TESTS));
    SET.is_match(path)
}

pub(crate) fn is_snapshot(path: &str) -> bool {
    static SET: LazyLock<GlobSet> = LazyLock::new(|| globs(SNAPSHOTS));
    SET.is_match(path)
}

/// What a tool writes.
pub(crate) fn is_generated(path: &str) -> bool {
    is_lock(path) || is_snapshot(path)
}

pub(crate) fn is_lock(path: &str) -> bool {
    static SET: LazyLock<GlobSet> = LazyLock::new(|| globs(LOCKS));
    SET.is_match(path)
}

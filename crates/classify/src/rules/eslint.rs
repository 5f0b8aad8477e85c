//! eslint, biome, prettier, stylelint, oxlint, xo, standard, knip: linters and formatters of the frontend.

use crate::rule::{Rule, rule};

/// The rows.
pub const RULES: &[Rule] = &[
    rule!("eslint_finding", FrontendLint, Cause 93, [" error "], r"^\s+\d+:\d+\s+error\s+\S.*\s(@?[\w-]+/)*[\w-]+$|^\s+\d+:\d+\s+error\s+Parsing error",
        yes ["  4:9  error  Unexpected any. Specify a different type  @typescript-eslint/no-explicit-any", "   3:10  error    'a' is defined but never used  no-unused-vars"],
        no ["  63:25  warning  Unexpected any  @typescript-eslint/no-explicit-any", "3 error b"]),
    rule!("eslint_summary", FrontendLint, Verdict 88, [" problem"], r"^(✖|×|x) [1-9]\d* problems? \([1-9]\d* errors?, \d+ warnings?\)",
        yes ["✖ 69 problems (5 errors, 64 warnings)"], no ["✖ 3 problems (0 errors, 3 warnings)"]),
    rule!("eslint_max_warnings", FrontendLint, Cause 92, ["ESLint found too many warnings", "maximum: "], r"ESLint found too many warnings",
        yes ["ESLint found too many warnings (maximum: 0)."], no ["found too many warnings"]),
    rule!("eslint_denied_warning", FrontendLint, Cause 84, [" warning "], r"^\s+\d+:\d+\s+warning\s+\S.*\s(@?[\w-]+/)*[\w-]+$", within ["max-warnings"], yes ["  22:6  warning  React Hook useEffect has a missing dependency: 'id'  react-hooks/exhaustive-deps"], no ["  3:10  error  x  no-console"]),
    rule!("eslint_warning_finding", FrontendLint, Hint 42, [" warning "], r"^\s+\d+:\d+\s+warning\s+\S.*\s(@?[\w-]+/)*[\w-]+$",
        within ["max-warnings", "lint"], yes ["  3:10  warning  Unexpected console statement  no-console"], no ["  3:10  error  x  no-console"]),
    rule!("eslint_broken", FrontendLint, Cause 90, ["Oops! Something went wrong", "ESLint couldn't find", "ESLint: ", "Invalid option '--ext'"], r"^Oops! Something went wrong! :\(|^ESLint couldn't find|^ESLint: \d+\.\d+",
        yes ["Oops! Something went wrong! :("], no ["Something went wrong"]),
    rule!("eslint_configuration", FrontendLint, Cause 91, ["Failed to load plugin", "Failed to load config", "Failed to load parser", "ESLint configuration in", "Definition for rule"], r"Failed to load (plugin|config|parser) ['\x22]|^(Error: )?(Invalid )?ESLint configuration in|Definition for rule '", yes ["Error: Failed to load plugin 'import' declared in '.eslintrc.json': Cannot find module 'eslint-plugin-import'"], no ["Failed to load plugin list"]),
    rule!("eslint_unix_or_compact", FrontendLint, Cause 86, ["[Error/", ", Error - "], r"\[Error/[@\w/-]+\]$|: line \d+, col \d+, Error - ",
        yes ["/a/b.js:3:4: 'x' is not defined. [Error/no-undef]"], no ["[Error/1]: x"]),
    rule!("next_lint", FrontendLint, Cause 88, ["Error: "], r"^\d+:\d+\s+Error: .*\s(@?[\w-]+/)*[\w-]+$", yes ["12:5  Error: 'x' is assigned a value but never used.  @typescript-eslint/no-unused-vars"], no ["Error: boom"]),
    rule!("prettier_file", FrontendLint, Cause 90, ["[warn] ", "[error] "], r"^\[(warn|error)\] (\S+\.(\w+)$|Code style issues|\S+\.\w+: SyntaxError)",
        yes ["[warn] src/a.ts", "[warn] Code style issues found in the above file. Run Prettier with --write to fix."], no ["[warn] deprecated option", "[error] boom"]),
    rule!("prettier_summary", FrontendLint, Verdict 92, ["Code style issues found", "Forgot to run Prettier"], r"Code style issues (found )?in |Forgot to run Prettier",
        yes ["[warn] Code style issues found in 3 files. Run Prettier with --write to fix."], no ["code style issues"]),
    rule!("biome_finding", FrontendLint, Cause 93, [" lint/", " format ━", " assist/", " organizeImports", " parse ━", " suppressions/"], r"^\S+\.\w+(:\d+:\d+)? (lint/\w+/\w+|format|assist/\S+|organizeImports|parse|suppressions/\S+)\s.*━",
        yes ["src/a.ts:3:4 lint/suspicious/noDoubleEquals  FIXABLE  ━━━━━━━━━━", "./src/a.ts format ━━━━━━━━━━━"], no ["docs about lint/suspicious/noDoubleEquals"]),
    rule!("biome_summary", FrontendLint, Verdict 84, ["Some errors were emitted", "The diagnostic was", "Found "], r"Some errors were emitted while running checks|^Found [1-9]\d* errors?\.$",
        within ["biome", "lint", "format", "check"], yes ["  × Some errors were emitted while running checks.", "Found 3 errors."], no ["Found 0 errors."]),
    rule!("stylelint_finding", FrontendLint, Cause 94, ["✖", "× ", "×\t"], r"^\s+\d+:\d+\s+(✖|×)\s+\S.*\s\S+$", yes ["  2:3  ✖  Unexpected unknown property \"colr\"  property-no-unknown"], no ["✖ 3 problems"]),
    rule!("oxlint_finding", FrontendLint, Cause 86, ["eslint(", "typescript-eslint(", "eslint-plugin-", "oxc("], r"^\s*(×|x|⚠|!) (eslint|typescript-eslint|eslint-plugin-[\w-]+|oxc|typescript|react)\([\w-]+\): ",
        yes ["  × eslint(no-debugger): `debugger` statement is not allowed"], no ["eslint(no-debugger)"]),
    rule!("standard_or_xo", FrontendLint, Cause 84, ["standard: Use JavaScript Standard Style"], r"^standard: Use JavaScript Standard Style", yes ["standard: Use JavaScript Standard Style (https://standardjs.com)"], no ["standard"]),
    rule!("knip_depcheck", FrontendLint, Cause 78, ["Unused files (", "Unused dependencies (", "Unused exports (", "Unused devDependencies"], r"^Unused (files|dependencies|exports|devDependencies|types|exported types) \(\d+\)", yes ["Unused exports (3)"], no ["Unused exports are fine"]),
    rule!("commitlint", GithubWorkflow, Cause 76, ["found ", "problems, ", "[subject-", "[type-"], r"^✖\s+(subject|type|header|body|footer|scope) .*\[[a-z-]+\]$", yes ["✖   subject may not be empty [subject-empty]"], no ["✖ 3 problems"]),
    rule!("precommit_frontend", FrontendLint, Verdict 80, ["...Failed"], r"(?i)^(eslint|prettier|biome|stylelint|oxlint).*\.{3,}Failed$", yes ["prettier.................................................................Failed"], no ["prettier.....Passed"]),
    rule!("lint_staged_or_size", FrontendLint, Hint 40, ["Package size limit has exceeded"], r"^\s*Package size limit has exceeded", yes ["  Package size limit has exceeded by 3 kB"], no ["size limit"]),
];

//! Tests: deleted, skipped, filtered out, retried, weakened.

use super::{Rule, code, comment, file, file_gone, gone};
use crate::judge::Verdict::{Never, Person};
use crate::language::Language::*;
use crate::rules::{Change, On, Part, Sign};

/// Judged by `tests_lost`; the signs are the rows of table-driven tests.
pub(super) const DELETED: Rule = Rule {
    name: "tests_deleted",
    says: Never,
    sentence: "delete, rename away or comment out a test or one of its cases",
    signs: &[
        gone(&[Rust], r"(?m)#\[(test_)?case\b[^\n]*"),
        file_gone(
            &["**/CMakeLists.txt", "**/*.cmake", "**/meson.build", "**/BUILD*"],
            r"(?m)^\s*(add_test|gtest_discover_tests|catch_discover_tests|enable_testing|add_subdirectory\(tests?|test|\w+_test)\s*\([^\n]*",
        ),
        gone(&[Dotnet], r"(?m)\[(TestCase|InlineData|DataRow)\([^\n]*"),
        gone(&[Python], r"(?m)\bpytest\.param\([^\n]*"),
        gone(&[Jvm], r"(?m)@(CsvSource|ValueSource|MethodSource|ParameterizedTest)\b[^\n]*"),
    ],
};

pub(super) const SKIPPED: Rule = Rule {
    name: "tests_skipped",
    says: Never,
    sentence: "skip, ignore, focus or conditionally disable a test",
    signs: &[
        code(&[Rust], r"(?m)#!?\[(cfg_attr\([^\]]*)?\bignore\b[^\]]*\]"),
        code(
            &[Rust],
            r"#!\[cfg\(feature[^\]]*\]|#!?\[cfg\((any\(\)|FALSE|false|not\((test|ci|all\(\))\)|feature = [^)]*(slow|flaky|broken|ignored|disabled)[^)]*)\)\]",
        ),
        code(&[Rust], r#"\b(var|var_os|option_env!?)\(\s*"?\s*"?\)[^\n]*\{\s*(eprintln!\([^\n]*\n\s*)?return\b"#),
        Sign {
            on: On::Languages(&[Rust]),
            part: Part::Comment,
            change: Change::Appears,
            pattern: r"(?m)//[/!]\s*```(rust,\s*)?(ignore|no_run|should_panic|text|compile_fail)\b",
        },
        code(
            &[Js],
            r"\b(it|test|describe|suite|context|specify|bench|Deno\.test|Scenario)(\.\w+)*\.(skip|only|todo|fixme|failing|fails|skipIf|runIf|ignore)\b[^\n]*",
        ),
        code(&[Js], r"\b(xit|xtest|xdescribe|xcontext|xspecify|fit|fdescribe|ftest)\s*(\.each)?\s*\([^\n]*"),
        code(&[Js], r"\b(this|ctx|context|t|test)\.skip\(\s*\)|\.each\(\s*\[\s*\]\s*\)"),
        code(&[Python], r"\bparametrize\([^\n]*,\s*(\[\s*\]|\(\s*\))\s*\)"),
        code(&[Ruby], r"\b(it|describe|context|specify|scenario)\b[^\n]*,\s*(if|unless):\s[^\n]*"),
        Sign {
            on: On::Languages(&[Js]),
            part: Part::Text,
            change: Change::Appears,
            pattern: r"\b(it|test|describe|before|beforeEach)(\.each)?\([^\n]*\{\s*(skip|todo|ignore):\s*[^f\s][^\n]*",
        },
        Sign {
            on: On::Languages(&[Js]),
            part: Part::Text,
            change: Change::Appears,
            pattern: r"(?m)^\s*(if \(process\.env\.(CI|GITHUB_ACTIONS)\b[^\n]*|\(?process\.env\.CI\b[^\n]*\?\s*(it|test|describe)\.skip[^\n]*)",
        },
        code(&[Python], r"(?m)@?\b(pytest\.)?mark\.(skip|skipif|xfail)\b[^\n]*"),
        code(
            &[Python],
            r"\bpytest\.(skip|xfail|importorskip)\([^\n]*|\bself\.skipTest\([^\n]*|@?unittest\.(skip|skipIf|skipUnless|expectedFailure)\b[^\n]*|@expectedFailure|raise (unittest\.)?SkipTest[^\n]*",
        ),
        code(&[Python], r"__test__\s*=\s*False|(?m)^\s*collect_ignore\w*\b[^\n]*"),
        code(&[Go], r"\b[tbs]\.(Skip|Skipf|SkipNow)\([^\n]*|\btesting\.Short\(\)[^\n]*"),
        Sign {
            on: On::Languages(&[Go]),
            part: Part::Comment,
            change: Change::Appears,
            pattern: r"(?m)^//\s*(go:build|\+build)\b[^\n]*",
        },
        code(
            &[Jvm],
            r"@(Disabled|Ignore|IgnoreRest|EnabledIf\w*|DisabledIf\w*|DisabledOn\w+|DisabledUntil|PendingFeature|Requires)\b[^\n]*|\b(assumeTrue|assumeFalse|assumeThat|Assume\.\w+)\([^\n]*|@Test\([^)]*enabled\s*=\s*false[^)]*\)",
        ),
        code(&[Jvm], r"\b(ignore|xit|xtest|xdescribe)\s*\([^\n]*"),
        code(
            &[Dotnet],
            r"[\[,]\s*(Ignore|Explicit|Inconclusive)\b[^\]]*\]|\b(Fact|Theory)\([^)]*\bSkip\s*=[^\n]*|Assert\.(Ignore|Inconclusive|Skip)\w*\([^\n]*|Skip\.If\w*\([^\n]*",
        ),
        code(
            &[C],
            r"\bGTEST_SKIP\(\)|\bDISABLED_\w+|doctest::(skip|may_fail|should_fail)|\bBOOST_\w*disabled\b|boost::unit_test::disabled|\bSKIP\([^\n]*",
        ),
        Sign {
            on: On::Languages(&[C]),
            part: Part::Text,
            change: Change::Appears,
            pattern: r"\[(!mayfail|!shouldfail|\.|\.\w+|!hide)\]",
        },
        code(
            &[Ruby],
            r"(?m)^\s*(pending|skip)\b[^\n]*|\b(xit|xdescribe|xcontext|xspecify|xscenario|fit|fdescribe|fcontext)\b[^\n]*|,\s*(skip|pending|:skip|:pending|focus|:focus)\b(:\s*\S+)?[^\n]*\bdo\b",
        ),
        code(
            &[Php],
            r"markTest(Skipped|Incomplete)\([^\n]*|->(skip|todo|only)\([^\n]*|#\[(Requires|Skip|Group)\w*[^\n]*",
        ),
        comment(r"(?m)@(group\s+(skip|broken|flaky)\w*|requires\b[^\n]*|doesNotPerformAssertions)"),
        code(&[Swift], r"\bXCTSkip\w*\([^\n]*|throw XCTSkip|\.disabled\([^\n]*|\.enabled\(if:[^\n]*"),
        Sign {
            on: On::Languages(&[Shell]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"(?m)^\s*skip\b[^\n]*|@tag :?skip\b[^\n]*|@moduletag :?skip",
        },
        code(&[Rust], r"#\[should_panic[^\]]*\]"),
        code(&[Jvm], r"@Test\([^)]*\b(expected|expectedExceptions)\b[^)]*\)"),
        code(&[Swift], r"\bXCTExpectFailure\b[^\n]*|\bwithKnownIssue\b[^\n]*"),
        file(
            &["**/CMakeLists.txt", "**/*.cmake", "**/meson.build", "**/lit.*", "**/*.bzl", "**/BUILD*"],
            r"\b(WILL_FAIL|DISABLED)\s+(TRUE|ON|1)\b|\bshould_fail\s*:\s*true|\bSKIP_RETURN_CODE\b[^\n]*",
        ),
    ],
};

pub(super) const FILTERED: Rule = Rule {
    name: "tests_filtered",
    says: Never,
    sentence: "filter tests out of the run (`--skip`, `--exclude`, `testPathIgnorePatterns`, `exclude` lists, `-DskipTests` and the like)",
    signs: &[
        Sign {
            on: On::Languages(&[Shell, Yaml, Json, Toml, Docker, Other, Jvm, Xml]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"(?m)\b(test|nextest|jest|vitest|mocha|pytest|py\.test|playwright|cypress|rspec|phpunit|ctest|bats|tarpaulin|llvm-cov)\b[^\n]*\s(--skip|--exclude|--deselect|--ignore|--ignore-glob|-skip|--exclude-group|--exclude-tag|--testPathIgnorePatterns|--grep-invert|--invert|--lib\b|-E\s|-LE|-k\s|-m\s)[^\n]*",
        },
        Sign {
            on: On::All,
            part: Part::Text,
            change: Change::Appears,
            pattern: r"(?i)-D\s?(skipTests|maven\.test\.skip|skipITs|maven\.test\.failure\.ignore)\b|<(skip|skipTests|skipITs|testFailureIgnore)>\s*true|-x\s+(test|check|integrationTest)\b|excludeTestsMatching[^\n]*|\bTests\.(Exclude|Filter)\([^\n]*|ignoreFailures\s*=\s*true|--passWithNoTests|passWithNoTests\W+true|--(test_tag_filters|test_filter|build_tests_only)\b[^\n]*",
        },
        Sign {
            on: On::All,
            part: Part::Text,
            change: Change::Appears,
            pattern: r"\b(testPathIgnorePatterns|modulePathIgnorePatterns|testIgnore|excludeSpecPattern|norecursedirs|collect_ignore\w*|specPattern|testMatch|testRegex|grepInvert|default-filter)\b[^\n]*",
        },
        file(
            &[
                "**/{vitest,vite,jest,playwright,cypress,karma}*.{config,conf}.*",
                "**/vitest.workspace.*",
                "**/.mocharc*",
            ],
            r#"\b(exclude|ignore)['"]?\s*:[^\n]*|\b(grep|invert|bail)['"]?\s*:[^\n]*"#,
        ),
        file(
            &["**/{pyproject.toml,pytest.ini,tox.ini,setup.cfg}"],
            r"(?m)^\s*addopts\b[^\n]*(--ignore|--deselect|-k |-m |-p no:)[^\n]*",
        ),
        file(
            &["**/Cargo.toml"],
            r"(?m)^\s*(test|doctest|autotests|bench)\s*=\s*false|\[\[(test|bench)\]\][^\[]*?required-features[^\n]*",
        ),
        code(&[Python], r"\bdef pytest_(collection_modifyitems|ignore_collect|runtest_setup)\b"),
        file(
            &["**/*.gradle*", "**/pom.xml"],
            r#"(?m)^\s*exclude\w*\s*\(?['"][^'"\n]*(\*\*/|Test|Spec|IT\b)[^\n]*|\bexclude(Tags|Categories|Groups)\b[^\n]*|<exclude>[^<\n]*(Test|IT\b)[^\n]*|<excludedGroups>[^\n]*|<maven\.test\.(skip|failure\.ignore)>\s*true"#,
        ),
        file(&["**/.rspec"], r"--(tag|pattern|exclude\S*|only-failures)\b[^\n]*"),
        file(
            &["**/BUILD", "**/BUILD.bazel", "**/*.bzl"],
            r#"(?m)^[^\n]*\btags\s*=[^\n]*"(manual|flaky|broken|no-ci)"[^\n]*|\bflaky\s*=\s*True"#,
        ),
        Sign {
            on: On::Languages(&[Shell, Yaml, Json, Toml, Docker, Other]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"(?m)\bgo (test|list)\b[^\n]*(\|\s*grep -v|\s-run\b|\s-short\b)[^\n]*|\bdotnet test\b[^\n]*--filter\b[^\n]*!~?=?[^\n]*|\bSKIP_?\w*TESTS?\w*\s*[:=]\s*['\x22]?(true|1)\b",
        },
    ],
};

pub(super) const RETRIED: Rule = Rule {
    name: "tests_retried",
    says: Never,
    sentence: "make a failing test pass by retrying it or by marking it flaky",
    signs: &[
        Sign {
            on: On::All,
            part: Part::Text,
            change: Change::Appears,
            pattern: r"\bretryTimes\([^\n]*|\bthis\.retries\([^\n]*|\bjest\.retry\w*|pytest\.mark\.flaky[^\n]*|@flaky\b|@pytest\.mark\.(rerun|repeat)\w*[^\n]*|--(reruns?|flaky|retries|test-retries|flake-finder|force-flaky)\b[^\n]*|@(Flaky\w*|Retry\w*|RepeatedIfExceptionsTest|RetryingTest)\b[^\n]*|flaky_test_attempts[^\n]*|rerunFailingTestsCount[^\n]*|\[Retry\([^\n]*|rspec[-/]retry|\bretry:\s*\d+|mark\.flaky",
        },
        file(
            &[
                "**/{vitest,vite,jest,playwright,cypress,wdio,karma}*.{config,conf}.*",
                "**/nextest.toml",
                "**/cypress.json",
                "**/.mocharc*",
                "**/*.gradle*",
                "**/pom.xml",
                "**/.rspec",
            ],
            r#"(?i)\b\w*(retries|retry|flaky)['"]?\s*[:=][^\n]*"#,
        ),
        code(&[Js], r"\bretries\s*:\s*\d+|\.retries\(\s*\d+|\bretry\s*:\s*\d+"),
    ],
};

/// Judged by `tests_lost`: assertions removed without another, or equality replaced by existence.
pub(super) const WEAKENED: Rule = Rule {
    name: "assertions_weakened",
    says: Never,
    sentence: "remove an assertion or replace it by a weaker one (equality by existence, an exact value by a range)",
    signs: &[code(&[Js], r"\bexpect\.(anything|any)\([^\n]*"), code(&[Rust], r"(?m)^\s*#\[cfg\((any\(\)|FALSE)\)\]")],
};

pub(super) const TRIVIAL: Rule = Rule {
    name: "assertions_trivial",
    says: Never,
    sentence: "assert something that is always true",
    signs: &[
        code(
            &[Rust],
            r"\b(debug_)?assert!\(\s*(true|!false|1\s*==\s*1)\s*[,)]|assert_eq!\(\s*(true,\s*true|1,\s*1|0,\s*0|\(\),\s*\(\))\s*[,)]",
        ),
        code(&[Rust, Js, Go, Jvm, Dotnet, C, Php, Swift], r"\|\|\s*(true|1\s*==\s*1|!0)\s*[,;)\n]"),
        code(&[Python, Ruby], r"(?m)\bor\s+(True|true)\b[^\n]*"),
        Sign {
            on: On::Languages(&[Js]),
            part: Part::Text,
            change: Change::Appears,
            pattern: r#"\bexpect\(\s*(true|1|!0|!!1|['"]\w*['"])\s*\)\s*\.((toBe|toEqual|toStrictEqual)\(|toBeTruthy|toBeDefined|to\.)[^\n]*|\bexpect\(\s*(false|0|null|undefined)\s*\)\s*\.(toBe\(|toBeFalsy|not\.)[^\n]*|\bassert(\.ok|\.equal|\.strictEqual)?\(\s*(true|1)\s*[,)]|\bt\.pass\(\s*\)|\bt\.(true|truthy|is)\(\s*true\b|expect\.assertions\(0\)"#,
        },
        code(
            &[Python],
            r"(?m)^\s*assert\s+(True|1|not False|1\s*==\s*1|not None)\s*(,[^\n]*)?$|assertTrue\(\s*True\s*[,)]|assertFalse\(\s*False\s*[,)]|assertEqual\(\s*(1,\s*1|True,\s*True)\s*[,)]",
        ),
        code(
            &[Go],
            r"\b(assert|require)\.(True|Truef)\(\s*(t\s*,\s*)?true\b|\b(assert|require)\.Equal\(\s*(t\s*,\s*)?(true,\s*true|1,\s*1)\s*[,)]|if\s+false\b",
        ),
        code(
            &[Jvm, Dotnet, Php, Swift],
            r"(?i)\b(assert\.?true|assert\.?istrue|Assert\.That|XCTAssert(True)?|assertThat)\(\s*true\s*[,)]|\bassert\.?false\(\s*false\s*[,)]|\bassert\.?(are)?equals?\(\s*(1,\s*1|true,\s*true)\s*[,)]|assert\s+true\b|addToAssertionCount\(|expectNotToPerformAssertions|Assert\.Pass\(",
        ),
        code(
            &[C],
            r"\b(ASSERT|EXPECT)_TRUE\(\s*(true|1)\s*\)|\b(REQUIRE|CHECK|assert)\(\s*(true|1)\s*\)|\bSUCCEED\(\)|(ASSERT|EXPECT)_EQ\(\s*(1,\s*1|0,\s*0)\s*\)",
        ),
        code(&[Hcl], r"(?m)^\s*condition\s*=\s*true\s*$"),
        code(&[Ruby], r"\bexpect\(\s*(true|1)\s*\)\.to\b|\bassert\s+true\b|assert_equal\s+(true,\s*true|1,\s*1)\b"),
    ],
};

/// Judged by `compare`.
pub(super) const SNAPSHOTS: Rule = Rule {
    name: "snapshots_accepted",
    says: Never,
    sentence: "rewrite recorded snapshots without fixing the code that no longer matches them",
    signs: &[
        Sign {
            on: On::Languages(&[Json, Shell, Yaml, Toml]),
            part: Part::Text,
            change: Change::Appears,
            pattern: r"(jest|vitest|test|playwright|ava|insta)\b[^\n]*\s(-u|--updateSnapshot|--update-snapshots|--update|--ci=false|--accept|--snapshot-update)\b|INSTA_(UPDATE|FORCE_PASS)\S*|--snapshot-update|UPDATE_(GOLDEN|EXPECT|SNAPSHOTS)=\w+",
        },
        code(&[Rust, Python, Go, Js], r"INSTA_FORCE_PASS|INSTA_UPDATE"),
    ],
};

/// Judged by `tests_lost`.
pub(super) const EXPECTATION: Rule = Rule {
    name: "expectation_changed",
    says: Person,
    sentence: "change what a test expects and nothing but tests",
    signs: &[],
};

/// Judged by `tests_lost`.
pub(super) const FEWER_ASSERTIONS: Rule = Rule {
    name: "fewer_assertions",
    says: Person,
    sentence: "leave a test with fewer assertions than it had",
    // Rows of tables that tests are driven by.
    signs: &[Sign {
        on: On::Paths(crate::language::TESTS),
        part: Part::Text,
        change: Change::Disappears,
        pattern: r"(?m)^\s*(\[[^\[\]\n]*,[^\[\]\n]*\]|\{[^{}\n]*,[^{}\n]*\}|\([^()\n]*,[^()\n]*\)),\s*$",
    }],
};

pub(super) const EARLY_END: Rule = Rule {
    name: "test_ends_early",
    says: Person,
    sentence: "end a test before its assertions, or let them depend on a condition, a loop or a `try`",
    signs: &[
        Sign {
            on: On::Paths(crate::language::TESTS),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"\blet (Ok|Some|Err)\([^)]*\)\s*=[^;{]*else\s*\{\s*return\b|\bif let (Ok|Some|Err)\([^)]*\)\s*=[^{\n]*\{\s*assert|(?m)^\s*if\s*\([^\n]*\)\s*\{?\s*(await\s+)?expect\(|^\s*if\b[^\n]*:\s*\n\s+assert\b",
        },
        Sign {
            on: On::Paths(crate::language::TESTS),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"\bcatch\s*(\([^)]*\))?\s*\{\s*((console|System\.out|logger|log)\.\w+\([^;\n]*\);?\s*)*\}|\bexcept[^\n]*\bAssertionError\b|\bcatch\s*\(\s*(AssertionError|AssertionFailedError|Throwable)\b|\brescue\b[^\n]*(ExpectationNotMet|Minitest::Assertion)",
        },
        Sign {
            on: On::Paths(crate::language::TESTS),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"(?m)^\s*return;?\s*$",
        },
        // What is not awaited or joined ends after the test.
        Sign {
            on: On::Paths(crate::language::TESTS),
            part: Part::Code,
            change: Change::Disappears,
            pattern: r"\bawait\s+[\w.]+\([^\n]*|\.await\b|\.join\(\)",
        },
        Sign {
            on: On::Paths(crate::language::TESTS),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"catch_unwind|\bspawn\(\s*(move\s*)?\|\||(?m)^\s*(os\._exit|sys\.exit|os\.Exit|process\.exit|exit)\(0?\)",
        },
        Sign {
            on: On::Paths(crate::language::TESTS),
            part: Part::Code,
            change: Change::Appears,
            pattern: crate::shapes::SLEEPS,
        },
        Sign {
            on: On::Languages(&[Rust]),
            part: Part::Code,
            change: Change::Appears,
            pattern: r"#\[cfg\((not\([^\n]*|target_os[^\n]*|unix|windows|feature[^\n]*)\)\]\s*#\[(tokio::)?test\]|#\[(tokio::)?test\]\s*#\[cfg\([^\n]*\]",
        },
    ],
};

pub(super) const SPECIAL_CASE: Rule = Rule {
    name: "special_case_for_tests",
    says: Never,
    sentence: "make the code behave otherwise under a test or in CI, or for the very value that a test uses",
    signs: &[Sign {
        on: On::Sources,
        part: Part::Text,
        change: Change::Appears,
        pattern: r#"\bif\b[^\n]*\bcfg!\(test\)[^\n]*|#\[cfg\((not\()?test\)?\)\]\s*(return|if|let|\{)\b[^\n]*|\bNODE_ENV\s*={2,3}\s*['"]test['"][^\n]*|\bJEST_WORKER_ID\b|\btypeof\s+(jest|vi|cy|it|describe|expect|mocha)\b|process\.env\.VITEST\b|import\.meta\.vitest\b|\bPYTEST_CURRENT_TEST\b|['"]pytest['"] in sys\.modules|\btesting\.Testing\(\)|process\.env\.CI\b[^\n]*\breturn\b"#,
    }],
};

pub(super) const FIXED_ANSWER: Rule = Rule {
    name: "fixed_answer",
    says: Person,
    sentence: "return a fixed answer for one value",
    signs: &[Sign {
        on: On::Sources,
        part: Part::Text,
        change: Change::Appears,
        pattern: r#"\bif\s*\(?\s*[\w.]+(\(\))?\s*={2,3}\s*(-\d+(\.\d+)?|[2-9]|\d+\.\d+|\d{2,}|b?"[^"\n]+"|'[^'\n]+')\s*\)?\s*[:{]?\s*(return\s*\(?)(-?\d|"|'|Some\(\d|Ok\(\d|Some\("|Ok\("|true|false|True|False)[^\n]*"#,
    }],
};

/// Judged by `branches`.
pub(super) const ENVIRONMENT: Rule = Rule {
    name: "environment_decides",
    says: Person,
    sentence: "let the code behave by the environment that it runs in",
    signs: &[],
};

pub(super) const MOCKED: Rule = Rule {
    name: "code_mocked",
    says: Person,
    sentence: "mock away code of this repository that a test is about",
    signs: &[
        code(
            &[Python],
            r"(?m)@?\b(mock\.)?patch(\.object)?\([^\n]*|\bmonkeypatch\.setattr\([^\n]*|\bmocker\.patch\w*(\.object)?\([^\n]*",
        ),
        code(
            &[Python],
            r"(?m)^[^\n]*=\s*(mock\.)?(Magic|Async)?Mock\([^\n]*return_value[^\n]*|\.(return_value|side_effect)\s*=[^\n]*",
        ),
        code(&[Jvm], r"\.thenReturn\([^\n]*|@MockBean\b[^\n]*|\bdoNothing\(\)[^\n]*|\b(every|coEvery)\s*\{[^\n]*"),
        code(
            &[Js],
            r"\.mock(Return|Resolved|Rejected)Value(Once)?\([^\n]*|\.mockImplementation(Once)?\([^\n]*|\bsinon\.(stub|replace|fake)\b[^\n]*|\bcy\.stub\([^\n]*|\bcy\.intercept\([^\n]*(\{|=>)[^\n]*",
        ),
        code(&[Dotnet], r"\.Returns(Async|ForAnyArgs)?\([^\n]*"),
        code(&[Ruby], r"\b(and_return|allow_any_instance_of|stub_const|stubs\([^\n]*)\b"),
        code(&[Php], r"->(willReturn\w*|shouldReceive|andReturn)\([^\n]*"),
        Sign {
            on: On::Sources,
            part: Part::Code,
            change: Change::Appears,
            pattern: r"\b(fake|mock|stub|dummy)[A-Z_]\w*|\b(Fake|Mock|Stub|Dummy|Noop|NoOp)[A-Z]\w*",
        },
        Sign {
            on: On::Languages(&[Js]),
            part: Part::Text,
            change: Change::Appears,
            pattern: r#"\b(jest|vi)\.(mock|doMock)\(\s*['"](\.|@/|~/)[^\n]*"#,
        },
    ],
};

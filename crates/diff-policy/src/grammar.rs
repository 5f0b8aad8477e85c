//! How tests and assertions look, a row a language.

use std::sync::LazyLock;

use regex::Regex;

use crate::language::Language;

use Language::*;

/// How a test begins, and how an assertion looks. The first group of a test is its name.
pub(crate) struct Grammar {
    pub languages: &'static [Language],
    /// For languages that mark tests before they name them, the mark.
    pub mark: &'static str,
    pub test: &'static str,
    pub assertion: &'static str,
}

const GRAMMARS: &[Grammar] = &[
    Grammar {
        languages: &[Rust],
        mark: r"#\[(\w+::)*(test|rstest|test_case|quickcheck|proptest|wasm_bindgen_test|bench)\b",
        test: r"\bfn\s+(\w+)",
        assertion: r"\b\w*assert\w*!\s*[\(\[{]",
    },
    Grammar {
        languages: &[Js],
        mark: "",
        test: r#"\b(?:it|test|describe|specify|Deno\.test|testWidgets|blocTest|group)(?:\.(?:each|concurrent|serial|sequential)\b[^\n(]*)?\s*\(\s*(['"`].*)"#,
        assertion: r"\bexpect(\.soft)?\s*\(|\bassert(\.\w+)*\s*\(|\.should\(|\bt\.(is|deepEqual|not|true|false|truthy|falsy|throws|throwsAsync|like|regex|snapshot|equal|ok|same|strictSame)\(",
    },
    Grammar {
        languages: &[Python],
        mark: "",
        test: r"^\s*(?:async\s+)?(?:def\s+(test\w*)|class\s+(?:Test\w*))",
        assertion: r"^\s*assert\b|\bself\.(assert\w+|fail)\(|\bpytest\.(raises|warns|approx)\b|\.assert_\w+\(|\b(wait_until|wait_for|eventually|retry_until|poll_until)\(",
    },
    Grammar {
        languages: &[Go],
        mark: "",
        test: r"^func\s+(?:\([^)]*\)\s*)?((?:Test|Benchmark|Fuzz|Example)\w*)\s*\(|\bt\.Run\((.*)",
        assertion: r"\b(assert|require|is|qt|g|gomega)\.\w+\(|\b[tb]\.(Error|Errorf|Fatal|Fatalf|Fail|FailNow)\(|\bExpect\(|^\s*(\}\s*else\s+)?if\b.*([!=]=\s*(-?\d|[\x22`{])|\b(strings|bytes|slices|maps)\.)",
    },
    Grammar {
        languages: &[Jvm],
        mark: r"@(Test|ParameterizedTest|RepeatedTest|Property)\b",
        test: r"(?:\bvoid\s+|\bfun\s+|\bdef\s+)(`[^`]*`|\w+)\s*\(",
        assertion: r"\b(assert\w*|verify|fail)\s*[\({]|\bshould(Be|Equal|Throw)\w*\b|\bAssertions?\.\w+\(|\bTruth\.\w+\(|\bawait\(\)|\buntilAsserted\(",
    },
    Grammar {
        languages: &[Dotnet],
        mark: r"\[(Test|Fact|Theory|TestMethod|TestCase)\b",
        test: r"\b(?:void|Task)\s+(\w+)\s*\(",
        assertion: r"\bAssert\.\w+|\.Should\w*\(|\.ShouldBe\w*\(",
    },
    Grammar {
        languages: &[C],
        mark: "",
        test: r"\b(?:TEST|TEST_F|TEST_P|TYPED_TEST|TEST_CASE|SCENARIO|BOOST_AUTO_TEST_CASE)\s*\((.*)",
        assertion: r"\b(ASSERT|EXPECT|REQUIRE|CHECK|BOOST_CHECK|BOOST_REQUIRE)(_\w+)?\s*\(|\bassert\s*\(|\bTEST_ASSERT\w*\(|\bcr_assert\w*\(",
    },
    Grammar {
        languages: &[Ruby],
        mark: "",
        test: r#"^\s*(?:it|specify|test|scenario|describe|context)\s+(['"].*)|^\s*def\s+(test_\w+)"#,
        assertion: r"\bexpect\b\s*[\({]|^\s*(assert|refute)\w*\b|\bmust_\w+|\bis_expected\b|\.should\b",
    },
    Grammar {
        languages: &[Php],
        mark: "",
        test: r#"function\s+(test\w*)\s*\(|^\s*(?:it|test)\((['"].*)"#,
        assertion: r"(->|::)(assert\w+|expect\w+)\(|\bexpect\(",
    },
    Grammar {
        languages: &[Swift],
        mark: "",
        test: r"@Test\b(.*)|\bfunc\s+(test\w*)\s*\(",
        assertion: r"\bXCTAssert\w*\(|\bXCTFail\(|#expect\b|#require\b|\bXCTUnwrap\(",
    },
    Grammar {
        languages: &[Shell],
        mark: "",
        test: r#"^\s*@?test\s+(".*)|^\s*@test\s+(.*)"#,
        assertion: r"^\s*(\[\[?\s|assert\w*\b|refute\w*\b|expect\b)",
    },
];

pub(crate) struct Compiled {
    pub grammar: &'static Grammar,
    pub mark: Option<Regex>,
    pub test: Regex,
    pub assertion: Regex,
}

pub(crate) static COMPILED: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    let compile = |grammar: &'static Grammar| {
        let mark = if grammar.mark.is_empty() { None } else { Some(Regex::new(grammar.mark).ok()?) };
        Some(Compiled {
            grammar,
            mark,
            test: Regex::new(grammar.test).ok()?,
            assertion: Regex::new(grammar.assertion).ok()?,
        })
    };
    GRAMMARS.iter().filter_map(compile).collect()
});

/// Says exactly what, and says only that something is there.
pub(crate) const STRONG: &str = r#"assert!\(\s*[\w.()]+\.is_empty\(\)|assert_eq!|assert_matches!|\btoBe\(|toEqual\(|toStrictEqual\(|toHaveLength\(|toHaveBeenCalledWith\(|toHaveBeenCalledTimes\(|toHaveTextContent\(|toHaveText\(|toHaveValue\(|toThrow\([^)]|toThrowError\([^)]|toMatchSnapshot|toMatchInlineSnapshot|toBeVisible|trictEqual\(|deepEqual\(|assert\.equal\(|\.to\.(equal|eql|deep)|ssertEquals?\(|assertSame\(|assertListEqual|assertDictEqual|assertRaises|pytest\.raises|\bassert\b[^\n]*==|(assert|require)\.(Equal|JSONEq|Len|ErrorIs|EqualError)|isEqualTo\(|containsExactly|AreEqual|Assert\.Equal|Should\(\)\.Be\(|(EXPECT|ASSERT)_(EQ|STREQ|DOUBLE_EQ|THROW)|(REQUIRE|CHECK)\([^\n]*==|XCTAssertEqual|#expect\([^\n]*==|\bassert!\([^\n]*==|\beq\b|eql\b|assert_equal|Is\.EqualTo|t\.(is|deepEqual)\(|assertThrows|should(Be|Equal)\b|!= "|!= \w+ \{"#;
pub(crate) const WEAK: &str = r#"\.is_(ok|some|none|err)\(\)|!\s*[\w.()]+\.is_empty\(\)|matches!\([^\n]*(_\)|\.\.\)|_ \})|toBeDefined|toBeTruthy|toBeFalsy|not\.to(BeNull|BeUndefined|Throw|Equal|Be)\b|toBeInstanceOf|toHaveBeenCalled\(\)|toBeGreaterThan|toBeLessThan|toThrow\(\)|toThrowError\(\)|expect\.(any|anything|stringContaining|objectContaining|stringMatching)|toMatchObject|toContain\b|toBeInTheDocument|toBeAttached|\.to\.(exist|be\.ok|be\.an?\b|not\.)|NotNull\(|assertIsNotNone|is not None|assertTrue|assertIsInstance|assertIn\(|\bin\b|isinstance\(|NotNil|NotEmpty|isNotNull|isNotEmpty|IsNotNull|IsTrue|Assert\.True|NotBeNull|(EXPECT|ASSERT)_(TRUE|NE|GE|LE|GT|LT|NO_THROW)|(REQUIRE|CHECK)_(NOTHROW|FALSE)|XCTAssert(NotNil|True|NoThrow|GreaterThan)\w*|be_present|not_to be_nil|to be\b|be_truthy|be_an?\b|refute_nil|assert_not_nil|assert_ne!|\.contains\(|\.starts_with\(|NoError|\bassert!\(|len\([\w.]+\)\s*>|>=|<=|^\s*assert\s+[\w.()\[\]"']+\s*$|t\.(truthy|assert|pass)\(|Exception\)|assertDoesNotThrow|assertFalse|should not|!= nil|== nil|\[ -n "#;

#[cfg(test)]
mod self_check {
    #[test]
    fn every_grammar_compiles() {
        assert_eq!(super::COMPILED.len(), super::GRAMMARS.len());
        assert!(regex::Regex::new(super::STRONG).is_ok() && regex::Regex::new(super::WEAK).is_ok());
    }
}

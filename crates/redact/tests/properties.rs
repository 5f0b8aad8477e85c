//! What must hold for any text: the same result for every chunking, nothing more on a second pass, nothing else changed.
#![allow(clippy::expect_used)]

use proptest::prelude::*;
use redact::Redactor;

/// Pieces that rules react to, joined at random.
fn piece() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "password=",
        "token: ",
        "\"secret\": \"",
        "API_KEY=",
        "Authorization: Bearer ",
        "https://user:",
        "@host/path",
        "***",
        " ",
        "\n",
        "\r\n",
        "\t",
        "2025-01-15T10:30:00.1234567Z ",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----END RSA PRIVATE KEY-----",
        "\\n",
        "kind: Secret\n",
        "data:\n",
        "  key: ",
        "apiVersion: v1\n",
        "stringData:\n",
        "{\"kind\":\"Secret\",\"data\":{\"a\":\"",
        "\"}}",
        "eyJhbGciOiJIUzI1NiJ9.",
        "ghp_",
        "é✓日本",
        "[redacted:",
        "]",
        "=",
        ":",
        "\"",
        "'",
        ",",
        ";",
        "curl -u ",
        "docker login -p ",
        "Cookie: a=",
        "AKIA",
        "key",
        "datadog ",
        "sha256:",
        "login ",
        "%3A%2F%2F",
        "\\",
        "machine h ",
        "--token ",
        "MIIEpQIBAAKCAQEAn6O8liSX4m98LLYtPKSzEmQZBD7Loh9P13f4yQ92EF3yxR5",
        "name: DB_PASSWORD\n",
        "AKIAQ7RT2XW4ZB6NM3KP",
        "Kx9vQ2mN7pL4wR8tY3zB6cD1fG5hJ0sA+eU/iOqW\n",
        "\\u0067",
        "\\x3d",
        " login -p ",
        "value: ",
        "*",
        "xoxb-",
        "-",
        "_",
        ".",
    ]);
    let random = prop::string::string_regex("[A-Za-z0-9+/_=-]{1,48}").expect("a valid pattern");
    prop_oneof![3 => fixed.prop_map(str::to_owned), 2 => random, 1 => any::<String>()]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunks_do_not_matter(text in text(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let whole = Redactor::new().redact(&text);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        cuts.sort_unstable();
        let mut stream = Redactor::new().stream();
        let (mut out, mut from) = (String::new(), 0);
        for cut in cuts.into_iter().chain([text.len()]) {
            stream.push_bytes(&text.as_bytes()[from..cut], &mut out);
            from = cut;
        }
        let counts = stream.finish(&mut out);
        prop_assert_eq!(out, whole.text.as_ref());
        prop_assert_eq!(counts, whole.counts);
    }

    #[test]
    fn twice_is_once(text in text()) {
        let once = Redactor::new().redact(&text).text.into_owned();
        let twice = Redactor::new().redact(&once);
        prop_assert_eq!(&once, twice.text.as_ref());
        prop_assert!(twice.counts.is_empty());
    }

    /// Without its markers the result is what is left of the text when some pieces are cut out of it.
    #[test]
    fn nothing_but_the_match_changes(text in text()) {
        prop_assume!(!text.contains("[redacted:"));
        let redacted = Redactor::new().redact(&text);
        prop_assert_eq!(redacted.text.matches('\n').count(), text.matches('\n').count());
        let mut rest = text.as_str();
        for kept in redacted.text.split("[redacted:").enumerate().map(|(n, part)| if n == 0 { part } else { part.split_once(']').map_or("", |(_, kept)| kept) }) {
            let at = rest.find(kept);
            prop_assert!(at.is_some(), "{:?} is not in {:?}", kept, rest);
            rest = &rest[at.unwrap_or(0) + kept.len()..];
        }
        if redacted.counts.is_empty() {
            prop_assert_eq!(redacted.text.as_ref(), text.as_str());
        }
    }
}

/// What is quadratic would not end while anybody waits.
#[test]
fn hostile_shapes_keep_their_lines() {
    let units = [
        "password=",
        "://",
        "a:b@",
        "***",
        "eyJ",
        "\"",
        "'",
        "\\",
        "-----BEGIN PRIVATE KEY-----",
        "curl -u a:b ",
        "{\"kind\":\"Secret\",\"data\":{",
        "key key key ",
        "ghs_",
        "A",
        "=",
        "token ",
        "Authorization: ",
        "cookie: a=b;",
        "x-",
        "aGVsbG8gd29ybGQ",
        "%41",
        "sk-",
        "datadog",
        "://a:",
        "é",
        "api_key_",
        "\"auth\": \"",
        "-u ",
    ];
    for unit in units {
        for text in [unit.repeat(100_000 / unit.len()), format!("{unit}\n").repeat(100_000 / (unit.len() + 1))] {
            let redacted = Redactor::new().redact(&text);
            assert_eq!(redacted.text.matches('\n').count(), text.matches('\n').count(), "{unit:?}");
        }
    }
}

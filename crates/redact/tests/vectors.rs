//! The table of `vectors.txt`: what goes, what stays, and which rule says so.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use redact::Redactor;

/// Replaces `{hex40}` and the like, from the inside out.
fn expand(template: &str, seed: &mut u64) -> String {
    let mut text = template.to_owned();
    let kinds = [
        ("hex", "0123456789abcdef"),
        ("alnum", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
        ("upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
        ("bech", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
        ("lower", "abcdefghijklmnopqrstuvwxyz"),
        ("digit", "123456789"),
        ("word", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"),
        ("b64x", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"),
    ];
    for (kind, letters) in kinds {
        while let Some((at, end, count)) = placeholder(&text, kind) {
            let random: String = (0..count).map(|n| letter(letters, n, seed)).collect();
            text.replace_range(at..end, &random);
        }
    }
    while let Some(at) = text.rfind("{base64:") {
        let end = at + balanced(&text[at..]);
        let inner = text[at + 8..end - 1].replace("\\n", "\n");
        text.replace_range(at..end, &STANDARD.encode(inner));
    }
    text.replace('⏎', "\n").replace('⇥', "\t")
}

/// `{kind12}`: where it stands, and the number.
fn placeholder(text: &str, kind: &str) -> Option<(usize, usize, usize)> {
    let open = format!("{{{kind}");
    text.match_indices(&open).find_map(|(at, _)| {
        let rest = &text[at + open.len()..];
        let (number, _) = rest.split_once('}')?;
        Some((at, at + open.len() + number.len() + 1, number.parse().ok()?))
    })
}

/// Length up to the brace that closes the first one.
fn balanced(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

/// xorshift: the same letters every time. Never a word's first digit or an edge that is punctuation.
fn letter(letters: &str, n: usize, seed: &mut u64) -> char {
    loop {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        let at = usize::try_from(*seed % letters.len() as u64).unwrap_or(0);
        let c = char::from(letters.as_bytes()[at]);
        if n > 0 || c.is_ascii_alphanumeric() {
            return c;
        }
    }
}

/// A case: the text, and what it should become.
fn case(line: &str, seed: &mut u64) -> (String, String, String) {
    let (rule, template) = line.split_once(" | ").unwrap_or((line, ""));
    let marked = expand(template.trim_end(), seed);
    let plain = marked.replace(['«', '»'], "");
    let mut expected = String::new();
    for (n, part) in marked.split('«').enumerate() {
        match part.split_once('»') {
            Some((_, kept)) if n > 0 && rule != "-" => expected.push_str(&format!("[redacted:{rule}]{kept}")),
            _ => expected.push_str(&part.replace('»', "")),
        }
    }
    (rule.to_owned(), plain, expected)
}

#[test]
fn every_case_of_the_table() {
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    let mut wrong = Vec::new();
    let mut cases = 0;
    for line in include_str!("vectors.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (rule, text, expected) = case(line, &mut seed);
        let redacted = Redactor::new().redact(&text);
        cases += 1;
        if redacted.text != expected {
            wrong.push(format!("{line}\n  text     {text:?}\n  expected {expected:?}\n  is       {:?}", redacted.text));
        } else if rule != "-" {
            assert!(redacted.counts.contains_key(rule.as_str()), "{line}: {:?}", redacted.counts);
        }
    }
    assert!(cases > 150, "the table has only {cases} cases");
    assert!(wrong.is_empty(), "{} of {cases} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn own_values_go_wherever_they_stand() {
    let redactor = Redactor::new().with_known_values(["swordfish-blue".to_owned(), "short".to_owned()]);
    assert_eq!(redactor.redact("say swordfish-blue, in short").text, "say [redacted:known_value], in short");
}

#[test]
fn clean_text_is_borrowed() {
    let redacted = Redactor::new().redact("nothing here\n");
    assert!(matches!(redacted.text, std::borrow::Cow::Borrowed(_)) && redacted.counts.is_empty());
}

/// Forty letters and digits are a secret where a key id is near, whichever comes first.
#[test]
fn an_aws_secret_is_found_three_lines_around_its_key_id() {
    let secret = expand("{b64x40}", &mut 0x9e37_79b9_7f4a_7c15);
    let id = expand("AKIA{upper16}", &mut 0x1234_5678_9abc_def1);
    let redact = |text: &str| Redactor::new().redact(text).text.into_owned();
    for between in ["\n", "\none\n", "\none\ntwo\n"] {
        for text in [format!("{secret}{between}{id}\nend\n"), format!("{id}{between}{secret}\nend")] {
            let redacted = redact(&text);
            assert!(!redacted.contains(&secret) && !redacted.contains(&id), "{redacted}");
            assert_eq!(redacted.lines().count(), text.lines().count(), "{redacted}");
        }
    }
    for kept in [format!("{secret}\n1\n2\n3\n{id}"), format!("{secret}\nno id here"), secret.clone()] {
        assert!(redact(&kept).contains(&secret), "{kept}");
    }
}

//! What a step does not own passes through byte for byte and in order (design section 1, rule 2); what is no document
//! of this version is refused with one sentence (rule 5).

#![allow(clippy::unwrap_used, clippy::expect_used)]

use remediation::{Document, DocumentError, MAX_BYTES};
use serde_json::json;

/// Everything that a JSON library likes to change on the way through.
const ODD: &str = "{ \"zeta\" : 1e2,\n\t\"schema\":\"remediation/v1\" , \"a\\u006cpha\":[ 1e400,-0.0 ,1.10, 123456789012345678901234567890 ],
 \"claim\":{\"role\":\"owner\",  \"newer\":{\"b\":1,\"a\":\"\\u0000\\ud83e\\udd80 \\/ \\ud800\"}},\r\n\"\\\"}: ,{\":  \"}{,:\\\"\", \"\": null,
 \"classification\":{}, \"é\":{\"k\\u0065y\":1}}";

/// Key and value of every section as [`ODD`] spells them.
const ODD_SECTIONS: &[(&str, &str)] = &[
    ("\"zeta\"", "1e2"),
    ("\"schema\"", "\"remediation/v1\""),
    ("\"a\\u006cpha\"", "[ 1e400,-0.0 ,1.10, 123456789012345678901234567890 ]"),
    ("\"claim\"", "{\"role\":\"owner\",  \"newer\":{\"b\":1,\"a\":\"\\u0000\\ud83e\\udd80 \\/ \\ud800\"}}"),
    ("\"\\\"}: ,{\"", "\"}{,:\\\"\""),
    ("\"\"", "null"),
    ("\"classification\"", "{}"),
    ("\"é\"", "{\"k\\u0065y\":1}"),
];

fn parse(text: &str) -> Document {
    Document::parse(text.as_bytes()).unwrap()
}

/// The document that has these sections, spelled so.
fn written(sections: &[(&str, &str)]) -> String {
    let lines: Vec<String> = sections.iter().map(|(key, value)| format!("\n  {key}: {value}")).collect();
    format!("{{{}\n}}\n", lines.join(","))
}

#[test]
fn every_section_passes_through_byte_for_byte_and_in_order() {
    let bytes = parse(ODD).to_bytes().unwrap();
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), written(ODD_SECTIONS));
    assert_eq!(Document::parse(&bytes).unwrap().to_bytes().unwrap(), bytes);
}

#[test]
fn setting_removing_and_appending_change_nothing_else() {
    let mut document = parse(ODD);
    document.set("claim", &json!({"role": "linked"})).unwrap();
    document.remove("classification");
    document.set("outcome", &1).unwrap();
    document.set("foreign", &2).unwrap();
    let mut sections = ODD_SECTIONS.to_vec();
    sections[3].1 = "{\n    \"role\": \"linked\"\n  }";
    sections.remove(6);
    // `outcome` comes after the last section that comes before it in the story; what has no place in it comes last.
    sections.insert(4, ("\"outcome\"", "1"));
    sections.push(("\"foreign\"", "2"));
    assert_eq!(document.to_string(), written(&sections));
}

#[test]
fn an_escaped_key_is_the_section_of_that_name() {
    let mut document = parse(r#"{"\u0073chema":"remediation\/v1","cl\u0061im":1}"#);
    assert_eq!(document.raw("claim"), Some("1"));
    document.set("claim", &2).unwrap();
    assert_eq!(
        document.to_string(),
        written(&[(r#""\u0073chema""#, r#""remediation\/v1""#), (r#""cl\u0061im""#, "2")])
    );
}

#[test]
fn setting_a_section_twice_gives_the_same_bytes() {
    let section = json!({"text": "a\nb", "list": [1, [], {}], "float": 0.1});
    let mut document = parse(ODD);
    document.set("failure", &section).unwrap();
    let once = document.to_string();
    document.set("failure", &section).unwrap();
    assert_eq!(document.to_string(), once);
    let mut again = parse(&once);
    again.set("failure", &section).unwrap();
    assert_eq!(again.to_string(), once);
}

#[test]
fn the_sections_of_a_new_document_tell_its_story_in_order_whatever_order_they_are_set_in() {
    let mut document = Document::new();
    for key in ["trail", "id", "outcome", "classification", "subject"] {
        document.set(key, &key).unwrap();
    }
    assert_eq!(document.keys().collect::<Vec<_>>(), ["schema", "id", "subject", "classification", "outcome", "trail"]);
}

#[test]
fn the_items_of_a_list_are_kept_as_they_came() {
    let mut document = parse(r#"{"schema":"remediation/v1","trail":[{"step":"x" ,"new":1e2}, 30]}"#);
    let mut items = document.items("trail").unwrap();
    assert_eq!(items, [r#"{"step":"x" ,"new":1e2}"#, "30"]);
    items.push("{}".into());
    document.set_items("trail", &items).unwrap();
    assert_eq!(document.items("trail").unwrap(), items);
    let once = document.to_string();
    document.set_items("trail", &items).unwrap();
    assert_eq!(document.to_string(), once);
    document.set_items("attempts", &[]).unwrap();
    assert_eq!(document.raw("attempts"), Some("[]"));
    assert!(document.items("nowhere").unwrap().is_empty());
    assert!(document.set_items("trail", &["{".into()]).is_err(), "half an item is no JSON");
}

#[test]
fn an_entry_of_a_section_is_set_and_the_others_are_kept_as_they_came() {
    let entry = json!({"file": "prompt.md"});
    let ours = "\"prompt\": {\n      \"file\": \"prompt.md\"\n    }";
    let mut document =
        parse(r#"{"schema":"remediation/v1","attachments":{"z" : {"new":1e2 ,"file":"z"},"\u0061":30}}"#);
    document.set_entry("attachments", "prompt", &entry).unwrap();
    let wanted = format!("{{\n    \"z\": {{\"new\":1e2 ,\"file\":\"z\"}},\n    \"\\u0061\": 30,\n    {ours}\n  }}");
    assert_eq!(document.raw("attachments"), Some(wanted.as_str()));
    document.set_entry("attachments", "prompt", &entry).unwrap();
    assert_eq!(document.raw("attachments"), Some(wanted.as_str()), "twice gives the same bytes");

    let mut new = Document::new();
    new.set_entry("attachments", "prompt", &entry).unwrap();
    assert_eq!(new.raw("attachments"), Some(format!("{{\n    {ours}\n  }}").as_str()));
    assert!(new.set_entry("schema", "x", &1).unwrap_err().to_string().contains("`schema` is not readable"));
}

fn nested(open: &str, close: &str, levels: usize) -> String {
    format!(r#"{{"schema":"remediation/v1","x":{}1{}}}"#, open.repeat(levels), close.repeat(levels))
}

#[test]
fn what_is_no_document_is_refused_with_one_sentence() {
    let twice = "stands twice in one object";
    let table: &[(&str, Vec<u8>, &str)] = &[
        ("empty", b"".into(), "the document is not valid JSON: there is nothing in it; did the step before it fail?"),
        ("blank", b" \n\t".into(), "there is nothing in it"),
        ("cut short", ODD.as_bytes()[..200].into(), "it was cut short"),
        ("two in one", b"{\"schema\":\"remediation/v1\"}{}".into(), "not valid JSON: trailing characters"),
        ("a text", b"Error: no such file".into(), "not valid JSON: expected value at line 1 column 1"),
        ("BOM", b"\xef\xbb\xbf{\"schema\":\"remediation/v1\"}".into(), "it begins with a byte order mark"),
        ("NUL", b"{\"schema\":\"remediation/v1\"}\0".into(), "not valid JSON: trailing characters"),
        ("NUL in a string", b"{\"schema\":\"remediation/v1\",\"x\":\"\0\"}".into(), "control character"),
        ("no UTF-8", b"{\"schema\":\"remediation/v1\",\"x\":\"\xff\"}".into(), "invalid utf-8 sequence"),
        ("10 MB", vec![b' '; 10_000_000], "the document is over the limit of 65536 bytes"),
        ("a section twice", br#"{"schema":"remediation/v1","a":1,"\u0061":1}"#.into(), twice),
        ("schema twice", br#"{"schema":"remediation/v2","schema":"remediation/v1"}"#.into(), twice),
        ("a key twice, deep", br#"{"schema":"remediation/v1","a":[0,{"b":[{"c":1,"c":1}]}]}"#.into(), twice),
        ("nested in lists", nested("[", "]", 10_000).into(), "it is nested deeper than 64 levels"),
        ("nested in objects", nested("{\"a\":", "}", 10_000).into(), "it is nested deeper than 64 levels"),
        ("a list", b"[]".into(), "this is no remediation/v1 document: it is not an object"),
        ("a foreign object", b"{}".into(), "this is no remediation/v1 document: it has no `schema`"),
        ("a foreign schema", b"{\"schema\":\"pod/v1\"}".into(), "no remediation/v1 document: its `schema` is `pod/v1`"),
        (
            "a hostile schema",
            br#"{"schema":"remediation/v2\u001b[31m\n"}"#.into(),
            r"its `schema` is `remediation/v2\x1b[31m␤`",
        ),
        ("no word", b"{\"schema\":1}".into(), "its `schema` is not a word"),
        (
            "newer",
            b"{\"schema\":\"remediation/v2\"}".into(),
            "is remediation/v2, this version reads remediation/v1; use the Healer that wrote it",
        ),
        ("newer, two digits", b"{\"schema\":\"remediation/v10\"}".into(), "is remediation/v10"),
    ];
    for (name, bytes, wanted) in table {
        let sentence = Document::parse(bytes).err().unwrap_or_else(|| panic!("{name} was read")).to_string();
        assert!(sentence.contains(wanted), "{name}: {sentence}");
        assert!(!sentence.contains(char::is_control) && sentence.len() < 300, "{name}: {sentence:?}");
    }
}

#[test]
fn sixty_four_levels_with_the_document_itself_are_read() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        assert!(Document::parse(nested(open, close, 63).as_bytes()).is_ok());
        assert!(Document::parse(nested(open, close, 64).as_bytes()).is_err());
    }
}

#[test]
fn a_document_is_at_most_64_kib_and_one_that_grew_over_it_names_its_largest_sections() {
    let mut document = Document::new();
    let room = MAX_BYTES - document.to_string().len() - ",\n  \"context\": \"\"".len();
    document.set("context", &"x".repeat(room)).unwrap();
    let bytes = document.to_bytes().unwrap();
    assert_eq!(bytes.len(), MAX_BYTES);
    assert!(Document::parse(&bytes).is_ok());
    assert!(matches!(Document::parse(&[&bytes[..], b" "].concat()), Err(DocumentError::TooLarge(_))));
    document.set("context", &"x".repeat(room + 1)).unwrap();
    assert!(matches!(document.to_bytes(), Err(DocumentError::Grown(size, _)) if size == MAX_BYTES + 1));
    document.set("claim", &"y".repeat(100)).unwrap();
    let sentence = document.to_bytes().unwrap_err().to_string();
    assert!(sentence.contains("most of it in `context` (") && sentence.contains(", `claim` (102)"), "{sentence}");
}

#[test]
fn a_section_in_another_shape_is_named_and_its_text_is_shown_encoded() {
    let document = parse(
        "{\"schema\":\"remediation/v1\",\"claim\":{\"role\":[\"\\u001b[31m\"]},\"coderun\":{\"k\\n\":\"\\u202e\"}}",
    );
    let claim = document.get::<remediation::Claim>("claim").unwrap_err().to_string();
    assert!(claim.starts_with("the document's `claim` is not readable: role: invalid type: sequence"), "{claim}");
    type Numbers = std::collections::BTreeMap<String, u8>;
    let coderun = document.get::<Numbers>("coderun").unwrap_err().to_string();
    assert!(coderun.contains("k␤: invalid type") && !coderun.contains(['\u{202e}', '\n']), "{coderun}");

    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code)]
    struct Needs {
        prompt: remediation::Prompt,
    }
    let missing = document.needs::<Needs>().unwrap_err().to_string();
    assert!(
        missing.contains("missing field `prompt`") && missing.contains("run the steps before it first"),
        "{missing}"
    );
}

//! What must hold for any input at all.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use remediation::Document;

/// JSON text in any spelling: white space, escapes, numbers that no machine holds.
fn json() -> impl Strategy<Value = String> {
    let space = prop::sample::select(vec!["", " ", "\n\t", "\r\n  "]);
    let string = prop::collection::vec(
        prop::sample::select(vec![
            "a",
            "é",
            "\\u0000",
            "\\\"",
            "\\\\",
            "\\ud83e\\udd80",
            "{",
            "}",
            ",",
            ":",
            "[",
            "\\n",
        ]),
        0..6,
    )
    .prop_map(|parts| format!("\"{}\"", parts.concat()));
    let leaf = prop_oneof![
        prop::sample::select(vec!["null", "true", "1e2", "-0", "1E+400", "0.10", "123456789012345678901234567890"])
            .prop_map(str::to_owned),
        string.clone(),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let list = (space.clone(), prop::collection::vec(inner.clone(), 0..4))
            .prop_map(|(space, items)| format!("[{space}{}{space}]", items.join(&format!("{space},"))));
        let object =
            (space.clone(), prop::collection::vec((string.clone(), inner), 0..4)).prop_map(|(space, entries)| {
                // A number before the key makes it unique.
                let entry =
                    |(n, (key, value)): (usize, (String, String))| format!("\"{n}{}{space}:{space}{value}", &key[1..]);
                let entries: Vec<String> = entries.into_iter().enumerate().map(entry).collect();
                format!("{{{space}{}{space}}}", entries.join(&format!(",{space}")))
            });
        prop_oneof![list, object]
    })
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_same_bytes(values in prop::collection::vec(json(), 0..6)) {
        let sections: String = values.iter().enumerate().map(|(n, value)| format!(", \"s{n}\" :{value} ")).collect();
        let text = format!(" {{\"schema\":\"remediation/v1\"{sections}}}\n");
        let document = Document::parse(text.as_bytes()).unwrap();
        for (n, value) in values.iter().enumerate() {
            prop_assert_eq!(document.raw(&format!("s{n}")), Some(value.as_str()));
        }
        let once = document.to_bytes().unwrap();
        prop_assert_eq!(Document::parse(&once).unwrap().to_bytes().unwrap(), once);
    }

    #[test]
    fn any_json_is_read_or_refused(value in json()) {
        let _ = Document::parse(value.as_bytes());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Document::parse(&bytes);
    }

    #[test]
    fn a_document_cut_anywhere_is_refused(values in prop::collection::vec(json(), 1..4), at in any::<prop::sample::Index>()) {
        let sections: String = values.iter().enumerate().map(|(n, value)| format!(",\"s{n}\":{value}")).collect();
        let text = format!("{{\"schema\":\"remediation/v1\"{sections}}}");
        let cut = &text.as_bytes()[..at.index(text.len())];
        prop_assert!(Document::parse(cut).is_err());
    }
}

//! JSON as it is spelled: entries with their bytes, so that nothing is decoded that nobody asks for.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::DocumentError;

/// How deep objects and lists may be nested.
const MAX_DEPTH: usize = 64;

/// One entry of an object.
#[derive(Clone)]
pub(crate) struct Section {
    pub(crate) key: String,
    /// The key as it came, quotes and escapes included.
    pub(crate) raw_key: String,
    pub(crate) value: Box<RawValue>,
}

/// A key as we spell it.
pub(crate) fn quoted(key: &str) -> String {
    serde_json::Value::from(key).to_string()
}

/// What serde says of text that is not JSON.
pub(crate) fn not_json(error: serde_json::Error) -> DocumentError {
    let advice = if error.is_eof() { "; it was cut short" } else { "" };
    DocumentError::Json(format!("{error}{advice}"))
}

/// Foreign text in a sentence: one visible line, quoted and cut.
pub(crate) fn shown(text: &str) -> String {
    format!("`{}`", text::Untrusted::new(text).terminal())
}

/// The entries of an object, key and value as they are spelled in `text`.
pub(crate) fn entries(text: &str) -> Result<Vec<Section>, DocumentError> {
    let RawMap(entries) = serde_json::from_str::<RawMap<'_>>(text).map_err(not_json)?;
    let mut sections = Vec::with_capacity(entries.len());
    let mut end = 0;
    for (key, value) in entries {
        // The value is a slice of `text`, so the key stands between it and the value before.
        let start = value.get().as_ptr() as usize - text.as_ptr() as usize;
        let between = text.get(end..start).unwrap_or_default();
        let raw_key =
            between.trim_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '{' | ',' | ':')).to_owned();
        end = start + value.get().len();
        sections.push(Section { key, raw_key, value: value.to_owned() });
    }
    Ok(sections)
}

/// The entries of an object, borrowed from the text.
struct RawMap<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for RawMap<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = RawMap<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(RawMap(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// Refuses a key that stands twice in one object, at any depth. Works on raw text, so that no number is ever decoded.
pub(crate) fn refuse_duplicates(json: &str, depth: usize) -> Result<(), DocumentError> {
    if depth > MAX_DEPTH {
        return Err(DocumentError::Json(format!("it is nested deeper than {MAX_DEPTH} levels")));
    }
    match json.as_bytes().first() {
        Some(b'{') => {
            let RawMap(entries) = serde_json::from_str(json).map_err(not_json)?;
            let mut seen = HashSet::new();
            for (key, value) in &entries {
                if !seen.insert(key) {
                    return Err(DocumentError::Json(format!("the key {} stands twice in one object", shown(key))));
                }
                refuse_duplicates(value.get(), depth + 1)?;
            }
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json).map_err(not_json)?;
            for item in items {
                refuse_duplicates(item.get(), depth + 1)?;
            }
        }
        _ => {}
    }
    Ok(())
}

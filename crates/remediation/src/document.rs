//! The raw document: sections in order, kept as they came.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::raw::{Section, entries, not_json, quoted, refuse_duplicates, shown};

/// What `schema` says in the documents of this version.
pub const SCHEMA: &str = "remediation/v1";

/// The largest document: bulk belongs into attachments.
pub const MAX_BYTES: usize = 64 * 1024;

/// The sections in the order in which a document tells its story.
pub const ORDER: &[&str] = &[
    "schema",
    "id",
    "opened_at",
    "origin",
    "repository",
    "subject",
    "attempt",
    "admission",
    "target",
    "failure",
    "classification",
    "claim",
    "context",
    "prompt",
    "coderun",
    "rerun",
    "outcome",
    "attempts",
    "attempts_omitted",
    "announcement",
    "escalation",
    "memory",
    "attachments",
    "fault",
    "trail",
    "trail_omitted",
];

/// Why a document is refused. Always exit code 3, except [`DocumentError::Grown`], which is a bug of ours unless the
/// document was nearly full when it came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not JSON, cut short, or a key twice.
    #[error("the document is not valid JSON: {0}")]
    Json(String),
    /// JSON, but no document of ours.
    #[error("this is no {SCHEMA} document: {0}")]
    Foreign(String),
    /// A newer major version.
    #[error("the document is {0}, this version reads {SCHEMA}; use the Healer that wrote it")]
    Newer(String),
    /// Over [`MAX_BYTES`], as it was read.
    #[error("the document is over the limit of {MAX_BYTES} bytes; bulk belongs into attachments")]
    TooLarge(usize),
    /// Over [`MAX_BYTES`], as it would be written: its size, and its largest sections with theirs.
    #[error(
        "the document grew to {0} bytes, over the limit of {MAX_BYTES}, most of it in {1}; bulk belongs into attachments"
    )]
    Grown(usize, String),
    /// A section that a step needs is not there or not in its shape.
    #[error("the document's {0}")]
    Section(String),
}

/// A `remediation/v1` document. Sections that nobody touches are passed on byte for byte, in their order.
#[derive(Clone)]
pub struct Document {
    sections: Vec<Section>,
}

impl Document {
    /// A document with its envelope still to be filled in.
    pub fn new() -> Self {
        let mut document = Self { sections: Vec::new() };
        // A word of ours always serialises.
        let _ = document.set("schema", &SCHEMA);
        document
    }

    /// Reads a document; everything that is not one is refused with one sentence.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        if bytes.len() > MAX_BYTES {
            return Err(DocumentError::TooLarge(bytes.len()));
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(DocumentError::Json("there is nothing in it; did the step before it fail?".into()));
        }
        if bytes.starts_with("\u{feff}".as_bytes()) {
            return Err(DocumentError::Json("it begins with a byte order mark; write it as UTF-8 without one".into()));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| DocumentError::Json(error.to_string()))?;
        let whole: &RawValue = serde_json::from_str(text).map_err(not_json)?;
        refuse_duplicates(whole.get(), 0)?;
        if !whole.get().starts_with('{') {
            return Err(DocumentError::Foreign("it is not an object".into()));
        }
        let document = Self { sections: entries(text)? };
        document.check_schema()?;
        Ok(document)
    }

    fn check_schema(&self) -> Result<(), DocumentError> {
        let schema: Option<String> =
            self.get("schema").map_err(|_| DocumentError::Foreign("its `schema` is not a word".into()))?;
        match schema.as_deref() {
            Some(SCHEMA) => Ok(()),
            Some(other) if is_another_version(other) => Err(DocumentError::Newer(other.to_owned())),
            Some(other) => Err(DocumentError::Foreign(format!("its `schema` is {}", shown(other)))),
            None => Err(DocumentError::Foreign("it has no `schema`".into())),
        }
    }

    /// The section's text, as it stands in the document.
    pub fn raw(&self, key: &str) -> Option<&str> {
        self.sections.iter().find(|section| section.key == key).map(|section| section.value.get())
    }

    /// Whether the section is there.
    pub fn has(&self, key: &str) -> bool {
        self.raw(key).is_some()
    }

    /// The section, if it is there; an error when it has another shape than `T`.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, DocumentError> {
        let Some(raw) = self.raw(key) else { return Ok(None) };
        decode(raw).map(Some).map_err(|error| DocumentError::Section(format!("`{key}` is not readable: {error}")))
    }

    /// The parts of the document that a step reads, as one struct with a field a section.
    pub fn needs<T: DeserializeOwned>(&self) -> Result<T, DocumentError> {
        decode(&self.to_string()).map_err(|error| {
            DocumentError::Section(format!(
                "sections are not what this step needs: {error}; run the steps before it first"
            ))
        })
    }

    /// Puts a section in, in the place of the one of that name or at its place in the story.
    pub fn set<T: Serialize + ?Sized>(&mut self, key: &str, section: &T) -> Result<(), DocumentError> {
        let value = Self::encode(section)?;
        self.set_raw(key, value);
        Ok(())
    }

    /// A section as a document writes it.
    pub fn encode<T: Serialize + ?Sized>(section: &T) -> Result<Box<RawValue>, DocumentError> {
        // JSON strings hold no raw newline, so this indents and changes nothing else.
        serde_json::to_string_pretty(section)
            .and_then(|json| RawValue::from_string(json.replace('\n', "\n  ")))
            .map_err(|error| DocumentError::Section(format!("new section cannot be written: {error}")))
    }

    /// [`Document::set`], already encoded.
    pub fn set_raw(&mut self, key: &str, value: Box<RawValue>) {
        if let Some(section) = self.sections.iter_mut().find(|section| section.key == key) {
            section.value = value;
            return;
        }
        let rank = |key: &str| ORDER.iter().position(|known| *known == key);
        let after = rank(key).and_then(|own| {
            self.sections.iter().rposition(|section| rank(&section.key).is_some_and(|other| other < own))
        });
        let at = match after {
            Some(position) => position + 1,
            None if rank(key).is_some() => 0,
            None => self.sections.len(),
        };
        let raw_key = quoted(key);
        self.sections.insert(at, Section { key: key.to_owned(), raw_key, value });
    }

    /// The items of a section that is a list, as they stand there; none when it is absent.
    pub fn items(&self, key: &str) -> Result<Vec<String>, DocumentError> {
        let items: Option<Vec<Box<RawValue>>> = self.get(key)?;
        Ok(items.unwrap_or_default().into_iter().map(|item| item.get().to_owned()).collect())
    }

    /// Writes a list of which every item is JSON already and is kept as it is.
    pub fn set_items(&mut self, key: &str, items: &[String]) -> Result<(), DocumentError> {
        let json = if items.is_empty() { "[]".to_owned() } else { format!("[\n    {}\n  ]", items.join(",\n    ")) };
        let value = RawValue::from_string(json)
            .map_err(|error| DocumentError::Section(format!("`{key}` cannot be written: {error}")))?;
        self.set_raw(key, value);
        Ok(())
    }

    /// Puts one entry into a section that is an object; the others are kept as they came.
    pub fn set_entry<T: Serialize + ?Sized>(&mut self, key: &str, name: &str, entry: &T) -> Result<(), DocumentError> {
        let unreadable = |_| DocumentError::Section(format!("`{key}` is not readable: it is not an object"));
        let mut entries = entries(self.raw(key).unwrap_or("{}")).map_err(unreadable)?;
        // One level deeper than a section.
        let value = RawValue::from_string(Self::encode(entry)?.get().replace('\n', "\n  "))
            .map_err(|error| DocumentError::Section(format!("`{key}` cannot be written: {error}")))?;
        match entries.iter_mut().find(|entry| entry.key == name) {
            Some(entry) => entry.value = value,
            None => entries.push(Section { key: name.to_owned(), raw_key: quoted(name), value }),
        }
        let lines: Vec<String> =
            entries.iter().map(|entry| format!("\n    {}: {}", entry.raw_key, entry.value.get())).collect();
        let json = format!("{{{}\n  }}", lines.join(","));
        let value = RawValue::from_string(json)
            .map_err(|error| DocumentError::Section(format!("`{key}` cannot be written: {error}")))?;
        self.set_raw(key, value);
        Ok(())
    }

    /// Takes a section out.
    pub fn remove(&mut self, key: &str) {
        self.sections.retain(|section| section.key != key);
    }

    /// The names of the sections, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|section| section.key.as_str())
    }

    /// How long it would be, written; also beyond [`MAX_BYTES`].
    pub fn size_bytes(&self) -> usize {
        self.to_string().len()
    }

    /// The document as it is written, ending with a newline; refused when it grew over [`MAX_BYTES`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, DocumentError> {
        let bytes = self.to_string().into_bytes();
        if bytes.len() <= MAX_BYTES {
            return Ok(bytes);
        }
        let mut sections: Vec<&Section> = self.sections.iter().collect();
        sections.sort_by_key(|section| std::cmp::Reverse(section.value.get().len()));
        let largest = sections.iter().take(3);
        let largest = largest.map(|section| format!("{} ({})", shown(&section.key), section.value.get().len()));
        Err(DocumentError::Grown(bytes.len(), largest.collect::<Vec<_>>().join(", ")))
    }
}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, section) in self.sections.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}\n  {}: {}", section.raw_key, section.value.get())?;
        }
        f.write_str("\n}\n")
    }
}

fn decode<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| text::Untrusted::new(error.to_string()).terminal())
}

/// `remediation/v` and a number: ours, but not ours to read.
fn is_another_version(schema: &str) -> bool {
    schema
        .strip_prefix("remediation/v")
        .is_some_and(|version| (1..=8).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_digit()))
}

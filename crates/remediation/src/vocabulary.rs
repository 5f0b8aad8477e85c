//! Closed in what we write, open in what we read: enums of words, and [`Open`], a word that may be from the future.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A closed set of snake_case words, spelled the same in code, documents, file names and docs.
pub trait Vocabulary: Copy + Eq + fmt::Debug + 'static {
    /// What the set is called in error sentences and docs.
    const NAME: &'static str;
    /// Every word, in the order the docs print them.
    const ALL: &'static [Self];
    /// The word as it is written.
    fn as_str(self) -> &'static str;
    /// What the word says, in a few words, for the docs.
    fn meaning(self) -> &'static str;
    /// The word that is spelled so, if this version knows it.
    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.as_str() == word)
    }
}

/// Makes an enum of words: `Name = "word", "meaning";` a row.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident, $title:literal: $($variant:ident = $word:literal, $meaning:literal;)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $(#[doc = $meaning] $variant),+ }

        impl $crate::Vocabulary for $name {
            const NAME: &'static str = $title;
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad($crate::Vocabulary::as_str(*self))
            }
        }
    };
}

/// A word as it is read: one that this version knows, or one from a newer version, kept as it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Open<T> {
    /// A word of this version's vocabulary.
    Known(T),
    /// A word this version does not know.
    Unknown(String),
}

/// A deciding word is not one this version knows. The caller stops with exit code 3: guessing would be worse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{at} is {word:?}, which is no {vocabulary} that this version knows; a newer Healer wrote it, so use that version"
)]
pub struct UnknownWord {
    /// Where the word stands, such as `admission.decision`.
    pub at: String,
    /// The word, cut to 64 characters.
    pub word: String,
    /// The vocabulary's name.
    pub vocabulary: &'static str,
}

impl<T: Vocabulary> Open<T> {
    /// The word, when this version knows it. For words that only inform.
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(word) => Some(*word),
            Self::Unknown(_) => None,
        }
    }

    /// The word, or an error that names the place. For words that decide.
    pub fn require(&self, at: &str) -> Result<T, UnknownWord> {
        match self {
            Self::Known(word) => Ok(*word),
            Self::Unknown(word) => {
                Err(UnknownWord { at: at.to_owned(), word: word.chars().take(64).collect(), vocabulary: T::NAME })
            }
        }
    }

    /// The word as it is written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(word) => word.as_str(),
            Self::Unknown(word) => word,
        }
    }
}

impl<T: Vocabulary> From<T> for Open<T> {
    fn from(word: T) -> Self {
        Self::Known(word)
    }
}

impl<T: Vocabulary> PartialEq<T> for Open<T> {
    fn eq(&self, other: &T) -> bool {
        self.known() == Some(*other)
    }
}

impl<T: Vocabulary> Serialize for Open<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, T: Vocabulary> Deserialize<'de> for Open<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Ok(T::parse(&word).map_or(Self::Unknown(word), Self::Known))
    }
}

#[cfg(feature = "schema")]
impl<T: Vocabulary> schemars::JsonSchema for Open<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::NAME.replace(' ', "_").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let words: Vec<&str> = T::ALL.iter().map(|word| word.as_str()).collect();
        schemars::json_schema!({
            "description": format!("{}: one of these, or a newer version's word", T::NAME),
            "anyOf": [{ "enum": words }, { "type": "string" }]
        })
    }
}

//! A secret by name: a file or an environment variable. The value is read at use and never kept or shown.

use std::fmt;
use std::io::Read;
use std::path::PathBuf;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};

/// No secret of ours is longer.
const MAX_BYTES: u64 = 64 * 1024;

const ADVICE: &str = "a secret is not written here; write `{ file: /path }` or `{ env: NAME }`";

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Secret {
    /// In this file, such as a mounted Kubernetes Secret.
    File(PathBuf),
    /// In this environment variable.
    Env(#[serde(serialize_with = "as_text")] String),
}

fn as_text<S: Serializer>(name: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name)
}

/// A secret cannot be had. Exit code 78: somebody has to change the configuration or mount the Secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the secret from {place}: {why}")]
pub struct SecretError {
    place: String,
    why: String,
}

impl From<SecretError> for step::Cannot {
    fn from(error: SecretError) -> Self {
        Self::misconfigured(error.to_string())
    }
}

impl Secret {
    /// The value, without the line end that editors add.
    pub fn read(&self) -> Result<String, SecretError> {
        let failed = |why: String| SecretError { place: self.place(), why };
        let value = match self {
            Self::File(path) => {
                let file = std::fs::File::open(path).map_err(|error| failed(error.to_string()))?;
                let mut value = String::new();
                let read = file.take(MAX_BYTES + 1).read_to_string(&mut value);
                read.map_err(|error| failed(error.to_string()))?;
                value
            }
            Self::Env(name) => std::env::var(name).map_err(|error| failed(error.to_string()))?,
        };
        let value = value.trim_end_matches(['\n', '\r']);
        if value.trim().is_empty() {
            return Err(failed("it is empty".into()));
        }
        if value.len() as u64 > MAX_BYTES {
            return Err(failed(format!("it has more than {MAX_BYTES} bytes")));
        }
        Ok(value.to_owned())
    }

    fn place(&self) -> String {
        match self {
            Self::File(path) => format!("the file {}", path.display()),
            Self::Env(name) => format!("the environment variable {name}"),
        }
    }
}

impl<'de> Deserialize<'de> for Secret {
    /// By hand, so that a value that was written in by mistake is not repeated in an error.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Place;
        impl<'de> Visitor<'de> for Place {
            type Value = Secret;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`{ file: /path }` or `{ env: NAME }`")
            }
            fn visit_str<E: de::Error>(self, _: &str) -> Result<Secret, E> {
                Err(E::custom(ADVICE))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
                let mut secret = None;
                while let Some(key) = map.next_key::<String>()? {
                    let next = match key.as_str() {
                        "file" => Secret::File(map.next_value()?),
                        "env" => Secret::Env(map.next_value()?),
                        _ => return Err(de::Error::unknown_field(&key, &["file", "env"])),
                    };
                    if secret.replace(next).is_some() {
                        return Err(de::Error::custom("`file` and `env` are both there; keep one"));
                    }
                }
                let secret = secret.ok_or_else(|| de::Error::custom(ADVICE))?;
                match &secret {
                    Secret::Env(name)
                        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') =>
                    {
                        Err(de::Error::custom("this is no name of an environment variable"))
                    }
                    Secret::File(path) if !path.is_absolute() => {
                        Err(de::Error::custom("the path must be absolute, beginning with `/`"))
                    }
                    _ => Ok(secret),
                }
            }
        }
        deserializer.deserialize_any(Place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("webhook");
        std::fs::write(&path, "https://example.com/hook\n").unwrap();
        let secret = Secret::File(path.clone());
        assert_eq!(secret.read().unwrap(), "https://example.com/hook");
        assert!(!format!("{secret:?}").contains("example.com"));
        assert!(!serde_json::to_string(&secret).unwrap().contains("example.com"));
        std::fs::write(&path, "\n").unwrap();
        assert!(secret.read().unwrap_err().to_string().ends_with("it is empty"));
        assert!(Secret::Env("HEALER_TEST_NO_SUCH".into()).read().unwrap_err().to_string().contains("HEALER_TEST_NO"));
    }

    #[test]
    fn a_value_in_the_file_is_refused_without_repeating_it() {
        for text in [r#""hunter22""#, r#"{"value":"hunter22"}"#, r#"{"env":"hunter22 or so"}"#, "{}"] {
            let error = serde_json::from_str::<Secret>(text).unwrap_err().to_string();
            assert!(!error.contains("hunter22"), "{error}");
        }
        let both = serde_json::from_str::<Secret>(r#"{"file":"/a","env":"B"}"#).unwrap_err();
        assert!(both.to_string().contains("keep one"));
    }
}

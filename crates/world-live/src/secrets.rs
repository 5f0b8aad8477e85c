//! Secrets are read here, at use, and nowhere else. No error and no `Debug` shows a value.

use std::fmt;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use world::SecretRef;
use world::wire::WireError;

/// No secret of ours is longer.
const MAX_BYTES: u64 = 64 * 1024;

/// Looks up an environment variable.
type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where environment variables are looked up: the process, or a map in a test.
#[derive(Clone)]
pub struct Environment(Arc<Lookup>);

impl Environment {
    /// The process' own. A variable that is not UTF-8 counts as absent.
    pub fn process() -> Self {
        Self::from_fn(|name| std::env::var(name).ok())
    }

    /// Any other.
    pub fn from_fn(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(lookup))
    }

    /// A variable's value; empty counts as absent, as Kubernetes and CI write what is not set.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.trim().is_empty())
    }

    /// Reads a secret. `what` names it in the error: `the Discord webhook`.
    pub(crate) fn secret(&self, what: &str, place: &SecretRef) -> Result<Secret, WireError> {
        let value = match place {
            SecretRef::Env(name) => {
                let missing = || format!("{what} is missing: set the environment variable {name}");
                self.get(name).ok_or_else(|| WireError::Credential(missing()))?
            }
            SecretRef::File(path) => read(path).map_err(|why| {
                WireError::Credential(format!("cannot read {what} from the file {}: {why}", path.display()))
            })?,
        };
        let value = value.trim_matches(['\n', '\r', ' ', '\t']);
        Ok(Secret(value.to_owned()))
    }
}

fn read(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut value = String::new();
    file.take(MAX_BYTES + 1).read_to_string(&mut value).map_err(|error| error.to_string())?;
    if value.len() as u64 > MAX_BYTES {
        return Err(format!("it has more than {MAX_BYTES} bytes"));
    }
    if value.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(value)
}

/// A secret's value, which shows itself to nobody.
pub(crate) struct Secret(String);

impl Secret {
    /// The value, for the one place that sends it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it can be the value of an HTTP header: visible ASCII without spaces.
    pub(crate) fn is_header_safe(&self) -> bool {
        self.0.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        Environment::from_fn(|name| match name {
            "GOOD" => Some("hunter22\n".into()),
            "EMPTY" => Some(" ".into()),
            "TORN" => Some("hunter\n22".into()),
            _ => None,
        })
    }

    #[test]
    fn reads_what_is_there_and_says_what_to_set() {
        let environment = environment();
        let of = |name: &str| environment.secret("the key", &SecretRef::Env(name.into()));
        let good = of("GOOD").unwrap();
        assert_eq!(good.expose(), "hunter22");
        assert_eq!(format!("{good:?}"), "Secret(..)");
        for name in ["EMPTY", "ABSENT"] {
            let error = of(name).unwrap_err().to_string();
            assert_eq!(error, format!("the key is missing: set the environment variable {name}"));
        }
        assert!(good.is_header_safe() && !of("TORN").unwrap().is_header_safe());
    }

    #[test]
    fn files_have_bounds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let read = |content: &str| {
            std::fs::write(&path, content).unwrap();
            environment().secret("the key", &SecretRef::File(path.clone()))
        };
        assert_eq!(read("hunter22\r\n").unwrap().expose(), "hunter22");
        assert!(read("\n").unwrap_err().to_string().ends_with("key: it is empty"));
        let long = read(&"hunter22".repeat(9_000)).unwrap_err().to_string();
        assert!(long.ends_with("it has more than 65536 bytes") && !long.contains("hunter"), "{long}");
        let absent = SecretRef::File(folder.path().join("none"));
        let error = environment().secret("the key", &absent).unwrap_err().to_string();
        assert!(error.starts_with("cannot read the key from the file /"), "{error}");
    }
}

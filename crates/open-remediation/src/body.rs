//! An event's body, read by path: what is there has the right type or is refused by name.

use jiff::Timestamp;
use remediation::{Actor, Repository};
use serde_json::Value;
use step::Cannot;
use text::Untrusted;

use crate::foreign::{self, Reference};

/// The body of an event of this name.
pub(crate) struct Body<'a> {
    pub(crate) event: &'a str,
    root: &'a Value,
}

impl<'a> Body<'a> {
    pub(crate) fn new(event: &'a str, root: &'a Value) -> Self {
        Self { event, root }
    }

    /// A refusal that names the place.
    pub(crate) fn refuse(&self, path: &str, what: &str) -> Cannot {
        Cannot::refused(format!("the {} event's `{path}` {what}", self.event))
    }

    /// What stands there; `null` and an empty text are nothing.
    pub(crate) fn at(&self, path: &str) -> Result<Option<&'a Value>, Cannot> {
        let mut value = self.root;
        let mut walked = String::new();
        for key in path.split('.') {
            match value {
                Value::Object(map) => match map.get(key) {
                    Some(below) => value = below,
                    None => return Ok(None),
                },
                Value::Null => return Ok(None),
                other => return Err(self.refuse(&walked, &format!("must be an object, not {}", kind(other)))),
            }
            if !walked.is_empty() {
                walked.push('.');
            }
            walked.push_str(key);
        }
        Ok((!value.is_null() && value.as_str() != Some("")).then_some(value))
    }

    /// The body that stands there, with paths of its own.
    pub(crate) fn below(&self, value: &'a Value) -> Body<'a> {
        Body { event: self.event, root: value }
    }

    /// The items of a list.
    pub(crate) fn list(&self, path: &str) -> Result<&'a [Value], Cannot> {
        match self.at(path)? {
            None => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(other) => Err(self.refuse(path, &format!("must be a list, not {}", kind(other)))),
        }
    }

    /// GitHub's ids and numbers count from 1.
    pub(crate) fn id(&self, path: &str) -> Result<Option<u64>, Cannot> {
        let Some(value) = self.at(path)? else { return Ok(None) };
        match value.as_u64().filter(|id| *id > 0) {
            Some(id) => Ok(Some(id)),
            None => {
                let hint = if value.is_f64() { "; a projection must cast it with int64" } else { "" };
                Err(self.refuse(path, &format!("must be a whole number above 0, not {}{hint}", kind(value))))
            }
        }
    }

    /// An id without which the failure has no name.
    pub(crate) fn need_id(&self, path: &str) -> Result<u64, Cannot> {
        self.id(path)?.ok_or_else(|| self.missing(path))
    }

    /// A text as it is.
    pub(crate) fn raw(&self, path: &str) -> Result<Option<&'a str>, Cannot> {
        match self.at(path)? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.refuse(path, &format!("must be text, not {}", kind(other)))),
        }
    }

    /// A text without which the failure has no name.
    pub(crate) fn need_raw(&self, path: &str) -> Result<&'a str, Cannot> {
        self.raw(path)?.ok_or_else(|| self.missing(path))
    }

    /// A name or title.
    pub(crate) fn text(&self, path: &str) -> Result<Option<Untrusted>, Cannot> {
        Ok(self.raw(path)?.map(foreign::text))
    }

    /// Where a person can look.
    pub(crate) fn url(&self, path: &str) -> Result<Option<Untrusted>, Cannot> {
        Ok(self.raw(path)?.and_then(foreign::url))
    }

    /// One word, such as a conclusion.
    pub(crate) fn word(&self, path: &str) -> Result<Option<String>, Cannot> {
        match self.raw(path)? {
            Some(word) if !foreign::is_word(word) => {
                Err(self.refuse(path, "must be one word of at most 40 letters, digits, dashes and underscores"))
            }
            word => Ok(word.map(str::to_owned)),
        }
    }

    /// A commit.
    pub(crate) fn sha(&self, path: &str) -> Result<Option<String>, Cannot> {
        let wrong = || self.refuse(path, "must be a commit: 40 or 64 hexadecimal digits");
        self.raw(path)?.map(|sha| foreign::sha(sha).ok_or_else(wrong)).transpose()
    }

    /// A branch, tag or pull request.
    pub(crate) fn reference(&self, path: &str) -> Result<Option<Reference>, Cannot> {
        let wrong = || self.refuse(path, "must be a branch or reference that Git allows");
        self.raw(path)?.map(|name| foreign::reference(name).ok_or_else(wrong)).transpose()
    }

    /// A branch by its bare name, as GitHub gives it; a tag or a pull request's reference is none.
    pub(crate) fn branch(&self, path: &str) -> Result<Option<Untrusted>, Cannot> {
        Ok(match self.reference(path)? {
            Some(Reference::Branch(_)) => self.raw(path)?.map(foreign::branch),
            _ => None,
        })
    }

    /// An instant.
    pub(crate) fn instant(&self, path: &str) -> Result<Option<Timestamp>, Cannot> {
        let wrong = |_| self.refuse(path, "must be an instant such as 2026-01-15T10:32:20Z");
        self.raw(path)?.map(|text| text.parse().map_err(wrong)).transpose()
    }

    /// Who: only the id is believed.
    pub(crate) fn actor(&self, paths: &[&str]) -> Result<Option<Actor>, Cannot> {
        for path in paths {
            if let Some(id) = self.id(&format!("{path}.id"))? {
                let login = self.text(&format!("{path}.login"))?;
                return Ok(Some(Actor { id, login, r#type: self.word(&format!("{path}.type"))? }));
            }
        }
        Ok(None)
    }

    /// The repository that the event belongs to, which every GitHub event names.
    pub(crate) fn repository(&self) -> Result<(u64, Repository), Cannot> {
        let id = self.need_id("repository.id")?;
        let full_name = match self.raw("repository.full_name")? {
            Some(name) => name.to_owned(),
            None => format!("{}/{}", self.need_raw("repository.owner.login")?, self.need_raw("repository.name")?),
        };
        let wrong = || self.refuse("repository.full_name", "must be `owner/name` as GitHub allows it");
        let (owner, name) = foreign::slug(&full_name).ok_or_else(wrong)?;
        let host = self.raw("repository.html_url")?.and_then(host).unwrap_or_else(|| "github.com".into());
        let default_branch = self.branch("repository.default_branch")?;
        Ok((id, Repository { host, owner, name, id: Some(id), default_branch }))
    }

    fn missing(&self, path: &str) -> Cannot {
        self.refuse(path, "is missing; without it the failure has no name, so let the sensor pass it on")
    }
}

/// The host of an address.
fn host(url: &str) -> Option<String> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?.split('/').next()?;
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
    (plain && (1..=255).contains(&host.len())).then(|| host.to_ascii_lowercase())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number with a fraction or exponent",
        Value::Number(number) if number.is_i64() && !number.is_u64() => "a negative number",
        Value::Number(_) => "0",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

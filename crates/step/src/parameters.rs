//! `--parameters DIR`: one small file per declared parameter, for Argo's `when`. Values are words of a closed
//! vocabulary, numbers or hashes that we made, never foreign text.

use std::collections::BTreeMap;
use std::path::Path;

use remediation::Vocabulary;

use crate::{Cannot, files};

/// What stands in a parameter's file when the step had nothing to say.
pub const NONE: &str = "none";

/// A parameter that a step declares.
pub struct Parameter {
    /// The file's name.
    pub name: &'static str,
    /// What may stand in it, beside `none`.
    pub values: Values,
}

/// What a parameter's value may be.
pub enum Values {
    /// A word of these.
    Words(fn() -> Vec<&'static str>),
    /// A decimal number.
    Number,
    /// A Kubernetes name or a hash: lower-case letters, digits, dashes and dots.
    Name,
}

/// The words of a vocabulary, for [`Values::Words`].
pub fn words<T: Vocabulary>() -> Vec<&'static str> {
    T::ALL.iter().map(|word| word.as_str()).collect()
}

impl Values {
    /// Whether `value` may be written.
    pub fn allow(&self, value: &str) -> bool {
        value == NONE
            || match self {
                Values::Words(words) => words().contains(&value),
                Values::Number => !value.is_empty() && value.len() <= 20 && value.bytes().all(|b| b.is_ascii_digit()),
                Values::Name => {
                    !value.is_empty()
                        && value.len() <= 253
                        && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
                }
            }
    }
}

/// Checks what the step said against what it declares, and fills in `none`.
pub fn complete(
    declared: &[Parameter],
    said: &BTreeMap<&'static str, String>,
) -> Result<BTreeMap<&'static str, String>, Cannot> {
    if let Some(name) = said.keys().find(|name| !declared.iter().any(|parameter| parameter.name == **name)) {
        return Err(Cannot::bug(format!("the parameter `{name}` is written but not declared")));
    }
    declared
        .iter()
        .map(|parameter| {
            let value = said.get(parameter.name).cloned().unwrap_or_else(|| NONE.to_owned());
            if parameter.values.allow(&value) {
                Ok((parameter.name, value))
            } else {
                Err(Cannot::bug(format!(
                    "the parameter `{}` would hold a value outside its vocabulary",
                    parameter.name
                )))
            }
        })
        .collect()
}

/// Writes the files.
pub fn write(directory: &Path, values: &BTreeMap<&'static str, String>) -> Result<(), Cannot> {
    files::make_directory(directory)?;
    values.iter().try_for_each(|(name, value)| files::write_whole(&directory.join(name), value.as_bytes()))
}

//! `healer config check FILE`: what is effective, and everything that is wrong.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::file::{self, Loaded};
use crate::tree::Tree;
use crate::{Config, Problem};

/// What a file says. Its `Display` is valid YAML that gives the same configuration again: what is effective with a
/// comment a value, then the problems and what was ignored as comments.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The file.
    pub file: PathBuf,
    /// `healer.yaml`, `healer-config.json` or `heal-config.json`.
    pub format: &'static str,
    /// What is wrong, in the file's order; with any of it, every step refuses the file.
    pub problems: Vec<Problem>,
    /// Keys of a platform's file that mean nothing here, a sentence each.
    pub ignored: Vec<String>,
    /// What is effective, as far as it can be used.
    pub effective: Config,
    yaml: String,
}

/// Looks at a file without using it.
pub fn check(path: &Path) -> Report {
    let loaded = match file::text(path) {
        Ok(text) => file::load(&text),
        Err(problem) => Loaded { problems: vec![problem], ..file::load("") },
    };
    let value = serde_json::to_value(&loaded.config).unwrap_or_default();
    let mut yaml = String::new();
    print(&value, &mut Vec::new(), &loaded.tree, &mut yaml);
    Report {
        file: path.to_owned(),
        format: loaded.format,
        problems: loaded.problems,
        ignored: loaded.ignored,
        effective: loaded.config,
        yaml,
    }
}

impl Report {
    /// Whether the file can be used.
    pub fn is_usable(&self) -> bool {
        self.problems.is_empty()
    }

    /// What is effective, as YAML with a comment a value: `default`, or the line of the file.
    pub fn yaml(&self) -> &str {
        &self.yaml
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {} ({})", self.file.display(), self.format)?;
        f.write_str(&self.yaml)?;
        for ignored in &self.ignored {
            writeln!(f, "# ignored: {ignored}")?;
        }
        for problem in &self.problems {
            let colon = if problem.line > 0 { ":" } else { ": " };
            writeln!(f, "# wrong: {}{colon}{problem}", self.file.display())?;
        }
        match self.problems.len() {
            0 => writeln!(f, "# nothing is wrong"),
            1 => writeln!(f, "# 1 problem; no step will use this file"),
            several => writeln!(f, "# {several} problems; no step will use this file"),
        }
    }
}

fn print(value: &Value, path: &mut Vec<String>, tree: &Tree, out: &mut String) {
    for (key, value) in value.as_object().into_iter().flatten() {
        path.push(key.clone());
        let indent = "  ".repeat(path.len() - 1);
        let key = scalar(&Value::from(key.as_str()));
        match value {
            Value::Object(map) if !map.is_empty() => {
                out.push_str(&format!("{indent}{key}:\n"));
                print(value, path, tree, out);
            }
            _ => {
                let origin = match tree.values.get(path.as_slice()) {
                    Some((line, _)) => format!("line {line}"),
                    None => "default".into(),
                };
                out.push_str(&format!("{indent}{key}: {}  # {origin}\n", scalar(value)));
            }
        }
        path.pop();
    }
}

/// A value on one line, as YAML.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(scalar).collect::<Vec<_>>().join(", ")),
        // JSON is YAML.
        other => other.to_string(),
    }
}

/// Whether YAML, old or new, reads the text as this text and nothing else.
fn is_plain(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && (text.chars().all(word)
            || text.starts_with("http") && text.chars().all(|c| word(c) || c == ':') && !text.ends_with(':'))
        && !reserved.contains(&text.to_lowercase().as_str())
}

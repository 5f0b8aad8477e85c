//! What is wrong with a file, and where.

use std::fmt;
use std::path::PathBuf;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, such as `limits.attempts`; empty for the file as a whole.
    pub key: String,
    /// From 1; 0 when it concerns no line.
    pub line: u64,
    /// From 1, in characters; 0 when it concerns no line.
    pub column: u64,
    /// What is wrong and what is possible. Never repeats a text value: it might be a secret.
    pub message: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}: ", self.line, self.column)?;
        }
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; {suggestion}"),
            None => Ok(()),
        }
    }
}

/// The configuration cannot be used. Exit code 78: somebody has to change the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// At least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration {}", self.file.display())?;
        let Some(first) = self.problems.first() else { return f.write_str(" cannot be used") };
        write!(f, "{}{first}", if first.line > 0 { ":" } else { ": " })?;
        match self.problems.len() - 1 {
            0 => Ok(()),
            more => write!(f, " (and {more} more: `healer config check` lists them)"),
        }
    }
}

impl std::error::Error for ConfigError {}

impl From<ConfigError> for step::Cannot {
    fn from(error: ConfigError) -> Self {
        Self::misconfigured(error.to_string())
    }
}

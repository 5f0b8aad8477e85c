//! Exit codes say what the caller should do, never the verdict (design section 2).

use remediation::{DocumentError, UnknownWord};

/// An exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Code {
    /// Done; a "no" is done too.
    Done = 0,
    /// A bug of ours.
    Bug = 1,
    /// Wrong usage.
    Usage = 2,
    /// Refused: unreadable, invalid or too new.
    Refused = 3,
    /// Not yet; safe to run again.
    NotYet = 75,
    /// Denied: credentials or rights.
    Denied = 77,
    /// Misconfigured.
    Misconfigured = 78,
}

impl Code {
    /// Every code with its name and what the caller should do.
    pub const ALL: &'static [(Code, &'static str, &'static str)] = &[
        (Code::Done, "done", "go on; a \"no\" is done too"),
        (Code::Bug, "bug", "report it, with the sentence on stderr"),
        (Code::Usage, "wrong usage", "look at --help"),
        (Code::Refused, "refused", "the input is unreadable, invalid or too new"),
        (Code::NotYet, "not yet", "run it again later, it is safe"),
        (Code::Denied, "denied", "give it the credentials or rights it names"),
        (Code::Misconfigured, "misconfigured", "change the configuration it names"),
    ];

    /// The code's name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(code, _, _)| *code == self).map_or("bug", |(_, name, _)| name)
    }

    /// The code with this number; what no code has is a bug.
    pub fn from_number(number: u8) -> Self {
        Self::ALL.iter().map(|(code, _, _)| *code).find(|code| *code as u8 == number).unwrap_or(Code::Bug)
    }
}

/// "I could not do my job": the code for the caller, and one sentence that says what, where and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cannot {
    /// What the caller should do.
    pub code: Code,
    /// What, where, what to do. Never holds foreign text that was not encoded.
    pub sentence: String,
}

impl Cannot {
    /// With a code that is known only at run time.
    pub fn new(code: Code, sentence: impl Into<String>) -> Self {
        // One event a line: a path or an error of another crate may hold a line break or worse.
        let sentence = sentence.into().replace(['\n', '\r'], " ");
        Self { code, sentence: text::clean_line(&sentence).into_owned() }
    }
    /// With what was left behind.
    pub(crate) fn and(&self, left: &str) -> Self {
        Self::new(self.code, format!("{}; {left}", self.sentence))
    }
    /// Exit 1.
    pub fn bug(sentence: impl Into<String>) -> Self {
        Self::new(Code::Bug, sentence)
    }
    /// Exit 2.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self::new(Code::Usage, sentence)
    }
    /// Exit 3.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self::new(Code::Refused, sentence)
    }
    /// Exit 75.
    pub fn not_yet(sentence: impl Into<String>) -> Self {
        Self::new(Code::NotYet, sentence)
    }
    /// Exit 77.
    pub fn denied(sentence: impl Into<String>) -> Self {
        Self::new(Code::Denied, sentence)
    }
    /// Exit 78.
    pub fn misconfigured(sentence: impl Into<String>) -> Self {
        Self::new(Code::Misconfigured, sentence)
    }
}

impl From<DocumentError> for Cannot {
    fn from(error: DocumentError) -> Self {
        let code = if matches!(error, DocumentError::Grown(..)) { Code::Bug } else { Code::Refused };
        Self::new(code, error.to_string())
    }
}

impl From<UnknownWord> for Cannot {
    fn from(error: UnknownWord) -> Self {
        Self::refused(error.to_string())
    }
}

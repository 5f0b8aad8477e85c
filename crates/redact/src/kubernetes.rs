//! Manifests of `kind: Secret`: every value under `data` and `stringData` goes, the keys stay.

use crate::value::{holds, is_placeholder};

/// Longest manifest that waits for its `kind`, in lines.
const LONGEST: usize = 400;

/// What the manifest says about a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing.
    No,
    /// A value of a Secret.
    Value,
    /// Perhaps a value: hold it.
    Hold,
    /// The held lines belong to a Secret; this one is no value.
    WasSecret,
    /// The held lines belong to something else; this one is no value.
    WasOther,
}

/// The state between lines: where the manifest's own keys begin, and what is known of it.
#[derive(Debug, Default)]
pub(crate) enum Manifest {
    #[default]
    Outside,
    /// `kind: Secret` was seen, its keys at this column.
    Secret(usize),
    /// Inside `data` or `stringData` of a Secret.
    Data(usize),
    /// `data` came first; the kind is not known yet. So many lines are held, and whether the data is over.
    Unknown(usize, usize, bool),
}

impl Manifest {
    /// Takes the next line (without time stamp).
    pub fn line(&mut self, text: &str) -> Verdict {
        let Some((column, key, value)) = entry(text) else {
            return self.other(text);
        };
        let (next, verdict) = match (&self, key) {
            (Self::Unknown(at, ..), "kind") if *at == column && value == "Secret" => {
                (Self::Secret(column), Verdict::WasSecret)
            }
            (Self::Unknown(at, ..), "kind") if *at == column => (Self::Outside, Verdict::WasOther),
            (Self::Unknown(at, ..), _) if column < *at => (Self::Outside, Verdict::WasOther),
            (Self::Unknown(at, n, over), _) if *n < LONGEST => {
                (Self::Unknown(*at, n + 1, *over || *at == column && !is_data(key)), Verdict::Hold)
            }
            (Self::Unknown(..), _) => (Self::Outside, Verdict::WasOther),
            (_, "kind") if value == "Secret" => (Self::Secret(column), Verdict::No),
            (Self::Data(at), _) if column > *at => (Self::Data(*at), Verdict::Value),
            (Self::Secret(at) | Self::Data(at), "data" | "stringData") if *at == column => {
                (Self::Data(column), Verdict::No)
            }
            (Self::Secret(at) | Self::Data(at), _) if column >= *at && key != "kind" && !text.contains("---") => {
                (Self::Secret(*at), Verdict::No)
            }
            (_, "data" | "stringData") if value.is_empty() || value == "{" => {
                (Self::Unknown(column, 1, false), Verdict::Hold)
            }
            _ => (Self::Outside, Verdict::No),
        };
        *self = next;
        verdict
    }

    /// A line that is no `key: value`: part of a block scalar, a bracket, nothing, or another text altogether.
    fn other(&mut self, text: &str) -> Verdict {
        let column = text.len() - text.trim_start().len();
        let trimmed = text.trim();
        let neutral = trimmed.is_empty() || matches!(trimmed, "}" | "}," | "]" | "],");
        match self {
            Self::Outside => Verdict::No,
            Self::Unknown(at, n, _) if (neutral || column > *at) && *n < LONGEST => {
                *n += 1;
                Verdict::Hold
            }
            Self::Unknown(..) => {
                *self = Self::Outside;
                Verdict::WasOther
            }
            Self::Data(at) if !neutral && column > *at => Verdict::Value,
            Self::Secret(at) | Self::Data(at) if neutral || column > *at => Verdict::No,
            _ => {
                *self = Self::Outside;
                Verdict::No
            }
        }
    }

    /// The state for reading a manifest again that is known to be a Secret, from its `data` line on.
    pub fn secret_at(first: &str) -> Self {
        entry(first).map_or(Self::Outside, |(column, ..)| Self::Secret(column))
    }
}

fn is_data(key: &str) -> bool {
    key == "data" || key == "stringData"
}

/// `key: value` of YAML or of JSON printed over several lines: column of the key, key, value without quotes.
fn entry(text: &str) -> Option<(usize, &str, &str)> {
    let text = text.trim_end_matches(['\n', '\r']);
    let body = text.trim_start_matches([' ', '\t', '+']);
    let body = body.strip_prefix("- ").unwrap_or(body);
    let column = text.len() - body.len();
    let (key, value) = body.split_once(':')?;
    let key = key.trim_matches('"');
    let name = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-/".contains(&b));
    let apart = value.is_empty() || value.starts_with([' ', '"', '{']);
    let value = value.trim().trim_end_matches(',').trim_matches('"');
    (name && apart).then_some((column, key, value))
}

/// Where the value of a line under `data` stands, if it has one worth taking.
pub(crate) fn value(text: &str) -> Option<(usize, usize)> {
    let end = text.trim_end_matches(['\n', '\r', ',', ' ']).len();
    let start = match entry(text) {
        Some(_) => text.find(':')? + 1,
        None => 0,
    };
    let start = start + (text[start..].len() - text[start..].trim_start().len());
    let quoted = end > start + 1 && text[start..end].starts_with(['"', '\'']);
    let (start, end) = if quoted { (start + 1, end - 1) } else { (start, end) };
    let value = text.get(start..end)?;
    let scalar = matches!(value.trim_end_matches(['-', '+']), "|" | ">" | "" | "{" | "{}" | "}" | "\"\"");
    let template = value.starts_with("{{")
        || value.starts_with('$')
        || value.contains("[redacted")
        || value == "***"
        || is_placeholder(value) && value.contains(['{', '*', '<']);
    (!scalar && !template).then_some((start, end))
}

/// A Secret as JSON in one line: the values of its `data` and `stringData`.
pub(crate) fn one_line(line: &str, mut found: impl FnMut(usize, usize)) {
    if !holds(line, b'"', "Secret") {
        return;
    }
    let bare: String = line.chars().filter(|c| !matches!(c, '\\' | ' ')).collect();
    if !bare.contains("\"kind\":\"Secret\"") {
        return;
    }
    for name in ["data", "stringData"] {
        let mut done = 0;
        for (at, _) in line.match_indices(name) {
            let after = line[at + name.len()..].trim_start_matches(['\\', '"', ' ', ':']);
            let open = line.len() - after.len();
            if line[..at].ends_with('"') && after.starts_with('{') && open >= done {
                done = open + after.find('}').unwrap_or(after.len());
                strings(line, open, done, &mut found);
            }
        }
    }
}

/// The strings that are values in a flat object.
fn strings(line: &str, start: usize, end: usize, found: &mut impl FnMut(usize, usize)) {
    let mut from = start;
    while let Some(colon) = line[from..end].find(':').map(|at| from + at) {
        let value = line[colon + 1..end].trim_start_matches([' ', '\\', '"']);
        let value_at = end - value.len();
        let length = value.find(['"', '\\']).unwrap_or(value.len());
        if length > 0 && !value.starts_with(['{', '[', '$']) {
            found(value_at, value_at + length);
        }
        from = (value_at + length).min(end);
    }
}

//! Sinks for query languages, names and addresses.

use std::fmt::Write;

use crate::Untrusted;

/// Longest label value that Kubernetes accepts, in bytes.
const LABEL_BYTES: usize = 63;

impl Untrusted {
    /// A valid Kubernetes label value: at most 63 of `[A-Za-z0-9._-]`, an ASCII letter or digit at both ends.
    ///
    /// Every other character becomes `-`. It may be empty, which is valid too. Different texts may give the same value.
    pub fn label_value(&self) -> String {
        let legal = |c: char| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }
        };
        let end = |c: char| !c.is_ascii_alphanumeric();
        let text = self.expose().trim_start_matches(end);
        let value: String = text.chars().take(LABEL_BYTES).map(legal).collect();
        value.trim_end_matches(end).to_owned()
    }

    /// A quoted LogQL string literal (Go's escapes), to stand where the query expects a plain string.
    ///
    /// After `=~` or `|~` the text would still be read as a regular expression: use `=` or `|=`.
    pub fn logql(&self) -> String {
        quoted(self.expose())
    }

    /// A quoted PromQL string literal (Go's escapes); the remark at [`logql`](Self::logql) holds here too.
    pub fn promql(&self) -> String {
        quoted(self.expose())
    }

    /// One path segment of a URL: everything but RFC 3986's unreserved characters is percent-encoded.
    ///
    /// `.` and `..` would climb the path even when encoded once, so they are encoded twice and name nothing; empty text
    /// becomes `-`, so that the segments after it keep their places.
    pub fn url_segment(&self) -> String {
        match self.expose() {
            "" => "-".to_owned(),
            "." => "%252E".to_owned(),
            ".." => "%252E%252E".to_owned(),
            text => {
                let mut out = String::with_capacity(text.len());
                for byte in text.bytes() {
                    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                        out.push(char::from(byte));
                    } else {
                        let _ = write!(out, "%{byte:02X}");
                    }
                }
                out
            }
        }
    }
}

/// A double-quoted literal in Go's grammar, which Loki and Prometheus both read.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() || c == '\u{feff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_value_is_valid_or_empty() {
        let value = |text: &str| Untrusted::new(text).label_value();
        assert_eq!(value("feat/login page"), "feat-login-page");
        assert_eq!(value("--x.y_z--"), "x.y_z");
        assert_eq!(value("日本"), "");
        assert_eq!(value(&"a".repeat(200)), "a".repeat(63));
        assert_eq!(value(&format!("{}/b", "a".repeat(62))), "a".repeat(62));
    }

    #[test]
    fn query_literals_cannot_be_closed() {
        assert_eq!(Untrusted::new(r#"a"} |= "b"#).logql(), r#""a\"} |= \"b""#);
        assert_eq!(Untrusted::new("a\\\"\n\u{1b}é").promql(), r#""a\\\"\n\u001bé""#);
    }

    #[test]
    fn url_segment_stays_one_segment() {
        let segment = |text: &str| Untrusted::new(text).url_segment();
        assert_eq!(segment("feat/a b?c#d%é"), "feat%2Fa%20b%3Fc%23d%25%C3%A9");
        assert_eq!(segment("v1.2_x-~"), "v1.2_x-~");
        assert_eq!(segment(".."), "%252E%252E");
        assert_eq!(segment(""), "-");
    }
}

//! What people may ask of Healer in a comment, and how it is read.

/// What a comment or a button of ours can ask.
pub const COMMANDS: &[&str] = &["fix", "retry", "stop", "approve"];

/// The first line that is exactly `/healer fix|retry|stop|approve`, the last with 8 hexadecimal digits behind it if
/// wanted (safety.md 5.6).
pub fn parse(text: &str) -> Option<(&'static str, Option<String>)> {
    text.lines().find_map(|line| {
        let rest = line.trim_end().strip_prefix("/healer ")?;
        let (word, sha) = match rest.split_once(' ') {
            Some((word, sha)) => (word, Some(sha)),
            None => (rest, None),
        };
        let word = COMMANDS.iter().find(|known| **known == word)?;
        let fits =
            sha.is_none_or(|sha| *word == "approve" && sha.len() == 8 && sha.bytes().all(|b| b.is_ascii_hexdigit()));
        fits.then(|| (*word, sha.map(str::to_ascii_lowercase)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_a_whole_line() {
        assert_eq!(parse("/healer fix"), Some(("fix", None)));
        assert_eq!(parse("please\r\n/healer retry  \r\nthanks"), Some(("retry", None)));
        assert_eq!(parse("/healer approve 1A2b3c4d"), Some(("approve", Some("1a2b3c4d".into()))));
        assert_eq!(parse("/healer approve"), Some(("approve", None)));
        assert_eq!(parse("/healer stop\n/healer fix"), Some(("stop", None)), "the first counts");
        for wrong in [
            "please /healer fix",
            "> /healer fix",
            " /healer fix",
            "/healer  fix",
            "/healer fix it",
            "/healer fix 1a2b3c4d",
            "/healer approve 1a2b3c4",
            "/healer approve 1a2b3c4d5",
            "/healer approve 1a2b3c4g",
            "/healer approve 1a2b3c4d now",
            "/healer FIX",
            "/healer",
            "/healer fix\u{200b}",
            "/HEALER fix",
            "",
        ] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }
}

//! Of whom a line about the network speaks: a host outside, this machine or one near it, or a side that refuses.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// What a word of a line tells.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    /// It is not over yet.
    Again,
    /// The other side was reached and refuses, or is refused: another try ends the same.
    Refused,
    /// A host follows that has no address.
    Lookup,
    /// A host may be named that is near.
    Near,
}

use Sign::{Again, Lookup, Near, Refused};

/// The words, in lower case.
const WORDS: &[(&str, Sign)] = &[
    ("retrying", Again),
    ("will retry", Again),
    ("retries left", Again),
    ("tries left", Again),
    ("tries remaining", Again),
    ("retry attempt", Again),
    ("before retry", Again),
    ("retry in ", Again),
    ("certificate verify failed", Refused),
    ("certificate_verify_failed", Refused),
    ("certificate has expired", Refused),
    ("self-signed certificate", Refused),
    ("self signed certificate", Refused),
    ("certificate problem", Refused),
    ("x509: certificate", Refused),
    ("pkix path building", Refused),
    ("response 407", Refused),
    ("translate host name ", Lookup),
    ("resolve host: ", Lookup),
    ("getaddrinfo eai_again ", Lookup),
    ("host lookup: ", Lookup),
    ("unknownhostexception: ", Lookup),
    ("dial tcp: lookup ", Lookup),
    ("localhost", Near),
    ("127.", Near),
    ("::1", Near),
    ("0.0.0.0", Near),
    ("10.", Near),
    ("192.168.", Near),
    ("172.", Near),
    ("http", Near),
    (".local", Near),
    (".internal", Near),
    (".test", Near),
    (".svc", Near),
    (".invalid", Near),
];

/// Ends of names that only a private network knows.
const PRIVATE: [&str; 6] = [".local", ".internal", ".localhost", ".test", ".svc", ".invalid"];

/// How a line begins whose tool goes on, and says so if it cannot.
const WARNINGS: [&str; 4] = ["warn", "npm warn", "##[warning]", "[warn"];

/// Of whom a line speaks.
#[derive(Clone, Copy)]
pub struct Speech {
    /// No certificate, proxy or name of one word stands in the way: it may be a fault that passes.
    pub may_pass: bool,
    /// And it speaks of a host outside, or of none, and does not announce another try.
    pub is_outside: bool,
}

impl Speech {
    /// Of this line.
    pub fn of(line: &[u8]) -> Self {
        static SEARCH: OnceLock<Option<AhoCorasick>> = OnceLock::new();
        let text = String::from_utf8_lossy(line).to_ascii_lowercase();
        // The smallest: few lines are asked.
        let mut build = AhoCorasick::builder();
        build.kind(Some(AhoCorasickKind::ContiguousNFA));
        let search = SEARCH.get_or_init(|| build.build(WORDS.iter().map(|(word, _)| word)).ok());
        let found = search.iter().flat_map(|search| search.find_overlapping_iter(&text));
        let (mut may_pass, mut again, mut near) = (true, false, false);
        for word in found {
            match WORDS[word.pattern().as_usize()].1 {
                Again => again = true,
                Refused => may_pass = false,
                Lookup => may_pass &= !is_one_word(&text[word.end()..]),
                Near => near = true,
            }
        }
        again |= WARNINGS.iter().any(|begin| text.trim_start().starts_with(begin));
        // Of `read tcp 10.1.0.4:39412->HOST` only HOST is the other side, and a resolver is neither.
        let mut sides =
            tokens(&text).map(|token| token.rsplit("->").next().unwrap_or(token).trim_matches(['<', '>', ':']));
        let near = near && sides.any(|side| !side.ends_with(":53") && is_private(side));
        Self { may_pass, is_outside: may_pass && !again && !near }
    }
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter.is_whitespace() || "'\"`(),=|\\".contains(letter))
}

/// Whether text begins with a name of one word, perhaps quoted: such a host is a service of this job.
fn is_one_word(text: &str) -> bool {
    let name = text.trim_start_matches(['"', '\'', '`']).split([' ', '"', '\'', '`', ':', ')']).next();
    name.is_some_and(|name| !name.is_empty() && !name.contains('.'))
}

/// Whether text names a host, and every one that it names is this machine or near it.
pub fn names_only_near(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let is_host =
        |token: &&str| token.contains("://") || token.starts_with("localhost") || token.starts_with("127.0.0.1");
    let mut hosts = tokens(&text).filter(is_host);
    hosts.next().is_some_and(is_private) && hosts.all(is_private)
}

/// Whether it is the address or the name of a host that is this machine or near it.
fn is_private(token: &str) -> bool {
    let (scheme, rest) = token.split_once("://").unwrap_or(("", token));
    let rest = rest.trim_start_matches('[');
    if rest.starts_with("::1") {
        return true;
    }
    let host = rest.split(['/', ':', ']', '?', ';']).next().unwrap_or_default().trim_end_matches('.');
    if host == "localhost" || PRIVATE.iter().any(|end| host.ends_with(end)) {
        return true;
    }
    let parts: Vec<Option<u8>> = host.split('.').map(|part| part.parse().ok()).collect();
    match parts[..] {
        [Some(127 | 10 | 0), Some(_), Some(_), Some(_)] | [Some(192), Some(168), Some(_), Some(_)] => true,
        [Some(172), Some(second), Some(_), Some(_)] => (16..32).contains(&second),
        // A name of one word is a service of this job.
        _ => scheme.starts_with("http") && !host.is_empty() && !host.contains('.'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_side_is_outside_unless_it_is_this_machine_or_near() {
        for line in [
            "dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: server misbehaving",
            "read tcp 10.1.0.112:39412->104.16.98.215:443: read: connection reset by peer",
            "Failed to connect to github.com port 443 after 133412 ms",
            "version 10.2.1 of https://pypi.org/simple: timed out",
            "curl: (6) Could not resolve host: github.com",
        ] {
            assert!(Speech::of(line.as_bytes()).is_outside, "{line}");
        }
        for line in [
            "Failed to connect to localhost port 80",
            "http://users:8080/health: timed out",
            "https://[::1]:8443/: reset",
            "dial tcp 172.17.0.2:5432: i/o timeout",
            "HTTPSConnectionPool(host='api.cluster.local', port=443): Read timed out.",
            "curl: (28) timed out. Retrying in 3 s",
            "warning: Timeout was reached",
        ] {
            assert!(!Speech::of(line.as_bytes()).is_outside, "{line}");
        }
    }

    #[test]
    fn a_side_that_refuses_and_a_host_of_one_word_do_not_pass() {
        for (line, passes) in [
            ("curl: (60) SSL certificate problem: unable to get local issuer certificate", false),
            ("could not translate host name \"db\" to address: Temporary failure in name resolution", false),
            ("curl: (35) SSL connect error", true),
        ] {
            assert_eq!(Speech::of(line.as_bytes()).may_pass, passes, "{line}");
        }
    }

    #[test]
    fn a_command_may_ask_near_hosts_only() {
        assert!(names_only_near("docker compose up -d && curl -fsS http://localhost:8080/"));
        assert!(!names_only_near("curl -fsS https://get.helm.sh/a && curl localhost:8080"));
        assert!(!names_only_near("npm ci"));
    }
}

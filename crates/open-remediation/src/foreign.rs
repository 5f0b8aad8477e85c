//! Foreign text and names on their way into the document.

use redact::Foreign;
use remediation::caps;
use text::Untrusted;

/// A name, title or address: cleaned, redacted, at most [`caps::TEXT`] characters.
pub(crate) fn text(raw: &str) -> Untrusted {
    let whole = Foreign::new().whole(&Untrusted::new(raw));
    Untrusted::new(whole.expose().chars().take(caps::TEXT).collect::<String>())
}

/// Where a person can look: an address that a browser may open, or nothing.
pub(crate) fn url(raw: &str) -> Option<Untrusted> {
    (raw.starts_with("https://") || raw.starts_with("http://")).then(|| text(raw))
}

/// What a Git reference names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    /// A branch, by its bare name.
    Branch(Untrusted),
    /// A tag; nothing can be pushed to it.
    Tag,
    /// What GitHub makes of a pull request.
    PullRequest(u64),
}

/// Reads a reference or a bare branch name; nothing when Git would not allow it (git-check-ref-format).
pub(crate) fn reference(raw: &str) -> Option<Reference> {
    if !is_reference(raw) {
        return None;
    }
    if raw.starts_with("refs/tags/") {
        return Some(Reference::Tag);
    }
    if let Some(pull) = raw.strip_prefix("refs/pull/") {
        let number = pull.split('/').next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
        return number.map(Reference::PullRequest);
    }
    Some(Reference::Branch(branch(raw.strip_prefix("refs/heads/").unwrap_or(raw))))
}

/// A bare name that Git allows: `refs/heads/main` is then a branch of that very name, and not `main`. Kept exactly,
/// because it is compared with what GitHub says; no ASCII control can be in it.
pub(crate) fn branch(name: &str) -> Untrusted {
    Untrusted::new(name.chars().take(caps::TEXT).collect::<String>())
}

fn is_reference(raw: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    !raw.chars().any(|c| c.is_ascii_control() || " ~^:?*[\\".contains(c))
        && raw.split('/').all(part)
        && !["..", "@{"].iter().any(|never| raw.contains(never))
        && !raw.ends_with('.')
        && !raw.starts_with('-')
        && raw != "@"
}

/// A commit's full id in lower case; nothing when it is no such id.
pub(crate) fn sha(raw: &str) -> Option<String> {
    (matches!(raw.len(), 40 | 64) && raw.bytes().all(|b| b.is_ascii_hexdigit())).then(|| raw.to_ascii_lowercase())
}

/// Owner and name; nothing when GitHub would not allow them.
pub(crate) fn slug(raw: &str) -> Option<(String, String)> {
    let (owner, name) = raw.split_once('/')?;
    let owner_fits = (1..=64).contains(&owner.len())
        && owner.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && !owner.starts_with('-');
    let name_fits = (1..=100).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        && !matches!(name, "." | "..");
    (owner_fits && name_fits).then(|| (owner.to_owned(), name.to_owned()))
}

/// Whether it is one word of a vocabulary, such as `timed_out`, `Failed` or `requested_action`.
pub(crate) fn is_word(raw: &str) -> bool {
    (1..=40).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_branches_tags_or_pull_requests() {
        let branch = |name: &str| Some(Reference::Branch(Untrusted::new(name)));
        assert_eq!(reference("refs/heads/feat/x"), branch("feat/x"));
        assert_eq!(reference("zzz\";echo${IFS}\"hello\";#"), branch("zzz\";echo${IFS}\"hello\";#"));
        assert_eq!(reference("x{{workflow.name}}"), branch("x{{workflow.name}}"));
        assert_eq!(reference("refs/tags/v1"), Some(Reference::Tag));
        assert_eq!(reference("refs/pull/11/merge"), Some(Reference::PullRequest(11)));
        for wrong in
            ["", "a b", "a..b", "a\n", "a//b", "/a", "-a", "a.lock", "a~1", "refs/pull/x/merge", "refs/pull/0/head"]
        {
            assert_eq!(reference(wrong), None, "{wrong:?}");
        }
        assert_eq!(reference(&"é".repeat(500)), branch(&"é".repeat(400)));
    }

    #[test]
    fn names_are_what_github_allows() {
        assert_eq!(slug("acme/widgets"), Some(("acme".into(), "widgets".into())));
        for wrong in
            ["acme", "acme/", "/widgets", "acme/../x", "acme/..", "a cme/x", "acme/wid\u{202e}gets", "acme/a/b"]
        {
            assert_eq!(slug(wrong), None, "{wrong:?}");
        }
        assert!(sha(&"a".repeat(40)).is_some() && sha(&"A".repeat(64)).is_some());
        assert!(sha(&"a".repeat(39)).is_none() && sha(&"g".repeat(40)).is_none() && sha("").is_none());
    }

    #[test]
    fn text_is_cleaned_redacted_and_capped() {
        assert_eq!(text("\u{1b}[31mlint\u{1b}[0m").expose(), "lint");
        assert!(!text("build ghp_abcdefghijklmnopqrstuvwxyz0123456789").expose().contains("ghp_abc"));
        assert_eq!(text(&"x".repeat(1000)).expose().len(), 400);
        assert_eq!(url("javascript:alert(1)"), None);
    }
}

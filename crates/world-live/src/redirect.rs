//! Where a redirect may lead. A job's log is a 302 to a link that lives a minute (`facts/safety.md` 4.1).

use reqwest::Url;
use world::wire::WireError;

/// What a redirect asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The API itself, at this path with its query: with our credentials.
    Same(String),
    /// Another host: without them.
    Elsewhere(Url),
}

/// Where `location` leads from `here`.
///
/// From an https API only https follows, and no address that is a number: a link into a private network is an attack,
/// not a log. An API that is http (a test, a lab) may lead anywhere.
///
/// # Errors
/// The redirect is refused; the sentence names the host and never the path, which is signed.
pub(crate) fn target(here: &Url, location: &str) -> Result<Target, WireError> {
    let refused = |why: &str| WireError::Unreachable(format!("GitHub redirects to {why}: not followed"));
    let to = here.join(location).map_err(|_| refused("what is no address"))?;
    if to.origin() == here.origin() {
        let query = to.query().map(|query| format!("?{query}")).unwrap_or_default();
        return Ok(Target::Same(format!("{}{query}", to.path())));
    }
    let host = to.host_str().unwrap_or_default();
    if here.scheme() == "https" {
        if to.scheme() != "https" {
            return Err(refused(&format!("{}://{host}, which is not https", to.scheme())));
        }
        if to.domain().is_none_or(|domain| domain == "localhost" || domain.ends_with(".localhost")) {
            return Err(refused(&format!("{host}, which is no host of the internet")));
        }
    } else if to.scheme() != "http" && to.scheme() != "https" {
        return Err(refused(&format!("{}:, which is not http", to.scheme())));
    }
    Ok(Target::Elsewhere(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        let here = Url::parse("https://api.github.com/repos/acme/widgets").unwrap();
        let same = |path: &str| Ok(Target::Same(path.to_owned()));
        let to = |location: &str| target(&here, location).map_err(|error| error.to_string());
        assert_eq!(to("https://api.github.com/repositories/8412?page=2"), same("/repositories/8412?page=2"));
        assert_eq!(to("/repositories/8412"), same("/repositories/8412"));
        let log = "https://store.blob.core.windows.net/log?sig=hunter22";
        assert_eq!(to(log), Ok(Target::Elsewhere(Url::parse(log).unwrap())));
        for location in [
            "http://api.github.com/repositories/8412?sig=hunter22",
            "https://169.254.169.254/hunter22",
            "https://[::1]/hunter22",
            "https://2130706433/hunter22",
            "https://localhost/hunter22",
            "https://a.localhost/hunter22",
            "ftp://example.com/hunter22",
            "https://api.github.com:notaport/hunter22",
        ] {
            let error = to(location).unwrap_err();
            assert!(error.ends_with(": not followed") && !error.contains("hunter22"), "{location}: {error}");
        }
        assert!(matches!(to("https://api.github.com:444/x"), Ok(Target::Elsewhere(_))), "another port, another server");
        let lab = Url::parse("http://127.0.0.1:8080/").unwrap();
        assert!(matches!(target(&lab, "http://127.0.0.1:8081/x"), Ok(Target::Elsewhere(_))));
        assert!(target(&lab, "file:///etc/passwd").is_err());
    }
}

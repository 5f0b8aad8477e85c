//! Who asks, and what they may.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::Value;

use crate::http::{Answer, Request};
use crate::model::{Repository, State};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Nobody said.
    Anonymous,
    /// A user, by a token.
    User(u64),
    /// An App as itself, by a JWT.
    App(u64),
    /// An App's installation.
    Installation {
        /// The App.
        app: u64,
        /// Its bot.
        bot: u64,
        /// The repositories it reaches; `None` is all of `account`'s.
        repositories: Option<BTreeSet<u64>>,
        /// Whose repositories.
        account: u64,
        /// Its rights.
        permissions: BTreeMap<String, String>,
    },
}

/// GitHub's words, by what they include.
const ROLES: [&str; 6] = ["none", "read", "triage", "write", "maintain", "admin"];

impl Who {
    /// From the request's `Authorization`.
    ///
    /// # Errors
    /// 401 for what is no good: unknown, expired, no JWT.
    pub fn ask(request: &Request, state: &State, now: Timestamp) -> Result<Self, Answer> {
        let bad = || Answer::refusal(401, "Bad credentials").with("www-authenticate", "Basic realm=\"GitHub\"");
        let header = request.header("authorization");
        if header.is_empty() {
            return Ok(Self::Anonymous);
        }
        let (scheme, rest) = header.split_once(' ').ok_or_else(bad)?;
        let rest = rest.trim();
        let token = if scheme.eq_ignore_ascii_case("basic") {
            let decoded = STANDARD.decode(rest).map_err(|_| bad())?;
            let decoded = String::from_utf8(decoded).map_err(|_| bad())?;
            decoded.split_once(':').ok_or_else(bad)?.1.to_owned()
        } else {
            rest.to_owned()
        };
        if let Some(token) = state.tokens.get(&token) {
            if token.expires_at.is_some_and(|end| end <= now) {
                return Err(bad());
            }
            let Some(installation) = token.installation else { return Ok(Self::User(token.account)) };
            let installation = state.installations.get(&installation).ok_or_else(bad)?;
            return Ok(Self::Installation {
                app: installation.app,
                bot: token.account,
                account: installation.account,
                repositories: token.repositories.clone().or_else(|| installation.repositories.clone()),
                permissions: token.permissions.clone(),
            });
        }
        jwt_app(&token).filter(|app| state.apps.contains_key(app)).map(Self::App).ok_or_else(bad)
    }

    /// The account that acts.
    pub fn account(&self) -> Option<u64> {
        match self {
            Self::User(id) | Self::Installation { bot: id, .. } => Some(*id),
            Self::Anonymous | Self::App(_) => None,
        }
    }

    /// The App that acts.
    pub fn app(&self) -> Option<u64> {
        match self {
            Self::Installation { app, .. } | Self::App(app) => Some(*app),
            Self::Anonymous | Self::User(_) => None,
        }
    }

    /// Whether they see the repository at all.
    pub fn sees(&self, repository: &Repository) -> bool {
        !repository.private || self.reaches(repository)
    }

    fn reaches(&self, repository: &Repository) -> bool {
        match self {
            Self::Anonymous | Self::App(_) => false,
            Self::User(id) => role(repository, *id) != "none",
            Self::Installation { repositories, account, .. } => match repositories {
                Some(repositories) => repositories.contains(&repository.id),
                None => repository.owner == *account,
            },
        }
    }

    /// Whether they may do what an App needs `permission` at `level` (`read`, `write`) for.
    ///
    /// # Errors
    /// 401, 403 or 404, as GitHub would.
    pub fn may(&self, repository: &Repository, permission: &str, level: &str) -> Result<(), Answer> {
        let may = match self {
            Self::Anonymous if level == "read" && !repository.private => true,
            Self::Anonymous => return Err(Answer::refusal(401, "Requires authentication")),
            Self::App(_) => false,
            Self::User(id) => {
                let role = rank(role(repository, *id));
                match (permission, level) {
                    ("vulnerability_alerts" | "security_events" | "secret_scanning_alerts", _) => role >= rank("write"),
                    // Anybody who may read may comment and open.
                    (_, "read") | ("issues" | "pull_requests", _) => role >= rank("read") || !repository.private,
                    ("checks", _) => {
                        return Err(Answer::refusal(403, "You must authenticate via a GitHub App."));
                    }
                    _ => role >= rank("write"),
                }
            }
            Self::Installation { permissions, .. } => {
                let granted = |name: &str| permissions.get(name).map_or("none", String::as_str);
                // A comment on a pull request needs either right.
                let names: &[&str] = match permission {
                    "issues" => &["issues", "pull_requests"],
                    "pull_requests" => &["pull_requests"],
                    other => &[other],
                };
                self.reaches(repository) && names.iter().any(|name| rank(granted(name)) >= rank(level))
                    || permission == "metadata" && level == "read"
            }
        };
        match (may, self.sees(repository)) {
            (true, true) => Ok(()),
            (_, false) => Err(Answer::not_found()),
            (false, true) if matches!(self, Self::Installation { .. }) => {
                Err(Answer::refusal(403, "Resource not accessible by integration"))
            }
            (false, true) => Err(Answer::refusal(403, "Must have write rights to Repository.")),
        }
    }

    /// Whether they may push.
    pub fn may_push(&self, repository: &Repository) -> bool {
        self.may(repository, "contents", "write").is_ok()
    }

    /// Whether protection does not bind them.
    pub fn is_admin(&self, repository: &Repository) -> bool {
        matches!(self, Self::User(id) if role(repository, *id) == "admin")
    }
}

/// What an account may: GitHub's role by name, `none` for a stranger.
pub fn role(repository: &Repository, account: u64) -> &str {
    if repository.owner == account {
        return "admin";
    }
    repository.permissions.get(&account).map_or("none", String::as_str)
}

/// GitHub's four old steps: maintain counts as write, triage as read.
pub fn old_step(role: &str) -> &str {
    match role {
        "maintain" => "write",
        "triage" => "read",
        other => other,
    }
}

fn rank(role: &str) -> usize {
    ROLES.iter().position(|known| *known == role).unwrap_or(0)
}

/// The App of a JWT that is well made; its signature is not looked at.
fn jwt_app(token: &str) -> Option<u64> {
    let mut parts = token.split('.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || signature.is_empty() {
        return None;
    }
    let decode = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    decode(header)?.get("alg")?.as_str().filter(|alg| *alg == "RS256")?;
    let claims = decode(claims)?;
    let (from, until) = (claims.get("iat")?.as_i64()?, claims.get("exp")?.as_i64()?);
    if until <= from || until - from > 660 {
        return None;
    }
    let issuer = claims.get("iss")?;
    issuer.as_u64().or_else(|| issuer.as_str()?.parse().ok())
}

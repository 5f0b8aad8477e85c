//! Who the agent is for GitHub: an App of its own or a token, from a folder that only `prepare` sees.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Settings;
use step::{Cannot, Code};
use text::Untrusted;
use world::github::{Account, Slug};
use world::{Accounts, ActAsApp, GithubCredential, PortError, SecretRef};

/// Rights of the agent's token.
const RIGHTS: [(&str, &str); 2] = [("contents", "write"), ("pull_requests", "write")];
/// Without it GitHub refuses a push that touches `.github/workflows`, and one kind of failure is repaired there.
const WORKFLOWS: ((&str, &str), &str) = (("workflows", "write"), "github_workflow");

/// What the agent's token may do, by the kind of failure it repairs.
pub fn rights(kind: Option<&str>) -> Vec<(&'static str, &'static str)> {
    let (right, of) = WORKFLOWS;
    RIGHTS.into_iter().chain((kind == Some(of)).then_some(right)).collect()
}

/// Where the credential of an App lies: `<app>.app_id` and `<app>.private_key.pem`, or `<app>.token`; without the App's
/// name it is everybody's.
pub fn find(folder: &Path, app: &str) -> Result<GithubCredential, Cannot> {
    let app = app.to_ascii_lowercase();
    let legal = !app.is_empty() && app.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !legal {
        return Err(Cannot::refused("the CodeRun's githubApp is no name of a GitHub App; nothing was started"));
    }
    for prefix in [format!("{app}."), String::new()] {
        let place = |name: &str| folder.join(format!("{prefix}{name}"));
        let there = |path: &PathBuf| path.is_file();
        let (id, key, token) = (place("app_id"), place("private_key.pem"), place("token"));
        match (there(&id), there(&key), there(&token)) {
            (true, true, _) => {
                return Ok(GithubCredential::App { id: SecretRef::File(id), key: SecretRef::File(key) });
            }
            (true, false, _) | (false, true, _) => {
                let (id, key) = (id.display(), key.display());
                return Err(Cannot::misconfigured(format!(
                    "only one of {id} and {key} is there: the Secret needs both"
                )));
            }
            (false, false, true) => return Ok(GithubCredential::Token(SecretRef::File(token))),
            (false, false, false) => {}
        }
    }
    Err(Cannot::misconfigured(format!(
        "there is no GitHub credential in {}: put app_id and private_key.pem, or token, into the Secret (docs/executor.md)",
        folder.display()
    )))
}

/// What the agent gets.
pub struct Given {
    /// A token for one repository.
    pub token: String,
    /// In its commits.
    pub name: String,
    /// In its commits: GitHub knows the author by it.
    pub email: String,
}

/// A token and an identity: a narrowed one for an App, the token itself for a token.
pub async fn give(
    credential: &GithubCredential,
    of: &Slug,
    kind: Option<&str>,
    settings: &Settings,
    ports: &(impl ActAsApp + Accounts),
) -> Result<Given, Cannot> {
    match credential {
        GithubCredential::Token(place) => {
            let SecretRef::File(path) = place else {
                return Err(Cannot::bug("a token that is in no file"));
            };
            let token = fs::read_to_string(path).map_err(|error| crate::failed("read", path, &error))?;
            let me = ports.whoami().await.map_err(cannot)?;
            Ok(given(token.trim().to_owned(), &me, settings))
        }
        GithubCredential::App { .. } => {
            let slug = ports.app_slug().await.map_err(cannot)?;
            let narrow = ports.narrow_token(of, &rights(kind)).await.map_err(cannot)?;
            let login = Untrusted::new(format!("{}[bot]", slug.expose()));
            let bot = ports.account(of, &login).await.map_err(cannot)?;
            Ok(given(narrow.token.expose().to_owned(), &bot, settings))
        }
    }
}

/// A right that the installation lacks is for a person to give; it is no bug of ours.
fn cannot(error: PortError) -> Cannot {
    match error {
        PortError::Refused { .. } => Cannot::new(Code::Denied, error.to_string()),
        error => ledger::cannot(error),
    }
}

/// GitHub's own address of an account that shows no other.
fn given(token: String, account: &Account, settings: &Settings) -> Given {
    let host = settings.github_url.split("://").nth(1).unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
    let usual = format!("users.noreply.{}", host.strip_prefix("api.").unwrap_or(host));
    let host = settings.noreply_host.as_deref().unwrap_or(&usual);
    let login = account.login.expose();
    let clean: String = login.chars().filter(|c| c.is_ascii_alphanumeric() || "-[]".contains(*c)).collect();
    Given { token, email: format!("{}+{clean}@{host}", account.id), name: clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_s_own_credential_comes_before_everybody_s() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str| fs::write(folder.path().join(name), "x").unwrap();
        let file = |name: &str| SecretRef::File(folder.path().join(name));
        let none = find(folder.path(), "5DLabs-Rex").unwrap_err();
        assert_eq!(none.code, Code::Misconfigured);
        put("token");
        assert_eq!(find(folder.path(), "5DLabs-Rex").unwrap(), GithubCredential::Token(file("token")));
        put("5dlabs-rex.app_id");
        assert!(find(folder.path(), "5DLabs-Rex").unwrap_err().sentence.contains("needs both"));
        put("5dlabs-rex.private_key.pem");
        let app = GithubCredential::App { id: file("5dlabs-rex.app_id"), key: file("5dlabs-rex.private_key.pem") };
        assert_eq!(find(folder.path(), "5DLabs-Rex").unwrap(), app);
        assert_eq!(find(folder.path(), "5DLabs-Bolt").unwrap(), GithubCredential::Token(file("token")));
        assert_eq!(find(folder.path(), "../rex").unwrap_err().code, Code::Refused);
    }

    #[test]
    fn only_who_repairs_workflows_may_push_them() {
        assert_eq!(rights(Some("rust_clippy")), RIGHTS);
        assert_eq!(rights(Some("github_workflow")).last(), Some(&("workflows", "write")));
    }

    #[test]
    fn commits_carry_the_address_that_github_knows() {
        let account = Account { id: 77, login: "healer-rex[bot]".into(), kind: "Bot".into() };
        let of = |url: &str| {
            let settings = Settings::parse(&format!("command: [x]\ngithub_url: {url}\n")).unwrap();
            given(String::new(), &account, &settings).email
        };
        assert_eq!(of("https://api.github.com"), "77+healer-rex[bot]@users.noreply.github.com");
        assert_eq!(of("https://ghe.example.org/api/v3"), "77+healer-rex[bot]@users.noreply.ghe.example.org");
    }
}

//! Everything the server remembers. Git's objects lie in bare repositories; refs are kept here too, so that a read may
//! be stale.

mod ci;
mod threads;

use std::collections::{BTreeMap, BTreeSet};

pub use ci::*;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
pub use threads::*;

/// All of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The last id given; ids are shared by everything that has one, so that no two kinds are mixed up unseen.
    pub last_id: u64,
    /// Users, bots and organisations by id.
    pub accounts: BTreeMap<u64, Account>,
    /// GitHub Apps by id.
    pub apps: BTreeMap<u64, App>,
    /// Installations by id.
    pub installations: BTreeMap<u64, Installation>,
    /// What tokens stand for.
    pub tokens: BTreeMap<String, Token>,
    /// Repositories by id.
    pub repositories: BTreeMap<u64, Repository>,
    /// What was created or changed through the API, in order: for assertions.
    pub written: Vec<Written>,
}

/// A user, a bot or an organisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: u64,
    /// Its login; a bot's ends in `[bot]`.
    pub login: String,
    /// `User`, `Bot` or `Organization`.
    pub kind: String,
    /// By which commits are told.
    pub email: String,
}

/// A GitHub App.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct App {
    /// Its id, which is not its bot's.
    pub id: u64,
    /// Its name in addresses.
    pub slug: String,
    /// The account `<slug>[bot]`.
    pub bot: u64,
    /// What it asks for: `checks` → `write`.
    pub permissions: BTreeMap<String, String>,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// An App on an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Installation {
    /// Its id.
    pub id: u64,
    /// The App.
    pub app: u64,
    /// The account.
    pub account: u64,
    /// The repositories; `None` is all of the account's.
    pub repositories: Option<BTreeSet<u64>>,
    /// When it was installed.
    pub created_at: Timestamp,
}

/// What a token stands for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    /// The user or bot.
    pub account: u64,
    /// The installation, for an App's token.
    pub installation: Option<u64>,
    /// The repositories it reaches; `None` is all that the account or the installation reaches.
    pub repositories: Option<BTreeSet<u64>>,
    /// Its rights; empty for a user's token, which has the user's.
    pub permissions: BTreeMap<String, String>,
    /// When it ends; never for a user's.
    pub expires_at: Option<Timestamp>,
}

/// A repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Repository {
    /// Its id.
    pub id: u64,
    /// The owner's account.
    pub owner: u64,
    /// Its name.
    pub name: String,
    /// Not everybody's to read.
    pub private: bool,
    /// Read-only.
    pub archived: bool,
    /// Where pull requests aim.
    pub default_branch: String,
    /// What it was forked from.
    pub fork_of: Option<u64>,
    /// Branches and their heads.
    pub branches: BTreeMap<String, String>,
    /// Branches that only admins push to.
    pub protected: BTreeSet<String>,
    /// `admin`, `maintain`, `write`, `triage` or `read` by account.
    pub permissions: BTreeMap<u64, String>,
    /// The last number of an issue or pull request.
    pub last_number: u64,
    /// Issues and pull requests by number.
    pub issues: BTreeMap<u64, Issue>,
    /// Comments by id.
    pub comments: BTreeMap<u64, Comment>,
    /// Workflows by id.
    pub workflows: BTreeMap<u64, Workflow>,
    /// Runs by id.
    pub runs: BTreeMap<u64, Run>,
    /// Check suites by id.
    pub suites: BTreeMap<u64, Suite>,
    /// Check runs by id; a job of a run is one too.
    pub checks: BTreeMap<u64, Check>,
    /// Commit statuses, oldest first.
    pub statuses: Vec<CommitStatus>,
    /// Security alerts.
    pub alerts: Vec<Alert>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When somebody pushed last.
    pub pushed_at: Timestamp,
}

/// Something that came through the API's writing half.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Written {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub login: String,
    /// The method and path.
    pub call: String,
    /// What was sent.
    pub body: Value,
    /// What was answered: 2xx or a refusal.
    pub status: u16,
}

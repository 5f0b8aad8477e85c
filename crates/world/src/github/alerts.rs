//! GitHub's shapes, third part: the three kinds of security alert as one type.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use text::Untrusted;

/// A Dependabot, code-scanning or secret-scanning alert. A secret's value has no field here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// The number in its repository, counted by kind.
    pub number: u64,
    /// `open`, `fixed`, `dismissed`, `auto_dismissed`, `resolved`.
    pub state: String,
    /// For people, and private to them.
    #[serde(default)]
    pub html_url: String,
    /// When it was raised.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Dependabot: the package.
    #[serde(default)]
    pub dependency: Option<Dependency>,
    /// Dependabot: what is known about the weakness.
    #[serde(default)]
    pub security_advisory: Option<Advisory>,
    /// Dependabot: which versions, and which one is good.
    #[serde(default)]
    pub security_vulnerability: Option<Vulnerability>,
    /// Code scanning: the rule.
    #[serde(default)]
    pub rule: Option<ScanRule>,
    /// Code scanning: where it was seen last.
    #[serde(default)]
    pub most_recent_instance: Option<ScanInstance>,
    /// Secret scanning: what sort of secret.
    #[serde(default)]
    pub secret_type: Option<String>,
    /// Secret scanning: the same for people.
    #[serde(default)]
    pub secret_type_display_name: Option<Untrusted>,
    /// Secret scanning: `active`, `inactive`, `unknown`.
    #[serde(default)]
    pub validity: Option<String>,
}

impl Alert {
    /// Whether nothing is left to do: fixed, dismissed or resolved. An unknown state is not done.
    pub fn is_done(&self) -> bool {
        matches!(&*self.state, "fixed" | "dismissed" | "auto_dismissed" | "resolved")
    }
}

/// A weak dependency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dependency {
    /// Which.
    #[serde(default)]
    pub package: Option<Package>,
    /// The file that names it.
    #[serde(default)]
    pub manifest_path: Untrusted,
    /// `development` or `runtime`.
    #[serde(default)]
    pub scope: Option<String>,
}

/// A package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Package {
    /// `npm`, `rust`, `pip`, …
    #[serde(default)]
    pub ecosystem: String,
    /// Its name.
    #[serde(default)]
    pub name: Untrusted,
}

/// What is known about a weakness.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Advisory {
    /// `GHSA-…`.
    #[serde(default)]
    pub ghsa_id: String,
    /// `CVE-…`.
    #[serde(default)]
    pub cve_id: Option<String>,
    /// One sentence.
    #[serde(default)]
    pub summary: Untrusted,
    /// `low`, `medium`, `high`, `critical`.
    #[serde(default)]
    pub severity: String,
}

/// Which versions are weak.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vulnerability {
    /// As a range.
    #[serde(default)]
    pub vulnerable_version_range: Untrusted,
    /// The first good one.
    #[serde(default)]
    pub first_patched_version: Option<Patched>,
}

/// A version that is good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Patched {
    /// The version.
    pub identifier: Untrusted,
}

/// A rule of code scanning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanRule {
    /// Its id.
    #[serde(default)]
    pub id: Option<Untrusted>,
    /// `none`, `note`, `warning`, `error`.
    #[serde(default)]
    pub severity: Option<String>,
    /// `low`, `medium`, `high`, `critical`.
    #[serde(default)]
    pub security_severity_level: Option<String>,
    /// One sentence.
    #[serde(default)]
    pub description: Untrusted,
}

/// Where code scanning saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanInstance {
    /// The branch or pull request, `refs/heads/main`.
    #[serde(default, rename = "ref")]
    pub git_ref: Untrusted,
    /// The commit.
    #[serde(default)]
    pub commit_sha: String,
    /// The place.
    #[serde(default)]
    pub location: Option<Location>,
    /// What it said.
    #[serde(default)]
    pub message: Option<Message>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// The file.
    #[serde(default)]
    pub path: Untrusted,
    /// First line, from 1.
    #[serde(default)]
    pub start_line: u64,
    /// Last line.
    #[serde(default)]
    pub end_line: u64,
}

/// A message of code scanning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The text.
    #[serde(default)]
    pub text: Untrusted,
}

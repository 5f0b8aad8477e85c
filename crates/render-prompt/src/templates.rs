//! Templates and their front matter: embedded, or from a folder that replaces them file by file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use include_dir::{Dir, include_dir};
use remediation::names;
use serde::Deserialize;
use step::Cannot;

use crate::blocks::{Block, Budgets};
use crate::quick;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../prompts");

/// The largest template that `--prompts` may bring.
const MAX_BYTES: u64 = 256 * 1024;

/// What a template says about itself, between two `---` lines. Strict: an unknown key is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FrontMatter {
    /// Sections that it tells of; one that the document has not is named under "What is not known".
    pub needs: Vec<Need>,
    /// Bytes of each kind of block; a default holds for the others.
    pub budget_bytes: BTreeMap<String, usize>,
    /// Commands that reproduce such a failure locally.
    pub reproduce: Vec<String>,
}

/// A section that a template may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Which repository.
    Repository,
    /// The branch, commit and run.
    Subject,
    /// The failed jobs and what changed.
    Failure,
    /// What is known beside the log.
    Context,
    /// Where to push.
    Target,
    /// A security alert's facts.
    Alert,
}

/// All of them: the source by name without `.hbs`. What is embedded is read when it is used.
#[derive(Debug, Clone)]
pub struct Templates {
    sources: BTreeMap<String, Cow<'static, str>>,
}

impl Templates {
    /// The embedded ones, and those of `folder` in their place.
    pub fn load(folder: Option<&Path>) -> Result<Self, Cannot> {
        let mut sources = BTreeMap::new();
        embedded(&EMBEDDED, &mut sources);
        if let Some(folder) = folder {
            replace(folder, folder, &mut sources)?;
        }
        Ok(Self { sources })
    }

    /// What one says about itself.
    pub fn front(&self, name: &str) -> Result<FrontMatter, Cannot> {
        front(name, self.source(name)?)
    }

    pub(crate) fn source(&self, name: &str) -> Result<&Cow<'static, str>, Cannot> {
        self.sources.get(name).ok_or_else(|| Cannot::bug(format!("there is no prompt {name:?}")))
    }

    /// The names of all of them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sources.keys().map(String::as_str)
    }

    /// One by name, for the engine. What came from a folder handlebars itself reads.
    pub fn compile(&self, name: &str) -> Result<handlebars::Template, Cannot> {
        let source = self.source(name)?;
        let (_, body) = split(name, source)?;
        let quick = if matches!(source, Cow::Borrowed(_)) { quick::read(body) } else { None };
        quick
            .map_or_else(|| handlebars::Template::compile_with_name(body, name.to_owned()), Ok)
            .map_err(|error| Cannot::misconfigured(format!("the prompt {name}.hbs is no valid template: {error}")))
    }

    pub(crate) fn partials(&self) -> impl Iterator<Item = (&str, &str)> {
        let partials = self.sources.iter().filter(|(name, _)| name.starts_with('_'));
        partials.map(|(name, source)| (name.as_str(), source.as_ref()))
    }

    /// Digest of these templates and of every partial.
    pub fn digest(&self, names: &[&str]) -> String {
        let mut all = Vec::new();
        for (name, source) in &self.sources {
            if name.starts_with('_') || names.contains(&name.as_str()) {
                all.extend_from_slice(format!("{name}\0{}\0", source.len()).as_bytes());
                all.extend_from_slice(source.as_bytes());
            }
        }
        names::sha256(&all)
    }
}

impl FrontMatter {
    /// The budgets, by block.
    pub fn budgets(&self) -> Budgets {
        let known = |(name, bytes): (&String, &usize)| Some((remediation::Vocabulary::parse(name)?, *bytes));
        Budgets::new(self.budget_bytes.iter().filter_map(known))
    }
}

fn embedded(folder: &'static Dir<'static>, sources: &mut BTreeMap<String, Cow<'static, str>>) {
    for file in folder.files() {
        if let (Some(name), Some(text)) = (name(file.path()), file.contents_utf8()) {
            sources.insert(name, text.into());
        }
    }
    folder.dirs().for_each(|folder| embedded(folder, sources));
}

fn replace(root: &Path, folder: &Path, sources: &mut BTreeMap<String, Cow<'static, str>>) -> Result<(), Cannot> {
    let failed = |path: &Path, error: &dyn std::fmt::Display| {
        Cannot::misconfigured(format!("--prompts: cannot read {}: {error}", path.display()))
    };
    let entries = std::fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| failed(folder, &error))?.path();
        if path.is_dir() {
            // fix/ and retry/, and nothing below them.
            if folder == root {
                replace(root, &path, sources)?;
            }
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(name) {
            let about = std::fs::metadata(&path).map_err(|error| failed(&path, &error))?;
            if about.len() > MAX_BYTES {
                return Err(failed(&path, &format!("it has more than {MAX_BYTES} bytes")));
            }
            // A new partial may be of use; a new template would never be.
            if !name.starts_with('_') && !sources.contains_key(&name) {
                return Err(Cannot::misconfigured(format!(
                    "--prompts: {} is no prompt of ours; those are fix/<kind>.hbs, retry/retry.hbs and _<partial>.hbs",
                    path.display()
                )));
            }
            let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, &error))?.replace("\r\n", "\n");
            front(&name, &text)?;
            sources.insert(name, text.into());
        }
    }
    Ok(())
}

/// `fix/rust_clippy` of `fix/rust_clippy.hbs`; nothing for other files.
fn name(path: &Path) -> Option<String> {
    Some(path.to_str()?.strip_suffix(".hbs")?.replace('\\', "/"))
}

/// Front matter and body. A partial has no front matter, a template must have one.
pub(crate) fn split<'a>(name: &str, source: &'a str) -> Result<(&'a str, &'a str), Cannot> {
    if name.starts_with('_') {
        return Ok(("", source));
    }
    let split = source.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    split.ok_or_else(|| wrong(name, "it must begin with front matter between two lines `---`"))
}

fn front(name: &str, source: &str) -> Result<FrontMatter, Cannot> {
    let (front, _) = split(name, source)?;
    if front.is_empty() {
        return Ok(FrontMatter::default());
    }
    let failed = |error: &dyn std::fmt::Display| wrong(name, &format!("front matter: {error}"));
    let front: FrontMatter = serde_yaml::from_str(front).map_err(|error| failed(&error))?;
    for block in front.budget_bytes.keys() {
        remediation::parse_strict::<Block>(block).map_err(|why| failed(&format!("budget_bytes: {why}")))?;
    }
    Ok(front)
}

fn wrong(name: &str, why: &str) -> Cannot {
    Cannot::misconfigured(format!("the prompt {name}.hbs: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_strict() {
        for (text, why) in [
            ("no front matter", "must begin"),
            ("---\nneed: []\n---\n", "need"),
            ("---\nbudget_bytes: {exerpt: 3}\n---\n", "exerpt"),
            ("---\nneeds: [subjekt]\n---\n", "subjekt"),
            ("---\nreproduce: {a: 1}\n---\n", "reproduce"),
        ] {
            let cannot = front("fix/x", text).unwrap_err();
            assert_eq!(cannot.code, step::Code::Misconfigured);
            assert!(cannot.sentence.contains(why), "{}", cannot.sentence);
        }
        let source = "---\nreproduce:\n  - make\n---\n# {{x}}\n";
        assert_eq!(split("fix/x", source).unwrap().1, "# {{x}}\n");
        assert_eq!(front("fix/x", source).unwrap().reproduce, ["make"]);
    }
}

//! Templates and their front matter: embedded, or from a folder that replaces them file by file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use include_dir::{Dir, include_dir};
use remediation::names;
use serde::Deserialize;
use step::Cannot;

use crate::blocks::{Block, Budgets};

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

/// One template, read.
#[derive(Debug, Clone)]
pub struct Template {
    /// Behind the front matter.
    pub(crate) body: String,
    /// Its front matter; partials have none.
    pub front: FrontMatter,
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

    /// One by name.
    pub fn get(&self, name: &str) -> Result<Template, Cannot> {
        let source = self.sources.get(name).ok_or_else(|| Cannot::bug(format!("there is no prompt {name:?}")))?;
        parse(name, source)
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
            parse(&name, &text)?;
            sources.insert(name, text.into());
        }
    }
    Ok(())
}

/// `fix/rust_clippy` of `fix/rust_clippy.hbs`; nothing for other files.
fn name(path: &Path) -> Option<String> {
    Some(path.to_str()?.strip_suffix(".hbs")?.replace('\\', "/"))
}

/// Splits front matter and body. A partial has no front matter, a template must have one.
fn parse(name: &str, source: &str) -> Result<Template, Cannot> {
    let wrong = |why: String| Cannot::misconfigured(format!("the prompt {name}.hbs: {why}"));
    if name.starts_with('_') {
        return Ok(Template { body: source.to_owned(), front: FrontMatter::default() });
    }
    let split = source.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    let Some((front, body)) = split else {
        return Err(wrong("it must begin with front matter between two lines `---`".into()));
    };
    let body = body.to_owned();
    let front: FrontMatter = serde_yaml::from_str(front).map_err(|error| wrong(format!("front matter: {error}")))?;
    for block in front.budget_bytes.keys() {
        remediation::parse_strict::<Block>(block).map_err(|why| wrong(format!("front matter: budget_bytes: {why}")))?;
    }
    Ok(Template { body, front })
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
            let cannot = parse("fix/x", text).unwrap_err();
            assert_eq!(cannot.code, step::Code::Misconfigured);
            assert!(cannot.sentence.contains(why), "{}", cannot.sentence);
        }
        let template = parse("fix/x", "---\nreproduce:\n  - make\n---\n# {{x}}\n").unwrap();
        assert_eq!((template.body.as_str(), template.front.reproduce), ("# {{x}}\n", vec!["make".to_owned()]));
    }
}

//! Blocks of foreign text: who wrote them, how much of them there is room for, what is said when they are cut.

use std::collections::{BTreeMap, BTreeSet};

use remediation::{Vocabulary, vocabulary};
use serde::Serialize;
use text::Untrusted;

use crate::foreign::Foreign;

vocabulary! {
    /// A kind of block. When the whole prompt is too long they are cut in this order.
    Block, "block":
    Memories = "memories", "what was remembered of similar failures";
    Logs = "logs", "log lines of the workload";
    Events = "events", "Kubernetes events";
    Description = "description", "what the pull request says of itself";
    CommitMessage = "commit_message", "the commit's message";
    AttemptDiff = "attempt_diff", "what an earlier attempt changed";
    Diff = "diff", "what the branch changed";
    AttemptOutput = "attempt_output", "what an earlier agent said";
    Summary = "summary", "the line about a security alert";
    Argocd = "argocd", "what Argo CD says";
    ChangedFiles = "changed_files", "the list of changed files";
    Excerpt = "excerpt", "the lines of the log that explain the failure";
}

impl Block {
    /// Bytes that a block may have when the template says nothing. `changed_files`: bytes of their paths.
    pub fn default_bytes(self) -> usize {
        match self {
            Block::Excerpt => 8 * 1024,
            Block::Diff => 24 * 1024,
            Block::AttemptDiff => 8 * 1024,
            Block::AttemptOutput | Block::Logs | Block::ChangedFiles => 4 * 1024,
            Block::Events | Block::Memories | Block::Description | Block::Argocd => 2 * 1024,
            Block::CommitMessage => 1024,
            Block::Summary => 512,
        }
    }

    /// Which part is worth most.
    fn keep(self) -> Keep {
        match self {
            Block::Excerpt => Keep::Both,
            Block::AttemptOutput | Block::Logs | Block::Events => Keep::End,
            _ => Keep::Start,
        }
    }
}

enum Keep {
    Start,
    End,
    Both,
}

/// How many bytes each kind of block may have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Budgets(BTreeMap<Block, usize>);

impl Budgets {
    /// What a template says.
    pub fn new(said: impl IntoIterator<Item = (Block, usize)>) -> Self {
        Self(said.into_iter().collect())
    }

    /// The budget of a block.
    pub fn get(&self, block: Block) -> usize {
        self.0.get(&block).copied().unwrap_or_else(|| block.default_bytes())
    }

    /// Sets it.
    pub fn set(&mut self, block: Block, bytes: usize) {
        self.0.insert(block, bytes);
    }
}

/// Text on its way into a prompt.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub block: Block,
    /// In our words: who wrote it, ending with a full stop.
    pub who: String,
    /// The info string of its fence.
    pub label: &'static str,
    /// Redacted.
    text: Untrusted,
}

impl Source {
    /// Text that is there has a block, also when nothing of it can be seen: only its bytes may differ.
    pub fn new(block: Block, who: impl Into<String>, label: &'static str, text: &Untrusted) -> Self {
        Self { block, who: who.into(), label, text: redact::Foreign::new().whole(text) }
    }
}

/// A block as the partial `_untrusted` takes it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct View {
    who: String,
    label: &'static str,
    text: Option<Foreign>,
    /// What was left out, in our words.
    shortened: Option<String>,
}

/// Cuts to the budgets, and remembers what was cut and how much was used.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    pub budgets: Budgets,
    pub shortened: BTreeSet<Block>,
    pub used: BTreeMap<Block, usize>,
}

impl Cutter {
    pub fn view(&mut self, source: &Source) -> View {
        let whole = source.text.len_bytes();
        let budget = self.budgets.get(source.block);
        let (text, kept) = cut(source.text.expose(), budget, &source.block.keep());
        *self.used.entry(source.block).or_default() += kept;
        let shortened = (kept < whole).then(|| {
            self.shortened.insert(source.block);
            if kept == 0 {
                format!("It has {whole} bytes and is left out here: there was no room.")
            } else {
                let part = match source.block.keep() {
                    Keep::Start => "the end",
                    Keep::End => "the beginning",
                    Keep::Both => "the middle",
                };
                format!("Shortened: {} of {whole} bytes are left out, {part}.", whole - kept)
            }
        });
        let text = (kept > 0 || whole == 0).then(|| Foreign::block(Untrusted::new(text)));
        View { who: source.who.clone(), label: source.label, text, shortened }
    }
}

/// Whole lines up to the budget, and how many bytes of the text are in it.
fn cut(text: &str, budget: usize, keep: &Keep) -> (String, usize) {
    if text.len() <= budget {
        return (text.to_owned(), text.len());
    }
    match keep {
        Keep::Start => {
            let kept = head(text, budget);
            (kept.to_owned(), kept.len())
        }
        Keep::End => {
            let kept = tail(text, budget);
            (kept.to_owned(), kept.len())
        }
        Keep::Both => {
            let (first, last) = (head(text, budget / 3 * 2), tail(text, budget / 3));
            let kept = first.len() + last.len();
            let left_out = text.len() - kept;
            (format!("{first}\n[… {left_out} bytes left out …]\n{last}"), kept)
        }
    }
}

/// The first lines; part of a line when even one is too long.
fn head(text: &str, budget: usize) -> &str {
    let end = floor(text, budget);
    let whole = text[..end].rfind('\n').map_or(end, |at| at + 1);
    &text[..whole]
}

fn tail(text: &str, budget: usize) -> &str {
    let mut start = text.len() - budget.min(text.len());
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let whole = text[start..].find('\n').map_or(start, |at| start + at + 1);
    if whole < text.len() { &text[whole..] } else { &text[start..] }
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Every block, least valuable first.
pub(crate) fn cheapest_first() -> &'static [Block] {
    Block::ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_whole() {
        let text = "one\ntwo\nthree\nfour\n";
        assert_eq!(cut(text, 9, &Keep::Start).0, "one\ntwo\n");
        assert_eq!(cut(text, 9, &Keep::End).0, "four\n");
        let (both, kept) = cut(text, 12, &Keep::Both);
        assert!(both.starts_with("one\ntwo\n") && both.contains("bytes left out"), "{both}");
        assert!(kept < text.len());
        assert_eq!(cut("é".repeat(10).as_str(), 5, &Keep::Start).0, "éé");
        assert_eq!(cut("é".repeat(10).as_str(), 5, &Keep::End).0, "éé");
        assert_eq!(cut("abc", 0, &Keep::Both).1, 0);
    }
}

//! Tests that are gone and missed by nobody: of code that the same diff removes, those whose every value another test asks
//! for now, and those that stood there twice.

use std::collections::BTreeSet;
use std::ops::Range;

use remediation::Kind;

use crate::judge::{normal, words};
use crate::language::Language;
use crate::rules::{Rule, named};
use crate::shapes::SHAPES;
use crate::side::{File, Hunk, Side};
use crate::structure::changed;
use crate::tests_lost::{grammar, is_rust_test, tests};

/// The lines of such tests, each with what speaks against it.
pub(crate) struct Obsolete<'a>(Vec<(&'a str, Range<u64>, Option<&'static Rule>)>);

impl<'a> Obsolete<'a> {
    /// Of a repair of this kind.
    pub fn of(kind: Kind, files: &'a [File<'a>]) -> Self {
        // A linter wants dead code gone; where something else failed it may be what failed.
        let dead = matches!(kind, Kind::RustClippy | Kind::FrontendLint);
        let rule = if dead { None } else { named("only_removes") };
        let Some(shapes) = SHAPES.as_ref() else { return Self(Vec::new()) };
        let in_test =
            |file: &File<'_>, hunk: &Hunk| file.is_test || file.language == Language::Rust && is_rust_test(hunk);
        let names = |side: fn(&Hunk) -> &Side| -> BTreeSet<&str> {
            let hunks = files.iter().flat_map(|file| file.hunks.iter().filter(move |hunk| !in_test(file, hunk)));
            let lines = hunks.flat_map(move |hunk| changed(side(hunk)));
            lines.filter_map(|(_, _, code)| shapes.defined.captures(code)?.get(1)).map(|name| name.as_str()).collect()
        };
        let now = names(|hunk| &hunk.new);
        let gone: BTreeSet<&str> = names(|hunk| &hunk.old).into_iter().filter(|name| !now.contains(name)).collect();
        let values = |lines: &mut dyn Iterator<Item = (u64, &'a str, &'a str)>| -> BTreeSet<String> {
            let found = lines.flat_map(|(_, raw, _)| shapes.literal.find_iter(raw)).map(|one| normal(one.as_str()));
            found.collect()
        };
        let hunks = files.iter().flat_map(|file| file.hunks.iter().filter(move |hunk| in_test(file, hunk)));
        let asked = values(&mut hunks.flat_map(|hunk| changed(&hunk.new)));
        let long = |values: &BTreeSet<String>| values.iter().filter(|value| value.len() > 1).count();
        let heads = files.iter().filter_map(|file| Some((file, grammar(file)?)));
        let moved: BTreeSet<String> = heads
            .flat_map(|(file, compiled)| file.hunks.iter().flat_map(|hunk| tests(compiled, &hunk.new)))
            .filter(|test| test.2)
            .map(|test| test.0)
            .collect();
        let mut lines = Vec::new();
        for (file, compiled) in files.iter().filter_map(|file| Some((file, grammar(file)?))) {
            for hunk in file.hunks.iter().filter(|hunk| in_test(file, hunk)) {
                let before = tests(compiled, &hunk.old);
                if before.len() <= tests(compiled, &hunk.new).len() {
                    continue;
                }
                let old: Vec<_> = changed(&hunk.old).collect();
                let stays = hunk.new.each().map(|line| line.2).chain([hunk.heading.as_str()]);
                let stays: BTreeSet<String> = stays.map(normal).collect();
                for (index, (name, start, _)) in before.iter().enumerate().filter(|(_, test)| test.2) {
                    let body = *start..before.get(index + 1).map_or(u64::MAX, |test| test.1);
                    let at = |number: u64| old.partition_point(|line| line.0 < number);
                    let said = old.get(at(body.start)..at(body.end)).unwrap_or_default();
                    let mut asks = said.iter().copied().filter(|line| compiled.assertion.is_match(line.2));
                    let kept = values(&mut asks);
                    if said.iter().any(|(_, _, code)| words(code).any(|word| gone.contains(word))) {
                        lines.push((file.path(), body, rule));
                    } else if kept.is_subset(&asked) && (long(&kept) > 1 || moved.contains(name))
                        || said.iter().all(|(_, raw, _)| stays.contains(&normal(raw)))
                    {
                        lines.push((file.path(), body, None));
                    }
                }
            }
        }
        Self(lines)
    }

    /// Whether this old line stood in such a test, and what speaks against that.
    pub fn has(&self, file: &File<'_>, line: u64) -> Option<Option<&'static Rule>> {
        let mut own = self.0.iter().filter(|(path, body, _)| *path == file.path() && body.contains(&line));
        own.next().map(|(_, _, rule)| *rule)
    }
}

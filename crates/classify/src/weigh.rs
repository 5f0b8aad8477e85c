//! Weighing: every hit, command, name and changed file speaks for a kind; structure says how loudly.

use std::collections::{BTreeMap, BTreeSet};

use remediation::{Agent, Kind, Remedy};

use crate::commands;
use crate::reading::{Hit, Reading, Step};
use crate::rule::{Role, Table};
use crate::steps::is_secondary;
use crate::{Evidence, Hints, wrapped};

/// How loudly a command of the failing step speaks, on the rules' scale of 1 to 100.
const COMMAND: f64 = 26.0;
/// One of several commands of a script.
const ONE_OF_SCRIPT: f64 = 12.0;
/// A job, step or workflow name.
const NAME: f64 = 8.0;
/// Changed files that are all of the kind's trade.
const FILES: f64 = 6.0;
/// From here on a score is a tool's own clear words.
const CLEAR: f64 = 70.0;
/// What a second and a third rule of the same kind add.
const MORE: [f64; 3] = [1.0, 0.15, 0.08];

/// A hit with its weight.
pub struct Weighed<'a> {
    /// The step it is in.
    pub step: &'a Step,
    /// The hit.
    pub hit: &'a Hit,
    /// Its rule's weight, turned down by structure.
    pub weight: f64,
}

/// The outcome of weighing.
pub struct Verdict<'a> {
    /// The best kind.
    pub kind: Kind,
    /// How sure, 0 to 1.
    pub confidence: f64,
    /// The hits that speak for it, the loudest first.
    pub hits: Vec<Weighed<'a>>,
    /// The step that failed.
    pub step: Option<&'a Step>,
    /// What decided.
    pub because: Vec<Evidence>,
}

/// Steps with how much their hits count.
pub fn loudness(reading: &Reading) -> Vec<(&Step, f64)> {
    let mut steps = Vec::new();
    let primary: Vec<&Step> = reading.failed.iter().filter(|step| !is_secondary(&step.name)).collect();
    if reading.failed.is_empty() {
        let mut factor = 1.0;
        for step in reading.others.iter().rev() {
            let quiet = if step.cleanup { 0.3 } else { 1.0 };
            steps.push((step, factor * quiet));
            if !step.hits.is_empty() && !step.cleanup {
                factor *= 0.75;
            }
        }
        return steps;
    }
    let last_of_job = |step: &Step| primary.iter().rev().find(|other| other.job == step.job).map(|other| other.first);
    for step in &reading.failed {
        let secondary = is_secondary(&step.name) && !primary.is_empty();
        let last = primary.is_empty() || last_of_job(step) == Some(step.first);
        steps.push((
            step,
            if secondary {
                0.35
            } else if last {
                1.0
            } else {
                0.8
            },
        ));
    }
    steps.extend(reading.others.iter().map(|step| (step, if step.cleanup { 0.03 } else { 0.08 })));
    steps
}

/// Weighs these steps.
pub fn weigh<'a>(steps: &[(&'a Step, f64)], table: &Table, hints: &Hints<'_>) -> Verdict<'a> {
    let mut hits: Vec<Weighed<'a>> = Vec::new();
    for (step, factor) in steps {
        let context = context(step, hints);
        for hit in &step.hits {
            let rule = table.rule(hit.rule);
            let guarded = !rule.within.is_empty() && !rule.within.iter().any(|word| context.contains(word));
            let barred = is_barred(rule.kind, hints);
            if guarded || barred {
                continue;
            }
            let tool = table.tool(hit.rule);
            let image =
                if hit.inside_image && !speaks_inside_images(rule.kind) && tool != "docker" { 0.25 } else { 1.0 };
            let weight = f64::from(rule.weight) * factor * image * nearness(step, hit);
            hits.push(Weighed { step, hit, weight });
        }
    }
    let failing = steps.iter().max_by(|one, other| one.1.total_cmp(&other.1)).map(|(step, _)| *step);
    settle_lines(&mut hits, table);
    wrapped::yield_to_network(&mut hits, table);
    let mut scores = score(&hits, table);
    let mut because = Vec::new();
    let image_command = image_command(&hits, table);
    soft_evidence(&mut scores, &mut because, failing, image_command, hints);
    let (kind, confidence) = decide(&scores, &hits, table);
    let mut best: Vec<Weighed<'a>> =
        hits.into_iter().filter(|weighed| table.rule(weighed.hit.rule).kind == kind).collect();
    best.sort_by(|one, other| {
        rank(other, table).total_cmp(&rank(one, table)).then(one.hit.line.number.cmp(&other.hit.line.number))
    });
    let mut reasons: Vec<Evidence> = Vec::new();
    for weighed in &best {
        let name = table.rule(weighed.hit.rule).name;
        if reasons.len() < 4 && reasons.iter().all(|reason| reason.rule != name) {
            reasons.push(Evidence { rule: name, line: Some(weighed.hit.line.number) });
        }
    }
    reasons.extend(because.into_iter().filter(|(of, _)| *of == kind).map(|(_, evidence)| evidence));
    let step = best.first().map(|weighed| weighed.step).or(failing);
    Verdict { kind, confidence, hits: best, step, because: reasons }
}

/// Lower-cased words that a rule's `within` may ask for.
fn context(step: &Step, hints: &Hints<'_>) -> String {
    let mut text = step.name.clone();
    for part in step.commands.iter().map(|(_, command)| command.as_str()).chain(hints.step) {
        text.push('\n');
        text.push_str(part);
    }
    text.make_ascii_lowercase();
    text.push(' ');
    text
}

/// Closer to the failing end counts more, but never decides alone.
fn nearness(step: &Step, hit: &Hit) -> f64 {
    let end = step.failed_at.unwrap_or(step.last);
    match end.saturating_sub(hit.line.number) {
        0..=150 => 1.0,
        151..=1000 => 0.97,
        1001..=5000 => 0.94,
        _ => 0.9,
    }
}

fn rank(weighed: &Weighed<'_>, table: &Table) -> f64 {
    match table.rule(weighed.hit.rule).role {
        Role::Cause => weighed.weight + 100.0,
        Role::Verdict => weighed.weight + 50.0,
        Role::Hint => weighed.weight,
    }
}

/// What the log may not choose here.
fn is_barred(kind: Kind, hints: &Hints<'_>) -> bool {
    (!hints.security_allowed && is_security(kind)) || (!hints.transient_allowed && kind == Kind::InfraTransient)
}

fn is_security(kind: Kind) -> bool {
    kind.agent() == Some(Agent::Cipher) || kind.remedy() == Remedy::Person
}

fn score(hits: &[Weighed<'_>], table: &Table) -> BTreeMap<Kind, f64> {
    let mut by_rule: BTreeMap<(Kind, u16), f64> = BTreeMap::new();
    for weighed in hits {
        let best = by_rule.entry((table.rule(weighed.hit.rule).kind, weighed.hit.rule)).or_default();
        *best = best.max(weighed.weight);
    }
    let mut by_kind: BTreeMap<Kind, Vec<f64>> = BTreeMap::new();
    for ((kind, _), weight) in by_rule {
        by_kind.entry(kind).or_default().push(weight);
    }
    by_kind
        .into_iter()
        .map(|(kind, mut weights)| {
            weights.sort_by(|one, other| other.total_cmp(one));
            (kind, weights.iter().zip(MORE).map(|(weight, share)| weight * share).sum())
        })
        .collect()
}

/// Where two kinds claim one line, the surer rule has it; a line that names a network fault is that fault's.
fn settle_lines(hits: &mut [Weighed<'_>], table: &Table) {
    let mut claims: BTreeMap<(u64, u64), (bool, f64)> = BTreeMap::new();
    let claim = |weighed: &Weighed<'_>| {
        let rule = table.rule(weighed.hit.rule);
        let transient = rule.kind == Kind::InfraTransient && rule.role == Role::Cause && rule.weight >= 84;
        ((weighed.step.first, weighed.hit.line.number), (transient, weighed.weight))
    };
    for weighed in hits.iter() {
        let (line, strength) = claim(weighed);
        let best = claims.entry(line).or_insert(strength);
        if strength > *best {
            *best = strength;
        }
    }
    for weighed in hits.iter_mut() {
        let (line, strength) = claim(weighed);
        if claims.get(&line).is_some_and(|best| strength < *best) {
            weighed.weight *= 0.4;
        }
    }
}

/// Kinds whose tools say clearly what is wrong with the code, wherever they run.
fn speaks_inside_images(kind: Kind) -> bool {
    matches!(kind.agent(), Some(Agent::Rex | Agent::Blaze) | None)
}

/// Whether it says that a command failed inside an image build.
pub fn is_image_command(hit: &Hit, table: &Table) -> bool {
    const WORDS: [&str; 4] = [
        "did not complete successfully",
        "returned a non-zero code",
        "failed to execute command",
        "while running runtime",
    ];
    table.tool(hit.rule) == "docker" && WORDS.iter().any(|words| hit.line.text.contains(words))
}

/// The kind of the command that failed inside an image build, if that is code of a known trade.
fn image_command(hits: &[Weighed<'_>], table: &Table) -> Option<Kind> {
    let failed = |weighed: &&Weighed<'_>| is_image_command(weighed.hit, table);
    let text = &hits.iter().find(failed)?.hit.line.text;
    let start = text.find("/bin/sh -c ")? + "/bin/sh -c ".len();
    let command = text[start..].split(['"', '\'']).next()?;
    commands::of_command(command).filter(|kind| speaks_inside_images(*kind))
}

type Reasons = Vec<(Kind, Evidence)>;

/// Commands, names and changed files: they decide where rules are silent, and hardly count where one is sure.
fn soft_evidence(
    scores: &mut BTreeMap<Kind, f64>,
    because: &mut Reasons,
    step: Option<&Step>,
    image_command: Option<Kind>,
    hints: &Hints<'_>,
) {
    let mut soft: BTreeMap<Kind, f64> = BTreeMap::new();
    let mut add = |kind: Kind, points: f64, rule: &'static str, line: Option<u64>| {
        let said = because.iter().any(|(of, evidence)| *of == kind && evidence.rule == rule);
        if said || is_barred(kind, hints) {
            return;
        }
        *soft.entry(kind).or_default() += points;
        because.push((kind, Evidence { rule, line }));
    };
    if let Some(kind) = image_command {
        add(kind, COMMAND, "failing_command", None);
    } else if let Some(step) = step {
        let kinds: Vec<(u64, Kind)> =
            step.commands.iter().filter_map(|(line, command)| Some((*line, commands::of_command(command)?))).collect();
        let single = kinds.windows(2).all(|pair| pair[0].1 == pair[1].1);
        for (line, kind) in kinds.iter().rev() {
            let loud = if single && *kind != Kind::General { COMMAND } else { ONE_OF_SCRIPT };
            add(*kind, loud, "failing_command", Some(*line));
        }
    }
    // Names and paths are a stranger's words (design section 7): they change nothing where the log is clear.
    if scores.values().all(|score| *score < CLEAR) {
        let named = step.into_iter().flat_map(|step| [step.name.as_str(), step.job.as_str()]);
        for kind in commands::of_names(named.chain(hints.job).chain(hints.step).chain(hints.workflow)) {
            add(kind, NAME, "job_or_step_name", None);
        }
        if let Some(kind) = hints.step.and_then(commands::of_command) {
            add(kind, NAME, "step_name", None);
        }
        let candidates: BTreeSet<Kind> = scores.keys().chain(soft.keys()).copied().collect();
        for kind in candidates {
            let touched = hints.changed_files.iter().filter(|path| commands::touches(kind, path)).count();
            if touched > 0 {
                *soft.entry(kind).or_default() += FILES * touched as f64 / hints.changed_files.len() as f64;
            }
        }
    }
    for (kind, points) in soft {
        let score = scores.entry(kind).or_default();
        *score += points * (1.15 - score.min(100.0) / 100.0);
    }
}

fn decide(scores: &BTreeMap<Kind, f64>, hits: &[Weighed<'_>], table: &Table) -> (Kind, f64) {
    let mut order: Vec<(Kind, f64)> = scores.iter().map(|(kind, score)| (*kind, *score)).collect();
    order.sort_by(|one, other| other.1.total_cmp(&one.1));
    let Some(&(kind, best)) = order.first() else { return (Kind::General, 0.3) };
    let second = order.get(1).map_or(0.0, |(_, score)| *score);
    let loudest = hits
        .iter()
        .filter(|weighed| table.rule(weighed.hit.rule).kind == kind)
        .map(|weighed| weighed.weight)
        .fold(0.0, f64::max);
    (kind, confidence(best, second, loudest))
}

/// From the loudest rule, and from how far the second kind is behind.
fn confidence(best: f64, second: f64, loudest: f64) -> f64 {
    let margin = 1.0 - (second / best.max(1.0)).min(1.0);
    let grammar = match loudest {
        weight if weight >= 84.0 => 0.97,
        weight if weight >= 70.0 => 0.92,
        weight if weight >= 55.0 => 0.82,
        weight if weight >= 30.0 => 0.65,
        _ => 0.5,
    };
    let contradicted = (0.25 - margin).max(0.0);
    ((grammar - contradicted * 1.2_f64) * 100.0).round().clamp(5.0, 99.0) / 100.0
}

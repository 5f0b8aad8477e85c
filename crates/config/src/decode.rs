//! From values to [`Config`], with every problem and not only the first: what serde refuses is noted, taken out, and
//! the rest is read again. So the types alone know the keys.

use serde_json::{Map, Value};
use serde_path_to_error::Segment;

use crate::tree::{Path, Tree};
use crate::{Config, Problem, checks};

/// More problems than this are not looked for.
const MAX_PROBLEMS: usize = 40;

/// What the file says over the defaults, as far as it can be used, and everything that is wrong with it.
pub(crate) fn decode(tree: &Tree) -> (Config, Vec<Problem>) {
    let mut said = match &tree.value {
        Value::Null => Value::Object(Map::new()),
        value => value.clone(),
    };
    let mut problems = Vec::new();
    if !said.is_object() {
        problems.push(problem(tree, &[], true, "the file must be a map of keys".into(), None));
        return (Config::default(), problems);
    }
    while problems.len() < MAX_PROBLEMS {
        match serde_path_to_error::deserialize(over_defaults(&said)) {
            Ok(config) => {
                problems.extend(checks::check(&config).into_iter().map(|(path, message)| {
                    // Of a repository it is the name that is wrong.
                    let of_value = !(path.len() == 2 && path.first().is_some_and(|key| key == "repositories"));
                    problem(tree, &path, of_value, message, None)
                }));
                problems.sort_by_key(|problem| (problem.line, problem.column));
                return (config, problems);
            }
            Err(error) => {
                let path = path_of(error.path());
                problems.push(explain(tree, &said, &path, &error.inner().to_string()));
                if !take_out(&mut said, &path) {
                    break;
                }
            }
        }
    }
    (Config::default(), problems)
}

/// The defaults with what the file says laid over them, map by map.
fn over_defaults(said: &Value) -> Value {
    let mut all = serde_json::to_value(Config::default()).unwrap_or_default();
    lay(&mut all, said);
    // `acme/widgets:` with nothing behind it is an entry with nothing special.
    if let Some(Value::Object(repositories)) = all.get_mut("repositories") {
        for entry in repositories.values_mut().filter(|entry| entry.is_null()) {
            *entry = Value::Object(Map::new());
        }
    }
    all
}

fn lay(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                match under.get_mut(key) {
                    Some(below) => lay(below, value),
                    None => {
                        under.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        // A heading without keys under it changes nothing.
        (Value::Object(_), Value::Null) => {}
        (under, over) => *under = over.clone(),
    }
}

fn path_of(path: &serde_path_to_error::Path) -> Path {
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.clone()),
        Segment::Enum { variant } => Some(variant.clone()),
        Segment::Unknown => None,
    };
    path.iter().filter_map(segment).collect()
}

/// Takes out the value, or the list it is an item of; false when there is nothing to take.
fn take_out(said: &mut Value, path: &[String]) -> bool {
    let mut end = path.len();
    while end > 0 {
        let above = path[..end - 1].iter().try_fold(&mut *said, |value, key| value.as_object_mut()?.get_mut(key));
        if above.and_then(Value::as_object_mut).is_some_and(|map| map.shift_remove(&path[end - 1]).is_some()) {
            return true;
        }
        end -= 1;
    }
    false
}

/// Serde's sentence in ours. It does not repeat a text value, which might be a secret in the wrong place.
fn explain(tree: &Tree, said: &Value, path: &[String], sentence: &str) -> Problem {
    if sentence.starts_with("unknown field ") {
        let known: Vec<&str> = sentence.split('`').skip(1).step_by(2).skip(1).collect();
        let key = path.last().map(String::as_str).unwrap_or_default();
        let message = format!("unknown key {:?}", key.chars().take(64).collect::<String>());
        return problem(tree, path, false, message, Some(suggest(key, &known)));
    }
    let message = match sentence.split_once(", expected ") {
        Some((what, expected)) if what.starts_with("invalid ") => {
            let value = path.iter().try_fold(said, |value, key| match value {
                Value::Array(items) => items.get(key.parse::<usize>().ok()?),
                value => value.get(key),
            });
            format!("{} must be {}, not {}", shown(path), wanted(expected), kind(value))
        }
        _ => format!("{}: {sentence}", shown(path)),
    };
    problem(tree, path, true, message, None)
}

fn wanted(expected: &str) -> &str {
    match expected {
        "a boolean" => "`true` or `false`",
        "a string" | "path string" | "a path" => "text (in quotes, if it looks like something else)",
        "u32" | "u64" => "a whole number",
        "a sequence" => "a list",
        other if other.starts_with("struct ") || other == "a map" => "a map of keys",
        other => other,
    }
}

fn kind(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "nothing".into(),
        Some(Value::Bool(value)) => format!("`{value}`"),
        Some(Value::Number(number)) => format!("{number}"),
        Some(Value::String(_)) => "text".into(),
        Some(Value::Array(_)) => "a list".into(),
        Some(Value::Object(_)) => "a map of keys".into(),
    }
}

fn shown(path: &[String]) -> String {
    format!("`{}`", path.join(".").chars().take(120).map(|c| if c.is_control() { ' ' } else { c }).collect::<String>())
}

fn problem(tree: &Tree, path: &[String], of_value: bool, message: String, suggestion: Option<String>) -> Problem {
    let (line, column) = tree.place(path, of_value);
    Problem { key: path.join("."), line, column, message, suggestion }
}

/// Keys of the platform or of habit, and what they are called here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("max_attempts", "limits.attempts"),
    ("time_window_mins", "limits.window_seconds"),
    ("memory_url", "sources.openmemory_url"),
    ("memory_enabled", "sources.openmemory_enabled"),
    ("model", "agents.<agent>.model"),
    ("cli", "agents.<agent>.cli"),
    ("githubApp", "agents.<agent>.github_app"),
    ("discord_webhook_url", "channels.discord"),
    ("slack_webhook_url", "channels.slack"),
    ("timeout_seconds", "deadlines"),
    ("mode", "the ConfigMap `healer-switch`"),
];

fn suggest(key: &str, known: &[&str]) -> String {
    let near = known.iter().map(|known| (distance(&key.to_lowercase(), known), known)).min();
    if let Some((distance, known)) = near
        && distance <= (key.chars().count() / 3).max(1)
    {
        return format!("did you mean `{known}`?");
    }
    if let Some((_, here)) = ELSEWHERE.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(key)) {
        return format!("that is {here} here");
    }
    format!("possible here: {}", known.join(", "))
}

/// Edit distance: insertions, deletions, replacements and swaps of neighbours.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().take(64).collect(), other.chars().collect());
    let mut rows = vec![(0..=other.len()).collect::<Vec<_>>()];
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let same = usize::from(one[i - 1] != other[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + same);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or_default()
}

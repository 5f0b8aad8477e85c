//! Kubernetes' label and field selectors.

use serde_json::Value;

/// Whether an object's labels fit a selector such as `app=x,tier in (a, b),!old`. `Err` names what cannot be read.
pub(crate) fn labels_fit(object: &Value, selector: &str) -> Result<bool, String> {
    let label = |key: &str| object.pointer("/metadata/labels")?.get(key)?.as_str();
    for term in terms(selector) {
        let fits = if let Some((key, values)) = set(term, " notin ") {
            label(key).is_none_or(|have| !values.contains(&have))
        } else if let Some((key, values)) = set(term, " in ") {
            label(key).is_some_and(|have| values.contains(&have))
        } else if let Some((key, value)) = term.split_once("!=") {
            label(key.trim()) != Some(value.trim())
        } else if let Some((key, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
            label(key.trim()) == Some(value.trim())
        } else if term.contains(['(', ')', ' ']) {
            return Err(format!("cannot read `{term}`"));
        } else if let Some(key) = term.strip_prefix('!') {
            label(key).is_none()
        } else {
            label(term).is_some()
        };
        if !fits {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether an object's fields fit a selector such as `involvedObject.name=x,type!=Normal`.
pub(crate) fn fields_fit(object: &Value, selector: &str) -> Result<bool, String> {
    for term in terms(selector) {
        let (path, want, equal) = match (term.split_once("!="), term.split_once("==").or_else(|| term.split_once('=')))
        {
            (Some((path, want)), _) => (path, want, false),
            (None, Some((path, want))) => (path, want, true),
            (None, None) => return Err(format!("cannot read `{term}`")),
        };
        let have =
            path.split('.').try_fold(object, |value, key| value.get(key)).and_then(Value::as_str).unwrap_or_default();
        if (have == want) != equal {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Splits at commas outside parentheses.
fn terms(selector: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    selector
        .split(move |c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c == ',' && depth == 0
        })
        .map(str::trim)
        .filter(|term| !term.is_empty())
}

fn set<'a>(term: &'a str, word: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let (key, values) = term.split_once(word)?;
    let values = values.trim().strip_prefix('(')?.strip_suffix(')')?;
    Some((key.trim(), values.split(',').map(str::trim).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn selectors_select() {
        let object = json!({ "metadata": { "labels": { "app": "healer", "tier": "a" } }, "type": "Warning" });
        for (selector, fits) in [
            ("app=healer", true),
            ("app==healer,tier=a", true),
            ("app=other", false),
            ("app!=other", true),
            ("none!=x", true),
            ("tier in (a, b)", true),
            ("tier in (b),app=healer", false),
            ("tier notin (b)", true),
            ("app", true),
            ("!app", false),
            ("!x,app", true),
            ("", true),
        ] {
            assert_eq!(labels_fit(&object, selector), Ok(fits), "{selector}");
        }
        assert!(labels_fit(&object, "tier in a").is_err());
        assert_eq!(fields_fit(&object, "type=Warning"), Ok(true));
        assert_eq!(fields_fit(&object, "type!=Warning"), Ok(false));
        assert_eq!(fields_fit(&object, "involvedObject.name=x"), Ok(false));
        assert!(fields_fit(&object, "type").is_err());
    }
}

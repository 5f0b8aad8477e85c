//! A name on one line and its value on the next: Kubernetes `env`, Terraform variables, XML, JSON lists of pairs.

use crate::assign;
use crate::scan::Span;

/// What may stand before the value on its line.
const VALUE_KEYS: [&str; 4] = ["value", "default", "Value", "valueString"];

/// The name that the last line declared.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    name: Option<String>,
}

impl Declared {
    /// Takes the next line (without time stamp) and gives the secret in it, if the line before declared its name.
    pub fn line(&mut self, text: &str) -> Option<Span> {
        let name = std::mem::replace(&mut self.name, declares(text).map(str::to_owned));
        let name = name?;
        let start = text.len() - text.trim_start_matches([' ', '\t', '-', '+', '"']).len();
        let key = VALUE_KEYS.iter().find(|key| text[start..].starts_with(**key)).map_or(0, |key| key.len());
        let link = text[start + key..].trim_start_matches(['"', ' ']);
        let linked = key > 0 && link.starts_with([':', '=']);
        let bare = key == 0 && name.starts_with('<');
        if !linked && !bare {
            return None;
        }
        // Read as if the name stood where the key stands.
        let rest = if linked { link[1..].trim_start() } else { &text[start..] };
        let head = format!("{}=", name.trim_start_matches('<'));
        let line = format!("{head}{rest}");
        let (from, to, rule) = assign::first(&line)?;
        let shift = text.len() - rest.len();
        (from >= head.len()).then(|| Span { start: from - head.len() + shift, end: to - head.len() + shift, rule })
    }
}

/// The name that a line declares: `- name: NAME`, `"name": "NAME",`, `variable "NAME" {`, `<name>`.
fn declares(text: &str) -> Option<&str> {
    let text = text.trim();
    if text.len() > 160 {
        return None;
    }
    if text.starts_with('<') && text.ends_with('>') && !text.contains(['/', ' ']) {
        return Some(&text[..text.len() - 1]);
    }
    let text = text.trim_start_matches(['-', '+', ' ', '{']);
    let after = match text.strip_prefix("variable ") {
        Some(after) => after,
        None => {
            let after = text
                .trim_start_matches('"')
                .strip_prefix("name")
                .or_else(|| text.trim_start_matches('"').strip_prefix("Name"))?;
            after.trim_start_matches('"').trim_start().strip_prefix([':', '='])?
        }
    };
    let name = after.trim_matches([' ', '"', '\'', ',', '{']);
    let fits = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    (fits && !name.is_empty()).then_some(name)
}

//! A YAML file as plain values, and where each of them stands.

use std::collections::HashMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_yaml::{MergeKeyPolicy, Spanned};

use crate::Problem;

/// Keys from the root; items of a list are numbers from 0.
pub(crate) type Path = Vec<String>;

/// Line and column, from 1.
pub(crate) type Place = (u64, u64);

/// A file's values and their places.
#[derive(Default)]
pub(crate) struct Tree {
    pub(crate) value: Value,
    /// Where keys stand; items of a list stand where they begin.
    pub(crate) keys: HashMap<Path, Place>,
    /// Where values stand.
    pub(crate) values: HashMap<Path, Place>,
}

enum Node {
    Scalar(Value),
    List(Vec<Spanned<Node>>),
    Map(Vec<(Spanned<String>, Spanned<Node>)>),
}

/// No configuration is deeper or larger; aliases, which can blow a small file up, have no use in it.
fn options() -> serde_yaml::Options {
    serde_yaml::options! {
        budget: serde_yaml::budget! { max_depth: 16, max_nodes: 20_000, max_aliases: 0, max_anchors: 0, max_documents: 1 },
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
    }
}

/// Reads the text; it is not yet compared with the keys that there are.
pub(crate) fn parse(text: &str) -> Result<Tree, Problem> {
    let root: Option<Spanned<Node>> = serde_yaml::from_str_with_options(text, options()).map_err(refused)?;
    let mut tree = Tree::default();
    if let Some(root) = root {
        tree.value = tree.take(Vec::new(), root);
    }
    Ok(tree)
}

impl Tree {
    fn take(&mut self, path: Path, node: Spanned<Node>) -> Value {
        let place = (node.referenced.line(), node.referenced.column());
        self.values.insert(path.clone(), place);
        self.keys.entry(path.clone()).or_insert(place);
        let below = |key: &str| path.iter().cloned().chain([key.to_owned()]).collect::<Path>();
        match node.value {
            Node::Scalar(value) => value,
            Node::List(items) => {
                let items = items.into_iter().enumerate();
                items.map(|(index, item)| self.take(below(&index.to_string()), item)).collect::<Vec<_>>().into()
            }
            Node::Map(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    let path = below(&key.value);
                    self.keys.insert(path.clone(), (key.referenced.line(), key.referenced.column()));
                    map.insert(key.value, self.take(path, value));
                }
                map.into()
            }
        }
    }

    /// Where the key stands, or the nearest above it that stands somewhere.
    pub(crate) fn place(&self, path: &[String], of_value: bool) -> Place {
        let places = if of_value { &self.values } else { &self.keys };
        (0..=path.len()).rev().find_map(|length| places.get(path.get(..length)?)).copied().unwrap_or_default()
    }
}

fn refused(error: serde_yaml::Error) -> Problem {
    let (line, column) = error.location().map(|at| (at.line(), at.column())).unwrap_or_default();
    // The first line without the drawing of the place; that place is said by number.
    let sentence = error.without_snippet().to_string();
    let sentence = sentence.lines().next().unwrap_or_default();
    let sentence = sentence.split(" at line ").next().unwrap_or(sentence);
    let lower = sentence.to_lowercase();
    let message = if ["alias", "anchor", "merge"].iter().any(|word| lower.contains(word)) {
        "anchors and aliases are not read here; write the value out".to_owned()
    } else if lower.contains("duplicate") {
        format!("{sentence}; keep one of them")
    } else {
        format!("this is not readable as YAML: {sentence}")
    };
    Problem { key: String::new(), line, column, message, suggestion: None }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Nodes;
        impl<'de> Visitor<'de> for Nodes {
            type Value = Node;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
                Ok(Node::Scalar(Number::from_f64(value).map_or(Value::Null, Value::Number)))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
                Ok(Node::Scalar(Value::Null))
            }
            fn visit_none<E: de::Error>(self) -> Result<Node, E> {
                Ok(Node::Scalar(Value::Null))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Node::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Node::Map(entries))
            }
        }
        deserializer.deserialize_any(Nodes)
    }
}

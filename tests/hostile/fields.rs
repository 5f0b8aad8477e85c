//! Fields that others fill, and every hostile value in every one of them.

use serde_json::{Map, Value};

use crate::full;
use crate::scene::{Scene, on_both_cores};

/// A field that a stranger fills.
pub struct Field {
    pub name: &'static str,
    pub set: fn(&mut Scene, &str),
}

/// Sets a key that is there and holds text.
pub fn put(map: &mut Map<String, Value>, key: &str, text: &str) {
    if let Some(value) = map.get_mut(key).filter(|value| value.is_string()) {
        *value = text.into();
    }
}

/// Values and fields as a Latin square: the stride and the number of values have no divisor in common, so that with every
/// shift every value is once in every field.
pub struct Square<'a> {
    fields: &'a [Field],
    values: &'a [(String, String)],
    stride: usize,
    shifts: Vec<usize>,
}

impl<'a> Square<'a> {
    /// All shifts, or every `part`th where not everything is to be tried.
    pub fn new(fields: &'a [Field], values: &'a [(String, String)], part: usize) -> Self {
        let stride = if values.len().is_multiple_of(7) { 11 } else { 7 };
        assert_ne!(values.len() % stride, 0);
        let shifts = (0..values.len()).step_by(if full() { 1 } else { part }).collect();
        Self { fields, values, stride, shifts }
    }

    fn held(&self, index: usize, shift: usize) -> &'a (String, String) {
        &self.values[(index * self.stride + shift) % self.values.len()]
    }

    /// The names of the values that were in some field.
    pub fn tried(&self) -> impl Iterator<Item = &'a String> {
        self.shifts.iter().flat_map(|shift| (0..self.fields.len()).map(|index| &self.held(index, *shift).0))
    }

    /// Asks for each shift what it changed that it may not; `change` gets the text of each field.
    pub fn changes_nothing(&self, change: impl Fn(&dyn Fn(usize) -> String) -> Vec<String> + Sync) {
        let found = on_both_cores(&self.shifts, |shift| change(&|index| self.held(index, *shift).1.clone()));
        let wrong: Vec<String> = self
            .shifts
            .iter()
            .zip(found)
            .filter(|(_, found)| !found.is_empty())
            .map(|(shift, found)| {
                let held = self.fields.iter().enumerate();
                let held: Vec<String> =
                    held.map(|(index, field)| format!("{}: {}", field.name, self.held(index, *shift).0)).collect();
                format!("shift {shift}: {found:#?}\n  with {}", held.join(", "))
            })
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// A text that is found again.
pub fn marker(index: usize) -> String {
    format!("marker-{index}-end")
}

/// The fields whose marker is nowhere in a text.
pub fn unread(fields: &[Field], text: &str) -> Vec<&'static str> {
    let all = fields.iter().enumerate();
    all.filter(|(index, _)| !text.contains(&marker(*index))).map(|(_, field)| field.name).collect()
}

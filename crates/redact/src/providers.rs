//! Tokens known by their shape, one row each: rule, keyword, pattern. Facts from the providers' own documentation.
//!
//! A row is found by its keyword (one pass over the line, in any case) and then matched once, at that place, so patterns
//! begin where [`Start`] says and say nothing about what stands around the token.

mod cloud;
mod code;
mod messaging;
mod services;

use crate::shapes::{Shape, Start};

const FAMILIES: [&[Shape]; 4] = [code::SHAPES, cloud::SHAPES, messaging::SHAPES, services::SHAPES];

/// Number of shapes.
pub(crate) const COUNT: usize =
    code::SHAPES.len() + cloud::SHAPES.len() + messaging::SHAPES.len() + services::SHAPES.len();

/// The `index`-th of [`shapes`].
pub(crate) fn shape(mut index: usize) -> Option<&'static Shape> {
    for family in FAMILIES {
        match family.get(index) {
            Some(shape) => return Some(shape),
            None => index -= family.len(),
        }
    }
    None
}

/// All shapes, in a fixed order.
pub(crate) fn shapes() -> impl Iterator<Item = &'static Shape> {
    FAMILIES.into_iter().flatten()
}

/// Begins with its keyword.
const fn prefix(rule: &'static str, keyword: &'static str, pattern: &'static str) -> Shape {
    Shape { rule, keyword, pattern, start: Start::Keyword }
}

/// Begins with its keyword, in the middle of a word too.
const fn anywhere(rule: &'static str, keyword: &'static str, pattern: &'static str) -> Shape {
    Shape { rule, keyword, pattern, start: Start::Anywhere }
}

/// Has its keyword somewhere inside, and is base64 or the like.
const fn encoded(rule: &'static str, keyword: &'static str, pattern: &'static str) -> Shape {
    Shape { rule, keyword, pattern, start: Start::Base64 }
}

/// Has its keyword somewhere inside.
const fn inside(rule: &'static str, keyword: &'static str, pattern: &'static str) -> Shape {
    Shape { rule, keyword, pattern, start: Start::Token }
}

//! Reading our own templates fast: most of what a prompt cost was handlebars' parser, which starts anew in every process.
//!
//! What our prompts use of handlebars is little: `{{name}}`, `{{helper a b}}`, `{{> partial}}`, and blocks of one name with
//! or without `{{else}}`. This reads that, into handlebars' own template, and nothing else: whatever else a text holds, it
//! is handlebars that reads or refuses it. A test holds every embedded template against what handlebars makes of it;
//! templates of `--prompts` are never read here.

use std::collections::HashMap;

use handlebars::template::{
    DecoratorTemplate, ExpressionSpec, ExpressionSpecBuilder, HelperTemplate, Parameter, TemplateElement,
};
use handlebars::{Path, PathSeg, Template};

/// The template of this text, or nothing where only handlebars knows.
pub(crate) fn read(source: &str) -> Option<Template> {
    let mut reader = Reader { open: Vec::new(), into: Template::new(), alone: false };
    let mut at = 0;
    while let Some(start) = source[at..].find("{{").map(|start| at + start) {
        reader.text(&source[at..start])?;
        let end = start + source[start..].find("}}")?;
        let (inner, after) = (&source[start + 2..end], &source[end + 2..]);
        // What stands before a partial on its line would indent it.
        if inner.starts_with('>') && source[..start].ends_with([' ', '\t']) {
            return None;
        }
        reader.tag(inner, alone(&source[..start], after))?;
        at = end + 2;
    }
    reader.text(&source[at..])?;
    reader.open.is_empty().then_some(reader.into)
}

/// Whether a tag has its line for itself; not known where spaces stand beside it.
fn alone(before: &str, after: &str) -> Option<bool> {
    let line = &before[before.rfind('\n').map_or(0, |feed| feed + 1)..];
    let rest = &after[..after.find('\n').unwrap_or(after.len())];
    let spaces = |text: &str| !text.is_empty() && text.trim_ascii().is_empty();
    (!spaces(line) && !spaces(rest)).then_some(line.is_empty() && rest.is_empty())
}

struct Reader {
    /// Blocks that are open, and the template that each stands in.
    open: Vec<(HelperTemplate, Template)>,
    into: Template,
    /// The tag before had its line for itself: the line feed after it is not printed.
    alone: bool,
}

impl Reader {
    fn text(&mut self, text: &str) -> Option<()> {
        if text.is_empty() {
            return Some(());
        }
        // Behind a backslash a tag is none.
        if text.ends_with('\\') || text.contains('\r') {
            return None;
        }
        let text = if std::mem::take(&mut self.alone) { text.strip_prefix('\n')? } else { text };
        self.into.elements.push(TemplateElement::RawString(text.to_owned()));
        Some(())
    }

    fn tag(&mut self, inner: &str, alone: Option<bool>) -> Option<()> {
        let element = if let Some(words) = inner.strip_prefix('#') {
            self.alone = alone?;
            let (name, parameter) = words.split_once(' ')?;
            let block = call(named(name)?, vec![value(parameter)?], Some(self.alone))?;
            self.open.push((block, std::mem::take(&mut self.into)));
            return Some(());
        } else if inner == "else" {
            self.alone = alone?;
            let (block, _) = self.open.last_mut().filter(|(block, _)| block.template.is_none())?;
            block.template = Some(std::mem::take(&mut self.into));
            return Some(());
        } else if let Some(name) = inner.strip_prefix('/') {
            self.alone = alone?;
            let (mut block, outer) = self.open.pop()?;
            let inside = std::mem::replace(&mut self.into, outer);
            if block.name != named(name)? {
                return None;
            }
            let place = if block.template.is_none() { &mut block.template } else { &mut block.inverse };
            *place = Some(inside);
            TemplateElement::HelperBlock(Box::new(block))
        } else if let Some(name) = inner.strip_prefix("> ") {
            self.alone = alone?;
            let mut partial = DecoratorTemplate::new(blank()?, self.alone);
            partial.name = named(name)?;
            TemplateElement::PartialExpression(Box::new(partial))
        } else {
            let mut words = inner.split(' ');
            let first = words.next()?;
            let parameters = words.map(value).collect::<Option<Vec<_>>>()?;
            let name = if parameters.is_empty() { value(first)? } else { named(first)? };
            TemplateElement::Expression(Box::new(call(name, parameters, None)?))
        };
        self.into.elements.push(element);
        Some(())
    }
}

/// A value, a helper with its parameters, or a block, which may have its line for itself.
fn call(name: Parameter, parameters: Vec<Parameter>, block: Option<bool>) -> Option<HelperTemplate> {
    let mut call = HelperTemplate::new(blank()?, block.is_some(), block.unwrap_or_default());
    (call.name, call.params) = (name, parameters);
    Some(call)
}

/// The builder copies what it is given, so it is given nothing.
fn blank() -> Option<ExpressionSpec> {
    let mut blank = ExpressionSpecBuilder::default();
    blank.name(Parameter::Name(String::new())).params(Vec::new()).hash(HashMap::new());
    blank.omit_pre_ws(false).omit_pro_ws(false).build().ok()
}

/// What a helper or a partial is called.
fn named(name: &str) -> Option<Parameter> {
    is_name(name).then(|| Parameter::Name(name.to_owned()))
}

/// `name`, `name.field`, `this` or `@first`.
fn value(path: &str) -> Option<Parameter> {
    if let Some(local) = path.strip_prefix('@') {
        return is_name(local).then(|| Parameter::Path(Path::Local((0, local.to_owned(), path.to_owned()))));
    }
    let fields: Vec<&str> = path.split('.').collect();
    let known = fields.iter().all(|field| is_name(field)) && (path == "this" || !fields.contains(&"this"));
    let fields = fields.iter().filter(|field| **field != "this");
    let segments = fields.map(|field| PathSeg::Named((*field).to_owned())).collect();
    known.then(|| Parameter::Path(Path::Relative((segments, path.to_owned()))))
}

fn is_name(word: &str) -> bool {
    let letters = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let first = word.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    letters && first && !["as", "else", "true", "false", "null", "root"].contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::templates::{Templates, split};

    /// Places in the source, which only errors name, are not compared.
    fn without_places(mut template: Template) -> Template {
        template.mapping.clear();
        for element in &mut template.elements {
            if let TemplateElement::HelperBlock(block) = element {
                block.template = block.template.take().map(without_places);
                block.inverse = block.inverse.take().map(without_places);
            }
        }
        template
    }

    fn by_handlebars(source: &str) -> Option<Template> {
        Template::compile(source).ok().map(without_places)
    }

    #[test]
    fn every_embedded_template_is_what_handlebars_makes_of_it() {
        let templates = Templates::load(None).unwrap();
        for name in templates.names() {
            let (_, body) = split(name, templates.source(name).unwrap()).unwrap();
            let read = read(body);
            assert!(read.is_some(), "{name} uses more of handlebars than is read fast");
            assert_eq!(read, by_handlebars(body), "{name}");
        }
    }

    #[test]
    fn what_is_read_is_what_handlebars_makes_of_it_and_what_it_refuses_is_not_read() {
        let pieces = [
            "{{#if a}}",
            "{{else}}",
            "{{/if}}",
            "{{/each}}",
            "{{#each a.b}}",
            "{{> _p}}",
            "{{x}}",
            "{{q a @first}}",
            "\n",
            " ",
            "text",
            "\\",
            "\r\n",
            "{{~x}}",
            "{{else if b}}",
            "{{!c}}",
            "{{",
            "}}",
            "{{../a}}",
            "{{{x}}}",
            "{{#if}}",
            "{{this}}",
            "{{this.a}}",
            "{{as}}",
            "{{1}}",
            "{{q \"s\"}}",
            "{{ x }}",
            "{{^}}",
            "\t",
            "é",
        ];
        let (mut random, mut compared) = (7_u32, 0);
        for _ in 0..60_000 {
            let mut source = String::new();
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            for _ in 0..(random >> 8) % 9 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // The first ones are what is read.
                let most = if random >> 28 == 0 { pieces.len() } else { 11 };
                source.push_str(pieces[(random >> 8) as usize % most]);
            }
            if let Some(template) = read(&source) {
                compared += 1;
                assert_eq!(Some(template), by_handlebars(&source), "{source:?}");
            }
        }
        assert!(compared > 5000, "{compared}");
    }
}

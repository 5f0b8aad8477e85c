//! What a CommonMark parser sees of a prompt outside code.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Everything outside code, in order: headings, lists, links, images, HTML and their text. Code is one word.
pub fn page(markdown: &str) -> Vec<String> {
    let (mut shape, mut in_code) = (Vec::new(), false);
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                in_code = true;
                shape.push("code block".into());
            }
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(text) if in_code => drop(text),
            // How long a cut text was is ours to say.
            Event::Text(text) => shape.extend(text.split(" Shortened: ").next().map(|said| format!("Text({said:?})"))),
            Event::Code(_) => shape.push("code".into()),
            other => shape.push(format!("{other:?}")),
        }
    }
    shape
}

//! Foreign text in the data of a template, and the two helpers that let it out.

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason};
use serde::Serialize;
use text::Untrusted;

/// Text that somebody else wrote. In the data it is an object, so that `{{branch}}` cannot print it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Foreign {
    untrusted: Untrusted,
}

/// Characters of a one-line field; the document caps them too, by hand nobody does.
const FIELD_CHARS: usize = 400;

impl Foreign {
    /// A one-line field.
    pub fn field(text: &Untrusted) -> Self {
        let redacted = redact::Foreign::new().whole(text);
        let short: String = redacted.expose().chars().take(FIELD_CHARS).collect();
        let more = if short.len() < redacted.len_bytes() { "…" } else { "" };
        Self { untrusted: Untrusted::new(short + more) }
    }

    /// A word that some service or step wrote.
    pub fn word(text: &str) -> Self {
        Self::field(&Untrusted::new(text))
    }

    /// A block, redacted and cut already.
    pub fn block(text: Untrusted) -> Self {
        Self { untrusted: text }
    }
}

/// Adds `quote` and `fence`.
pub(crate) fn register(engine: &mut Handlebars<'_>) {
    engine.register_helper("quote", Box::new(quote));
    engine.register_helper("fence", Box::new(fence));
}

fn text(helper: &Helper<'_>, name: &'static str) -> Result<Untrusted, RenderErrorReason> {
    let value = helper.param(0).map(|param| param.value());
    let text = value.and_then(|value| value.get("untrusted").unwrap_or(value).as_str());
    text.map(Untrusted::new).ok_or(RenderErrorReason::ParamTypeMismatchForName(name, "0".into(), "text".into()))
}

fn quote(
    h: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    out.write(&text(h, "quote")?.code_span())?;
    Ok(())
}

fn fence(
    h: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let label = h.param(1).and_then(|param| param.value().as_str()).unwrap_or("text");
    // The template's own line break ends the fence's last line.
    out.write(text(h, "fence")?.fence(label).trim_end_matches('\n'))?;
    Ok(())
}

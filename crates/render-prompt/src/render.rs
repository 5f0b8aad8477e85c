//! One pass of handlebars, and the whole prompt within its budget.

use handlebars::Handlebars;
use remediation::{Kind, Vocabulary};
use step::Cannot;

use crate::blocks::{Block, Cutter, cheapest_first};
use crate::facts::Facts;
use crate::templates::Templates;
use crate::{Rendered, fix_words, foreign};

/// Room for the sentence that says what was left out.
const SENTENCE_BYTES: usize = 120;

pub(crate) fn render(templates: &Templates, facts: Facts, kind: Kind, limit: usize) -> Result<Rendered, Cannot> {
    let Some((fix, _)) = fix_words(kind) else { return Err(Cannot::bug(format!("no prompt is written for {kind}"))) };
    let retry = facts.is_retry();
    let template = if retry { "retry/retry" } else { fix };
    let engine = engine(templates, template, fix)?;
    let front = templates.front(fix)?;
    let mut budgets = front.budgets();
    if retry {
        let of_retry = templates.front(template)?.budgets();
        for block in [Block::AttemptDiff, Block::AttemptOutput] {
            budgets.set(block, of_retry.get(block));
        }
    }
    // First what is worth cutting; a short block costs as much as the sentence that says it is gone.
    let mut cheapest = cheapest_first()
        .iter()
        .map(|block| (block, SENTENCE_BYTES * 4))
        .chain(cheapest_first().iter().map(|block| (block, 0)));
    loop {
        let mut cutter = Cutter { budgets: budgets.clone(), ..Cutter::default() };
        let view = facts.view(&front, &mut cutter);
        let text = engine
            .render("prompt", &view)
            .map_err(|error| Cannot::misconfigured(format!("the prompt {template}.hbs cannot be rendered: {error}")))?;
        if text.len() <= limit {
            let shortened = cutter.shortened.iter().map(|block| block.as_str().to_owned()).collect();
            let template_sha256 = templates.digest(&[template, fix]);
            return Ok(Rendered { template, template_sha256, text, shortened });
        }
        let used = |block: &Block| cutter.used.get(block).copied().unwrap_or(0);
        let Some((block, _)) = cheapest.find(|(block, worth)| used(block) > *worth) else {
            return Err(Cannot::misconfigured(format!(
                "limits.prompt_bytes is {limit}, but the prompt {template} has {} bytes with every block left out; raise it",
                text.len()
            )));
        };
        let over = text.len() - limit + SENTENCE_BYTES;
        // Several blocks of one kind share what is left.
        let blocks = facts.count(*block).max(1);
        budgets.set(*block, used(block).saturating_sub(over * 3 / 2) / blocks);
    }
}

fn engine(templates: &Templates, template: &str, fix: &str) -> Result<Handlebars<'static>, Cannot> {
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(handlebars::no_escape);
    // `{{log}}` would print nothing, silently; without the helper it is an error.
    engine.unregister_helper("log");
    foreign::register(&mut engine);
    // Reading them is most of what a prompt costs: only what is asked for.
    let mut texts: Vec<&str> = vec![templates.source(template)?, templates.source(fix)?];
    while let Some(text) = texts.pop() {
        for (name, partial) in templates.partials() {
            if !engine.has_template(name) && text.contains(name) {
                engine.register_template(name, templates.compile(name)?);
                texts.push(partial);
            }
        }
    }
    // What `retry` wraps has one fixed name: no partial is chosen by data.
    if template != fix {
        engine.register_template("fix", templates.compile(fix)?);
    }
    engine.register_template("prompt", templates.compile(template)?);
    Ok(engine)
}

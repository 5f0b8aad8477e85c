//! OpenMemory: what is remembered of similar failures. It informs the prompt and decides nothing.

use remediation::{Memory, caps};
use text::Untrusted;
use world::{Clock, Memories, MemoryTags};

use crate::source::{Found, NoAnswer, Source};

/// Memories that are asked for (cto.md 4.10), and bytes of each that are kept.
const LIMIT: usize = 5;
const BYTES: usize = 800;

/// What was remembered.
pub async fn search(ask: &Source<'_, impl Memories + Clock>) -> Found<Vec<Memory>> {
    if !ask.config.sources.openmemory_enabled {
        return Err(NoAnswer::NotConfigured("sources.openmemory_enabled"));
    }
    let Some(found) = &ask.needs.classification else { return Err(NoAnswer::NotKnown("classification")) };
    let kind = found.kind.known().map(remediation::Kind::platform_name);
    let mut query = format!("{} in {}", found.kind.as_str(), ask.of);
    if let Some(workflow) = &ask.needs.subject.workflow {
        query.push_str(" workflow ");
        query.push_str(ask.foreign.line(workflow, caps::TEXT).expose());
    }
    let filters = MemoryTags {
        category: Some("ci-failures".into()),
        failure_type: kind.map(str::to_owned),
        ..MemoryTags::default()
    };
    let memories = ask.ports.search_memory(&Untrusted::new(query), LIMIT, &filters).await?;
    let kept = memories.into_iter().take(LIMIT).map(|memory| Memory {
        id: memory.id.chars().take(64).collect(),
        content: ask.foreign.text(&memory.content, BYTES),
        score: memory.salience.is_finite().then_some(memory.salience),
    });
    Ok(kept.collect::<Vec<_>>().into())
}

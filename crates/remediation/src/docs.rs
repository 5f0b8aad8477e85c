//! The tables of this crate as Markdown. What the docs show is what the code does: a test compares them.

use std::fmt::Write;

use crate::flow::FLOW;
use crate::projection::{Field, HEALER, Is, MAX_BYTES, PROJECTIONS};
use crate::verdict::{FOLLOWS, Follows};
use crate::vocabulary::Vocabulary;
use crate::words::*;

/// `docs/vocabulary.md`, whole.
pub fn vocabulary() -> String {
    let mut page = String::from(
        "# Vocabulary\n\nWritten by `BLESS=1 cargo test --workspace` from the tables in `crates/remediation`. Do not edit by hand.\n",
    );
    page.push_str("\n## Which step acts when\n\nA step whose case it is not passes the document on.\n\n| step | acts when | after a `fault` |\n|---|---|---|\n");
    for row in FLOW {
        let after_fault = if row.after_fault { "yes" } else { "no" };
        let _ = writeln!(page, "| `{}` | {} | {after_fault} |", row.step, row.when.sentence());
    }
    page.push_str("\n## What follows a verdict\n\n| verdict | next |\n|---|---|\n");
    for (verdict, follows) in FOLLOWS {
        let next = match follows {
            Follows::Done => "done".to_owned(),
            Follows::Retry => "retry until the limit, then escalate".to_owned(),
            Follows::Escalate(reason) => format!("escalate: `{reason}`"),
        };
        let _ = writeln!(page, "| `{verdict}` | {next} |");
    }
    page.push_str("\n## Kinds of failure\n\n| kind | agent | remedy | platform's name | is |\n|---|---|---|---|---|\n");
    for kind in Kind::ALL {
        let agent = kind.agent().map_or("none", Vocabulary::as_str);
        let _ = writeln!(
            page,
            "| `{kind}` | {agent} | `{}` | `{}` | {} |",
            kind.remedy(),
            kind.platform_name(),
            kind.meaning()
        );
    }
    page.push_str("\n## Admission reasons\n\n| reason | decision | told | is |\n|---|---|---|---|\n");
    for reason in AdmissionReason::ALL {
        let told = if reason.tell() { "yes" } else { "" };
        let _ = writeln!(page, "| `{reason}` | `{}` | {told} | {} |", reason.decision(), reason.meaning());
    }
    words::<Source>(&mut page);
    words::<SubjectKind>(&mut page);
    words::<AlertType>(&mut page);
    words::<Mode>(&mut page);
    words::<Decision>(&mut page);
    words::<Push>(&mut page);
    words::<Remedy>(&mut page);
    words::<Agent>(&mut page);
    words::<Role>(&mut page);
    words::<Verdict>(&mut page);
    words::<Next>(&mut page);
    words::<Stage>(&mut page);
    words::<Conclusion>(&mut page);
    words::<EscalationReason>(&mut page);
    words::<Channel>(&mut page);
    words::<Receipt>(&mut page);
    words::<ContextSource>(&mut page);
    words::<ResolutionReason>(&mut page);
    page
}

/// `docs/events.md`, whole.
pub fn events() -> String {
    let mut page = format!(
        "# Events\n\nWritten by `BLESS=1 cargo test --workspace` from `crates/remediation/src/projection.rs`. Do not edit by hand.\n\n\
         A sensor passes on a projection: the keys below, sorted, each there (`null` when the event has nothing), at most\n\
         {MAX_BYTES} bytes, as base64 in the parameter `event_b64`, with the event's name in `event_name`. `resolve-event` makes\n\
         the same bytes of what GitHub's API says. The key `{HEALER}` (`actor.id`, `actor.login`, `command`, `round`) says who asked\n\
         for what; only `resolve-event` and `sweep` write it, and no sensor passes it on.\n"
    );
    for projection in PROJECTIONS {
        let _ = writeln!(page, "\n## {}\n\nRuns `{}`.\n\n| key | is |\n|---|---|", projection.event, projection.runs);
        for field in projection.fields() {
            let _ = writeln!(page, "| `{}` | {} |", field.path, is(field));
        }
        let _ = writeln!(page, "\n`dataTemplate` of `event_b64`:\n\n```\n{}\n```", projection.template());
    }
    page
}

fn is(field: Field) -> String {
    match field.is {
        Is::Number => "number".to_owned(),
        Is::Text => "text".to_owned(),
        Is::List(of) => {
            let keys: Vec<String> = of.iter().map(|field| format!("`{}`", field.path)).collect();
            format!("at most ten of {}", keys.join(", "))
        }
    }
}

fn words<T: Vocabulary>(page: &mut String) {
    let mut title = T::NAME.to_owned();
    if let Some(first) = title.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    let _ = writeln!(page, "\n## {title}\n\n| word | is |\n|---|---|");
    for word in T::ALL {
        let _ = writeln!(page, "| `{}` | {} |", word.as_str(), word.meaning());
    }
}

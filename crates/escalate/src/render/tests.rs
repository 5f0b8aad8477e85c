use remediation::{EscalationReason, Vocabulary};
use text::Untrusted;

use super::*;

fn story(reason: EscalationReason, text: &str) -> Story {
    let many = || (0..40).map(|_| text.to_owned()).collect();
    Story {
        id: "ci-1-2-3".into(),
        reason,
        repository: Untrusted::new("acme/widgets"),
        pull_request: Some(42),
        security: false,
        observe: false,
        matter: thread::Matter {
            detail: many(),
            facts: (0..40).map(|_| ("Branch", Untrusted::new(text))).collect(),
            tried: many(),
            known: many(),
            excerpt: Some(Untrusted::new(text)),
        },
    }
}

fn length(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.encode_utf16().count())
}

#[test]
fn every_limit_of_discord_holds() {
    for text in ["x".repeat(900), "🦀".repeat(400), "a\n`".repeat(300), "@everyone ".repeat(90)] {
        for reason in EscalationReason::ALL {
            let message = discord(&story(*reason, &text), None);
            let embed = &message["embeds"][0];
            let fields = embed["fields"].as_array().unwrap();
            assert!(length(&embed["title"]) <= 256 && length(&embed["description"]) <= 4096 && fields.len() <= 25);
            let of_fields: usize = fields.iter().map(|field| length(&field["name"]) + length(&field["value"])).sum();
            assert!(fields.iter().all(|field| (1..=1024).contains(&length(&field["value"]))));
            let all = length(&embed["title"]) + length(&embed["description"]) + length(&embed["footer"]["text"]);
            assert!(all + of_fields <= 6000, "{}", all + of_fields);
            assert!(!message.to_string().contains("@everyone"));
            assert_eq!(message["allowed_mentions"]["parse"], json!([]));
        }
    }
}

#[test]
fn comments_slack_and_pagerduty_stay_within_their_limits() {
    let story = story(EscalationReason::AttemptsExhausted, &"<&> ".repeat(200)).made_safe();
    assert!(markdown(&story).chars().count() < 65_536);
    assert!(title(&story).chars().count() <= 256);
    let slack = slack(&story, None);
    assert!(length(&slack["attachments"][0]["text"]) <= 3000);
    assert!(!slack["attachments"][0]["text"].as_str().unwrap().contains('<'));
    assert!(length(&pagerduty(&story, None)["payload"]["summary"]) <= 1024);
    assert_eq!(pagerduty(&story, None)["dedup_key"], "ci-1-2-3");
}

#[test]
fn a_log_in_a_comment_stays_in_its_fence() {
    let mut story = story(EscalationReason::CiTimeout, "plain");
    story.matter.excerpt = Some(Untrusted::new("```\n</details>\n# pwned\n<!-- healer:other -->"));
    let text = markdown(&story);
    let fence = text.find("````text\n").unwrap();
    let end = text[fence + 4..].find("\n````").unwrap() + fence + 4;
    assert!((fence..end).contains(&text.find("# pwned").unwrap()));
}

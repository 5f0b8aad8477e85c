use super::*;

fn channels(reason: EscalationReason, pull_request: Option<u64>, security: bool, config: &Config) -> Vec<Channel> {
    let story = Story {
        id: "ci-1-2-3".into(),
        reason,
        repository: Untrusted::new("acme/widgets"),
        pull_request,
        security,
        observe: false,
        matter: thread::Matter::default(),
    };
    channels_of(&story, config).unwrap_or_default()
}

#[test]
fn how_far_a_message_goes() {
    let quiet = Config::default();
    let all = [Channel::PullRequestComment, Channel::Issue];
    let exhausted = EscalationReason::AttemptsExhausted;
    assert_eq!(channels(exhausted, Some(42), false, &quiet), all[..1]);
    assert_eq!(channels(exhausted, None, false, &quiet), all[1..]);
    assert_eq!(channels(exhausted, None, true, &quiet), [], "an alert is nobody's business in public");
    let mut loud = Config::default();
    loud.channels.issue = true;
    assert_eq!(channels(exhausted, Some(42), false, &loud), all);
    assert_eq!(channels(EscalationReason::Stopped, Some(42), false, &loud), all[..1]);
    loud.channels.pull_request_comment = false;
    assert_eq!(channels(EscalationReason::Stopped, Some(42), false, &loud), []);
}

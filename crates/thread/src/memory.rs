//! What the record remembers of a message, for the next edit.

use remediation::record::{MessageRef, RecordStatus};
use remediation::{Channel, names};
use world::Records;

/// 16 hexadecimal digits of what is said.
pub fn digest(said: &str) -> String {
    names::hash(&[said.as_bytes()], 16)
}

/// Keeps the message's id for the next edit. The message is out; that its id is lost costs at most a second one.
pub async fn remember(ports: &impl Records, step: &str, id: &str, channel: Channel, message: &str, digest: &str) {
    let new = MessageRef { channel: channel.into(), id: message.to_owned(), content: Some(digest.to_owned()) };
    let kept = ledger::update(ports, id, |_, status: &mut RecordStatus| {
        match status.messages.iter_mut().find(|known| known.channel == channel) {
            Some(known) => *known = new.clone(),
            None => status.messages.push(new.clone()),
        }
    })
    .await;
    if let Err(cannot) = kept {
        tracing::warn!(step, "the {channel} message {message} was sent, its id was not kept: {}", cannot.sentence);
    }
}

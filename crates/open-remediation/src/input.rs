//! From bytes to an event: base64, JSON, the wrapper `{"body": …}`, the name.

use std::io::Read as _;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use remediation::Origin;
use serde_json::Value;
use step::{Cannot, Desk};

use crate::body::Body;
use crate::event::{self, Event, Read};
use crate::{Args, Opened, asked};

/// The largest event. GitHub's of these types have at most a few hundred KiB, an Argo Workflow at most 1.5 MiB.
pub(crate) const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// Where GitHub's event name stands in a body that Argo Events passed on (cto.md 2.1).
const EVENT_HEADER: &str = "X-GitHub-Event";

/// Reads the event that the flags name.
pub(crate) fn open(args: &Args, desk: &mut Desk) -> Result<Opened, Cannot> {
    let bytes = match &args.event_base64 {
        Some(text) => decode_base64(text.as_bytes())?,
        None => {
            let bytes = read(desk)?;
            if args.base64 { decode_base64(&bytes)? } else { bytes }
        }
    };
    let (event, mut read) = read_event(args.event.as_deref(), &bytes)?;
    let round = read.asked.take().map(|asked| asked.enter(&mut read.subject));
    let round = asked::round(args.round, round)?;
    if let Some(alert) = &read.alert {
        desk.attach_bytes("alert", "alert.txt", false, alert.as_bytes())?;
    }
    let said = read.subject.conclusion.as_ref().map(|word| format!(", {word}")).unwrap_or_default();
    let origin = Origin { source: event.source.into(), event: event.name.into() };
    Ok(Opened { id: read.id, origin, at: read.at, repository: read.repository, subject: read.subject, round, said })
}

fn read(desk: &mut Desk) -> Result<Vec<u8>, Cannot> {
    let mut bytes = Vec::new();
    // One byte over the limit is enough to refuse it.
    let read = desk.input().take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| Cannot::refused(format!("cannot read the event: {error}")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Cannot::refused(format!("the event has more than {MAX_BYTES} bytes; let the sensor project it")));
    }
    Ok(bytes)
}

fn decode_base64(text: &[u8]) -> Result<Vec<u8>, Cannot> {
    let padding = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&STANDARD, padding);
    let text: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    engine.decode(text).map_err(|error| Cannot::refused(format!("the event is not base64: {error}")))
}

/// Reads an event from its JSON.
pub(crate) fn read_event(named: Option<&str>, bytes: &[u8]) -> Result<(&'static Event, Read), Cannot> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Cannot::refused("the event is empty; nothing was piped in, or the sensor passed on nothing"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let whole: Value = serde_json::from_slice(bytes).map_err(|error| {
        Cannot::refused(format!("the event is not JSON: {error}; is it cut short, or base64 without --base64?"))
    })?;
    // Argo Events wraps what it received (cto.md 2.3); no event that is read here has a `body` of its own at the top.
    let body = whole.get("body").unwrap_or(&whole);
    if !body.is_object() {
        return Err(Cannot::refused("the event is not a JSON object; pass on the webhook's body"));
    }
    let header = [body, &whole].into_iter().find_map(|place| place.get(EVENT_HEADER));
    let event = name(named, header)?;
    let body = Body::new(event.name, body);
    let mut read = (event.read)(&body)?;
    read.asked = asked::read(&body)?.filter(|_| asked::fits(&read.subject));
    Ok((event, read))
}

/// The flag decides; the body's header is its default and must not contradict it.
fn name(named: Option<&str>, header: Option<&Value>) -> Result<&'static Event, Cannot> {
    let header = match header {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name.as_str()),
        Some(_) => return Err(Cannot::refused(format!("the body's `{EVENT_HEADER}` must be text"))),
    };
    match (named, header) {
        (Some(named), Some(header)) if named != header => Err(Cannot::refused(format!(
            "--event says {named:?}, the body's `{EVENT_HEADER}` says otherwise; the sensor mixes two events up"
        ))),
        (Some(named), _) => event::find(named).map_err(Cannot::usage),
        (None, Some(header)) => event::find(header).map_err(Cannot::refused),
        (None, None) => Err(Cannot::usage(format!(
            "which event is it? Give --event NAME (the body holds no `{EVENT_HEADER}`), or --log FILE for a log"
        ))),
    }
}

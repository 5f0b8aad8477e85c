//! An answer on its way: status and headers are there, the body comes in pieces.

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use world::wire::{Answer, WireError};

/// The largest answer that is kept in memory.
pub(crate) const MAX_BYTES: usize = 32 * 1024 * 1024;

/// How much of a streamed answer is read: a body that a few bytes inflate to without end is cut off there.
const MAX_STREAMED_BYTES: usize = 1024 * 1024 * 1024;

/// An answer of any client. Its body's error says nothing: a body that fails is a body cut off.
pub(crate) type Opened = http::Response<UnsyncBoxBody<Bytes, ()>>;

/// Makes one type of all clients' answers.
pub(crate) fn opened<B>(response: http::Response<B>) -> Opened
where
    B: BodyExt<Data = Bytes> + Send + 'static,
{
    response.map(|body| body.map_err(|_| ()).boxed_unsync())
}

/// Status and headers, without a body. A header value that is not UTF-8 is repaired.
fn head(opened: &Opened) -> Answer {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let headers = opened.headers().iter().map(header).collect();
    Answer { status: opened.status().as_u16(), headers, body: Vec::new() }
}

/// The whole answer.
///
/// # Errors
/// `Cut` with what came, `TooLarge` above `limit` bytes.
pub(crate) async fn whole(opened: Opened, limit: usize) -> Result<Answer, WireError> {
    let mut answer = head(&opened);
    let mut too_large = false;
    let mut keep = |piece: &[u8]| {
        too_large |= answer.body.len() + piece.len() > limit;
        if !too_large {
            answer.body.extend_from_slice(piece);
        }
        !too_large
    };
    match each_piece(opened, &mut keep).await {
        _ if too_large => Err(WireError::TooLarge(limit)),
        Ok(()) => Ok(answer),
        Err(received) => Err(WireError::Cut { received, part: answer.body }),
    }
}

/// Hands the body of a 2xx answer on; of any other it is kept, because it says why.
///
/// # Errors
/// As [`whole`]; a cut body was handed on as far as it came, or as far as anybody reads.
pub(crate) async fn handed_on(
    opened: Opened,
    limit: usize,
    chunk: &mut (dyn FnMut(&[u8]) + Send),
) -> Result<Answer, WireError> {
    handed_on_up_to(MAX_STREAMED_BYTES, opened, limit, chunk).await
}

async fn handed_on_up_to(
    most: usize,
    opened: Opened,
    limit: usize,
    chunk: &mut (dyn FnMut(&[u8]) + Send),
) -> Result<Answer, WireError> {
    if !opened.status().is_success() {
        return whole(opened, limit).await;
    }
    let answer = head(&opened);
    let mut received = 0;
    let mut hand_on = |piece: &[u8]| {
        let taken = piece.len().min(most - received);
        chunk(&piece[..taken]);
        received += taken;
        received < most
    };
    let read = each_piece(opened, &mut hand_on).await;
    match read {
        Ok(()) if received >= most => Err(WireError::Cut { received, part: Vec::new() }),
        Ok(()) => Ok(answer),
        Err(received) => Err(WireError::Cut { received, part: Vec::new() }),
    }
}

/// Every piece in order, until `take` has enough; a body that broke off fails with how many bytes came.
async fn each_piece(mut opened: Opened, take: &mut (dyn FnMut(&[u8]) -> bool + Send)) -> Result<(), usize> {
    let mut received = 0;
    while let Some(frame) = opened.body_mut().frame().await {
        let Ok(piece) = frame.map_err(|()| received)?.into_data() else { continue };
        received += piece.len();
        if !take(&piece) {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::Full;

    fn answer(status: u16) -> Opened {
        let response = http::Response::builder().status(status).header("X-One", "1");
        opened(response.body(Full::new(Bytes::from_static(b"four"))).unwrap())
    }

    #[test]
    fn bounded_unless_streamed() {
        let run = |work| world::block_on(work).unwrap();
        assert_eq!(run(async { whole(answer(200), 4).await }).unwrap().body, b"four");
        let kept = world::block_on(whole(answer(200), 3)).unwrap();
        assert!(matches!(kept, Err(WireError::TooLarge(3))));
        let mut seen = Vec::new();
        let streamed = world::block_on(handed_on(answer(200), 3, &mut |piece| seen.extend_from_slice(piece)));
        let streamed = streamed.unwrap().unwrap();
        assert_eq!((seen.as_slice(), streamed.body.len()), (b"four".as_slice(), 0));
        assert_eq!(streamed.header("x-one"), Some("1"));
        let mut seen = Vec::new();
        let bomb = world::block_on(handed_on_up_to(3, answer(200), 9, &mut |piece| seen.extend_from_slice(piece)));
        assert!(matches!(bomb.unwrap(), Err(WireError::Cut { received: 3, .. })) && seen == b"fou");
        let refused = world::block_on(handed_on(answer(404), 9, &mut |_| panic!("not a log"))).unwrap();
        assert_eq!(refused.unwrap().body, b"four");
    }
}

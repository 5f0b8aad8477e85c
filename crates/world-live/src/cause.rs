//! Why a request failed, without its address: an address may be a secret (webhooks, signed links).

use std::error::Error;

use world::wire::WireError;

/// The innermost cause, which is the operating system's or TLS' own sentence and names no address.
pub(crate) fn root(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Nobody answered.
pub(crate) fn unreachable(error: &(dyn Error + 'static)) -> WireError {
    WireError::Unreachable(root(error))
}

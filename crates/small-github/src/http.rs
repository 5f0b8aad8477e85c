//! Requests and answers, and the loop that serves them.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::server::Server;

/// A request, read to its end.
#[derive(Debug)]
pub struct Request {
    /// `GET`, …
    pub method: String,
    /// The path as it was sent, still encoded.
    pub path: String,
    /// The query as it was sent, still encoded.
    pub query: String,
    /// The headers.
    pub headers: http::HeaderMap,
    /// What was sent.
    pub body: Bytes,
}

impl Request {
    /// A header's text; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A value of the query.
    pub fn asked(&self, key: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(have, _)| have == key).map(|(_, value)| value.into_owned())
    }

    /// The path's segments, decoded.
    pub fn segments(&self) -> Vec<String> {
        // The form decoder would take `+` for a space; in a path it is a plus.
        let decode = |segment: &str| {
            let pair = format!("x={}", segment.replace('+', "%2B"));
            url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        self.path.split('/').skip(1).map(decode).collect()
    }

    /// The body as JSON; an empty one is an empty object.
    ///
    /// # Errors
    /// GitHub's answer for what is no JSON.
    pub fn json(&self) -> Result<Value, Answer> {
        if self.body.is_empty() {
            return Ok(json!({}));
        }
        serde_json::from_slice(&self.body).map_err(|_| Answer::refusal(400, "Problems parsing JSON"))
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        let header = ("content-type".to_owned(), "application/json; charset=utf-8".to_owned());
        Self { status, headers: vec![header], body: body.to_string().into_bytes() }
    }

    /// Text.
    pub fn text(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, headers: vec![("content-type".into(), content_type.into())], body: body.into() }
    }

    /// No, in GitHub's shape.
    pub fn refusal(status: u16, message: &str) -> Self {
        let documentation = "https://docs.github.com/rest";
        Self::json(
            status,
            &json!({ "message": message, "documentation_url": documentation, "status": status.to_string() }),
        )
    }

    /// Not there, or not yours to see.
    pub fn not_found() -> Self {
        Self::refusal(404, "Not Found")
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

impl From<io::Error> for Answer {
    fn from(error: io::Error) -> Self {
        Self::refusal(500, &error.to_string())
    }
}

/// Serves until the listener is dropped.
pub async fn serve(listener: TcpListener, server: Arc<Server>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let server = server.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, server.clone()));
            let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A client that goes away is its own affair.
            let _ = connection.await;
        });
    }
}

async fn answer(
    request: hyper::Request<Incoming>,
    server: Arc<Server>,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return Ok(respond(Answer::refusal(400, "the body broke off"))) };
    let request = Request {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: body.to_bytes(),
    };
    // Handlers call git and wait for it.
    let answer = tokio::task::spawn_blocking(move || server.handle(&request)).await;
    Ok(respond(answer.unwrap_or_else(|error| Answer::refusal(500, &format!("a bug of small-github: {error}")))))
}

fn respond(answer: Answer) -> hyper::Response<Full<Bytes>> {
    let mut response = hyper::Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    if answer.status == 204 {
        headers.remove(CONTENT_TYPE);
    }
    response
}

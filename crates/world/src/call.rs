//! One call through the wire, and its answer decoded.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::errors::{Call, PortError, PortResult};
use crate::github::Listed;
use crate::wire::{Answer, Method, Request, Service};
use crate::world::World;

/// Pages of GitHub are asked for as large as they come.
const PER_PAGE: usize = 100;
/// A recorded world says here which file answered, so that an error can name it.
pub(crate) const RECORDED_FILE: &str = "x-recorded-file";

impl World {
    /// A request with this service's deadline and no query.
    pub(crate) fn request(&self, service: Service, method: Method, path: impl Into<String>) -> Request {
        Request {
            service,
            method,
            path: path.into(),
            query: Vec::new(),
            accept: "",
            body: None,
            deadline: self.settings.timeout(service),
        }
    }

    /// Sends it; anything but 2xx is an error.
    pub(crate) async fn send(&self, request: Request) -> PortResult<Answer> {
        let call = Call::from(&request);
        match self.wire.call(request).await {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(answer),
            Ok(answer) => Err(PortError::from_answer(call, &answer, self.time.now())),
            Err(error) => Err(PortError::from_wire(call, error)),
        }
    }

    /// Sends it and decodes the JSON that comes back.
    pub(crate) async fn fetch<T: DeserializeOwned>(&self, request: Request) -> PortResult<T> {
        let call = Call::from(&request);
        let answer = self.send(request).await?;
        decode(call, &answer)
    }

    /// A list that GitHub pages: `key` names the list inside an object, empty for a bare array.
    pub(crate) async fn pages<T: DeserializeOwned>(
        &self,
        mut request: Request,
        key: &str,
        cap: usize,
    ) -> PortResult<Listed<T>> {
        let call = Call::from(&request);
        let per_page = PER_PAGE.min(cap.max(1));
        request.query.push(("per_page".into(), per_page.to_string()));
        let mut items: Vec<T> = Vec::new();
        for page in 1_usize.. {
            let mut request = request.clone();
            if page > 1 {
                request.query.push(("page".into(), page.to_string()));
            }
            let answer = self.send(request).await?;
            let more = answer.header("link").is_some_and(|link| link.contains("rel=\"next\""));
            let mut body: Value = decode(call.clone(), &answer)?;
            let list = if key.is_empty() { body } else { body.get_mut(key).map(Value::take).unwrap_or(Value::Null) };
            let Value::Array(list) = list else {
                let what =
                    if key.is_empty() { "expected a list".to_owned() } else { format!("expected a list in `{key}`") };
                return Err(PortError::Malformed { call, what });
            };
            let came = list.len();
            for (at, item) in list.into_iter().enumerate() {
                items.push(from_value(item).map_err(|error| malformed(&call, format!("{key}[{at}]: {error}")))?);
            }
            if !more || came == 0 {
                let complete = items.len() <= cap;
                items.truncate(cap);
                return Ok(Listed { items, complete });
            }
            if items.len() >= cap {
                break;
            }
        }
        items.truncate(cap);
        Ok(Listed { items, complete: false })
    }
}

impl Request {
    /// Adds a query parameter.
    pub(crate) fn ask(mut self, key: &str, value: impl Into<String>) -> Self {
        self.query.push((key.to_owned(), value.into()));
        self
    }

    /// Sets what form of answer is wanted.
    pub(crate) const fn accept(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    /// Sets the JSON body.
    pub(crate) fn json(mut self, body: &impl Serialize) -> PortResult<Self> {
        let encoded = serde_json::to_vec(body).map_err(|error| malformed(&Call::from(&self), error.to_string()))?;
        self.body = Some(encoded);
        Ok(self)
    }
}

/// Decodes JSON; `null` counts as absent everywhere, because services mix the two.
pub(crate) fn decode<T: DeserializeOwned>(call: Call, answer: &Answer) -> PortResult<T> {
    let value = serde_json::from_slice(&answer.body).map_err(|error| format!("no JSON: {error}"));
    value.and_then(from_value).map_err(|error| {
        let file = answer.header(RECORDED_FILE).map(|file| format!("{file}: ")).unwrap_or_default();
        malformed(&call, format!("{file}{error}"))
    })
}

pub(crate) fn from_value<T: DeserializeOwned>(mut value: Value) -> Result<T, String> {
    drop_nulls(&mut value);
    serde_path_to_error::deserialize(value).map_err(|error| error.to_string())
}

pub(crate) fn malformed(call: &Call, what: impl Into<String>) -> PortError {
    PortError::Malformed { call: call.clone(), what: what.into() }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

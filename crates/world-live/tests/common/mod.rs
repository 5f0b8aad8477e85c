//! A server on 127.0.0.1 that answers as a test says and remembers what it was asked.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, reason = "every test uses its part of it")]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use world::wire::{Answer, Method, Request, Service, Wire, WireError};
use world::{SecretRef, Secrets, Settings};
use world_live::{Environment, LiveWire};

/// The secrets of every test; none may ever be seen in an error.
pub const TOKEN: &str = "ghp_hunter22token";
pub const SECRET: &str = "hunter22";

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// What the server does.
pub enum Reply {
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// 200 with this body, of a length that is never reached.
    Cut(&'static str),
    /// 200 with this body, in two pieces, the second after a pause.
    Slow(Duration),
    /// Closes without a word.
    Close,
}

pub fn ok(body: &str) -> Reply {
    Reply::Answer(200, Vec::new(), body.as_bytes().to_vec())
}

pub fn status(status: u16) -> Reply {
    Reply::Answer(status, Vec::new(), br#"{"message":"as the test wants"}"#.to_vec())
}

pub fn redirect(to: String) -> Reply {
    Reply::Answer(302, vec![("location", to)], Vec::new())
}

pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// `answer` is given the request and how many came before.
    pub fn start(answer: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (seen.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (log.clone(), answer.clone());
                std::thread::spawn(move || serve(stream, &log, &*answer));
            }
        });
        Self { url, seen }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.into_iter().next().unwrap()
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<Seen>>, answer: &dyn Fn(&Seen, usize) -> Reply) {
    let Some(seen) = read(&mut stream) else { return };
    let before = {
        let mut log = log.lock().unwrap();
        log.push(seen.clone());
        log.len() - 1
    };
    let head = |status: u16, length: usize| {
        format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n")
    };
    // The client may be gone by now; that is its business.
    let _ = match answer(&seen, before) {
        Reply::Answer(status, headers, body) => {
            let mut out = head(status, body.len());
            headers.iter().for_each(|(name, value)| out.push_str(&format!("{name}: {value}\r\n")));
            stream.write_all(format!("{out}\r\n").as_bytes()).and_then(|()| stream.write_all(&body))
        }
        Reply::Cut(body) => stream.write_all(format!("{}\r\n{body}", head(200, body.len() + 10)).as_bytes()),
        Reply::Slow(pause) => {
            let begun = stream.write_all(format!("{}\r\nfirst", head(200, 10)).as_bytes());
            std::thread::sleep(pause);
            begun.and_then(|()| stream.write_all(b"later"))
        }
        Reply::Close => Ok(()),
    };
}

fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let mut lines = head.lines();
            let mut first = lines.next()?.split(' ');
            let headers: BTreeMap<String, String> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                let body = String::from_utf8(bytes[end + 4..].to_vec()).unwrap();
                return Some(Seen { method: first.next()?.into(), target: first.next()?.into(), headers, body });
            }
        }
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            read => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

/// An environment of these variables.
pub fn environment(set: &[(&str, String)]) -> Environment {
    let set: BTreeMap<String, String> = set.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Environment::from_fn(move |name| set.get(name).cloned())
}

/// A new key of a GitHub App, in a file of the folder.
pub fn private_key(folder: &Path) -> PathBuf {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let text = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let kind = "PRIVATE KEY";
    let file = folder.join("app.pem");
    std::fs::write(&file, format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", lines.join("\n"))).unwrap();
    file
}

/// Every service at this address, with every secret.
pub fn settings(url: &str) -> Settings {
    let env = |name: &str| Some(SecretRef::Env(name.to_owned()));
    Settings {
        github_url: url.into(),
        loki_url: format!("{url}/loki-gateway/"),
        prometheus_url: url.into(),
        openmemory_url: url.into(),
        pagerduty_url: url.into(),
        secrets: Secrets {
            openmemory_key: env("MEMORY"),
            discord_webhook: env("DISCORD"),
            slack_webhook: env("SLACK"),
            pagerduty_key: env("PAGER"),
            github: None,
        },
        ..Settings::default()
    }
}

/// A wire to this address for everything, with a token for GitHub.
pub fn wire(url: &str) -> LiveWire {
    let environment = environment(&[
        ("GITHUB_TOKEN", TOKEN.into()),
        ("MEMORY", SECRET.into()),
        ("DISCORD", format!("{url}/api/webhooks/1/{SECRET}?thread_id=7")),
        ("SLACK", format!("{url}/services/T0/B0/{SECRET}\n")),
        ("PAGER", SECRET.into()),
    ]);
    LiveWire::new(settings(url), environment)
}

/// A request that may take five seconds.
pub fn request(service: Service, method: Method, path: &str) -> Request {
    let deadline = Duration::from_secs(5);
    Request { service, method, path: path.into(), query: Vec::new(), accept: "", body: None, deadline }
}

pub fn with_body(mut request: Request, body: &str) -> Request {
    request.body = Some(body.into());
    request
}

/// Sends one request, and sees to it that no error shows a secret.
pub fn call(wire: &LiveWire, request: Request) -> Result<Answer, WireError> {
    let result = world::block_on(wire.call(request)).unwrap();
    if let Err(error) = &result {
        let said = format!("{error} {error:?}");
        assert!(!said.contains(SECRET), "a secret in: {said}");
    }
    result
}

//! A server in a folder of its own, a person who asks it, a receiver of its webhooks, and git.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, reason = "every test uses its part of it")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use small_github::{Hook, Misbehave, Options, Running, Server};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub const SECRET: &str = "hush";

/// CI that is red while `src/answer` is not 42, in two jobs of which the other is always green.
pub const CI: &str = include_str!("../workflows/ci.yml");

pub struct Github {
    pub running: Running,
    pub base: String,
    runtime: Runtime,
    pub folder: TempDir,
}

/// A status, the headers in lower case, and the body.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.body)))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(have, _)| have == name).map_or("", |(_, value)| value)
    }
}

impl Github {
    pub fn start() -> Self {
        Self::with(None, Misbehave::default())
    }

    pub fn with(hook: Option<String>, misbehave: Misbehave) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let options = Options {
            state: folder.path().join("state"),
            listen: "127.0.0.1:0".parse().unwrap(),
            url: None,
            hook: hook.map(|url| Hook { url, secret: SECRET.into(), app: None }),
            misbehave,
            job_limit: Duration::from_secs(20),
        };
        let running = runtime.block_on(Server::start(options)).unwrap();
        let base = running.server.base.clone();
        Self { running, base, runtime, folder }
    }

    /// The owner `acme`, the person `mona`, the App `healer` on `acme`, and the repository `acme/widgets` with [`CI`].
    pub fn furnished(self) -> Self {
        self.control("user", json!({ "login": "acme", "kind": "Organization", "token": "t-acme" }));
        self.control("user", json!({ "login": "mona", "token": "t-mona" }));
        self.control("app", json!({ "slug": "healer", "id": 77 }));
        self.control("install", json!({ "app": "healer", "owner": "acme", "id": 5 }));
        let files = json!({ ".github/workflows/ci.yml": CI, "src/answer": "42\n", "README.md": "widgets\n" });
        self.control("repository", json!({ "owner": "acme", "name": "widgets", "id": 8412, "files": files }));
        self.control("permission", json!({ "repository": "acme/widgets", "user": "mona", "permission": "write" }));
        self.control("wait", json!({}));
        self
    }

    pub fn control(&self, command: &str, body: Value) -> Value {
        let answer = self.ask("POST", &format!("/_control/{command}"), "", Some(body.clone()));
        assert_eq!(answer.status, 200, "{command} {body}: {}", answer.text());
        answer.json()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "Bearer t-mona", None)
    }

    pub fn widgets(&self, path: &str) -> Value {
        let answer = self.get(&format!("/repos/acme/widgets{path}"));
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// A token of the App's installation, as an `Authorization`.
    pub fn bot(&self) -> String {
        let token = self.control("token", json!({ "app": "healer", "repository": "acme/widgets" }));
        format!("Bearer {}", token["token"].as_str().unwrap())
    }

    pub fn ask(&self, method: &str, path: &str, authorization: &str, body: Option<Value>) -> Answer {
        self.ask_with(method, path, authorization, "application/json", body)
    }

    pub fn ask_with(&self, method: &str, path: &str, authorization: &str, accept: &str, body: Option<Value>) -> Answer {
        let address: SocketAddr = self.base.strip_prefix("http://").unwrap().parse().unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let authorization =
            if authorization.is_empty() { String::new() } else { format!("authorization: {authorization}\r\n") };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\naccept: {accept}\r\n\
             {authorization}content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let split = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        Answer { status, headers, body: bytes[split + 4..].to_vec() }
    }

    /// The newest run of a branch, once it is completed.
    pub fn run_of(&self, branch: &str) -> Value {
        let runs = self.control("wait", json!({ "repository": "acme/widgets", "branch": branch }));
        runs.as_array().unwrap().last().unwrap().clone()
    }

    /// The address to clone with a token.
    pub fn remote(&self, token: &str) -> String {
        format!("{}/acme/widgets.git", self.base.replace("http://", &format!("http://x-access-token:{token}@")))
    }
}

impl Drop for Github {
    fn drop(&mut self) {
        let complaints = self.control("state", json!({}))["complaints"].clone();
        if !thread::panicking() {
            let unexpected =
                complaints.as_array().unwrap().iter().filter(|said| !said.as_str().unwrap().contains("expected"));
            assert_eq!(unexpected.collect::<Vec<_>>(), Vec::<&Value>::new(), "the server complains");
        }
    }
}

/// Runs git; what it said, and whether it was well.
pub fn git(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=Mona", "-c", "user.email=mona@example.com"]).args(arguments);
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_TERMINAL_PROMPT", "0");
    let output = command.output().expect("git must be installed for these tests");
    let said = [&*output.stdout, &*output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// Runs git and insists.
pub fn git_ok(folder: &Path, arguments: &[&str]) -> String {
    let (well, said) = git(folder, arguments);
    assert!(well, "git {arguments:?}: {said}");
    said
}

/// A webhook as it came.
pub struct Hooked {
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Hooked {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(have, _)| have == name).map_or("", |(_, value)| value)
    }

    pub fn payload(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// `workflow_run/completed`.
    pub fn what(&self) -> String {
        let action = self.payload()["action"].as_str().unwrap_or_default().to_owned();
        format!("{}/{action}", self.header("x-github-event"))
    }
}

/// A receiver of webhooks: its address, and what comes.
pub fn receiver() -> (String, Receiver<Hooked>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, received) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut headers = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                match line.trim_end().split_once(": ") {
                    Some((name, value)) => headers.push((name.to_lowercase(), value.to_owned())),
                    None if line.trim_end().is_empty() => break,
                    None => {}
                }
            }
            let length = headers.iter().find(|(name, _)| name == "content-length").unwrap().1.parse().unwrap();
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            if sender.send(Hooked { headers, body }).is_err() {
                return;
            }
        }
    });
    (url, received)
}

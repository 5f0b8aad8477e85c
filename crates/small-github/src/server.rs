//! The server: its parts, and what answers which path.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::auth::{Who, role};
use crate::ci::Ci;
use crate::git::{Asked, Git};
use crate::http::{Answer, Request, serve};
use crate::misbehave::Misbehave;
use crate::model::{Repository, State};
use crate::render::View;
use crate::store::Store;
use crate::webhooks::{Deliveries, Hook};
use crate::when::Rules;
use crate::{api, control, push};

/// How the state is kept on disk while nothing else happens.
const SAVE_EVERY: Duration = Duration::from_millis(300);

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where everything is kept.
    pub state: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address that others know; `http://<listen>` if not given.
    pub url: Option<String>,
    /// Where webhooks go.
    pub hook: Option<Hook>,
    /// What goes wrong.
    pub misbehave: Misbehave,
    /// The longest that one job may take.
    pub job_limit: Duration,
}

/// A server.
pub struct Server {
    /// What it remembers.
    pub store: Store,
    /// The repositories.
    pub git: Git,
    /// Its address.
    pub base: String,
    /// Webhooks.
    pub deliveries: Deliveries,
    /// What runs.
    pub ci: Ci,
    /// What is to be done when something happens.
    pub rules: Rules,
    misbehave: RwLock<Misbehave>,
    /// How many there were of each kind.
    counts: Mutex<HashMap<String, u64>>,
    /// One push at a time.
    pushing: Mutex<()>,
}

/// A server that listens. It stops listening when this is dropped.
pub struct Running {
    /// The server.
    pub server: Arc<Server>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        self.server.ci.stop_all();
        // The last thing that can be done; a test's folder may be gone already.
        let _ = self.server.store.save();
    }
}

impl Server {
    /// Starts one in the present runtime.
    ///
    /// # Errors
    /// The folder or the port.
    pub async fn start(options: Options) -> io::Result<Running> {
        let store = Store::open(&options.state)?;
        let listener = TcpListener::bind(options.listen).await?;
        let base = options.url.unwrap_or_else(|| format!("http://{}", options.listen));
        let port = listener.local_addr()?.port().to_string();
        let base = base.replace(":0", &format!(":{port}"));
        let (deliveries, sending) = Deliveries::start(options.state.join("deliveries"), options.hook);
        let server = Arc::new(Self {
            git: Git::new(options.state.join("git")),
            store,
            base: base.trim_end_matches('/').to_owned(),
            deliveries,
            ci: Ci::new(options.state.join("logs"), options.job_limit),
            rules: Rules::default(),
            misbehave: RwLock::default(),
            counts: Mutex::default(),
            pushing: Mutex::default(),
        });
        server.set_misbehave(options.misbehave);
        server.ci.give_up_what_ran(&server);
        let saver = server.clone();
        let saving = tokio::spawn(async move {
            loop {
                tokio::time::sleep(SAVE_EVERY).await;
                let saver = saver.clone();
                let _ = tokio::task::spawn_blocking(move || saver.store.save()).await;
            }
        });
        let serving = tokio::spawn(serve(listener, server.clone()));
        Ok(Running { server, tasks: vec![serving, sending, saving] })
    }

    /// What goes wrong at present.
    pub fn misbehave(&self) -> Misbehave {
        self.misbehave.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What goes wrong from now on.
    pub fn set_misbehave(&self, misbehave: Misbehave) {
        self.store.keep_old(misbehave.stale_reads > 0.0);
        *self.misbehave.write().unwrap_or_else(PoisonError::into_inner) = misbehave;
    }

    /// Held while a branch is moved.
    pub fn pushing(&self) -> MutexGuard<'_, ()> {
        self.pushing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To make answers from a state.
    pub fn view<'a>(&'a self, state: &'a State) -> View<'a> {
        View { state, git: &self.git, base: &self.base }
    }

    /// Carries out a command of the control API, for tests in the same process.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn control(self: &Arc<Self>, command: &str, body: &Value) -> Result<Value, String> {
        control::command(self, command, body).map_err(|refusal| String::from_utf8_lossy(&refusal.body).into_owned())
    }

    /// Answers a request.
    pub fn handle(self: &Arc<Self>, request: &Request) -> Answer {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let answer = match &*segments {
            ["_control", command] => control::answer(self, command, request),
            ["_logs", job, _signature] => Ok(self.log(job)),
            ["repos" | "app" | "user" | "users" | "rate_limit", ..] => api::answer(self, request),
            [owner, name, rest @ ..] if is_git(rest) => self.git_asked(request, owner, name, &rest.join("/")),
            _ => Err(Answer::not_found()),
        };
        answer.unwrap_or_else(|refusal| refusal)
    }

    /// The state that a read is answered from: the present one, or with bad luck one of a few seconds ago.
    pub fn state_for(&self, request: &Request) -> Arc<State> {
        let misbehave = self.misbehave();
        if request.method != "GET" || misbehave.stale_reads <= 0.0 {
            return self.store.now_state();
        }
        let key = self.nth(&request.path);
        if misbehave.hits(misbehave.stale_reads, "stale", &key) {
            return self.store.state_before(misbehave.seconds(misbehave.pick(1.0, 5.0, "age", &key)));
        }
        self.store.now_state()
    }

    /// A name for the next one of its kind: a seed decides by it, so it holds nothing that the time decides.
    pub fn nth(&self, kind: &str) -> String {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(kind.to_owned()).or_default();
        *count += 1;
        format!("{kind}#{count}")
    }

    fn log(&self, job: &str) -> Answer {
        let log = job.parse().ok().and_then(|job| self.ci.log(job));
        log.map_or_else(|| Answer::refusal(404, "BlobNotFound"), |log| Answer::text("text/plain; charset=utf-8", log))
    }

    fn git_asked(self: &Arc<Self>, request: &Request, owner: &str, name: &str, rest: &str) -> Result<Answer, Answer> {
        let state = self.store.now_state();
        let who = Who::ask(request, &state, self.store.now())?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        let unknown = || match who {
            Who::Anonymous => {
                Answer::refusal(401, "Repository not found.").with("www-authenticate", "Basic realm=\"GitHub\"")
            }
            _ => Answer::refusal(404, "Repository not found."),
        };
        let repository = state.repository(owner, name).filter(|repository| who.sees(repository)).ok_or_else(unknown)?;
        let pushes = rest == "git-receive-pack" || request.query.contains("git-receive-pack");
        if pushes && matches!(who, Who::Anonymous) {
            return Err(unknown());
        }
        if pushes && (!who.may_push(repository) || repository.archived) {
            return Err(Answer::refusal(403, "Permission to this repository denied."));
        }
        let asked = Asked {
            method: request.method.clone(),
            rest: format!("/{rest}"),
            query: request.query.clone(),
            content_type: request.header("content-type").to_owned(),
            encoding: request.header("content-encoding").to_owned(),
            protocol: request.header("git-protocol").to_owned(),
            login: who.account().map_or_else(String::new, |id| self.view(&state).login(id).to_owned()),
            admin: who.is_admin(repository),
            no_workflows: matches!(who, Who::Installation { .. }) && who.may(repository, "workflows", "write").is_err(),
            body: request.body.clone(),
        };
        let id = repository.id;
        let answer = if rest == "git-receive-pack" {
            push::through_git(self, id, who.account().unwrap_or_default(), asked)?
        } else {
            self.git.backend(id, asked)?
        };
        Ok(answer)
    }
}

fn is_git(rest: &[&str]) -> bool {
    matches!(rest, ["info", "refs"] | ["git-upload-pack" | "git-receive-pack"])
}

impl State {
    /// A repository by its name.
    pub fn repository(&self, owner: &str, name: &str) -> Option<&Repository> {
        self.repositories.values().find(|repository| {
            repository.name.eq_ignore_ascii_case(name)
                && self.accounts.get(&repository.owner).is_some_and(|account| account.login.eq_ignore_ascii_case(owner))
        })
    }

    /// An account by its login.
    pub fn account(&self, login: &str) -> Option<u64> {
        self.accounts.values().find(|account| account.login.eq_ignore_ascii_case(login)).map(|account| account.id)
    }

    /// What an account may in a repository.
    pub fn role<'a>(&self, repository: &'a Repository, account: u64) -> &'a str {
        match role(repository, account) {
            "none" if !repository.private => "read",
            role => role,
        }
    }
}

/// A field's text.
pub fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

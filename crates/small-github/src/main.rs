//! Starts the server and says where it is.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use small_github::{Hook, Misbehave, Options, Server};

/// A small GitHub for tests: real git, real CI, real state, signed webhooks, and misbehaviour on demand.
#[derive(Debug, Parser)]
struct Args {
    /// Keep everything here.
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// Listen here; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address that others use, if it is not that.
    #[arg(long)]
    url: Option<String>,
    /// Send webhooks there.
    #[arg(long, requires = "webhook_secret")]
    webhook: Option<String>,
    /// Sign them with this.
    #[arg(long)]
    webhook_secret: Option<String>,
    /// Let some of everything go wrong, decided by this number.
    #[arg(long)]
    seed: Option<u64>,
    /// How long a minute of misbehaviour takes: `1s`.
    #[arg(long, default_value = "60s", value_parser = seconds)]
    minute: Duration,
    /// End a job that takes longer.
    #[arg(long, default_value = "300s", value_parser = seconds)]
    job_limit: Duration,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number =
        text.strip_suffix('s').unwrap_or(text).parse().map_err(|_| "a number of seconds, as `1s`".to_owned())?;
    Duration::try_from_secs_f64(number).map_err(|error| error.to_string())
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let misbehave = match args.seed {
        Some(seed) => Misbehave::some_of_everything(seed, args.minute),
        None => {
            Misbehave { minute_ms: u64::try_from(args.minute.as_millis()).unwrap_or(60_000), ..Misbehave::default() }
        }
    };
    let hook = args.webhook.zip(args.webhook_secret).map(|(url, secret)| Hook { url, secret, app: None });
    let options =
        Options { state: args.state, listen: args.listen, url: args.url, hook, misbehave, job_limit: args.job_limit };
    match Server::start(options).await {
        Ok(running) => {
            let _ = writeln!(std::io::stdout(), "small-github listens at {}", running.server.base);
            std::future::pending().await
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "small-github cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

//! Putting this program where another image can run it: it is one static file.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use step::Cannot;

/// Flags of `run-agent install`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where to; its name is `run-agent`, because the program goes by its name
    #[arg(long, value_name = "FILE", default_value = "/run-agent/bin/run-agent")]
    to: PathBuf,
}

/// Copies the running program.
pub fn main(args: &Args) -> Result<String, Cannot> {
    let cannot = |what: &str, error: &std::io::Error| {
        Cannot::not_yet(format!("cannot {what} {}: {error}; is the volume writable?", args.to.display()))
    };
    let me = std::env::current_exe().map_err(|error| Cannot::bug(format!("cannot find this program: {error}")))?;
    if let Some(folder) = args.to.parent() {
        fs::create_dir_all(folder).map_err(|error| cannot("make the folder of", &error))?;
    }
    fs::copy(me, &args.to).map_err(|error| cannot("write", &error))?;
    fs::set_permissions(&args.to, fs::Permissions::from_mode(0o755)).map_err(|error| cannot("allow", &error))?;
    Ok(format!("installed as {}", args.to.display()))
}

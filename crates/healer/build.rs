//! The toolkit starts in half the time when it is linked to a fixed address and to the C library's archives: of its pages none
//! is rewritten before `main`, and no library is looked for, mapped and bound. What talks to the network (feature `live`, which
//! links C and asks for names) keeps its random address and its libraries; so does all where there are no archives.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What rustc links, and the archive of the same.
const ARCHIVES: &[(&str, &str)] = &[
    ("c", "libc.a"),
    ("dl", "libdl.a"),
    ("gcc_s", "libgcc_eh.a"),
    ("m", "libm.a"),
    ("pthread", "libpthread.a"),
    ("rt", "librt.a"),
    ("util", "libutil.a"),
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|is| is == value);
    let gnu_linux = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    if gnu_linux && env::var_os("CARGO_FEATURE_LIVE").is_none() {
        println!("cargo:rustc-link-arg-bins=-no-pie");
        if let Some(folder) = archives() {
            println!("cargo:rustc-link-arg-bins=-static");
            println!("cargo:rustc-link-arg-bins=-L{}", folder.display());
        }
    }
}

/// A folder of linker scripts that name an archive where rustc asks for a shared library: `crt-static` would be for every crate,
/// and a library cannot choose it.
fn archives() -> Option<PathBuf> {
    if env::var_os("HOST") != env::var_os("TARGET") {
        return None;
    }
    let folder = Path::new(&env::var_os("OUT_DIR")?).join("archives");
    fs::create_dir_all(&folder).ok()?;
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    for (name, archive) in ARCHIVES {
        let said = Command::new(&linker).arg(format!("-print-file-name={archive}")).output().ok()?;
        let path = String::from_utf8(said.stdout).ok()?;
        // Where there is none, its name comes back.
        if !Path::new(path.trim()).is_absolute() {
            return None;
        }
        fs::write(folder.join(format!("lib{name}.so")), format!("INPUT({})\n", path.trim())).ok()?;
    }
    Some(folder)
}

//! The toolkit starts in half the time when it is linked to a fixed address: of its pages none is rewritten before `main`.
//! What talks to the network (feature `live`, which links C) keeps its random address.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|is| is == value);
    let gnu_linux = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    if gnu_linux && std::env::var_os("CARGO_FEATURE_LIVE").is_none() {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}

//! The table of rules: a tool is a file, a rule is a row.
//!
//! To add a tool: write `rules/<tool>.rs` with `pub const RULES: &[Rule]`, name it in the two lists below, and give
//! every row a line that it decides and a look-alike that it leaves alone; a test asks for both.

use crate::hosts::Speech;
use crate::rule::Tool;

/// Whether a line that speaks of a host counts for a tool's rules; what it says is asked where that matters.
pub fn counts(tool: &str, said: impl FnOnce() -> Speech) -> bool {
    match tool {
        "infra" => said().may_pass,
        "network" => said().is_outside,
        _ => true,
    }
}

macro_rules! tools {
    ($($tool:ident),+ $(,)?) => {
        $(mod $tool;)+
        /// Every tool that is known.
        pub const TOOLS: &[Tool] = &[$(Tool { name: stringify!($tool), rules: $tool::RULES }),+];
    };
}

tools!(
    cargo,
    npm,
    tsc,
    eslint,
    bundlers,
    jstest,
    docker,
    helm,
    kubectl,
    argocd,
    yaml,
    audit,
    scanners,
    git,
    actions,
    infra,
    network,
    python,
    go,
    jvm,
    native,
    dotnet_ruby_php,
    elixir,
    general,
);

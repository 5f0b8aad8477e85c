//! The table of rules: a tool is a file, a rule is a row.
//!
//! To add a tool: write `rules/<tool>.rs` with `pub const RULES: &[Rule]`, name it in the two lists below, and give
//! every row a line that it decides and a look-alike that it leaves alone; a test asks for both.

use crate::rule::Tool;

/// Whether a line counts for a tool's rules.
pub fn counts(tool: &str, line: &[u8]) -> bool {
    match tool {
        "infra" => !network::is_refused(line) && !network::lacks_near_name(line),
        "network" => network::is_outside(line) && !network::is_refused(line) && !network::lacks_near_name(line),
        _ => true,
    }
}

pub use network::names_only_near;

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

//! Writes the prompt: what broke, where, what changed, how to reproduce it, what done means, what may be changed.
//!
//! Pure: the document and its attachments go in, `prompt` and the attachment `prompt` come out. Templates are embedded
//! from `prompts/`; `--prompts DIR` replaces them file by file. Foreign text is an object in the data, so that a template
//! cannot print it; it leaves through two helpers only, `quote` (a code span) and `fence`, and `fence` is used in the
//! partial `_untrusted` alone.

mod blocks;
mod facts;
mod foreign;
mod history;
mod needs;
mod quick;
mod render;
mod templates;

use std::path::PathBuf;

use remediation::{Kind, Prompt, UnknownWord, Vocabulary};
use step::{Cannot, Desk, Parameter, Sections, Step, Values};

pub use blocks::{Block, Budgets};
pub use needs::Needs;
pub use templates::{FrontMatter, Templates};

/// The step.
pub struct RenderPrompt;

/// Its flags.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Take templates from DIR first: `fix/<kind>.hbs`, `retry/retry.hbs`, `_<partial>.hbs`
    #[arg(long, value_name = "DIR", env = "HEALER_PROMPTS")]
    pub prompts: Option<PathBuf>,
    #[command(flatten)]
    config: config::Args,
}

/// Gives an attachment's bytes by name, or nothing when the document has none of that name.
pub type Read<'a> = &'a mut dyn FnMut(&str) -> Result<Option<Vec<u8>>, Cannot>;

/// What rendering gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The template, such as `fix/rust_clippy` or `retry/retry`.
    pub template: &'static str,
    /// Digest of the template, what it wraps, and every partial.
    pub template_sha256: String,
    /// The prompt.
    pub text: String,
    /// Blocks that were shortened or left out, to fit a budget.
    pub shortened: Vec<String>,
}

impl Step for RenderPrompt {
    const NAME: &'static str = "render-prompt";
    const ABOUT: &'static str =
        "Writes the prompt that tells a coding agent what broke, where, and what counts as fixed";
    const EXAMPLES: &'static str = "render-prompt --in remediation.json --out remediation.json
        open-remediation --log build.log | classify | render-prompt > remediation.json; cat attachments/prompt.md";
    const OWNS: &'static [&'static str] = &["prompt"];
    const PARAMETERS: &'static [Parameter] = &[Parameter { name: "template", values: Values::Words(template_words) }];
    type Args = Args;
    type Needs = Needs;

    fn run(args: &Args, needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let config = args.config.load(None).map_err(|error| Cannot::misconfigured(error.to_string()))?;
        let templates = Templates::load(args.prompts.as_deref())?;
        let rendered = run(&needs, &config, &templates, &mut |name| read(desk, name))?;
        desk.attach_bytes("prompt", "prompt.md", false, rendered.text.as_bytes())?;
        let prompt = Prompt {
            template: rendered.template.to_owned(),
            template_sha256: rendered.template_sha256,
            attachment: "prompt".to_owned(),
            size_bytes: rendered.text.len() as u64,
            shortened: rendered.shortened,
        };
        let shortened = if prompt.shortened.is_empty() { "" } else { ", shortened" };
        let said = format!("{} bytes from the template {}{shortened}", prompt.size_bytes, prompt.template);
        let word = prompt.template.replace('/', "_");
        Ok(Sections::new().set("prompt", &prompt).parameter("template", word).say(said))
    }
}

/// Renders the prompt.
pub fn run(needs: &Needs, config: &config::Config, templates: &Templates, read: Read<'_>) -> Result<Rendered, Cannot> {
    let kind = needs.classification.kind.require("classification.kind")?;
    check_words(needs)?;
    let facts = facts::Facts::gather(needs, config, kind, read)?;
    let limit = usize::try_from(config.limits.prompt_bytes).unwrap_or(usize::MAX);
    render::render(templates, facts, template_kind(kind), limit)
}

/// A failure that only a re-run could help, and which came back red, is anybody's: the general prompt.
fn template_kind(kind: Kind) -> Kind {
    if kind == Kind::InfraTransient { Kind::General } else { kind }
}

/// Words that decide what the prompt says: a newer version's word stops.
fn check_words(needs: &Needs) -> Result<(), UnknownWord> {
    if let Some(target) = &needs.target {
        target.how.require("target.how")?;
    }
    needs.classification.remedy.require("classification.remedy").map(|_| ())
}

fn read(desk: &Desk, name: &str) -> Result<Option<Vec<u8>>, Cannot> {
    if desk.has_attachment(name) { desk.attachment(name).map(Some) } else { Ok(None) }
}

fn template_words() -> Vec<&'static str> {
    std::iter::once("retry_retry").chain(Kind::ALL.iter().filter_map(|kind| Some(fix_words(*kind)?.1))).collect()
}

/// The template's name and its parameter word; none for what no agent repairs.
pub(crate) fn fix_words(kind: Kind) -> Option<(&'static str, &'static str)> {
    macro_rules! words {
        ($($kind:ident $word:literal)+) => { match kind {
            $(Kind::$kind => Some((concat!("fix/", $word), concat!("fix_", $word))),)+
            Kind::InfraTransient => None,
        } };
    }
    words! {
        RustBuild "rust_build" RustClippy "rust_clippy" RustDeps "rust_deps" RustFmt "rust_fmt" RustTest "rust_test"
        FrontendBuild "frontend_build" FrontendDeps "frontend_deps" FrontendLint "frontend_lint"
        FrontendTest "frontend_test" FrontendTypescript "frontend_typescript"
        ArgocdSync "argocd_sync" DockerBuild "docker_build" HelmTemplate "helm_template" K8sManifest "k8s_manifest"
        YamlSyntax "yaml_syntax" SecurityAudit "security_audit" SecurityCodeScanning "security_code_scanning"
        SecurityDependabot "security_dependabot" SecuritySecretScanning "security_secret_scanning"
        GitMergeConflict "git_merge_conflict" GitPermission "git_permission" GithubWorkflow "github_workflow"
        General "general"
    }
}

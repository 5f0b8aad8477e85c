//! Three small steps that do what their flags say, for the tests of the shell: `probe classify`, `probe open`, `probe
//! finish`.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use remediation::{Decision, Fault};
use serde::Deserialize;
use serde_json::json;
use step::{Cannot, Code, Desk, Parameter, Sections, Step, Values};

const PARAMETERS: &[Parameter] = &[
    Parameter { name: "decision", values: Values::Words(step::words::<Decision>) },
    Parameter { name: "seconds", values: Values::Number },
    Parameter { name: "lease", values: Values::Name },
];

/// Acts when admission is `proceed`.
struct Classify;

#[derive(Args)]
struct ClassifyArgs {
    /// End with this exit code
    #[arg(long)]
    fail: Option<u8>,
    /// Panic with this message
    #[arg(long)]
    panic: Option<String>,
    /// Make the file `ready` in this folder and wait for a minute
    #[arg(long)]
    wait: Option<PathBuf>,
    /// Write this section instead of its own
    #[arg(long, default_value = "classification")]
    section: String,
    /// Write a parameter: NAME=VALUE
    #[arg(long)]
    parameter: Vec<String>,
    /// Write an attachment: NAME=TEXT, into NAME.txt
    #[arg(long)]
    attach: Vec<String>,
    /// Read an attachment
    #[arg(long)]
    read: Option<String>,
    /// Print this instead of the document
    #[arg(long)]
    print: Option<String>,
    /// Make the section this long
    #[arg(long, default_value_t = 1)]
    size: usize,
}

#[derive(Deserialize)]
struct ClassifyNeeds {
    id: String,
}

impl Step for Classify {
    const NAME: &'static str = "classify";
    const ABOUT: &'static str = "Do what the flags say";
    const EXAMPLES: &'static str = "probe classify --in in.json --out out.json";
    const OWNS: &'static [&'static str] = &["classification"];
    const PARAMETERS: &'static [Parameter] = PARAMETERS;
    type Args = ClassifyArgs;
    type Needs = ClassifyNeeds;

    fn run(args: &ClassifyArgs, needs: ClassifyNeeds, desk: &mut Desk) -> Result<Sections, Cannot> {
        for attach in &args.attach {
            let (name, text) = attach.split_once('=').ok_or_else(|| Cannot::usage("NAME=TEXT"))?;
            desk.attach_bytes(name, &format!("{name}.txt"), false, text.as_bytes())?;
        }
        let read = args.read.as_deref().map(|name| desk.attachment(name)).transpose()?;
        if let Some(folder) = &args.wait {
            std::fs::write(folder.join("ready"), "").map_err(|error| Cannot::bug(error.to_string()))?;
            std::thread::sleep(std::time::Duration::from_secs(60));
        }
        #[allow(clippy::panic)]
        if let Some(message) = &args.panic {
            panic!("{message}");
        }
        if let Some(code) = args.fail {
            return Err(Cannot::new(Code::from_number(code), "the probe was told to fail"));
        }
        let read = read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let section =
            json!({"remedy": "agent", "id": needs.id, "at": desk.now(), "read": read, "text": "x".repeat(args.size)});
        let mut sections = Sections::new().set(args.section.clone().leak(), &section).say("the probe is done");
        if let Some(text) = &args.print {
            sections = sections.print(text.clone());
        }
        for parameter in &args.parameter {
            let (name, value) = parameter.split_once('=').ok_or_else(|| Cannot::usage("NAME=VALUE"))?;
            sections = sections.parameter(name.to_owned().leak(), value);
        }
        Ok(sections)
    }
}

/// A source: the document's id is what it reads.
struct Open;

#[derive(Args)]
struct OpenArgs {
    /// A flag that must be there
    #[arg(long)]
    required: String,
}

#[derive(Deserialize)]
struct OpenNeeds {}

impl Step for Open {
    const NAME: &'static str = "open";
    const ABOUT: &'static str = "Open a document";
    const EXAMPLES: &'static str = "probe open --required x";
    const OWNS: &'static [&'static str] = &["id"];
    const PARAMETERS: &'static [Parameter] = &[];
    const SOURCE: bool = true;
    type Args = OpenArgs;
    type Needs = OpenNeeds;

    fn run(args: &OpenArgs, _: OpenNeeds, desk: &mut Desk) -> Result<Sections, Cannot> {
        let mut id = String::new();
        desk.input().read_to_string(&mut id).map_err(|error| Cannot::refused(error.to_string()))?;
        if id.is_empty() {
            return Err(Cannot::refused("there is no event"));
        }
        Ok(Sections::new().set("id", &format!("{}-{}", id.trim(), args.required)))
    }
}

/// Acts after a fault too, and ends with its code.
struct Finish;

#[derive(Args)]
struct FinishArgs {
    /// Begin a document instead of reading one
    #[arg(long)]
    alone: bool,
}

#[derive(Deserialize)]
struct FinishNeeds {
    fault: Option<Fault>,
}

impl Step for Finish {
    const NAME: &'static str = "finish";
    const ABOUT: &'static str = "End with the recorded code";
    const EXAMPLES: &'static str = "probe finish";
    const OWNS: &'static [&'static str] = &[];
    const PARAMETERS: &'static [Parameter] = &[];
    type Args = FinishArgs;
    type Needs = FinishNeeds;

    fn begins(args: &FinishArgs) -> bool {
        args.alone
    }

    fn run(_: &FinishArgs, needs: FinishNeeds, _: &mut Desk) -> Result<Sections, Cannot> {
        Ok(match needs.fault {
            Some(fault) => Sections::new().exit(Code::from_number(fault.exit_code)).say(fault.sentence),
            None => Sections::new(),
        })
    }
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match arguments.first().and_then(|name| name.to_str()) {
        Some("open") => step::run::<Open>(&arguments),
        Some("finish") => step::run::<Finish>(&arguments),
        _ => step::run::<Classify>(&arguments),
    }
}

//! `escalate`: tells people, one message a channel, edited in place, never silent (design sections 1.8, 4 and 6).
//!
//! [`story`] says what is told, [`render`] in which form, [`channels`] sends it, [`reasons`] how far it goes.

mod channels;
mod reasons;
mod render;
mod story;

use std::collections::BTreeSet;

use clap::ValueEnum;
use config::Config;
use jiff::Timestamp;
use ledger::Record;
use remediation::record::{MessageRef, Owner};
use remediation::{
    Admission, AdmissionReason, Channel, ChannelReceipt, Claim, Classification, Escalation, EscalationReason, Failure,
    Fault, Outcome, Receipt, Repository, Subject,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use step::{Cannot, Desk, Parameter, Sections, Step, Values, words};
use text::Untrusted;
use thread::{Before, Told};
use world::github::Slug;
use world::{Channels, CommentOnGithub, Counters, PortError, ReadGithub, Records, Spent, Workflows};

use reasons::Loudness;
use story::Story;

/// See the crate.
pub struct Escalate;

/// Why there is a record and no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Reason {
    /// The Workflow itself broke.
    WorkflowBroke,
    /// A person stopped it.
    Stopped,
}

/// Flags of this step.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: ledger::WorldArgs,
    #[command(flatten)]
    owner: ledger::OwnerArgs,
    /// Read no document: tell what the record of this remediation knows, or else the record that this Workflow owns
    #[arg(long, value_name = "ID")]
    from_record: Option<String>,
    /// With --from-record: why [default: stopped if a person stopped it, else workflow_broke]
    #[arg(long, value_name = "REASON", requires = "from_record")]
    reason: Option<Reason>,
    /// The id of Healer's own GitHub App: only its comments and issues are edited [default: github_app_id of healer.yaml]
    #[arg(long, value_name = "ID", env = "HEALER_GITHUB_APP_ID")]
    app_id: Option<u64>,
}

/// What it reads of the document. All of it may be absent: a fault may have come early.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Needs {
    pub id: Option<String>,
    pub opened_at: Option<Timestamp>,
    pub repository: Option<Repository>,
    pub subject: Option<Subject>,
    pub admission: Option<Admission>,
    pub failure: Option<Failure>,
    pub classification: Option<Classification>,
    pub claim: Option<Claim>,
    pub outcome: Option<Outcome>,
    #[serde(default)]
    pub attempts: Vec<Box<RawValue>>,
    pub fault: Option<Fault>,
    pub escalation: Option<Escalation>,
}

impl Step for Escalate {
    const NAME: &'static str = "escalate";
    const ABOUT: &'static str = "Tells people: one message a channel, edited in place";
    const EXAMPLES: &'static str = "escalate --world tests/worlds/widgets --in remediation.json --out remediation.json\n\
                                    escalate --from-record ci-8412-12216892003-1 --reason stopped";
    const OWNS: &'static [&'static str] = &["escalation"];
    const PARAMETERS: &'static [Parameter] =
        &[Parameter { name: "escalation_reason", values: Values::Words(words::<EscalationReason>) }];
    type Args = Args;
    type Needs = Needs;

    fn begins(args: &Args) -> bool {
        args.from_record.is_some()
    }

    fn run(args: &Args, needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let told = if let Some(id) = &args.from_record {
            let (world, config) = args.world.open()?;
            ledger::block_on(async {
                let owner = args.owner.owner(&config.namespace);
                let record = record_of(id, owner.as_ref(), &world).await?;
                let reason = match args.reason {
                    Some(Reason::WorkflowBroke) => EscalationReason::WorkflowBroke,
                    Some(Reason::Stopped) => EscalationReason::Stopped,
                    None => why(&record, owner.as_ref(), &world).await,
                };
                if !record.is_open() {
                    // It ended well before the Workflow did: there is nothing to tell.
                    return Ok(Escalation { reason: reason.into(), channels: Vec::new() });
                }
                let story = story::of_record(record.name(), &record.spec, &record.status, reason).made_safe();
                run(&story, None, Some(record.spec.opened_at), args.app_id.or(config.github_app_id), &config, &world)
                    .await
            })?
        } else {
            let (world, config) = args.world.open_admitted(Self::NAME, needs.admission.as_ref())?;
            let now = ledger::now(desk, &world);
            let story = story::of_document(&needs, thread::excerpt(needs.classification.as_ref(), desk))?.made_safe();
            let budget = needs.admission.as_ref().is_some_and(|admission| admission.reason == AdmissionReason::Budget);
            ledger::block_on(async {
                if budget && !story.observe && !first_today(&needs, &world, now).await? {
                    return Ok(Escalation { reason: story.reason.into(), channels: Vec::new() });
                }
                run(
                    &story,
                    needs.escalation.as_ref(),
                    needs.opened_at,
                    args.app_id.or(config.github_app_id),
                    &config,
                    &world,
                )
                .await
            })?
        };
        let said = said(&told);
        let reason = told.reason.require("escalation.reason")?;
        Ok(Sections::new().set("escalation", &told).parameter("escalation_reason", reason).say(said))
    }
}

/// The record of this id, or the one that this Workflow owns: a Workflow that a person submitted has a name of its own.
async fn record_of(id: &str, owner: Option<&Owner>, ports: &impl Records) -> Result<Record, Cannot> {
    let named = ledger::find(ports, id).await?;
    let record = match (named, owner) {
        (None, Some(owner)) => ledger::of_owner(ports, owner).await?,
        (named, _) => named,
    };
    record.ok_or_else(|| {
        Cannot::refused(format!("there is no record {}; nobody was told", Untrusted::new(id).terminal()))
    })
}

/// Whether a person stopped it, with a command or with `argo stop`. What cannot be looked up is told as broken: louder.
async fn why(record: &Record, owner: Option<&Owner>, ports: &impl Workflows) -> EscalationReason {
    let shut_down = match owner {
        Some(owner) => ports.workflow_of(&owner.workflow).await.ok().flatten().is_some_and(|workflow| {
            let shutdown = workflow.spec.get("shutdown").and_then(|word| word.as_str());
            owner.uid.as_ref() == Some(&workflow.metadata.uid) && shutdown == Some("Stop")
        }),
        None => false,
    };
    if record.status.stopped_by.is_some() || shut_down {
        EscalationReason::Stopped
    } else {
        EscalationReason::WorkflowBroke
    }
}

fn said(told: &Escalation) -> String {
    let channels: Vec<String> =
        told.channels.iter().map(|one| format!("{} {}", one.channel.as_str(), one.receipt.as_str())).collect();
    let channels = if channels.is_empty() { "nobody had to be told".into() } else { channels.join(", ") };
    format!("{}: {channels}", told.reason.as_str())
}

/// The day's budget is told of once a day and repository.
async fn first_today(needs: &Needs, ports: &impl Counters, now: Timestamp) -> Result<bool, Cannot> {
    let (Some(id), Some(repository)) = (&needs.id, needs.repository.as_ref().and_then(|repository| repository.id))
    else {
        return Ok(true);
    };
    let counter = format!("healer-told-budget-{repository}-{}", now.strftime("%Y-%m-%d"));
    Ok(!matches!(ports.spend(&counter, id, 1).await.map_err(ledger::cannot)?, Spent::UsedUp(_)))
}

/// Tells the story on every channel it goes to. One channel down is no reason to leave out the others.
pub async fn run(
    story: &Story,
    earlier: Option<&Escalation>,
    opened_at: Option<Timestamp>,
    app_id: Option<u64>,
    config: &Config,
    ports: &(impl ReadGithub + CommentOnGithub + Channels + Records),
) -> Result<Escalation, Cannot> {
    let (owner, name) = story.repository.expose().split_once('/').unwrap_or_default();
    let of = Slug::new(owner, name);
    let mut receipts: Vec<ChannelReceipt> = Vec::new();
    let mut down: Vec<String> = Vec::new();
    let record = ledger::find(ports, &story.id).await;
    let messages = match &record {
        Ok(Some(record)) => record.status.messages.clone(),
        // People are told even when the record cannot be read.
        _ => Vec::new(),
    };
    for channel in channels_of(story, config)? {
        if story.observe {
            receipts.push(channels::receipt(channel, Receipt::Observed, None, None));
            continue;
        }
        let content = channels::content(channel, story, opened_at);
        let digest = channels::digest(&content);
        let earlier = earlier.and_then(|earlier| earlier.channels.iter().find(|one| one.channel == channel));
        // Where the record lost the message's id, the document may know it.
        let of_document = earlier.and_then(|earlier| earlier.message_id.clone());
        let of_document = of_document.map(|id| MessageRef { channel: channel.into(), id, content: None });
        let message = messages.iter().find(|message| message.channel == channel).or(of_document.as_ref());
        let before = Before { id: &story.id, message, app_id };
        let said_already = message.is_some_and(|message| message.content.as_ref() == Some(&digest));
        let told = if said_already && channel != Channel::PullRequestComment {
            let id = message.map(|message| message.id.clone()).unwrap_or_default();
            Ok(Told { receipt: Receipt::Unchanged, id })
        } else {
            channels::tell(channel, &content, story, &of, &before, ports).await
        };
        receipts.push(match told {
            // What this document says of it already stays: a step run again changes nothing.
            Ok(told)
                if told.receipt == Receipt::Unchanged && earlier.is_some_and(|one| one.receipt != Receipt::Failed) =>
            {
                earlier.cloned().unwrap_or_else(|| channels::receipt(channel, told.receipt, Some(told.id), None))
            }
            Ok(told) => {
                thread::remember(ports, Escalate::NAME, &story.id, channel, &told.id, &digest).await;
                channels::receipt(channel, told.receipt, Some(told.id), None)
            }
            Err(error) => {
                let why = failed(&error);
                down.push(format!("{channel}: {why}"));
                channels::receipt(channel, Receipt::Failed, None, Some(why))
            }
        });
    }
    if !receipts.is_empty() && down.len() == receipts.len() {
        return Err(Cannot::not_yet(format!("nobody could be told: {}; run escalate again", down.join("; "))));
    }
    Ok(Escalation { reason: story.reason.into(), channels: receipts })
}

/// Why a channel is down. The folder of a recorded world does not belong into a document.
fn failed(error: &PortError) -> String {
    match error {
        PortError::Missing { call, .. } => format!("{call}: the recorded world has no answer"),
        error => error.to_string(),
    }
}

/// The channels it goes to, in the configuration's order.
fn channels_of(story: &Story, config: &Config) -> Result<Vec<Channel>, Cannot> {
    let loudness = reasons::of(story.reason).loudness;
    let set = &config.channels;
    let comment = set.pull_request_comment && story.pull_request.is_some();
    // Where there is no pull request to comment on, an issue; never for an alert, which is nobody's business in public.
    let issue = set.issue || (story.pull_request.is_none() && !story.security);
    let all = [
        (Channel::PullRequestComment, comment, Loudness::Comment),
        (Channel::Discord, set.discord.is_some(), Loudness::Chat),
        (Channel::Slack, set.slack.is_some(), Loudness::Chat),
        (Channel::Pagerduty, set.pagerduty.is_some(), Loudness::Page),
        (Channel::Issue, issue, Loudness::Chat),
    ];
    let chosen: BTreeSet<Channel> =
        all.iter().filter(|(_, on, from)| *on && loudness >= *from).map(|(channel, ..)| *channel).collect();
    if chosen.is_empty() && loudness > Loudness::Comment {
        return Err(Cannot::misconfigured(format!(
            "{} must be told to people, and healer.yaml has no channel for it: set channels.discord, slack, pagerduty or issue",
            story.id
        )));
    }
    Ok(all.iter().map(|(channel, ..)| *channel).filter(|channel| chosen.contains(channel)).collect())
}

#[cfg(test)]
mod tests;

//! `announce`: from the start one comment on the pull request says what is going on, and is edited in place to its end
//! (design section 6). Where there is no pull request it is a check run on the commit that failed.
//!
//! [`stand`] says where the remediation stands, as a table; `escalate` says in the same comment what people are called
//! for. It never fails a remediation: what GitHub refuses is written down, what it cannot do now is "not yet".

mod say;
mod stand;

use config::Config;
use ledger::{OwnerArgs, Record, WorldArgs};
use remediation::record::MessageRef;
use remediation::{
    Admission, Announcement, Attempt, Channel, ChannelReceipt, Claim, Classification, CodeRunRef, Failure, Mode,
    NotSpawned, Open, Outcome, Receipt, Repository, Rerun, Stage, Subject, SubjectKind,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use step::{Cannot, Desk, Parameter, Sections, Step, Values, words};
use text::Untrusted;
use thread::{Before, Told};
use world::github::Slug;
use world::{CommentOnGithub, PortError, ReadGithub, Records};

use stand::Stand;

/// The step.
pub struct Announce;

/// Flags of `announce`.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    world: WorldArgs,
    #[command(flatten)]
    owner: OwnerArgs,
    /// Nothing was spawned, for this reason: it ends here
    #[arg(long, value_name = "REASON")]
    not_spawned: Option<NotSpawned>,
    /// The id of Healer's own GitHub App: only its comments and check runs are edited [default: github_app_id of healer.yaml]
    #[arg(long, value_name = "ID", env = "HEALER_GITHUB_APP_ID")]
    app_id: Option<u64>,
}

/// What it reads of the document.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)]
pub struct Needs {
    pub id: String,
    pub repository: Option<Repository>,
    pub subject: Subject,
    pub attempt: Option<Attempt>,
    pub admission: Option<Admission>,
    pub failure: Option<Failure>,
    pub classification: Option<Classification>,
    pub claim: Option<Claim>,
    pub coderun: Option<CodeRunRef>,
    pub rerun: Option<Rerun>,
    pub outcome: Option<Outcome>,
    #[serde(default)]
    pub attempts: Vec<Box<RawValue>>,
    pub announcement: Option<Announcement>,
}

impl Step for Announce {
    const NAME: &'static str = "announce";
    const ABOUT: &'static str = "Says on the pull request what is going on, in one comment that is edited in place";
    const EXAMPLES: &'static str = "announce --in remediation.json --world tests/worlds/widgets\n\
        announce --not-spawned switch_off < remediation.json";
    const OWNS: &'static [&'static str] = &["announcement"];
    const PARAMETERS: &'static [Parameter] = &[Parameter { name: "announced", values: Values::Words(words::<Stage>) }];
    type Args = Args;
    type Needs = Needs;

    fn run(args: &Args, needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let (world, config) = args.world.open_admitted(Self::NAME, needs.admission.as_ref())?;
        let stand = stand::of(&needs, args.not_spawned.and_then(|word| word.0))?;
        let excerpt = thread::excerpt(needs.classification.as_ref(), desk);
        let announcement = ledger::block_on(announce(&needs, &stand, excerpt, args, &config, &world))?;
        let channels = announcement.channels.iter();
        let channels: Vec<String> =
            channels.map(|one| format!("{} {}", one.channel.as_str(), one.receipt.as_str())).collect();
        let said = if channels.is_empty() { "nothing is said of it".into() } else { channels.join(", ") };
        Ok(Sections::new()
            .parameter("announced", stand.stage)
            .say(format!("{}: {said}", stand.stage))
            .set("announcement", &announcement))
    }
}

/// Says where it stands, on every channel that is its own.
pub async fn announce(
    needs: &Needs,
    stand: &Stand,
    excerpt: Option<Untrusted>,
    args: &Args,
    config: &Config,
    ports: &(impl Records + ReadGithub + CommentOnGithub),
) -> Result<Announcement, Cannot> {
    let mut announcement = Announcement { stage: stand.stage.into(), channels: Vec::new() };
    // Of an alert nothing is said in public; by hand there may be nobody to say it to.
    let security = needs.subject.kind == SubjectKind::SecurityAlert;
    let Some(repository) = needs.repository.as_ref().filter(|_| !security) else { return Ok(announcement) };
    let observes = needs.admission.as_ref().is_some_and(|admission| admission.mode == Mode::Observe);
    let record = if observes { None } else { ledger::find(ports, &needs.id).await? };
    let owner = args.owner.owner(&config.namespace);
    if !observes && is_past(needs, stand, record.as_ref(), owner.as_ref()) {
        return Ok(needs.announcement.clone().unwrap_or(announcement));
    }
    let place = Place::of(needs, record.as_ref());
    let message = say::message(needs, stand, excerpt, record.as_ref(), config);
    let of = ledger::slug(repository);
    for channel in place.channels(stand, config) {
        let earlier = needs.announcement.iter().flat_map(|before| &before.channels).find(|one| one.channel == channel);
        let known = known(record.as_ref(), channel, earlier);
        if stand.only_edits && known.is_none() {
            continue;
        }
        let told = if observes {
            ChannelReceipt {
                channel: channel.into(),
                receipt: Receipt::Observed.into(),
                message_id: None,
                because: None,
            }
        } else {
            let before =
                Before { id: &needs.id, message: known.as_ref(), app_id: args.app_id.or(config.github_app_id) };
            receipt(channel, tell(channel, &message, &place, &of, &before, ports).await, earlier)?
        };
        if let Some(id) = told.message_id.as_ref().filter(|_| !observes) {
            let digest = thread::digest(&message.markdown);
            let kept = known.is_some_and(|known| known.id == *id && known.content.as_ref() == Some(&digest));
            if !kept {
                thread::remember(ports, Announce::NAME, &needs.id, channel, id, &digest).await;
            }
        }
        announcement.channels.push(told);
    }
    Ok(announcement)
}

/// Whether others have written what is newer: the remediation went on, ended, or is another run's.
fn is_past(needs: &Needs, stand: &Stand, record: Option<&Record>, owner: Option<&remediation::record::Owner>) -> bool {
    let Some(record) = record else { return false };
    let status = &record.status;
    if stand.only_edits {
        return !ledger::same(status.owner.as_ref(), owner);
    }
    let later = |of: &Attempt, than: &Attempt| (of.round, of.number) > (than.round, than.number);
    let went_on = status.attempt.as_ref().zip(needs.attempt.as_ref()).is_some_and(|(of, than)| later(of, than));
    went_on || (!record.is_open() && stand.stage != Stage::Concluded && !stand.escalates)
}

/// Where on GitHub it is said.
struct Place {
    pull_request: Option<u64>,
    head_sha: Option<String>,
}

impl Place {
    fn of(needs: &Needs, record: Option<&Record>) -> Self {
        let spec = record.map(|record| &record.spec);
        Self {
            pull_request: needs.subject.pull_request.or(spec.and_then(|spec| spec.pull_request)),
            head_sha: needs.subject.head_sha.clone().or(spec.and_then(|spec| spec.head_sha.clone())),
        }
    }

    /// The comment, unless `escalate` says it there; the check run where there is no pull request, or it is wished for.
    fn channels(&self, stand: &Stand, config: &Config) -> Vec<Channel> {
        let has_pull_request = self.pull_request.is_some();
        let comment = has_pull_request && config.channels.pull_request_comment && !stand.escalates;
        let check_run = self.head_sha.is_some() && (config.channels.check_run || !has_pull_request);
        [(Channel::PullRequestComment, comment), (Channel::CheckRun, check_run)]
            .into_iter()
            .filter_map(|(channel, on)| on.then_some(channel))
            .collect()
    }
}

/// The message of before, as the record knows it, or the document where the record lost it.
fn known(record: Option<&Record>, channel: Channel, earlier: Option<&ChannelReceipt>) -> Option<MessageRef> {
    let of_record = record.iter().flat_map(|record| &record.status.messages).find(|one| one.channel == channel);
    let of_document = earlier.and_then(|earlier| earlier.message_id.clone());
    of_record.cloned().or_else(|| of_document.map(|id| MessageRef { channel: channel.into(), id, content: None }))
}

async fn tell(
    channel: Channel,
    message: &say::Message,
    place: &Place,
    of: &Slug,
    before: &Before<'_>,
    ports: &(impl ReadGithub + CommentOnGithub),
) -> Result<Told, PortError> {
    if channel == Channel::CheckRun {
        let head_sha = place.head_sha.as_deref().unwrap_or_default();
        return thread::check_run(&message.check_run, of, head_sha, before, ports).await;
    }
    thread::comment(&message.markdown, of, place.pull_request.unwrap_or_default(), before, ports).await
}

/// What became of it. What GitHub cannot do now is tried again; what it refuses is said and stops nothing.
fn receipt(
    channel: Channel,
    told: Result<Told, PortError>,
    earlier: Option<&ChannelReceipt>,
) -> Result<ChannelReceipt, Cannot> {
    let channel = Open::from(channel);
    Ok(match told {
        // What this document says of it already stays: a step run again changes nothing.
        Ok(told) if told.receipt == Receipt::Unchanged && earlier.is_some_and(|one| one.receipt != Receipt::Failed) => {
            let receipt = told.receipt.into();
            earlier.cloned().unwrap_or(ChannelReceipt { channel, receipt, message_id: Some(told.id), because: None })
        }
        Ok(told) => ChannelReceipt { channel, receipt: told.receipt.into(), message_id: Some(told.id), because: None },
        Err(error) if error.is_later() => return Err(ledger::cannot(error)),
        Err(error) => {
            let because = match error {
                // The folder of a recorded world does not belong into a document.
                PortError::Missing { call, .. } => format!("{call}: the recorded world has no answer"),
                error => error.to_string(),
            };
            ChannelReceipt { channel, receipt: Receipt::Failed.into(), message_id: None, because: Some(because) }
        }
    })
}

//! Who asks for what, looked up on GitHub by id: the comment and its author, the permission, the place it is about.

use door::Asked;
use ledger::found;
use remediation::{Actor, ResolutionReason as Reason, command, record};
use step::Cannot;
use text::Untrusted;
use world::github::{OpenClosed, Pull};

use crate::Outcome;
use crate::resolve::{Event, Ports};

/// What a person asks, who may.
pub(crate) struct Wish {
    /// One of [`command::COMMANDS`].
    pub(crate) command: &'static str,
    /// The start of the commit that an `approve` names.
    pub(crate) sha: Option<String>,
    /// Who.
    pub(crate) actor: Actor,
    /// Where.
    pub(crate) place: Place,
}

/// What it is about.
pub(crate) struct Place {
    /// The commit.
    pub(crate) sha: String,
    /// Its branch.
    pub(crate) branch: Option<Untrusted>,
    /// What all remediations of the branch share.
    pub(crate) branch_key: Option<String>,
    /// The pull request.
    pub(crate) pull: Option<u64>,
    /// Who opened it.
    pub(crate) author: Option<u64>,
    /// Whether it is still open; a branch without one is.
    pub(crate) open: bool,
}

impl Wish {
    /// For the event of what it makes.
    pub(crate) fn asked(&self, door: &str) -> Asked {
        Asked { actor: self.actor.clone(), command: self.command, door: door.to_owned() }
    }
}

impl<P: Ports> Event<'_, P> {
    /// A comment: its text and author are GitHub's, not the event's.
    pub(crate) async fn comment(&self) -> Result<Outcome, Cannot> {
        let Some(number) = self.subject.pull_request else {
            return Ok(Outcome::no(Reason::NoPullRequest, "document:subject.pull_request"));
        };
        let (Some(id), Some(actor)) = (self.subject.comment_id, &self.subject.actor) else {
            return Ok(Outcome::no(Reason::NoCommand, "document:subject.comment_id"));
        };
        // Whoever edits a comment sends the event, and somebody else may have written what stands there.
        if self.subject.action.as_deref().is_some_and(|action| action != "created") {
            return Ok(Outcome::no(Reason::NotTheAuthor, "document:subject.action"));
        }
        let at = format!("github:comments/{id}");
        let Some(comment) = found(self.ports.comment(&self.of, id).await)? else {
            return Ok(Outcome::no(Reason::Gone, at));
        };
        let Some((command, sha)) = command::parse(comment.body.expose()) else {
            return Ok(Outcome::no(Reason::NoCommand, at));
        };
        if comment.user.is_none_or(|user| user.id != actor.id) {
            return Ok(Outcome::no(Reason::NotTheAuthor, at));
        }
        if let Some(no) = self.refuses(actor).await? {
            return Ok(no);
        }
        let Some(pull) = found(self.ports.pull(&self.of, number).await)? else {
            return Ok(Outcome::no(Reason::Gone, format!("github:pulls/{number}")));
        };
        self.obey(Wish { command, sha, actor: actor.clone(), place: Place::of(&pull) }).await
    }

    /// A pressed button of a check of ours.
    pub(crate) async fn button(&self) -> Result<Outcome, Cannot> {
        let word = self.subject.command.as_deref();
        let command = command::COMMANDS.iter().copied().find(|known| Some(*known) == word);
        let (Some(command), Some(check), Some(actor)) = (command, self.subject.check_id, &self.subject.actor) else {
            return Ok(Outcome::no(Reason::NoCommand, "document:subject.command"));
        };
        let at = format!("github:check-runs/{check}");
        let Some(check) = found(self.ports.check_run(&self.of, check).await)? else {
            return Ok(Outcome::no(Reason::Gone, at));
        };
        if let Some(no) = self.refuses(actor).await? {
            return Ok(no);
        }
        let pull = match self.subject.pull_request {
            Some(number) => found(self.ports.pull(&self.of, number).await)?,
            None => None,
        };
        let place = match pull {
            Some(pull) => Place::of(&pull),
            None => {
                let branch = self.branch_of(&check.head_sha).await?;
                let branch_key = branch.as_ref().map(|branch| record::branch_key(self.repository.id, branch));
                Place { sha: check.head_sha, branch, branch_key, pull: None, author: None, open: true }
            }
        };
        self.obey(Wish { command, sha: None, actor: actor.clone(), place }).await
    }

    /// Why this one may not ask. The id decides; whom GitHub knows by that login must have it. A look-up that fails is an
    /// error, never a "yes".
    async fn refuses(&self, actor: &Actor) -> Result<Option<Outcome>, Cannot> {
        let at = "github:permission";
        if self.config.agents.by_bot_user_id(actor.id).is_some() {
            return Ok(Some(Outcome::no(Reason::BotActor, at)));
        }
        let Some(login) = &actor.login else { return Ok(Some(Outcome::no(Reason::ActorNotPermitted, at))) };
        let Some(may) = found(self.ports.permission(&self.of, login).await)? else {
            return Ok(Some(Outcome::no(Reason::ActorNotPermitted, at)));
        };
        let Some(user) = may.user.filter(|user| user.id == actor.id) else {
            return Ok(Some(Outcome::no(Reason::ActorNotPermitted, at)));
        };
        if user.kind == "Bot" || actor.r#type.as_deref() == Some("Bot") {
            return Ok(Some(Outcome::no(Reason::BotActor, at)));
        }
        Ok((!may.permission.may_write()).then(|| Outcome::no(Reason::ActorNotPermitted, at)))
    }
}

impl Place {
    fn of(pull: &Pull) -> Self {
        let head = pull.head.repo.map(|repo| repo.id);
        Self {
            sha: pull.head.sha.clone(),
            branch: Some(pull.head.branch.clone()),
            branch_key: head.map(|head| record::branch_key(head, &pull.head.branch)),
            pull: Some(pull.number),
            author: pull.user.as_ref().map(|user| user.id),
            open: pull.state == OpenClosed::Open,
        }
    }
}

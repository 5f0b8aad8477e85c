//! Red checks and commit statuses of other CI services: what GitHub says about them now.

use ledger::cannot;
use step::Cannot;
use world::github::{Conclusion, StatusState};

use crate::facts::Seen;
use crate::looks::{Looks, Ports, failed, found};

/// How a check or status stands on a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    Red,
    Green,
    Open,
    Absent,
}

impl<P: Ports> Looks<'_, P> {
    /// Confirms the event: the same check or status is red on the commit, and still is.
    pub(crate) async fn status(&mut self) -> Result<(), Cannot> {
        let subject = &self.needs.subject;
        self.facts.fork = subject.head_repository_id.is_some_and(|id| Some(id) != self.repository_id);
        let Some(sha) = &subject.head_sha else {
            self.facts.event = Seen::Contradicted;
            return Ok(());
        };
        match self.stands(sha).await? {
            Stands::Red => {}
            Stands::Green => self.facts.green = true,
            Stands::Open => self.facts.event = Seen::Contradicted,
            Stands::Absent => self.facts.event = Seen::Gone,
        }
        Ok(())
    }

    /// How the subject's check or status stands on a commit: by its context, or as a check by name, newest first.
    pub(crate) async fn stands(&self, sha: &str) -> Result<Stands, Cannot> {
        let slug = self.slug()?;
        let event = self.needs.origin.as_ref().map_or("", |origin| origin.event.as_str());
        if event == "check_suite" {
            let suites = self.ports.check_suites(&slug, sha).await.map_err(cannot)?;
            let own = suites.items.into_iter().find(|suite| Some(suite.id) == self.needs.subject.check_id);
            return Ok(own.map_or(Stands::Absent, |suite| ended(suite.conclusion)));
        }
        let Some(context) = &self.needs.subject.context else { return Ok(Stands::Absent) };
        if event == "check_run" {
            let runs = self.ports.check_runs(&slug, sha).await.map_err(cannot)?;
            let own = runs.items.into_iter().filter(|run| run.name == *context).max_by_key(|run| run.id);
            return Ok(own.map_or(Stands::Absent, |run| ended(run.conclusion)));
        }
        let Some(all) = found(self.ports.combined_status(&slug, sha).await)? else { return Ok(Stands::Absent) };
        let own = all.statuses.into_iter().find(|status| status.context == *context);
        Ok(own.map_or(Stands::Absent, |status| match status.state {
            StatusState::Error | StatusState::Failure => Stands::Red,
            StatusState::Success => Stands::Green,
            StatusState::Pending | StatusState::Unknown => Stands::Open,
        }))
    }
}

fn ended(conclusion: Option<Conclusion>) -> Stands {
    match conclusion {
        red if failed(red) => Stands::Red,
        Some(Conclusion::Success) => Stands::Green,
        _ => Stands::Open,
    }
}

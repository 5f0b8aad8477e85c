//! The thread of a remediation: what `announce` and `escalate` say on GitHub, in one comment (or check run) that is found
//! again and edited in place. A marker counts only in what our own App wrote (design section 7).

mod check_run;
mod comment;
mod excerpt;
mod linked;
mod matter;
mod memory;

pub use check_run::{CheckRunPage, check_run};
pub use comment::{Before, comment, is_ours, marker, same};
pub use excerpt::excerpt;
pub use linked::{LINKED_ADVICE, LINKED_HEADLINE, linked};
pub use matter::{Matter, facts, facts_of_record, redacted, tried};
pub use memory::{digest, remember};

/// What became of a message, and where it is.
#[derive(Debug, Clone)]
pub struct Told {
    /// What became of it.
    pub receipt: remediation::Receipt,
    /// The message's id.
    pub id: String,
}

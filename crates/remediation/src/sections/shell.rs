//! What the shell writes, and what every decision says.

use jiff::Timestamp;

sections! {
    /// A decision's reason: the rule, and the place that decided.
    Because {
        /// The rule's name, as the code and the docs spell it.
        rule: String,
        /// Where: `job_log:212`, `github:runs/77`, `record:status.owner`.
        at: String,
    }

    /// Bulk beside the document.
    Attachment {
        /// The file's name in the attachments folder; never a path.
        file: String,
        /// Size as it lies there.
        size_bytes: u64,
        /// Bytes left out of the middle; 0 when whole.
        dropped_bytes: u64,
        /// Digest as it lies there, 64 hexadecimal digits.
        sha256: String,
        /// Whether we wrote every word of it ourselves.
        trusted: bool,
    }

    /// A step could not do its work.
    Fault {
        /// The step.
        step: String,
        /// Its exit code (design section 2).
        exit_code: u8,
        /// What, where, what to do.
        sentence: String,
    }

    /// One step's entry in the trail. Written by the shell; the only part that may differ between two same runs.
    TrailEntry {
        /// The step.
        step: String,
        /// Its version.
        version: String,
        /// When it ended.
        at: Timestamp,
        /// How long it took.
        took_ms: u64,
        /// It was not this step's case, and it passed the document on.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        passed_on: bool,
    }
}

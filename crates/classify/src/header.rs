//! A step's header: what the runner prints of a step before the step's own output.

use crate::lines::Line;

/// The lines of a step's header that may turn out to be output.
#[derive(Default)]
pub struct OpenHeader {
    /// Number, size in bytes and text of each.
    pub lines: Vec<(u64, u64, Vec<u8>)>,
    bytes: usize,
}

impl OpenHeader {
    /// No header is longer.
    const MOST_BYTES: usize = 64 * 1024;

    /// Whether no header would be so long.
    pub fn is_full(&self) -> bool {
        self.bytes >= Self::MOST_BYTES
    }

    /// Keeps a line for as long as the header is open.
    pub fn hold(&mut self, line: &Line<'_>, cleaned: &[u8]) {
        // Above it stands the script, which is no output.
        if cleaned.starts_with(b"shell: ") {
            *self = Self::default();
        } else {
            self.bytes += line.text.len() + size_of::<(u64, u64, Vec<u8>)>();
            self.lines.push((line.number, line.size_bytes, line.text.to_vec()));
        }
    }
}

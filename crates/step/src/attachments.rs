//! Bulk beside the document: one folder, plain names, sizes and digests that are verified when read.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use remediation::{Attachment, names};
use sha2::{Digest, Sha256};

use crate::Cannot;
use crate::files::{self, Doing, Pending};

/// The largest attachment; of more, the head and the tail are kept.
pub const ATTACHMENT_BYTES: u64 = 64 * 1024 * 1024;

/// Room for the line that says what was left out.
const MARKER_BYTES: u64 = 128;

fn marker(dropped: u64) -> String {
    format!("\n[healer: {dropped} bytes left out here]\n")
}

/// The attachments of one document.
pub(crate) struct Attachments {
    pub(crate) directory: PathBuf,
    pub(crate) known: BTreeMap<String, Attachment>,
}

impl Attachments {
    /// The bytes of an attachment, if its name is plain and its digest is what the document says.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>, Cannot> {
        let Some(attachment) = self.known.get(name) else {
            return Err(Cannot::refused(format!(
                "the document has no attachment `{name}`; run the step that makes it first"
            )));
        };
        if !is_plain(&attachment.file) {
            return Err(Cannot::refused(format!(
                "the attachment `{name}` names no plain file in the attachments folder; the document was tampered with"
            )));
        }
        let path = self.directory.join(&attachment.file);
        let unreadable = |error: &dyn Display| {
            let path = path.display();
            Cannot::refused(format!("cannot read the attachment `{name}` at {path}: {error}; is --attachments right?"))
        };
        // A link could lead out of the folder, and a pipe would wait for ever.
        let there = fs::symlink_metadata(&path).map_err(|error| unreadable(&error))?;
        if !there.is_file() {
            return Err(unreadable(&"it is no regular file"));
        }
        let file = File::open(&path).map_err(|error| unreadable(&error))?;
        let mut bytes = Vec::with_capacity(usize::try_from(there.len().min(ATTACHMENT_BYTES)).unwrap_or_default() + 1);
        file.take(ATTACHMENT_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| files::failed(Doing::Read, &path, error))?;
        if names::sha256(&bytes) != attachment.sha256 {
            return Err(Cannot::refused(format!(
                "the attachment `{name}` at {} is not what the document says: its digest differs; fetch it again",
                path.display()
            )));
        }
        Ok(bytes)
    }

    pub(crate) fn create(&self, name: &str, file: &str, trusted: bool) -> Result<AttachmentWriter, Cannot> {
        if !is_plain(file) {
            return Err(Cannot::bug(format!("the attachment `{name}` would not be a plain file")));
        }
        files::make_directory(&self.directory)?;
        let path = self.directory.join(file);
        Ok(AttachmentWriter {
            name: name.to_owned(),
            file: file.to_owned(),
            trusted,
            pending: Pending::create(&path)?,
            path,
            digest: Sha256::new(),
            written: 0,
            tail: VecDeque::new(),
            dropped: 0,
            half: (ATTACHMENT_BYTES - MARKER_BYTES) / 2,
        })
    }
}

/// A name in the folder, and no path out of it.
fn is_plain(file: &str) -> bool {
    !file.is_empty()
        && file.len() <= 128
        && !file.starts_with('.')
        && file.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// A finished attachment that waits for its final name until the document that names it is written.
pub(crate) struct Kept {
    pub(crate) name: String,
    pub(crate) attachment: Attachment,
    pub(crate) pending: Pending,
}

impl Kept {
    /// Gives it its name, unless a step that ran before left the same there: a file system that lets one file take the place
    /// of another writes it to the disk at once.
    pub(crate) fn place(self) -> Result<(), Cannot> {
        if self.is_there() { Ok(()) } else { self.pending.keep() }
    }

    fn is_there(&self) -> bool {
        let path = self.pending.last();
        fs::symlink_metadata(path).is_ok_and(|there| there.is_file() && there.len() == self.attachment.size_bytes)
            && fs::read(path).is_ok_and(|bytes| names::sha256(&bytes) == self.attachment.sha256)
    }
}

/// Writes one attachment, whole or not at all. Give it to [`crate::Desk::keep`] when everything is in.
pub struct AttachmentWriter {
    name: String,
    file: String,
    trusted: bool,
    pending: Pending,
    path: PathBuf,
    digest: Sha256,
    written: u64,
    tail: VecDeque<u8>,
    dropped: u64,
    half: u64,
}

impl AttachmentWriter {
    /// The whole file, still without its final name.
    pub(crate) fn finish(mut self) -> Result<Kept, Cannot> {
        let marker = match self.dropped {
            0 => String::new(),
            dropped => marker(dropped),
        };
        let tail = std::mem::take(&mut self.tail);
        let (first, second) = tail.as_slices();
        for bytes in [marker.as_bytes(), first, second] {
            self.put(bytes).map_err(|error| files::failed(Doing::Write, &self.path, error))?;
        }
        let attachment = Attachment {
            file: self.file,
            size_bytes: self.written,
            dropped_bytes: self.dropped,
            sha256: names::hex(&self.digest.finalize()),
            trusted: self.trusted,
        };
        Ok(Kept { name: self.name, attachment, pending: self.pending })
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pending.file.write_all(bytes)?;
        self.digest.update(bytes);
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Where it will lie.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Write for AttachmentWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = usize::try_from(self.half.saturating_sub(self.written)).unwrap_or(usize::MAX).min(bytes.len());
        let (head, rest) = bytes.split_at(room);
        self.put(head)?;
        // Room is made before it is taken, so that the tail never holds more than its half.
        let half = usize::try_from(self.half).unwrap_or(usize::MAX);
        let skipped = rest.len().saturating_sub(half);
        let over = (self.tail.len() + rest.len() - skipped).saturating_sub(half);
        self.tail.drain(..over);
        if self.tail.capacity() == 0 && !rest.is_empty() {
            self.tail.reserve_exact(half);
        }
        self.tail.extend(&rest[skipped..]);
        self.dropped += (over + skipped) as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_and_tail_are_kept_and_the_cut_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let attachments = Attachments { directory: folder.path().to_owned(), known: BTreeMap::new() };
        let mut writer = attachments.create("job_log", "job_log.txt", false).unwrap();
        writer.half = 4;
        writer.write_all(b"abcdefghijkl").unwrap();
        let Kept { name, attachment, pending } = writer.finish().unwrap();
        pending.keep().unwrap();
        assert_eq!(attachment.dropped_bytes, 4);
        let text = std::fs::read_to_string(folder.path().join("job_log.txt")).unwrap();
        assert_eq!(text, "abcd\n[healer: 4 bytes left out here]\nijkl");
        let attachments = Attachments { known: BTreeMap::from([(name, attachment)]), ..attachments };
        assert_eq!(attachments.read("job_log").unwrap(), text.as_bytes());
    }

    #[test]
    fn with_its_marker_an_attachment_is_at_most_64_mib_and_a_whole_one_is_not_cut() {
        let folder = tempfile::tempdir().unwrap();
        let attachments = Attachments { directory: folder.path().to_owned(), known: BTreeMap::new() };
        let writer = attachments.create("job_log", "job_log.txt", false).unwrap();
        assert!(2 * writer.half + marker(u64::MAX).len() as u64 <= 64 * 1024 * 1024);
        for (text, dropped) in [(&b"abcdefgh"[..], 0), (b"abcdefghi", 1)] {
            // Byte by byte, as the smallest reads of a stream.
            let mut writer = attachments.create("job_log", "job_log.txt", false).unwrap();
            writer.half = 4;
            text.iter().for_each(|byte| writer.write_all(&[*byte]).unwrap());
            assert_eq!(writer.finish().unwrap().attachment.dropped_bytes, dropped);
        }
    }

    #[test]
    fn a_changed_file_and_a_path_out_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut attachments = Attachments { directory: folder.path().to_owned(), known: BTreeMap::new() };
        let mut writer = attachments.create("prompt", "prompt.md", false).unwrap();
        writer.write_all(b"hello").unwrap();
        let Kept { name, attachment, pending } = writer.finish().unwrap();
        pending.keep().unwrap();
        std::fs::write(folder.path().join("prompt.md"), "hellO").unwrap();
        attachments.known.insert(name, attachment.clone());
        assert!(attachments.read("prompt").unwrap_err().sentence.contains("digest"));
        attachments.known.insert("evil".into(), Attachment { file: "../../etc/passwd".into(), ..attachment });
        assert_eq!(attachments.read("evil").unwrap_err().code, crate::Code::Refused);
    }
}

//! The lines of the log that say why.

use jiff::Timestamp;
use remediation::Classification;
use step::Desk;
use text::Untrusted;

/// The lines that explain the failure; none when the attachment is not at hand, for that is no reason not to tell.
pub fn excerpt(classification: Option<&Classification>, desk: &Desk) -> Option<Untrusted> {
    let excerpt = classification?.excerpt.as_ref()?;
    let bytes = desk.attachment(&excerpt.attachment).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let wanted = |line: u64| excerpt.lines.iter().any(|[first, last]| (*first..=*last).contains(&line));
    let lines: Vec<&str> =
        text.lines().zip(1_u64..).filter(|(_, at)| wanted(*at)).map(|(line, _)| without_time(line)).collect();
    Some(Untrusted::new(lines.join("\n"))).filter(|text| !text.is_empty())
}

/// The line without the instant that GitHub puts in front of it.
fn without_time(line: &str) -> &str {
    match line.split_once(' ') {
        Some((time, rest)) if time.parse::<Timestamp>().is_ok() => rest,
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_the_line_and_not_its_instant() {
        assert_eq!(without_time("2026-01-15T10:31:02.2580000Z error: no"), "error: no");
        assert_eq!(without_time("error: 2026-01-15T10:31:02Z"), "error: 2026-01-15T10:31:02Z");
        assert_eq!(without_time("2026-01-15T10:31:02.2580000Z     indented"), "    indented");
    }
}

//! The switch: one ConfigMap that stops everything (design section 4, safety.md 5.3).

use step::Cannot;
use world::kubernetes::Map;
use world::{Cluster, PortError};

use crate::cannot;

/// The ConfigMap.
pub const NAME: &str = "healer-switch";

/// What may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// Everything.
    On,
    /// Everything but effects.
    Observe,
    /// Nothing.
    Off,
}

impl Switch {
    fn parse(word: &str) -> Self {
        match word.trim() {
            "on" => Self::On,
            "observe" => Self::Observe,
            // `off`, and everything that is no word of ours: off is the safe reading.
            _ => Self::Off,
        }
    }

    /// What the ConfigMap says for a repository. `mode` is for all; off there is off everywhere. `mode.<owner>.<name>`,
    /// in lower case, is for one repository (an owner's name holds no dot, so the key is never ambiguous).
    pub fn read(data: &Map, owner: &str, name: &str) -> Self {
        let all = data.get("mode").map_or(Self::Off, |word| Self::parse(word));
        let own = format!("mode.{owner}.{name}").to_lowercase();
        match (all, data.get(&own)) {
            (Self::On | Self::Observe, Some(word)) => Self::parse(word),
            (all, _) => all,
        }
    }
}

/// Looks at the switch now. Missing and forbidden are off.
///
/// # Errors
/// A look-up that failed (5xx, time-out) decides nothing: 75.
pub async fn look(ports: &impl Cluster, owner: &str, name: &str) -> Result<Switch, Cannot> {
    match ports.config_map(NAME).await {
        Ok(Some(map)) => Ok(Switch::read(&map.data, owner, name)),
        Ok(None) | Err(PortError::Denied { .. }) => Ok(Switch::Off),
        Err(error) => Err(cannot(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_is_the_safe_reading() {
        let read = |pairs: &[(&str, &str)]| {
            let data = pairs.iter().map(|(key, word)| ((*key).to_owned(), (*word).to_owned())).collect();
            Switch::read(&data, "Acme", "widgets.rs")
        };
        assert_eq!(read(&[("mode", "on")]), Switch::On);
        assert_eq!(read(&[("mode", "observe\n")]), Switch::Observe);
        assert_eq!(read(&[]), Switch::Off);
        assert_eq!(read(&[("mode", "true")]), Switch::Off);
        assert_eq!(read(&[("mode", "On")]), Switch::Off);
        assert_eq!(read(&[("mode", "observe"), ("mode.acme.widgets.rs", "on")]), Switch::On);
        assert_eq!(read(&[("mode", "on"), ("mode.acme.widgets.rs", "yes")]), Switch::Off);
        assert_eq!(read(&[("mode", "on"), ("mode.acme.other", "off")]), Switch::On);
        assert_eq!(read(&[("mode", "off"), ("mode.acme.widgets.rs", "on")]), Switch::Off);
    }
}

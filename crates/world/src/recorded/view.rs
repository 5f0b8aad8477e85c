//! The recorded files, with what was written played over them.

use jiff::Timestamp;
use serde_json::Value;

use super::folder::{Folder, Lookup};
use super::written::{Entry, Set, Write};
use crate::wire::{Method, Request, Service};

/// What happened, in order.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Happening {
    /// This layer became active.
    Layer(usize),
    /// This entry of the log is a write.
    Write(usize),
}

/// The world at one moment.
pub(crate) struct View<'a> {
    pub folder: &'a Folder,
    pub entries: Vec<Entry>,
    pub timeline: Vec<Happening>,
    /// Active layers, in the order in which they became so.
    pub active: Vec<usize>,
    pub clock: Timestamp,
}

impl<'a> View<'a> {
    /// Plays the log over the files.
    pub(crate) fn new(folder: &'a Folder, entries: Vec<Entry>) -> Self {
        let mut view = Self { folder, entries, timeline: Vec::new(), active: Vec::new(), clock: folder.clock };
        let mut counts: Vec<Vec<u32>> = folder.layers.iter().map(|layer| vec![0; layer.conditions.len()]).collect();
        view.settle(&counts);
        for at in 0..view.entries.len() {
            match &view.entries[at] {
                Entry::Clock { at } => view.clock = *at,
                Entry::Fault { .. } => continue,
                Entry::Write(write) => {
                    for (layer, counts) in folder.layers.iter().zip(&mut counts) {
                        for (condition, count) in layer.conditions.iter().zip(counts) {
                            *count += u32::from(condition.counts(write.method, write.service, &write.path));
                        }
                    }
                    view.timeline.push(Happening::Write(at));
                }
            }
            view.settle(&counts);
        }
        view
    }

    /// Makes layers active until none is left whose conditions hold; one layer's clock may be another's condition.
    fn settle(&mut self, counts: &[Vec<u32>]) {
        while let Some(layer) = (0..counts.len()).find(|layer| {
            let Some(what) = self.folder.layers.get(*layer) else { return false };
            !self.active.contains(layer)
                && what.not_before.is_none_or(|instant| self.clock >= instant)
                && what.conditions.iter().zip(&counts[*layer]).all(|(condition, count)| *count >= condition.times)
        }) {
            self.active.push(layer);
            self.timeline.push(Happening::Layer(layer));
            self.clock = self.clock.max(self.folder.layers[layer].clock.unwrap_or(self.clock));
        }
    }

    /// The file that answers a request now.
    pub(crate) fn find(&self, request: &Request) -> Lookup {
        self.folder.find(self.folder.levels(&self.active), request)
    }

    /// A recorded file by service and path, as if it were read with GET.
    pub(crate) fn find_path(&self, service: Service, path: &str) -> Lookup {
        self.find(&get(service, path))
    }

    /// The writes to a service, oldest first.
    pub(crate) fn writes(&self, service: Service) -> impl DoubleEndedIterator<Item = &Write> {
        self.entries.iter().filter_map(move |entry| match entry {
            Entry::Write(write) if write.service == service => Some(write),
            _ => None,
        })
    }

    /// What writes to a service changed, oldest first.
    pub(crate) fn sets(&self, service: Service) -> impl DoubleEndedIterator<Item = &Set> {
        self.writes(service).flat_map(|write| &write.sets)
    }

    /// What was written last to a path.
    pub(crate) fn last_set(&self, service: Service, path: &str) -> Option<&Value> {
        self.sets(service).rev().find(|set| set.path == path).map(|set| &set.object)
    }

    /// A log line for a write that was accepted.
    pub(crate) fn entry(&self, request: &Request, status: u16, sets: Vec<Set>) -> Entry {
        let body = request.body.as_deref().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or(Value::Null);
        let Request { method, service, path, .. } = request.clone();
        Entry::Write(Write { at: self.clock, method, service, path, body, status, sets })
    }
}

/// A plain GET.
pub(crate) fn get(service: Service, path: &str) -> Request {
    Request {
        service,
        method: Method::Get,
        path: path.to_owned(),
        query: Vec::new(),
        accept: "",
        body: None,
        deadline: std::time::Duration::MAX,
    }
}

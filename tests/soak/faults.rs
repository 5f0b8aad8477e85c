//! What can go wrong: a table, and the order that a seed gives it.

/// One row.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// `kill -9` of a program of the lab, which is started again some seconds later.
    Program(&'static str),
    /// `kubectl delete pod` of one whose name holds this.
    Delete(Pods),
    /// The same as a lost node looks: the object is gone at once, the processes some time later.
    Lose(Pods),
    /// `kill -9` of everything in a pod's container, as the kernel does when memory runs out.
    Kill(Pods, &'static str),
    /// A container of `prepare` ends so when it is tried first.
    Inside(&'static str, End),
}

/// Namespace, and what the names hold.
pub type Pods = (&'static str, &'static str);

/// How a container ends.
#[derive(Debug, Clone, Copy)]
pub enum End {
    /// With this code.
    Exit(u8),
    /// Killed for taking more memory than it may.
    OutOfMemory,
}

/// Everything that the lab runs.
const PROGRAMS: &[&str] = &[
    "apiserver",
    "containerd",
    "etcd",
    "eventbus",
    "events-controller",
    "kubelet",
    "manager",
    "s3",
    "scheduler",
    "workflow-controller",
];

/// Whose process is killed where it runs.
const PROCESSES: &[(Pods, &str)] = &[
    (("healer", "ci-failed-sensor-"), "main"),
    (("healer", "github-eventsource-"), "main"),
    (("healer", "coderun-created-sensor-"), "main"),
    (("healer", "coderuns-eventsource-"), "main"),
    (("healer", "-prepare-"), "admit"),
    (("healer", "-prepare-"), "main"),
    (("healer", "-prepare-"), "wait"),
    (("healer", "-spawn-"), "main"),
    (("healer", "-spawn-"), "wait"),
    (("healer", "-coderun-"), "main"),
    (("healer", "-check-outcome-"), "main"),
    (("healer", "-announce-"), "main"),
    (("healer", "-conclude-"), "main"),
    (("cto", "-agent-"), "main"),
];

/// Every kind of pod.
const PODS: &[Pods] = &[
    ("healer", "ci-failed-sensor-"),
    ("healer", "github-eventsource-"),
    ("healer", "coderun-created-sensor-"),
    ("healer", "coderuns-eventsource-"),
    ("healer", "-prepare-"),
    ("healer", "-spawn-"),
    ("healer", "-coderun-"),
    ("healer", "-check-outcome-"),
    ("healer", "-announce-"),
    ("healer", "-conclude-"),
    ("healer", "sweep-"),
    ("cto", "-prepare-"),
    ("cto", "-agent-"),
    ("cto", "-report-"),
];

/// Those that act on the world, and so must not act twice when their node is lost.
const LOST: &[Pods] = &[("healer", "-prepare-"), ("healer", "-spawn-"), ("healer", "-conclude-"), ("cto", "-agent-")];

/// The containers of `prepare`.
pub const CONTAINERS: &[&str] =
    &["open-remediation", "admit", "fetch-failure", "classify", "claim", "gather-context", "render-prompt", "main"];

const ENDS: &[End] = &[End::Exit(1), End::Exit(75), End::Exit(77), End::OutOfMemory];

/// What `.ci/run` tries: one of each sort.
pub const FIXED: &[Fault] = &[
    Fault::Inside("admit", End::Exit(75)),
    Fault::Program("workflow-controller"),
    Fault::Delete(("healer", "-prepare-")),
    Fault::Program("apiserver"),
];

impl Fault {
    /// What it is called in the result.
    pub fn name(self) -> String {
        match self {
            Self::Program(name) => format!("kill -9 {name}"),
            Self::Delete((namespace, pods)) => format!("delete pod {namespace}/{pods}"),
            Self::Lose((namespace, pods)) => format!("lose pod {namespace}/{pods}"),
            Self::Kill((namespace, pods), container) => format!("kill -9 in {namespace}/{pods} {container}"),
            Self::Inside(container, End::Exit(code)) => format!("exit {code} in prepare {container}"),
            Self::Inside(container, End::OutOfMemory) => format!("out of memory in prepare {container}"),
        }
    }
}

/// The whole table.
fn table() -> Vec<Fault> {
    let inside = CONTAINERS.iter().flat_map(|container| ENDS.iter().map(|end| Fault::Inside(container, *end)));
    let programs = PROGRAMS.iter().map(|name| Fault::Program(name));
    let processes = PROCESSES.iter().map(|(pods, container)| Fault::Kill(*pods, container));
    let deleted = PODS.iter().map(|pods| Fault::Delete(*pods));
    let lost = LOST.iter().map(|pods| Fault::Lose(*pods));
    inside.chain(programs).chain(processes).chain(deleted).chain(lost).collect()
}

/// So many faults as the seed orders them; each row once before any comes again.
pub fn chosen(dice: &mut Dice, count: usize) -> Vec<Fault> {
    let mut all = Vec::new();
    while all.len() < count {
        let mut rows = table();
        while !rows.is_empty() && all.len() < count {
            all.push(rows.swap_remove(dice.below(rows.len())));
        }
    }
    all
}

/// Numbers that only the seed decides: SplitMix64 (Steele, Lea, Flood 2014).
pub struct Dice(pub u64);

impl Dice {
    /// A number below this one, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap_or_default()
    }
}

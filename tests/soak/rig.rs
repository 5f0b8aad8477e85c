//! What a soak changes in the cluster, and takes back: containers of `prepare` that end as planned, and a sweeper that comes
//! every minute, as in `overlays/polling`.

use serde_json::{Value, json};

use crate::faults::{CONTAINERS, End};
use crate::lab::{Told, holds, kubectl};

/// The changed templates; dropping it restores them.
pub struct Rig {
    /// Where `prepare` stands among the templates, and what it was.
    prepare: (usize, Value),
    /// The sweeper's schedules.
    schedules: Value,
}

/// How the container of this name ends in remediations of these branches.
pub type Plan = Vec<(&'static str, End, Vec<String>)>;

/// The sweeper's schedule while a soak runs.
pub const SWEEP: &str = "* * * * *";

/// What puts BusyBox into the volume that the containers share: the image has no shell.
const BUSYBOX: &str = "soak-busybox";

impl Rig {
    /// Changes what runs from now on.
    pub fn new(plan: &Plan) -> Told<Self> {
        let read = |what: &str| -> Told<Value> {
            let text = kubectl(&["-n", "healer", "get", what, "-o", "json"])?;
            serde_json::from_str(&text).map_err(|error| format!("{what}: {error}"))
        };
        let template = read("workflowtemplate/remediate-ci")?;
        let templates = template["spec"]["templates"].as_array().cloned().unwrap_or_default();
        let at = templates.iter().position(|one| one["name"] == "prepare").ok_or("there is no `prepare`")?;
        let prepare = templates[at].clone();
        holds(prepare["initContainers"].is_null(), "another soak's faults are there: run tests/cluster/up again")?;
        let names: Vec<&str> =
            prepare["containerSet"]["containers"].as_array().into_iter().flatten().filter_map(name).collect();
        holds(names == CONTAINERS, format!("`prepare` consists of {names:?}"))?;
        let schedules = read("cronworkflow/sweep")?["spec"]["schedules"].clone();
        let rig = Self { prepare: (at, prepare), schedules };
        rig.put(&rigged(&rig.prepare.1, plan), &json!([SWEEP]))?;
        Ok(rig)
    }

    fn put(&self, prepare: &Value, schedules: &Value) -> Told<()> {
        let path = format!("/spec/templates/{}", self.prepare.0);
        let patch = json!([
            {"op": "test", "path": format!("{path}/name"), "value": "prepare"},
            {"op": "replace", "path": path, "value": prepare},
        ]);
        let change = |kind, name, how, patch: &Value| {
            kubectl(&["-n", "healer", "patch", kind, name, "--type", how, "-p", &patch.to_string()])
        };
        change("workflowtemplate", "remediate-ci", "json", &patch)?;
        change("cronworkflow", "sweep", "merge", &json!({"spec": {"schedules": schedules}}))?;
        Ok(())
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        if let Err(sentence) = self.put(&self.prepare.1, &self.schedules) {
            eprintln!("the templates are not restored, run tests/cluster/up again: {sentence}");
        }
    }
}

fn name(container: &Value) -> Option<&str> {
    container["name"].as_str()
}

/// `prepare` with containers that look first whether it is their branch, and the first try.
fn rigged(prepare: &Value, plan: &Plan) -> Value {
    let mut rigged = prepare.clone();
    rigged["initContainers"] = json!([{
        "name": BUSYBOX,
        "image": "lab.local/busybox:1",
        "command": ["/bin/busybox", "cp", "/bin/busybox", "/work/busybox"],
        "volumeMounts": [{"name": "work", "mountPath": "/work"}],
        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
    }]);
    for container in rigged["containerSet"]["containers"].as_array_mut().into_iter().flatten() {
        let mut script = String::from("case {{workflow.parameters.branch_key}}-{{retries}} in\n");
        for (_, end, keys) in plan.iter().filter(|(of, ..)| name(container) == Some(of)) {
            let first: Vec<String> = keys.iter().map(|key| format!("{key}-0")).collect();
            let does = match end {
                End::Exit(code) => format!("exit {code}"),
                End::OutOfMemory => "exec /work/busybox tail /dev/zero".to_owned(),
            };
            script.push_str(&format!("{}) {does} ;;\n", first.join("|")));
        }
        script.push_str("esac\nexec \"$0\" \"$@\"\n");
        let own = container["command"].as_array().into_iter().chain(container["args"].as_array()).flatten().cloned();
        let args: Vec<Value> = [json!("sh"), json!("-c"), json!(script)].into_iter().chain(own).collect();
        container["command"] = json!(["/work/busybox"]);
        container["args"] = json!(args);
    }
    rigged
}

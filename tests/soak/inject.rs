//! How a fault is done to the lab from outside.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use serde_json::{Value, json};

use crate::faults::{Fault, Pods};
use crate::lab::{Told, github, kubectl, name_of, until};

/// How long a pod of the wanted kind is waited for before something else is struck.
const PATIENCE_SECONDS: u64 = 12;

/// Does it, and says what was hit. A program that was killed is back `down_seconds` later.
pub fn strike(fault: Fault, down_seconds: u64) -> Told<String> {
    match fault {
        Fault::Program(name) => kill_program(name, down_seconds),
        Fault::Delete(pods) => delete(pods, &["--wait=false"]),
        Fault::Lose(pods) => delete(pods, &["--wait=false", "--force", "--grace-period=0"]),
        Fault::Kill(pods, container) => kill_container(pods, container),
        Fault::Inside(..) => Err("a container's fault comes with its event".to_owned()),
    }
}

/// GitHub's deliveries go to the event source's pod, because the lab has no Services.
pub fn deliver_to_the_source() -> Told<()> {
    let pods = running(("healer", "github-eventsource-"))?;
    let address = pods.first().and_then(|pod| pod["status"]["podIP"].as_str()).ok_or("no event source runs")?;
    let url = format!("http://{address}:12000/github");
    github("webhook", &json!({"url": url, "secret": "lab-webhook-secret"})).map(|_| ())
}

fn delete(pods: Pods, flags: &[&str]) -> Told<String> {
    let pod = until(PATIENCE_SECONDS, "a pod", || Ok(running(pods)?.into_iter().next()))?;
    let name = name_of(&pod);
    kubectl(&[&["-n", pods.0, "delete", "pod", &name], flags].concat())?;
    Ok(name)
}

/// Pods of a kind whose containers may run, the newest last.
fn running((namespace, holds): Pods) -> Told<Vec<Value>> {
    let args = ["-n", namespace, "get", "pod", "--field-selector=status.phase=Running", "-o", "json"];
    let list: Value = serde_json::from_str(&kubectl(&args)?).map_err(|error| format!("pods: {error}"))?;
    let mut pods = list["items"].as_array().cloned().unwrap_or_default();
    pods.retain(|pod| name_of(pod).contains(holds) && pod["metadata"]["deletionTimestamp"].is_null());
    Ok(pods)
}

fn kill_container(pods: Pods, container: &str) -> Told<String> {
    until(PATIENCE_SECONDS, "a container that runs", || {
        for pod in running(pods)? {
            let statuses = pod["status"]["containerStatuses"].as_array().cloned().unwrap_or_default();
            let is = |status: &&Value| status["name"] == container && status["state"]["running"].is_object();
            let Some(id) = statuses.iter().find(is).and_then(|status| status["containerID"].as_str()) else { continue };
            let processes = processes_of(id.rsplit('/').next().unwrap_or(id));
            if !processes.is_empty() {
                kill(&processes)?;
                return Ok(Some(format!("{}, {} processes", name_of(&pod), processes.len())));
            }
        }
        Ok(None)
    })
}

/// The processes of a container, by its cgroup.
fn processes_of(container: &str) -> Vec<String> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let is_in = |pid: &String| fs::read_to_string(format!("/proc/{pid}/cgroup")).is_ok_and(|of| of.contains(container));
    let names = all.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())).filter(is_in).collect()
}

fn kill(processes: &[String]) -> Told<()> {
    let status = Command::new("kill").arg("-9").args(processes).stderr(Stdio::null()).status();
    status.map(|_| ()).map_err(|error| format!("kill: {error}"))
}

/// Kills a program of the lab, and starts it again as it was started: its own words, environment and priority.
fn kill_program(name: &str, down_seconds: u64) -> Told<String> {
    let lab = PathBuf::from(env::var_os("LAB").unwrap_or_else(|| "/tmp/healer-lab".into()));
    let file = lab.join(format!("run/{name}.pid"));
    let pid = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?.trim().to_owned();
    let said = |what: &str| fs::read(format!("/proc/{pid}/{what}")).map_err(|error| format!("{name}: {error}"));
    let words = |bytes: Vec<u8>| -> Vec<String> {
        let parts = bytes.split(|byte| *byte == 0).filter(|part| !part.is_empty());
        parts.map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    };
    let (command, environment, stat) = (words(said("cmdline")?), words(said("environ")?), said("stat")?);
    let environment: BTreeMap<&str, &str> = environment.iter().filter_map(|pair| pair.split_once('=')).collect();
    let stat = String::from_utf8_lossy(&stat).into_owned();
    // The 19th field; the second ends with the last bracket.
    let nice = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(16)).unwrap_or("0").to_owned();
    kill(std::slice::from_ref(&pid))?;
    let is_there = || fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    until(30, "its end", || Ok((!is_there()).then_some(())))?;
    thread::sleep(Duration::from_secs(down_seconds));
    let log = OpenOptions::new().append(true).open(lab.join("log").join(name));
    let log = log.map_err(|error| format!("{name}: {error}"))?;
    // As any supervisor would: whatever does not stay is started again.
    until(60, &format!("a {name} that stays"), || {
        let mut child = Command::new("setsid")
            .args(&command)
            .env_clear()
            .envs(&environment)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(|error| error.to_string())?)
            .stderr(log.try_clone().map_err(|error| error.to_string())?)
            .spawn()
            .map_err(|error| format!("{name}: {error}"))?;
        let new = child.id().to_string();
        fs::write(&file, format!("{new}\n")).map_err(|error| format!("{name}: {error}"))?;
        let _ = Command::new("renice").args(["-n", &nice, "-p", &new]).stdout(Stdio::null()).status();
        thread::sleep(Duration::from_secs(2));
        let stays = child.try_wait().map_err(|error| error.to_string())?.is_none();
        // Whoever is killed again must not stay as a zombie.
        thread::spawn(move || child.wait());
        Ok(stays.then_some(()))
    })?;
    until(90, "the API server", || kubectl(&["get", "--raw=/readyz"]).map(Some))?;
    Ok(format!("{pid}, {down_seconds} s down"))
}

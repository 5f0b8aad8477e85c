//! How fast Healer is, as ratios in one run: `cargo build --release -p healer && cargo run --release -p healer --example speed`.
//!
//! Needs `rg` and `rustc` in the path and 3 GB below the temporary folder. `-- MEGABYTES` makes smaller logs. Each figure is
//! the best of several runs of both sides in turn, because a loaded machine only ever makes them slower.
//! `docs/performance.md` has what came out.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

mod logs;
mod processes;
#[path = "../../../redact/examples/measure/speed.rs"]
mod redaction;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use logs::Logs;
use processes::{Program, best_of, highest_memory};

/// Where everything is.
struct Bench {
    folder: PathBuf,
    healer: PathBuf,
    hello: PathBuf,
    patterns: PathBuf,
}

fn main() {
    let megabytes: u64 = std::env::args().nth(1).map_or(1000, |word| word.parse().expect("megabytes"));
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::new(folder.path());
    let short = bench.log("short.log", |log| {
        let mut logs = Logs::new(1, false);
        let step: String = logs.step().split_inclusive('\n').take(25).collect();
        log.write_all((step + &logs.failure()).as_bytes()).unwrap();
    });
    println!("| what | Healer | peer | ratio |\n|---|---|---|---|");
    bench.starts(&short);
    bench.scans(megabytes);
    bench.end_decides(megabytes, &short);
    bench.memory(megabytes);
    println!();
    redaction::print();
}

impl Bench {
    fn new(folder: &Path) -> Self {
        let hello = folder.join("hello");
        fs::write(folder.join("hello.rs"), "fn main() { println!(\"Hello, world!\"); }").unwrap();
        let rustc =
            Program::new("rustc").args(["-O", "-Cstrip=symbols", "-o"]).arg(&hello).arg(folder.join("hello.rs"));
        assert!(rustc.run());
        // Without Unicode classes, as our own rules are: one of those makes ripgrep hundreds of times slower.
        let all: Vec<&str> = classify::expressions().filter(|like| like.is_ascii()).collect();
        let some: Vec<&str> = (0..168).map(|at| all[at * all.len() / 168]).collect();
        let patterns = folder.join("patterns");
        fs::write(&patterns, some.join("\n") + "\n").unwrap();
        // A copy, as one that is installed: what a linker has just written takes more page faults to start.
        let healer = folder.join("healer");
        fs::copy(std::env::current_exe().unwrap().with_file_name("../healer"), &healer).expect("healer is built");
        Self { folder: folder.to_owned(), healer, hello, patterns }
    }

    fn log(&self, name: &str, write: impl FnOnce(&mut BufWriter<File>)) -> PathBuf {
        let path = self.folder.join(name);
        let mut file = BufWriter::new(File::create(&path).unwrap());
        write(&mut file);
        file.flush().unwrap();
        path
    }

    fn explain(&self, log: &Path) -> Program {
        Program::new(&self.healer).arg("explain").arg(log)
    }

    fn ripgrep(&self, log: &Path) -> Program {
        Program::new("rg").args(["--no-unicode", "-c", "-f"]).arg(&self.patterns).arg(log)
    }

    fn row(&self, what: &str, ours: f64, peer: f64) {
        println!("| {what} | {:.2} ms | {:.2} ms | {:.2} |", ours * 1e3, peer * 1e3, ours / peer);
    }

    fn starts(&self, short: &Path) {
        let (ours, peer) = best_of(60, &[self.explain(short)], &[Program::new(&self.hello)]);
        self.row("`explain`, 4 KB, beside hello-world", ours, peer);
        let tool = |name: &str| Program::new(&self.healer).arg(name).current_dir(&self.folder);
        let steps = [
            tool("open-remediation").arg("--log").arg(short).args(["--repository", "acme/widgets", "--job", "lint"]),
            tool("classify"),
            tool("render-prompt"),
            tool("spawn-coderun").arg("--dry-run"),
        ];
        let hellos = [(); 4].map(|()| Program::new(&self.hello));
        let (ours, peer) = best_of(40, &steps, &hellos);
        self.row("four steps in a pipe, 4 KB, beside four hello-worlds", ours, peer);
    }

    fn scans(&self, megabytes: u64) {
        for (what, hostile) in [("cause at the very start", false), ("hostile, 20 % of lines match a rule", true)] {
            let log = self.log("start.log", |log| {
                let mut logs = Logs::new(2, hostile);
                log.write_all(logs.failure().as_bytes()).unwrap();
                logs.write(log, megabytes * 1_000_000).unwrap();
            });
            let (ours, peer) = best_of(5, &[self.explain(&log)], &[self.ripgrep(&log)]);
            self.row(&format!("{megabytes} MB, {what}, beside ripgrep"), ours, peer);
            let cat = || Program::new("cat").arg(&log);
            let stdin = Path::new("-");
            let (ours, peer) = best_of(5, &[cat(), self.explain(stdin)], &[cat(), self.ripgrep(stdin)]);
            self.row("the same from a pipe", ours, peer);
            fs::remove_file(log).unwrap();
        }
    }

    fn end_decides(&self, megabytes: u64, short: &Path) {
        let log = self.log("end.log", |log| {
            let mut logs = Logs::new(3, false);
            logs.write(log, megabytes * 1_000_000).unwrap();
            log.write_all(logs.failure().as_bytes()).unwrap();
        });
        let (ours, peer) = best_of(20, &[self.explain(&log)], &[self.explain(short)]);
        println!(
            "| {megabytes} MB, failure at the end, beside 4 KB | {:.2} ms | {:.2} ms | +{:.2} ms |",
            ours * 1e3,
            peer * 1e3,
            (ours - peer) * 1e3
        );
        fs::remove_file(log).unwrap();
    }

    fn memory(&self, megabytes: u64) {
        let explain = || self.explain(Path::new("-"));
        let idle = highest_memory(&explain(), |_| {});
        let row = |what: &str, kilobytes: u64| {
            let (mb, idle) = (kilobytes as f64 / 1024.0, idle as f64 / 1024.0);
            println!(
                "| memory: {what}, beside waiting for input | {mb:.1} MiB | {idle:.1} MiB | +{:.1} MiB |",
                mb - idle
            );
        };
        // One block again and again, without failures, so that all of it is read and nothing is said early.
        let block = Logs::new(4, false).steps(8 << 20);
        let hostile = Logs::new(4, true).steps(8 << 20);
        let repeat = |block: &[u8], megabytes: u64, to: &mut dyn Write| {
            (0..megabytes * 1_000_000 / block.len() as u64).for_each(|_| to.write_all(block).unwrap());
        };
        row(&format!("{megabytes} MB from a pipe"), highest_memory(&explain(), |to| repeat(&block, megabytes, to)));
        row(
            &format!("{} MB from a pipe", megabytes * 10),
            highest_memory(&explain(), |to| repeat(&block, megabytes * 10, to)),
        );
        row("hostile, from a pipe", highest_memory(&explain(), |to| repeat(&hostile, megabytes, to)));
        row("one line of 60 MB", highest_memory(&explain(), |to| repeat(&vec![b'x'; 1_000_000], 60, to)));
        let file = self.log("memory.log", |log| repeat(&block, megabytes, log));
        row(&format!("{megabytes} MB as a file"), highest_memory(&self.explain(&file), |_| {}));
    }
}

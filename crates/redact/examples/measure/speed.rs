//! How fast: redaction beside `memcpy` in one run, one core. The texts are made here, from a fixed seed.

use std::hint::black_box;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Size of the large texts, in bytes.
const SIZE: usize = 4 << 20;
/// The best of so many runs counts: on a machine with other work, short runs find a quiet moment.
const RUNS: usize = 30;

/// What a build prints. `{n}` is a number, `{h}` forty hex digits.
const PLAIN: &[&str] = &[
    "##[group]Run cargo test --workspace --locked",
    "   Compiling serde v1.0.{n} (/home/runner/work/widgets/widgets/crates/serde)",
    "test parser::tests::reads_a_number_{n} ... ok",
    "npm http fetch GET 200 https://registry.npmjs.org/left-pad {n}ms (cache hit)",
    "HEAD is now at {h} Merge pull request #{n} from acme/fix",
    "warning: unused variable: `value` --> crates/core/src/lib.rs:{n}:9",
    "  - Downloading org/springframework/spring-core/6.1.{n}/spring-core-6.1.{n}.jar (1.8 MB at 12 MB/s)",
    "#12 {n}.4 Get:7 http://deb.debian.org/debian bookworm/main amd64 libssl3 amd64 3.0.{n}",
    "=== RUN   TestReconcile/creates_the_object_{n}",
    "Cache restored from key: Linux-cargo-{h}",
    "error[E0308]: mismatched types, expected `usize`, found `&str` in line {n}",
    "level=info msg=\"request done\" method=GET path=/healthz status=200 duration={n}us",
];

/// Four secrets in each line. `{t}` is sixteen letters and digits, `{u}` sixteen capitals, `{h}` forty hex digits, `{j}` a JWT, `{b}` an assignment in base64.
const WORST: &[&str] = &[
    "export GITHUB_TOKEN=ghp_{t}{t}abcd AWS_ACCESS_KEY_ID=AKIA{u} SONAR_TOKEN={h} DB_PASSWORD={t}",
    "{\"access_token\":\"{j}\",\"api_key\":\"{t}{t}\",\"url\":\"postgres://app:{t}@db:5432/app\",\"secret\":\"{h}\"}",
    "curl -u alice:{t} -H 'Authorization: Bearer {t}{t}' -H 'Cookie: sid={t}' https://x:{t}@example.com/",
    "config {b} glpat-{t}abcd xoxb-123456789012-123456789012-{t}abcdefgh password: {t}",
];

pub fn print() {
    println!("best of {RUNS}, {} MB of text, one core", SIZE >> 20);
    let plain = text(PLAIN, SIZE);
    let mut buffer = plain.clone().into_bytes();
    let copy = seconds(|| black_box(&mut buffer).copy_from_slice(black_box(plain.as_bytes())));
    println!("{:34} {:9.1} MB/s", "memcpy", rate(plain.len(), copy));
    for (name, text) in [("plain", &plain), ("worst case (4 secrets a line)", &text(WORST, SIZE))] {
        let took = seconds(|| drop(black_box(redact::Redactor::new().redact(text))));
        println!(
            "{name:34} {:9.1} MB/s, {:.0} x memcpy",
            rate(text.len(), took),
            took / text.len() as f64 * plain.len() as f64 / copy
        );
    }
    let small = text(PLAIN, 4096);
    let took = seconds(|| drop(black_box(redact::Redactor::new().redact(&small))));
    println!("{:34} {:9.1} us, tables warm", "4 KB log", took * 1e6);
}

fn rate(bytes: usize, seconds: f64) -> f64 {
    bytes as f64 / 1e6 / seconds
}

fn seconds(mut work: impl FnMut()) -> f64 {
    let one = |_| {
        let begin = Instant::now();
        work();
        begin.elapsed().as_secs_f64()
    };
    (0..RUNS).map(one).fold(f64::INFINITY, f64::min)
}

/// The lines in turn, with the time before each, until there are enough bytes.
fn text(lines: &[&str], size: usize) -> String {
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    let mut out = String::with_capacity(size + 1024);
    for line in lines.iter().cycle() {
        if out.len() >= size {
            break;
        }
        out.push_str("2025-01-15T10:30:00.1234567Z ");
        fill(line, &mut seed, &mut out);
        out.push('\n');
    }
    out
}

fn fill(line: &str, seed: &mut u64, out: &mut String) {
    let mut rest = line;
    while let Some((at, kind)) =
        ["{n}", "{h}", "{t}", "{u}", "{j}", "{b}"].iter().filter_map(|kind| Some((rest.find(kind)?, *kind))).min()
    {
        out.push_str(&rest[..at]);
        rest = &rest[at + kind.len()..];
        let part = match kind {
            "{n}" => random("123456789", 3, seed),
            "{h}" => random("0123456789abcdef", 40, seed),
            "{t}" => random("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 16, seed),
            "{u}" => random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, seed),
            "{j}" => {
                let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
                let body = format!("{{\"sub\":\"{}\"}}", random("0123456789", 9, seed));
                format!(
                    "{}.{}.{}",
                    part("{\"alg\":\"HS256\"}"),
                    part(&body),
                    random("abcdefABCDEF0123456789_", 43, seed)
                )
            }
            _ => STANDARD.encode(format!("DB_PASSWORD={}\n", random("abcdefghijkmnpqrstuvwxyz23456789", 16, seed))),
        };
        out.push_str(&part);
    }
    out.push_str(rest);
}

/// xorshift: the same letters every time.
fn random(letters: &str, count: usize, seed: &mut u64) -> String {
    let next = |_| {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        char::from(letters.as_bytes()[(*seed % letters.len() as u64) as usize])
    };
    (0..count).map(next).collect()
}

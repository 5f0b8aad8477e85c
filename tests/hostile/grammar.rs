//! Hostile documents by grammar: real ones, in which a seeded generator breaks something. Same seed, same documents.

use serde_json::Value;

/// A small generator (splitmix64), so that a seed means the same everywhere and always.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap()
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// JSON that is no value anybody expects, as it is written.
const ODD: &[&str] = &[
    "null",
    "true",
    "-1",
    "0",
    "-0",
    "1e999",
    "1e308",
    "0.1",
    "18446744073709551616",
    "9223372036854775808",
    "[]",
    "{}",
    "\"\"",
    "\" \"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\u202e\\u2066\\u200b\"",
    "\"\\u001b[2J\\u001b]52;c;x\\u0007\"",
    "[[[[[[[[]]]]]]]]",
    "[null]",
    "{\"\":{\"\":{}}}",
    "\"../../../etc/passwd\"",
    "\"/etc/passwd\"",
    "\"refs/heads/../x\"",
    "\"9999-12-31T23:59:59Z\"",
    "\"-009999-01-01T00:00:00Z\"",
    "\"2026-02-30T25:61:61Z\"",
    "\"\\udb40\\udc41\"",
    "NaN",
    "tru",
    "'x'",
    "\"\\x\"",
    "\"unfinished",
    "//",
    "{\"a\":1,\"a\":2}",
    "[[1,2],[3,99999999999999999999]]",
];

/// One to three things are broken in it.
pub fn break_json(dice: &mut Dice, seed: &[u8], values: &[(String, String)]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(3) {
        bytes = match dice.below(8) {
            0 => bytes[..dice.below(bytes.len())].to_vec(),
            1 => nested(dice, &bytes),
            2 => noise(dice, bytes),
            3 => twice(&bytes),
            _ => odd_value(dice, &bytes, values),
        };
    }
    bytes
}

/// One value, wherever it stands, is something else.
fn odd_value(dice: &mut Dice, bytes: &[u8], values: &[(String, String)]) -> Vec<u8> {
    const HERE: &str = "HERE-IS-THE-ODD-VALUE";
    let Ok(mut value) = serde_json::from_slice::<Value>(bytes) else { return bytes.to_vec() };
    let mut places = Vec::new();
    pointers(&value, String::new(), &mut places);
    let place = dice.one(&places).clone();
    *value.pointer_mut(&place).unwrap() = HERE.into();
    let odd = match dice.below(4) {
        0 => serde_json::to_string(&dice.one(values).1).unwrap(),
        1 if dice.below(8) == 0 => serde_json::to_string(
            &dice.one(values).1.repeat(64).repeat(60)[..].chars().take(60_000).collect::<String>(),
        )
        .unwrap(),
        _ => (*dice.one(ODD)).to_owned(),
    };
    value.to_string().replace(&format!("\"{HERE}\""), &odd).into_bytes()
}

fn pointers(value: &Value, at: String, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            pointers(value, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), out);
        }),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| pointers(value, format!("{at}/{index}"), out));
        }
        _ => {}
    }
    out.push(at);
}

fn nested(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
    let depth = *dice.one(&[2, 127, 128, 129, 2_000, 20_000]);
    let (open, close) = *dice.one(&[("[", "]"), ("{\"a\":", "}")]);
    let inner = if dice.below(2) == 0 { String::from_utf8_lossy(bytes).into_owned() } else { "1".into() };
    let whole = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
    if dice.below(2) == 0 {
        return whole.into_bytes();
    }
    // Inside a document that is otherwise sound.
    let text = String::from_utf8_lossy(bytes);
    text.replacen('{', &format!("{{\"foreign\":{whole},"), 1).into_bytes()
}

/// Some bytes are others, are gone or are there twice.
fn noise(dice: &mut Dice, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..=dice.below(6) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.below(bytes.len());
        match dice.below(3) {
            0 => bytes[at] = *dice.one(&[0, 0x1b, b'"', b'\\', b'{', b']', 0x80, 0xff, b'\n', b'9', b':']),
            1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, *dice.one(b"\0{}[]\",:\\\xff\x1b09-eE")),
        }
    }
    bytes
}

/// Every first key is there twice.
fn twice(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let Some((key, _)) = text.split_once(':') else { return bytes.to_vec() };
    let key = key.trim_start_matches(['{', ' ', '\n']).to_owned();
    text.replacen('{', &format!("{{{key}:null,"), 1).into_bytes()
}

const LINES: &[&str] = &[
    "a: &a [*a, *a]",
    "x: &x [lol, lol, lol]",
    "y: &y [*x, *x, *x, *x, *x, *x, *x, *x]",
    "z: [*y, *y, *y, *y, *y, *y, *y]",
    "limits: { attempts: -1 }",
    "limits: { attempts: 999999999999999999999 }",
    "limits: { attempts: .nan }",
    "limits: { attempts: 0x7fffffffffffffffffff }",
    "repositories: 7",
    "repositories: { \"../..\": {} }",
    "repositories: [acme/*]",
    "agents: { rex: { bot_user_id: -1 } }",
    "agents: { cipher: ~ }",
    "evil: !!python/object/apply:os.system [\"id\"]",
    "? [complex, key]",
    ": : :",
    "\t- tab",
    "- - - - -",
    "<<: *a",
    "--- # another",
    "...",
    "%YAML 9.9",
    "\"unfinished",
    "deadlines: { agent: 1e999s }",
    "deadlines: { agent: 99999999999999999d }",
    "clock: 9999-99-99T00:00:00Z",
    "clock: 2026-01-15T10:40:00Z",
    "extends: ../../../../../../etc",
    "extends: .",
    "app_id: -9001",
    "{{{{{{{{",
    "[[[[[[[[",
    "description: |\n  a\n b",
    "a: 'b",
    "\u{0}",
    "\u{feff}a: 1",
    "\u{202e}: x",
    "true: true",
    "null: null",
];

/// YAML in which lines are others, elsewhere, or end too soon.
pub fn break_yaml(dice: &mut Dice, seed: &str) -> Vec<u8> {
    let mut lines: Vec<String> = seed.lines().map(str::to_owned).collect();
    for _ in 0..=dice.below(4) {
        let at = dice.below(lines.len() + 1);
        match dice.below(7) {
            0 if at < lines.len() => drop(lines.remove(at)),
            1 if at < lines.len() => lines[at].insert_str(0, &" ".repeat(dice.below(5))),
            2 if at < lines.len() => {
                let cut = dice.below(lines[at].chars().count() + 1);
                lines[at] = lines[at].chars().take(cut).collect();
            }
            3 => lines.insert(
                at,
                format!("{}deep: {}1", " ".repeat(dice.below(3)), *dice.one(&["[", "{a: "]))
                    .replace("deep: [", &format!("deep: {}", "[".repeat(*dice.one(&[3, 200, 20_000])))),
            ),
            4 if at < lines.len() => {
                let key = lines[at].split(':').next().unwrap_or_default().to_owned();
                lines.insert(at, format!("{key}: {}", dice.one(ODD)));
            }
            _ => lines.insert(at, (*dice.one(LINES)).to_owned()),
        }
    }
    let bytes = lines.join("\n").into_bytes();
    if dice.below(8) == 0 { noise(dice, bytes) } else { bytes }
}

/// Sound rules, of which something is broken.
pub const RULES: &str = "rules:
  - name: stale
    kind: docker_build
    pattern: '^ERROR: golden image is \\d+ days old'
    not: 'will be'
  - name: leak
    kind: security_secret_scanning
    pattern: 'error'
    weight: 100
    role: hint
";

/// Patterns that are none, match everything or nothing, or would like to take for ever.
const PATTERNS: &[&str] = &[
    "",
    ".",
    ".*",
    "(?s).*",
    "(a|a)*b",
    "(a*)*c",
    "(x+x+)+y",
    "((a{0,50}){0,50}){0,50}",
    "a{100000}",
    "\\w{1,400}",
    "(",
    "[z-a]",
    "[[:nope:]]",
    "(?P<x>a)(?P<x>b)",
    "\\p{Greek}",
    "(?i)é",
    "(?u)\\x{10FFFF}",
    "\\xff\\xfe",
    "(?-u)\\xff",
    "^$",
    "\\b",
    "(?=look)",
    "\\1",
    "\u{202e}",
    "\u{1b}\\[",
    "error",
    "^[^ ]",
];

/// Rules of which one has another pattern, sound as YAML.
pub fn broken_rule(dice: &mut Dice, seed: &str) -> Vec<u8> {
    let lines: Vec<&str> = seed.lines().collect();
    let of_patterns: Vec<usize> =
        (0..lines.len()).filter(|at| ["pattern:", "not:"].iter().any(|key| lines[*at].contains(key))).collect();
    let chosen = *dice.one(&of_patterns);
    let pattern = dice.one(PATTERNS).replace('\'', "''");
    let with = |(at, line): (usize, &&str)| match line.split_once(": ") {
        Some((key, _)) if at == chosen => format!("{key}: '{pattern}'\n"),
        _ => format!("{line}\n"),
    };
    lines.iter().enumerate().map(with).collect::<String>().into_bytes()
}

const PIECES: &[&str] = &[
    "##[group]Run cargo test\n",
    "##[endgroup]\n",
    "##[error]",
    "error[E0425]: cannot find value `x`\n",
    "diff --git a/x b/x\n",
    "--- a/src/lib.rs\n+++ b/src/lib.rs\n",
    "@@ -1,99999999999 +1 @@\n",
    "@@ -0,0 +1,4294967296 @@\n",
    "+#[ignore]\n",
    "-assert!(true);\n",
    "\\ No newline at end of file\n",
    "rename from ",
    "Binary files a/x and b/x differ\n",
    "GIT binary patch\n",
    "\r",
    "\r\n",
    "\n\n\n",
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "-----END RSA PRIVATE KEY-----",
    "eyJhbGciOiJIUzI1NiJ9.",
    "password=",
    "data:\n  key: ",
    "kind: Secret\n",
    "\u{1b}[",
    "\u{1b}]8;;",
    "\u{1b}P",
    "\u{9b}31m",
    "\u{8}\u{8}",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "é",
    "\u{e0041}",
    "2026-01-15T10:29:01.0000000Z ",
    "`",
    "```\n",
    "~~~",
    "{{#if x}}",
    "---\nkind: rust_build\n---\n",
    "a",
    " ",
    "\t",
    "::add-mask::x\n",
    "***",
];

/// Text of pieces that mean something to somebody.
pub fn text(dice: &mut Dice, values: &[(String, String)]) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..=dice.below(24) {
        match dice.below(10) {
            0 => out.extend(dice.one(values).1.as_bytes()),
            1 => out.extend(dice.one(PIECES).repeat(1 + dice.below(60)).as_bytes()),
            2 => out.extend(dice.next().to_le_bytes()),
            _ => out.extend(dice.one(PIECES).as_bytes()),
        }
    }
    if dice.below(400) == 0 {
        out.extend("x".repeat(60_000).as_bytes());
    }
    out
}

//! The patterns by which `structure` reads a line of any language.

use std::sync::LazyLock;

use regex::Regex;

/// Waits for a time, not for what happens.
pub(crate) const SLEEPS: &str = r"\b(time\.sleep|Thread\.sleep|thread::sleep|time\.Sleep|tokio::time::sleep)\([^\n]*|waitForTimeout\([^\n]*|cy\.wait\(\d+[^\n]*|\bTask\.Delay\([^\n]*|\bu?sleep(_for|_until)?\s*\(?\s*[\w:.(]*\d[^\n]*|\bdelay\(\d[^\n]*|\bsetTimeout\(\s*(r|res|resolve|done)\b[^\n]*";

/// Compiled once; a pattern that does not compile would leave its rule silent, which a test below excludes.
pub(crate) struct Shapes {
    /// Lines that bring names in, not behaviour.
    pub import: Regex,
    /// What begins a comment in any language, and what ends it.
    pub comment: Regex,
    /// An answer that needs no work.
    pub constant: Regex,
    /// Something that is done.
    pub call: Regex,
    /// What stands before the body of a function.
    pub head: Regex,
    /// A condition, a loop or an end inside a test.
    pub flow: Regex,
    /// The same for Go, whose tests assert with `if`.
    pub flow_go: Regex,
    /// A name that is called.
    pub called: Regex,
    /// Another way for a condition to hold.
    pub either: Regex,
    /// A line after which nothing of its block runs.
    pub leaves: Regex,
    /// A value that looks like a key.
    pub token: Regex,
    /// A string or a number.
    pub literal: Regex,
    /// What a string leaves open.
    pub placeholder: Regex,
    /// Lines in which a literal is an address, not an expectation.
    pub address: Regex,
    /// The name that a line of code or data sets or calls.
    pub key: Regex,
    /// The name that a line defines.
    pub defined: Regex,
    /// `name?:` of a type.
    pub optional: Regex,
    /// A type that says nothing, and one that says even less.
    pub vague: Regex,
    pub untyped: Regex,
    /// What was thrown, of which nobody knows what it is.
    pub caught: Regex,
    /// A function that says what it gives.
    pub gives: Regex,
    /// A cast.
    pub cast: Regex,
    /// What makes unlike things alike before they are compared.
    pub evens: Regex,
    /// [`SLEEPS`].
    pub sleeps: Regex,
    /// Waits for what happens, in a test.
    pub waits: Regex,
    /// Names whose call does nothing: it asks, or asserts.
    pub asks: Regex,
    /// What makes a value of its hidden form.
    pub decoder: Regex,
}

pub(crate) static SHAPES: LazyLock<Option<Shapes>> = LazyLock::new(|| {
    let regex = |pattern: &str| Regex::new(pattern).ok();
    Some(Shapes {
        import: regex(
            r"^\s*(pub(\([^)]*\))?\s+)?(use|import|from|using|require\w*|package|extern crate|export \{|export \*|\}\s*from|@import|@use|#\s*include)\b|^\s*(const|let|var)\b[^=]*=\s*require\(|^\s*#!?\[(allow|expect|warn)|^\s*@Suppress|^\s*#\[cfg\(test\)\]|^\s*mod tests?\s*[{;]",
        )?,
        comment: regex(
            r"^\s*(//+!?|#+|--|/\*+|\*|<!--|;+|%|\{\{-?\s*/\*|REM\b|dnl\b)\s?|\s*(\*/\s*-?(\}\})?|-->)\s*$",
        )?,
        constant: regex(
            r#"^\s*((return|yield|=>)\b\s*)?((Ok|Some|Err|Promise\.resolve|Optional\.of|Future\.value)\()?\(?(null|nil|None|true|false|True|False|undefined|void 0|-?[\d._]+\w*|""|''|\[\s*\]|\{\s*\}|\(\s*\)|vec!\[\]|<></>|pass|\.\.\.|[\w:<>]+::(default|new|MAX|MIN|empty|from\(""\))(\(\))?|Optional\.empty\(\)|(List|Map|Set)\.of\(\)|Collections\.\w+\(\)|(unreachable|panic)!\([^)]*\)|return)?\)*\s*[;,]?\s*$|^\s*(let )?_\s*=\s*&?\w+;?\s*$|^\s*(log|tracing|console|logger|logging|System\.out|fmt|eprintln|println|warn|info|debug|puts|print)(::|\.|!|\()[^;]*;?\s*$"#,
        )?,
        call: regex(r"\w!?\s*\(|\?\s*;|\bawait\b|<\w+")?,
        head: regex(r"^.*\b(fn|func|fun|def|function)\b[^{]*\{?|^\s*(export\s+)?(const|let)\b.*=>\s*")?,
        flow: regex(
            r"^\s*(\}\s*)?(else\s+)?(if|for|while|loop|match|switch|unless|until|try|rescue|catch|except|guard)\b|^\s*return\b\s*(Ok\(\(\)\)|nil|None|null|undefined|true)?;?\s*$|\?\.?\s*expect\(|&&\s*(await\s+)?expect\(|\b(mem|std)::forget",
        )?,
        flow_go: regex(r"^\s*(return|continue|break)\s*$|\brecover\(\)|^\s*for\b[^{]*<")?,
        called: regex(r"\b[A-Za-z_]\w*\s*\(")?,
        either: regex(r"&&|\|\||\s(and|or)\s|\s-o\s")?,
        leaves: regex(
            r"^\s*(return|throw|raise|panic!?|continue|break|exit|os\.Exit|sys\.exit)\b[^{\[]*[;)\w\]\x22]\s*$",
        )?,
        token: regex(r"^[A-Za-z0-9+/=_-]{20,}$")?,
        literal: regex(r#""[^"\n]*"|'[^'\n]*'|`[^`\n]*`|\b\d[\d_.]*\w*\b"#)?,
        placeholder: regex(r"[$#]?\{[^{}]*\}|%[-\d.]*[a-z]")?,
        address: regex(
            r"(?i)InlineSnapshot|assert_\w*snapshot!|\b(page|screen|cy|frame|driver|browser|within)\.|locator|selector|getby|findby|queryby|https?:|localhost|127\.0\.0\.1|0\.0\.0\.0|path|dir\b|port\b|\bbind\b|listen|host\b|import|require|url|\buse\b|include|version|^\s*(it|test|describe|context|func|def|fn|@test)\b|\bname\b",
        )?,
        key: regex(r#"^\s*(?:-\s+)?['"]?([\w.$/@-]+)"#)?,
        defined: regex(
            r"^\s*(?:pub\s+|export\s+|async\s+|static\s+)*(?:const|let|var|val|function|def|fn|func|class|struct)\s+(?:mut\s+)?([A-Za-z_]\w*)",
        )?,
        optional: regex(r"(\w)\?\s*:")?,
        vague: regex(
            r"\bRecord<string,\s*unknown>|[\w)?]:\s*((object|unknown|Function|Object)\s*[;,=)]|\{\}\s*[;=)])|\btype\b[^=]*=\s*(object|unknown|\{\}|Function|Object)\s*;?\s*$",
        )?,
        caught: regex(r"\b(e|ex|err|error|reason|cause|thrown)\s*:\s*unknown\b|\w\s*:\s*unknown\)\s*:\s*\w+ is\b")?,
        gives: regex(r"\)\s*:\s*[A-Za-z{\[(]")?,
        untyped: regex(r"\bany\b")?,
        cast: regex(
            r"[\w)]\s+as\s+(typeof\s+)?([A-GI-RT-Za-z]|H[a-z]|HT[A-LN-Z]|S[a-z])\w*\b|[=(,]\s*<[A-Z]\w*(\[\])?>\s*\w",
        )?,
        evens: regex(
            r"(?i)\b(sort\w*|trim\w*|strip\w*|\w*lower\w*|\w*upper\w*|replace\w*|round|floor|ceil|trunc|set|hashset|filter\w*|slice|take|skip|normali[sz]e\w*|parseInt|compact|uniq\w*|dedup\w*)\s*\(",
        )?,
        sleeps: regex(SLEEPS)?,
        waits: regex(
            r"(?i)\b(eventually\w*|waitFor\w*|wait_for\w*|wait_until|waitUntil|wait|await\w*\(\)|until\w*|poll\w*|toPass|findBy\w*|findAllBy\w*|have_\w+|toHave(Count|Text|URL|Value)|notified|recv)\b",
        )?,
        asks: regex(
            r"^(expect|assert\w*|require|to\w*|be\w*|equal\w*|len|length|size|count\w*|is_\w+|is[A-Z]\w*|get\w*|find\w*|query\w*|contains\w*|if|while|for|func|fn|function|iter|into|all|first|at|nth|text|css|select\w*|within|from|as_\w+|String|clone|unwrap\w*|Ok|Some)\s*\($",
        )?,
        decoder: regex(
            r"(?i)fromhex|unhexlify|\[::-1\]|\.reverse\(\)|rot13|hex::decode|decodestring\(|Buffer\.from\(|fromCharCode|\bchr\(|b64decode|\batob\(",
        )?,
    })
});

impl Shapes {
    /// The name that a line sets or calls.
    pub(crate) fn key_of(&self, line: &str) -> Option<String> {
        self.key.captures(line).map(|found| found[1].to_owned())
    }
}

#[cfg(test)]
mod self_check {
    #[test]
    fn every_shape_compiles() {
        assert!(super::SHAPES.is_some());
    }
}

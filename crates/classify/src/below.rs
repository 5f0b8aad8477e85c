//! What a tool prints below the line that states a cause.

/// What stands below a cause: its place, and what belongs to its message because it is indented more.
#[derive(Default)]
pub struct Below {
    depth: usize,
    /// Its lines, each after a line feed.
    pub detail: String,
    /// Where it is.
    pub place: Option<String>,
    closed: bool,
    frame: bool,
}

impl Below {
    /// Below a cause that says this.
    pub fn of(cause: &str) -> Self {
        Self { depth: depth(cause), ..Self::default() }
    }

    /// Code is shown from here on, below its place.
    pub fn begin_frame(&mut self, place: &str) {
        self.place = Some(place.to_owned());
        self.frame = true;
    }

    /// Whether code is shown.
    pub fn in_frame(&self) -> bool {
        self.frame
    }

    /// Takes a line of code or of marks: what is said beside the last `^` counts.
    pub fn frame_line(&mut self, text: &str) {
        let body = text.trim_start().trim_start_matches(|letter: char| letter.is_ascii_digit()).trim_start();
        self.frame = body.starts_with(['|', '.', '│']);
        if let Some((marks, said)) = text.rsplit_once('^').filter(|_| self.frame)
            && marks.chars().all(|letter| " |_-^".contains(letter))
        {
            self.detail.push('\n');
            self.detail.push_str(said.trim());
        }
    }

    /// Takes the next line, which is neither a cause nor a place.
    pub fn line(&mut self, text: &str) {
        let words = text.trim_start_matches(BORDER);
        let rule = words.chars().all(|letter| "-─ ".contains(letter));
        if self.closed || rule && self.detail.is_empty() {
            return;
        }
        let frame = ["at ", "from ", "in ", "File \""].iter().any(|begin| words.starts_with(begin));
        self.closed =
            rule || frame || depth(text) <= self.depth && !text.trim_start().starts_with(['╰', '└', '├', '→']);
        if !self.closed {
            self.detail.push('\n');
            self.detail.push_str(words);
        }
    }
}

/// What boxes are drawn with, and spaces.
const BORDER: [char; 6] = [' ', '\t', '│', '|', '╷', '╵'];

/// How far a line is indented: its spaces and borders, where a tab is four.
fn depth(text: &str) -> usize {
    text.chars().take_while(|letter| BORDER.contains(letter)).map(|letter| if letter == '\t' { 4 } else { 1 }).sum()
}

//! A Rust file as far as the law needs it: its paths with their lines, its module declarations, its length without tests.

/// One file's text, read.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) paths: Vec<Path>,
    pub(crate) modules: Vec<Module>,
    /// Lines outside `#[cfg(test)]` modules.
    pub(crate) lines: usize,
}

/// A path as written, `use` trees unfolded: `use a::{b, c}` is two paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) line: usize,
    pub(crate) segments: Vec<String>,
    /// From a `use` item, and the name it gives (`use a::b as c` gives `c`); `None` for an inline path.
    pub(crate) gives: Option<String>,
    /// Inline modules around it, outermost first; `super` climbs out of these first.
    pub(crate) inside: Vec<String>,
    /// Somewhere inside a `#[cfg(test)]` module.
    pub(crate) in_tests: bool,
}

/// `mod name;` or `mod name { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Module {
    pub(crate) line: usize,
    pub(crate) name: String,
    pub(crate) is_test: bool,
    pub(crate) is_inline: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    line: usize,
    text: String,
}

impl Source {
    pub(crate) fn read(text: &str) -> Self {
        Reader { tokens: tokens(&blanked(text)), at: 0, scopes: Vec::new() }.read(text.lines().count())
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    /// Open inline modules: name, is it a test, brace depth at which it ends, first line.
    scopes: Vec<Scope>,
}

struct Scope {
    name: String,
    is_test: bool,
    depth: usize,
    first_line: usize,
}

impl Reader {
    fn read(mut self, total_lines: usize) -> Source {
        let mut source = Source { paths: Vec::new(), modules: Vec::new(), lines: total_lines };
        let (mut depth, mut attributed_test) = (0, None);
        while self.at < self.tokens.len() {
            let line = self.tokens[self.at].line;
            match self.text(0) {
                "#" => {
                    let is_test = self.matches(&["#", "[", "cfg", "(", "test", ")", "]"]);
                    if is_test {
                        attributed_test = Some(line);
                    }
                    self.at += 1;
                    self.skip_brackets(&mut source);
                    continue;
                }
                "mod" if is_name(self.text(1)) && matches!(self.text(2), ";" | "{") => {
                    let (name, is_inline) = (self.text(1).to_owned(), self.text(2) == "{");
                    let is_test = attributed_test.is_some();
                    source.modules.push(Module { line, name: name.clone(), is_test, is_inline });
                    if is_inline {
                        let first_line = attributed_test.unwrap_or(line);
                        self.scopes.push(Scope { name, is_test, depth, first_line });
                        depth += 1;
                    }
                    self.at += 3;
                    attributed_test = None;
                    continue;
                }
                "use" => {
                    self.at += 1;
                    self.use_tree(&mut Vec::new(), &mut source);
                    attributed_test = None;
                    continue;
                }
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    if self.scopes.last().is_some_and(|scope| scope.depth == depth) {
                        let scope = self.scopes.pop().unwrap();
                        if scope.is_test && !self.in_tests() {
                            source.lines -= line - scope.first_line + 1;
                        }
                    }
                }
                text if is_name(text) && self.text(1) == "::" && self.previous() != "::" => {
                    self.inline_path(&mut source);
                    attributed_test = None;
                    continue;
                }
                "pub" => {}
                text if is_name(text) || text == ";" => attributed_test = None,
                _ => {}
            }
            self.at += 1;
        }
        source
    }

    fn text(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| &token.text)
    }

    fn previous(&self) -> &str {
        self.at.checked_sub(1).map_or("", |at| &self.tokens[at].text)
    }

    fn matches(&self, texts: &[&str]) -> bool {
        texts.iter().enumerate().all(|(ahead, text)| self.text(ahead) == *text)
    }

    fn in_tests(&self) -> bool {
        self.scopes.iter().any(|scope| scope.is_test)
    }

    fn path(&self, line: usize, segments: Vec<String>, gives: Option<String>) -> Path {
        let inside = self.scopes.iter().map(|scope| scope.name.clone()).collect();
        Path { line, segments, gives, inside, in_tests: self.in_tests() }
    }

    /// Attributes may hold paths (`#[serde(with = …)]` is a string, `#[derive(crate::x::Y)]` is not), so they are read.
    fn skip_brackets(&mut self, source: &mut Source) {
        if self.text(0) == "!" {
            self.at += 1;
        }
        let mut depth = 0;
        while self.at < self.tokens.len() {
            match self.text(0) {
                "[" => depth += 1,
                "]" => depth -= 1,
                text if is_name(text) && self.text(1) == "::" && self.previous() != "::" => {
                    self.inline_path(source);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn inline_path(&mut self, source: &mut Source) {
        let line = self.tokens[self.at].line;
        let mut segments = vec![self.text(0).to_owned()];
        self.at += 1;
        while self.text(0) == "::" && is_name(self.text(1)) {
            segments.push(self.text(1).to_owned());
            self.at += 2;
        }
        source.paths.push(self.path(line, segments, None));
    }

    /// After `use`, or after `{` or `,` inside a tree.
    fn use_tree(&mut self, prefix: &mut Vec<String>, source: &mut Source) {
        let kept = prefix.len();
        if self.text(0) == "::" {
            self.at += 1;
        }
        loop {
            match self.text(0) {
                "{" => {
                    self.at += 1;
                    while !matches!(self.text(0), "}" | "") {
                        self.use_tree(prefix, source);
                        if self.text(0) == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    break;
                }
                text if text == "*" || is_name(text) => {
                    let line = self.tokens[self.at].line;
                    prefix.push(text.to_owned());
                    self.at += 1;
                    if self.text(0) == "::" {
                        self.at += 1;
                        continue;
                    }
                    let mut segments = prefix.clone();
                    if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
                        segments.pop();
                    }
                    let mut gives = segments.last().cloned();
                    if self.text(0) == "as" {
                        gives = Some(self.text(1).to_owned());
                        self.at += 2;
                    }
                    source.paths.push(self.path(line, segments, gives));
                    break;
                }
                _ => {
                    // Not a use tree (for example `use<'a>` in an `impl Trait` bound): step over it.
                    self.at += 1;
                    break;
                }
            }
        }
        prefix.truncate(kept);
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (index, content) in text.lines().enumerate() {
        let line = index + 1;
        let mut rest = content.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if is_name(rest) {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (token, after) = rest.split_at(length);
            tokens.push(Token { line, text: token.trim_start_matches("r#").to_owned() });
            rest = after.trim_start();
        }
    }
    tokens
}

/// The text with comments, strings and character literals blanked out; line breaks stay where they are.
fn blanked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// Where the comment, string or character literal that begins at `at` ends; `at` itself if none begins there.
fn literal_end(chars: &[char], at: usize) -> usize {
    let is = |offset: usize, c: char| chars.get(at + offset) == Some(&c);
    let after_name = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    let end_of_line = || chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |n| at + n);
    match chars[at] {
        '/' if is(1, '/') => end_of_line(),
        '/' if is(1, '*') => end_of_block_comment(chars, at),
        '"' => end_of_string(chars, at + 1),
        'r' if !after_name || chars[at - 1] == 'b' || chars[at - 1] == 'c' => {
            let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
            if is(1 + hashes, '"') { end_of_raw_string(chars, at + 2 + hashes, hashes) } else { at }
        }
        '\'' if is(1, '\\') => (at + 3..chars.len()).find(|i| chars[*i] == '\'').map_or(chars.len(), |i| i + 1),
        '\'' if is(2, '\'') => at + 3,
        _ => at,
    }
}

fn end_of_block_comment(chars: &[char], at: usize) -> usize {
    let (mut depth, mut i) = (0, at);
    while i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            return i;
        }
    }
    i
}

fn end_of_string(chars: &[char], mut i: usize) -> usize {
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    (i + 1).min(chars.len())
}

fn end_of_raw_string(chars: &[char], from: usize, hashes: usize) -> usize {
    (from..chars.len())
        .find(|i| chars[*i] == '"' && chars[i + 1..].iter().take_while(|c| **c == '#').count() >= hashes)
        .map_or(chars.len(), |i| i + 1 + hashes)
}

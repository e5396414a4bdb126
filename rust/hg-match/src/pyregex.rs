//! Translates Python's byte regular expressions into the dialect of the regex crates.
//!
//! Users write patterns for Python's `re` on bytes. Everything that differs is resolved here:
//! classes become explicit byte ranges, flags (`(?i)`, `(?x)`, ...) are applied while translating,
//! anchors and escapes take their Python meaning, and what Python refuses is refused. The result
//! means the same for bytes (non-Unicode mode) and for text in which every byte is the character
//! of the same number, which is how look-around and back-references are matched.

mod class;

use class::ByteSet;

/// A pattern in the target dialect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Translated {
    /// The expression; not anchored.
    pub(crate) text: String,
    /// Whether a back-tracking engine is needed (look-around, back-references, atomic groups).
    pub(crate) backtracking: bool,
}

/// Python would not compile this pattern, and says so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Malformed(pub(crate) String);

impl Malformed {
    /// The complaint about what stands at a place of the pattern.
    fn at(position: usize, why: impl std::fmt::Display) -> Self {
        Self(format!("{why} at position {position}"))
    }
}

type Result<T, E = Malformed> = std::result::Result<T, E>;

/// Deepest nesting of groups that is accepted.
const MAX_DEPTH: usize = 100;

/// Translates `pattern`.
pub(crate) fn translate(pattern: &[u8]) -> Result<Translated> {
    let mut parser = Parser {
        input: pattern,
        at: 0,
        out: String::with_capacity(pattern.len() * 2),
        backtracking: false,
        groups: Vec::new(),
        open_groups: Vec::new(),
        depth: 0,
    };
    let flags = parser.leading_flags()?;
    parser.alternation(flags)?;
    if parser.at < pattern.len() {
        return Err(Malformed::at(parser.at, "unbalanced parenthesis"));
    }
    Ok(Translated { text: parser.out, backtracking: parser.backtracking })
}

/// The flags in force.
#[derive(Clone, Copy, Default)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
    verbose: bool,
}

impl Flags {
    /// Sets a flag; tells whether there is such a one.
    fn set(&mut self, letter: u8, on: bool) -> bool {
        match letter {
            b'i' => self.ignore_case = on,
            b'm' => self.multi_line = on,
            b's' => self.dot_all = on,
            b'x' => self.verbose = on,
            b'a' | b'L' if on => {}
            _ => return false,
        }
        true
    }
}

/// What was just parsed, as far as a quantifier cares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Item {
    /// Nothing to repeat: the start of a branch or an anchor.
    Unrepeatable,
    /// Something that a quantifier may follow; it starts at this place of the output.
    Atom(usize),
    /// Something already repeated.
    Repeated,
}

struct Parser<'a> {
    input: &'a [u8],
    at: usize,
    out: String,
    backtracking: bool,
    /// Names of the capturing groups that were opened, in order.
    groups: Vec<Option<Vec<u8>>>,
    /// Numbers of the groups not closed yet.
    open_groups: Vec<usize>,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.input.get(self.at).copied()
    }

    fn next(&mut self) -> Result<u8> {
        let ended = || Malformed::at(self.at, "unexpected end of pattern");
        let byte = self.peek().ok_or_else(ended)?;
        self.at += 1;
        Ok(byte)
    }

    fn eat(&mut self, text: &[u8]) -> bool {
        let found = self.input[self.at..].starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// `(?flags)` groups at the very start, which hold for the whole pattern.
    fn leading_flags(&mut self) -> Result<Flags> {
        let mut flags = Flags::default();
        while self.input[self.at..].starts_with(b"(?") {
            let letters = self.input[self.at + 2..]
                .iter()
                .take_while(|byte| byte.is_ascii_alphabetic())
                .count();
            let end = self.at + 2 + letters;
            if letters == 0 || self.input.get(end) != Some(&b')') {
                break;
            }
            let known = (self.at + 2..end).all(|at| flags.set(self.input[at], true));
            if !known {
                break;
            }
            self.at = end + 1;
        }
        Ok(flags)
    }

    fn alternation(&mut self, flags: Flags) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Malformed("bad pattern".to_owned()));
        }
        loop {
            self.branch(flags)?;
            if !self.eat(b"|") {
                break;
            }
            self.out.push('|');
        }
        self.depth -= 1;
        Ok(())
    }

    fn branch(&mut self, flags: Flags) -> Result<()> {
        let mut last = Item::Unrepeatable;
        while let Some(byte) = self.peek() {
            if byte == b'|' || byte == b')' {
                break;
            }
            if flags.verbose && (byte.is_ascii_whitespace() || byte == 0x0b) {
                self.at += 1;
                continue;
            }
            if flags.verbose && byte == b'#' {
                while self.peek().is_some_and(|byte| byte != b'\n') {
                    self.at += 1;
                }
                continue;
            }
            let start = self.at;
            if let Some(bounds) = self.quantifier()? {
                last = self.repeat((last, start), &bounds)?;
                continue;
            }
            if self.eat(b"(?#") {
                let Some(length) = self.input[self.at..].iter().position(|&byte| byte == b')')
                else {
                    return Err(Malformed::at(start, "missing ), unterminated comment"));
                };
                self.at += length + 1;
                continue;
            }
            last = self.atom(flags)?;
        }
        Ok(())
    }

    /// Reads `*`, `+`, `?` or a well-formed `{m,n}`; a brace that is none is a literal.
    fn quantifier(&mut self) -> Result<Option<String>> {
        let simple = match self.peek() {
            Some(b'*') => "*",
            Some(b'+') => "+",
            Some(b'?') => "?",
            Some(b'{') => return self.braces(),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(simple.to_owned()))
    }

    fn braces(&mut self) -> Result<Option<String>> {
        let start = self.at;
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at = start;
            return Ok(None);
        }
        let low = self.digits();
        let high = if self.eat(b",") { Some(self.digits()) } else { None };
        if !self.eat(b"}") {
            self.at = start;
            return Ok(None);
        }
        let number = |text: &str, default: u32| {
            let too_large = |_| Malformed("the repetition number is too large".to_owned());
            if text.is_empty() { Ok(default) } else { text.parse::<u32>().map_err(too_large) }
        };
        let least = number(&low, 0)?;
        Ok(Some(match high {
            None => format!("{{{least}}}"),
            Some(high) if high.is_empty() => format!("{{{least},}}"),
            Some(high) => {
                let most = number(&high, 0)?;
                if most < least {
                    let why = "min repeat greater than max repeat";
                    return Err(Malformed::at(start + 1, why));
                }
                format!("{{{least},{most}}}")
            }
        }))
    }

    fn digits(&mut self) -> String {
        let mut out = String::new();
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            out.push(digit.into());
            self.at += 1;
        }
        out
    }

    /// Repeats the last item, by what stands at a place of the pattern.
    fn repeat(&mut self, (last, at): (Item, usize), bounds: &str) -> Result<Item> {
        let start = match last {
            Item::Atom(start) => start,
            Item::Repeated => return Err(Malformed::at(at, "multiple repeat")),
            Item::Unrepeatable => return Err(Malformed::at(at, "nothing to repeat")),
        };
        if self.eat(b"+") {
            self.out.insert_str(start, "(?>");
            self.out.push_str(bounds);
            self.out.push(')');
            self.backtracking = true;
        } else {
            self.out.push_str(bounds);
            if self.eat(b"?") {
                self.out.push('?');
            }
        }
        Ok(Item::Repeated)
    }

    fn atom(&mut self, flags: Flags) -> Result<Item> {
        let start = self.out.len();
        match self.next()? {
            b'(' => self.group(flags),
            b'[' => {
                let set = class::parse(self.input, &mut self.at, flags.ignore_case)?;
                set.write(&mut self.out);
                Ok(Item::Atom(start))
            }
            b'.' => {
                let mut set = ByteSet::all();
                if !flags.dot_all {
                    set.remove(b'\n');
                }
                set.write(&mut self.out);
                Ok(Item::Atom(start))
            }
            b'^' => self.anchor(if flags.multi_line { "(?m:^)" } else { r"\A" }),
            b'$' => self.anchor(if flags.multi_line { "(?m:$)" } else { r"\z" }),
            b'\\' => self.escape(flags),
            byte => {
                self.literal(byte, flags);
                Ok(Item::Atom(start))
            }
        }
    }

    fn anchor(&mut self, text: &str) -> Result<Item> {
        self.out.push_str(text);
        Ok(Item::Unrepeatable)
    }

    fn literal(&mut self, byte: u8, flags: Flags) {
        let mut set = ByteSet::default();
        set.insert(byte);
        if flags.ignore_case {
            set.fold_case();
        }
        set.write(&mut self.out);
    }

    fn escape(&mut self, flags: Flags) -> Result<Item> {
        let start = self.out.len();
        let ended = Malformed::at(self.at - 1, "bad escape (end of pattern)");
        let byte = self.next().map_err(|_| ended)?;
        match byte {
            b'A' => return self.anchor(r"\A"),
            b'Z' => return self.anchor(r"\z"),
            b'b' => return self.anchor(r"\b"),
            b'B' => return self.anchor(r"\B"),
            b'1'..=b'9' => {
                if let Some(octal) = self.long_octal(byte)? {
                    self.literal(octal, flags);
                } else {
                    self.numbered_reference(byte)?;
                }
            }
            _ => {
                if let Some(set) = class::shorthand(byte) {
                    set.write(&mut self.out);
                } else {
                    let literal = class::escaped_literal(self.input, &mut self.at, byte)?;
                    self.literal(literal, flags);
                }
            }
        }
        Ok(Item::Atom(start))
    }

    /// Three octal digits after a backslash, the first not zero.
    fn long_octal(&mut self, first: u8) -> Result<Option<u8>> {
        let Some(&[second @ b'0'..=b'7', third @ b'0'..=b'7']) =
            self.input.get(self.at..self.at + 2).and_then(|two| <&[u8; 2]>::try_from(two).ok())
        else {
            return Ok(None);
        };
        if first > b'7' {
            return Ok(None);
        }
        self.at += 2;
        let value = [first, second, third]
            .iter()
            .fold(0u32, |value, digit| value * 8 + u32::from(digit - b'0'));
        u8::try_from(value).map(Some).map_err(|_| class::large_octal(self.at - 4, value))
    }

    fn numbered_reference(&mut self, first: u8) -> Result<()> {
        let at = self.at - 1;
        let mut number = usize::from(first - b'0');
        if let Some(digit @ b'0'..=b'9') = self.peek() {
            self.at += 1;
            number = number * 10 + usize::from(digit - b'0');
        }
        self.reference(number, at)
    }

    /// A reference to a group that stands at a place of the pattern.
    fn reference(&mut self, number: usize, at: usize) -> Result<()> {
        if number > self.groups.len() {
            return Err(Malformed::at(at, format!("invalid group reference {number}")));
        }
        if self.open_groups.contains(&number) {
            return Err(Malformed::at(at, "cannot refer to an open group"));
        }
        self.backtracking = true;
        // A group of its own, so that digits after the reference stay literal.
        self.out.push_str(&format!(r"(?:\{number})"));
        Ok(())
    }

    fn name(&mut self, end: u8) -> Result<Vec<u8>> {
        let start = self.at;
        let Some(length) = self.input[start..].iter().position(|&byte| byte == end) else {
            let text = format!("missing {}, unterminated name", char::from(end));
            let none = start == self.input.len();
            return Err(Malformed::at(start, if none { "missing group name" } else { &text }));
        };
        self.at += length + 1;
        let name = &self.input[start..self.at - 1];
        if name.is_empty() {
            return Err(Malformed::at(start, "missing group name"));
        }
        let fits = name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
            && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        match fits {
            true => Ok(name.to_vec()),
            false => {
                let shown = quoted(name);
                Err(Malformed::at(start, format!("bad character in group name {shown}")))
            }
        }
    }

    fn group(&mut self, flags: Flags) -> Result<Item> {
        let (start, open) = (self.out.len(), self.at - 1);
        if !self.eat(b"?") {
            return self.capture(None, flags, (start, open));
        }
        let opening = match self.next()? {
            b':' => "(?:",
            b'>' => "(?>",
            b'=' => "(?=",
            b'!' => "(?!",
            b'<' if self.eat(b"=") => "(?<=",
            b'<' if self.eat(b"!") => "(?<!",
            b'P' if self.eat(b"<") => {
                let at = self.at;
                let name = self.name(b'>')?;
                let known = self.groups.iter().position(|group| group.as_ref() == Some(&name));
                if let Some(known) = known {
                    let (name, number) = (quoted(&name), self.groups.len() + 1);
                    let why = format!(
                        "redefinition of group name {name} as group {number}; was group {}",
                        known + 1
                    );
                    return Err(Malformed::at(at, why));
                }
                return self.capture(Some(name), flags, (start, open));
            }
            b'P' if self.eat(b"=") => {
                let at = self.at;
                let name = self.name(b')')?;
                let position = self.groups.iter().position(|group| group.as_ref() == Some(&name));
                let unknown = || Malformed::at(at, format!("unknown group name {}", quoted(&name)));
                self.reference(position.ok_or_else(unknown)? + 1, at)?;
                return Ok(Item::Atom(start));
            }
            b'(' => return self.conditional(flags, (start, open)),
            letter => {
                let inner = self.scoped_flags(letter, flags, open)?;
                return self.plain_group("(?:", inner, (start, open));
            }
        };
        if opening != "(?:" {
            self.backtracking = true;
        }
        self.plain_group(opening, flags, (start, open))
    }

    /// A group that starts at a place of the output and one of the pattern.
    fn plain_group(
        &mut self,
        opening: &str,
        flags: Flags,
        (start, open): (usize, usize),
    ) -> Result<Item> {
        self.out.push_str(opening);
        self.alternation(flags)?;
        if !self.eat(b")") {
            return Err(Malformed::at(open, "missing ), unterminated subpattern"));
        }
        self.out.push(')');
        Ok(Item::Atom(start))
    }

    fn capture(
        &mut self,
        name: Option<Vec<u8>>,
        flags: Flags,
        start: (usize, usize),
    ) -> Result<Item> {
        self.groups.push(name);
        let number = self.groups.len();
        self.open_groups.push(number);
        let item = self.plain_group("(", flags, start)?;
        self.open_groups.pop();
        Ok(item)
    }

    /// `(?(1)yes|no)`.
    fn conditional(&mut self, flags: Flags, start: (usize, usize)) -> Result<Item> {
        let from = self.at;
        let Some(length) = self.input[from..].iter().position(|&byte| byte == b')') else {
            return Err(Malformed::at(
                from,
                match from == self.input.len() {
                    true => "missing group name",
                    false => "missing ), unterminated name",
                },
            ));
        };
        self.at += length + 1;
        let reference = &self.input[from..self.at - 1];
        if reference.is_empty() {
            return Err(Malformed::at(from, "missing group name"));
        }
        let number = match std::str::from_utf8(reference).ok().and_then(|text| text.parse().ok()) {
            Some(number) => number,
            None => {
                let named = |group: &Option<Vec<u8>>| group.as_deref() == Some(reference);
                let unknown =
                    || Malformed::at(from, format!("unknown group name {}", quoted(reference)));
                self.groups.iter().position(named).ok_or_else(unknown)? + 1
            }
        };
        if number == 0 {
            return Err(Malformed::at(from, "bad group number"));
        }
        if number > self.groups.len() {
            return Err(Malformed::at(from, format!("invalid group reference {number}")));
        }
        self.backtracking = true;
        self.plain_group(&format!("(?({number})"), flags, start)
    }

    /// `(?i-m:`, after the first letter.
    fn scoped_flags(&mut self, first: u8, mut flags: Flags, open: usize) -> Result<Flags> {
        let known = |byte: u8| Flags::default().set(byte, true) || byte == b'u';
        if !known(first) && first != b'-' {
            let more = if matches!(first, b'P' | b'<') { self.peek() } else { None };
            if more.is_none() && matches!(first, b'P' | b'<') {
                return Err(Malformed::at(self.at, "unexpected end of pattern"));
            }
            let letters: Vec<u8> = [first].into_iter().chain(more).collect();
            let shown = letters.iter().map(|&byte| char::from(byte)).collect::<String>();
            return Err(Malformed::at(open + 1, format!("unknown extension ?{shown}")));
        }
        let mut on = true;
        let mut byte = first;
        loop {
            match byte {
                b':' => return Ok(flags),
                b')' if on => {
                    let why = "global flags not at the start of the expression";
                    return Err(Malformed::at(open, why));
                }
                b'-' if on => on = false,
                b'u' => {
                    let why = "bad inline flags: cannot use 'u' flag with a bytes pattern";
                    return Err(Malformed::at(self.at, why));
                }
                letter if flags.set(letter, on) => {}
                letter if known(letter) => {
                    let why = "bad inline flags: cannot turn off flags 'a', 'u' and 'L'";
                    return Err(Malformed::at(self.at, why));
                }
                letter => {
                    let missing = self.missing_in_flags(on);
                    let why = if letter.is_ascii_alphabetic() { "unknown flag" } else { missing };
                    return Err(Malformed::at(self.at - 1, why));
                }
            }
            let missing = Malformed::at(self.at, self.missing_in_flags(on));
            byte = self.next().map_err(|_| missing)?;
        }
    }

    /// What is missing after the flags that were read.
    fn missing_in_flags(&self, on: bool) -> &'static str {
        match (on, self.input.get(..self.at).and_then(<[u8]>::last)) {
            (true, _) => "missing -, : or )",
            (false, Some(b'-')) => "missing flag",
            (false, _) => "missing :",
        }
    }
}

/// Text as Python quotes it.
fn quoted(text: &[u8]) -> String {
    let mut out = Vec::new();
    hg_types::python_bytes(text, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pattern: &str) -> String {
        translate(pattern.as_bytes()).expect("well-formed").text
    }

    #[test]
    fn everyday_patterns() {
        assert_eq!(text(r"foo\.c$"), r"foo\.c\z");
        assert_eq!(text("^a|b"), r"\Aa|b");
        assert_eq!(text("(?i)ab"), "[Aa][Bb]");
        assert_eq!(text("(?x) a b # c"), "ab");
        assert_eq!(text("a{,2}b{3}c{x"), r"a{0,2}b{3}c\{x");
        assert!(translate(b"^(?!a).*").expect("well-formed").backtracking);
        assert!(translate(br"(a)\1").expect("well-formed").backtracking);
        assert!(translate(b"a++").expect("well-formed").backtracking);
    }

    #[test]
    fn refuses_what_python_refuses() {
        for bad in [
            "*a", "a**", "^*", "$?", "[z-a]", "a(", "a)", "(?<x>a)", r"\y", r"\u1234", r"\8",
            r"\400", r"[\w-z]", r"[a-\w]", "(?u)a", "(?i", "a(?i)b", "[", "[]", "(?P<1>a)",
            r"(\1)", "a{2,1}", "\\",
        ] {
            assert!(translate(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn any_bytes_do_not_panic() {
        proptest::proptest!(|(pattern: Vec<u8>)| { let _ = translate(&pattern); });
        proptest::proptest!(|(pattern in r"[\[\](){}*+?|\\^$.,a-c0-9:=!<>iPx-]{0,12}")| {
            if let Ok(done) = translate(pattern.as_bytes())
                && !done.backtracking
            {
                regex_automata::meta::Builder::new()
                    .syntax(regex_automata::util::syntax::Config::new().unicode(false).utf8(false))
                    .configure(regex_automata::meta::Config::new().nfa_size_limit(Some(1 << 20)))
                    .build(&done.text)
                    .map_or_else(|error| assert!(error.size_limit().is_some(), "{} {error}", done.text), |_| ());
            }
        });
    }
}

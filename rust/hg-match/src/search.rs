//! Python's regular expressions for searching in texts, as revsets, templates and `grep` need them.

use regex_automata::meta;
use regex_automata::util::syntax;

use crate::pyregex::{self, Translated};

/// A compiled expression.
#[derive(Debug)]
pub struct PythonRegex(Engine);

#[derive(Debug)]
enum Engine {
    Plain(meta::Regex),
    /// Look-around and back-references; bytes are matched as the characters of the same numbers.
    Backtracking(Box<fancy_regex::Regex>),
}

impl PythonRegex {
    /// Compiles a pattern, which may hold flags such as `(?i)`. The error is Python's complaint.
    ///
    /// # Errors
    /// When Python would refuse it.
    pub fn new(pattern: &[u8]) -> Result<Self, String> {
        let translated = pyregex::translate(pattern).map_err(|malformed| malformed.0)?;
        let Translated { text, backtracking } = translated;
        if backtracking {
            let regex = fancy_regex::Regex::new(&text).map_err(|error| error.to_string())?;
            return Ok(Self(Engine::Backtracking(Box::new(regex))));
        }
        let syntax = syntax::Config::new().unicode(false).utf8(false).nest_limit(1000);
        let config = meta::Config::new().utf8_empty(false).nfa_size_limit(Some(64 << 20));
        let regex = meta::Builder::new().syntax(syntax).configure(config).build(&text);
        Ok(Self(Engine::Plain(regex.map_err(|error| error.to_string())?)))
    }

    /// Compiles a pattern that is to match letters of either case, or as they are.
    ///
    /// # Errors
    /// Those of [`PythonRegex::new`].
    pub fn with_case(pattern: &[u8], case_sensitive: bool) -> Result<Self, String> {
        match case_sensitive {
            true => Self::new(pattern),
            false => {
                let folded = Self::new(&[b"(?i)", pattern].concat());
                folded.map_err(|error| Self::new(pattern).err().unwrap_or(error))
            }
        }
    }

    /// Whether the expression matches anywhere in `text`.
    #[must_use]
    pub fn is_match(&self, text: &[u8]) -> bool {
        match &self.0 {
            Engine::Plain(regex) => regex.is_match(text),
            Engine::Backtracking(_) => self.find(text, 0).is_some(),
        }
    }

    /// The first match at or after `from`, as its start and end.
    #[must_use]
    pub fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        match &self.0 {
            Engine::Plain(regex) => {
                let input = regex_automata::Input::new(text).range(from..);
                regex.find(input).map(|found| (found.start(), found.end()))
            }
            Engine::Backtracking(regex) => {
                let wide: String = text.iter().map(|&byte| char::from(byte)).collect();
                let start = wide.char_indices().nth(from).map_or(wide.len(), |(at, _)| at);
                let found = regex.find_from_pos(&wide, start).ok()??;
                let position = |at: usize| wide[..at].chars().count();
                Some((position(found.start()), position(found.end())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_like_python() {
        let regex = PythonRegex::new(br"\bissue\d+").expect("valid");
        assert!(regex.is_match(b"6 issue619"));
        assert_eq!(regex.find(b"6 issue619", 0), Some((2, 10)));
        assert!(!regex.is_match(b"tissue1"));
        let behind = PythonRegex::new(b"(?<=\xe9)b").expect("valid");
        assert_eq!(behind.find(b"ab\xe9b", 1), Some((3, 4)));
        assert!(PythonRegex::with_case(b"BOB", false).expect("valid").is_match(b"xbobx"));
    }

    #[test]
    fn complains_like_python() {
        let message = |pattern: &[u8]| PythonRegex::new(pattern).expect_err("malformed");
        assert_eq!(message(b"("), "missing ), unterminated subpattern at position 0");
        assert_eq!(message(b"a)"), "unbalanced parenthesis at position 1");
        assert_eq!(message(b"[a"), "unterminated character set at position 0");
        assert_eq!(message(b"*"), "nothing to repeat at position 0");
        assert_eq!(message(b"a**"), "multiple repeat at position 2");
        assert_eq!(message(b"a{2,1}"), "min repeat greater than max repeat at position 2");
        assert_eq!(message(br"\q"), r"bad escape \q at position 0");
        assert_eq!(message(b"(?z)"), "unknown extension ?z at position 1");
        assert_eq!(message(b"((a)"), "missing ), unterminated subpattern at position 0");
        assert_eq!(message(b"(?P=x)"), "unknown group name 'x' at position 4");
        assert_eq!(
            message(b"a(?i)"),
            "global flags not at the start of the expression at position 1"
        );
        assert_eq!(message(b"[z-a]"), "bad character range z-a at position 1");
    }
}

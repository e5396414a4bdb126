//! Many patterns as one question: does any of them match this path?
//!
//! Plain names, directories and suffixes are looked up in sets; everything else becomes one
//! automaton, built when it is first asked. Patterns that need back-tracking are tried one by one.

use std::collections::HashSet;
use std::sync::OnceLock;

use hg_types::{Error, Result};
use regex_automata::meta;
use regex_automata::util::syntax;

use crate::glob;
use crate::kind::PatternKind;
use crate::patterns::Pattern;
use crate::pyregex::{self, Translated};

/// What may follow the text of a glob.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ending {
    /// Nothing: positional patterns name files.
    End,
    /// Nothing or a slash: `-I`, `-X` and ignore patterns also match below directories.
    EndOrSlash,
}

impl Ending {
    pub(crate) const fn regex(self) -> &'static [u8] {
        match self {
            Self::End => b"$",
            Self::EndOrSlash => b"(?:/|$)",
        }
    }
}

type Names = HashSet<Vec<u8>>;

/// The compiled form of a list of patterns.
#[derive(Default)]
pub(crate) struct Rules {
    /// A pattern that matches everything is among them.
    everything: bool,
    /// Paths that match themselves only.
    exact: Names,
    /// Paths that match themselves and all below.
    prefixes: Names,
    /// Directories whose files, but not those below, match.
    directories: Names,
    /// Names that match wherever a component is called so.
    components: Names,
    /// Names that match as the last component.
    base_names: Names,
    /// Ends of components that match.
    component_ends: Vec<Vec<u8>>,
    /// Ends of paths that match.
    path_ends: Vec<Vec<u8>>,
    /// Expressions for the automaton.
    expressions: Vec<String>,
    automaton: OnceLock<Automaton>,
    backtracking: Vec<fancy_regex::Regex>,
}

/// The automaton of all plain expressions, or each by itself when together they are too big.
enum Automaton {
    One(meta::Regex),
    Several(Vec<meta::Regex>),
}

impl Rules {
    /// Compiles `patterns`. Sets and sub-includes are not for here and left out.
    pub(crate) fn compile(patterns: &[Pattern], ending: Ending) -> Result<Self> {
        let mut rules = Self::default();
        for pattern in patterns {
            rules.add(pattern, ending)?;
        }
        Ok(rules)
    }

    fn add(&mut self, pattern: &Pattern, ending: Ending) -> Result<()> {
        let text = &pattern.text;
        match pattern.kind {
            PatternKind::Path | PatternKind::RelPath => self.add_prefix(text),
            PatternKind::FilePath => drop(self.exact.insert(text.clone())),
            PatternKind::RootFilesIn => {
                let directory: &[u8] = if text == b"." { b"" } else { text };
                self.directories.insert(directory.to_vec());
            }
            PatternKind::Glob | PatternKind::RootGlob if glob::is_literal(text) => match ending {
                _ if text.is_empty() => self.everything = true,
                Ending::End => drop(self.exact.insert(text.clone())),
                Ending::EndOrSlash => drop(self.prefixes.insert(text.clone())),
            },
            PatternKind::RelGlob if self.add_relative_glob(text, ending) => {}
            PatternKind::Set
            | PatternKind::SubInclude
            | PatternKind::Include
            | PatternKind::ListFile
            | PatternKind::ListFile0 => {}
            _ => self.add_expression(pattern, ending)?,
        }
        Ok(())
    }

    fn add_prefix(&mut self, text: &[u8]) {
        if text.is_empty() || text == b"." {
            self.everything = true;
        } else {
            self.prefixes.insert(text.to_vec());
        }
    }

    /// Takes `name` and `*suffix`; whether it could.
    fn add_relative_glob(&mut self, text: &[u8], ending: Ending) -> bool {
        let tail = text.strip_prefix(b"*").unwrap_or(text);
        if tail.contains(&b'/') || tail.is_empty() || !glob::is_literal(tail) {
            return false;
        }
        let starred = tail.len() < text.len();
        match (starred, ending) {
            (true, Ending::End) => self.path_ends.push(tail.to_vec()),
            (true, Ending::EndOrSlash) => self.component_ends.push(tail.to_vec()),
            (false, Ending::End) => drop(self.base_names.insert(tail.to_vec())),
            (false, Ending::EndOrSlash) => drop(self.components.insert(tail.to_vec())),
        }
        true
    }

    fn add_expression(&mut self, pattern: &Pattern, ending: Ending) -> Result<()> {
        let invalid = || {
            let mut message = pattern.source.clone();
            if !message.is_empty() {
                message.extend_from_slice(b": ");
            }
            message.extend_from_slice(b"invalid pattern (");
            message.extend_from_slice(pattern.kind.name());
            message.extend_from_slice(b"): ");
            message.extend_from_slice(&pattern.text);
            Error::abort(message)
        };
        let regex = python_regex(pattern, ending);
        let Translated { text, backtracking } =
            pyregex::translate(&regex).map_err(|_| invalid())?;
        if backtracking {
            let anchored = format!(r"\A(?:{text})");
            self.backtracking.push(fancy_regex::Regex::new(&anchored).map_err(|_| invalid())?);
        } else {
            if text.len() > 500 || text.contains('{') {
                // Counted repetitions can make an automaton huge: refuse now, not when asked.
                build(&format!("(?:{text})")).map_err(|_| invalid())?;
            }
            self.expressions.push(text);
        }
        Ok(())
    }

    /// Whether any pattern matches `path`.
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        self.everything
            || (!self.exact.is_empty() && self.exact.contains(path))
            || (!self.prefixes.is_empty() && self.below_prefix(path))
            || (!self.directories.is_empty() && self.directories.contains(parent(path)))
            || self.matches_name(path)
            || (!self.expressions.is_empty() && self.automaton().matches(path))
            || (!self.backtracking.is_empty() && self.backtrack(path))
    }

    fn below_prefix(&self, path: &[u8]) -> bool {
        self.prefixes.contains(path)
            || memchr_slashes(path).any(|slash| self.prefixes.contains(&path[..slash]))
    }

    fn matches_name(&self, path: &[u8]) -> bool {
        if self.path_ends.iter().any(|end| path.ends_with(end)) {
            return true;
        }
        if !self.base_names.is_empty() && self.base_names.contains(base_name(path)) {
            return true;
        }
        if self.components.is_empty() && self.component_ends.is_empty() {
            return false;
        }
        path.split(|&byte| byte == b'/').any(|name| {
            self.component_ends.iter().any(|end| name.ends_with(end))
                || self.components.contains(name)
        })
    }

    fn automaton(&self) -> &Automaton {
        self.automaton.get_or_init(|| {
            let all = format!("(?:{})", self.expressions.join("|"));
            match build(&all) {
                Ok(regex) => Automaton::One(regex),
                // Each was found well-formed before, so what fails here is only too big to share.
                Err(_) => Automaton::Several(
                    self.expressions
                        .iter()
                        .filter_map(|text| build(&format!("(?:{text})")).ok())
                        .collect(),
                ),
            }
        })
    }

    fn backtrack(&self, path: &[u8]) -> bool {
        // Every byte becomes the character of the same number, as the translation expects.
        let text: String = path.iter().map(|&byte| char::from(byte)).collect();
        self.backtracking.iter().any(|regex| regex.is_match(&text).unwrap_or(false))
    }
}

impl Automaton {
    fn matches(&self, path: &[u8]) -> bool {
        let input = || {
            regex_automata::Input::new(path).anchored(regex_automata::Anchored::Yes).earliest(true)
        };
        match self {
            Self::One(regex) => regex.is_match(input()),
            Self::Several(all) => all.iter().any(|regex| regex.is_match(input())),
        }
    }
}

fn build(text: &str) -> Result<meta::Regex, Box<meta::BuildError>> {
    meta::Builder::new()
        .syntax(syntax::Config::new().unicode(false).utf8(false).nest_limit(1000))
        .configure(
            meta::Config::new()
                .utf8_empty(false)
                .nfa_size_limit(Some(64 << 20))
                .hybrid_cache_capacity(8 << 20),
        )
        .build(text)
        .map_err(Box::new)
}

/// A pattern as a Python regular expression, as upstream prints it.
pub(crate) fn python_regex(pattern: &Pattern, ending: Ending) -> Vec<u8> {
    let text = &pattern.text;
    if text.is_empty() && matches!(pattern.kind, PatternKind::Glob | PatternKind::RootGlob) {
        return Vec::new();
    }
    match pattern.kind {
        PatternKind::Re => text.clone(),
        PatternKind::Path | PatternKind::RelPath => {
            if text.is_empty() || text == b"." {
                return Vec::new();
            }
            let mut out = Vec::with_capacity(text.len() + 8);
            glob::escape_into(text, &mut out);
            out.extend_from_slice(b"(?:/|$)");
            out
        }
        PatternKind::RootFilesIn => {
            let mut out = Vec::new();
            if text != b"." {
                glob::escape_into(text, &mut out);
                out.push(b'/');
            }
            out.extend_from_slice(b"[^/]+$");
            out
        }
        PatternKind::RelGlob => {
            let glob = glob::to_regex(text, ending.regex());
            match glob.strip_prefix(b"[^/]*") {
                Some(rest) => [b".*", rest].concat(),
                None => [b"(?:|.*/)", &glob[..]].concat(),
            }
        }
        PatternKind::RelRe => relative_regex(text),
        PatternKind::Glob | PatternKind::RootGlob => glob::to_regex(text, ending.regex()),
        _ => Vec::new(),
    }
}

/// An unrooted expression: rooted again by what may come before, unless it is rooted itself.
/// Flags at its start are made to hold for it alone.
fn relative_regex(text: &[u8]) -> Vec<u8> {
    let float = |text: &[u8]| {
        if text.starts_with(b"^") { text.to_vec() } else { [b".*", text].concat() }
    };
    let Some(rest) = text.strip_prefix(b"(?") else {
        return float(text);
    };
    let letters = rest.iter().take_while(|byte| b"aiLmsux".contains(byte)).count();
    if letters == 0 || rest.get(letters) != Some(&b')') {
        return float(text);
    }
    let mut out = b"(?".to_vec();
    out.extend_from_slice(&rest[..letters]);
    out.push(b':');
    out.extend_from_slice(&float(&rest[letters + 1..]));
    out.push(b')');
    out
}

fn memchr_slashes(path: &[u8]) -> impl Iterator<Item = usize> {
    path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at)
}

/// The directory of `path`; empty at the top.
fn parent(path: &[u8]) -> &[u8] {
    path.iter().rposition(|&byte| byte == b'/').map_or(b"", |slash| &path[..slash])
}

fn base_name(path: &[u8]) -> &[u8] {
    path.iter().rposition(|&byte| byte == b'/').map_or(path, |slash| &path[slash + 1..])
}

#[cfg(test)]
mod tests;

//! File names that some systems cannot have.

use std::collections::HashSet;

use hg_config::Config;
use hg_types::{Error, ErrorKind, HgPath, Reporter, Result};

use crate::Dirstate;
use crate::merge::shell_quote;

/// What is done about names that are not portable (`ui.portablefilenames`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Portability {
    /// They are refused.
    Abort,
    /// The user is warned.
    Warn,
    /// Nothing.
    Ignore,
}

impl Portability {
    /// Reads `ui.portablefilenames`.
    ///
    /// # Errors
    /// When its value is none of the known ones.
    pub fn configured(config: &Config) -> Result<Self> {
        let value = config.get("ui", "portablefilenames").unwrap_or(b"warn");
        match value.to_ascii_lowercase().as_slice() {
            b"abort" => Ok(Self::Abort),
            b"warn" => Ok(Self::Warn),
            b"ignore" => Ok(Self::Ignore),
            lower => match hg_config::value::parse_bool(lower) {
                Some(true) => Ok(Self::Warn),
                Some(false) => Ok(Self::Ignore),
                None => {
                    let parts = [b"ui.portablefilenames value is invalid ('", value, b"')"];
                    Err(Error::new(ErrorKind::Config, parts.concat()))
                }
            },
        }
    }

    /// Checks the characters of a name.
    ///
    /// # Errors
    /// When it is not portable and to be refused.
    pub fn check(self, path: &HgPath, reporter: &dyn Reporter) -> Result<()> {
        check_line_breaks(path)?;
        if self == Self::Ignore {
            return Ok(());
        }
        let Some(problem) = windows_problem(path) else {
            return Ok(());
        };
        let message = [&problem[..], b": ", &shell_quote(path.as_bytes())].concat();
        self.complain(&message, reporter, ErrorKind::Input)
    }

    fn complain(self, message: &[u8], reporter: &dyn Reporter, kind: ErrorKind) -> Result<()> {
        if self == Self::Abort {
            return Err(Error::new(kind, message));
        }
        reporter.warn(&[b"warning: ", message, b"\n"].concat());
        Ok(())
    }
}

/// Finds names that differ from tracked ones by case alone.
pub struct CaseCollisions {
    portability: Portability,
    lower: HashSet<Vec<u8>>,
    seen: HashSet<Vec<u8>>,
}

impl CaseCollisions {
    /// Takes the tracked names of `dirstate`.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn new(portability: Portability, dirstate: &Dirstate) -> Result<Self> {
        let mut lower = HashSet::new();
        if portability != Portability::Ignore {
            dirstate.for_each(&mut |item| {
                lower.insert(lower_case(item.path.as_bytes()));
                Ok(())
            })?;
        }
        Ok(Self { portability, lower, seen: HashSet::new() })
    }

    /// Checks a name that is about to be tracked.
    ///
    /// # Errors
    /// When it collides and is to be refused, or the dirstate is damaged.
    pub fn check(
        &mut self,
        path: &HgPath,
        dirstate: &Dirstate,
        reporter: &dyn Reporter,
    ) -> Result<()> {
        if self.portability == Portability::Ignore || self.seen.contains(path.as_bytes()) {
            return Ok(());
        }
        let lower = lower_case(path.as_bytes());
        if self.lower.contains(&lower) && dirstate.get(path)?.is_none() {
            let message = [b"possible case-folding collision for ", path.as_bytes()].concat();
            self.portability.complain(&message, reporter, ErrorKind::State)?;
        }
        self.lower.insert(lower);
        self.seen.insert(path.as_bytes().to_vec());
        Ok(())
    }
}

fn lower_case(text: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(text) {
        Ok(text) => text.to_lowercase().into_bytes(),
        Err(_) => text.to_ascii_lowercase(),
    }
}

/// Refuses names that the formats cannot hold.
pub(crate) fn check_line_breaks(path: &HgPath) -> Result<()> {
    if !path.as_bytes().iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return Ok(());
    }
    let mut shown = Vec::new();
    hg_match::python_bytes(path.as_bytes(), &mut shown);
    let message = [b"'\\n' and '\\r' disallowed in filenames: ", &shown[..]].concat();
    Err(Error::input(message))
}

const RESERVED_NAMES: [&[u8]; 22] = [
    b"con", b"prn", b"aux", b"nul", b"com1", b"com2", b"com3", b"com4", b"com5", b"com6", b"com7",
    b"com8", b"com9", b"lpt1", b"lpt2", b"lpt3", b"lpt4", b"lpt5", b"lpt6", b"lpt7", b"lpt8",
    b"lpt9",
];

/// Why Windows cannot have a file of this name.
#[must_use]
pub fn windows_problem(path: &HgPath) -> Option<Vec<u8>> {
    let quoted = |text: &[u8]| [b"'", text, b"'"].concat();
    let contains = |what: &[u8], why: &str| {
        Some([b"filename contains ", what, b", which is ", why.as_bytes(), b" on Windows"].concat())
    };
    if path.as_bytes().ends_with(b"\\") {
        return Some(b"filename ends with '\\', which is invalid on Windows".to_vec());
    }
    if path.as_bytes().windows(2).any(|two| two == b"\\/") {
        return Some(b"directory name ends with '\\', which is invalid on Windows".to_vec());
    }
    for name in path.as_bytes().split(|byte| matches!(byte, b'/' | b'\\')) {
        for &byte in name {
            if b"<>:\"|?*".contains(&byte) {
                return contains(&quoted(&[byte]), "reserved");
            }
            if byte <= 31 {
                let mut shown = Vec::new();
                hg_match::python_bytes(&[byte], &mut shown);
                return contains(&shown, "invalid");
            }
        }
        let base = name.split(|&byte| byte == b'.').next().unwrap_or_default();
        if RESERVED_NAMES.contains(&base.to_ascii_lowercase().as_slice()) {
            return contains(&quoted(base), "reserved");
        }
        if let Some(&last) = name.last()
            && matches!(last, b'.' | b' ')
            && name != b"."
            && name != b".."
        {
            let shown = quoted(&[last]);
            return Some(
                [b"filename ends with ", &shown[..], b", which is not allowed on Windows"].concat(),
            );
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_windows_refuses() {
        let problem = |name: &str| {
            windows_problem(HgPath::new(name)).map(|p| String::from_utf8(p).expect("ASCII"))
        };
        assert_eq!(problem("a/b c.txt"), None);
        assert_eq!(
            problem("con.xml").as_deref(),
            Some("filename contains 'con', which is reserved on Windows")
        );
        assert_eq!(
            problem("a\tb").as_deref(),
            Some("filename contains '\\t', which is invalid on Windows")
        );
        assert_eq!(
            problem("x./y").as_deref(),
            Some("filename ends with '.', which is not allowed on Windows")
        );
    }
}

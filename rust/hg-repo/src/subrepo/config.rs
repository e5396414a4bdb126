//! `.hgsub`: which subrepositories there are and where they come from, with the rules of `[subpaths]`.

use std::cell::RefCell;
use std::collections::BTreeMap;

use hg_config::{Origin, Sections};
use hg_store::Repo;
use hg_types::{Error, HgPathBuf, Result};

use super::source::{Direction, join_source, source_of};
use super::state::{Kind, State, States};

/// What `.hgsub` says.
pub(super) struct Spec(Sections);

impl Spec {
    /// Parses the text; the rules of the configuration come on top of its own.
    pub(super) fn parse(
        repo: &Repo,
        text: &[u8],
        include: &mut dyn FnMut(&[u8]) -> Result<Vec<u8>>,
    ) -> Result<Self> {
        let config = repo.config();
        let include = RefCell::new(include);
        let read = |name: &[u8]| (include.borrow_mut())(name);
        let name = hg_format::substate::SPEC_NAME;
        let mut sections = Sections::parse(config.environment(), name, text, &read)?;
        for (pattern, replacement) in config.items("subpaths") {
            let origin = Origin::named(config.source("subpaths", pattern));
            sections.set(b"subpaths", pattern, replacement, origin);
        }
        Ok(Self(sections))
    }

    /// The subrepositories, at the given revisions.
    pub(super) fn states(
        &self,
        repo: &Repo,
        revisions: &BTreeMap<HgPathBuf, Vec<u8>>,
    ) -> Result<States> {
        let around = source_of(repo, Direction::Pull)?;
        let mut out = States::new();
        for item in self.0.items(b"") {
            let (kind, source) = split_kind(item.value)?;
            let source = self.remap(source, around.as_deref())?;
            let path = HgPathBuf::from(item.name);
            let revision = revisions.get(&path).cloned().unwrap_or_default();
            out.insert(path, State { source: source.trim_ascii().to_vec(), revision, kind });
        }
        Ok(out)
    }

    /// Applies the rules: to the whole location, and where that changes nothing to what is written.
    fn remap(&self, source: &[u8], around: Option<&[u8]>) -> Result<Vec<u8>> {
        let mut source = source.to_vec();
        if let Some(around) = around
            && self.0.items(b"subpaths").next().is_some()
        {
            let joined = join_source(around, &source)?;
            let mapped = self.apply(&joined)?;
            if mapped != joined {
                source = mapped;
            }
        }
        self.apply(&source)
    }

    fn apply(&self, source: &[u8]) -> Result<Vec<u8>> {
        let mut source = source.to_vec();
        for rule in self.0.items(b"subpaths") {
            let replacement = with_literal_backslashes(rule.value);
            let replaced = hg_query::template::substitute(rule.name, &replacement, &source);
            source = replaced.map_err(|complaint| {
                let at = rule.origin.text();
                let parts: [&[u8]; 4] =
                    [b"bad subrepository pattern in ", &at, b": ", complaint.as_bytes()];
                Error::abort(parts.concat())
            })?;
        }
        Ok(source)
    }
}

/// In replacements only digits have a meaning behind a backslash: paths of Windows must not be doubled.
fn with_literal_backslashes(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (at, &byte) in text.iter().enumerate() {
        out.push(byte);
        if byte == b'\\' && !text.get(at + 1).is_some_and(u8::is_ascii_digit) {
            out.push(byte);
        }
    }
    out
}

/// Splits `[kind]source`.
fn split_kind(text: &[u8]) -> Result<(Kind, &[u8])> {
    let Some(rest) = text.strip_prefix(b"[") else { return Ok((Kind::Hg, text)) };
    let Some(end) = rest.iter().position(|&byte| byte == b']') else {
        return Err(Error::abort("missing ] in subrepository source"));
    };
    Ok((Kind::from_name(&rest[..end]), rest[end + 1..].trim_ascii_start()))
}

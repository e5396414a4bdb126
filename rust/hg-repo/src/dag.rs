//! Repositories made from a description of their graph, for tests and experiments.
//!
//! The text is a row of elements; white space between them does not count. `+n` is a run of n changesets,
//! `.` is one, `$` makes null the parent of the next, `<p` makes p that, `*p` is a child of p, `*p/q` a
//! merge, `/q` a merge of the last and q, `:name` names the last, `@branch` is the branch from here on,
//! and `#` starts a comment. A reference is a number (so many back), a name, or nothing (the last).

pub mod describe;

use std::collections::{BTreeMap, BTreeSet};

use hg_diff::merge3::{Labels, Style, merge};
use hg_store::{Repo, Transaction};
use hg_types::{Error, HgDate, HgPath, HgPathBuf, Node, Result};
use hg_wdir::manifest_of;

use crate::commit::{FileVersion, MemoryFiles, NewCommit, commit};

/// More changesets than this in one run of a description are taken for a typing error.
const MAX_NODES: usize = 10_000_000;

/// What a description says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A changeset with these parents, by their numbers in the description.
    Node(Vec<usize>),
    /// A name for a changeset.
    Tag(usize, Vec<u8>),
    /// The branch of what follows.
    Branch(Vec<u8>),
}

/// Which files the changesets have.
#[derive(Clone, Copy, Debug, Default)]
pub struct DagFiles {
    /// `mf`: each changeset changes a line of its own.
    pub mergeable: bool,
    /// `of`: each changeset overwrites it.
    pub overwritten: bool,
    /// `nfN`: a new file in each changeset.
    pub new: bool,
}

/// Reads a description.
///
/// # Errors
/// When it is malformed.
pub fn parse(text: &[u8]) -> Result<Vec<Event>> {
    let mut parser = Parser { text, at: 0, last: None, next: 0, names: BTreeMap::new() };
    let mut out = Vec::new();
    while let Some(byte) = parser.byte() {
        parser.element(byte, &mut out)?;
    }
    Ok(out)
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    /// The parent of the next changeset.
    last: Option<usize>,
    next: usize,
    names: BTreeMap<Vec<u8>, usize>,
}

impl Parser<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn element(&mut self, byte: u8, out: &mut Vec<Event>) -> Result<()> {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b'.' => self.node(self.last.into_iter().collect(), out),
            b'+' => {
                let count = self.word()?;
                let count = std::str::from_utf8(&count).ok().and_then(|text| text.parse().ok());
                let count: usize = count
                    .filter(|count| *count <= MAX_NODES)
                    .ok_or_else(|| Error::abort("invalid number of nodes in dag description"))?;
                for _ in 0..count {
                    self.node(self.last.into_iter().collect(), out);
                }
            }
            b'$' => self.last = None,
            b'<' => self.last = self.reference()?,
            b'*' => {
                let mut parents: Vec<usize> = self.reference()?.into_iter().collect();
                while self.peek() == Some(b'/') {
                    self.at += 1;
                    parents.extend(self.reference()?);
                }
                self.node(parents, out);
            }
            b'/' => {
                let mut parents: Vec<usize> = self.last.into_iter().collect();
                parents.extend(self.reference()?);
                self.node(parents, out);
            }
            b':' => {
                let name = self.word()?;
                if let Some(last) = self.next.checked_sub(1) {
                    self.names.insert(name.clone(), last);
                    out.push(Event::Tag(last, name));
                }
            }
            b'@' => out.push(Event::Branch(self.word()?)),
            b'#' => while self.byte().is_some_and(|byte| byte != b'\n') {},
            _ => {
                let rest = self.text.get(self.at - 1..).unwrap_or_default();
                let shown = &rest[..rest.len().min(10)];
                let parts = [b"invalid character in dag description: ", shown, b"..."];
                return Err(Error::abort(parts.concat()));
            }
        }
        Ok(())
    }

    fn node(&mut self, parents: Vec<usize>, out: &mut Vec<Event>) {
        out.push(Event::Node(parents));
        self.last = Some(self.next);
        self.next += 1;
    }

    /// Letters and digits, or anything in double quotes.
    fn word(&mut self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        if self.peek() != Some(b'"') {
            while let Some(byte) = self.peek().filter(u8::is_ascii_alphanumeric) {
                out.push(byte);
                self.at += 1;
            }
            return Ok(out);
        }
        self.at += 1;
        loop {
            match self.byte() {
                Some(b'"') => return Ok(out),
                Some(b'\\') => out.extend(self.byte()),
                Some(byte) => out.push(byte),
                None => return Err(Error::abort("unterminated string in dag description")),
            }
        }
    }

    fn reference(&mut self) -> Result<Option<usize>> {
        let word = self.word()?;
        if word.is_empty() {
            return Ok(self.last);
        }
        let back = std::str::from_utf8(&word).ok().and_then(|text| text.parse::<usize>().ok());
        let found = match back {
            Some(back) => self.next.checked_sub(back).filter(|at| *at < self.next),
            None => self.names.get(&word).copied(),
        };
        match found {
            Some(at) => Ok(Some(at)),
            None => {
                Err(Error::abort([b"unknown reference in dag description: ", &word[..]].concat()))
            }
        }
    }
}

/// Makes the changesets that `events` describe, in one transaction.
///
/// # Errors
/// When anything cannot be written.
pub fn build(repo: &Repo, events: &[Event], files: DagFiles) -> Result<()> {
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    let total = events.iter().filter(|event| matches!(event, Event::Node(_))).count();
    let mut builder =
        Builder { repo, files, total, nodes: Vec::new(), branch: b"default".to_vec() };
    let tr = repo.transaction("builddag")?;
    let reporter = repo.reporter();
    let mut tags = Vec::new();
    // Each part of the description is a step, and tells the number of the last changeset.
    let tell = |last: usize| {
        reporter.progress("building", Some(last as u64), b"", "revisions", Some(total as u64));
    };
    tell(0);
    for event in events {
        match event {
            Event::Node(parents) => builder.node(&tr, parents)?,
            Event::Tag(at, name) => {
                if let Some(node) = builder.nodes.get(*at) {
                    tags.extend_from_slice(&[&node.hex()[..], b" ", name, b"\n"].concat());
                }
            }
            Event::Branch(name) => builder.branch.clone_from(name),
        }
        tell(builder.nodes.len().saturating_sub(1));
    }
    reporter.progress("building", None, b"", "revisions", None);
    tr.close()?;
    if !tags.is_empty() {
        repo.vfs().write("localtags", &tags)?;
    }
    Ok(())
}

struct Builder<'a> {
    repo: &'a Repo,
    files: DagFiles,
    total: usize,
    nodes: Vec<Node>,
    branch: Vec<u8>,
}

impl Builder<'_> {
    fn node(&mut self, tr: &Transaction, parents: &[usize]) -> Result<()> {
        let id = self.nodes.len();
        let parent = |at: usize| parents.get(at).and_then(|at| self.nodes.get(*at)).copied();
        let parents = [parent(0).unwrap_or_default(), parent(1).unwrap_or_default()];
        let mut contents = BTreeMap::new();
        self.add_files(id, parents, &mut contents)?;
        let user = b"debugbuilddag".to_vec();
        let seconds = i64::try_from(id).unwrap_or(i64::MAX);
        let new = NewCommit {
            parents,
            paths: contents.keys().cloned().collect::<BTreeSet<_>>(),
            user,
            date: HgDate::new(seconds, 0),
            description: format!("r{id}").into_bytes(),
            extra: BTreeMap::from([(b"branch".to_vec(), self.branch.clone())]),
            ..NewCommit::default()
        };
        let node = commit(self.repo, tr, &new, &mut MemoryFiles(contents))?;
        self.nodes.push(node);
        Ok(())
    }

    fn add_files(
        &self,
        id: usize,
        parents: [Node; 2],
        out: &mut BTreeMap<HgPathBuf, Option<FileVersion>>,
    ) -> Result<()> {
        let mut add = |path: HgPathBuf, content: Vec<u8>| {
            out.insert(path, Some(FileVersion { content, ..FileVersion::default() }));
        };
        let line = format!("r{id}\n").into_bytes();
        if self.files.mergeable {
            let mut lines = self.merged(parents)?;
            if let Some(own) = lines.get_mut(id * 2) {
                own.extend_from_slice(format!(" r{id}").as_bytes());
            }
            let mut text = lines.join(&b'\n');
            text.push(b'\n');
            add(HgPathBuf::from(&b"mf"[..]), text);
        }
        if self.files.overwritten {
            add(HgPathBuf::from(&b"of"[..]), line.clone());
        }
        if self.files.new {
            add(HgPathBuf::from(format!("nf{id}").as_bytes()), line);
            if !parents[1].is_null() {
                for entry in manifest_of(self.repo, &parents[1])?.iter() {
                    if entry.path.as_bytes().starts_with(b"nf") {
                        let content = self.repo.filelog(entry.path)?.read_node(&entry.node)?;
                        add(entry.path.to_owned(), content.into_vec());
                    }
                }
            }
        }
        Ok(())
    }

    /// The lines of `mf` before this changeset changes its own.
    fn merged(&self, [p1, p2]: [Node; 2]) -> Result<Vec<Vec<u8>>> {
        if p1.is_null() {
            return Ok((0..self.total * 2).map(|at| at.to_string().into_bytes()).collect());
        }
        let mut text = self.mergeable_of(p1)?;
        if !p2.is_null() {
            let changelog = self.repo.changelog()?;
            let revs = [changelog.rev(&p1)?, changelog.rev(&p2)?];
            let base = changelog.common_ancestor_heads(&revs).first().copied();
            let base = match base {
                Some(rev) => self.mergeable_of(changelog.node(rev))?,
                None => Vec::new(),
            };
            let other = self.mergeable_of(p2)?;
            text = merge(&base, &text, &other, Style::Merge, &Labels::default()).text;
        }
        let text = text.strip_suffix(b"\n").unwrap_or(&text);
        Ok(text.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect())
    }

    fn mergeable_of(&self, node: Node) -> Result<Vec<u8>> {
        let path = HgPath::new("mf");
        match manifest_of(self.repo, &node)?.node(path) {
            Some(file) => Ok(self.repo.filelog(path)?.read_node(&file)?.into_vec()),
            None => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parents(text: &str) -> Vec<Vec<usize>> {
        let events = parse(text.as_bytes()).expect("well-formed");
        let node =
            |event: Event| if let Event::Node(parents) = event { Some(parents) } else { None };
        events.into_iter().filter_map(node).collect()
    }

    #[test]
    fn graphs() {
        let none = Vec::<usize>::new;
        let expected = [none(), vec![0], vec![1], vec![2], vec![3], vec![4, 3], vec![2], none()];
        assert_eq!(parents("+3:a*a@br./2#c\n<a+1$."), expected);
        assert_eq!(parents("..<2.*1/2"), [none(), vec![0], vec![0], vec![2, 1]]);
        assert!(parse(b"+1 x").is_err());
        assert!(parse(b"+1*foo").is_err());
        assert!(parse(b":\"a").is_err());
        assert!(parse(b"+99999999999999").is_err());
    }
}

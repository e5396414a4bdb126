//! What was found for a file before, in `.hg/cache/annotate/`.
//!
//! Which file revision a line comes from depends on nothing but the file revision it is asked for,
//! so a result can be kept for ever. One file holds the last result for a path and a way to
//! compare:
//!
//! | bytes | |
//! | --- | --- |
//! | 12 | `hgannotate1\n` |
//! | 20 | the file revision |
//! | 4 | number of origins |
//! | each | length of the path (4), path, node (20) |
//! | 4 | number of lines |
//! | each | position among the origins (4), line number there (4) |
//! | 20 | SHA-1 of everything before |
//!
//! Numbers are big-endian. Anything unexpected makes the file be ignored.

use hg_store::Repo;
use hg_store::revlog::hash_text;
use hg_types::{HgPath, HgPathBuf, Node};

use super::{AnnotateOptions, Line, Start};

const MAGIC: &[u8] = b"hgannotate1\n";
const HASH_LEN: usize = 20;

/// The lines of a file revision and where they come from.
pub(super) struct Known {
    pub(super) path: HgPathBuf,
    pub(super) node: Node,
    pub(super) origins: Vec<(HgPathBuf, Node)>,
    pub(super) lines: Vec<Line>,
}

impl Known {
    /// Whether it is about a file revision.
    pub(super) fn is(&self, path: &HgPath, node: Node) -> bool {
        self.node == node && *self.path == *path
    }
}

/// Where the result for a file is kept.
pub(super) struct AnnotateCache {
    repo: Repo,
    path: HgPathBuf,
    file: Vec<u8>,
}

impl AnnotateCache {
    /// The place for a question; `None` when its answer depends on more than the file.
    pub(super) fn of(repo: &Repo, start: &Start, options: &AnnotateOptions<'_>) -> Option<Self> {
        let Start::Committed { path, .. } = start else { return None };
        if options.skip.is_some() {
            return None;
        }
        let diff = &options.diff;
        let switches = [
            options.follow,
            diff.ignore_space,
            diff.ignore_space_amount,
            diff.ignore_space_at_eol,
            diff.ignore_blank_lines,
            diff.xdiff,
        ];
        let mut key: Vec<u8> = switches.iter().map(|on| b'0' + u8::from(*on)).collect();
        key.extend_from_slice(path.as_bytes());
        let name = hash_text(&key, &Node::NULL, &Node::NULL).hex();
        let file = [b"annotate/", &name[..]].concat();
        Some(Self { repo: repo.clone(), path: path.clone(), file })
    }

    /// The last result, if it can be used.
    pub(super) fn read(&self) -> Option<Known> {
        let bytes = self.repo.cache_vfs().try_read(&self.file).ok()??;
        let known = decode(&bytes, &self.path)?;
        // A stripped revision is no start, and lines must come from what is still there.
        let stored = |path: &HgPath, node: &Node| {
            self.repo.filelog(path).is_ok_and(|log| log.find(node).is_some())
        };
        let whole = known.origins.iter().all(|(path, node)| stored(path, node));
        (whole && stored(&known.path, &known.node)).then_some(known)
    }

    /// Keeps a result; a cache that cannot be written is none.
    pub(super) fn write(&self, known: &Known) {
        let vfs = self.repo.cache_vfs();
        if vfs.create_dirs(b"annotate").is_ok() {
            let _ = vfs.write_atomic(&self.file, &encode(known));
        }
    }
}

fn encode(known: &Known) -> Vec<u8> {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes();
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(known.node.as_bytes());
    out.extend_from_slice(&number(known.origins.len()));
    for (path, node) in &known.origins {
        out.extend_from_slice(&number(path.len()));
        out.extend_from_slice(path.as_bytes());
        out.extend_from_slice(node.as_bytes());
    }
    out.extend_from_slice(&number(known.lines.len()));
    for line in &known.lines {
        out.extend_from_slice(&line.origin.to_be_bytes());
        out.extend_from_slice(&line.number.to_be_bytes());
    }
    let hash = hash_text(&out, &Node::NULL, &Node::NULL);
    out.extend_from_slice(hash.as_bytes());
    out
}

struct Input<'b>(&'b [u8]);

impl<'b> Input<'b> {
    fn take(&mut self, len: usize) -> Option<&'b [u8]> {
        let (head, tail) = self.0.split_at_checked(len)?;
        self.0 = tail;
        Some(head)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn node(&mut self) -> Option<Node> {
        Node::from_slice(self.take(HASH_LEN)?)
    }
}

fn decode(bytes: &[u8], path: &HgPath) -> Option<Known> {
    let (body, hash) = bytes.split_at_checked(bytes.len().checked_sub(HASH_LEN)?)?;
    if hash_text(body, &Node::NULL, &Node::NULL).as_bytes() != hash {
        return None;
    }
    let mut input = Input(body.strip_prefix(MAGIC)?);
    let node = input.node()?;
    let count = input.number()?;
    let mut origins = Vec::new();
    for _ in 0..count {
        let len = input.number()? as usize;
        let path = HgPath::new(input.take(len)?).to_owned();
        origins.push((path, input.node()?));
    }
    let total = input.number()? as usize;
    if input.0.len() != total.checked_mul(8)? {
        return None;
    }
    let mut lines = Vec::with_capacity(total);
    for _ in 0..total {
        let (origin, number) = (input.number()?, input.number()?);
        if origin >= count {
            return None;
        }
        lines.push(Line { origin, number, skipped: false });
    }
    Some(Known { path: path.to_owned(), node, origins, lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Known {
        let path = HgPath::new(b"dir/file").to_owned();
        let line = |number| Line { origin: 0, number, skipped: false };
        Known {
            path: path.clone(),
            node: Node([7; 20]),
            origins: vec![(path, Node([8; 20]))],
            lines: vec![line(1), line(2)],
        }
    }

    #[test]
    fn comes_back() {
        let known = sample();
        let bytes = encode(&known);
        let read = decode(&bytes, &known.path).expect("it was just written");
        assert_eq!((read.node, &read.origins), (known.node, &known.origins));
        assert_eq!(read.lines, known.lines);
    }

    #[test]
    fn damage_is_noticed() {
        let bytes = encode(&sample());
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 1;
            assert!(decode(&bad, &sample().path).is_none(), "a changed byte at {at}");
            assert!(decode(&bytes[..at], &sample().path).is_none(), "cut off at {at}");
        }
    }
}

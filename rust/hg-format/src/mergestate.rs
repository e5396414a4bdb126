//! Merge state: the records of `.hg/merge/state2` and, for old readers, `.hg/merge/state`.
//!
//! Source: `hg help internals.mergestate`. A record of `state2` is a type (one byte), a length (u32,
//! big-endian) and that many bytes; an upper-case type is mandatory for readers. A record whose type
//! an old program would misread travels inside a `t` record, whose first byte is the real type.
//! Fields inside a record are separated by NUL.

use bstr::ByteSlice as _;
use hg_types::{HgPathBuf, Node};

/// Record types whose mandatory (upper-case) letter every reader since the format began knows;
/// all others are wrapped in `t`.
const UNWRAPPED: &[u8] = b"LOF";

/// Why merge state cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeStateError {
    /// The file ends inside a record, or a record lacks fields.
    #[error("merge state is damaged at byte {0}")]
    Damaged(usize),
    /// Mandatory records of types this program does not know: their letters, sorted, with spaces between.
    #[error("unsupported merge state records: {}", _0.as_bstr())]
    Unsupported(Vec<u8>),
}

/// One record, unwrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The type letter.
    pub kind: u8,
    /// The content.
    pub data: Vec<u8>,
}

/// How far a file's merge has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// `u`: a conflict nobody has resolved.
    Unresolved,
    /// `r`: resolved.
    Resolved,
    /// `pu`: a path conflict nobody has resolved.
    UnresolvedPath,
    /// `pr`: a resolved path conflict.
    ResolvedPath,
}

impl FileState {
    /// The letters stored.
    #[must_use]
    pub const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Unresolved => b"u",
            Self::Resolved => b"r",
            Self::UnresolvedPath => b"pu",
            Self::ResolvedPath => b"pr",
        }
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        [Self::Unresolved, Self::Resolved, Self::UnresolvedPath, Self::ResolvedPath]
            .into_iter()
            .find(|state| state.as_bytes() == bytes)
    }
}

/// One file that is being merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeFile {
    /// The file's path in the result.
    pub path: HgPathBuf,
    /// How far it has come.
    pub state: FileState,
    /// What kind of conflict it is.
    pub conflict: Conflict,
    /// Additional facts about the file (`f` records), in order: `ancestorlinknode`, `merged`, ...
    pub extras: Vec<(Vec<u8>, Vec<u8>)>,
}

/// What a merge has to settle about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Contents differ (`F`), or one side deleted what the other changed (`C`).
    Content(ContentConflict),
    /// A file stands where a directory should be (`P`).
    Path {
        /// Where the file was moved to.
        renamed_to: Vec<u8>,
        /// `l` or `r`: whose file it is.
        origin: Vec<u8>,
    },
}

/// The three sides of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentConflict {
    /// Hexadecimal SHA-1 of the local path: the name of the saved local version in `.hg/merge`;
    /// all zeros when the local side deleted the file.
    pub local_key: Vec<u8>,
    /// The local path.
    pub local_path: HgPathBuf,
    /// The ancestor's path, empty when there is none.
    pub ancestor_path: HgPathBuf,
    /// The ancestor's file node.
    pub ancestor_node: Node,
    /// The other side's path.
    pub other_path: HgPathBuf,
    /// The other side's file node; null when the other side deleted the file.
    pub other_node: Node,
    /// Flag letters of the local file.
    pub flags: Vec<u8>,
}

impl ContentConflict {
    /// Whether one side deleted the file (such a conflict is a `C` record).
    #[must_use]
    pub fn is_deletion(&self) -> bool {
        self.other_node.is_null() || self.local_key == NO_LOCAL_KEY
    }
}

/// The `local_key` of a file that the local side deleted.
pub const NO_LOCAL_KEY: &[u8] = b"0000000000000000000000000000000000000000";

/// Everything `.hg/merge/state2` holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeStateRecords {
    /// The local changeset.
    pub local: Option<Node>,
    /// The other changeset.
    pub other: Option<Node>,
    /// Labels of local, other and (if given) base, for conflict markers.
    pub labels: Vec<Vec<u8>>,
    /// The files, in the order stored.
    pub files: Vec<MergeFile>,
    /// Facts about files that are not being merged (`f` records without a file record).
    pub other_extras: Vec<(HgPathBuf, Vec<(Vec<u8>, Vec<u8>)>)>,
}

/// Splits `state2` into records. One that is cut off is given as far as it goes: whether it matters
/// is seen by [`records_agree_with_v1`].
///
/// # Errors
///
/// When the file ends inside a record's length.
pub fn decode_records(bytes: &[u8]) -> Result<Vec<Record>, MergeStateError> {
    let mut records = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let damaged = || MergeStateError::Damaged(at);
        let length = bytes.get(at + 1..at + 5).ok_or_else(damaged)?;
        let length = u32::from_be_bytes(length.try_into().map_err(|_| damaged())?) as usize;
        let end = at.saturating_add(5).saturating_add(length).min(bytes.len());
        let mut kind = bytes[at];
        let mut data = &bytes[at + 5..end];
        if kind == b't' {
            (kind, data) = data.split_first().map(|(k, d)| (*k, d)).ok_or_else(damaged)?;
        }
        records.push(Record { kind, data: data.to_vec() });
        at = end;
    }
    Ok(records)
}

/// Whether what an old program would read from `text`, a `.hg/merge/state`, is in `records`.
#[must_use]
pub fn records_agree_with_v1(records: &[Record], text: &[u8]) -> bool {
    let mut lines = Vec::new();
    for record in records {
        match record.kind {
            b'L' => lines.push(record.data.clone()),
            b'F' => {
                let mut fields: Vec<&[u8]> = record.data.split(|&b| b == 0).collect();
                // The other side's node came with `state2`: field 7 of 9.
                if fields.len() > 7 {
                    fields.remove(7);
                }
                lines.push(fields.join(&0));
            }
            _ => {}
        }
    }
    lines
        .iter()
        .map(Vec::as_slice)
        .eq(text.strip_suffix(b"\n").unwrap_or(text).split(|&b| b == b'\n'))
}

/// Appends one record of `state2`.
fn encode_record(kind: u8, data: &[u8], out: &mut Vec<u8>) {
    let wrapped = !UNWRAPPED.contains(&kind);
    out.push(if wrapped { b't' } else { kind });
    let length = u32::try_from(data.len() + usize::from(wrapped)).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    if wrapped {
        out.push(kind);
    }
    out.extend_from_slice(data);
}

impl MergeStateRecords {
    /// Reads `.hg/merge/state2`.
    ///
    /// # Errors
    ///
    /// Damage, or a mandatory record of an unknown type.
    pub fn decode(bytes: &[u8]) -> Result<Self, MergeStateError> {
        Self::from_records(&decode_records(bytes)?)
    }

    /// The state that records tell.
    ///
    /// # Errors
    ///
    /// Damage, or a mandatory record of an unknown type.
    pub fn from_records(records: &[Record]) -> Result<Self, MergeStateError> {
        let mut state = Self::default();
        let mut unsupported = Vec::new();
        for (number, record) in records.iter().enumerate() {
            let damaged = || MergeStateError::Damaged(number);
            let fields: Vec<&[u8]> = record.data.split(|&b| b == 0).collect();
            match record.kind {
                b'L' => state.local = Some(Node::from_hex(&record.data).ok_or_else(damaged)?),
                b'O' => state.other = Some(Node::from_hex(&record.data).ok_or_else(damaged)?),
                b'l' => {
                    let labels = fields.iter().filter(|label| !label.is_empty());
                    state.labels = labels.map(|label| label.to_vec()).collect();
                }
                b'F' | b'C' => state.files.push(content_file(&fields).ok_or_else(damaged)?),
                b'P' => state.files.push(path_file(&fields).ok_or_else(damaged)?),
                b'f' => state.add_extras(&fields).ok_or_else(damaged)?,
                kind if kind.is_ascii_uppercase() && kind != b'M' => unsupported.push(kind),
                _ => {}
            }
        }
        if unsupported.is_empty() {
            Ok(state)
        } else {
            unsupported.sort_unstable();
            unsupported.dedup();
            let letters: Vec<&[u8]> = unsupported.chunks(1).collect();
            Err(MergeStateError::Unsupported(letters.join(&b' ')))
        }
    }

    fn add_extras(&mut self, fields: &[&[u8]]) -> Option<()> {
        let (path, pairs) = fields.split_first()?;
        let extras =
            pairs.chunks_exact(2).map(|pair| (pair[0].to_vec(), pair[1].to_vec())).collect();
        match self.files.iter_mut().find(|file| file.path.as_bytes() == *path) {
            Some(file) => file.extras = extras,
            None => self.other_extras.push((HgPathBuf::from(*path), extras)),
        }
        Some(())
    }

    /// Writes `.hg/merge/state2`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (kind, node) in [(b'L', self.local), (b'O', self.other)] {
            if let Some(node) = node {
                encode_record(kind, &node.hex(), &mut out);
            }
        }
        for file in &self.files {
            let (kind, fields) = file_fields(file);
            encode_record(kind, &fields.join(&0), &mut out);
        }
        let listed = self.files.iter().map(|file| (&file.path, &file.extras));
        let loose = self.other_extras.iter().map(|(path, extras)| (path, extras));
        let mut extras: Vec<_> = listed.chain(loose).filter(|(_, e)| !e.is_empty()).collect();
        extras.sort_by_key(|(path, _)| *path);
        for (path, pairs) in extras {
            let mut fields = vec![path.as_bytes()];
            fields.extend(pairs.iter().flat_map(|(key, value)| [key.as_slice(), value.as_slice()]));
            encode_record(b'f', &fields.join(&0), &mut out);
        }
        if !self.labels.is_empty() {
            encode_record(b'l', &self.labels.join(&0), &mut out);
        }
        out
    }

    /// Reads `.hg/merge/state`. It does not tell the other side's changeset and file nodes, which are
    /// null in the result.
    ///
    /// # Errors
    ///
    /// Damage.
    pub fn decode_v1(text: &[u8]) -> Result<Self, MergeStateError> {
        let mut lines = text.split(|&b| b == b'\n');
        let local = lines.next().and_then(Node::from_hex).ok_or(MergeStateError::Damaged(0))?;
        let mut state = Self { local: Some(local), ..Self::default() };
        for (number, line) in lines.filter(|line| !line.is_empty()).enumerate() {
            let mut fields: Vec<&[u8]> = line.split(|&b| b == 0).collect();
            let null = Node::NULL.hex();
            if fields.len() == 8 {
                fields.insert(7, &null);
            }
            let file = content_file(&fields).ok_or(MergeStateError::Damaged(number + 1))?;
            state.files.push(file);
        }
        Ok(state)
    }

    /// Writes `.hg/merge/state`, what programs before `state2` read.
    #[must_use]
    pub fn encode_v1(&self) -> Vec<u8> {
        let mut out = self.local.unwrap_or(Node::NULL).hex();
        out.push(b'\n');
        for file in &self.files {
            let (kind, mut fields) = file_fields(file);
            if kind == b'F' {
                // The other side's node came with `state2`: field 7 of 9.
                fields.remove(7);
                out.extend_from_slice(&fields.join(&0));
                out.push(b'\n');
            }
        }
        out
    }
}

fn content_file(fields: &[&[u8]]) -> Option<MergeFile> {
    let &[path, state, key, local, ancestor, anode, other, onode, flags] = fields else {
        return None;
    };
    Some(MergeFile {
        path: path.into(),
        state: FileState::from_bytes(state)?,
        conflict: Conflict::Content(ContentConflict {
            local_key: key.to_vec(),
            local_path: local.into(),
            ancestor_path: ancestor.into(),
            ancestor_node: Node::from_hex(anode)?,
            other_path: other.into(),
            other_node: Node::from_hex(onode)?,
            flags: flags.to_vec(),
        }),
        extras: Vec::new(),
    })
}

fn path_file(fields: &[&[u8]]) -> Option<MergeFile> {
    let &[path, state, renamed_to, origin] = fields else { return None };
    Some(MergeFile {
        path: path.into(),
        state: FileState::from_bytes(state)?,
        conflict: Conflict::Path { renamed_to: renamed_to.to_vec(), origin: origin.to_vec() },
        extras: Vec::new(),
    })
}

fn file_fields(file: &MergeFile) -> (u8, Vec<Vec<u8>>) {
    let mut fields = vec![file.path.as_bytes().to_vec(), file.state.as_bytes().to_vec()];
    match &file.conflict {
        Conflict::Content(sides) => {
            fields.extend([
                sides.local_key.clone(),
                sides.local_path.as_bytes().to_vec(),
                sides.ancestor_path.as_bytes().to_vec(),
                sides.ancestor_node.hex(),
                sides.other_path.as_bytes().to_vec(),
                sides.other_node.hex(),
                sides.flags.clone(),
            ]);
            (if sides.is_deletion() { b'C' } else { b'F' }, fields)
        }
        Conflict::Path { renamed_to, origin } => {
            fields.extend([renamed_to.clone(), origin.clone()]);
            (b'P', fields)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> MergeStateRecords {
        let node = |byte| Node([byte; 20]);
        MergeStateRecords {
            local: Some(node(1)),
            other: Some(node(2)),
            labels: [&b"working copy"[..], b"merge rev", b"common ancestor"]
                .map(<[u8]>::to_vec)
                .into(),
            files: vec![
                MergeFile {
                    path: "a".into(),
                    state: FileState::Unresolved,
                    conflict: Conflict::Content(ContentConflict {
                        local_key: vec![b'8'; 40],
                        local_path: "a".into(),
                        ancestor_path: "a".into(),
                        ancestor_node: node(3),
                        other_path: "b".into(),
                        other_node: node(4),
                        flags: b"x".to_vec(),
                    }),
                    extras: vec![(b"merged".to_vec(), b"yes".to_vec())],
                },
                MergeFile {
                    path: "p".into(),
                    state: FileState::UnresolvedPath,
                    conflict: Conflict::Path { renamed_to: b"p~x".to_vec(), origin: b"l".to_vec() },
                    extras: Vec::new(),
                },
            ],
            other_extras: Vec::new(),
        }
    }

    #[test]
    fn round_trip() {
        let state = sample();
        assert_eq!(MergeStateRecords::decode(&state.encode()), Ok(state));
    }

    #[test]
    fn v1_lists_content_conflicts_only() {
        let text = sample().encode_v1();
        assert_eq!(text.lines().count(), 2);
        assert!(text.starts_with(&[b'0'; 1]));
    }

    #[test]
    fn what_is_cut_off_disagrees_with_v1() {
        let (bytes, first) = (sample().encode(), sample().encode_v1());
        let whole = decode_records(&bytes).expect("sound");
        assert!(records_agree_with_v1(&whole, &first));
        let last = bytes.windows(1).rposition(|byte| byte == b"F").expect("has files");
        for end in 0..last {
            if let Ok(records) = decode_records(&bytes[..end]) {
                assert!(!records_agree_with_v1(&records, &first), "cut at {end}");
            }
        }
        assert_eq!(decode_records(&bytes[..3]), Err(MergeStateError::Damaged(0)));
    }

    #[test]
    fn unknown_mandatory_records_are_named() {
        let mut bytes = Vec::new();
        encode_record(b'X', b"?", &mut bytes);
        encode_record(b'x', b"?", &mut bytes);
        let error = MergeStateRecords::decode(&bytes).expect_err("X is mandatory");
        assert_eq!(error.to_string(), "unsupported merge state records: X");
    }
}

//! Changelogs of the second format: their files, and the side data of revisions.

use std::collections::BTreeMap;
use std::sync::Arc;

use hg_format::revlog::docket::{Docket, Extra, LONG_ENTRY_LEN, Mode, decode_entry, encode_entry};
use hg_format::revlog::{
    Compression, Compressor, FLAG_HAS_COPIES, Header, RevlogError, decompress,
};
use hg_format::side_data::{self, ChangedFiles};
use hg_types::{Error, Result, Revision};

use super::data::ChunkData;
use super::error::{chunk_error, corrupted, index_error};
use super::index::Index;
use super::persistent::new_uid;
use super::write::MAX_APPENDED;
use super::{NewRevision, Revlog, RevlogFiles, RevlogName, RevlogOptions, RevlogTransaction};

/// Side data that decompresses to more is damaged.
const MAX_SIDE_DATA: usize = 1 << 30;

/// What a changelog of the second format has beside what all revlogs have.
#[derive(Clone, Debug)]
pub(super) struct Docketed {
    docket: Docket,
    extras: Arc<Vec<Extra>>,
    side: ChunkData,
}

impl Docketed {
    /// The docket, when the index file is one, or is to be one.
    pub(super) fn open(
        files: &dyn RevlogFiles,
        index_file: &[u8],
        name: &RevlogName,
        options: &RevlogOptions,
    ) -> Result<Option<Self>> {
        if !options.changelog {
            return Ok(None);
        }
        let bytes = files.try_map(index_file)?.unwrap_or_default();
        if !Docket::is_docket(&bytes) {
            let makes_one = bytes.is_empty() && options.changelog_v2;
            return Ok(makes_one.then(|| Self::with(new_docket(options))));
        }
        let mut docket = Docket::decode(&bytes).map_err(|source| index_error(name, source))?;
        for part in [&mut docket.index, &mut docket.data, &mut docket.side] {
            if options.pending {
                part.end = part.pending_end;
            }
        }
        Ok(Some(Self::with(docket)))
    }

    fn with(docket: Docket) -> Self {
        let side = ChunkData::new(docket.side.end);
        Self { docket, extras: Arc::default(), side }
    }

    /// Reads the index that the docket names.
    pub(super) fn read_index(
        &mut self,
        files: &dyn RevlogFiles,
        name: &RevlogName,
    ) -> Result<(Header, Index)> {
        let header = Header { version: 1, inline: false, general_delta: true };
        let mut index = Index::empty();
        let end = usize::try_from(self.docket.index.end).unwrap_or(usize::MAX);
        if end > 0 {
            let bytes = files.try_map(&self.index_file(name))?.unwrap_or_default();
            let truncated = || index_error(name, RevlogError::Truncated(bytes.len()));
            let bytes = bytes.get(..end).ok_or_else(truncated)?;
            let (records, rest) = bytes.as_chunks::<LONG_ENTRY_LEN>();
            if !rest.is_empty() {
                return Err(corrupted(name));
            }
            let mut extras = Vec::with_capacity(records.len());
            for (at, record) in records.iter().enumerate() {
                let (entry, extra) = decode_entry(record, at);
                index.push(entry.encode(None));
                extras.push(extra);
            }
            self.extras = Arc::new(extras);
        }
        Ok((header, index))
    }

    fn file(name: &RevlogName, id: &[u8], kind: &[u8]) -> Vec<u8> {
        [&name.radix[..], b"-", id, kind].concat()
    }

    fn index_file(&self, name: &RevlogName) -> Vec<u8> {
        Self::file(name, &self.docket.index.id, b".idx")
    }

    fn data_file(&self, name: &RevlogName) -> Vec<u8> {
        Self::file(name, &self.docket.data.id, b".dat")
    }

    fn side_file(&self, name: &RevlogName) -> Vec<u8> {
        Self::file(name, &self.docket.side.id, b".sda")
    }

    pub(super) fn file_names(&self, name: &RevlogName) -> [Vec<u8>; 3] {
        [self.index_file(name), self.data_file(name), self.side_file(name)]
    }

    fn extra(&self, rev: Revision) -> Option<&Extra> {
        self.extras.get(rev.index()?)
    }

    /// A chunk as it is stored here, from what it is in other revlogs.
    fn strip(&self, mut chunk: Vec<u8>) -> (Vec<u8>, Mode) {
        match chunk.first() {
            None | Some(0) => (chunk, Mode::Plain),
            Some(b'u') => {
                chunk.remove(0);
                (chunk, Mode::Plain)
            }
            Some(first) if *first == self.docket.compression => (chunk, Mode::Default),
            Some(_) => (chunk, Mode::Inline),
        }
    }
}

fn new_docket(options: &RevlogOptions) -> Docket {
    let mut docket = Docket {
        compression: match options.compression {
            Compression::None => 0,
            Compression::Zlib(_) => b'x',
            Compression::Zstd(_) => b'(',
        },
        ..Docket::default()
    };
    for part in [&mut docket.index, &mut docket.data, &mut docket.side] {
        part.id = new_uid();
    }
    docket
}

impl Revlog {
    /// Whether it can hold side data.
    #[must_use]
    pub fn has_side_data(&self) -> bool {
        self.docketed.is_some()
    }

    /// The number of a revision's ancestors, itself included, where that is stored.
    #[must_use]
    pub fn stored_rank(&self, rev: Revision) -> Option<i32> {
        self.docketed.as_ref()?.extra(rev).map(|extra| extra.rank)
    }

    /// What the index says of a revision beyond what other revlogs have.
    #[must_use]
    pub fn side_entry(&self, rev: Revision) -> Option<Extra> {
        self.docketed.as_ref()?.extra(rev).copied()
    }

    /// The side data of a revision: blocks by their keys.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn side_data(&self, rev: Revision) -> Result<BTreeMap<u16, Vec<u8>>> {
        let Some(docketed) = &self.docketed else { return Ok(BTreeMap::new()) };
        let Some(extra) = docketed.extra(rev).filter(|extra| extra.side_len > 0) else {
            return Ok(BTreeMap::new());
        };
        let damaged = || {
            let number = rev.to_string();
            Error::storage([b"damaged side data of revision ", number.as_bytes()].concat())
        };
        let len = usize::try_from(extra.side_len).map_err(|_| damaged())?;
        let stored = match docketed.side.appended(extra.side_offset, len) {
            Some(stored) => stored,
            None => {
                if docketed.side.base().get().is_none() {
                    let bytes = self.files.try_map(&docketed.side_file(&self.name))?;
                    docketed.side.base().get_or_init(|| bytes.unwrap_or_default());
                }
                let start = usize::try_from(extra.side_offset).map_err(|_| damaged())?;
                let end = start.checked_add(len).ok_or_else(damaged)?;
                let bytes = docketed.side.base().get().and_then(|bytes| bytes.get(start..end));
                bytes.ok_or_else(damaged)?
            }
        };
        let plain = match extra.side_mode {
            Mode::Plain => side_data::decode(stored),
            _ => side_data::decode(&decompress(stored, MAX_SIDE_DATA).map_err(chunk_error)?),
        };
        plain.map_err(|source| damaged().because(source))
    }

    /// What a changeset does to files, where its side data says it.
    ///
    /// # Errors
    /// When the side data is damaged.
    pub fn stored_changed_files(&self, rev: Revision) -> Result<Option<ChangedFiles>> {
        let blocks = self.side_data(rev)?;
        let Some(block) = blocks.get(&side_data::FILES) else { return Ok(None) };
        ChangedFiles::decode(block).map(Some).map_err(|source| {
            let number = rev.to_string();
            Error::storage([b"damaged side data of revision ", number.as_bytes()].concat())
                .because(source)
        })
    }

    pub(super) fn chunk_file(&self) -> Vec<u8> {
        match &self.docketed {
            Some(docketed) => docketed.data_file(&self.name),
            None => self.name.data_file(),
        }
    }

    pub(super) fn is_plain_chunk(&self, rev: Revision) -> bool {
        let Some(docketed) = &self.docketed else { return false };
        let mode = docketed.extra(rev).map(|extra| extra.mode);
        mode == Some(Mode::Plain) || mode == Some(Mode::Default) && docketed.docket.compression == 0
    }

    /// Takes note of the chunk of a revision about to be appended; gives it as it is to be stored.
    pub(super) fn note_chunk(&mut self, parents: [Revision; 2], chunk: Vec<u8>) -> Result<Vec<u8>> {
        let rank = if self.docketed.is_some() { self.rank_above(parents)? } else { 0 };
        let Some(docketed) = &mut self.docketed else { return Ok(chunk) };
        let (chunk, mode) = docketed.strip(chunk);
        let side_offset = docketed.side.end();
        let extra = Extra { mode, rank, side_offset, ..Extra::default() };
        Arc::make_mut(&mut docketed.extras).push(extra);
        Ok(chunk)
    }

    fn rank_above(&self, [p1, p2]: [Revision; 2]) -> Result<i32> {
        let rank = |rev: Revision| self.stored_rank(rev).unwrap_or(0);
        if p2.is_null() || p1.is_null() {
            return Ok(rank(p1).max(rank(p2)).saturating_add(1));
        }
        let more = self.missing_ancestors([p2], [p1]).len();
        let more = i32::try_from(more).map_err(|_| self.corrupted())?;
        Ok(rank(p1).saturating_add(more).saturating_add(1))
    }

    /// Stores a revision together with what it does to files.
    ///
    /// # Errors
    /// Those of [`Revlog::add_revision`].
    pub fn add_with_side_data(
        &mut self,
        tr: &mut dyn RevlogTransaction,
        new: &NewRevision<'_>,
        files: &ChangedFiles,
    ) -> Result<Revision> {
        let before = self.len();
        let rev = self.append_revision(new)?;
        if self.len() > before {
            self.keep_changed_files(rev, files)?;
        }
        self.flush(tr)?;
        Ok(rev)
    }

    /// Gives side data to revisions, the last ones, which the running transaction has added.
    ///
    /// # Errors
    /// When writing fails; the transaction must then be aborted.
    pub fn add_side_data(
        &mut self,
        tr: &mut dyn RevlogTransaction,
        first: usize,
        files: &[ChangedFiles],
    ) -> Result<()> {
        for (at, files) in files.iter().enumerate() {
            self.keep_changed_files(Revision::from_index(first + at), files)?;
        }
        if self.docketed.is_some() && !files.is_empty() {
            self.written = self.written.min(first);
            self.flush(tr)?;
        }
        Ok(())
    }

    fn keep_changed_files(&mut self, rev: Revision, files: &ChangedFiles) -> Result<()> {
        let mut flags = self.flags(rev);
        let Some(at) = rev.index() else { return Ok(()) };
        let Some(docketed) = &mut self.docketed else { return Ok(()) };
        let plain = side_data::encode(&BTreeMap::from([(side_data::FILES, files.encode())]));
        let mut compressor = Compressor::new(self.options.compression);
        let packed = compressor.compress(&plain).map_err(chunk_error)?;
        let (stored, side_mode) = docketed.strip(packed);
        let side_offset = docketed.side.end();
        docketed.side.push(&stored);
        if let Some(extra) = Arc::make_mut(&mut docketed.extras).get_mut(at) {
            extra.side_offset = side_offset;
            extra.side_len = u32::try_from(stored.len())
                .map_err(|_| Error::storage("side data is too large for a changelog"))?;
            extra.side_mode = side_mode;
        }
        flags &= !FLAG_HAS_COPIES;
        if files.has_copies() {
            flags |= FLAG_HAS_COPIES;
        }
        self.index.set_flags(at, flags);
        Ok(())
    }

    /// Writes what was appended: texts, side data, entries; the docket comes last of all.
    pub(super) fn append_docketed(&mut self, tr: &mut dyn RevlogTransaction) -> Result<()> {
        let Some(docketed) = &self.docketed else { return Ok(()) };
        let [index_file, data_file, side_file] = docketed.file_names(&self.name);
        let mut docket = docketed.docket.clone();
        let index_end = (self.len() * LONG_ENTRY_LEN) as u64;
        for (part, end) in [
            (&mut docket.index, index_end),
            (&mut docket.data, self.data_end()),
            (&mut docket.side, docketed.side.end()),
        ] {
            part.pending_end = end;
        }
        let write = |tr: &mut dyn RevlogTransaction, file: &[u8], data: &ChunkData, from: u64| {
            let len = usize::try_from(data.end() - from).unwrap_or(usize::MAX);
            let bytes = data.appended(from, len).ok_or_else(|| self.corrupted())?;
            self.write_at(tr, file, from, bytes)
        };
        if self.data_end() > docket.data.end {
            write(tr, &data_file, &self.data, docket.data.end)?;
        }
        if docketed.side.end() > docket.side.end {
            write(tr, &side_file, &docketed.side, docket.side.end)?;
        }
        // The transaction must know where the file ended before it.
        tr.add(&index_file, docket.index.end)?;
        let records = self.long_records(self.written)?;
        self.write_at(tr, &index_file, (self.written * LONG_ENTRY_LEN) as u64, &records)?;
        for part in [&mut docket.index, &mut docket.data, &mut docket.side] {
            part.end = part.pending_end;
        }
        tr.settle(&self.name.index_file(), &docket.encode())?;
        if let Some(docketed) = &mut self.docketed {
            docketed.docket = docket;
        }
        if self.data.appended_len() > MAX_APPENDED {
            self.data = ChunkData::new(self.data_end());
        }
        Ok(())
    }

    fn long_records(&self, from: usize) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity((self.len() - from) * LONG_ENTRY_LEN);
        for rev in self.rev_range(from..self.len()) {
            let extra = self.side_entry(rev).ok_or_else(|| self.corrupted())?;
            out.extend_from_slice(&encode_entry(&self.entry(rev)?, &extra));
        }
        Ok(out)
    }

    /// What the files of a changelog of the second format are cut to when it keeps `len` revisions,
    /// and the docket that says so; `None` for other revlogs.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn docketed_cut(&self, len: usize) -> Result<Option<DocketCut>> {
        let Some(docketed) = &self.docketed else { return Ok(None) };
        if len >= self.len() {
            return Ok(None);
        }
        let first = Revision::from_index(len);
        let ends = [
            (len * LONG_ENTRY_LEN) as u64,
            self.entry(first)?.offset,
            self.side_entry(first).map_or(0, |extra| extra.side_offset),
        ];
        let mut docket = docketed.docket.clone();
        for (part, end) in
            [&mut docket.index, &mut docket.data, &mut docket.side].into_iter().zip(ends)
        {
            part.end = end;
            part.pending_end = end;
        }
        let files = docketed.file_names(&self.name).into_iter().zip(ends).collect();
        Ok(Some(DocketCut { files, docket: docket.encode() }))
    }
}

/// How a changelog of the second format is cut.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocketCut {
    /// The files, each with the length that stays.
    pub files: Vec<(Vec<u8>, u64)>,
    /// The docket afterwards.
    pub docket: Vec<u8>,
}

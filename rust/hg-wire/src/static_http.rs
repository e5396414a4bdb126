//! Repositories that any web server gives out as files (`hg help urls`, `static-http://`).
//!
//! What the repository is made of is copied where it can be read: its changelog and manifest at once,
//! the histories of files when changesets that touch them are asked for. Such a server knows no phases
//! and no markers: everything is there for everybody.

use std::collections::BTreeSet;

use hg_format::bundle2::Capabilities;
use hg_format::percent;
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Node, Result, Revision};
use hg_vfs::Vfs;
use tempfile::TempDir;

use crate::facts;
use crate::http::Files;
use crate::local::LocalPeer;
use crate::open::OpenContext;
use crate::outgoing::OutgoingSet;
use crate::parts::PartSource;
use crate::peer::{BundleRequest, Keys, Peer, Reply};
use crate::url::Url;

/// The flag of an index that has its data in it (`hg help internals.revlogs`).
const INLINE: u8 = 1;

/// A repository in the files of a web server.
pub struct StaticPeer {
    // Before the directory its files are in, so that it goes first.
    copy: LocalPeer,
    mirror: Mirror,
    url: Vec<u8>,
}

/// Files of a repository, as far as they were needed.
struct Mirror {
    files: Files,
    vfs: Vfs,
    /// Where the store is, below the directory of the repository.
    store: &'static [u8],
    known: BTreeSet<Vec<u8>>,
    directory: TempDir,
}

impl StaticPeer {
    /// Opens the repository at `location`.
    ///
    /// # Errors
    /// When there is none, or it is of a kind that cannot be read this way.
    pub fn open(context: &OpenContext, location: &[u8]) -> Result<Self> {
        let place = location.strip_prefix(b"static-").unwrap_or(location);
        let mut url = Url::parse_with(place, false)?;
        let path = url.path.take().unwrap_or_default();
        url.path = Some(path.strip_suffix(b"/").unwrap_or(&path).to_vec());
        let files = context.http().files(url.clone())?;
        let directory = tempfile::tempdir().map_err(|error| {
            Error::abort("cannot make a directory for the files of a repository").because(error)
        })?;
        let vfs = Vfs::new(directory.path().join(".hg"));
        vfs.create_dirs(b"store")?;
        let mut mirror = Mirror { files, vfs, store: b"store/", known: BTreeSet::new(), directory };
        mirror.take_heart(&url)?;
        let repo = Repo::open(mirror.directory.path(), context.options())?;
        let copy = LocalPeer::new(repo, context.lookup.clone());
        // Hooks are told where the files are.
        let url = url.to_bytes();
        Ok(Self { copy, mirror, url })
    }

    /// Copies the histories of the files that the wanted changesets touch.
    fn take_files(&mut self, request: &BundleRequest) -> Result<()> {
        let repo = self.copy.repo().clone();
        let view = facts::served(&repo)?;
        let heads = request.heads.clone().unwrap_or_else(|| view.head_nodes());
        let missing = OutgoingSet::between(&view, &request.common, &heads).missing;
        let revs: Vec<Revision> = missing.into_iter().map(Revision::from_index).collect();
        let mut touched: BTreeSet<Vec<u8>> = BTreeSet::new();
        for entry in repo.changelog()?.entries(&revs) {
            touched.extend(entry?.files().map(|file| file.as_bytes().to_vec()));
        }
        for file in touched {
            let name = |ending: &[u8]| {
                let logical = [b"data/", &file[..], ending].concat();
                [self.mirror.store, &repo.store_vfs().encode(logical)[..]].concat()
            };
            let (index, data) = (name(b".i"), name(b".d"));
            self.mirror.take_revlog(&index, &data)?;
        }
        Ok(())
    }
}

impl Mirror {
    /// Copies a file, if it is there; whether it is.
    fn take(&mut self, name: &[u8]) -> Result<bool> {
        if self.known.contains(name) {
            return Ok(true);
        }
        // Names of files come from the server, and are not all encoded.
        if name.split(|&b| b == b'/').any(|part| matches!(part, b"" | b"." | b"..")) {
            return Err(Error::abort([b"path contains illegal component: ", name].concat()));
        }
        let place = [b"/.hg/", &percent::quote(name, b"/~")[..]].concat();
        let Some(mut body) = self.files.get(place)? else { return Ok(false) };
        if let Some(slash) = name.iter().rposition(|&b| b == b'/') {
            self.vfs.create_dirs(&name[..slash])?;
        }
        let path = self.vfs.join(name);
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Remote, format!("error: {error}")).because(error)
        };
        let mut file = std::fs::File::create(path).map_err(failed)?;
        std::io::copy(&mut body, &mut file).map_err(failed)?;
        self.known.insert(name.to_vec());
        Ok(true)
    }

    /// Copies an index, and its data if they are elsewhere.
    fn take_revlog(&mut self, index: &[u8], data: &[u8]) -> Result<()> {
        if !self.take(index)? {
            return Ok(());
        }
        let start = self.vfs.read(index)?;
        let is_inline = start.get(1).is_some_and(|flags| flags & INLINE != 0);
        if !is_inline && !start.is_empty() {
            self.take(data)?;
        }
        Ok(())
    }

    /// Copies what every question needs.
    fn take_heart(&mut self, url: &Url) -> Result<()> {
        let mut requirements = Vec::new();
        if self.take(b"requires")? {
            requirements = self.vfs.read(b"requires")?;
        } else if !self.take(b"00changelog.i")? {
            let place = url.to_bytes();
            let parts: [&[u8]; 3] = [b"'", &place, b"' does not appear to be an hg repository"];
            return Err(Error::new(ErrorKind::Repo, parts.concat()));
        }
        let has = |requirements: &[u8], name: &[u8]| {
            requirements.split(|&b| b == b'\n').any(|known| known == name)
        };
        if has(&requirements, b"share-safe") && self.take(b"store/requires")? {
            requirements.extend(self.vfs.read(b"store/requires")?);
        }
        for name in
            [&b"treemanifest"[..], b"shared", b"relshared", b"exp-changelog-v2", b"exp-revlogv2.2"]
        {
            if has(&requirements, name) {
                let parts: [&[u8]; 3] =
                    [b"repositories with '", name, b"' cannot be read over static-http"];
                return Err(Error::abort(parts.concat()));
            }
        }
        if !has(&requirements, b"store") {
            self.store = b"";
        }
        for name in [&b"00manifest"[..], b"00changelog"] {
            let name = |ending: &[u8]| [self.store, name, ending].concat();
            let (index, data) = (name(b".i"), name(b".d"));
            self.take_revlog(&index, &data)?;
        }
        let bookmarks: &[u8] = match has(&requirements, b"bookmarksinstore") {
            true => b"store/bookmarks",
            false => b"bookmarks",
        };
        self.take(bookmarks)?;
        Ok(())
    }
}

impl Peer for StaticPeer {
    fn url(&self) -> &[u8] {
        &self.url
    }

    fn can_push(&self) -> bool {
        false
    }

    fn capabilities(&mut self) -> Result<Vec<Vec<u8>>> {
        self.copy.capabilities()
    }

    fn bundle2_capabilities(&mut self) -> Result<Capabilities> {
        let mut out = self.copy.bundle2_capabilities()?;
        out.0.remove(&b"stream"[..]);
        Ok(out)
    }

    fn heads(&mut self) -> Result<Vec<Node>> {
        self.copy.heads()
    }

    fn known(&mut self, nodes: &[Node]) -> Result<Vec<bool>> {
        self.copy.known(nodes)
    }

    fn lookup(&mut self, key: &[u8]) -> Result<Node> {
        self.copy.lookup(key)
    }

    fn branchmap(&mut self) -> Result<Vec<(Vec<u8>, Vec<Node>)>> {
        self.copy.branchmap()
    }

    fn list_keys(&mut self, namespace: &[u8]) -> Result<Keys> {
        self.copy.list_keys(namespace)
    }

    fn push_key(&mut self, _: &[u8], _: &[u8], _: &[u8], _: &[u8]) -> Result<bool> {
        Ok(false)
    }

    fn get_bundle<'a>(&'a mut self, request: &BundleRequest) -> Result<Box<dyn PartSource + 'a>> {
        if request.changegroup {
            self.take_files(request)?;
        }
        self.copy.get_bundle(request)
    }

    fn unbundle(&mut self, _: &mut dyn PartSource) -> Result<Reply> {
        Err(Error::abort("destination does not support push"))
    }
}

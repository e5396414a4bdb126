//! A bundle file laid over a repository: read it as if it had been pulled, without pulling it.

use std::path::Path;

use hg_format::bundle2::{Capabilities, parts as payloads};
use hg_store::Repo;
use hg_types::{Error, Node, Phase, Result, Revision, Silent};

use crate::bundle::{self, bundle2_error};
use crate::local::LocalPeer;
use crate::open::OpenContext;
use crate::parts::{BundleParts, PartSource, Payload};
use crate::peer::{BundleRequest, Keys, Peer, Reply};
use crate::repo_store::RepoSink;
use crate::take::take_changegroup;

/// Opens a bundle file, called `name` in messages, over a fresh opening of the repository at `root`.
pub fn open(file: &Path, name: &[u8], root: &Path, context: &OpenContext) -> Result<Repo> {
    let repo = Repo::open(root, context.options())?;
    lay_over(&repo, file, name)?;
    Ok(repo)
}

/// Lays a bundle file over an open repository, in memory; messages call it `name`.
pub fn lay_over(repo: &Repo, file: &Path, name: &[u8]) -> Result<()> {
    repo.set_overlay_start(repo.changelog()?.len());
    let mut config = (*repo.config()).clone();
    config.set("phases", "publish", "False", "bundlerepo");
    repo.set_config(config);
    let input = std::fs::File::open(file).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.split(" (os error").next().unwrap_or_default().to_owned();
        let parts: [&[u8]; 4] = [reason.as_bytes(), b": '", name, b"'"];
        Error::abort(parts.concat()).because(error)
    })?;
    let opened = bundle::open(input, Some(name))?;
    if let bundle::Bundle::Packed1 { .. } = opened {
        return Err(Error::abort("packed bundles cannot be read"));
    }
    let mut parts = BundleParts::new(opened, Some(name))?;
    let mut found = false;
    let first = Revision::from_index(repo.changelog()?.len());
    while let Some(part) = parts.next_part()? {
        match part.payload {
            Payload::Changegroup(_, mut source) => {
                found = true;
                let target = target_phase(part.header.parameter(b"targetphase"));
                let taken = take_changegroup(
                    &mut RepoSink::overlay(repo),
                    None,
                    &mut *source,
                    &Silent,
                    false,
                )?;
                let range = taken.first_new..taken.first_new + taken.changesets;
                let revs: Vec<Revision> = range.map(Revision::from_index).collect();
                repo.overlay_phase(target, &revs)?;
            }
            Payload::Bytes(bytes) if part.header.kind == b"phase-heads" => {
                overlay_phases(repo, &bytes, first)?;
            }
            _ => {}
        }
    }
    if !found {
        return Err(Error::abort("No changegroups found"));
    }
    Ok(())
}

fn target_phase(parameter: Option<&[u8]>) -> Phase {
    let number = parameter.and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
    number.and_then(Phase::from_number).unwrap_or(Phase::Draft)
}

fn overlay_phases(repo: &Repo, payload: &[u8], first: Revision) -> Result<()> {
    let heads = payloads::decode_phase_heads(payload).map_err(bundle2_error)?;
    let changelog = repo.changelog()?;
    for (phase, node) in heads {
        if let Some(rev) = changelog.find(&node) {
            repo.overlay_heads(phase, &[rev], first)?;
        }
    }
    Ok(())
}

/// A bundle file as a peer.
pub struct BundlePeer {
    inner: LocalPeer,
    url: Vec<u8>,
    /// The directory of the empty repository below, when there is no other.
    _scratch: Option<Scratch>,
}

/// A directory for what goes when its owner goes.
pub struct ScratchDirectory(std::path::PathBuf);

impl ScratchDirectory {
    /// Makes one.
    pub fn new() -> Result<Self> {
        Ok(Self(scratch_directory()?))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for ScratchDirectory {
    fn drop(&mut self) {
        // Nothing depends on it: what cannot be removed stays in the directory for such things.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An empty repository in a temporary directory, which goes when its owner goes.
pub struct Scratch(ScratchDirectory);

impl Scratch {
    /// Makes one.
    pub fn new(options: hg_store::OpenOptions) -> Result<Self> {
        let out = Self(ScratchDirectory::new()?);
        Repo::init(out.root(), options, &hg_store::InitOptions::default())?;
        Ok(out)
    }

    /// The root of the repository.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.0.path()
    }
}

impl BundlePeer {
    /// Opens a bundle file over `repo`, or over nothing.
    pub fn open(
        file: &Path,
        location: &[u8],
        repo: Option<&Repo>,
        context: &OpenContext,
    ) -> Result<Self> {
        let (root, scratch) = match repo {
            Some(repo) => (repo.root().to_path_buf(), None),
            None => {
                let scratch = Scratch::new(context.options())?;
                (scratch.root().to_path_buf(), Some(scratch))
            }
        };
        let name = location.strip_prefix(b"bundle:").unwrap_or(location);
        let overlay = open(file, name, &root, context)?;
        let url = match repo {
            Some(repo) => bundle_url(repo.root(), &context.cwd, name),
            None => [b"bundle:", name].concat(),
        };
        let inner = LocalPeer::new(overlay, context.lookup.clone());
        Ok(Self { inner, url, _scratch: scratch })
    }

    /// The bundle as a repository.
    #[must_use]
    pub fn repo(&self) -> &Repo {
        self.inner.repo()
    }
}

/// `bundle:REPOSITORY+FILE`, the repository as seen from the current directory.
fn bundle_url(root: &Path, cwd: &Path, name: &[u8]) -> Vec<u8> {
    let below = root.strip_prefix(cwd).unwrap_or(root).as_os_str().as_encoded_bytes();
    if below.is_empty() {
        return [b"bundle:", name].concat();
    }
    [b"bundle:", below, b"+", name].concat()
}

fn scratch_directory() -> Result<std::path::PathBuf> {
    let base = std::env::temp_dir();
    for number in 0..1000_u32 {
        let path = base.join(format!("hg-bundle-{}-{number}", std::process::id()));
        match std::fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(bundle::read_error(error)),
        }
    }
    Err(Error::abort("cannot make a temporary directory"))
}

impl Peer for BundlePeer {
    fn url(&self) -> &[u8] {
        &self.url
    }

    fn local(&self) -> Option<&Repo> {
        Some(self.inner.repo())
    }

    fn can_push(&self) -> bool {
        false
    }

    fn capabilities(&mut self) -> Result<Vec<Vec<u8>>> {
        self.inner.capabilities()
    }

    fn bundle2_capabilities(&mut self) -> Result<Capabilities> {
        self.inner.bundle2_capabilities()
    }

    fn heads(&mut self) -> Result<Vec<Node>> {
        self.inner.heads()
    }

    fn known(&mut self, nodes: &[Node]) -> Result<Vec<bool>> {
        self.inner.known(nodes)
    }

    fn lookup(&mut self, key: &[u8]) -> Result<Node> {
        self.inner.lookup(key)
    }

    fn branchmap(&mut self) -> Result<Vec<(Vec<u8>, Vec<Node>)>> {
        self.inner.branchmap()
    }

    fn list_keys(&mut self, namespace: &[u8]) -> Result<Keys> {
        self.inner.list_keys(namespace)
    }

    fn push_key(&mut self, _: &[u8], _: &[u8], _: &[u8], _: &[u8]) -> Result<bool> {
        Err(crate::local::cannot_push())
    }

    fn get_bundle<'a>(&'a mut self, request: &BundleRequest) -> Result<Box<dyn PartSource + 'a>> {
        self.inner.get_bundle(request)
    }

    fn unbundle(&mut self, _: &mut dyn PartSource) -> Result<Reply> {
        Err(crate::local::cannot_push())
    }
}

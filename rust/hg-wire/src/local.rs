//! A repository on this machine as a peer.

use std::sync::Arc;

use hg_format::bundle2::{Capabilities, PartHeader, parts as payloads};
use hg_format::changegroup::Version;
use hg_store::Repo;
use hg_types::{Error, Node, Phase, Reporter, Result, Revision};

use crate::apply::{self, Operation};
use crate::facts;
use crate::generate::StoreSource;
use crate::outgoing::{OutgoingSet, unknown_remote_revision};
use crate::parts::{Part, PartList, PartSource};
use crate::peer::{BundleRequest, Keys, Peer, Reply};
use crate::pushkey;
use crate::source::{ChangegroupSource, read_ahead};
use crate::stream::{self, Snapshot};

/// A repository on this machine.
pub struct LocalPeer {
    repo: Repo,
    url: Vec<u8>,
    lookup: Lookup,
}

/// How a symbol is looked up in a repository.
pub type Lookup = std::sync::Arc<dyn Fn(&Repo, &[u8]) -> Result<Node> + Send + Sync>;

impl LocalPeer {
    /// `repo` as a peer; symbols are looked up by `lookup`.
    #[must_use]
    pub fn new(repo: Repo, lookup: Lookup) -> Self {
        let url = [b"file:", repo.root_bytes()].concat();
        Self { repo, url, lookup }
    }

    /// The repository.
    #[must_use]
    pub fn repo(&self) -> &Repo {
        &self.repo
    }
}

/// What this program understands of HG20.
#[must_use]
pub fn bundle2_capabilities() -> Capabilities {
    let list: [(&str, &[&str]); 14] = [
        ("HG20", &[]),
        ("bookmarks", &[]),
        ("changegroup", &["01", "02", "03"]),
        ("checkheads", &["related"]),
        ("digests", &["md5", "sha1", "sha512"]),
        ("error", &["abort", "unsupportedcontent", "pushraced", "pushkey"]),
        ("hgtagsfnodes", &[]),
        ("listkeys", &[]),
        ("obsmarkers", &["V0", "V1"]),
        ("phases", &["heads"]),
        ("pushkey", &[]),
        ("remote-changegroup", &["http", "https"]),
        ("stream", &["v2"]),
        ("delta-compression", &["none", "zlib", "zstd"]),
    ];
    let bytes = |text: &&str| text.as_bytes().to_vec();
    let entries =
        list.iter().map(|(name, values)| (bytes(name), values.iter().map(bytes).collect()));
    Capabilities(entries.collect())
}

impl Peer for LocalPeer {
    fn url(&self) -> &[u8] {
        &self.url
    }

    fn local(&self) -> Option<&Repo> {
        Some(&self.repo)
    }

    fn capabilities(&mut self) -> Result<Vec<Vec<u8>>> {
        let names = ["branchmap", "getbundle", "known", "lookup", "pushkey", "unbundle"];
        Ok(names.iter().map(|name| name.as_bytes().to_vec()).collect())
    }

    fn bundle2_capabilities(&mut self) -> Result<Capabilities> {
        let mut out = understood(&self.repo)?;
        if !stream::is_allowed(&self.repo)? {
            out.0.remove(&b"stream"[..]);
        }
        Ok(out)
    }

    fn heads(&mut self) -> Result<Vec<Node>> {
        Ok(facts::served(&self.repo)?.head_nodes())
    }

    fn known(&mut self, nodes: &[Node]) -> Result<Vec<bool>> {
        let view = facts::served(&self.repo)?;
        Ok(nodes.iter().map(|node| node.is_null() || view.rev(node).is_some()).collect())
    }

    fn lookup(&mut self, key: &[u8]) -> Result<Node> {
        let found = lookup_served(&self.repo, &self.lookup, key)?;
        // The working directory is nobody else's business.
        if found == Node::WDIR { Err(unknown_remote_revision(key)) } else { Ok(found) }
    }

    fn branchmap(&mut self) -> Result<Vec<(Vec<u8>, Vec<Node>)>> {
        facts::branch_heads(&self.repo, hg_store::View::Served)
    }

    fn list_keys(&mut self, namespace: &[u8]) -> Result<Keys> {
        pushkey::list(&self.repo, namespace)
    }

    fn push_key(&mut self, namespace: &[u8], key: &[u8], old: &[u8], new: &[u8]) -> Result<bool> {
        pushkey::push(&self.repo, &pushkey::Change { namespace, key, old, new })
    }

    fn get_bundle<'a>(&'a mut self, request: &BundleRequest) -> Result<Box<dyn PartSource + 'a>> {
        Ok(Box::new(bundle_parts(&self.repo, request)?))
    }

    fn unbundle(&mut self, parts: &mut dyn PartSource) -> Result<Reply> {
        let wlock = self.repo.wlock()?;
        let lock = self.repo.lock()?;
        let mut operation = Operation::new(&self.repo, "push", &self.url);
        operation.bundle2 = true;
        let applied = apply::apply_parts(parts, &mut operation)?;
        operation.close()?;
        drop(lock);
        drop(wlock);
        Ok(applied.reply)
    }
}

/// The parts that answer `request`.
pub fn bundle_parts<'a>(repo: &'a Repo, request: &BundleRequest) -> Result<PartList<'a>> {
    let view = facts::served(repo)?;
    let heads = request.heads.clone().unwrap_or_else(|| view.head_nodes());
    for node in &heads {
        if !node.is_null() && view.rev(node).is_none() {
            return Err(crate::outgoing::unknown_remote_revision(&node.hex()));
        }
    }
    let outgoing = OutgoingSet::between(&view, &request.common, &heads);
    let mut parts = PartList::default();
    run_preoutgoing(repo, request)?;
    if request.stream {
        parts.0.push_back(Snapshot::take(repo, stream::Version::V2)?.part());
    }
    let keys = list_keys(repo, request)?;
    if request.changegroup && !outgoing.missing.is_empty() {
        parts.0.push_back(changegroup_part(repo, &outgoing, request)?);
    }
    if request.bookmarks {
        parts.0.push_back(bookmarks_part(repo)?);
    }
    parts.0.extend(keys);
    if request.obsmarkers && crate::obs::exchanges(repo)? {
        parts.0.extend(crate::obs::part(&crate::obs::relevant_to(repo, &heads)?)?);
    }
    if request.phases {
        parts.0.push_back(phases_part(repo, &heads)?);
    }
    Ok(parts)
}

fn list_keys(repo: &Repo, request: &BundleRequest) -> Result<Vec<Part<'static>>> {
    let part = |namespace: &Vec<u8>| {
        let keys = pushkey::list(repo, namespace)?;
        let header = PartHeader::new(b"listkeys", true).with(b"namespace", namespace);
        Ok(Part::bytes(header, payloads::encode_keys(&keys)))
    };
    request.list_keys.iter().map(part).collect()
}

fn run_preoutgoing(repo: &Repo, request: &BundleRequest) -> Result<()> {
    if request.changegroup {
        let args = vec![("source".to_owned(), request.source.clone())];
        repo.hooks().run(repo, "preoutgoing", true, &args)?;
    }
    Ok(())
}

fn changegroup_part<'a>(
    repo: &'a Repo,
    outgoing: &OutgoingSet,
    request: &BundleRequest,
) -> Result<Part<'a>> {
    let reporter = repo.reporter();
    report_found(repo, outgoing, &*reporter, false)?;
    let version = best_version(request.bundle2.as_ref());
    let view = facts::unfiltered(repo)?;
    run_outgoing(repo, outgoing, &request.source)?;
    let source = StoreSource::new(repo, outgoing.to_changegroup(&view), version)?
        .report_sizes(Arc::clone(&reporter));
    let mut source: Box<dyn ChangegroupSource + 'a> = Box::new(source);
    if reporter.is_verbose() {
        source = read_ahead(&mut *source, version)?;
    }
    let count = outgoing.missing.len().to_string();
    let mut part = Part::changegroup(version, source);
    part.header = part.header.with_advisory(b"nbchanges", count.as_bytes());
    Ok(part)
}

/// What `repo` understands of HG20: markers only where they are exchanged.
pub(crate) fn understood(repo: &Repo) -> Result<Capabilities> {
    let mut out = bundle2_capabilities();
    if !crate::obs::exchanges(repo)? {
        out.0.remove(&b"obsmarkers"[..]);
    }
    Ok(out)
}

/// The changeset that a symbol names, if others may see it.
pub(crate) fn lookup_served(repo: &Repo, lookup: &Lookup, key: &[u8]) -> Result<Node> {
    let unknown = || {
        let message = [b"unknown revision '", key, b"'"].concat();
        Error::new(hg_types::ErrorKind::UnknownRevision, message)
    };
    let served = facts::served(repo)?;
    if key == b"tip" {
        return Ok(served.revs().next_back().map_or(Node::NULL, |rev| served.node(rev)));
    }
    let filtered = || {
        let message = [b"filtered revision '", key, b"' (not in 'served' subset)"].concat();
        Error::new(hg_types::ErrorKind::HiddenRevision, message)
    };
    let node = match lookup(repo, key) {
        Err(error) if error.kind == hg_types::ErrorKind::HiddenRevision => return Err(filtered()),
        found => found?,
    };
    if node == Node::WDIR {
        // Others have no working directory here.
        return Err(unknown());
    }
    if node.is_null() || served.rev(&node).is_some() {
        return Ok(node);
    }
    // Names are those of what others see.
    if repo.bookmarks()?.get(key).is_some() || repo.tags()?.get(key).is_some() {
        return Err(unknown());
    }
    if let Some((tip, _)) = repo.branchmap_of(hg_store::View::Served)?.tip(key) {
        return Ok(repo.changelog()?.node(tip));
    }
    if repo.branchmap()?.contains(key) {
        return Err(unknown());
    }
    Err(filtered())
}

/// Says how many changesets are sent, and runs the hooks around that.
pub fn announce(
    repo: &Repo,
    outgoing: &OutgoingSet,
    source: &str,
    reporter: &dyn Reporter,
    always: bool,
) -> Result<()> {
    let args = vec![("source".to_owned(), source.as_bytes().to_vec())];
    repo.hooks().run(repo, "preoutgoing", true, &args)?;
    report_found(repo, outgoing, reporter, always)?;
    run_outgoing(repo, outgoing, source.as_bytes())
}

fn run_outgoing(repo: &Repo, outgoing: &OutgoingSet, source: &[u8]) -> Result<()> {
    let Some(&first) = outgoing.missing.first() else { return Ok(()) };
    let args = vec![
        ("node".to_owned(), repo.changelog()?.node(Revision::from_index(first)).hex()),
        ("source".to_owned(), source.to_vec()),
    ];
    repo.hooks().run(repo, "outgoing", false, &args)?;
    Ok(())
}

/// Says how many changesets are sent; in all cases when `always`, else with `--verbose`.
pub fn report_found(
    repo: &Repo,
    outgoing: &OutgoingSet,
    reporter: &dyn Reporter,
    always: bool,
) -> Result<()> {
    let text = format!("{} changesets found\n", outgoing.missing.len());
    if always {
        reporter.status(text.as_bytes());
    } else {
        reporter.note(text.as_bytes());
    }
    reporter.debug(b"list of changesets:\n");
    let changelog = repo.changelog()?;
    for &rev in &outgoing.missing {
        let mut line = changelog.node(Revision::from_index(rev)).hex();
        line.push(b'\n');
        reporter.debug(&line);
    }
    Ok(())
}

/// The newest changegroup version both sides know.
fn best_version(capabilities: Option<&Capabilities>) -> Version {
    let Some(capabilities) = capabilities else {
        return Version::V1;
    };
    let knows = |version: &Version| capabilities.has(b"changegroup", version.name().as_bytes());
    Version::ALL.into_iter().rev().find(knows).unwrap_or(Version::V1)
}

fn bookmarks_part(repo: &Repo) -> Result<Part<'static>> {
    let marks: Vec<_> = pushkey::shown_bookmarks(repo)?
        .into_iter()
        .map(|(name, node)| (name, Some(node)))
        .collect();
    let payload = payloads::encode_bookmarks(&marks).map_err(crate::bundle::bundle2_error)?;
    Ok(Part::bytes(PartHeader::new(b"bookmarks", true), payload))
}

fn phases_part(repo: &Repo, heads: &[Node]) -> Result<Part<'static>> {
    let view = facts::served(repo)?;
    let wanted: Vec<usize> = heads.iter().filter_map(|node| view.rev(node)).collect();
    let mut entries = Vec::new();
    if repo.is_publishing()? {
        entries
            .extend(view.heads_of(&wanted).into_iter().map(|rev| (Phase::Public, view.node(rev))));
    } else {
        let revs = view.ancestors(&wanted);
        for (phase, heads) in facts::phase_heads(repo, &view, &revs)? {
            entries.extend(heads.into_iter().map(|rev| (phase, view.node(rev))));
        }
    }
    let payload = payloads::encode_phase_heads(&entries);
    Ok(Part::bytes(PartHeader::new(b"phase-heads", true), payload))
}

/// The error for pushing to something that takes no pushes.
pub fn cannot_push() -> Error {
    Error::abort("destination does not support push")
}

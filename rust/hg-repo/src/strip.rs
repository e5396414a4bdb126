//! Removing changesets from the store, as `strip` and amending without obsolescence do it.
//!
//! What stands after the first removed changeset is written to a temporary bundle, everything from
//! there on is cut off, and the bundle is taken in again. What goes for good is kept in a backup.

use std::collections::{BTreeSet, HashSet};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use hg_format::bundlespec::{BundleSpec, Compression};
use hg_store::revlog::{RevBits, Revlog};
use hg_store::transaction::Location;
use hg_store::{Filelog, Repo, RepoMethod};
use hg_types::{Error, HgPathBuf, Node, Result, Revision, to_hex};
use hg_wire::apply::{Operation, apply_parts};
use hg_wire::bundle_write::BundleWriter;
use hg_wire::facts;
use hg_wire::outgoing::OutgoingSet;
use hg_wire::parts::BundleParts;
use sha1::{Digest as _, Sha1};

pub(crate) mod quiet;

/// Files up to this size together are copied before they are cut, so that a process that is killed
/// leaves everything as it was. Beyond it, what was cut is found in the bundles only.
const PROTECTED_BYTES: u64 = 64 << 20;

/// Where backups go, in `.hg`.
const DIRECTORY: &str = "strip-backup";

/// How changesets are removed.
#[derive(Clone, Debug)]
pub struct StripOptions {
    /// Whether what is removed is kept in a bundle.
    pub backup: bool,
    /// The last word of the backup's name: `backup`, `amend`, `rebase`, ...
    pub suffix: &'static str,
    /// The changeset that names the backup; without it, the last of those that take others with them.
    pub named: Option<Node>,
}

impl Default for StripOptions {
    fn default() -> Self {
        Self { backup: true, suffix: "backup", named: None }
    }
}

/// Removes `revs` and everything that descends from them; the backup's file, if one was written.
/// The working directory must not stand on any of them.
///
/// # Errors
/// When a bundle cannot be written or the store cannot be changed.
pub fn strip(repo: &Repo, revs: &[Revision], options: &StripOptions) -> Result<Option<PathBuf>> {
    let changelog = repo.changelog()?;
    let known: Vec<Revision> = revs.iter().copied().filter(|rev| !rev.is_null()).collect();
    let Some(&first) = known.iter().min() else {
        return Ok(None);
    };
    if repo.current_transaction().is_some() {
        return Err(Error::new(
            hg_types::ErrorKind::Programming,
            "cannot strip from inside a transaction",
        ));
    }
    let _lock = repo.lock()?;
    repo.notify(RepoMethod::Destroying)?;
    let mut doomed = changelog.descendant_set(known.iter().copied());
    for &rev in &known {
        doomed.insert(rev);
    }
    let is_root = |rev: &Revision| !changelog.parents(*rev).iter().any(|&p| doomed.contains(p));
    let last_root = known.iter().copied().filter(is_root).max().unwrap_or(first);
    let plan = Plan::make(repo, first, doomed)?;
    let node = options.named.unwrap_or_else(|| changelog.node(last_root));
    let backup = match options.backup {
        true => {
            let path = plan.write_bundle(repo, &plan.doomed, node, options.suffix, true)?;
            let text = [b"saved backup bundle to ", path.as_os_str().as_encoded_bytes(), b"\n"];
            repo.reporter().status(&text.concat());
            Some(path)
        }
        false => None,
    };
    let kept = match plan.kept.is_empty() {
        true => None,
        false => Some(plan.write_bundle(repo, &plan.kept, node, "temp", false)?),
    };
    let bookmarks = plan.moved_bookmarks(repo)?;
    let old_bookmarks: Vec<(Vec<u8>, Node)> =
        repo.bookmarks()?.iter().map(|(name, node)| (name.to_vec(), node)).collect();
    let markers = plan.useless_markers(repo)?;
    let cuts = plan.cuts(repo)?;
    let chain = is_small(repo, &cuts).then(|| repo.chain_transactions());
    let docket = changelog.docketed_cut(plan.cut_point(&changelog))?.map(|cut| cut.docket);
    cut(repo, &cuts, docket.as_deref(), chain.is_some())?;
    if let Some(path) = &kept {
        take_back(repo, path)?;
    }
    if let Some(chain) = &chain {
        chain.last();
    }
    let tr = repo.transaction("repair")?;
    repo.forget_unknown_phases(&tr)?;
    if !bookmarks.is_empty() {
        repo.change_bookmarks(&tr, &bookmarks)?;
        // What they pointed to cannot be looked up any more, hooks are told all the same.
        tr.changes(|noted| {
            for (name, node) in &old_bookmarks {
                noted.bookmarks.entry(name.clone()).and_modify(|moved| moved.0 = Some(*node));
            }
        })?;
    }
    tr.close()?;
    repo.delete_markers(&markers)?;
    // There is no way back behind a removal.
    hg_store::transaction::remove_undo(repo)?;
    if let Some(path) = kept {
        std::fs::remove_file(&path).map_err(|error| Error::abort(error.to_string()))?;
    }
    repo.notify(RepoMethod::Destroyed)?;
    Ok(backup)
}

/// [`strip`] without a word.
///
/// # Errors
/// Those of [`strip`].
pub fn strip_quietly(
    repo: &Repo,
    revs: &[Revision],
    options: &StripOptions,
) -> Result<Option<PathBuf>> {
    let loud = repo.reporter();
    repo.set_reporter(Arc::new(hg_types::Silent));
    let outcome = strip(repo, revs, options);
    repo.set_reporter(loud);
    outcome
}

/// Saves changesets in a bundle among the backups, named by `node` and `suffix`.
///
/// # Errors
/// When it cannot be written.
pub fn save(repo: &Repo, revs: &[Revision], node: Node, suffix: &str) -> Result<PathBuf> {
    let mut doomed = RevBits::with_len(repo.changelog()?.len());
    for &rev in revs {
        doomed.insert(rev);
    }
    let first = revs.iter().copied().min().unwrap_or(Revision::NULL);
    let plan = Plan { first, doomed, kept: RevBits::default(), files: BTreeSet::new() };
    plan.write_bundle(repo, &plan.doomed, node, suffix, true)
}

/// What is to be done.
struct Plan {
    /// The first revision that goes.
    first: Revision,
    /// What goes for good.
    doomed: RevBits,
    /// What is cut off with it and comes back.
    kept: RevBits,
    /// The files whose histories are cut.
    files: BTreeSet<HgPathBuf>,
}

impl Plan {
    fn make(repo: &Repo, first: Revision, doomed: RevBits) -> Result<Self> {
        let changelog = repo.changelog()?;
        let mut files = BTreeSet::new();
        let mut kept = RevBits::with_len(changelog.len());
        let start = first.index().unwrap_or(0);
        for rev in (start..changelog.len()).map(Revision::from_index) {
            files.extend(changelog.entry(rev)?.files().map(ToOwned::to_owned));
            if !doomed.contains(rev) {
                kept.insert(rev);
            }
        }
        let mut plan = Self { first, doomed, kept, files };
        // Revisions of older changesets may stand behind those that go, in manifests and files:
        // they are cut off as well, so their changesets go into the temporary bundle too.
        plan.keep_broken(repo.manifest_log()?.revlog())?;
        for path in plan.files.clone() {
            let filelog: Filelog = repo.filelog(&path)?;
            plan.keep_broken(&filelog)?;
        }
        Ok(plan)
    }

    /// Where the markers stand that mean nothing without the changesets that go.
    fn useless_markers(&self, repo: &Repo) -> Result<Vec<usize>> {
        let (changelog, store) = (repo.changelog()?, repo.obsstore()?);
        if store.is_empty() {
            return Ok(Vec::new());
        }
        let nodes = self.doomed.iter().map(|rev| changelog.node(rev));
        let markers = store.exclusive(nodes, |node| changelog.find(node).is_some());
        Ok(store.positions(&markers))
    }

    /// The first revision of `revlog` that must go; its length when none must.
    fn cut_point(&self, revlog: &Revlog) -> usize {
        let goes = |&rev: &Revision| revlog.linkrev(rev) >= self.first;
        revlog.revs().find(goes).and_then(Revision::index).unwrap_or(revlog.len())
    }

    /// The files to be cut, each with the length that stays.
    fn cuts(&self, repo: &Repo) -> Result<Vec<(Vec<u8>, u64)>> {
        let mut cuts = Vec::new();
        let changelog = repo.changelog()?;
        add_cuts(&changelog, self.cut_point(&changelog), &mut cuts)?;
        let manifests = repo.manifest_log()?;
        if manifests.is_tree() {
            return Err(Error::abort("tree manifests cannot be stripped yet"));
        }
        add_cuts(manifests.revlog(), self.cut_point(manifests.revlog()), &mut cuts)?;
        for path in &self.files {
            let filelog: Filelog = repo.filelog(path)?;
            add_cuts(&filelog, self.cut_point(&filelog), &mut cuts)?;
        }
        Ok(cuts)
    }

    fn keep_broken(&mut self, revlog: &Revlog) -> Result<()> {
        for rev in revlog.rev_range(self.cut_point(revlog)..revlog.len()) {
            let link = revlog.linkrev(rev);
            if link < self.first && !link.is_null() {
                self.kept.insert(link);
            }
        }
        Ok(())
    }

    /// Writes some of the changesets to a bundle in the directory of backups.
    fn write_bundle(
        &self,
        repo: &Repo,
        revs: &RevBits,
        node: Node,
        suffix: &str,
        for_users: bool,
    ) -> Result<PathBuf> {
        let view = facts::unfiltered(repo)?;
        let missing: Vec<usize> = revs.iter().filter_map(Revision::index).collect();
        let nodes = view.nodes(&missing);
        let name = backup_name(node, &nodes, suffix);
        let mut spec = BundleSpec::new(b"v2", Compression::Bzip2);
        spec.changegroup_version = Some(b"03".to_vec());
        spec.phases = true;
        spec.obsolescence = for_users && !repo.obsstore()?.is_empty();
        if !for_users {
            spec.compression = Compression::None;
        }
        let outgoing = OutgoingSet {
            missing_heads: view.nodes(&view.heads_of(&missing)),
            common_heads: self.common_heads(&view, &missing),
            missing,
            excluded: Vec::new(),
        };
        let reporter = repo.reporter();
        hg_wire::local::announce(repo, &outgoing, "strip", &*reporter, false)?;
        let vfs = repo.vfs();
        vfs.create_dirs(DIRECTORY)?;
        let path = vfs.join([DIRECTORY.as_bytes(), b"/", name.as_bytes()].concat());
        let file = std::fs::File::create(&path)
            .map_err(|error| Error::abort(format!("cannot write {name}: {error}")))?;
        let writer = BundleWriter { repo, spec: &spec, outgoing: &outgoing, reporter, level: None };
        let mut out = writer.write(std::io::BufWriter::new(file))?;
        out.flush().map_err(|error| Error::abort(format!("cannot write {name}: {error}")))?;
        Ok(path)
    }

    /// The heads of what stands below the changesets of a bundle and is not in it.
    fn common_heads(&self, view: &hg_wire::view::View, missing: &[usize]) -> Vec<usize> {
        let members: HashSet<usize> = missing.iter().copied().collect();
        let parents: Vec<usize> = missing
            .iter()
            .flat_map(|&rev| view.parents(rev))
            .filter(|parent| !members.contains(parent))
            .collect();
        // A parent may descend from a member (an older changeset that is sent again).
        let clean = |rev: &usize| !view.ancestors(&[*rev]).iter().any(|at| members.contains(at));
        view.heads_of(&parents.into_iter().filter(clean).collect::<Vec<_>>())
    }

    /// Where the bookmarks of removed changesets go.
    fn moved_bookmarks(&self, repo: &Repo) -> Result<Vec<(Vec<u8>, Option<Node>)>> {
        let changelog = repo.changelog()?;
        let target = self
            .doomed
            .iter()
            .flat_map(|rev| changelog.parents(rev))
            .filter(|&rev| !rev.is_null() && !self.doomed.contains(rev))
            .max();
        let target = target.map_or(Node::NULL, |rev| changelog.node(rev));
        let marks = repo.bookmarks()?;
        let gone = |node: &Node| changelog.find(node).is_some_and(|rev| self.doomed.contains(rev));
        let moved = marks.iter().filter(|(_, node)| gone(node));
        Ok(moved.map(|(name, _)| (name.to_vec(), Some(target))).collect())
    }
}

/// `NODE-HASH-SUFFIX.hg`, the hash being that of all ids.
fn backup_name(node: Node, nodes: &[Node], suffix: &str) -> String {
    let mut all: Vec<Vec<u8>> = nodes.iter().map(Node::hex).collect();
    all.sort_unstable();
    let digest = Sha1::digest(all.concat());
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    format!("{}-{}-{suffix}.hg", text(node.short()), text(to_hex(&digest[..4])))
}

/// Whether copying what is to be cut costs little.
fn is_small(repo: &Repo, cuts: &[(Vec<u8>, u64)]) -> bool {
    let store = repo.store_vfs();
    cuts.iter().map(|(name, _)| store.len_of(name)).sum::<u64>() <= PROTECTED_BYTES
}

/// Cuts everything from the first removed changeset on off the store. If `protected`, undoing the
/// transaction puts the files back; else it finishes the cut.
fn cut(repo: &Repo, cuts: &[(Vec<u8>, u64)], docket: Option<&[u8]>, protected: bool) -> Result<()> {
    let tr = repo.transaction("strip")?;
    if let Some(docket) = docket {
        // It comes first: files that are longer than it says do no harm.
        let name = repo.changelog()?.name().index_file();
        if protected {
            tr.backup(Location::Store, &name)?;
        }
        repo.store_vfs().write_atomic(&name, docket)?;
    }
    if protected {
        for (name, _) in cuts {
            tr.backup(Location::Store, name)?;
        }
    } else {
        tr.add_cuts(cuts)?;
    }
    drop_parts(repo, cuts, protected)?;
    tr.close()?;
    repo.clear();
    Ok(())
}

fn drop_parts(repo: &Repo, cuts: &[(Vec<u8>, u64)], protected: bool) -> Result<()> {
    let store = repo.store_vfs();
    let mut gone = HashSet::new();
    for (name, length) in cuts {
        if *length > 0 && protected {
            // The copy is a second name of the same file, which therefore must not change.
            let old = store.map(name)?;
            let kept = usize::try_from(*length).ok().and_then(|length| old.get(..length));
            let kept = kept.ok_or_else(|| {
                Error::storage([&name[..], b" is shorter than when it was opened"].concat())
            })?;
            store.write_atomic(name, kept)?;
        } else if *length > 0 {
            let file = store.open_update(name)?;
            file.set_len(*length)
                .map_err(|error| Error::abort(error.to_string()).because(error))?;
        } else if store.try_remove(name)? {
            gone.insert(name.clone());
        }
    }
    if let Some(fncache) = store.fncache()
        && !gone.is_empty()
    {
        fncache.remove(&gone)?;
    }
    Ok(())
}

/// Appends what the files of a revlog are to be cut to.
fn add_cuts(revlog: &Revlog, at: usize, cuts: &mut Vec<(Vec<u8>, u64)>) -> Result<()> {
    if at >= revlog.len() {
        return Ok(());
    }
    if let Some(cut) = revlog.docketed_cut(at)? {
        cuts.extend(cut.files);
        return Ok(());
    }
    let index_len = at as u64 * hg_format::revlog::ENTRY_LEN as u64;
    let data_len = revlog.entry(Revision::from_index(at))?.offset;
    if revlog.header().inline {
        cuts.push((revlog.name().index_file(), index_len + data_len));
    } else {
        cuts.push((revlog.name().data_file(), data_len));
        cuts.push((revlog.name().index_file(), index_len));
    }
    Ok(())
}

/// Takes in again what was cut off only because of its place.
fn take_back(repo: &Repo, path: &std::path::Path) -> Result<()> {
    let loud = repo.reporter();
    repo.set_reporter(Arc::new(quiet::Quiet(Arc::clone(&loud))));
    loud.note(b"adding branch\n");
    let outcome = take_bundle(repo, path);
    repo.set_reporter(loud);
    outcome
}

fn take_bundle(repo: &Repo, path: &std::path::Path) -> Result<()> {
    let name = path.as_os_str().as_encoded_bytes();
    let file = std::fs::File::open(path)
        .map_err(|error| Error::abort(format!("cannot read temporary bundle: {error}")))?;
    let bundle = hg_wire::bundle::open(file, Some(name))?;
    let url = [b"bundle:", name].concat();
    let mut operation = Operation::new(repo, "strip", &url);
    operation.bundle2 = true;
    let mut parts = BundleParts::new(bundle, Some(name))?;
    apply_parts(&mut parts, &mut operation)?;
    operation.close()
}

//! Pushing: what the repository has and a peer lacks, with bookmarks, phases and markers.

mod old;

use std::collections::{BTreeSet, HashSet};

use hg_format::bundle2::{Capabilities, PartHeader, parts as payloads};
use hg_format::changegroup::Version;
use hg_format::obs_markers::Marker;
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Node, Phase, Result, Revision};

use crate::apply::{self, Operation};
use crate::bookmarks::{Comparison, History as _, Marks, compare};
use crate::bookmarks_sync::{RepoHistory, local_marks};
use crate::bundle::bundle2_error;
use crate::discovery::Discovery;
use crate::facts;
use crate::generate::StoreSource;
use crate::local::report_found;
use crate::obs;
use crate::outgoing::{OutgoingSet, find_outgoing, no_changes_found};
use crate::parts::{Part, PartList};
use crate::peer::{Keys, Peer, Reply};
use crate::pull::{Confirm, fetch_bookmarks};
use crate::push_facts::RepoFacts;
use crate::push_heads::PushedHeads;
use crate::push_phases::{RemotePhases, outdated};
use crate::source::{ChangegroupSource, read_ahead};

/// How a push behaves.
#[derive(Clone, Debug, Default)]
pub struct PushOptions {
    /// Only ancestors of these; all when `None`.
    pub heads: Option<Vec<Node>>,
    /// Skip all checks.
    pub force: bool,
    /// Allow new branches.
    pub new_branch: bool,
    /// Bookmarks that were named, `.` expanded.
    pub bookmarks: Vec<Vec<u8>>,
    /// Push all bookmarks.
    pub all_bookmarks: bool,
    /// Make what is pushed public.
    pub publish: bool,
    /// Variables for the hooks of the other side.
    pub variables: Vec<(Vec<u8>, Vec<u8>)>,
    /// Whether all heads are named in messages.
    pub verbose: bool,
    /// What happens when changesets become public by the push.
    pub auto_publish: AutoPublish,
    /// Asks the user.
    pub confirm: Option<Confirm>,
}

/// What happens when changesets become public by a push.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AutoPublish {
    /// Nothing special.
    #[default]
    Allow,
    /// A warning.
    Warn,
    /// A question.
    Confirm,
    /// A refusal.
    Abort,
}

/// What came of a push.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pushed {
    /// The result of the changegroup; `None` when there was nothing to push.
    pub changegroup: Option<i64>,
    /// Whether a bookmark could not be pushed.
    pub bookmark_failed: bool,
}

/// A push that is under way.
struct Push<'a> {
    repo: &'a Repo,
    options: &'a PushOptions,
    outgoing: OutgoingSet,
    discovery: Discovery,
    phases: RemotePhases,
    /// Changesets that are public after the push and are not at the other side.
    outdated: Vec<Node>,
    markers: Vec<Marker>,
    /// Name, where the other side has it, where it is to be.
    bookmarks: Vec<(Vec<u8>, Option<Node>, Option<Node>)>,
    bookmark_failed: bool,
    capabilities: Capabilities,
    /// Heads of the other side that the push replaces, to be checked there.
    affected: Vec<Node>,
}

/// Pushes from `repo` to `peer`.
pub fn push(repo: &Repo, peer: &mut dyn Peer, options: &PushOptions) -> Result<Pushed> {
    if !peer.can_push() {
        return Err(crate::local::cannot_push());
    }
    // Only phases change here; when somebody else holds the lock, they stay as they are.
    let lock = repo.lock_with(false).ok();
    check_publish(repo, peer, options)?;
    let reporter = repo.reporter();
    let heads = options.heads.as_deref();
    let (outgoing, discovery) = find_outgoing(repo, peer, heads, options.force, &*reporter)?;
    let keys = peer.list_keys(b"phases")?;
    let phases = RemotePhases::analyze(repo, &discovery.remote_heads, &keys)?;
    let outdated = outdated(repo, &outgoing, &phases, options.publish)?;
    let capabilities = peer.bundle2_capabilities()?;
    let future = outgoing.missing_heads.clone();
    let exchanges_markers = capabilities.get(b"obsmarkers").is_some() && obs::exchanges(repo)?;
    let markers = match exchanges_markers {
        true => obs::relevant_to(repo, &future)?,
        false => Vec::new(),
    };
    let mut push = Push {
        repo,
        options,
        outgoing,
        discovery,
        phases,
        outdated,
        markers,
        bookmarks: Vec::new(),
        bookmark_failed: false,
        capabilities,
        affected: Vec::new(),
    };
    reporter.debug(b"checking for updated bookmarks\n");
    let remote_marks = fetch_bookmarks(peer)?;
    push.choose_bookmarks(&remote_marks)?;
    let sends = push.check(peer, &remote_marks)?;
    if push.capabilities.0.is_empty() {
        let changegroup = push.send_old(peer, sends, lock.is_some())?;
        return Ok(Pushed { changegroup, bookmark_failed: push.bookmark_failed });
    }
    let reply = push.send(peer, sends)?;
    let changegroup = push.result(sends, &reply);
    push.tell_bookmarks();
    push.sync_phases(peer, changegroup, lock.is_some())?;
    Ok(Pushed { changegroup, bookmark_failed: push.bookmark_failed })
}

impl<'a> Push<'a> {
    /// Finds the bookmarks that move at the other side.
    fn choose_bookmarks(&mut self, remote: &Marks) -> Result<()> {
        let repo = self.repo;
        let local = local_marks(repo)?;
        let history = RepoHistory::new(repo)?;
        let compared = compare(&history, &local, remote, None);
        let mut explicit: BTreeSet<Vec<u8>> = self.options.bookmarks.iter().cloned().collect();
        if self.options.all_bookmarks {
            let plain = |name: &&Vec<u8>| !is_divergent(name);
            explicit.extend(local.keys().filter(plain).cloned());
        }
        self.pick(compared, &mut explicit, &history)?;
        for name in explicit {
            let text = [
                b"bookmark ",
                name.as_slice(),
                b" does not exist on the local or remote repository!\n",
            ];
            repo.reporter().warn(&text.concat());
            self.bookmark_failed = true;
        }
        self.bookmarks.sort();
        Ok(())
    }

    fn pick(
        &mut self,
        compared: Comparison,
        explicit: &mut BTreeSet<Vec<u8>>,
        history: &RepoHistory,
    ) -> Result<()> {
        let limit = match &self.options.heads {
            Some(heads) => {
                let view = facts::unfiltered(self.repo)?;
                let revs: Vec<usize> = heads.iter().filter_map(|node| view.rev(node)).collect();
                Some(view.ancestor_flags(&revs))
            }
            None => None,
        };
        let sent =
            |node: Option<Node>| match (&limit, node.and_then(|node| history.position(&node))) {
                (Some(flags), Some(rev)) => flags.get(rev).copied().unwrap_or(false),
                _ => true,
            };
        for entry in compared.advanced_source {
            explicit.remove(&entry.name);
            if sent(entry.source) {
                self.bookmarks.push((entry.name, entry.destination, entry.source));
            }
        }
        for entry in compared.added_source {
            if !explicit.remove(&entry.name) {
                continue;
            }
            if is_divergent(&entry.name) {
                let text = [b"cannot push divergent bookmark ", entry.name.as_slice(), b"!\n"];
                self.repo.reporter().warn(&text.concat());
                self.bookmark_failed = true;
            } else {
                self.bookmarks.push((entry.name, None, entry.source));
            }
        }
        let forced = compared
            .advanced_destination
            .into_iter()
            .chain(compared.diverged)
            .chain(compared.differing);
        for entry in forced {
            if explicit.remove(&entry.name) {
                self.bookmarks.push((entry.name, entry.destination, entry.source));
            }
        }
        for entry in compared.added_destination {
            if explicit.remove(&entry.name) {
                self.bookmarks.push((entry.name, entry.destination, None));
            }
        }
        for entry in compared.same {
            explicit.remove(&entry.name);
        }
        Ok(())
    }

    /// Whether there are changesets to send, and none that must not be sent.
    fn check(&mut self, peer: &mut dyn Peer, remote_marks: &Marks) -> Result<bool> {
        let reporter = self.repo.reporter();
        if self.outgoing.missing.is_empty() {
            no_changes_found(self.repo, &self.outgoing.excluded, &*reporter)?;
            return Ok(false);
        }
        if self.options.force {
            return Ok(true);
        }
        self.check_troubles()?;
        if let Some(nested) = self.repo.nested() {
            let revs = self.outgoing.missing.iter().copied().map(Revision::from_index);
            nested.check_outgoing(self.repo, &revs.collect::<Vec<_>>())?;
        }
        let bookmarked = self.bookmarked_heads(remote_marks)?;
        let remote_is_empty = self.discovery.remote_heads.iter().all(Node::is_null);
        if remote_is_empty {
            return Ok(true);
        }
        let branches = peer.branchmap()?;
        // Upstream asks for bookmarks once more here; hooks at the other side can tell.
        peer.list_keys(b"bookmarks")?;
        let view = facts::unfiltered(self.repo)?;
        let facts = RepoFacts::new(self.repo)?;
        let pushed = PushedHeads {
            view: &view,
            facts: &facts,
            missing: &self.outgoing.missing,
            common: &self.outgoing.common_heads,
            remote_branches: &branches,
            bookmarked: &bookmarked,
            new_branch: self.options.new_branch,
        };
        self.affected = pushed.check(&*reporter, self.options.verbose)?;
        Ok(true)
    }

    fn check_troubles(&self) -> Result<()> {
        if self.repo.obsstore()?.is_empty() {
            return Ok(());
        }
        let changelog = self.repo.changelog()?;
        for node in self.outgoing.missing_heads.iter().rev() {
            if let Some(rev) = changelog.find(node)
                && let Some(trouble) = obs::trouble(self.repo, rev)?
            {
                let short = String::from_utf8_lossy(&node.short()).into_owned();
                return Err(Error::abort(format!("push includes {trouble} changeset: {short}!")));
            }
        }
        Ok(())
    }

    /// Heads that may be new because a bookmark goes there.
    fn bookmarked_heads(&self, remote: &Marks) -> Result<HashSet<Node>> {
        let history = RepoHistory::new(self.repo)?;
        let mut out = HashSet::new();
        for (name, node) in local_marks(self.repo)? {
            match remote.get(&name) {
                Some(old) if history.position(old).is_some() => {
                    if history.may_move(old, &node) {
                        out.insert(node);
                    }
                }
                Some(_) => {}
                None => {
                    if self.options.bookmarks.contains(&name) {
                        out.insert(node);
                    }
                }
            }
        }
        Ok(out)
    }

    /// Sends everything there is to send.
    fn send(&self, peer: &mut dyn Peer, sends: bool) -> Result<Reply> {
        let mut parts = self.parts(sends)?;
        if parts.is_empty() {
            return Ok(Reply::default());
        }
        peer.unbundle(&mut parts)
    }

    fn parts(&self, sends: bool) -> Result<PartList<'a>> {
        let mut parts = PartList::default();
        if !self.options.variables.is_empty() {
            let mut header = PartHeader::new(b"pushvars", false);
            header.advisory_parameters.clone_from(&self.options.variables);
            parts.0.push_back(Part::bytes(header, Vec::new()));
        }
        let marks: Vec<_> =
            self.bookmarks.iter().map(|(name, old, _)| (name.clone(), *old)).collect();
        if !marks.is_empty() {
            let payload = payloads::encode_bookmarks(&marks).map_err(bundle2_error)?;
            parts.0.push_back(Part::bytes(PartHeader::new(b"check:bookmarks", true), payload));
        }
        if sends {
            parts.0.extend(self.phase_check());
            parts.0.extend(self.heads_check());
            parts.0.push_back(self.changegroup()?);
        }
        if !self.outdated.is_empty() {
            let heads: Vec<(Phase, Node)> =
                self.outdated.iter().map(|node| (Phase::Public, *node)).collect();
            let payload = payloads::encode_phase_heads(&heads);
            parts.0.push_back(Part::bytes(PartHeader::new(b"phase-heads", true), payload));
        }
        parts.0.extend(obs::part(&self.markers)?);
        let marks: Vec<_> =
            self.bookmarks.iter().map(|(name, _, new)| (name.clone(), *new)).collect();
        if !marks.is_empty() {
            let payload = payloads::encode_bookmarks(&marks).map_err(bundle2_error)?;
            parts.0.push_back(Part::bytes(PartHeader::new(b"bookmarks", true), payload));
        }
        Ok(parts)
    }

    fn phase_check(&self) -> Option<Part<'static>> {
        let public = self.phases.public_heads.iter().map(|node| (Phase::Public, *node));
        let draft = self.phases.draft_roots.iter().map(|node| (Phase::Draft, *node));
        let mut entries: Vec<_> = public.chain(draft).collect();
        entries.retain(|(_, node)| !node.is_null());
        entries.sort_unstable();
        let header = PartHeader::new(b"check:phases", true);
        (!entries.is_empty()).then(|| Part::bytes(header, payloads::encode_phase_heads(&entries)))
    }

    fn heads_check(&self) -> Option<Part<'static>> {
        if self.options.force {
            return None;
        }
        if self.discovery.remote_heads.iter().all(Node::is_null) {
            let payload = payloads::encode_nodes(&[Node::NULL]);
            return Some(Part::bytes(PartHeader::new(b"check:heads", true), payload));
        }
        let payload = payloads::encode_nodes(&self.affected);
        let header = PartHeader::new(b"check:updated-heads", true);
        (!self.affected.is_empty()).then(|| Part::bytes(header, payload))
    }

    fn changegroup(&self) -> Result<Part<'a>> {
        let repo = self.repo;
        let source = ("source".to_owned(), b"push".to_vec());
        repo.hooks().run(repo, "preoutgoing", true, &vec![source.clone()])?;
        let reporter = repo.reporter();
        report_found(repo, &self.outgoing, &*reporter, false)?;
        let view = facts::unfiltered(repo)?;
        if let Some(&first) = self.outgoing.missing.first() {
            let args = vec![("node".to_owned(), view.node(first).hex()), source];
            repo.hooks().run(repo, "outgoing", false, &args)?;
        }
        let knows =
            |version: &Version| self.capabilities.has(b"changegroup", version.name().as_bytes());
        let version = Version::ALL.into_iter().rev().find(knows).unwrap_or(Version::V1);
        let source = StoreSource::new(repo, self.outgoing.to_changegroup(&view), version)?;
        let verbose = reporter.is_verbose();
        let mut source: Box<dyn ChangegroupSource + 'a> = Box::new(source.report_sizes(reporter));
        if verbose {
            source = read_ahead(&mut *source, version)?;
        }
        Ok(Part::changegroup(version, source))
    }

    fn result(&self, sends: bool, reply: &Reply) -> Option<i64> {
        sends.then(|| reply.changegroups.first().map_or(1, |(_, result)| *result))
    }

    fn tell_bookmarks(&self) {
        let reporter = self.repo.reporter();
        for (name, old, new) in &self.bookmarks {
            reporter.status(&[bookmark_verb(*old, *new), name, b"\n"].concat());
        }
    }

    /// Moves local phases to what both sides have now.
    fn sync_phases(
        &self,
        peer: &mut dyn Peer,
        changegroup: Option<i64>,
        locked: bool,
    ) -> Result<()> {
        let repo = self.repo;
        let view = facts::unfiltered(repo)?;
        let common = match changegroup {
            Some(result) if result != 0 => self.outgoing.missing_heads.clone(),
            _ => view.nodes(&self.outgoing.common_heads),
        };
        let keys: Keys = peer.list_keys(b"phases")?;
        let phases = RemotePhases::analyze(repo, &common, &keys)?;
        let moves = phases.moves(&keys, &common);
        if !locked {
            return self.tell_unmoved(&moves);
        }
        let mut operation = Operation::new(repo, "push-response", peer.url());
        operation.description = crate::url::in_transaction("push-response", peer.url());
        // There is always one, which hooks can tell.
        operation.transaction()?;
        apply::advance_to(&mut operation, &moves)?;
        operation.close()
    }

    /// Without a lock, phases stay as they are; the user should know.
    fn tell_unmoved(&self, moves: &[(Phase, Node)]) -> Result<()> {
        let changelog = self.repo.changelog()?;
        let phases = self.repo.phases()?;
        for wanted in [Phase::Public, Phase::Draft] {
            let higher = |(phase, node): &&(Phase, Node)| {
                *phase == wanted
                    && changelog.find(node).is_some_and(|rev| phases.phase(rev) > wanted)
            };
            if moves.iter().any(|step| higher(&step)) {
                let name = wanted.name();
                let text = format!("cannot lock source repo, skipping local {name} phase update\n");
                self.repo.reporter().status(text.as_bytes());
            }
        }
        Ok(())
    }
}

/// What happens to a bookmark that goes from one changeset to another.
fn bookmark_verb(old: Option<Node>, new: Option<Node>) -> &'static [u8] {
    match (old, new) {
        (_, None) => b"deleting remote bookmark ",
        (None, Some(_)) => b"exporting bookmark ",
        (Some(_), Some(_)) => b"updating bookmark ",
    }
}

fn is_divergent(name: &[u8]) -> bool {
    name.contains(&b'@') && !name.ends_with(b"@")
}

/// Has the user know, or decide, when a push makes changesets public.
fn check_publish(repo: &Repo, peer: &mut dyn Peer, options: &PushOptions) -> Result<()> {
    if options.auto_publish == AutoPublish::Allow || options.publish {
        return Ok(());
    }
    let keys = peer.list_keys(b"phases")?;
    if !keys.iter().any(|(key, _)| key == b"publishing") {
        return Ok(());
    }
    let count = count_published(repo, options)?;
    if count == 0 {
        return Ok(());
    }
    match (options.auto_publish, &options.confirm) {
        (AutoPublish::Warn, _) => {
            let text = format!("{count} changesets about to be published\n");
            repo.reporter().warn(text.as_bytes());
            Ok(())
        }
        (AutoPublish::Confirm, Some(confirm)) => {
            let question = format!("push and publish {count} changesets (yn)?");
            if (confirm.0)(question.as_bytes())? {
                return Ok(());
            }
            Err(Error::new(ErrorKind::Canceled, "user quit"))
        }
        _ => Err(Error::abort(format!("push would publish {count} changesets"))
            .hint("use --publish or adjust 'experimental.auto-publish' config")),
    }
}

/// How many changesets that are not public yet a push would make public.
fn count_published(repo: &Repo, options: &PushOptions) -> Result<usize> {
    let phases = repo.phases()?;
    let revs: Vec<usize> = match &options.heads {
        Some(heads) => {
            let view = facts::unfiltered(repo)?;
            let heads: Vec<usize> = heads.iter().filter_map(|node| view.rev(node)).collect();
            view.ancestors(&heads)
        }
        None => facts::served(repo)?.revs().collect(),
    };
    let draft = |rev: &&usize| phases.phase(Revision::from_index(**rev)) != Phase::Public;
    Ok(revs.iter().filter(draft).count())
}

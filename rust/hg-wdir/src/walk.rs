//! Comparing the working directory with the dirstate, directory by directory, on all processors.
//!
//! Names of a directory on disk and in the dirstate are both sorted, so one pass tells what is
//! missing, what is new and what must be looked at. A path is built only for what is reported.
//! Directories without anything of interest are not entered, those without unknown files to be
//! reported, or that did not change since they were last listed, are not even listed.

mod cache;
mod crew;
mod outcome;

use std::borrow::Cow;

use hg_format::dirstate::v2::{Children, DirectoryCache};
use hg_format::dirstate::{Entry, Timestamp};
use hg_match::{IgnoreMatcher, Matcher, VisitDir};
use hg_types::{HgPath, HgPathBuf, Result};
use hg_vfs::{DirHandle, Names, NodeKind, NodeStat, os_message};
use rayon::prelude::*;

use crate::dirstate::{Base, Child, Directory, damaged};
use crate::status::named::is_beyond_names;

pub(crate) use cache::DirectoryCaches;
pub(crate) use outcome::Outcome;

/// What a walk reports beside changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) unknown: bool,
    pub(crate) ignored: bool,
    pub(crate) clean: bool,
    /// The directories that were listed.
    pub(crate) directories: bool,
}

/// What a walk cannot do without.
pub(crate) struct Walk<'a> {
    pub(crate) root: DirHandle,
    pub(crate) matcher: &'a Matcher,
    pub(crate) ignore: &'a IgnoreMatcher,
    pub(crate) wanted: Wanted,
    /// Whether the executable bit means anything on this file system.
    pub(crate) check_exec: bool,
    pub(crate) caches: DirectoryCaches<'a>,
}

/// What is known about a directory before it is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    /// List it: unknown files may be of interest.
    List,
    /// List it; everything untracked in it is ignored.
    ListIgnored,
    /// Only tracked files are of interest, wherever links lead: what is not to be listed is taken
    /// on trust.
    Tracked,
    /// Not listed, since it is ignored, while the rest is: only tracked files are of interest, and
    /// not behind links.
    Unlisted,
    /// It is not there: everything tracked in it is missing.
    Missing,
}

/// A directory to be walked.
struct Job<'a> {
    path: Cow<'a, HgPath>,
    cache: Option<DirectoryCache>,
    known: Directory<'a>,
    mode: Mode,
    visit: VisitDir,
}

/// So many untracked files in a directory are noted, however few tracked ones it has.
const FEW: usize = 64;
/// Below this many directories, a second processor is not worth waking.
const PARALLEL_FROM: usize = 3;

impl Walk<'_> {
    /// Walks everything from the root.
    pub(crate) fn run<'a>(&self, base: &'a Base) -> Result<Outcome<'a>> {
        let visit = self.matcher.visit_dir(HgPath::new(""));
        if !visit.enters() {
            return Ok(Outcome::default());
        }
        let mode = if self.lists() { Mode::List } else { Mode::Tracked };
        let path = Cow::Borrowed(HgPath::new(""));
        let job = Job { path, cache: None, known: base.root()?, mode, visit };
        let crew = if self.matcher.is_always() { crew::crew(base.len()) } else { None };
        let mut outcome = match crew {
            Some(crew) => crew.install(|| self.directory(job))?,
            None => self.directory(job)?,
        };
        outcome.sort();
        Ok(outcome)
    }

    /// Walks a directory that the walk from the root does not come to, and forgets what that said of it.
    pub(crate) fn look_into<'a>(
        &self,
        base: &'a Base,
        directory: HgPathBuf,
        outcome: &mut Outcome<'a>,
    ) -> Result<()> {
        let visit = self.matcher.visit_dir(&directory);
        if !visit.enters() {
            return Ok(());
        }
        outcome.forget_below(&directory);
        let known = base.directory(&directory)?;
        let path = Cow::Owned(directory);
        outcome.append(self.directory(Job {
            path,
            cache: None,
            known,
            mode: Mode::List,
            visit,
        })?);
        outcome.sort();
        Ok(())
    }

    fn lists(&self) -> bool {
        self.wanted.unknown || self.wanted.ignored
    }

    fn directory<'a>(&self, job: Job<'a>) -> Result<Outcome<'a>> {
        let mut pass = Pass {
            walk: self,
            outcome: Outcome::default(),
            jobs: Vec::new(),
            job,
            all_known: true,
            ignored_known: true,
            untracked: 0,
            cached: false,
        };
        pass.run()?;
        let Pass { mut outcome, jobs, .. } = pass;
        if jobs.len() < PARALLEL_FROM {
            for job in jobs {
                outcome.append(self.directory(job)?);
            }
            return Ok(outcome);
        }
        let below = jobs.into_par_iter().map(|job| self.directory(job)).try_reduce(
            Outcome::default,
            |mut a, b| {
                a.append(b);
                Ok(a)
            },
        )?;
        outcome.append(below);
        Ok(outcome)
    }
}

/// One directory being walked.
struct Pass<'w, 'a> {
    walk: &'w Walk<'w>,
    job: Job<'a>,
    outcome: Outcome<'a>,
    jobs: Vec<Job<'a>>,
    /// Whether every name on disk is one of the dirstate or that of a file, ignored ones aside.
    all_known: bool,
    /// Whether no name is ignored.
    ignored_known: bool,
    /// The number of files that are neither tracked nor ignored.
    untracked: usize,
    /// Whether the dirstate knows all names.
    cached: bool,
}

/// Where to ask about the files of a directory.
enum Place<'w> {
    Open(DirHandle),
    /// It can be passed through but not opened for reading.
    Through(&'w DirHandle),
}

impl<'a> Pass<'_, 'a> {
    fn run(&mut self) -> Result<()> {
        if self.job.mode == Mode::Missing {
            return self.missing();
        }
        let path = self.job.path.as_bytes();
        let opened = match self.job.mode {
            Mode::Tracked => self.walk.root.open_at_through_link(path),
            _ => self.walk.root.open_at(path),
        };
        let place = match opened {
            Ok(handle) => Place::Open(handle),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                self.outcome.bad.push((self.path(), os_message(&error)));
                Place::Through(&self.walk.root)
            }
            Err(_) => return self.missing(),
        };
        match &place {
            Place::Open(handle) if matches!(self.job.mode, Mode::List | Mode::ListIgnored) => {
                self.list(&place, handle)
            }
            _ if self.is_nested(&place) => self.missing(),
            _ => self.tracked(&place),
        }
    }

    /// Whether tracked files are looked for behind links and in other repositories.
    fn is_trusting(&self) -> bool {
        !self.walk.wanted.unknown
    }

    /// Lists a directory, unless it is known to hold nothing new.
    fn list(&mut self, place: &Place, handle: &DirHandle) -> Result<()> {
        let walk = self.walk;
        if walk.caches.holds(self.job.cache, handle, walk.wanted.ignored) {
            self.cached = true;
            return self.tracked(place);
        }
        let time = self.may_be_cached().then(|| walk.caches.time_of(handle)).flatten();
        let names = match handle.names() {
            Ok(names) => names,
            Err(error) => {
                self.outcome.bad.push((self.path(), os_message(&error)));
                return if self.is_nested(place) { self.missing() } else { self.tracked(place) };
            }
        };
        if !self.is_root()
            && names.find(b".hg").is_some_and(|kind| self.is_directory(place, b".hg", kind))
        {
            // A repository of its own.
            return if self.is_trusting() { self.tracked(place) } else { self.missing() };
        }
        self.listed(place, &names)?;
        let worth_it = self.all_known && self.untracked <= names.len() / 2 + FEW;
        let Some(mtime) = time.filter(|_| worth_it) else { return Ok(()) };
        let all_ignored_recorded = self.ignored_known;
        let cache = DirectoryCache { mtime, all_unknown_recorded: true, all_ignored_recorded };
        if !walk.caches.trusted || self.job.cache != Some(cache) {
            self.outcome.caches.push((self.path(), cache));
        }
        Ok(())
    }

    /// Whether everything in the directory will be seen, and there is a place to note it.
    fn may_be_cached(&self) -> bool {
        self.walk.caches.noted
            && self.job.mode == Mode::List
            && self.job.visit == VisitDir::All
            && matches!(&self.job.known, Directory::Tree(children) if !children.is_empty())
            && !self.is_root()
    }

    fn path(&self) -> HgPathBuf {
        self.job.path.clone().into_owned()
    }

    /// Whether another repository lies here.
    fn is_nested(&self, place: &Place) -> bool {
        !self.is_trusting()
            && !self.is_root()
            && self.is_directory(place, b".hg", NodeKind::Unknown)
    }

    fn is_root(&self) -> bool {
        self.job.path.is_empty()
    }

    /// Merges the names on disk with those known.
    fn listed(&mut self, place: &Place, names: &Names) -> Result<()> {
        if self.walk.wanted.directories && !self.is_root() {
            self.outcome.directories.push(self.path());
        }
        let mut known = self.job.known.children();
        let mut next = known.next().transpose()?;
        for (name, kind) in names.iter() {
            while let Some(child) = next.take_if(|child| child.name < name) {
                self.child_missing(child);
                next = known.next().transpose()?;
            }
            match next.take_if(|child| child.name == name) {
                Some(child) => {
                    let kind = self.known_kind(place, name, kind);
                    // A file in the place of a directory, or the other way round.
                    self.all_known &= match kind {
                        NodeKind::Directory => child.entry.is_none(),
                        NodeKind::File | NodeKind::Symlink => child.below.is_empty(),
                        _ => false,
                    };
                    self.child_found(place, child, kind);
                    next = known.next().transpose()?;
                }
                None => self.untracked(place, name, kind),
            }
        }
        if let Some(child) = next {
            self.child_missing(child);
        }
        for child in known {
            self.child_missing(child?);
        }
        Ok(())
    }

    /// Looks at the known names only.
    fn tracked(&mut self, place: &Place) -> Result<()> {
        if let (Place::Open(handle), Directory::Tree(children), VisitDir::All) =
            (place, &self.job.known, self.job.visit)
        {
            let children = *children;
            return self.tracked_nodes(place, handle, children);
        }
        for child in self.job.known.children() {
            self.child_found(place, child?, NodeKind::Unknown);
        }
        Ok(())
    }

    /// The same for nodes of a tree that all match. Most of them are files that are as they were:
    /// this is the loop in which a status spends its time.
    fn tracked_nodes(
        &mut self,
        place: &Place,
        handle: &DirHandle,
        children: Children<'a>,
    ) -> Result<()> {
        let Walk { check_exec, wanted, .. } = *self.walk;
        for node in children.iter() {
            let node = node.map_err(damaged)?;
            let entry = node.mere_entry();
            let stat = match entry {
                Some(_) => handle.stat(node.base_name()).ok().flatten(),
                None => None,
            };
            match (entry, stat.filter(|stat| stat.kind.is_trackable())) {
                (Some(entry), Some(stat)) => {
                    let clean = entry.maybe_clean()
                        && !wanted.clean
                        && compare(&entry, &stat, check_exec) == Comparison::Clean;
                    if !clean {
                        let child = Child::of_node(&node).map_err(damaged)?;
                        self.classify(&child, &entry, &stat);
                    }
                }
                _ => {
                    let child = Child::of_node(&node).map_err(damaged)?;
                    self.child_found(place, child, NodeKind::Unknown);
                }
            }
        }
        Ok(())
    }

    fn missing(&mut self) -> Result<()> {
        for child in self.job.known.children() {
            self.child_missing(child?);
        }
        Ok(())
    }

    fn stat(&self, place: &Place, name: &[u8]) -> Option<NodeStat> {
        match place {
            Place::Open(handle) => handle.stat(name),
            Place::Through(root) => root.stat(self.job.path.join(name).as_bytes()),
        }
        .ok()
        .flatten()
    }

    fn is_directory(&self, place: &Place, name: &[u8], kind: NodeKind) -> bool {
        match kind {
            NodeKind::Directory => true,
            NodeKind::Unknown => {
                self.stat(place, name).is_some_and(|stat| stat.kind == NodeKind::Directory)
            }
            _ => false,
        }
    }

    /// What a listed name is; some file systems do not say so in the list.
    fn known_kind(&self, place: &Place, name: &[u8], kind: NodeKind) -> NodeKind {
        match kind {
            NodeKind::Unknown => self.stat(place, name).map_or(NodeKind::Unknown, |stat| stat.kind),
            kind => kind,
        }
    }

    fn matches(&self, path: &HgPath) -> bool {
        self.job.visit == VisitDir::All || self.walk.matcher.matches(path)
    }

    /// How a directory below is to be visited.
    fn visit(&self, path: &HgPath) -> VisitDir {
        match self.job.visit {
            VisitDir::This => self.walk.matcher.visit_dir(path),
            deep => deep,
        }
    }

    fn child_missing(&mut self, child: Child<'a>) {
        if let Some(entry) = child.entry
            && self.matches(child.path)
        {
            self.outcome.missing(child.path, &entry);
        }
        self.enter_known(child, Mode::Missing);
    }

    fn enter_known(&mut self, child: Child<'a>, mode: Mode) {
        if child.below.is_empty() && !matches!(mode, Mode::List | Mode::ListIgnored) {
            return;
        }
        let visit = self.visit(child.path);
        if visit.enters() {
            let path = Cow::Borrowed(child.path);
            self.jobs.push(Job { path, cache: child.cache, known: child.below, mode, visit });
        }
    }

    /// A known name, perhaps on disk.
    fn child_found(&mut self, place: &Place, child: Child<'a>, kind: NodeKind) {
        let mut kind = kind;
        if child.untracked && (self.cached || kind != NodeKind::Unknown) {
            return self.untracked(place, child.name, kind);
        }
        if child.entry.is_none() && kind.is_trackable() {
            // A file took the place of a directory.
            self.untracked(place, child.name, kind);
        }
        if let Some(entry) = &child.entry {
            // A directory needs no question, unless it should be a file.
            let ask = self.matches(child.path);
            if ask {
                let stat = match kind {
                    NodeKind::File | NodeKind::Symlink | NodeKind::Unknown => {
                        self.stat(place, child.name)
                    }
                    _ if self.takes_any(child.path) => self.stat(place, child.name),
                    _ => None,
                };
                kind = stat.map_or(kind, |stat| stat.kind);
                match stat.filter(|stat| stat.kind.is_trackable() || self.takes_any(child.path)) {
                    Some(stat) => self.classify(&child, entry, &stat),
                    None => self.outcome.missing(child.path, entry),
                }
            }
        }
        if child.entry.is_some() && !child.below.is_empty() {
            kind = self.known_kind(place, child.name, kind);
        }
        let unlisted = if self.is_trusting() { Mode::Tracked } else { Mode::Unlisted };
        let mode = match kind {
            NodeKind::Directory => self.mode_below(child.path).unwrap_or(unlisted),
            // Opening it will tell, if anything in it is known.
            NodeKind::Unknown if child.entry.is_none() => {
                self.mode_below(child.path).unwrap_or(unlisted)
            }
            NodeKind::Symlink if self.is_trusting() => Mode::Tracked,
            _ => Mode::Missing,
        };
        self.enter_known(child, mode);
    }

    /// Whether whatever lies in the place of a file counts as that file, changed: upstream does not
    /// look closer where it does not list.
    fn takes_any(&self, path: &HgPath) -> bool {
        let matcher = self.walk.matcher;
        match self.job.mode {
            Mode::Unlisted => !matcher.exact(path),
            Mode::Missing => false,
            _ => self.walk.wanted.unknown && is_beyond_names(matcher, path),
        }
    }

    /// How a directory below is to be walked; `None` when untracked files in it do not matter.
    fn mode_below(&self, path: &HgPath) -> Option<Mode> {
        match self.job.mode {
            Mode::List if !self.walk.ignore.matches(path) => Some(Mode::List),
            Mode::List | Mode::ListIgnored if self.walk.wanted.ignored => Some(Mode::ListIgnored),
            _ => None,
        }
    }

    /// A name that only the disk knows.
    fn untracked(&mut self, place: &Place, name: &[u8], kind: NodeKind) {
        if self.is_root() && name == b".hg" {
            return;
        }
        let path = self.job.path.join(name);
        let kind = self.known_kind(place, name, kind);
        let ignored = self.job.mode == Mode::ListIgnored || self.walk.ignore.matches(&path);
        match (ignored, kind) {
            (true, _) => self.ignored_known = false,
            (false, NodeKind::File | NodeKind::Symlink) => self.untracked += 1,
            (false, _) => self.all_known = false,
        }
        match kind {
            NodeKind::Directory => {
                let visit = self.visit(&path);
                if !visit.enters() {
                    return;
                }
                let mode = match ignored {
                    false => self.job.mode,
                    true if self.walk.wanted.ignored => Mode::ListIgnored,
                    true => return,
                };
                let path = Cow::Owned(path);
                self.jobs.push(Job { path, cache: None, known: Directory::Empty, mode, visit });
            }
            NodeKind::File | NodeKind::Symlink => {
                if !self.matches(&path) {
                    return;
                }
                match (ignored, self.walk.wanted) {
                    (true, Wanted { ignored: true, .. }) => self.outcome.ignored.push(path),
                    (false, Wanted { unknown: true, .. }) => self.outcome.unknown.push(path),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// Compares a file on disk with its entry.
    fn classify(&mut self, child: &Child<'a>, entry: &Entry, stat: &NodeStat) {
        let path = || child.path.to_owned();
        if !entry.tracked {
            self.outcome.removed.push(path());
        } else if entry.is_added() {
            self.outcome.added.push(path());
        } else if entry.p2_info || child.copied || !stat.kind.is_trackable() {
            self.outcome.modified.push(path());
        } else {
            match compare(entry, stat, self.walk.check_exec) {
                Comparison::Modified => self.outcome.modified.push(path()),
                Comparison::Unsure => self.outcome.unsure.push(child.path),
                Comparison::Clean if self.walk.wanted.clean => self.outcome.clean.push(path()),
                Comparison::Clean => {}
            }
        }
    }
}

/// What an entry and the file system together say about content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Comparison {
    /// It differs.
    Modified,
    /// It is the same.
    Clean,
    /// It must be compared.
    Unsure,
}

/// Compares an entry that may be clean with what the file system says.
pub(crate) fn compare(entry: &Entry, stat: &NodeStat, check_exec: bool) -> Comparison {
    let Some(known) = entry.metadata else {
        return Comparison::Unsure;
    };
    let is_symlink = stat.kind == NodeKind::Symlink;
    if known.symlink != is_symlink {
        return Comparison::Unsure;
    }
    if u64::from(known.size) != stat.size & 0x7fff_ffff {
        return Comparison::Modified;
    }
    if check_exec && !is_symlink && known.executable != stat.is_executable() {
        return Comparison::Modified;
    }
    let observed = Timestamp::new(stat.mtime, stat.mtime_nanoseconds);
    match entry.mtime {
        Some(mtime) if mtime.likely_equal(observed) => Comparison::Clean,
        _ => Comparison::Unsure,
    }
}

//! Comparing the working directory with the dirstate, directory by directory, on all processors.
//!
//! Names of a directory on disk and in the dirstate are both sorted, so one pass tells what is
//! missing, what is new and what must be looked at. A path is built only for what is reported.
//! Directories without anything of interest are not entered, those without unknown files to be
//! reported are not even listed.

mod outcome;

use hg_format::dirstate::{Entry, Timestamp};
use hg_match::{IgnoreMatcher, Matcher, VisitDir};
use hg_types::{HgPath, HgPathBuf, Result};
use hg_vfs::{DirHandle, Names, NodeKind, NodeStat, os_message};
use rayon::prelude::*;

use crate::dirstate::{Base, Child, Directory};

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
}

/// What is known about a directory before it is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    /// List it: unknown files may be of interest.
    List,
    /// List it; everything untracked in it is ignored.
    ListIgnored,
    /// Only tracked files are of interest.
    Tracked,
    /// It is not there: everything tracked in it is missing.
    Missing,
}

/// A directory to be walked.
struct Job<'a> {
    path: HgPathBuf,
    known: Directory<'a>,
    mode: Mode,
    visit: VisitDir,
}

/// Below this many directories, a second processor is not worth waking.
const PARALLEL_FROM: usize = 3;

impl<'a> Walk<'a> {
    /// Walks everything from the root.
    pub(crate) fn run(&self, base: &'a Base) -> Result<Outcome> {
        let visit = self.matcher.visit_dir(HgPath::new(""));
        if !visit.enters() {
            return Ok(Outcome::default());
        }
        let mode = if self.lists() { Mode::List } else { Mode::Tracked };
        let job = Job { path: HgPathBuf::default(), known: base.root()?, mode, visit };
        let mut outcome = self.directory(job)?;
        outcome.sort();
        Ok(outcome)
    }

    fn lists(&self) -> bool {
        self.wanted.unknown || self.wanted.ignored
    }

    fn directory(&self, job: Job<'a>) -> Result<Outcome> {
        let mut pass = Pass { walk: self, outcome: Outcome::default(), jobs: Vec::new(), job };
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
    walk: &'w Walk<'a>,
    job: Job<'a>,
    outcome: Outcome,
    jobs: Vec<Job<'a>>,
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
        let place = match self.walk.root.open_at(self.job.path.as_bytes()) {
            Ok(handle) => Place::Open(handle),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                self.outcome.bad.push((self.job.path.clone(), os_message(&error)));
                Place::Through(&self.walk.root)
            }
            Err(_) => return self.missing(),
        };
        let listed = matches!(self.job.mode, Mode::List | Mode::ListIgnored);
        match &place {
            Place::Open(handle) if listed => match handle.names() {
                Ok(names) => self.listed(&place, &names),
                Err(error) => {
                    self.outcome.bad.push((self.job.path.clone(), os_message(&error)));
                    self.tracked(&place)
                }
            },
            _ => self.tracked(&place),
        }
    }

    fn is_root(&self) -> bool {
        self.job.path.is_empty()
    }

    /// Merges the names on disk with those known.
    fn listed(&mut self, place: &Place, names: &Names) -> Result<()> {
        if !self.is_root()
            && names.find(b".hg").is_some_and(|kind| self.is_directory(place, b".hg", kind))
        {
            // A repository of its own.
            return self.missing();
        }
        if self.walk.wanted.directories && !self.is_root() {
            self.outcome.directories.push(self.job.path.clone());
        }
        let known = self.job.known.children()?;
        let mut known = known.into_iter().peekable();
        for (name, kind) in names.iter() {
            while let Some(child) = known.next_if(|child| child.name < name) {
                self.child_missing(child);
            }
            match known.next_if(|child| child.name == name) {
                Some(child) => {
                    let kind = self.known_kind(place, name, kind);
                    self.child_found(place, child, kind);
                }
                None => self.untracked(place, name, kind),
            }
        }
        known.for_each(|child| self.child_missing(child));
        Ok(())
    }

    /// Looks at the known names only.
    fn tracked(&mut self, place: &Place) -> Result<()> {
        if !self.is_root() && self.is_directory(place, b".hg", NodeKind::Unknown) {
            return self.missing();
        }
        for child in self.job.known.children()? {
            self.child_found(place, child, NodeKind::Unknown);
        }
        Ok(())
    }

    fn missing(&mut self) -> Result<()> {
        for child in self.job.known.children()? {
            self.child_missing(child);
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
        if child.below.is_empty() && matches!(mode, Mode::Tracked | Mode::Missing) {
            return;
        }
        let visit = self.visit(child.path);
        if visit.enters() {
            let path = child.path.to_owned();
            self.jobs.push(Job { path, known: child.below, mode, visit });
        }
    }

    /// A known name, perhaps on disk.
    fn child_found(&mut self, place: &Place, child: Child<'a>, kind: NodeKind) {
        let mut kind = kind;
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
                    _ => None,
                };
                kind = stat.map_or(kind, |stat| stat.kind);
                match stat.filter(|stat| stat.kind.is_trackable()) {
                    Some(stat) => self.classify(&child, entry, &stat),
                    None => self.outcome.missing(child.path, entry),
                }
            }
        }
        let directory = match kind {
            NodeKind::Directory => true,
            // Opening it will tell, if anything in it is known.
            NodeKind::Unknown if child.entry.is_none() => true,
            NodeKind::Unknown => {
                !child.below.is_empty() && self.is_directory(place, child.name, kind)
            }
            _ => false,
        };
        if !directory {
            return self.enter_known(child, Mode::Missing);
        }
        let mode = self.mode_below(child.path);
        self.enter_known(child, mode.unwrap_or(Mode::Tracked));
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
        match self.known_kind(place, name, kind) {
            NodeKind::Directory => {
                let path = self.job.path.join(name);
                let visit = self.visit(&path);
                if !visit.enters() {
                    return;
                }
                if let Some(mode) = self.mode_below(&path) {
                    self.jobs.push(Job { path, known: Directory::Empty, mode, visit });
                }
            }
            NodeKind::File | NodeKind::Symlink => {
                let path = self.job.path.join(name);
                if !self.matches(&path) {
                    return;
                }
                let ignored = self.job.mode == Mode::ListIgnored || self.walk.ignore.matches(&path);
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
    fn classify(&mut self, child: &Child, entry: &Entry, stat: &NodeStat) {
        let path = || child.path.to_owned();
        if !entry.tracked {
            self.outcome.removed.push(path());
        } else if entry.is_added() {
            self.outcome.added.push(path());
        } else if entry.p2_info || child.copied {
            self.outcome.modified.push(path());
        } else {
            match compare(entry, stat, self.walk.check_exec) {
                Comparison::Modified => self.outcome.modified.push(path()),
                Comparison::Unsure => self.outcome.unsure.push(path()),
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

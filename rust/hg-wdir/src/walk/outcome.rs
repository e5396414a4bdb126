//! What a walk found.

use hg_format::dirstate::Entry;
use hg_format::dirstate::v2::DirectoryCache;
use hg_types::{HgPath, HgPathBuf};

use super::Comparison;

/// Paths by what became of them.
#[derive(Default, Debug)]
pub(crate) struct Outcome<'a> {
    pub(crate) modified: Vec<HgPathBuf>,
    pub(crate) added: Vec<HgPathBuf>,
    pub(crate) removed: Vec<HgPathBuf>,
    pub(crate) deleted: Vec<HgPathBuf>,
    pub(crate) unknown: Vec<HgPathBuf>,
    pub(crate) ignored: Vec<HgPathBuf>,
    pub(crate) clean: Vec<HgPathBuf>,
    /// Content must be compared. Right after a checkout that can be everything, so the paths are
    /// the dirstate's.
    pub(crate) unsure: Vec<&'a HgPath>,
    /// Directories that were listed.
    pub(crate) directories: Vec<HgPathBuf>,
    /// Directories of which everything is known.
    pub(crate) caches: Vec<(HgPathBuf, DirectoryCache)>,
    /// What could not be looked at, and the system's words.
    pub(crate) bad: Vec<(HgPathBuf, Vec<u8>)>,
}

impl<'a> Outcome<'a> {
    fn lists(&mut self) -> [&mut Vec<HgPathBuf>; 8] {
        [
            &mut self.modified,
            &mut self.added,
            &mut self.removed,
            &mut self.deleted,
            &mut self.unknown,
            &mut self.ignored,
            &mut self.clean,
            &mut self.directories,
        ]
    }

    /// A known file that is not there.
    pub(crate) fn missing(&mut self, path: &HgPath, entry: &Entry) {
        let list = if entry.tracked { &mut self.deleted } else { &mut self.removed };
        list.push(path.to_owned());
    }

    /// A known file that is there after all.
    pub(crate) fn found(
        &mut self,
        path: &'a HgPath,
        entry: &Entry,
        copied: bool,
        comparison: Comparison,
    ) {
        self.lists().into_iter().for_each(|list| list.retain(|known| **known != *path));
        self.unsure.retain(|known| *known != path);
        let list = match comparison {
            _ if !entry.tracked => &mut self.removed,
            _ if entry.is_added() => &mut self.added,
            Comparison::Modified => &mut self.modified,
            _ if entry.p2_info || copied => &mut self.modified,
            Comparison::Unsure => return self.unsure.push(path),
            Comparison::Clean => &mut self.clean,
        };
        list.push(path.to_owned());
    }

    /// Takes back what was found below a directory.
    pub(crate) fn forget_below(&mut self, directory: &HgPath) {
        let elsewhere = |path: &HgPath| !path.is_below(directory);
        self.lists().into_iter().for_each(|list| list.retain(|path| elsewhere(path)));
        self.unsure.retain(|path| elsewhere(path));
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        for (mine, theirs) in self.lists().into_iter().zip(other.lists()) {
            join(mine, theirs);
        }
        join(&mut self.unsure, &mut other.unsure);
        self.caches.append(&mut other.caches);
        self.bad.append(&mut other.bad);
    }

    pub(crate) fn sort(&mut self) {
        self.lists().into_iter().for_each(|list| list.sort_unstable());
        self.unsure.sort_unstable();
        self.bad.sort();
    }
}

fn join<T>(mine: &mut Vec<T>, theirs: &mut Vec<T>) {
    if mine.is_empty() {
        *mine = std::mem::take(theirs);
    } else {
        mine.append(theirs);
    }
}

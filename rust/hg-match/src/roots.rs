//! The directories that patterns start from: what lets a walk skip the rest of the tree.

use std::collections::{BTreeSet, HashMap, HashSet};

use hg_types::{HgPath, HgPathBuf};

use crate::glob;
use crate::kind::PatternKind;
use crate::patterns::Pattern;
use crate::visit::{VisitChildren, VisitDir};

/// Where the patterns of a matcher can match.
#[derive(Default)]
pub(crate) struct Roots {
    /// Files, or directories below which everything is to be looked at.
    roots: HashSet<HgPathBuf>,
    /// Directories whose direct files are to be looked at.
    directories: HashSet<HgPathBuf>,
    /// The names in the directories above `roots` and `directories` that lead there.
    above: HashMap<HgPathBuf, BTreeSet<Vec<u8>>>,
    /// Whether everything below each of `roots` matches.
    whole: bool,
}

/// The literal directory that a pattern starts with; empty for the root.
pub(crate) fn pattern_root(pattern: &Pattern) -> HgPathBuf {
    let text: &[u8] = if pattern.text == b"." { b"" } else { &pattern.text };
    match pattern.kind {
        PatternKind::Path | PatternKind::RelPath | PatternKind::FilePath => HgPathBuf::from(text),
        PatternKind::Glob | PatternKind::RootGlob => {
            let literal: Vec<&[u8]> =
                text.split(|&byte| byte == b'/').take_while(|part| !glob::is_glob(part)).collect();
            HgPathBuf::from_vec(bstr::join("/", literal))
        }
        _ => HgPathBuf::default(),
    }
}

impl Roots {
    pub(crate) fn new<'a>(
        patterns: impl Iterator<Item = &'a Pattern> + Clone,
        subdirectories: impl Iterator<Item = &'a HgPath>,
    ) -> Self {
        let mut out = Self {
            whole: patterns
                .clone()
                .all(|pattern| matches!(pattern.kind, PatternKind::Path | PatternKind::RelPath)),
            ..Self::default()
        };
        for pattern in patterns {
            if pattern.kind == PatternKind::RootFilesIn {
                let text: &[u8] = if pattern.text == b"." { b"" } else { &pattern.text };
                out.add_above(HgPath::new(text));
                out.directories.insert(HgPathBuf::from(text));
            } else if pattern.kind != PatternKind::SubInclude {
                out.add_root(pattern_root(pattern));
            }
        }
        for directory in subdirectories {
            out.whole = false;
            out.add_root(directory.to_owned());
        }
        out
    }

    /// The roots of a set of exact files.
    pub(crate) fn of_files<'a>(files: impl Iterator<Item = &'a HgPath>) -> Self {
        let mut out = Self::default();
        for file in files {
            out.add_above(file);
        }
        out
    }

    fn add_root(&mut self, root: HgPathBuf) {
        self.add_above(&root);
        self.roots.insert(root);
    }

    fn add_above(&mut self, path: &HgPath) {
        let mut child = path;
        while let Some(parent) = child.parent() {
            let name = child.file_name().to_vec();
            if !self.above.entry(parent.to_owned()).or_default().insert(name) {
                break;
            }
            child = parent;
        }
    }

    fn below_root(&self, directory: &HgPath) -> bool {
        !self.roots.is_empty()
            && (self.roots.contains(directory)
                || directory.ancestors().any(|above| self.roots.contains(above)))
    }

    pub(crate) fn visit_dir(&self, directory: &HgPath) -> VisitDir {
        if self.below_root(directory) {
            return if self.whole { VisitDir::All } else { VisitDir::Recursive };
        }
        if self.directories.contains(directory) || self.above.contains_key(directory) {
            VisitDir::This
        } else {
            VisitDir::No
        }
    }

    pub(crate) fn visit_children(&self, directory: &HgPath) -> VisitChildren {
        if self.below_root(directory) {
            return VisitChildren::Recursive;
        }
        if self.directories.contains(directory) {
            return VisitChildren::This;
        }
        match self.above.get(directory) {
            Some(names) => VisitChildren::Set(names.clone()),
            None => VisitChildren::Empty,
        }
    }
}

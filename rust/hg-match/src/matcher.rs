//! Matchers: which files an operation is about.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use hg_types::{HgPath, HgPathBuf, Result};

use crate::ignore::SubInclude;
use crate::kind::PatternKind;
use crate::patterns::Pattern;
use crate::repr;
use crate::roots::{Roots, pattern_root};
use crate::rules::{Ending, Rules, python_regex};
use crate::visit::{VisitChildren, VisitDir};

/// Answers whether a file belongs to a set; see [`Matcher::predicate`].
pub type Predicate = Arc<dyn Fn(&HgPath) -> bool + Send + Sync>;

/// Which files an operation is about. Cheap to clone, shared by threads.
#[derive(Clone)]
pub struct Matcher(Arc<Form>);

enum Form {
    Always,
    Never,
    Exact(ExactMatcher),
    Pattern(PatternMatcher),
    Include(IncludeMatcher),
    Predicate { name: Vec<u8>, accepts: Predicate },
    Union(Vec<Matcher>),
    Intersection(Matcher, Matcher),
    Difference(Matcher, Matcher),
    Inside(Matcher, HgPathBuf),
    Outside(Matcher, Vec<HgPathBuf>),
}

struct ExactMatcher {
    files: Vec<HgPathBuf>,
    set: HashSet<HgPathBuf>,
    roots: Roots,
}

impl Matcher {
    /// Matches every file.
    #[must_use]
    pub fn always() -> Self {
        Self(Arc::new(Form::Always))
    }

    /// Matches no file.
    #[must_use]
    pub fn never() -> Self {
        Self(Arc::new(Form::Never))
    }

    /// Matches exactly these files.
    #[must_use]
    pub fn exact_files(files: Vec<HgPathBuf>) -> Self {
        let set: HashSet<_> = files.iter().cloned().collect();
        let roots = Roots::of_files(files.iter().map(|file| &**file));
        Self(Arc::new(Form::Exact(ExactMatcher { files, set, roots })))
    }

    /// Matches the files that `accepts` says yes to; `name` is how it prints.
    #[must_use]
    pub fn predicate(name: impl Into<Vec<u8>>, accepts: Predicate) -> Self {
        Self(Arc::new(Form::Predicate { name: name.into(), accepts }))
    }

    pub(crate) fn from_pattern(matcher: PatternMatcher) -> Self {
        Self(Arc::new(Form::Pattern(matcher)))
    }

    pub(crate) fn from_include(matcher: IncludeMatcher) -> Self {
        Self(Arc::new(Form::Include(matcher)))
    }

    /// Matches what any of `matchers` matches.
    #[must_use]
    pub fn union(mut matchers: Vec<Self>) -> Self {
        match matchers.len() {
            0 => Self::never(),
            1 => matchers.swap_remove(0),
            _ => Self(Arc::new(Form::Union(matchers))),
        }
    }

    /// Matches what both match.
    #[must_use]
    pub fn intersection(first: Self, second: Self) -> Self {
        if first.is_always() {
            second
        } else if second.is_always() {
            first
        } else {
            Self(Arc::new(Form::Intersection(first, second)))
        }
    }

    /// Matches what `first` matches and `second` does not.
    #[must_use]
    pub fn difference(first: Self, second: Self) -> Self {
        Self(Arc::new(Form::Difference(first, second)))
    }

    /// Matches the files in `directory` that this matches, by their names from there.
    #[must_use]
    pub fn inside(&self, directory: &HgPath) -> Self {
        match self.is_always() {
            true => self.clone(),
            false => Self(Arc::new(Form::Inside(self.clone(), directory.to_owned()))),
        }
    }

    /// Matches what this matches, and nothing in `directories`, whatever was named there.
    #[must_use]
    pub fn outside(&self, directories: Vec<HgPathBuf>) -> Self {
        match directories.is_empty() {
            true => self.clone(),
            false => Self(Arc::new(Form::Outside(self.clone(), directories))),
        }
    }

    /// Whether `path`, a file, is matched.
    #[must_use]
    pub fn matches(&self, path: &HgPath) -> bool {
        match &*self.0 {
            Form::Always => true,
            Form::Never => false,
            Form::Exact(exact) => exact.set.contains(path),
            Form::Pattern(pattern) => pattern.matches(path),
            Form::Include(include) => include.matches(path),
            Form::Predicate { accepts, .. } => accepts(path),
            Form::Union(all) => all.iter().any(|matcher| matcher.matches(path)),
            Form::Intersection(first, second) => first.matches(path) && second.matches(path),
            Form::Difference(first, second) => first.matches(path) && !second.matches(path),
            Form::Inside(all, directory) => all.matches(&below(directory, path)),
            Form::Outside(all, directories) => all.matches(path) && !is_in(path, directories),
        }
    }

    /// Whether `path` was named itself, not through a directory or wildcard. In a union nothing was.
    #[must_use]
    pub fn exact(&self, path: &HgPath) -> bool {
        match &*self.0 {
            Form::Exact(exact) => exact.set.contains(path),
            Form::Pattern(pattern) => pattern.file_set.contains(path),
            Form::Intersection(first, _) | Form::Difference(first, _) => {
                first.exact(path) && self.matches(path)
            }
            Form::Inside(all, directory) => all.exact(&below(directory, path)),
            Form::Outside(all, _) => all.exact(path) && self.matches(path),
            _ => false,
        }
    }

    /// The files and directories that were named, or that patterns start from; an empty path
    /// stands for the root. A union names nothing.
    #[must_use]
    pub fn files(&self) -> Vec<HgPathBuf> {
        match &*self.0 {
            Form::Exact(exact) => exact.files.clone(),
            Form::Pattern(pattern) => pattern.files.clone(),
            Form::Intersection(first, second) => {
                if first.is_exact() {
                    first.files().into_iter().filter(|file| second.matches(file)).collect()
                } else if second.is_exact() {
                    second.files().into_iter().filter(|file| first.matches(file)).collect()
                } else {
                    let mut files = first.files();
                    files.extend(second.files());
                    files
                }
            }
            Form::Difference(first, _) => {
                let mut files = first.files();
                if self.is_exact() {
                    files.retain(|file| self.matches(file));
                }
                files
            }
            Form::Inside(all, directory) => {
                all.files().iter().filter_map(|file| from_inside(file, directory)).collect()
            }
            Form::Outside(all, directories) => {
                let mut files = all.files();
                files.retain(|file| !is_in(file, directories));
                files
            }
            _ => Vec::new(),
        }
    }

    /// Whether every file matches.
    #[must_use]
    pub fn is_always(&self) -> bool {
        match &*self.0 {
            Form::Always => true,
            Form::Difference(first, second) => first.is_always() && second.is_never(),
            Form::Inside(all, directory) => {
                let around = |file: &HgPathBuf| directory == file || directory.is_below(file);
                all.is_always() || all.prefix() && all.files().iter().any(around)
            }
            Form::Outside(all, _) => all.is_always(),
            _ => false,
        }
    }

    /// Whether no file can match.
    #[must_use]
    pub fn is_never(&self) -> bool {
        matches!(&*self.0, Form::Never)
    }

    /// Whether exactly [`Matcher::files`] match.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        match &*self.0 {
            Form::Exact(_) | Form::Never => true,
            Form::Intersection(first, second) => first.is_exact() || second.is_exact(),
            Form::Difference(first, _) => first.is_exact(),
            Form::Inside(all, _) | Form::Outside(all, _) => all.is_exact(),
            _ => false,
        }
    }

    /// Whether exactly [`Matcher::files`] and everything below them match.
    #[must_use]
    pub fn prefix(&self) -> bool {
        match &*self.0 {
            Form::Never => true,
            Form::Pattern(pattern) => pattern.prefix,
            Form::Include(include) => include.prefix(),
            Form::Inside(all, _) => all.prefix() && !self.is_always(),
            Form::Outside(all, _) => all.prefix(),
            _ => false,
        }
    }

    /// Whether something else than plain names decides.
    #[must_use]
    pub fn has_patterns(&self) -> bool {
        !self.is_always() && !self.is_exact() && !self.prefix()
    }

    /// Whether a walk must look into `directory`.
    #[must_use]
    pub fn visit_dir(&self, directory: &HgPath) -> VisitDir {
        match &*self.0 {
            Form::Always => VisitDir::All,
            Form::Never => VisitDir::No,
            Form::Exact(exact) => exact.roots.visit_dir(directory),
            Form::Pattern(pattern) => pattern.roots.visit_dir(directory),
            Form::Include(include) => include.roots.visit_dir(directory),
            Form::Predicate { .. } => VisitDir::Recursive,
            Form::Union(all) => all
                .iter()
                .map(|matcher| matcher.visit_dir(directory))
                .max_by_key(|visit| breadth(*visit))
                .unwrap_or(VisitDir::No),
            Form::Intersection(first, second) => {
                let (first, second) = (first.visit_dir(directory), second.visit_dir(directory));
                if breadth(first) <= breadth(second) { first } else { second }
            }
            Form::Difference(first, second) => match second.visit_dir(directory) {
                VisitDir::All => VisitDir::No,
                VisitDir::No => first.visit_dir(directory),
                _ => match first.visit_dir(directory) {
                    VisitDir::No => VisitDir::No,
                    // What is left out must be asked for below.
                    _ => VisitDir::This,
                },
            },
            Form::Inside(all, directory_around) => {
                all.visit_dir(&below(directory_around, directory))
            }
            Form::Outside(all, directories) => match is_in(directory, directories) {
                true => VisitDir::No,
                false => match all.visit_dir(directory) {
                    VisitDir::No => VisitDir::No,
                    _ => VisitDir::This,
                },
            },
        }
    }

    /// Which entries of `directory` a walk must look at.
    #[must_use]
    pub fn visit_children(&self, directory: &HgPath) -> VisitChildren {
        match &*self.0 {
            Form::Exact(exact) => exact.roots.visit_children(directory),
            Form::Pattern(pattern) => pattern.roots.visit_children(directory),
            Form::Include(include) => include.roots.visit_children(directory),
            Form::Intersection(first, second) => {
                match (first.visit_children(directory), second.visit_children(directory)) {
                    (VisitChildren::Empty, _) | (_, VisitChildren::Empty) => VisitChildren::Empty,
                    (VisitChildren::Recursive, other) | (other, VisitChildren::Recursive) => other,
                    (VisitChildren::This, other) | (other, VisitChildren::This) => other,
                    (VisitChildren::Set(first), VisitChildren::Set(second)) => {
                        VisitChildren::Set(first.intersection(&second).cloned().collect())
                    }
                }
            }
            _ => match self.visit_dir(directory) {
                VisitDir::No => VisitChildren::Empty,
                VisitDir::This => VisitChildren::This,
                VisitDir::Recursive | VisitDir::All => VisitChildren::Recursive,
            },
        }
    }

    /// The form that `hg debugignore` prints, on one line.
    #[must_use]
    pub fn repr(&self) -> Vec<u8> {
        match &*self.0 {
            Form::Always => b"<alwaysmatcher>".to_vec(),
            Form::Never => b"<nevermatcher>".to_vec(),
            Form::Exact(exact) => {
                let mut out = b"<exactmatcher files=[".to_vec();
                for (index, file) in exact.files.iter().enumerate() {
                    if index > 0 {
                        out.extend_from_slice(b", ");
                    }
                    hg_types::python_bytes(file.as_bytes(), &mut out);
                }
                out.extend_from_slice(b"]>");
                out
            }
            Form::Pattern(pattern) => labelled("patternmatcher patterns=", &pattern.printed()),
            Form::Include(include) => labelled("includematcher includes=", &include.printed()),
            Form::Predicate { name, .. } => [b"<predicatenmatcher pred=", &name[..], b">"].concat(),
            Form::Union(all) => {
                let parts: Vec<_> = all.iter().map(Self::repr).collect();
                let mut out = b"<unionmatcher matchers=[".to_vec();
                out.extend_from_slice(&bstr::join(", ", parts));
                out.extend_from_slice(b"]>");
                out
            }
            Form::Intersection(first, second) => pair("intersectionmatcher", first, second),
            Form::Difference(first, second) => pair("differencematcher", first, second),
            Form::Inside(all, directory) => {
                let mut out = b"<subdirmatcher path=".to_vec();
                hg_types::python_bytes(directory.as_bytes(), &mut out);
                out.extend_from_slice(&[b", matcher=", &all.repr()[..], b">"].concat());
                out
            }
            Form::Outside(all, _) => all.repr(),
        }
    }

    /// The form that `hg debugignore` prints, broken into lines.
    #[must_use]
    pub fn pretty(&self) -> Vec<u8> {
        repr::pretty(&self.repr())
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", bstr::BStr::new(&self.repr()))
    }
}

/// `path` in `directory`; the empty path is the directory.
fn below(directory: &HgPath, path: &HgPath) -> HgPathBuf {
    match path.is_empty() {
        true => directory.to_owned(),
        false => directory.join(path.as_bytes()),
    }
}

/// The way to `file` from `directory`, if it is in there or is that itself; a directory around it names all.
fn from_inside(file: &HgPath, directory: &HgPath) -> Option<HgPathBuf> {
    if *file == *directory || directory.is_below(file) || file.is_empty() {
        return Some(HgPathBuf::default());
    }
    let rest = file.as_bytes().strip_prefix(directory.as_bytes())?;
    rest.strip_prefix(b"/").map(HgPathBuf::from)
}

fn is_in(path: &HgPath, directories: &[HgPathBuf]) -> bool {
    directories.iter().any(|directory| *path == **directory || path.is_below(directory))
}

fn breadth(visit: VisitDir) -> u8 {
    match visit {
        VisitDir::No => 0,
        VisitDir::This => 1,
        VisitDir::Recursive => 2,
        VisitDir::All => 3,
    }
}

fn labelled(label: &str, printed: &[u8]) -> Vec<u8> {
    let mut out = vec![b'<'];
    out.extend_from_slice(label.as_bytes());
    hg_types::python_bytes(printed, &mut out);
    out.push(b'>');
    out
}

fn pair(name: &str, first: &Matcher, second: &Matcher) -> Vec<u8> {
    let (first, second) = (first.repr(), second.repr());
    [b"<", name.as_bytes(), b" m1=", &first, b", m2=", &second, b">"].concat()
}

/// Matches positional patterns: plain names are files or directories, globs match files.
pub(crate) struct PatternMatcher {
    patterns: Vec<Pattern>,
    rules: Rules,
    files: Vec<HgPathBuf>,
    file_set: HashSet<HgPathBuf>,
    prefix: bool,
    roots: Roots,
}

impl PatternMatcher {
    pub(crate) fn new(mut patterns: Vec<Pattern>) -> Result<Self> {
        Pattern::sort(&mut patterns);
        let rules = Rules::compile(&patterns, Ending::End)?;
        let files: Vec<_> = patterns
            .iter()
            .filter(|pattern| pattern.kind != PatternKind::RootFilesIn)
            .map(pattern_root)
            .collect();
        let file_set = files.iter().cloned().collect();
        let prefix = is_prefix(&patterns);
        let roots = Roots::new(patterns.iter(), std::iter::empty());
        Ok(Self { patterns, rules, files, file_set, prefix, roots })
    }

    /// A file that is called like the directory a pattern starts from matches, as upstream has it.
    fn matches(&self, path: &HgPath) -> bool {
        self.rules.matches(path.as_bytes()) || (!self.prefix && self.file_set.contains(path))
    }

    fn printed(&self) -> Vec<u8> {
        printed(&self.patterns, Ending::End)
    }
}

/// Matches `-I`, `-X` and ignore patterns: files and everything below directories.
pub(crate) struct IncludeMatcher {
    patterns: Vec<Pattern>,
    rules: Rules,
    subincludes: Vec<SubInclude>,
    roots: Roots,
}

/// Files that include files below them, nested deeper than this, are taken for a circle.
const MAX_SUBINCLUDES: usize = 32;

impl IncludeMatcher {
    pub(crate) fn new(root: &[u8], patterns: Vec<Pattern>) -> Result<Self> {
        Self::nested(root, patterns, 0)
    }

    pub(crate) fn nested(root: &[u8], patterns: Vec<Pattern>, depth: usize) -> Result<Self> {
        let mut subincludes = Vec::new();
        if depth < MAX_SUBINCLUDES {
            for pattern in patterns.iter().filter(|p| p.kind == PatternKind::SubInclude) {
                subincludes.extend(SubInclude::load(root, &pattern.text, depth + 1)?);
            }
        }
        let rules = Rules::compile(&patterns, Ending::EndOrSlash)?;
        let roots = Roots::new(patterns.iter(), subincludes.iter().map(|sub| &*sub.directory));
        Ok(Self { patterns, rules, subincludes, roots })
    }

    pub(crate) fn matches(&self, path: &HgPath) -> bool {
        self.rules.matches(path.as_bytes()) || self.subincludes.iter().any(|sub| sub.matches(path))
    }

    fn prefix(&self) -> bool {
        self.subincludes.is_empty() && is_prefix(&self.patterns)
    }

    fn printed(&self) -> Vec<u8> {
        printed(&self.patterns, Ending::EndOrSlash)
    }
}

fn is_prefix(patterns: &[Pattern]) -> bool {
    patterns.iter().all(|p| matches!(p.kind, PatternKind::Path | PatternKind::RelPath))
}

/// All patterns as one Python expression, or the list of directories when all are `rootfilesin:`.
fn printed(patterns: &[Pattern], ending: Ending) -> Vec<u8> {
    let in_rules: Vec<_> = patterns
        .iter()
        .filter(|p| {
            !matches!(p.kind, PatternKind::SubInclude | PatternKind::FilePath | PatternKind::Set)
        })
        .collect();
    if !in_rules.is_empty() && in_rules.iter().all(|p| p.kind == PatternKind::RootFilesIn) {
        let mut directories: Vec<_> = in_rules.iter().map(|p| &p.text).collect();
        directories.sort();
        directories.dedup();
        let mut out = b"rootfilesin: [".to_vec();
        for (index, directory) in directories.into_iter().enumerate() {
            if index > 0 {
                out.extend_from_slice(b", ");
            }
            hg_types::python_bytes(directory, &mut out);
        }
        out.push(b']');
        return out;
    }
    let regexes: Vec<_> = in_rules.into_iter().map(|p| python_regex(p, ending)).collect();
    bstr::join("|", regexes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MatchOptions, matcher};

    fn of(patterns: &[&str]) -> Matcher {
        let patterns: Vec<Vec<u8>> = patterns.iter().map(|text| text.as_bytes().to_vec()).collect();
        let options = MatchOptions { patterns: &patterns, ..MatchOptions::new(b"/r", b"/r") };
        matcher(&options).expect("valid patterns")
    }

    #[test]
    fn a_directory_is_seen_from_inside_and_left_out_outside() {
        let path = |text: &str| HgPathBuf::from(text.as_bytes());
        let all = of(&["sub/file", "main"]);
        let inside = all.inside(&path("sub"));
        assert!(inside.matches(&path("file")) && inside.exact(&path("file")));
        assert!(!inside.matches(&path("main")) && !inside.is_always());
        assert_eq!(inside.files(), [path("file")]);
        let outside = all.outside(vec![path("sub")]);
        assert!(outside.matches(&path("main")) && !outside.matches(&path("sub/file")));
        assert_eq!(outside.files(), [path("main")]);
        // Whoever names the directory, or one around it, means everything in there.
        assert!(of(&["sub"]).inside(&path("sub")).is_always());
        assert!(of(&["sub"]).inside(&path("sub/deep")).is_always());
        assert!(!of(&["subway"]).inside(&path("sub")).matches(&path("way")));
    }
}

//! A weave: all lines that successive versions of a text had, each with the versions it is in. Lines can be replaced
//! in the version that brought them, as if they had always been so.

use std::collections::HashSet;
use std::ops::Range;

use crate::blocks::matching;
use crate::lines::split_vec;

/// A line and where it is.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Line {
    text: Vec<u8>,
    /// The version that brings it.
    since: usize,
    /// The version that drops it; `None` when the last one has it.
    until: Option<usize>,
}

impl Line {
    fn is_in(&self, version: usize) -> bool {
        self.since <= version && self.until.is_none_or(|until| version < until)
    }
}

/// A replacement of lines of the last version, made in the version that brought them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fixup {
    /// The version.
    pub version: usize,
    /// The lines of the last version that go; empty for an insertion.
    pub old: Range<usize>,
    /// The lines of the new text that come.
    pub new: Range<usize>,
}

/// Lines of a text with their versions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Weave {
    lines: Vec<Line>,
    versions: usize,
}

impl Weave {
    /// Weaves versions, the oldest first.
    #[must_use]
    pub fn new<T: AsRef<[u8]>>(versions: &[T]) -> Self {
        let mut out = Self { lines: Vec::new(), versions: 0 };
        for text in versions {
            out.push(text.as_ref());
        }
        out
    }

    fn push(&mut self, text: &[u8]) {
        let version = self.versions;
        self.versions += 1;
        let alive: Vec<usize> =
            (0..self.lines.len()).filter(|&at| self.lines[at].until.is_none()).collect();
        let old: Vec<&[u8]> = alive.iter().map(|&at| &self.lines[at].text[..]).collect();
        let new = split_vec(text);
        let mut gone = HashSet::new();
        let mut fresh: Vec<(usize, Line)> = Vec::new();
        let (mut a, mut b) = (0, 0);
        for block in matching(&old, &new) {
            gone.extend(alive[a..block.a1].iter().copied());
            let place = alive.get(block.a1).copied().unwrap_or(self.lines.len());
            for line in &new[b..block.b1] {
                fresh.push((place, Line { text: line.to_vec(), since: version, until: None }));
            }
            (a, b) = (block.a2, block.b2);
        }
        for at in gone {
            self.lines[at].until = Some(version);
        }
        self.insert(fresh);
    }

    /// Puts lines before others; `fresh` is in order of place.
    fn insert(&mut self, fresh: Vec<(usize, Line)>) {
        if fresh.is_empty() {
            return;
        }
        let old = std::mem::take(&mut self.lines);
        let mut fresh = fresh.into_iter().peekable();
        for (at, line) in old.into_iter().enumerate() {
            while let Some((_, new)) = fresh.next_if(|(place, _)| *place <= at) {
                self.lines.push(new);
            }
            self.lines.push(line);
        }
        self.lines.extend(fresh.map(|(_, line)| line));
    }

    /// The number of versions.
    #[must_use]
    pub fn versions(&self) -> usize {
        self.versions
    }

    /// The text of a version.
    #[must_use]
    pub fn text(&self, version: usize) -> Vec<u8> {
        let lines = self.lines.iter().filter(|line| line.is_in(version));
        lines.flat_map(|line| line.text.iter().copied()).collect()
    }

    /// For each line of the last version, the version that brought it.
    #[must_use]
    pub fn origins(&self) -> Vec<usize> {
        self.lines.iter().filter(|line| line.until.is_none()).map(|line| line.since).collect()
    }

    /// Every line with the versions it is in.
    pub fn lines(&self) -> impl Iterator<Item = (&[u8], Vec<bool>)> {
        let versions = 0..self.versions;
        self.lines
            .iter()
            .map(move |line| (&line.text[..], versions.clone().map(|at| line.is_in(at)).collect()))
    }

    /// Applies fixups, all of which speak of the same last version and of the lines `new`.
    pub fn fix(&mut self, fixups: &[Fixup], new: &[&[u8]]) {
        let alive: Vec<usize> =
            (0..self.lines.len()).filter(|&at| self.lines[at].until.is_none()).collect();
        let mut gone = HashSet::new();
        let mut fresh: Vec<(usize, Line)> = Vec::new();
        for fixup in fixups {
            gone.extend(alive[fixup.old.clone()].iter().copied());
            let place = self.place_of(fixup, &alive);
            for line in &new[fixup.new.clone()] {
                let line = Line { text: line.to_vec(), since: fixup.version, until: None };
                fresh.push((place, line));
            }
        }
        fresh.sort_by_key(|(place, _)| *place);
        for at in gone {
            // Kept as a line of no version: places stay what they are.
            self.lines[at].until = Some(self.lines[at].since);
        }
        self.insert(fresh);
        self.lines.retain(|line| line.until != Some(line.since));
    }

    /// Where the new lines go: in place of the old ones, else beside a neighbour of the same version.
    fn place_of(&self, fixup: &Fixup, alive: &[usize]) -> usize {
        let at = fixup.old.start;
        if fixup.old.is_empty()
            && let Some(&before) = at.checked_sub(1).and_then(|before| alive.get(before))
            && self.lines[before].since == fixup.version
        {
            return before + 1;
        }
        alive.get(at).copied().unwrap_or(self.lines.len())
    }
}

/// Which versions the lines of a changed region can be fixed in: the old lines `old` became the new ones `new`. `origins`
/// are those of [`Weave::origins`]; version 0 cannot be changed. Empty when there is no one version for a line.
#[must_use]
pub fn fixups(origins: &[usize], old: &Range<usize>, new: &Range<usize>) -> Vec<Fixup> {
    let fixup = |version, old: Range<usize>, new: Range<usize>| {
        (version > 0).then_some(Fixup { version, old, new })
    };
    let Some(involved) = origins.get(old.clone()) else { return Vec::new() };
    if let Some((&first, rest)) = involved.split_first() {
        if rest.iter().all(|version| *version == first) {
            return fixup(first, old.clone(), new.clone()).into_iter().collect();
        }
        if new.is_empty() {
            let lines = involved.iter().zip(old.clone());
            return lines
                .filter_map(|(version, at)| fixup(*version, at..at + 1, new.clone()))
                .collect();
        }
        if old.len() != new.len() {
            return Vec::new();
        }
        let lines = involved.iter().zip(old.clone().zip(new.clone()));
        return lines.filter_map(|(version, (a, b))| fixup(*version, a..a + 1, b..b + 1)).collect();
    }
    let before = old.start.checked_sub(1).and_then(|at| origins.get(at));
    let mut near: Vec<usize> = before.into_iter().chain(origins.get(old.start)).copied().collect();
    near.retain(|version| *version > 0);
    near.dedup();
    match near[..] {
        [version] => fixup(version, old.clone(), new.clone()).into_iter().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn woven() -> Weave {
        Weave::new(&[&b""[..], b"1\n", b"1\n2\n", b"1\nx\n3\n"])
    }

    #[test]
    fn versions_come_back() {
        let weave = woven();
        let texts: Vec<Vec<u8>> = (0..4).map(|version| weave.text(version)).collect();
        assert_eq!(texts, [&b""[..], b"1\n", b"1\n2\n", b"1\nx\n3\n"]);
        assert_eq!(weave.origins(), [1, 3, 3]);
    }

    #[test]
    fn a_line_is_fixed_where_it_came_from() {
        let mut weave = woven();
        let chosen = fixups(&weave.origins(), &(0..1), &(0..1));
        assert_eq!(chosen, [Fixup { version: 1, old: 0..1, new: 0..1 }]);
        weave.fix(&chosen, &[b"one\n"]);
        assert_eq!(weave.text(1), b"one\n");
        assert_eq!(weave.text(2), b"one\n2\n");
        assert_eq!(weave.text(3), b"one\nx\n3\n");
    }

    #[test]
    fn what_has_no_one_version_is_left() {
        let origins = [1, 2, 0];
        assert_eq!(fixups(&origins, &(0..2), &(0..1)), []);
        assert_eq!(fixups(&origins, &(1..1), &(0..1)), []);
        assert_eq!(fixups(&origins, &(2..2), &(0..1)).len(), 1);
        assert_eq!(fixups(&origins, &(0..3), &(0..0)).len(), 2);
        assert_eq!(fixups(&origins, &(0..3), &(0..3)).len(), 2);
        assert_eq!(fixups(&[], &(0..0), &(0..2)), []);
    }
}

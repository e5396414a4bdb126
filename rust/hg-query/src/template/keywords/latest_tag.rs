//! The most recent tagged ancestor.

use std::collections::HashMap;
use std::rc::Rc;

use hg_store::{Changelog, Repo, TagKind, Tags};
use hg_types::{Encoding, Error, ErrorKind, Result, Revision};

use super::super::changeset::Changeset;
use super::super::engine::Engine;
use super::super::value::{ItemForm, List, ListKind, Value};
use super::{Keyword, changeset, local, of_changeset};
use crate::pattern::StringPattern;

pub(super) const KEYWORDS: &[Keyword] = &[
    of_changeset("latesttag", |engine, scope| list(engine, changeset(scope)?, None)),
    of_changeset("latesttagdistance", |engine, scope| {
        let changeset = changeset(scope)?;
        Ok(Value::from(find(engine, changeset, None)?.distance))
    }),
    of_changeset("changessincelatesttag", |engine, scope| {
        let changeset = changeset(scope)?;
        let found = find(engine, changeset, None)?;
        let first = found.tags.first().cloned().unwrap_or_default();
        let count = changes_since(engine, changeset.rev(), &local(engine, &first))?;
        Ok(Value::from(count))
    }),
];

/// What is known of ancestors, by pattern.
#[derive(Default)]
pub(crate) struct Cache {
    by_pattern: HashMap<Option<Vec<u8>>, HashMap<Revision, Rc<Found>>>,
}

/// The nearest tags: ordered so that the greater of two that agree on the tags is the one to take.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Found {
    date: i64,
    distance: usize,
    tags: Vec<Vec<u8>>,
}

/// The tags as a list.
pub(crate) fn list(
    engine: &Engine,
    changeset: &Changeset,
    pattern: Option<&[u8]>,
) -> Result<Value> {
    let found = find(engine, changeset, pattern)?;
    let items = found.tags.iter().map(|tag| local(engine, tag)).collect();
    let kind = ListKind::LatestTags(changeset.rev(), found.distance);
    Ok(Value::List(Rc::new(List { items, kind, form: ItemForm::Colons, shown: None })))
}

fn find(engine: &Engine, changeset: &Changeset, pattern: Option<&[u8]>) -> Result<Rc<Found>> {
    let repo = changeset.repo();
    let matcher = pattern.map(StringPattern::whole).transpose()?;
    let (changelog, tags) = (&*repo.changelog()?, &*repo.tags()?);
    let search = Search { repo, encoding: engine.host.encoding(), changelog, tags, matcher };
    let mut cache = engine.caches.latest_tags.borrow_mut();
    let known = cache.by_pattern.entry(pattern.map(<[u8]>::to_vec)).or_default();
    if known.is_empty() {
        let none = Found { date: 0, distance: 0, tags: vec![b"null".to_vec()] };
        known.insert(Revision::NULL, Rc::new(none));
    }
    if changeset.rev().is_wdir() {
        let parents = changeset.parents();
        return Ok(Rc::new(search.nearest_of_parents(changeset.rev(), parents, known)?));
    }
    search.find(changeset.rev(), known)
}

struct Search<'a> {
    repo: &'a Repo,
    encoding: Encoding,
    changelog: &'a Changelog,
    tags: &'a Tags,
    matcher: Option<StringPattern>,
}

impl Search<'_> {
    fn find(&self, rev: Revision, known: &mut HashMap<Revision, Rc<Found>>) -> Result<Rc<Found>> {
        let mut todo = vec![rev];
        while let Some(&rev) = todo.last() {
            if known.contains_key(&rev) {
                todo.pop();
                continue;
            }
            let own = self.own_tags(rev);
            let found = if own.is_empty() {
                let parents = self.changelog.parents(rev);
                let unknown = parents.into_iter().filter(|parent| !known.contains_key(parent));
                let before = todo.len();
                todo.extend(unknown);
                if todo.len() > before {
                    continue;
                }
                self.combine(rev, parents, known)?
            } else {
                let date = self.changelog.entry(rev)?.date().seconds;
                Found { date, distance: 0, tags: own }
            };
            known.insert(rev, Rc::new(found));
            todo.pop();
        }
        Ok(Rc::clone(&known[&rev]))
    }

    fn own_tags(&self, rev: Revision) -> Vec<Vec<u8>> {
        let names = self.tags.names_of(&self.changelog.node(rev)).iter();
        let wanted = |name: &&Vec<u8>| {
            self.tags.kind(name) == Some(TagKind::Global)
                && self.matcher.as_ref().is_none_or(|matcher| matcher.matches(name))
        };
        names.filter(wanted).cloned().collect()
    }

    fn nearest_of_parents(
        &self,
        rev: Revision,
        parents: [Revision; 2],
        known: &mut HashMap<Revision, Rc<Found>>,
    ) -> Result<Found> {
        for parent in parents {
            self.find(parent, known)?;
        }
        self.combine(rev, parents, known)
    }

    /// What a changeset without tags takes over: of a merge, the tags with the fewest changes since, else the newest.
    fn combine(
        &self,
        rev: Revision,
        [p1, p2]: [Revision; 2],
        known: &HashMap<Revision, Rc<Found>>,
    ) -> Result<Found> {
        let first = &known[&p1];
        let mut best = Found::clone(first);
        if !p2.is_null() {
            let second = &known[&p2];
            let takes_second = if first.tags == second.tags {
                second > first
            } else {
                let rank = |found: &Found| -> Result<(i64, i64)> {
                    let tag = found.tags.first().cloned().unwrap_or_default();
                    let tag = self.encoding.to_local(&tag).local;
                    let changes = count_since(self.repo, self.encoding, rev, &tag)?;
                    Ok((-i64::try_from(changes).unwrap_or(i64::MAX), found.date))
                };
                rank(second)? > rank(first)?
            };
            if takes_second {
                best = Found::clone(second);
            }
        }
        best.distance += 1;
        Ok(best)
    }
}

/// How many ancestors of a changeset, itself included, are no ancestors of a tag.
pub(crate) fn changes_since(engine: &Engine, rev: Revision, tag: &Value) -> Result<usize> {
    let mut name = Vec::new();
    super::super::ops::append_plain(tag, &mut name);
    count_since(engine.need_repo()?, engine.host.encoding(), rev, &name)
}

/// [`changes_since`] for the name of a tag in the user's character set, which may be unable to show it.
fn count_since(repo: &Repo, encoding: Encoding, rev: Revision, tag: &[u8]) -> Result<usize> {
    let name = encoding.from_local(tag)?;
    let changelog = repo.changelog()?;
    // A bookmark of that name comes first, as everywhere.
    let node = repo.bookmarks()?.get(&name).or(repo.tags()?.get(&name));
    let bases = match node.and_then(|node| changelog.find(&node)) {
        Some(tagged) => [tagged],
        None if *name == *b"null" => [Revision::NULL],
        None => {
            let message = [b"unknown revision '", tag, b"'"].concat();
            return Err(Error::new(ErrorKind::UnknownRevision, message));
        }
    };
    if rev.is_wdir() {
        let heads = super::super::wdir::parents(repo)?;
        let heads: Vec<Revision> = heads.into_iter().filter(|rev| !rev.is_null()).collect();
        return Ok(changelog.missing_ancestors(heads, bases).len() + 1);
    }
    Ok(changelog.missing_ancestors([rev], bases).len())
}

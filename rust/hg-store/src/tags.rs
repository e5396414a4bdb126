//! Tags: names in the `.hgtags` of all heads, and local ones in `.hg/localtags`.
//!
//! Where heads disagree about a name, the one whose history of the tag includes the other's wins.
//! The cache `tags2-VIEW` holds the global tags with their histories.

pub(crate) mod moves;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use hg_format::tags::{self, BadLine, TagsCacheKey};
use hg_types::{HgPath, Node, Result, Revision};
use rayon::prelude::*;

use crate::revlog::RevBits;
use crate::view::{View, filtered_key};
use crate::{Changelog, Repo};

/// What a tag names, and what it named before, oldest first.
#[derive(Clone, PartialEq, Eq, Debug)]
struct History {
    node: Node,
    before: Vec<Node>,
}

type Histories = BTreeMap<Vec<u8>, History>;

/// Whether a tag is in history or only in this clone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TagKind {
    /// In `.hgtags`.
    Global,
    /// In `.hg/localtags`.
    Local,
}

/// All tags of what is visible, `tip` included.
#[derive(Clone, Default, Debug)]
pub struct Tags {
    tags: BTreeMap<Vec<u8>, (Node, Option<TagKind>)>,
    by_node: BTreeMap<Node, Vec<Vec<u8>>>,
}

impl Tags {
    /// What a tag (UTF-8) names.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<Node> {
        self.tags.get(name).map(|(node, _)| *node)
    }

    /// Global or local; `None` for `tip` and for what is no tag.
    #[must_use]
    pub fn kind(&self, name: &[u8]) -> Option<TagKind> {
        self.tags.get(name).and_then(|(_, kind)| *kind)
    }

    /// Names, what they name, and their kind (`None` for `tip`), sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[u8], Node, Option<TagKind>)> {
        self.tags.iter().map(|(name, (node, kind))| (&name[..], *node, *kind))
    }

    /// The tags of a changeset, sorted, `tip` included.
    #[must_use]
    pub fn names_of(&self, node: &Node) -> &[Vec<u8>] {
        self.by_node.get(node).map_or(&[], Vec::as_slice)
    }
}

impl Repo {
    /// The tags of what local commands show.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn tags(&self) -> Result<Arc<Tags>> {
        let view = self.view();
        self.tags_cell().get(self, view, |changelog, filtered| {
            let mut all = self.global_tags(view, changelog, filtered)?;
            let mut kinds: BTreeMap<Vec<u8>, TagKind> =
                all.keys().map(|name| (name.clone(), TagKind::Global)).collect();
            for (name, history) in self.local_tags()? {
                // The kind is that of what wins, or of what came first.
                if merge_one(&mut all, name.clone(), history) {
                    kinds.insert(name, TagKind::Local);
                }
            }
            let mut out = Tags::default();
            for (name, history) in all {
                let known =
                    changelog.find(&history.node).is_some_and(|rev| !filtered.contains(rev));
                if known && !history.node.is_null() {
                    let kind = kinds.get(&name).copied();
                    out.tags.insert(name, (history.node, kind));
                }
            }
            if let Some(extension) = self.extension() {
                let names = extension.tags(self, &|name| out.tags.contains_key(name))?;
                for (name, node) in names {
                    let seen = changelog.find(&node).is_none_or(|rev| !filtered.contains(rev));
                    if seen {
                        out.tags.insert(name, (node, None));
                    }
                }
            }
            let tip = self.tip_of(view)?;
            out.tags.insert(b"tip".to_vec(), (changelog.node(tip), None));
            for (name, (node, _)) in &out.tags {
                out.by_node.entry(*node).or_default().push(name.clone());
            }
            Ok(out)
        })
    }

    /// Fills the caches of tags for all changesets and views.
    pub(crate) fn update_tag_caches(&self) -> Result<()> {
        let changelog = self.changelog()?;
        let all: Vec<Revision> = changelog.revs().collect();
        self.tag_file_nodes(&changelog, &all)?;
        for view in [View::Unfiltered, View::Visible, View::Served] {
            let filtered = self.filtered_revs(view)?;
            self.global_tags(view, &changelog, &filtered)?;
        }
        Ok(())
    }

    /// The changesets that local tags name: they stay visible.
    pub(crate) fn local_tag_nodes(&self) -> Result<Vec<Node>> {
        let tags = self.local_tags()?;
        Ok(tags.values().map(|history| history.node).filter(|node| !node.is_null()).collect())
    }

    fn local_tags(&self) -> Result<Histories> {
        let Some(text) = self.vfs().try_read("localtags")? else { return Ok(Histories::new()) };
        // Unlike all other names, these are stored in the character set of the user.
        let encoding = self.config().environment().encoding().unwrap_or_default();
        let local = self.parse_tags(&text, b"localtags").into_iter();
        local
            .map(|(name, history)| Ok((encoding.from_local(&name)?.into_owned(), history)))
            .collect()
    }

    fn global_tags(
        &self,
        view: View,
        changelog: &Changelog,
        filtered: &RevBits,
    ) -> Result<Histories> {
        let tip = self.tip_of(view)?;
        if tip.is_null() {
            return Ok(Histories::new());
        }
        let key = TagsCacheKey {
            tip_rev: tip.get(),
            tip: changelog.node(tip),
            filtered: filtered_key(filtered, tip),
        };
        let file = view.suffix().map_or_else(|| "tags2".to_owned(), |name| format!("tags2-{name}"));
        let cached = self.cache_vfs().try_read(&file).ok().flatten();
        if let Some((found, rest)) = cached.as_deref().and_then(tags::decode_cache)
            && found == key
        {
            return Ok(self.parse_tags(rest, file.as_bytes()));
        }
        let histories = self.read_global_tags(changelog, filtered)?;
        if self.current_transaction().is_none() && !self.sees_pending() {
            let mut text = tags::encode_cache_key(&key);
            for (name, history) in &histories {
                for node in history.before.iter().chain([&history.node]) {
                    tags::encode_line(node, name, &mut text);
                }
            }
            // A help, not a duty.
            let _ = self.cache_vfs().write_atomic(&file, &text);
        }
        Ok(histories)
    }

    fn read_global_tags(&self, changelog: &Changelog, filtered: &RevBits) -> Result<Histories> {
        let heads = changelog.heads_where(|rev| !filtered.contains(rev));
        self.tags_of_heads(changelog, &heads)
    }

    /// Reads `.hgtags` of these heads, oldest head first.
    fn tags_of_heads(&self, changelog: &Changelog, heads: &[Revision]) -> Result<Histories> {
        let path = HgPath::new(".hgtags");
        let filelog = self.filelog(path)?;
        let mut all = Histories::new();
        if filelog.is_empty() {
            return Ok(all);
        }
        let mut seen = HashSet::new();
        for (head, fnode) in self.tag_file_nodes(changelog, heads)? {
            if fnode.is_null() || !seen.insert(fnode) {
                continue;
            }
            let text = filelog.read_node(&fnode)?;
            let source = [b".hgtags@", &changelog.node(head).short()[..]].concat();
            for (name, history) in self.parse_tags(&text, &source) {
                merge_one(&mut all, name, history);
            }
        }
        Ok(all)
    }

    /// The file node of `.hgtags` in each head, through the cache `hgtagsfnodes1`.
    fn tag_file_nodes(
        &self,
        changelog: &Changelog,
        heads: &[Revision],
    ) -> Result<Vec<(Revision, Node)>> {
        let cache = self.cache_vfs();
        let mut text = cache.try_read("hgtagsfnodes1").ok().flatten().unwrap_or_default();
        let read = |&head: &Revision| -> Result<(Revision, Node, bool)> {
            let node = changelog.node(head);
            let at = head.index().unwrap_or(usize::MAX);
            if let Some(fnode) = tags::decode_fnode(&text, at, &node) {
                return Ok((head, fnode, false));
            }
            let manifest = self.manifest(&changelog.entry(head)?.manifest())?;
            let fnode = manifest.node(HgPath::new(".hgtags")).unwrap_or(Node::NULL);
            Ok((head, fnode, true))
        };
        let read: Vec<_> =
            heads.par_iter().filter(|head| !head.is_null()).map(read).collect::<Result<_>>()?;
        let mut changed = false;
        let mut out = Vec::with_capacity(read.len());
        for (head, fnode, fresh) in read {
            if let Some(at) = head.index().filter(|_| fresh) {
                tags::set_fnode(&mut text, at, &changelog.node(head), &fnode);
                changed = true;
            }
            out.push((head, fnode));
        }
        if changed && self.current_transaction().is_none() && !self.sees_pending() {
            let _ = cache.write_atomic("hgtagsfnodes1", &text);
        }
        Ok(out)
    }

    fn parse_tags(&self, text: &[u8], source: &[u8]) -> Histories {
        let mut out = Histories::new();
        for (number, line) in tags::decode_lines(text) {
            let line = match line {
                Ok(line) => line,
                Err(bad) => {
                    self.reporter().debug(&bad_line(source, number, &bad));
                    continue;
                }
            };
            match out.get_mut(&line.name) {
                Some(history) => {
                    let old = std::mem::replace(&mut history.node, line.node);
                    history.before.push(old);
                }
                None => {
                    out.insert(line.name, History { node: line.node, before: Vec::new() });
                }
            }
        }
        out
    }
}

fn bad_line(source: &[u8], number: usize, bad: &BadLine) -> Vec<u8> {
    let mut text = [source, format!(", line {number}: ").as_bytes()].concat();
    match bad {
        BadLine::CannotParse => text.extend_from_slice(b"cannot parse entry"),
        BadLine::BadNode(node) => {
            text.extend_from_slice(&[b"node '", &node[..], b"' is not well formed"].concat());
        }
    }
    text.push(b'\n');
    text
}

/// Takes one tag of a newer source in: it wins, unless the known one knows it as its past.
fn merge_one(all: &mut Histories, name: Vec<u8>, new: History) -> bool {
    let Some(known) = all.get_mut(&name) else {
        all.insert(name, new);
        return true;
    };
    let known_is_newer = new.node != known.node
        && known.before.contains(&new.node)
        && (!new.before.contains(&known.node) || known.before.len() > new.before.len());
    let node = if known_is_newer { known.node } else { new.node };
    let mut before = new.before;
    for old in std::mem::take(&mut known.before) {
        if !before.contains(&old) {
            before.push(old);
        }
    }
    *known = History { node, before };
    !known_is_newer
}

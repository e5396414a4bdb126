//! Obsolescence markers: which changeset was replaced by which.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use hg_format::obs_markers::{self, Marker, MarkerError};
use hg_types::{Error, Node, Phase, Result};

use crate::Repo;
use crate::revlog::RevBits;
use crate::transaction::Transaction;

/// The name of the file in the store.
pub(crate) const FILE: &str = "obsstore";

/// All markers, with the ways to find them.
#[derive(Clone, Default, Debug)]
pub struct ObsStore {
    markers: Vec<Marker>,
    version: u8,
    /// Markers by what they make obsolete.
    by_predecessor: HashMap<Node, Vec<usize>>,
    /// Markers by what replaces.
    by_successor: HashMap<Node, Vec<usize>>,
    /// Markers without successors, by the recorded parents of what they make obsolete.
    by_parent: HashMap<Node, Vec<usize>>,
}

impl ObsStore {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// When the version is unknown or a marker is damaged.
    pub fn decode(text: &[u8]) -> Result<Self> {
        let (version, markers) = obs_markers::decode(text).map_err(marker_error)?;
        let mut out = Self { version, ..Self::default() };
        markers.into_iter().for_each(|marker| out.push(marker));
        Ok(out)
    }

    fn push(&mut self, marker: Marker) {
        let at = self.markers.len();
        self.by_predecessor.entry(marker.predecessor).or_default().push(at);
        for successor in &marker.successors {
            self.by_successor.entry(*successor).or_default().push(at);
        }
        for parent in marker.parents.iter().flatten() {
            self.by_parent.entry(*parent).or_default().push(at);
        }
        self.markers.push(marker);
    }

    /// All markers, in the order of the file.
    #[must_use]
    pub fn markers(&self) -> &[Marker] {
        &self.markers
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.markers.is_empty()
    }

    /// The markers that make a changeset obsolete.
    pub fn markers_of(&self, predecessor: &Node) -> impl Iterator<Item = &Marker> {
        self.pick(&self.by_predecessor, predecessor)
    }

    /// The markers that say what a changeset replaces.
    pub fn markers_to(&self, successor: &Node) -> impl Iterator<Item = &Marker> {
        self.pick(&self.by_successor, successor)
    }

    /// The markers whose predecessor had this parent.
    pub fn markers_below(&self, parent: &Node) -> impl Iterator<Item = &Marker> {
        self.pick(&self.by_parent, parent)
    }

    /// Whether some marker makes a changeset obsolete.
    #[must_use]
    pub fn has_successors(&self, node: &Node) -> bool {
        self.by_predecessor.contains_key(node)
    }

    fn pick<'a>(
        &'a self,
        map: &'a HashMap<Node, Vec<usize>>,
        node: &Node,
    ) -> impl Iterator<Item = &'a Marker> {
        map.get(node).into_iter().flatten().map(|&at| &self.markers[at])
    }

    /// The markers that matter to somebody who has `nodes`: those about them, their predecessors,
    /// and pruned children, sorted by their contents.
    #[must_use]
    pub fn relevant(&self, nodes: impl IntoIterator<Item = Node>) -> Vec<&Marker> {
        self.sorted(self.reachable(nodes))
    }

    fn reachable(&self, nodes: impl IntoIterator<Item = Node>) -> HashSet<usize> {
        let mut pending: Vec<Node> = nodes.into_iter().collect();
        let mut seen: HashSet<Node> = pending.iter().copied().collect();
        let mut chosen: HashSet<usize> = HashSet::new();
        while let Some(node) = pending.pop() {
            let direct = self.by_successor.get(&node).into_iter().flatten();
            let pruned = self.by_parent.get(&node).into_iter().flatten();
            let pruned = pruned.filter(|&&at| self.markers[at].successors.is_empty());
            let own = self.by_predecessor.get(&node).into_iter().flatten();
            let own = own.filter(|&&at| self.markers[at].successors.is_empty());
            for &at in direct.chain(pruned).chain(own) {
                if chosen.insert(at) && seen.insert(self.markers[at].predecessor) {
                    pending.push(self.markers[at].predecessor);
                }
            }
        }
        chosen
    }

    /// The markers that nothing but `nodes` needs: those that lead only to them, also through
    /// changesets that are not here (`known` tells), and their prunings; sorted by their contents.
    #[must_use]
    pub fn exclusive(
        &self,
        nodes: impl IntoIterator<Item = Node>,
        known: impl Fn(&Node) -> bool,
    ) -> Vec<&Marker> {
        let selected: HashSet<Node> = nodes.into_iter().collect();
        let candidates = self.reachable(selected.iter().copied());
        let mut order: Vec<usize> = candidates.into_iter().collect();
        order.sort_unstable_by(|a, b| b.cmp(a));
        let mut chosen: HashSet<usize> = HashSet::new();
        let lost = |node: &Node| selected.contains(node) || !known(node);
        loop {
            let before = chosen.len();
            for &at in &order {
                let marker = &self.markers[at];
                let gone = |node: &Node| {
                    let rest = self.by_predecessor.get(node);
                    lost(node) && rest.into_iter().flatten().all(|at| chosen.contains(at))
                };
                let useless = match marker.successors.is_empty() {
                    true => lost(&marker.predecessor),
                    false => marker.successors.iter().all(gone),
                };
                if useless {
                    chosen.insert(at);
                }
            }
            if chosen.len() == before {
                return self.sorted(chosen);
            }
        }
    }

    fn sorted(&self, chosen: HashSet<usize>) -> Vec<&Marker> {
        let mut chosen: Vec<&Marker> = chosen.into_iter().map(|at| &self.markers[at]).collect();
        chosen.sort_by(|a, b| {
            let key = |marker: &'_ Marker| (marker.predecessor, marker.successors.clone());
            let rest = |marker: &'_ Marker| (marker.flags, marker.metadata.clone());
            key(a)
                .cmp(&key(b))
                .then_with(|| rest(a).cmp(&rest(b)))
                .then_with(|| a.seconds.total_cmp(&b.seconds))
                .then_with(|| (a.offset, &a.parents).cmp(&(b.offset, &b.parents)))
        });
        chosen
    }

    /// Where these markers stand in the file.
    #[must_use]
    pub fn positions(&self, markers: &[&Marker]) -> Vec<usize> {
        let all = self.markers.iter().enumerate();
        all.filter(|(_, marker)| markers.contains(marker)).map(|(at, _)| at).collect()
    }
}

fn encode(marker: &Marker, version: u8, out: &mut Vec<u8>) -> Result<()> {
    match version {
        0 => obs_markers::encode_v0(marker, out),
        _ => obs_markers::encode_v1(marker, out),
    }
    .map_err(marker_error)
}

fn marker_error(error: MarkerError) -> Error {
    match error {
        MarkerError::UnknownVersion(_) => Error::storage(error.to_string()),
        other => Error::storage(format!("cannot read obsstore: {other}")),
    }
}

impl Repo {
    /// All markers, with those of the running transaction.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn obsstore(&self) -> Result<Arc<ObsStore>> {
        self.obsstore_part().get(
            || self.obsstore_key(),
            || match self.store_vfs().try_map(FILE)? {
                Some(text) => {
                    let store = ObsStore::decode(&text)?;
                    self.warn_of_markers(&store)?;
                    Ok(store)
                }
                None => Ok(ObsStore::default()),
            },
        )
    }

    /// Adds markers that are not there yet; gives how many those were.
    ///
    /// # Errors
    /// When a marker cannot be stored, or the transaction is over.
    pub fn add_markers(&self, tr: &Transaction, markers: &[Marker]) -> Result<usize> {
        let mut store = (*self.obsstore()?).clone();
        let fresh = store.markers.is_empty() && !self.store_vfs().exists(FILE);
        let mut text = if fresh { vec![self.marker_version()?] } else { Vec::new() };
        let version = if fresh { text[0] } else { store.version };
        store.version = version;
        let before = store.markers.len();
        let (changelog, phases) = (self.changelog()?, self.phases()?);
        let mut obsoleted = BTreeSet::new();
        for marker in markers {
            if marker.successors.iter().any(Node::is_null) {
                let text = "bad obsolescence marker detected: invalid successors nullid";
                return Err(Error::abort(text));
            }
            if marker.successors.contains(&marker.predecessor) {
                let hex = marker.predecessor.hex();
                let shown = String::from_utf8_lossy(&hex).into_owned();
                let text = format!("bad obsmarker input: in-marker cycle with {shown}");
                return Err(Error::abort(text));
            }
            if store.markers_of(&marker.predecessor).any(|known| known == marker) {
                continue;
            }
            encode(marker, version, &mut text)?;
            let mutable = changelog
                .find(&marker.predecessor)
                .is_some_and(|rev| phases.phase(rev) != Phase::Public);
            if mutable && !store.has_successors(&marker.predecessor) {
                obsoleted.insert(marker.predecessor);
            }
            store.push(marker.clone());
        }
        let added = store.markers.len() - before;
        if added > 0 {
            let file = self.store_vfs();
            tr.add(FILE.as_bytes(), file.len_of(FILE))?;
            file.append(FILE, &text)?;
            self.obsstore_part().put(Arc::new(store), self.obsstore_key());
            let total = tr.changes(|changes| {
                changes.obsmarkers += added;
                changes.obsoleted.append(&mut obsoleted);
                changes.obsmarkers
            })?;
            tr.set_hook_arg("new_obsmarkers", total.to_string())?;
        }
        Ok(added)
    }

    /// Whether a feature of obsolescence (`createmarkers`, `allowunstable`, `exchange`) is enabled by
    /// `experimental.evolution` and its sub-options.
    ///
    /// # Errors
    /// When the configuration is malformed.
    pub fn evolution(&self, feature: &str) -> Result<bool> {
        let config = self.config();
        if let Some(own) = config.find_bool("experimental", format!("evolution.{feature}"))? {
            return Ok(own);
        }
        let list = config.get_list("experimental", "evolution");
        Ok(list.iter().any(|word| {
            word == b"all"
                || word == feature.as_bytes()
                || hg_config::value::parse_bool(word) == Some(true)
        }))
    }

    fn warn_of_markers(&self, store: &ObsStore) -> Result<()> {
        if !store.is_empty() && !self.evolution("createmarkers")? {
            let count = store.markers.len();
            let text = format!("\"obsolete\" feature not enabled but {count} markers found!\n");
            self.reporter().warn(text.as_bytes());
        }
        Ok(())
    }

    /// Removes markers by their positions, at once and for good; gives how many there were. Markers
    /// are not meant to go: this is for repairs.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn delete_markers(&self, positions: &[usize]) -> Result<usize> {
        let _lock = self.lock()?;
        let store = self.obsstore()?;
        let mut text =
            vec![if store.markers.is_empty() { self.marker_version()? } else { store.version }];
        let mut kept = ObsStore { version: text[0], ..ObsStore::default() };
        for (at, marker) in store.markers.iter().enumerate() {
            if !positions.contains(&at) {
                encode(marker, kept.version, &mut text)?;
                kept.push(marker.clone());
            }
        }
        let deleted = store.markers.len() - kept.markers.len();
        if deleted > 0 {
            self.store_vfs().write_atomic(FILE, &text)?;
            self.obsstore_part().put(Arc::new(kept), self.obsstore_key());
        }
        Ok(deleted)
    }

    fn marker_version(&self) -> Result<u8> {
        Ok(u8::from(self.config().find_int("format", "obsstore-version")? != Some(0)))
    }

    /// The changesets that markers make obsolete: never public ones.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn obsolete_revs(&self) -> Result<RevBits> {
        let (changelog, store) = (self.changelog()?, self.obsstore()?);
        let mut out = RevBits::with_len(changelog.len());
        if !store.is_empty() {
            let phases = self.phases()?;
            for rev in phases.mutable_revs(|_| true) {
                if store.has_successors(&changelog.node(rev)) {
                    out.insert(rev);
                }
            }
        }
        Ok(out)
    }

    /// The obsolete changesets that nothing but obsolete ones descends from.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn extinct_revs(&self) -> Result<RevBits> {
        let mut extinct = self.obsolete_revs()?;
        let Some(lowest) = extinct.iter().next() else {
            return Ok(extinct);
        };
        // From the top down: what is not extinct keeps its parents.
        let changelog = self.changelog()?;
        for rev in changelog.revs().rev().take_while(|rev| *rev >= lowest) {
            if !extinct.contains(rev) {
                changelog.parents(rev).into_iter().for_each(|parent| extinct.remove(parent));
            }
        }
        Ok(extinct)
    }

    /// The changesets that are not obsolete but descend from obsolete ones.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn orphan_revs(&self) -> Result<RevBits> {
        let (changelog, obsolete) = (self.changelog()?, self.obsolete_revs()?);
        let mut out = RevBits::with_len(changelog.len());
        if obsolete.is_empty() {
            return Ok(out);
        }
        for rev in self.phases()?.mutable_revs(|_| true) {
            let below = changelog
                .parents(rev)
                .into_iter()
                .any(|parent| obsolete.contains(parent) || out.contains(parent));
            if below && !obsolete.contains(rev) {
                out.insert(rev);
            }
        }
        Ok(out)
    }

    /// The changesets that replace what has become public.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn phase_divergent_revs(&self) -> Result<RevBits> {
        let (changelog, store, phases) = (self.changelog()?, self.obsstore()?, self.phases()?);
        let mut out = RevBits::with_len(changelog.len());
        if store.is_empty() {
            return Ok(out);
        }
        let obsolete = self.obsolete_revs()?;
        for rev in phases.mutable_revs(|_| true).filter(|&rev| !obsolete.contains(rev)) {
            let predecessors = store.all_predecessors(changelog.node(rev), true);
            let public = predecessors.into_iter().filter_map(|node| changelog.find(&node));
            if public.map(|rev| phases.phase(rev)).any(|phase| phase == Phase::Public) {
                out.insert(rev);
            }
        }
        Ok(out)
    }

    /// The changesets that compete with others to replace the same one.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn content_divergent_revs(&self) -> Result<RevBits> {
        let (changelog, store) = (self.changelog()?, self.obsstore()?);
        let mut out = RevBits::with_len(changelog.len());
        if store.is_empty() {
            return Ok(out);
        }
        let obsolete = self.obsolete_revs()?;
        let mut cache = HashMap::new();
        for rev in self.phases()?.mutable_revs(|_| true).filter(|&rev| !obsolete.contains(rev)) {
            let node = changelog.node(rev);
            for predecessor in store.all_predecessors(node, false) {
                if predecessor == node {
                    continue;
                }
                let sets = self.successors_sets(&predecessor, &mut cache)?;
                // What all of them have, such as the part of a split that nobody replaced, does not diverge.
                let differs = sets.iter().any(|set| !set.contains(&node));
                if differs && sets.iter().filter(|set| !set.is_empty()).count() > 1 {
                    out.insert(rev);
                    break;
                }
            }
        }
        Ok(out)
    }

    /// The final replacements of a changeset: several sets when it diverged, none when it was
    /// pruned, itself when it is not obsolete. `cache` may be kept over several calls.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn successors_sets(
        &self,
        node: &Node,
        cache: &mut HashMap<Node, Vec<Vec<Node>>>,
    ) -> Result<Vec<Vec<Node>>> {
        let (changelog, store) = (self.changelog()?, self.obsstore()?);
        let phases = self.phases()?;
        let is_known = |node: &Node| changelog.has_node(node);
        let is_obsolete = |node: &Node| match changelog.find(node) {
            Some(rev) => phases.phase(rev) != Phase::Public && store.has_successors(node),
            None => store.has_successors(node),
        };
        Ok(store.final_sets(node, &is_obsolete, &is_known, cache))
    }
}

impl ObsStore {
    /// Everything that a changeset replaces, directly or not, with itself. Markers that fix what
    /// became public are left out with `ignore_fixes`.
    #[must_use]
    pub fn all_predecessors(&self, node: Node, ignore_fixes: bool) -> HashSet<Node> {
        let mut seen: HashSet<Node> = [node].into();
        let mut todo = vec![node];
        while let Some(node) = todo.pop() {
            let markers = self
                .markers_to(&node)
                .filter(|marker| !ignore_fixes || marker.flags & obs_markers::FLAG_BUMPED_FIX == 0);
            for marker in markers {
                if seen.insert(marker.predecessor) {
                    todo.push(marker.predecessor);
                }
            }
        }
        seen
    }

    /// Everything that replaces a changeset, directly or not, with itself.
    #[must_use]
    pub fn all_successors(&self, node: Node) -> HashSet<Node> {
        let mut seen: HashSet<Node> = [node].into();
        let mut todo = vec![node];
        while let Some(node) = todo.pop() {
            for successor in self.markers_of(&node).flat_map(|marker| &marker.successors) {
                if seen.insert(*successor) {
                    todo.push(*successor);
                }
            }
        }
        seen
    }

    /// The sets of replacements where the ways from `start` along markers end: at what is known
    /// and not obsolete. Works without recursion: chains of markers can be very long.
    pub fn final_sets(
        &self,
        start: &Node,
        is_obsolete: &dyn Fn(&Node) -> bool,
        is_known: &dyn Fn(&Node) -> bool,
        cache: &mut HashMap<Node, Vec<Vec<Node>>>,
    ) -> Vec<Vec<Node>> {
        let mut stack = vec![*start];
        let mut on_stack: HashSet<Node> = [*start].into();
        while let Some(&current) = stack.last() {
            if cache.contains_key(&current) {
                stack.pop();
                on_stack.remove(&current);
                continue;
            }
            if !is_obsolete(&current) {
                let own = if is_known(&current) { vec![vec![current]] } else { Vec::new() };
                cache.insert(current, own);
                continue;
            }
            let next = self
                .markers_of(&current)
                .flat_map(|marker| &marker.successors)
                .find(|node| !cache.contains_key(*node));
            match next {
                Some(node) if on_stack.contains(node) => {
                    // A cycle of markers: whoever is in it has no successors.
                    cache.insert(*node, Vec::new());
                }
                Some(node) => {
                    on_stack.insert(*node);
                    stack.push(*node);
                }
                None => {
                    let sets = self.combine(&current, cache);
                    cache.insert(current, sets);
                }
            }
        }
        cache.get(start).cloned().unwrap_or_default()
    }

    /// The sets of a changeset from those of its direct successors.
    fn combine(&self, node: &Node, cache: &HashMap<Node, Vec<Vec<Node>>>) -> Vec<Vec<Node>> {
        let mut markers: Vec<&Marker> = self.markers_of(node).collect();
        markers.sort_by(|a, b| a.successors.cmp(&b.successors));
        let mut all: Vec<Vec<Node>> = Vec::new();
        for marker in markers {
            let mut sets: Vec<Vec<Node>> = vec![Vec::new()];
            for successor in &marker.successors {
                let choices = cache.get(successor).map_or(&[][..], Vec::as_slice);
                // A pruned successor adds nothing; a divergent one multiplies the sets.
                if choices.is_empty() {
                    continue;
                }
                let product = |prefix: &Vec<Node>| {
                    let prefix = prefix.clone();
                    choices.iter().map(move |choice| {
                        let mut set = prefix.clone();
                        let fresh = choice.iter().filter(|node| !prefix.contains(node));
                        set.extend(fresh.copied().collect::<Vec<_>>());
                        set
                    })
                };
                sets = sets.iter().flat_map(product).collect();
            }
            all.extend(sets.into_iter().filter(|set| !set.is_empty()));
        }
        // Sets that are part of others say nothing. Of sets that are as long, the last come first.
        all.sort_by_key(|set| std::cmp::Reverse(set.len()));
        let mut seen: Vec<(HashSet<Node>, Vec<Node>)> = Vec::new();
        for set in all {
            let as_set: HashSet<Node> = set.iter().copied().collect();
            if !seen.iter().any(|(other, _)| as_set.is_subset(other)) {
                seen.push((as_set, set));
            }
        }
        seen.into_iter().rev().map(|(_, set)| set).collect()
    }
}

//! Evolution of changesets: obsolescence, predecessors and successors; and the mark in the graph.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use hg_format::obs_markers::Marker;
use hg_store::Repo;
use hg_types::{Node, Phase, Result, Revision};

use super::super::changeset::Changeset;
use super::super::engine::Engine;
use super::super::scope::Scope;
use super::super::value::{Change, ItemForm, List, ListKind, Mappings, Sequence, Value, Vars};
use super::{Keyword, changeset, local, name, of_changeset};

pub(super) const KEYWORDS: &[Keyword] = &[
    of_changeset("_fast_rank", |_, _| Ok(Value::None)),
    of_changeset("bisect", |engine, scope| bisect(engine, changeset(scope)?)),
    of_changeset("graphnode", |engine, scope| {
        Ok(Value::Bytes(engine.host.graph_sign(graph_node(changeset(scope)?)?)))
    }),
    of_changeset("instabilities", |engine, scope| {
        let items = changeset(scope)?.instabilities()?.into_iter().map(Value::from).collect();
        super::names::list(engine, scope, items, "instability", "instabilities")
    }),
    of_changeset("obsfate", |engine, scope| {
        let changeset = changeset(scope)?;
        if !changeset.is_obsolete()? {
            return super::names::list(engine, scope, Vec::new(), "fate", "obsfate");
        }
        let mut texts = Vec::new();
        for fate in Fate::all(changeset)? {
            texts.push(Value::Bytes(fate.text(changeset)?));
        }
        super::names::list(engine, scope, texts, "fate", "obsfate")
    }),
    of_changeset("obsolete", |_, scope| {
        Ok(Value::from(if changeset(scope)?.is_obsolete()? { "obsolete" } else { "" }))
    }),
    of_changeset("predecessors", |_, scope| {
        let changeset = changeset(scope)?;
        let mut nodes: Vec<Node> = closest_predecessors(changeset.repo(), changeset.node())?;
        nodes.sort();
        Ok(nodes_value(&nodes))
    }),
    of_changeset("successorssets", |_, scope| {
        let changeset = changeset(scope)?;
        let mut sets = Vec::new();
        if changeset.is_obsolete()? {
            for nodes in closest_successors(changeset.repo(), &changeset.node())? {
                sets.push(nodes_value(&nodes));
            }
        }
        let kind = ListKind::Named(name("successorset"), Vec::new());
        Ok(Value::List(Rc::new(List { items: sets, kind, form: ItemForm::Sets, shown: None })))
    }),
    of_changeset("succsandmarkers", |engine, scope| {
        let changeset = changeset(scope)?;
        let mut items = Vec::new();
        if changeset.is_obsolete()? {
            for fate in Fate::all(changeset)? {
                let markers = fate.markers.iter().map(|marker| marker_value(engine, marker));
                items.push(Vars::new([
                    ("successors", nodes_value(&fate.successors)),
                    (
                        "markers",
                        Value::Sequence(Rc::new(Sequence {
                            parts: markers.collect(),
                            is_tuple: false,
                        })),
                    ),
                ]));
            }
        }
        Ok(Value::Mappings(Rc::new(Mappings { items, template: None, separator: " " })))
    }),
    of_changeset("whyunstable", whyunstable),
];

fn nodes_value(nodes: &[Node]) -> Value {
    let items = nodes.iter().map(|node| Value::Bytes(node.hex())).collect();
    let (kind, form) = (ListKind::Nodes, ItemForm::RevNode);
    Value::List(Rc::new(List { items, kind, form, shown: None }))
}

/// A marker in the shape that programs see: predecessor, successors, flags, metadata, date, parents.
fn marker_value(engine: &Engine, marker: &Marker) -> Value {
    let list = Value::tuple;
    let hex = |nodes: &[Node]| list(nodes.iter().map(|node| Value::Bytes(node.hex())).collect());
    let mut metadata = marker.metadata.clone();
    metadata.sort();
    let pairs =
        metadata.iter().map(|(key, value)| list(vec![local(engine, key), local(engine, value)]));
    list(vec![
        Value::Bytes(marker.predecessor.hex()),
        hex(&marker.successors),
        Value::Int(marker.flags.into()),
        list(pairs.collect()),
        list(vec![Value::Float(marker.seconds), Value::Int(marker.offset.into())]),
        marker.parents.as_ref().map_or(Value::None, |parents| hex(parents)),
    ])
}

/// What became of an obsolete changeset: one set of replacements, and the markers that lead there.
#[derive(Clone, Debug)]
pub struct Fate {
    /// The nearest visible replacements; none when it was pruned.
    pub successors: Vec<Node>,
    /// The markers, sorted.
    pub markers: Vec<Marker>,
}

impl Fate {
    /// The fates of a changeset: several when it diverged.
    ///
    /// # Errors
    /// When obsolescence cannot be read.
    pub fn all(changeset: &Changeset) -> Result<Vec<Self>> {
        let repo = changeset.repo();
        let sets = closest_successors(repo, &changeset.node())?;
        if sets.is_empty() {
            return Self::prunings(repo, &changeset.node());
        }
        let mut fates = Vec::new();
        for successors in sets {
            let markers = markers_to(repo, &changeset.node(), &successors)?;
            fates.push(Self { successors, markers });
        }
        Ok(fates)
    }

    /// The fates of a changeset without replacements: one for each time that it was pruned itself, and
    /// one without markers when it is only its successors that were.
    fn prunings(repo: &Repo, node: &Node) -> Result<Vec<Self>> {
        let store = repo.obsstore()?;
        let prunes = store.markers_of(node).filter(|marker| marker.successors.is_empty());
        let mut fates: Vec<Self> = Vec::new();
        for marker in prunes {
            if !fates.iter().any(|fate| fate.markers.contains(marker)) {
                fates.push(Self { successors: Vec::new(), markers: vec![marker.clone()] });
            }
        }
        if fates.is_empty() {
            fates.push(Self { successors: Vec::new(), markers: Vec::new() });
        }
        Ok(fates)
    }

    /// `rewritten using amend as 3:d004c8f274b9 by somebody`.
    ///
    /// # Errors
    /// When the changelog cannot be read.
    pub fn text(&self, changeset: &Changeset) -> Result<Vec<u8>> {
        use super::super::host::Verbosity;
        let host = changeset.history().host();
        let verbosity = host.verbosity();
        let verbose = verbosity >= Verbosity::Verbose;
        let mut out = self.verb().as_bytes().to_vec();
        let operations = self.metadata(b"operation");
        if !operations.is_empty() {
            out.extend_from_slice(b" using ");
            out.extend_from_slice(&operations.join(&b", "[..]));
        }
        if !self.successors.is_empty() {
            let changelog = changeset.repo().changelog()?;
            let mut texts = Vec::new();
            for node in &self.successors {
                let hex = if verbosity == Verbosity::Debug { node.hex() } else { node.short() };
                let rev = changelog.rev(node)?.to_string();
                texts.push([rev.as_bytes(), b":", &hex].concat());
            }
            out.extend_from_slice(b" as ");
            out.extend_from_slice(&texts.join(&b", "[..]));
        }
        let mut users = self.metadata(b"user");
        if !verbose && users.len() == 1 && users[0] == host.username()? {
            users.clear();
        }
        if verbosity != Verbosity::Quiet && !users.is_empty() {
            out.extend_from_slice(b" by ");
            out.extend_from_slice(&host.encoding().local(&users.join(&b", "[..])));
        }
        if verbose {
            out.extend_from_slice(&self.dates());
        }
        Ok(out)
    }

    fn verb(&self) -> &'static str {
        verb(self.successors.len())
    }

    fn metadata(&self, key: &[u8]) -> Vec<Vec<u8>> {
        let all = self.markers.iter().flat_map(|marker| &marker.metadata);
        let values: BTreeSet<Vec<u8>> =
            all.filter(|(known, _)| known == key).map(|(_, value)| value.clone()).collect();
        values.into_iter().collect()
    }

    fn dates(&self) -> Vec<u8> {
        let dates = self.markers.iter().map(Marker::date);
        let (Some(first), Some(last)) = (dates.clone().min(), dates.max()) else {
            return Vec::new();
        };
        let text = |date: hg_types::HgDate| date.format(b"%Y-%m-%d %H:%M %1%2");
        if first == last {
            return [b" (at ", &text(first)[..], b")"].concat();
        }
        [b" (between ", &text(first)[..], b" and ", &text(last), b")"].concat()
    }
}

/// What happens to a changeset that gets this many replacements.
pub(crate) fn verb(successors: usize) -> &'static str {
    match successors {
        0 => "pruned",
        1 => "rewritten",
        _ => "split",
    }
}

fn visible(repo: &Repo) -> Result<impl Fn(&Node) -> bool> {
    let changelog = repo.changelog()?;
    let hidden = repo.hidden_revs()?;
    Ok(move |node: &Node| changelog.find(node).is_some_and(|rev| !hidden.contains(rev)))
}

/// The sets of the nearest replacements that are visible.
///
/// # Errors
/// When obsolescence cannot be read.
pub fn closest_successors(repo: &Repo, node: &Node) -> Result<Vec<Vec<Node>>> {
    let store = repo.obsstore()?;
    let visible = visible(repo)?;
    let is_passed =
        |other: &Node| store.has_successors(other) && (other == node || !visible(other));
    let mut cache = HashMap::new();
    Ok(store.final_sets(node, &is_passed, &visible, &mut cache))
}

/// The markers on the ways from a changeset to its replacements.
fn markers_to(repo: &Repo, start: &Node, successors: &[Node]) -> Result<Vec<Marker>> {
    let store = repo.obsstore()?;
    let visible = visible(repo)?;
    let mut passed = vec![*start];
    let mut seen = HashSet::from([*start]);
    let mut steps: Vec<&Marker> = Vec::new();
    while let Some(node) = passed.pop() {
        for marker in store.markers_of(&node) {
            steps.push(marker);
            for next in &marker.successors {
                if !visible(next) && seen.insert(*next) {
                    passed.push(*next);
                }
            }
        }
    }
    // Backwards from the set: which of the steps lead there.
    let mut reaches: HashSet<Node> = successors.iter().copied().collect();
    let mut leads: Vec<bool> = vec![false; steps.len()];
    loop {
        let mut changed = false;
        for (at, marker) in steps.iter().enumerate() {
            if !leads[at] && marker.successors.iter().any(|node| reaches.contains(node)) {
                leads[at] = true;
                reaches.insert(marker.predecessor);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let chosen = steps.iter().zip(&leads).filter(|(_, leads)| **leads);
    let mut markers: Vec<Marker> = chosen.map(|(marker, _)| (*marker).clone()).collect();
    sort(&mut markers);
    Ok(markers)
}

fn sort(markers: &mut Vec<Marker>) {
    markers.sort_by(|left, right| {
        (left.predecessor, &left.successors).cmp(&(right.predecessor, &right.successors))
    });
    markers.dedup();
}

/// The nearest visible changesets that a changeset replaces.
fn closest_predecessors(repo: &Repo, node: Node) -> Result<Vec<Node>> {
    let store = repo.obsstore()?;
    let visible = visible(repo)?;
    let mut found = Vec::new();
    let mut todo = vec![node];
    let mut seen = HashSet::from([node]);
    while let Some(current) = todo.pop() {
        for marker in store.markers_to(&current) {
            if !seen.insert(marker.predecessor) {
                continue;
            }
            if visible(&marker.predecessor) {
                found.push(marker.predecessor);
            } else {
                todo.push(marker.predecessor);
            }
        }
    }
    Ok(found)
}

/// Why a changeset is unstable: one reason of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unstable {
    /// The kind of instability: `orphan`, ...
    pub instability: &'static str,
    /// The changesets that compete with it.
    pub rivals: Vec<Node>,
    /// What is wrong with `node`.
    pub reason: &'static str,
    /// The changeset that makes it unstable.
    pub node: Node,
}

impl Unstable {
    /// All reasons.
    ///
    /// # Errors
    /// When obsolescence cannot be read.
    pub fn all(changeset: &Changeset) -> Result<Vec<Self>> {
        let mut out = Vec::new();
        let mut add = |instability, reason, node, rivals| {
            out.push(Self { instability, rivals, reason, node });
        };
        for instability in changeset.instabilities()? {
            match instability {
                "orphan" => {
                    for parent in changeset.parents() {
                        let parent = Changeset::open(changeset.history(), parent)?;
                        if parent.is_obsolete()? {
                            add("orphan", "obsolete parent", parent.node(), Vec::new());
                        } else if parent.instabilities()?.contains(&"orphan") {
                            add("orphan", "orphan parent", parent.node(), Vec::new());
                        }
                    }
                }
                "phase-divergent" => {
                    let store = changeset.repo().obsstore()?;
                    for node in store.all_predecessors(changeset.node(), true) {
                        let rev = changeset.repo().changelog()?.find(&node);
                        let Some(rev) = rev else { continue };
                        if changeset.repo().phases()?.phase(rev) == Phase::Public {
                            add("phase-divergent", "immutable predecessor", node, Vec::new());
                        }
                    }
                }
                _ => {
                    for (rivals, node) in divergent_sets(changeset)? {
                        add("content-divergent", "predecessor", node, rivals);
                    }
                }
            }
        }
        Ok(out)
    }
}

fn whyunstable(_: &Engine, scope: &Scope) -> Result<Value> {
    let changeset = changeset(scope)?;
    let mut items = Vec::new();
    for reason in Unstable::all(changeset)? {
        let mut vars = Vars::new([
            ("instability", Value::from(reason.instability)),
            ("reason", Value::from(reason.reason)),
            ("node", Value::Bytes(reason.node.hex())),
        ]);
        if !reason.rivals.is_empty() {
            vars.values.push((name("divergentnodes"), rivals(changeset, &reason.rivals)?));
        }
        // Items with an id speak of that changeset.
        if let Some(rev) = changeset.repo().changelog()?.find(&reason.node) {
            let named = Changeset::open(changeset.history(), rev)?;
            vars.change = Change::Named(Rc::new(named));
        }
        items.push(vars);
    }
    let template =
        Some("{instability}:{if(divergentnodes, \" {divergentnodes}\")} {reason} {node|short}");
    Ok(Value::Mappings(Rc::new(Mappings { items, template, separator: "\n" })))
}

fn rivals(changeset: &Changeset, nodes: &[Node]) -> Result<Value> {
    let changelog = changeset.repo().changelog()?;
    let open = |node: &Node| -> Result<Vars> {
        let rival = Changeset::open(changeset.history(), changelog.rev(node)?)?;
        Ok(Vars::changeset(Rc::new(rival)))
    };
    let items = nodes.iter().map(open).collect::<Result<_>>()?;
    let template = Some("{rev}:{node|short} ({phase})");
    Ok(Value::Mappings(Rc::new(Mappings { items, template, separator: " " })))
}

/// The sets of changesets that compete with this one, each with the nearest predecessor that they all replace.
fn divergent_sets(changeset: &Changeset) -> Result<Vec<(Vec<Node>, Node)>> {
    let (repo, node) = (changeset.repo(), changeset.node());
    let store = repo.obsstore()?;
    let mut cache = HashMap::new();
    let mut found: std::collections::BTreeMap<Vec<Node>, Node> = std::collections::BTreeMap::new();
    let mut seen = HashSet::from([node]);
    let mut todo = std::collections::VecDeque::from([node]);
    while let Some(current) = todo.pop_front() {
        let mut before: Vec<Node> =
            store.markers_to(&current).map(|marker| marker.predecessor).collect();
        before.sort();
        for predecessor in before.into_iter().filter(|node| seen.insert(*node)) {
            todo.push_back(predecessor);
            let sets = repo.successors_sets(&predecessor, &mut cache)?;
            let rivals = sets.iter().filter(|set| !set.is_empty() && !set.contains(&node));
            for set in rivals.filter(|_| sets.len() > 1) {
                found.entry(set.clone()).or_insert(predecessor);
            }
        }
    }
    Ok(found.into_iter().collect())
}

/// The mark of a changeset in the graph.
///
/// # Errors
/// When the state of the working directory or obsolescence cannot be read.
pub fn graph_node(changeset: &Changeset) -> Result<u8> {
    let repo = changeset.repo();
    let [p1, p2] = repo.wdir_parents();
    let node = changeset.node();
    if node == p1 || (!p2.is_null() && node == p2) {
        return Ok(b'@');
    }
    // An update that stopped at conflicts has no second parent to show.
    if p2.is_null() {
        let state = hg_wdir::merge::MergeState::read(repo)?;
        let merged = [state.local(), state.other()].contains(&node);
        if state.is_active() && merged && state.unresolved().next().is_some() {
            return Ok(b'%');
        }
    }
    if changeset.is_obsolete()? {
        return Ok(b'x');
    }
    if !changeset.instabilities()?.is_empty() {
        return Ok(b'*');
    }
    if !changeset.rev().is_wdir() && changeset.entry()?.closes_branch() {
        return Ok(b'_');
    }
    Ok(b'o')
}

/// What a bisection knows, by how much it says about a changeset.
pub(super) struct Bisection {
    labels: Vec<(&'static str, HashSet<Revision>)>,
}

impl Bisection {
    fn load(engine: &Engine) -> Result<Self> {
        let mut labels = Vec::new();
        let state = crate::bisect::State::load(engine.need_repo()?)?;
        if state != crate::bisect::State::default() {
            let context = super::super::functions::query_context(engine)?;
            let kinds = [
                ("good", "good"),
                ("bad", "bad"),
                ("skipped", "skip"),
                ("untested", "untested"),
                ("untested", "current"),
                ("ignored", "ignored"),
                ("good (implicit)", "goods"),
                ("bad (implicit)", "bads"),
            ];
            for (label, status) in kinds {
                let revs = crate::bisect::of_status(&context, &state, status.as_bytes())?;
                labels.push((label, revs.into_iter().collect()));
            }
        }
        Ok(Self { labels })
    }
}

/// What bisection says about a changeset; nothing while none is going on.
fn bisect(engine: &Engine, changeset: &Changeset) -> Result<Value> {
    let cell = &engine.caches.bisection;
    let bisection = match cell.get() {
        Some(known) => known,
        None => {
            let loaded = Bisection::load(engine)?;
            cell.get_or_init(|| loaded)
        }
    };
    let found = bisection.labels.iter().find(|(_, revs)| revs.contains(&changeset.rev()));
    Ok(found.map_or(Value::None, |(label, _)| Value::from(*label)))
}

//! Bookmarks, tags, branches, phases and obsolescence: functions over a repository.

use std::collections::HashMap;

use cpython::{PyBytes, PyErr, PyModule, PyResult, Python, exc, py_fn};
use hg_format::obs_markers::{Marker, decode, encode_v0, encode_v1};
use hg_store::revlog::RevBits;
use hg_store::{Repo, TagKind};
use hg_types::{Node, Phase, Result, Revision};

use crate::locks::Transaction;
use crate::repo::{RepoHandle, node};
use crate::revs::Revs;

type Pair = (PyBytes, PyBytes);

/// Names with node ids, and the active one.
fn bookmarks(py: Python<'_>, repo: RepoHandle) -> PyResult<(Vec<Pair>, Option<PyBytes>)> {
    let marks = repo.ask(py, |repo| repo.bookmarks())?;
    let local = |name: &[u8]| PyBytes::new(py, &repo.local(py, name));
    let pairs = marks.iter().map(|(name, node)| (local(name), PyBytes::new(py, &node.0)));
    Ok((pairs.collect(), marks.active().map(local)))
}

/// Moves (with an id) or deletes (without) bookmarks.
fn change_bookmarks(
    py: Python<'_>,
    repo: RepoHandle,
    tr: Transaction,
    changes: Vec<(PyBytes, Option<PyBytes>)>,
) -> PyResult<bool> {
    let changes = changes
        .iter()
        .map(|(name, to)| {
            let to = to.as_ref().map(|to| node(py, to)).transpose()?;
            Ok((repo.stored(py, name)?, to))
        })
        .collect::<PyResult<Vec<(Vec<u8>, Option<Node>)>>>()?;
    tr.with(py, |tr| tr.repo().change_bookmarks(tr, &changes))?;
    Ok(true)
}

fn activate_bookmark(py: Python<'_>, repo: RepoHandle, name: Option<PyBytes>) -> PyResult<bool> {
    let name = name.map(|name| repo.stored(py, &name)).transpose()?;
    repo.ask(py, |repo| repo.set_active_bookmark(name.as_deref()))?;
    Ok(true)
}

/// Names, node ids, and `global`, `local` or nothing (for `tip`).
fn tags(py: Python<'_>, repo: RepoHandle) -> PyResult<Vec<(PyBytes, PyBytes, Option<PyBytes>)>> {
    let tags = repo.ask(py, |repo| repo.tags())?;
    let kind = |kind: TagKind| match kind {
        TagKind::Global => PyBytes::new(py, b"global"),
        TagKind::Local => PyBytes::new(py, b"local"),
    };
    let entry = |(name, node, of): (&[u8], Node, Option<TagKind>)| {
        (PyBytes::new(py, &repo.local(py, name)), PyBytes::new(py, &node.0), of.map(kind))
    };
    Ok(tags.iter().map(entry).collect())
}

/// Names, heads (ascending), tip, and whether all heads are closed; then the closed heads.
fn branches(
    py: Python<'_>,
    repo: RepoHandle,
) -> PyResult<(Vec<(PyBytes, Vec<i32>, i32, bool)>, Vec<i32>)> {
    let view = repo.which_view(py);
    let map = repo.ask(py, |repo| repo.branchmap_of(view))?;
    let mut closed = Vec::new();
    let branches = map.iter().map(|(name, heads)| {
        closed.extend(heads.iter().filter(|rev| map.is_closed(**rev)).map(|rev| rev.get()));
        let (tip, is_closed) = map.tip(name).unwrap_or((Revision::NULL, false));
        let heads = heads.iter().map(|rev| rev.get()).collect();
        (PyBytes::new(py, &repo.local(py, name)), heads, tip.get(), is_closed)
    });
    let branches = branches.collect();
    Ok((branches, closed))
}

/// The branch of a revision, and whether it closes it, from the cache of all branches.
fn rev_branch(py: Python<'_>, repo: RepoHandle, rev: i32) -> PyResult<(PyBytes, bool)> {
    let branches = repo.ask(py, |repo| repo.rev_branches())?;
    let rev = Revision::new(rev);
    Ok((PyBytes::new(py, &repo.local(py, branches.branch(rev))), branches.closes(rev)))
}

fn phase_numbered(py: Python<'_>, number: u64) -> PyResult<Phase> {
    Phase::from_number(number)
        .ok_or_else(|| PyErr::new::<exc::ValueError, _>(py, format!("there is no phase {number}")))
}

fn phase(py: Python<'_>, repo: RepoHandle, rev: i32) -> PyResult<u8> {
    let stored = repo.repo(py)?;
    crate::gil::quick(py, || Ok(stored.phases()?.phase(Revision::new(rev)).number()))
}

/// All revisions in one of these phases.
fn phase_revs(py: Python<'_>, repo: RepoHandle, phases: Vec<u64>) -> PyResult<Revs> {
    let phases = phases
        .into_iter()
        .map(|number| phase_numbered(py, number))
        .collect::<PyResult<Vec<_>>>()?;
    let (_, hidden) = repo.changelog_and_hidden(py)?;
    let revs = repo.ask(py, |repo| Ok(repo.phases()?.set(&phases)))?;
    let shown = revs.iter().filter(|rev| !hidden.contains(*rev)).map(Revision::get);
    Revs::wrap(py, shown.collect())
}

/// Moves revisions to a phase, down (`advance`) or up; gives those that moved.
fn move_phases(
    py: Python<'_>,
    tr: Transaction,
    phase: u64,
    revs: Vec<i32>,
    advance: bool,
) -> PyResult<Vec<i32>> {
    let phase = phase_numbered(py, phase)?;
    let revs: Vec<Revision> = revs.into_iter().map(Revision::new).collect();
    let moved = tr.with(py, |tr| match advance {
        true => tr.repo().advance_phases(tr, phase, &revs),
        false => tr.repo().retract_phases(tr, phase, &revs),
    })?;
    Ok(moved.into_iter().map(Revision::get).collect())
}

/// Revisions that are `obsolete`, `orphan`, `phasedivergent`, `contentdivergent` or `hidden`.
fn evolution_revs(py: Python<'_>, repo: RepoHandle, what: String) -> PyResult<Revs> {
    let ask: fn(&Repo) -> Result<RevBits> = match &*what {
        "obsolete" => Repo::obsolete_revs,
        "orphan" => Repo::orphan_revs,
        "phasedivergent" => Repo::phase_divergent_revs,
        "contentdivergent" => Repo::content_divergent_revs,
        "hidden" => |repo| Ok((*repo.hidden_revs()?).clone()),
        _ => return Err(PyErr::new::<exc::KeyError, _>(py, what)),
    };
    let revs = repo.ask(py, ask)?;
    Revs::wrap(py, revs.iter().map(Revision::get).collect())
}

fn evolution_enabled(py: Python<'_>, repo: RepoHandle, feature: String) -> PyResult<bool> {
    repo.ask(py, |repo| repo.evolution(&feature))
}

/// Predecessor, successors, flags, metadata, date, parents: as the extension API has markers.
type PyMarker = (PyBytes, Vec<PyBytes>, u16, Vec<Pair>, (f64, i32), Option<Vec<PyBytes>>);

fn markers(py: Python<'_>, repo: RepoHandle) -> PyResult<Vec<PyMarker>> {
    let store = repo.ask(py, |repo| repo.obsstore())?;
    Ok(store.markers().iter().map(|marker| to_python(py, marker)).collect())
}

/// Markers of what replaced (`successors`) or was replaced by a changeset.
fn markers_of(
    py: Python<'_>,
    repo: RepoHandle,
    of: PyBytes,
    successors: bool,
) -> PyResult<Vec<PyMarker>> {
    let of = node(py, &of)?;
    let store = repo.ask(py, |repo| repo.obsstore())?;
    Ok(match successors {
        true => store.markers_of(&of).map(|marker| to_python(py, marker)).collect(),
        false => store.markers_to(&of).map(|marker| to_python(py, marker)).collect(),
    })
}

fn to_python(py: Python<'_>, marker: &Marker) -> PyMarker {
    let id = |node: &Node| PyBytes::new(py, &node.0);
    let metadata = marker.metadata.iter();
    (
        id(&marker.predecessor),
        marker.successors.iter().map(id).collect(),
        marker.flags,
        metadata.map(|(key, value)| (PyBytes::new(py, key), PyBytes::new(py, value))).collect(),
        (marker.seconds, marker.offset),
        marker.parents.as_ref().map(|parents| parents.iter().map(id).collect()),
    )
}

fn add_markers(py: Python<'_>, tr: Transaction, markers: Vec<PyMarker>) -> PyResult<usize> {
    let markers = from_python(py, &markers)?;
    tr.with(py, |tr| tr.repo().add_markers(tr, &markers))
}

/// Markers as files and exchanges have them, without the byte that says the version.
fn encode_markers(py: Python<'_>, markers: Vec<PyMarker>, version: u8) -> PyResult<PyBytes> {
    let mut out = Vec::new();
    for marker in from_python(py, &markers)? {
        let encoded = match version {
            0 => encode_v0(&marker, &mut out),
            _ => encode_v1(&marker, &mut out),
        };
        encoded.map_err(|problem| PyErr::new::<exc::ValueError, _>(py, problem.to_string()))?;
    }
    Ok(PyBytes::new(py, &out))
}

/// The version and the markers of what starts with the byte that says it.
fn decode_markers(py: Python<'_>, data: PyBytes) -> PyResult<(u8, Vec<PyMarker>)> {
    let (version, markers) = decode(data.data(py))
        .map_err(|problem| PyErr::new::<exc::ValueError, _>(py, problem.to_string()))?;
    Ok((version, markers.iter().map(|marker| to_python(py, marker)).collect()))
}

fn from_python(py: Python<'_>, markers: &[PyMarker]) -> PyResult<Vec<Marker>> {
    let ids = |ids: &Vec<PyBytes>| ids.iter().map(|id| node(py, id)).collect::<PyResult<Vec<_>>>();
    markers
        .iter()
        .map(|(predecessor, successors, flags, metadata, (seconds, offset), parents)| {
            let metadata = metadata.iter();
            Ok(Marker {
                predecessor: node(py, predecessor)?,
                successors: ids(successors)?,
                flags: *flags,
                metadata: metadata
                    .map(|(key, value)| (key.data(py).to_vec(), value.data(py).to_vec()))
                    .collect(),
                seconds: *seconds,
                offset: *offset,
                parents: parents.as_ref().map(ids).transpose()?,
            })
        })
        .collect()
}

fn successors_sets(py: Python<'_>, repo: RepoHandle, of: PyBytes) -> PyResult<Vec<Vec<PyBytes>>> {
    let of = node(py, &of)?;
    let sets = repo.ask(py, |repo| repo.successors_sets(&of, &mut HashMap::new()))?;
    let ids = |set: &Vec<Node>| set.iter().map(|node| PyBytes::new(py, &node.0)).collect();
    Ok(sets.iter().map(ids).collect())
}

/// Puts the functions into the module.
pub(crate) fn add_to(py: Python<'_>, m: &PyModule) -> PyResult<()> {
    m.add(py, "bookmarks", py_fn!(py, bookmarks(repo: RepoHandle)))?;
    m.add(
        py,
        "change_bookmarks",
        py_fn!(py, change_bookmarks(
            repo: RepoHandle, tr: Transaction, changes: Vec<(PyBytes, Option<PyBytes>)>
        )),
    )?;
    m.add(
        py,
        "activate_bookmark",
        py_fn!(py, activate_bookmark(
            repo: RepoHandle, name: Option<PyBytes>
        )),
    )?;
    m.add(py, "tags", py_fn!(py, tags(repo: RepoHandle)))?;
    m.add(py, "branches", py_fn!(py, branches(repo: RepoHandle)))?;
    m.add(py, "rev_branch", py_fn!(py, rev_branch(repo: RepoHandle, rev: i32)))?;
    m.add(py, "phase", py_fn!(py, phase(repo: RepoHandle, rev: i32)))?;
    m.add(py, "phase_revs", py_fn!(py, phase_revs(repo: RepoHandle, phases: Vec<u64>)))?;
    m.add(
        py,
        "move_phases",
        py_fn!(py, move_phases(
            tr: Transaction, phase: u64, revs: Vec<i32>, advance: bool
        )),
    )?;
    m.add(py, "evolution_revs", py_fn!(py, evolution_revs(repo: RepoHandle, what: String)))?;
    m.add(
        py,
        "evolution_enabled",
        py_fn!(py, evolution_enabled(
            repo: RepoHandle, feature: String
        )),
    )?;
    m.add(py, "markers", py_fn!(py, markers(repo: RepoHandle)))?;
    m.add(
        py,
        "markers_of",
        py_fn!(py, markers_of(
            repo: RepoHandle, of: PyBytes, successors: bool
        )),
    )?;
    m.add(py, "add_markers", py_fn!(py, add_markers(tr: Transaction, markers: Vec<PyMarker>)))?;
    m.add(py, "encode_markers", py_fn!(py, encode_markers(markers: Vec<PyMarker>, version: u8)))?;
    m.add(py, "decode_markers", py_fn!(py, decode_markers(data: PyBytes)))?;
    m.add(py, "successors_sets", py_fn!(py, successors_sets(repo: RepoHandle, of: PyBytes)))
}

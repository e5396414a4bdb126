//! Drawing graphs with characters, for commands of extensions.

use std::cell::RefCell;

use cpython::{PyBytes, PyErr, PyModule, PyResult, Python, exc, py_class, py_fn};
use hg_query::graph::{AsciiGraph as Drawing, DagNode, DagWalker, Edge, GraphStyle};
use hg_types::{Revision, UncheckedRevision};

use crate::repo::RepoHandle;

/// A kind of edge (`P`, `G`, `M`) and what it leads to.
type PyEdge = (PyBytes, i32);

py_class!(pub class AsciiGraph |py| {
    data drawing: RefCell<Drawing>;

    /// A drawing whose edges to parents, ancestors and parents not shown look so.
    @staticmethod
    def styled(styles: (PyBytes, PyBytes, PyBytes), shorten: bool) -> PyResult<AsciiGraph> {
        let (parent, grandparent, missing) = styles;
        let [parent, grandparent, missing] =
            [parent, grandparent, missing].map(|style| style.data(py).to_vec());
        let style = GraphStyle { parent, grandparent, missing, shorten, unicode: false };
        Self::create_instance(py, RefCell::new(Drawing::new(style)))
    }
    /// How many characters stand beside the text of a node.
    def width(&self, id: i32, parents: Vec<PyEdge>) -> PyResult<usize> {
        Ok(self.drawing(py).borrow().width(&dag_node(py, id, &parents)?))
    }
    /// The lines of a node; nodes come in order, each before its parents.
    def draw(
        &self, id: i32, parents: Vec<PyEdge>, symbol: PyBytes, text: PyBytes
    ) -> PyResult<PyBytes> {
        let node = dag_node(py, id, &parents)?;
        let mut drawing = self.drawing(py).borrow_mut();
        Ok(PyBytes::new(py, &drawing.draw(&node, symbol.data(py), text.data(py))))
    }
});

fn dag_node(py: Python<'_>, id: i32, parents: &[PyEdge]) -> PyResult<DagNode> {
    let edge = |(kind, to): &PyEdge| {
        let kind = match kind.data(py) {
            b"P" => Edge::Parent,
            b"G" => Edge::Grandparent,
            b"M" => Edge::Missing,
            _ => return Err(PyErr::new::<exc::ValueError, _>(py, "no kind of edge")),
        };
        Ok((kind, Revision::new(*to)))
    };
    let parents = parents.iter().map(edge).collect::<PyResult<_>>()?;
    Ok(DagNode { rev: Revision::new(id), parents })
}

/// Revisions with what a graph of them shows below each.
fn graph_nodes(
    py: Python<'_>,
    repo: RepoHandle,
    revs: Vec<i32>,
) -> PyResult<Vec<(i32, Vec<PyEdge>)>> {
    let nodes = repo.query(py, |query| {
        let len = query.changelog().len();
        let known = |rev: &i32| UncheckedRevision(*rev).check(len);
        let revs: Vec<Revision> = revs.iter().filter_map(known).collect();
        let mut walker = DagWalker::new(query, &revs);
        revs.iter().map(|rev| walker.node(*rev)).collect::<hg_types::Result<Vec<_>>>()
    })?;
    let kind = |edge: Edge| match edge {
        Edge::Parent => PyBytes::new(py, b"P"),
        Edge::Grandparent => PyBytes::new(py, b"G"),
        Edge::Missing => PyBytes::new(py, b"M"),
    };
    let shown = nodes.iter().map(|node| {
        let parents = node.parents.iter().map(|(edge, to)| (kind(*edge), to.get())).collect();
        (node.rev.get(), parents)
    });
    Ok(shown.collect())
}

/// Puts class and function into the module.
pub(crate) fn add_to(py: Python<'_>, m: &PyModule) -> PyResult<()> {
    crate::inherit::add::<AsciiGraph>(py, m, crate::inherit::Extras::NONE)?;
    m.add(py, "graph_nodes", py_fn!(py, graph_nodes(repo: RepoHandle, revs: Vec<i32>)))
}

//! Order and drawing of the graph.

mod ascii;
mod dag;
mod topo;

pub use ascii::{AsciiGraph, GraphStyle};
pub use dag::{DagNode, DagWalker, Edge};
pub use topo::topological_order;

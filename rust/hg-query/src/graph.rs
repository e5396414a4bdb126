//! Order and drawing of the graph.

mod topo;

pub(crate) use topo::topological_order;

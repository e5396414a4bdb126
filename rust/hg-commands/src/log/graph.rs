//! Changesets beside a drawing of the graph.

use std::rc::Rc;

use hg_query::QueryContext;
use hg_query::graph::{AsciiGraph, DagWalker, Edge, GraphStyle};
use hg_query::template::{Changeset, Engine, Scope, Vars, graph_node};
use hg_types::{Result, Revision};

use crate::CommandContext;
use crate::changeset_display::{Displayer, UiHost};
use crate::extensions::beautify;

/// What stands for a changeset in the drawing.
struct Symbols {
    engine: Engine,
    /// Whether the template is the usual one, which needs no rendering.
    plain: bool,
}

const TEMPLATE: &[u8] = b"graphnode-template";

impl Symbols {
    fn new(ctx: &CommandContext, query: &QueryContext) -> Self {
        let config = ctx.config();
        let text = config.get("command-templates", "graphnode").unwrap_or(b"{graphnode}");
        let host = Rc::new(UiHost::new(&ctx.ui, Some(query.repo.root_bytes())));
        let mut engine = Engine::new(host, Some(query.repo.clone()));
        engine.set_aliases(config.items("templatealias"));
        engine.add(TEMPLATE, unquoted(text));
        Self { engine, plain: text == b"{graphnode}" }
    }

    fn of(&self, rev: Revision) -> Result<Vec<u8>> {
        let Some(history) = self.engine.history() else {
            return Ok(b"o".to_vec());
        };
        let changeset = Rc::new(Changeset::open(history, rev)?);
        if self.plain {
            return Ok(self.engine.host.graph_sign(graph_node(&changeset)?));
        }
        let mut out = Vec::new();
        self.engine.render(TEMPLATE, &Scope::root(Vars::changeset(changeset)), &mut out)?;
        Ok(out)
    }
}

/// A template in the configuration may stand in quotes.
fn unquoted(text: &[u8]) -> &[u8] {
    let quoted =
        |quote: u8| text.len() >= 2 && text.first() == Some(&quote) && text.last() == Some(&quote);
    if quoted(b'"') || quoted(b'\'') { &text[1..text.len() - 1] } else { text }
}

/// How edges are drawn, by the configuration.
fn style(ctx: &CommandContext) -> Result<GraphStyle> {
    let config = ctx.config();
    let usual = GraphStyle::default();
    if config.environment().plain().covers("graph") {
        let line = usual.parent.clone();
        return Ok(GraphStyle { grandparent: line.clone(), missing: line, ..usual });
    }
    let item = |name: &str, usual: Vec<u8>| {
        config.get_set("experimental", name).map_or(usual, <[u8]>::to_vec)
    };
    Ok(GraphStyle {
        parent: item("graphstyle.parent", usual.parent),
        grandparent: item("graphstyle.grandparent", usual.grandparent),
        missing: item("graphstyle.missing", usual.missing),
        shorten: config.get_bool_or("experimental", "graphshorten", false)?,
        unicode: beautify::draws_lines(&ctx.ui),
    })
}

/// Shows changesets of another repository beside a graph of how they are connected among
/// themselves; `@` is what this repository's working directory stands on.
///
/// # Errors
/// When a changeset cannot be read or shown.
pub fn show_foreign_graph(
    ctx: &CommandContext,
    query: &QueryContext,
    revs: &[Revision],
    mut display: Displayer,
) -> Result<()> {
    let own_parents = ctx.repo()?.wdir_parents();
    let symbols = Symbols::new(ctx, query);
    let mut graph = AsciiGraph::new(style(ctx)?);
    let mut walker = DagWalker::new(query, revs);
    for &rev in revs {
        let mut node = walker.node(rev)?;
        node.parents.retain(|(edge, _)| *edge == Edge::Parent);
        let width = graph.width(&node);
        let text = display.render(rev, width, Vec::new())?;
        let mut symbol = symbols.of(rev)?;
        if own_parents.contains(&query.node(rev)) {
            symbol = b"@".to_vec();
        } else if symbol == b"@" || symbol == b"%" {
            symbol = b"o".to_vec();
        }
        ctx.ui.write(graph.draw(&node, &symbol, &text));
        ctx.ui.check()?;
    }
    display.close()
}

/// Shows changesets with a drawing of how they are connected.
///
/// # Errors
/// When one cannot be read or a template is bad.
pub fn show_graph(
    ctx: &CommandContext,
    query: &QueryContext,
    revs: &[Revision],
    mut display: Displayer,
) -> Result<()> {
    let symbols = Symbols::new(ctx, query);
    let mut graph = AsciiGraph::new(style(ctx)?);
    let mut walker = DagWalker::new(query, revs);
    for &rev in revs {
        let node = walker.node(rev)?;
        let width = graph.width(&node);
        let text = display.render(rev, width, Vec::new())?;
        let symbol = symbols.of(rev)?;
        ctx.ui.write(graph.draw(&node, &symbol, &text));
        ctx.ui.check()?;
    }
    display.close()
}

//! Drawing the graph with characters.
//!
//! The graph is a row of columns, each for a revision that is still to come. A changeset stands in
//! its column; below it the column goes on to its parents: it may split in two, or join columns that
//! exist. Every changeset has a *node line*, perhaps a *padding line*, and a *shift line* on which
//! columns to its right move left or right by one.

use std::collections::HashMap;

use hg_types::Revision;

use super::{DagNode, Edge};

/// One character cell of a line; `None` is a column that ends here.
type Cell = Option<Vec<u8>>;
type Line = Vec<Cell>;

/// How edges are drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GraphStyle {
    /// To a parent.
    pub parent: Vec<u8>,
    /// To an ancestor.
    pub grandparent: Vec<u8>,
    /// To a parent that is not shown; empty for one that ends.
    pub missing: Vec<u8>,
    /// Leaves lines out on which nothing moves.
    pub shorten: bool,
    /// Draws edges with the lines of Unicode, in UTF-8.
    pub unicode: bool,
}

impl Default for GraphStyle {
    fn default() -> Self {
        let one = |c: &[u8]| c.to_vec();
        Self {
            parent: one(b"|"),
            grandparent: one(b":"),
            missing: Vec::new(),
            shorten: false,
            unicode: false,
        }
    }
}

impl GraphStyle {
    fn edge(&self, edge: Edge) -> Cell {
        let style = match edge {
            Edge::Parent => &self.parent,
            Edge::Grandparent => &self.grandparent,
            Edge::Missing => &self.missing,
        };
        (!style.is_empty()).then(|| style.clone())
    }
}

/// A row to draw: where the node is and where its edges lead.
struct Row {
    at: usize,
    /// From a column of this row to one of the next.
    edges: Vec<(usize, usize)>,
    columns: usize,
    /// Columns gained, or lost.
    growth: isize,
}

/// Draws changesets one below the other.
pub struct AsciiGraph {
    style: GraphStyle,
    columns: Vec<Revision>,
    edges: HashMap<Revision, Cell>,
    last_growth: isize,
    last_at: usize,
}

impl AsciiGraph {
    /// An empty drawing.
    #[must_use]
    pub fn new(style: GraphStyle) -> Self {
        Self { style, columns: Vec::new(), edges: HashMap::new(), last_growth: 0, last_at: 0 }
    }

    /// Columns of characters that the graph takes beside a changeset.
    #[must_use]
    pub fn width(&self, node: &DagNode) -> usize {
        let (_, fresh) = self.split_parents(node);
        let own = usize::from(!self.columns.contains(&node.rev));
        let columns = self.columns.len() + own;
        let more = if fresh.len() > 1 { 2 } else { 0 };
        1 + columns * 2 + more
    }

    /// Parents that have a column already, and those that get one.
    fn split_parents<'n>(&self, node: &'n DagNode) -> (Vec<Revision>, Vec<&'n (Edge, Revision)>) {
        let mut known = Vec::new();
        let mut fresh = Vec::new();
        for parent in node.parents.iter().filter(|(_, parent)| *parent != node.rev) {
            match self.columns.contains(&parent.1) {
                true => known.push(parent.1),
                false => fresh.push(parent),
            }
        }
        (known, fresh)
    }

    /// Draws a changeset as `symbol` with `text` beside it; gives whole lines.
    pub fn draw(&mut self, node: &DagNode, symbol: &[u8], text: &[u8]) -> Vec<u8> {
        if !self.columns.contains(&node.rev) {
            self.columns.push(node.rev);
        }
        let at = self.columns.iter().position(|rev| *rev == node.rev).unwrap_or(0);
        let (known, fresh) = self.split_parents(node);
        let fresh: Vec<(Edge, Revision)> = fresh.into_iter().copied().collect();
        for (edge, parent) in &fresh {
            let cell = self.style.edge(*edge);
            self.edges.insert(*parent, cell);
        }
        let before = self.columns.len();
        self.columns.splice(at..=at, fresh.iter().map(|(_, parent)| *parent));
        let place = |rev: &Revision| self.columns.iter().position(|column| column == rev);
        let mut edges: Vec<_> =
            known.iter().filter_map(|parent| Some((at, place(parent)?))).collect();
        let mut out = Vec::new();
        let mut lines: Vec<Vec<u8>> = split_lines(text);
        let (mut at, mut columns, mut symbol) = (at, before, symbol.to_vec());
        // Only one column can be gained at a time: more parents need lines of their own.
        for _ in 2..fresh.len() {
            edges.extend([(at, at), (at, at + 1)]);
            let row = Row { at, edges: std::mem::take(&mut edges), columns, growth: 1 };
            self.draw_row(&row, &symbol, std::mem::take(&mut lines), &mut out);
            symbol = b"\\".to_vec();
            at += 1;
            columns += 1;
        }
        if !fresh.is_empty() {
            edges.push((at, at));
        }
        if fresh.len() > 1 {
            edges.push((at, at + 1));
        }
        let signed = |count: usize| isize::try_from(count).unwrap_or(0);
        let growth = signed(self.columns.len()) - signed(columns);
        self.edges.remove(&node.rev);
        self.draw_row(&Row { at, edges, columns, growth }, &symbol, lines, &mut out);
        out
    }

    /// The cells of all columns, at least `least` columns wide.
    fn column_cells(&self, least: usize) -> Line {
        let mut cells = Line::new();
        for rev in &self.columns {
            cells.push(self.edges.get(rev).cloned().unwrap_or_else(|| one(b'|')));
            cells.push(one(b' '));
        }
        while cells.len() < 2 * least {
            cells.extend([one(b'|'), one(b' ')]);
        }
        cells
    }

    fn draw_row(&mut self, row: &Row, symbol: &[u8], mut text: Vec<Vec<u8>>, out: &mut Vec<u8>) {
        let Row { at, columns, growth, .. } = *row;
        let next_columns = columns.saturating_add_signed(growth);
        let cells = self.column_cells(next_columns);
        let mut edges = row.edges.clone();
        if growth == -1 {
            // Columns to the right move left below: an edge to them must reach farther.
            for edge in edges.iter_mut().filter(|edge| edge.1 > edge.0) {
                edge.1 += 1;
            }
        }
        let long = edges.iter().any(|(start, end)| start + 1 < *end);
        let padding = text.len() > 2 && growth == -1 && long;
        let slanted = text.len() <= 2 && !padding;
        let mut node_line: Line = cells[..at * 2].to_vec();
        node_line.extend([Some(symbol.to_vec()), one(b' ')]);
        self.extend_tail(&mut node_line, row, &cells, slanted);
        let mut shift_line: Line = cells[..at * 2].to_vec();
        let (spaces, edge) = match growth {
            -1 => (1, Some(b'/')),
            0 => (2, None),
            _ => (3, Some(b'\\')),
        };
        shift_line.extend((0..spaces).map(|_| one(b' ')));
        for column in at + 1..columns {
            let cell = match edge {
                Some(c) => one(c),
                None => from_right(&cells, columns - column),
            };
            shift_line.extend([cell, one(b' ')]);
        }
        draw_edges(&edges, &cells, &mut node_line, &mut shift_line);
        let mut lines = vec![node_line];
        if padding {
            lines.push(padding_line(at, columns, &edges, &cells));
        }
        let moves = |cell: &Cell| matches!(cell.as_deref(), Some(b"/" | b"\\"));
        if !self.style.shorten || shift_line.iter().any(moves) {
            lines.push(shift_line);
        }
        let plain: Line = cells[..next_columns * 2].to_vec();
        while lines.len() < text.len() {
            lines.push(plain.clone());
        }
        self.end_columns(&mut lines, &plain);
        text.resize(lines.len().max(text.len()), Vec::new());
        let width = 2 * columns.max(next_columns);
        for (line, text) in lines.iter().zip(&text) {
            write_line(line, width, text, self.style.unicode, out);
        }
        self.last_growth = growth;
        self.last_at = at;
    }

    /// What stands right of the node on its line.
    fn extend_tail(&self, line: &mut Line, row: &Row, cells: &Line, slanted: bool) {
        let &Row { at, columns, growth, .. } = row;
        // Columns that moved above and move again the same way keep moving beside the node.
        let moving = slanted && growth == self.last_growth && growth != 0;
        let from = match (moving, growth) {
            (false, _) => columns,
            (true, -1) => (at + 1).max(self.last_at),
            (true, _) => at + 1,
        };
        let edge = if growth == -1 { b'/' } else { b'\\' };
        for column in at + 1..columns {
            let cell = match column >= from {
                true => one(edge),
                false => from_right(cells, columns - column),
            };
            line.extend([cell, one(b' ')]);
        }
    }

    /// Ends the columns of parents that are not shown: `|`, then `~`; columns right of them close up.
    fn end_columns(&mut self, lines: &mut Vec<Line>, plain: &Line) {
        if !self.edges.values().any(Option::is_none) {
            return;
        }
        let mut columns: Vec<&Cell> = plain.iter().step_by(2).collect();
        while columns.last().is_some_and(|cell| cell.is_none()) {
            columns.pop();
        }
        let ending = columns.iter().filter(|cell| cell.is_none()).count();
        let shifts = (ending * 2).saturating_sub(1);
        let least = if self.style.shorten { 2 } else { 3 };
        while lines.len() < least + shifts {
            lines.push(plain.clone());
        }
        if shifts > 0 {
            close_up(lines, plain, shifts);
        }
        let (stem, end) = if self.style.shorten { (None, 1) } else { (Some(1), 2) };
        for (number, line) in lines.iter_mut().enumerate() {
            for cell in line.iter_mut().filter(|cell| cell.is_none()) {
                *cell = match number {
                    number if number == end => one(b'~'),
                    number if Some(number) == stem => one(b'|'),
                    _ => one(b' '),
                };
            }
        }
        let ended: Vec<Revision> =
            self.edges.iter().filter(|(_, cell)| cell.is_none()).map(|(rev, _)| *rev).collect();
        for rev in ended {
            self.edges.remove(&rev);
            self.columns.retain(|column| *column != rev);
        }
    }
}

/// The cell of a column counted from the right: what is right of the node keeps its distance from
/// the end when columns come and go.
fn from_right(cells: &Line, distance: usize) -> Cell {
    let at = cells.len().checked_sub(2 * distance);
    at.and_then(|at| cells.get(at).cloned()).unwrap_or_else(|| one(b'|'))
}

fn one(c: u8) -> Cell {
    Some(vec![c])
}

/// Lines without their ends; a final line end does not start another line.
fn split_lines(text: &[u8]) -> Vec<Vec<u8>> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.split(|&c| c == b'\n').map(<[u8]>::to_vec).collect()
}

/// Draws edges from the node: slants to neighbours, long ones along the node line.
fn draw_edges(edges: &[(usize, usize)], cells: &Line, node_line: &mut Line, shift_line: &mut Line) {
    for &(start, end) in edges {
        if start == end + 1 {
            set(shift_line, 2 * end + 1, one(b'/'));
        } else if start + 1 == end {
            set(shift_line, 2 * start + 1, one(b'\\'));
        } else if start == end {
            let cell = cells.get(2 * start).cloned().unwrap_or_else(|| one(b'|'));
            set(shift_line, 2 * start, cell);
        } else {
            if 2 * end >= node_line.len() {
                continue;
            }
            node_line[2 * end] = one(b'+');
            let (left, right) = (start.min(end), start.max(end));
            for cell in &mut node_line[2 * left + 1..2 * right] {
                if cell.as_deref() != Some(b"+") {
                    *cell = one(b'-');
                }
            }
        }
    }
}

fn set(line: &mut Line, at: usize, cell: Cell) {
    if let Some(place) = line.get_mut(at) {
        *place = cell;
    }
}

/// A line between the node and the shift line, for texts that are longer.
fn padding_line(at: usize, columns: usize, edges: &[(usize, usize)], cells: &Line) -> Line {
    let mut line: Line = cells[..at * 2].to_vec();
    let goes_on = edges.contains(&(at, at)) || (at > 0 && edges.contains(&(at, at - 1)));
    let cell = match goes_on {
        true => cells.get(at * 2).cloned().unwrap_or_else(|| one(b'|')),
        false => one(b' '),
    };
    line.extend([cell, one(b' ')]);
    for column in at + 1..columns {
        line.extend([from_right(cells, columns - column), one(b' ')]);
    }
    line
}

/// Moves the columns right of ended ones to the left, by one cell a line.
fn close_up(lines: &mut [Line], plain: &Line, shifts: usize) {
    let Some(first) = plain.iter().position(Option::is_none) else { return };
    let moving: Vec<usize> =
        (first..plain.len()).step_by(2).filter(|at| plain[*at].is_some()).collect();
    let mut places = moving.clone();
    let from = lines.len().saturating_sub(shifts);
    for line in &mut lines[from..] {
        for cell in line.iter_mut().skip(first) {
            *cell = one(b' ');
        }
        for (index, place) in places.iter_mut().enumerate() {
            let target = first + index * 2;
            let next = *place - 1;
            *place = next.max(target);
            let cell = if next > target { one(b'/') } else { plain[moving[index]].clone() };
            set(line, next, cell);
        }
    }
}

/// A line with the signs of edges replaced by lines.
fn with_lines(line: &Line) -> Line {
    let is_dash = |at: Option<usize>| {
        at.and_then(|at| line.get(at)).is_some_and(|cell| cell.as_deref() == Some(b"-"))
    };
    let replaced = |at: usize, byte: u8| match byte {
        b'|' => "│",
        b':' => "┆",
        b'-' => "─",
        b'/' => "╱",
        b'\\' => "╲",
        b'~' => "╧",
        b'+' => match (is_dash(at.checked_sub(1)), is_dash(Some(at + 1))) {
            (false, true) => "├",
            (true, false) => "┤",
            _ => "┼",
        },
        _ => "",
    };
    let cell = |(at, cell): (usize, &Cell)| {
        let cell = cell.as_ref()?;
        let mut out = Vec::new();
        for &byte in cell {
            match replaced(at, byte) {
                "" => out.push(byte),
                text => out.extend_from_slice(text.as_bytes()),
            }
        }
        Some(out)
    };
    line.iter().enumerate().map(cell).collect()
}

fn write_line(line: &Line, width: usize, text: &[u8], unicode: bool, out: &mut Vec<u8>) {
    let start = out.len();
    let drawn = unicode.then(|| with_lines(line));
    for cell in drawn.as_ref().unwrap_or(line).iter().flatten() {
        out.extend_from_slice(cell);
    }
    // As upstream, a symbol of several bytes counts as several columns.
    let columns = line.iter().flatten().map(Vec::len).sum::<usize>();
    for _ in columns..width {
        out.push(b' ');
    }
    out.push(b' ');
    out.extend_from_slice(text);
    while out.len() > start && out.last().is_some_and(u8::is_ascii_whitespace) {
        out.pop();
    }
    out.push(b'\n');
}

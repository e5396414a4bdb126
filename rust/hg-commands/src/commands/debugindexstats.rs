//! `hg debugindexstats`.

use hg_store::revlog::Revlog;
use hg_types::{Node, Result, Revision};

use crate::{Command, CommandContext, spec};

/// `hg debugindexstats`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGINDEXSTATS,
    help: "Show the shape of the tree of the changelog's node ids, branching at each digit.",
    run,
};

/// The tree of all node ids, the null id among them, with a branch for each digit.
struct Shape {
    blocks: usize,
    depth: usize,
}

impl Shape {
    /// Finds the shape without making the tree: a block stands for a prefix that several ids share.
    fn of(revlog: &Revlog) -> Self {
        let ids = revlog.revs().map(|rev| revlog.node(rev));
        let mut ids: Vec<Node> = ids.chain([Node::NULL]).collect();
        ids.sort_unstable();
        let (mut blocks, mut depth, mut before) = (1, 0, 0);
        for pair in ids.windows(2) {
            let shared = shared_digits(&pair[0], &pair[1]);
            blocks += shared.saturating_sub(before);
            depth = depth.max(shared);
            before = shared;
        }
        Self { blocks, depth }
    }
}

fn shared_digits(a: &Node, b: &Node) -> usize {
    a.hex().iter().zip(&b.hex()).take_while(|(a, b)| a == b).count()
}

/// Room for so many blocks is made: for half as many as there are revisions, then twice as many
/// each time that does not do.
fn capacity(revisions: usize, blocks: usize) -> usize {
    let mut room = if revisions < 4 { 4 } else { revisions / 2 };
    while room < blocks {
        room *= 2;
    }
    room
}

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let changelog = ctx.repo()?.changelog()?;
    let revlog: &Revlog = &changelog;
    let Shape { blocks, depth } = Shape::of(revlog);
    let tip = revlog.revs().next_back().unwrap_or(Revision::NULL);
    let missing = usize::from(revlog.find(&revlog.node(tip)).is_none());
    let capacity = capacity(revlog.len(), blocks);
    // Looking at the ids from the end, it stops below the first revision.
    let last = if tip == Revision::NULL { 0 } else { -1 };
    let splits = blocks - 1;
    let lines = [
        format!("node trie capacity: {capacity}\n"),
        format!("node trie count: {blocks}\n"),
        format!("node trie depth: {depth}\n"),
        format!("node trie last rev scanned: {last}\n"),
        "node trie lookups: 1\n".to_owned(),
        format!("node trie misses: {missing}\n"),
        format!("node trie splits: {splits}\n"),
        format!("revs in memory: {}\n", revlog.len()),
    ];
    ctx.ui.write(lines.concat());
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_doubles() {
        assert_eq!(capacity(0, 1), 4);
        assert_eq!(capacity(5, 2), 2);
        assert_eq!(capacity(4, 5), 8);
    }

    #[test]
    fn digits() {
        let other = Node::from_hex(b"0001000000000000000000000000000000000000").expect("an id");
        assert_eq!(shared_digits(&Node::NULL, &other), 3);
    }
}

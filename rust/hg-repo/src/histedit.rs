//! Editing history by a list of actions: what an interrupted edit remembers, and what became of what.
//!
//! The state file `.hg/histedit-state` is the oracle's: `v1`, the changeset that the next one goes on,
//! the last of the edited ones, whether these are kept, then counted lists of actions (a line for the
//! verb, a line for the changeset) and of replacements, and the name of a backup.

use std::collections::BTreeMap;

use hg_store::{Changelog, Repo};
use hg_types::{Error, Node, Result, Revision};

use crate::rewrite::Replacement;

/// The file, below `.hg`.
pub const STATE_FILE: &str = "histedit-state";

/// What is done with a changeset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// It is taken as it is.
    Pick,
    /// It is taken, and the user changes it.
    Edit,
    /// It becomes one with the one before.
    Fold,
    /// The same, without its message.
    Roll,
    /// It goes.
    Drop,
    /// It is taken with another message.
    Mess,
    /// What follows goes on top of it.
    Base,
}

/// The verbs with their names, in the order in which they are explained.
pub const VERBS: [(Verb, &str, &str); 7] = [
    (Verb::Edit, "edit", "use commit, but allow edits before making new commit"),
    (Verb::Mess, "mess", "edit commit message without changing commit content"),
    (Verb::Pick, "pick", "use commit"),
    (Verb::Base, "base", "checkout changeset and apply further changesets from there"),
    (Verb::Drop, "drop", "remove commit from history"),
    (Verb::Fold, "fold", "use commit, but combine it with the one above"),
    (Verb::Roll, "roll", "like fold, but discard this commit's description and date"),
];

impl Verb {
    /// The verb of that name, or of that first letter.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Self> {
        let named = |known: &str| name == known.as_bytes() || name == &known.as_bytes()[..1];
        VERBS.into_iter().find(|(_, known, _)| named(known)).map(|(verb, ..)| verb)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        VERBS.into_iter().find(|(verb, ..)| *verb == self).map_or("pick", |(_, name, _)| name)
    }

    /// Whether it makes one changeset of two.
    #[must_use]
    pub fn folds(self) -> bool {
        matches!(self, Self::Fold | Self::Roll)
    }
}

/// One line of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Action {
    /// What is done.
    pub verb: Verb,
    /// With what.
    pub node: Node,
}

/// An edit that goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    /// What the next changeset goes on.
    pub parent: Node,
    /// The last of the changesets that are edited.
    pub topmost: Node,
    /// Whether they stay.
    pub keep: bool,
    /// What is left to do.
    pub actions: Vec<Action>,
    /// What was replaced by what, step by step.
    pub replacements: Vec<Replacement>,
    /// The bundle with the edited changesets, below `.hg`; empty for none.
    pub backup: Vec<u8>,
}

impl State {
    /// Reads it.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn read(repo: &Repo) -> Result<Option<Self>> {
        let Some(text) = repo.vfs().try_read(STATE_FILE)? else { return Ok(None) };
        let damaged = || Error::storage(format!("corrupted state file '{STATE_FILE}'"));
        Self::decode(&text).map(Some).ok_or_else(damaged)
    }

    fn decode(text: &[u8]) -> Option<Self> {
        let mut lines = text.split(|&byte| byte == b'\n');
        if lines.next()? != b"v1" {
            return None;
        }
        let mut node = || Node::from_hex(lines.next()?);
        let (parent, topmost) = (node()?, node()?);
        let keep = lines.next()? == b"True";
        let count = |line: &[u8]| std::str::from_utf8(line).ok()?.trim().parse::<usize>().ok();
        let mut actions = Vec::new();
        for _ in 0..count(lines.next()?)? {
            let verb = Verb::named(lines.next()?)?;
            actions.push(Action { verb, node: Node::from_hex(lines.next()?.get(..40)?)? });
        }
        let mut replacements = Vec::new();
        for _ in 0..count(lines.next()?)? {
            let line = lines.next()?;
            let mut nodes = line.chunks(40).map(Node::from_hex);
            let old = nodes.next()??;
            replacements.push(Replacement { old, new: nodes.collect::<Option<_>>()? });
        }
        let backup = lines.next().unwrap_or_default().to_vec();
        Some(Self { parent, topmost, keep, actions, replacements, backup })
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = b"v1\n".to_vec();
        let mut line = |text: &[u8]| {
            out.extend_from_slice(text);
            out.push(b'\n');
        };
        line(&self.parent.hex());
        line(&self.topmost.hex());
        line(if self.keep { b"True" } else { b"False" });
        line(self.actions.len().to_string().as_bytes());
        for action in &self.actions {
            line(action.verb.name().as_bytes());
            line(&action.node.hex());
        }
        line(self.replacements.len().to_string().as_bytes());
        for replacement in &self.replacements {
            let new: Vec<u8> = replacement.new.iter().flat_map(Node::hex).collect();
            line(&[replacement.old.hex(), new].concat());
        }
        line(&self.backup);
        out
    }

    /// Writes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, repo: &Repo) -> Result<()> {
        Ok(repo.vfs().write_atomic(STATE_FILE, &self.encode())?)
    }

    /// Forgets it.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn clear(repo: &Repo) -> Result<()> {
        repo.vfs().try_remove(STATE_FILE)?;
        Ok(())
    }

    /// What became of everything.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let mut steps: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
        for replacement in &self.replacements {
            steps.entry(replacement.old).or_default().extend(&replacement.new);
        }
        let made: Vec<Node> = self.replacements.iter().flat_map(|r| r.new.clone()).collect();
        let mut outcome = Outcome::default();
        for old in steps.keys() {
            if made.contains(old) {
                outcome.temporary.push(*old);
            } else {
                let mut new = Vec::new();
                follow(&steps, old, &mut new, steps.len());
                outcome.replaced.push(Replacement { old: *old, new });
            }
        }
        for node in made {
            if !steps.contains_key(&node) && !outcome.made.contains(&node) {
                outcome.made.push(node);
            }
        }
        outcome
    }
}

/// Adds what `old` became in the end; `depth` bounds a list that goes in circles.
fn follow(steps: &BTreeMap<Node, Vec<Node>>, old: &Node, out: &mut Vec<Node>, depth: usize) {
    for new in steps.get(old).into_iter().flatten() {
        if steps.contains_key(new) && depth > 0 {
            follow(steps, new, out, depth - 1);
        } else if !out.contains(new) {
            out.push(*new);
        }
    }
}

/// What became of the edited changesets.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What replaces each.
    pub replaced: Vec<Replacement>,
    /// Changesets that were made on the way and are not needed.
    pub temporary: Vec<Node>,
    /// Those that were made and stay.
    pub made: Vec<Node>,
}

/// The changesets from `root` to `top` in a line, in order.
#[must_use]
pub fn between(cl: &Changelog, root: Revision, top: Revision) -> Vec<Revision> {
    let mut from_root = cl.descendant_set([root]);
    from_root.insert(root);
    let mut line = vec![top];
    let mut out = Vec::new();
    while let Some(rev) = line.pop() {
        if from_root.contains(rev) && !out.contains(&rev) {
            out.push(rev);
            line.extend(cl.parents(rev).into_iter().filter(|parent| !parent.is_null()));
        }
    }
    out.sort_unstable();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(byte: u8) -> Node {
        Node::from_slice(&[byte; 20]).expect("twenty bytes")
    }

    #[test]
    fn a_state_survives_the_file() {
        let state = State {
            parent: node(1),
            topmost: node(2),
            keep: true,
            actions: vec![Action { verb: Verb::Roll, node: node(3) }],
            replacements: vec![
                Replacement { old: node(4), new: vec![node(5), node(6)] },
                Replacement { old: node(7), new: Vec::new() },
            ],
            backup: b"strip-backup/x.hg".to_vec(),
        };
        let read = State::decode(&state.encode()).expect("decodes");
        assert_eq!(read, state);
        assert_eq!(State::decode(b"v2\n"), None);
    }

    #[test]
    fn steps_are_followed_to_the_end() {
        let state = State {
            parent: node(9),
            topmost: node(9),
            keep: false,
            actions: Vec::new(),
            replacements: vec![
                Replacement { old: node(1), new: vec![node(2)] },
                Replacement { old: node(2), new: vec![node(3)] },
                Replacement { old: node(4), new: Vec::new() },
            ],
            backup: Vec::new(),
        };
        let outcome = state.outcome();
        assert_eq!(outcome.temporary, [node(2)]);
        assert_eq!(outcome.made, [node(3)]);
        assert_eq!(outcome.replaced[0].new, [node(3)]);
        assert!(outcome.replaced[1].new.is_empty());
    }
}

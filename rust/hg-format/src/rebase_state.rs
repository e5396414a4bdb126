//! `.hg/rebasestate`, what an interrupted rebase remembers: seven lines of facts, then a line for
//! each changeset.

use hg_types::Node;

/// What has become of a changeset that is to be moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Nothing yet.
    Todo,
    /// The changeset that stands in its place.
    Done(Node),
    /// It stays where it is.
    Left,
}

/// The line of one changeset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Move {
    /// The changeset.
    pub node: Node,
    /// What has become of it.
    pub fate: Fate,
    /// Where it goes; old programs do not say.
    pub destination: Option<Node>,
}

/// The whole file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RebaseState {
    /// Where the working directory was.
    pub original: Node,
    /// Where all changesets go, when the file is of an old program.
    pub destination: Option<Node>,
    /// The second parent of a collapsed changeset, else null.
    pub external: Node,
    /// All become one changeset.
    pub collapse: bool,
    /// The old changesets stay.
    pub keep: bool,
    /// The new changesets stay on the branches of the old ones.
    pub keep_branches: bool,
    /// The bookmark that was active.
    pub bookmark: Vec<u8>,
    /// The changesets, in order.
    pub moves: Vec<Move>,
}

impl RebaseState {
    /// Reads the file; `None` when it is damaged.
    #[must_use]
    pub fn decode(text: &[u8]) -> Option<Self> {
        let mut lines = text.split(|&b| b == b'\n');
        let original = Node::from_hex(lines.next()?)?;
        let destination = Node::from_hex(lines.next()?);
        let external = Node::from_hex(lines.next()?)?;
        let mut flag = || Some(lines.next()? == b"1");
        let (collapse, keep, keep_branches) = (flag()?, flag()?, flag()?);
        let bookmark = lines.next()?.to_vec();
        let moves =
            lines.filter(|line| !line.is_empty()).map(decode_move).collect::<Option<_>>()?;
        Some(Self {
            original,
            destination,
            external,
            collapse,
            keep,
            keep_branches,
            bookmark,
            moves,
        })
    }

    /// Writes the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let digit = |flag: bool| if flag { b"1".to_vec() } else { b"0".to_vec() };
        let mut lines = vec![
            self.original.hex(),
            self.destination.map(|node| node.hex()).unwrap_or_default(),
            self.external.hex(),
            digit(self.collapse),
            digit(self.keep),
            digit(self.keep_branches),
            self.bookmark.clone(),
        ];
        lines.extend(self.moves.iter().map(encode_move));
        lines.push(Vec::new());
        lines.join(&b'\n')
    }
}

fn decode_move(line: &[u8]) -> Option<Move> {
    let mut fields = line.split(|&b| b == b':');
    let node = Node::from_hex(fields.next()?)?;
    let fate = match fields.next()? {
        b"-1" => Fate::Todo,
        new => Node::from_hex(new).map_or(Fate::Left, Fate::Done),
    };
    Some(Move { node, fate, destination: fields.next().and_then(Node::from_hex) })
}

fn encode_move(line: &Move) -> Vec<u8> {
    let fate = match line.fate {
        Fate::Todo => b"-1".to_vec(),
        Fate::Done(node) => node.hex(),
        Fate::Left => b"-3".to_vec(),
    };
    let mut fields = vec![line.node.hex(), fate];
    fields.extend(line.destination.map(|node| node.hex()));
    fields.join(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips() {
        let state = RebaseState {
            original: Node([1; 20]),
            external: Node([2; 20]),
            collapse: true,
            keep_branches: true,
            bookmark: b"mark".to_vec(),
            moves: vec![
                Move { node: Node([3; 20]), fate: Fate::Todo, destination: Some(Node([4; 20])) },
                Move { node: Node([5; 20]), fate: Fate::Left, destination: None },
                Move { node: Node([6; 20]), fate: Fate::Done(Node([7; 20])), destination: None },
            ],
            ..RebaseState::default()
        };
        assert_eq!(RebaseState::decode(&state.encode()), Some(state));
    }

    #[test]
    fn damage_is_found() {
        let whole = RebaseState { bookmark: b"mark".to_vec(), ..RebaseState::default() }.encode();
        assert_eq!(RebaseState::decode(&whole[..60]), None);
        assert_eq!(RebaseState::decode(&[&whole[..], b"nonsense\n"].concat()), None);
        assert_eq!(RebaseState::decode(b""), None);
    }
}

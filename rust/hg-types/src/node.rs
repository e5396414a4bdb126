//! Node ids: the 20-byte hashes that name changesets, manifests and file revisions everywhere.

use std::fmt;

/// Length of a binary node id in bytes (SHA-1).
pub const NODE_LEN: usize = 20;

/// A 20-byte node id, the same in every clone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Node(pub [u8; NODE_LEN]);

/// The value of every byte as a hexadecimal digit; bits beyond the fourth for those that are none.
const DIGITS: [u8; 256] = {
    let mut out = [0xf0; 256];
    let mut value = 0;
    while value < 16 {
        out[b"0123456789abcdef"[value] as usize] = value as u8;
        out[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    out
};

impl Node {
    /// The id of the null revision, parent of every root.
    pub const NULL: Self = Self([0; NODE_LEN]);
    /// The pseudo id of the working directory.
    pub const WDIR: Self = Self([0xff; NODE_LEN]);

    /// Reads a node from exactly 20 bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    /// Reads a node from exactly 40 hexadecimal digits of either case.
    #[must_use]
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        if hex.len() != 2 * NODE_LEN {
            return None;
        }
        // Manifests have one for each file: no branch for a digit.
        let mut out = [0; NODE_LEN];
        let mut wrong = 0;
        for (byte, pair) in out.iter_mut().zip(hex.chunks_exact(2)) {
            let (high, low) = (DIGITS[usize::from(pair[0])], DIGITS[usize::from(pair[1])]);
            wrong |= high | low;
            *byte = high << 4 | low & 0xf;
        }
        (wrong & 0xf0 == 0).then_some(Self(out))
    }

    /// The 20 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; NODE_LEN] {
        &self.0
    }

    /// Whether this is the null id.
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::NULL
    }

    /// The 40 lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> Vec<u8> {
        to_hex(&self.0)
    }

    /// The first 12 hexadecimal digits, as shown to users.
    #[must_use]
    pub fn short(&self) -> Vec<u8> {
        short_hex(&self.0)
    }
}

impl Default for Node {
    /// The null id.
    fn default() -> Self {
        Self::NULL
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node({self})")
    }
}

/// An unambiguous or ambiguous start of a node id: 1 to 40 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodePrefix {
    /// The digits, packed high nibble first; unused nibbles are zero.
    bytes: [u8; NODE_LEN],
    /// Number of digits.
    nibbles: u8,
}

impl NodePrefix {
    /// Reads 1 to 40 hexadecimal digits of either case.
    #[must_use]
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        if hex.is_empty() || hex.len() > 2 * NODE_LEN {
            return None;
        }
        let mut bytes = [0; NODE_LEN];
        for (at, &c) in hex.iter().enumerate() {
            bytes[at / 2] |= digit(c)? << if at % 2 == 0 { 4 } else { 0 };
        }
        let nibbles = u8::try_from(hex.len()).ok()?;
        Some(Self { bytes, nibbles })
    }

    /// Number of hexadecimal digits, 1 to 40.
    #[must_use]
    pub fn nibbles(&self) -> usize {
        self.nibbles.into()
    }

    /// The digit at `at`, counted from the start.
    #[must_use]
    pub fn nibble(&self, at: usize) -> u8 {
        self.bytes[at / 2] >> if at.is_multiple_of(2) { 4 } else { 0 } & 0xf
    }

    /// The smallest node id that starts with this prefix: where a sorted search begins.
    #[must_use]
    pub fn lowest(&self) -> Node {
        Node(self.bytes)
    }

    /// Whether `node` starts with this prefix.
    #[must_use]
    pub fn matches(&self, node: &Node) -> bool {
        let whole = self.nibbles() / 2;
        node.0[..whole] == self.bytes[..whole]
            && (self.nibbles().is_multiple_of(2) || node.0[whole] >> 4 == self.bytes[whole] >> 4)
    }
}

/// Lower-case hexadecimal digits of any bytes.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let nibbles = |b: &u8| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 0xf)]];
    bytes.iter().flat_map(nibbles).collect()
}

/// The first 12 hexadecimal digits of an id given as bytes.
#[must_use]
pub fn short_hex(bytes: &[u8]) -> Vec<u8> {
    to_hex(&bytes[..bytes.len().min(6)])
}

fn digit(c: u8) -> Option<u8> {
    match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        b'A'..=b'F' => Some(c - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trip() {
        let node = Node(std::array::from_fn(|i| (i * 13) as u8));
        assert_eq!(Node::from_hex(&node.hex()), Some(node));
        assert_eq!(node.short(), &node.hex()[..12]);
        assert_eq!(Node::from_hex(b"12"), None);
        assert_eq!(Node::from_hex(&[b'g'; 40]), None);
    }

    #[test]
    fn prefix_matches_odd_and_even_lengths() {
        let node = Node::from_hex(b"a1b2c3d4e5f60718293a4b5c6d7e8f9001122334").expect("40 digits");
        for len in 1..=40 {
            let prefix = NodePrefix::from_hex(&node.hex()[..len]).expect("digits");
            assert!(prefix.matches(&node), "{len} digits");
            assert!(!prefix.matches(&Node::WDIR), "{len} digits");
        }
        let odd = NodePrefix::from_hex(b"a1b").expect("digits");
        assert_eq!([odd.nibble(0), odd.nibble(1), odd.nibble(2)], [0xa, 1, 0xb]);
        assert!(NodePrefix::from_hex(b"").is_none());
    }
}

//! Building revsets from parts that must not be taken for syntax.

use hg_types::{Node, Revision};

use crate::parser::quote;

/// A part of a revset.
#[derive(Clone, Copy, Debug)]
pub enum SpecArg<'a> {
    /// `%d`
    Int(i64),
    /// `%s`: a name or a text.
    Text(&'a [u8]),
    /// `%b`: an expression, in parentheses as given.
    Expression(&'a [u8]),
    /// `%n`
    Node(Node),
    /// `%ld`
    Revs(&'a [Revision]),
    /// `%ln`
    Nodes(&'a [Node]),
    /// `%ls`
    Texts(&'a [Vec<u8>]),
    /// `%lr`: the union of expressions.
    Expressions(&'a [Vec<u8>]),
    /// `%lp`: arguments of a call.
    Arguments(&'a [Vec<u8>]),
}

impl SpecArg<'_> {
    fn text(&self) -> Vec<u8> {
        let joined = |items: Vec<Vec<u8>>| items.join(&b"\\x00"[..]);
        let list = |name: &str, items: Vec<Vec<u8>>| {
            [name.as_bytes(), b"('", &joined(items)[..], b"')"].concat()
        };
        match self {
            Self::Int(number) => number.to_string().into_bytes(),
            Self::Text(text) => quote(text),
            Self::Expression(text) => [b"(", *text, b")"].concat(),
            Self::Node(node) => quote(&node.hex()),
            Self::Revs([]) | Self::Nodes([]) | Self::Texts([]) | Self::Expressions([]) => {
                b"_list('')".to_vec()
            }
            Self::Revs([one]) if one.is_null() || one.is_wdir() => {
                format!("rev({one})").into_bytes()
            }
            Self::Revs([one]) => one.to_string().into_bytes(),
            Self::Revs(revs) => {
                list("_intlist", revs.iter().map(|rev| rev.to_string().into_bytes()).collect())
            }
            Self::Nodes([one]) => quote(&one.hex()),
            Self::Nodes(nodes) => list("_hexlist", nodes.iter().map(Node::hex).collect()),
            Self::Texts(texts) => {
                let items = texts.iter().map(|text| crate::parser::escape(text)).collect();
                list("_list", items)
            }
            Self::Expressions(texts) => balanced(texts),
            Self::Arguments(texts) => {
                let quoted: Vec<_> = texts.iter().map(|text| quote(text)).collect();
                quoted.join(&b", "[..])
            }
        }
    }
}

/// A union whose parentheses do not nest deeply.
fn balanced(texts: &[Vec<u8>]) -> Vec<u8> {
    match texts {
        [] => b"none()".to_vec(),
        [one] => [b"(", &one[..], b")"].concat(),
        _ => {
            let (left, right) = texts.split_at(texts.len() / 2);
            [b"(", &balanced(left)[..], b" or ", &balanced(right), b")"].concat()
        }
    }
}

/// Puts the parts in the places of `%` in `format`, in order: `format_spec("%::%", ...)`.
#[must_use]
pub fn format_spec(format: &str, args: &[SpecArg<'_>]) -> Vec<u8> {
    let mut args = args.iter();
    let mut out = Vec::new();
    for (at, piece) in format.split('%').enumerate() {
        if at > 0
            && let Some(arg) = args.next()
        {
            out.extend(arg.text());
        }
        out.extend_from_slice(piece.as_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_quoted() {
        let revs = [1, 2].map(Revision::new);
        let spec = format_spec(
            "%:: & % - %",
            &[SpecArg::Text(b"a'b"), SpecArg::Revs(&revs), SpecArg::Int(-1)],
        );
        assert_eq!(spec, br"'a\'b':: & _intlist('1\x002') - -1");
        let texts = [b"a".to_vec(), b"b".to_vec(), b"c".to_vec()];
        assert_eq!(format_spec("%", &[SpecArg::Expressions(&texts)]), b"((a) or ((b) or (c)))");
        assert_eq!(format_spec("%", &[SpecArg::Revs(&[])]), b"_list('')");
    }
}

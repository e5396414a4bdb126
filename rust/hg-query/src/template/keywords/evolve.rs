//! Evolution of changesets: obsolescence, predecessors and successors.

use super::Keyword;

pub(super) const KEYWORDS: &[Keyword] = &[];

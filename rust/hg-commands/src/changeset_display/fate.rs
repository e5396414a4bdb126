//! What became of an obsolete changeset.

use hg_query::template::{Changeset, Fate};
use hg_types::Result;

use crate::Ui;

/// One text for each fate: `rewritten as 2:911ea770f927`.
pub(super) fn fates(_ui: &Ui, changeset: &Changeset) -> Result<Vec<Vec<u8>>> {
    Fate::all(changeset)?.iter().map(|fate| fate.text(changeset)).collect()
}

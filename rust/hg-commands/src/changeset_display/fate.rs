//! What became of an obsolete changeset.

use hg_query::template::Changeset;
use hg_types::Result;

use crate::Ui;

/// One text for each fate: `rewritten as 2:911ea770f927`.
pub(super) fn fates(_ui: &Ui, _changeset: &Changeset) -> Result<Vec<Vec<u8>>> {
    Ok(vec![b"pruned".to_vec()])
}

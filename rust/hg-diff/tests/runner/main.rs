//! Compares this crate with the oracle: the `hg` that `HG_ORACLE` names, or `.oracle/hg` below
//! the workspace's root. Without one the tests are skipped.

mod blocks;
mod delta;
mod hunks;
mod merge;
mod oracle;

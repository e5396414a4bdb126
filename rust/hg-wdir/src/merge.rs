//! Merging another changeset into the working directory, and updating to one.
//!
//! [`calculate`] turns manifests and copies into a [`Plan`]; nothing is touched until it is applied.

mod action;
mod apply;
mod auction;
mod calculate;
mod checkout;
mod file;
mod memory;
mod nested;
mod path_conflicts;
mod program;
mod record;
mod remerge;
mod state;
mod tool;
mod trace;
mod unknown;
mod update;

pub use action::{Action, Merge, Plan, Reasoned};
pub use apply::{UpdateStats, backup_path, write_file, write_version};
pub use calculate::{
    ADDED_NODE, CalculateOptions, Difference, MODIFIED_NODE, MergeCopies, SideCopies, Sides,
    Version, calculate,
};
pub use file::{FileMerge, MergeContext, Outcome, Side};
pub use memory::{MergedFile, merge_in_memory, merge_with_markers};
pub use program::has_markers;
pub use remerge::remerge;
pub use state::{DEFAULT_LABELS, MergeState, StateFiles};
pub use tool::quote as shell_quote;
pub use tool::{Demands, Internal, Tool, ToolKind, ToolPicker};
pub use update::{UpdateCheck, UpdateOptions, update};

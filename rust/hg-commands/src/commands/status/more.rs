//! The unfinished operation that `hg status -v` tells about.

use std::collections::HashSet;

use hg_types::{HgPathBuf, Result};
use hg_wdir::merge::MergeState;
use hg_wdir::unfinished::{Operation, find_unfinished};

use super::Sides;
use crate::formatter::Value;
use crate::scope::Naming;
use crate::{CommandContext, Formatter};

/// What is unfinished, and which files are in conflict; nothing when it is not to be shown.
#[derive(Default)]
pub(super) struct Unfinished {
    operation: Option<Operation>,
    /// The files in conflict.
    pub(super) unresolved: HashSet<HgPathBuf>,
    sorted: Vec<HgPathBuf>,
    merging: bool,
}

impl Unfinished {
    pub(super) fn of(ctx: &CommandContext, sides: &Sides) -> Result<Self> {
        let config = ctx.config();
        let asked = ctx.ui.is_verbose() || config.get_bool("commands", "status.verbose")?;
        let plain = config.environment().plain().is_on();
        if !asked || plain || ctx.opts.flag("print0") || !matches!(sides, Sides::Parent) {
            return Ok(Self::default());
        }
        let repo = ctx.repo()?;
        let skipped = config.get_list("commands", "status.skipstates");
        let operation = find_unfinished(repo, true)?
            .filter(|operation| !skipped.iter().any(|name| name == operation.name.as_bytes()));
        let state = MergeState::read(repo)?;
        let sorted: Vec<HgPathBuf> = state.unresolved().map(|file| file.path.clone()).collect();
        Ok(Self {
            operation,
            unresolved: sorted.iter().cloned().collect(),
            sorted,
            merging: state.is_active(),
        })
    }

    pub(super) fn write(&self, ctx: &CommandContext, fm: &mut Formatter) -> Result<()> {
        let label = "status.morestatus";
        let Some(operation) = &self.operation else {
            if self.merging {
                self.write_conflicts(ctx, fm)?;
                fm.plain("\n", label);
            }
            return Ok(());
        };
        fm.start_item();
        fm.data(&[
            ("itemtype", Value::from(&b"morestatus"[..])),
            ("unfinished", Value::from(operation.name.as_bytes())),
            ("unfinishedmsg", Value::from(operation.advice.as_bytes())),
        ]);
        let name = operation.name;
        fm.plain(format!("# The repository is in an unfinished *{name}* state.\n"), label);
        if self.merging {
            self.write_conflicts(ctx, fm)?;
        }
        let mut advice = b"\n".to_vec();
        for line in operation.advice.lines() {
            advice.extend_from_slice(format!("# {line}\n").as_bytes());
        }
        advice.push(b'\n');
        fm.plain(advice, label);
        Ok(())
    }

    fn write_conflicts(&self, ctx: &CommandContext, fm: &mut Formatter) -> Result<()> {
        let label = "status.morestatus";
        let before = if self.operation.is_some() { "\n" } else { "" };
        if self.sorted.is_empty() {
            fm.plain(format!("{before}# No unresolved merge conflicts.\n"), label);
            return Ok(());
        }
        let naming = Naming::relative(ctx, ctx.repo()?);
        let mut text = format!("{before}# Unresolved merge conflicts:\n# \n").into_bytes();
        for path in &self.sorted {
            text.extend_from_slice(&[b"#     ", &naming.name(path)[..], b"\n"].concat());
        }
        text.extend_from_slice(b"# \n# To mark files as resolved:  hg resolve --mark FILE\n");
        fm.plain(text, label);
        Ok(())
    }
}

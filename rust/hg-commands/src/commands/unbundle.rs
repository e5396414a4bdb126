//! `hg unbundle`.

use hg_store::Repo;
use hg_types::{Error, Result};
use hg_wire::apply::{Operation, apply_parts};
use hg_wire::bundle::{self, Bundle};
use hg_wire::parts::BundleParts;

use crate::{Command, CommandContext, remote, spec};

/// `hg unbundle`.
pub static COMMAND: Command = Command {
    spec: &spec::import_export::UNBUNDLE,
    help: "Add everything that bundle files hold to the repository: changesets and whatever else \
           was put into them.\n\nReturns 0 on success, 1 if an update has unresolved files.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    run_from(ctx, "unbundle")
}

/// `hg debug::unbundle`.
pub static DEBUG_COMMAND: Command = Command {
    spec: &spec::extensions_n_z::DEBUG_UNBUNDLE,
    help: "Do what ``hg unbundle`` does, but call it a push: hooks and settings for pushes see it.",
    run: |ctx| run_from(ctx, "push"),
};

fn run_from(ctx: &CommandContext, source: &str) -> Result<i32> {
    if ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    let mut results = Vec::new();
    let lock = repo.lock()?;
    for name in &ctx.args {
        results.push(unbundle(ctx, repo, name, source)?);
    }
    drop(lock);
    let applied = hg_wire::apply::Applied {
        results: results.into_iter().flatten().collect(),
        ..hg_wire::apply::Applied::default()
    };
    remote::after_incoming(ctx, repo, applied.combined_result(), None)
}

pub(super) fn unbundle(
    ctx: &CommandContext,
    repo: &Repo,
    name: &[u8],
    source: &str,
) -> Result<Vec<i64>> {
    let input = remote::open_file(ctx, name)?;
    let opened = bundle::open(input, Some(name))?;
    let url = [b"bundle:", name].concat();
    let mut operation = Operation::new(repo, source, &url);
    operation.file = Some(name.to_vec());
    match &opened {
        Bundle::V1 { .. } => {
            operation.description = format!("unbundle\n{}", String::from_utf8_lossy(&url));
        }
        Bundle::V2 { .. } => operation.bundle2 = true,
        Bundle::Packed1 { .. } => {
            return Err(Error::input("packed bundles cannot be applied with \"hg unbundle\"")
                .hint("use \"hg debugapplystreamclonebundle\""));
        }
    }
    let mut parts = BundleParts::new(opened, Some(name))?;
    let applied = apply_parts(&mut parts, &mut operation)?;
    operation.close()?;
    Ok(applied.results)
}

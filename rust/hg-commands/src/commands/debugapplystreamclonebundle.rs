//! `hg debugapplystreamclonebundle`.

use hg_types::{Error, Result};
use hg_wire::bundle::{self, Bundle};
use hg_wire::stream_apply::{Announcement, apply};

use crate::{Command, CommandContext, remote, spec};

/// `hg debugapplystreamclonebundle`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGAPPLYSTREAMCLONEBUNDLE,
    help: "Fill an empty repository with the files of a store that \
           :hg:`debugcreatestreamclonebundle` has written to a bundle.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let [name] = ctx.args.as_slice() else {
        return Err(ctx.usage_error());
    };
    let repo = ctx.repo()?;
    let Bundle::Packed1 { mut input } = bundle::open(remote::open_file(ctx, name)?, Some(name))?
    else {
        return Err(Error::abort([&name[..], b" is not a stream clone bundle"].concat()));
    };
    let _lock = repo.lock()?;
    if !repo.changelog()?.is_empty() {
        return Err(Error::abort("cannot apply stream clone bundle on non-empty repo"));
    }
    let announced = Announcement::of_bundle(&mut input)?;
    let tr = repo.transaction("apply stream clone bundle")?;
    apply(repo, &tr, &announced, &mut *input)?;
    tr.close()?;
    Ok(0)
}

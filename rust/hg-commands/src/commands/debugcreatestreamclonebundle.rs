//! `hg debugcreatestreamclonebundle`.

use std::io::Write as _;

use hg_types::Result;
use hg_wire::stream::{Snapshot, Version, has_secrets};

use crate::{Command, CommandContext, remote, spec};

/// `hg debugcreatestreamclonebundle`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGCREATESTREAMCLONEBUNDLE,
    help: "Write the files of the store to a bundle as they are, so that a clone can be made from it \
           without computing anything.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let [name] = ctx.args.as_slice() else {
        return Err(ctx.usage_error());
    };
    let repo = ctx.repo()?;
    if has_secrets(repo)? {
        ctx.ui.warn("(warning: stream clone bundle will contain secret revisions)\n");
    }
    let snapshot = Snapshot::take(repo, Version::V1)?;
    let (bytes, files) = (snapshot.byte_count(), snapshot.file_count());
    ctx.ui.status(format!("writing {bytes} bytes for {files} files\n"));
    let formats =
        snapshot.requirements().split(|&b| b == b',').collect::<Vec<_>>().join(&b", "[..]);
    let path = remote::file_path(ctx, name);
    let failed = |error| remote::io_error(name, error);
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).map_err(failed)?);
    snapshot.write_bundle(&mut out)?;
    out.flush().map_err(failed)?;
    ctx.ui.write([b"bundle requirements: ", &formats[..], b"\n"].concat());
    Ok(0)
}

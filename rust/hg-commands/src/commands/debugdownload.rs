//! `hg debugdownload`.

use std::io::{Read as _, Write};

use hg_types::{Error, ErrorKind, Result};
use hg_wire::url::Url;

use crate::{Command, CommandContext, remote, spec};

/// `hg debugdownload`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGDOWNLOAD,
    help: "Print what a URL or a path leads to, or write it to a file.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let [location] = ctx.args.as_slice() else { return Err(ctx.usage_error()) };
    let url = Url::parse(location)?;
    let content = if url.is_local() { read(ctx, &url)? } else { download(ctx, location)? };
    let Some(name) = ctx.opts.nonempty("output") else {
        ctx.ui.write(content);
        return Ok(0);
    };
    let file = std::fs::File::create(remote::file_path(ctx, name));
    let written = file.and_then(|mut file| file.write_all(&content));
    written.map_err(|error| remote::io_error(name, error))?;
    Ok(0)
}

fn read(ctx: &CommandContext, url: &Url) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    let path = remote::file_path(ctx, &url.local_path());
    let read = std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut content));
    read.map_err(|error| {
        let text = error.to_string();
        let reason = text.split(" (os error").next().unwrap_or_default();
        Error::new(ErrorKind::Io, format!("error: {reason}")).because(error)
    })?;
    Ok(content)
}

fn download(ctx: &CommandContext, location: &[u8]) -> Result<Vec<u8>> {
    let context = remote::open_context(ctx)?;
    let mut content = Vec::new();
    context.http().download(location, &mut content)?;
    Ok(content)
}

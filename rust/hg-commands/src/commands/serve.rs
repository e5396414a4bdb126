//! `hg serve`.

use std::io::BufReader;

use hg_types::{Error, Result};
use hg_wire::serve::Server;

use crate::{Command, CommandContext, command_server, remote, spec};

/// `hg serve`.
pub static COMMAND: Command = Command {
    spec: &spec::remote::SERVE,
    help: "Serve a repository to others. With ``--stdio``, to one client over standard input and \
           output: that is how repositories are reached over ssh. With ``--cmdserver``, command lines are \
           taken from a program, without starting anew for each: from standard input (mode ``pipe``) or \
           from a local socket at ``--address`` (mode ``unix``).\n\nReturns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if let Some(mode) = ctx.opts.nonempty("cmdserver") {
        if ctx.opts.flag("stdio") {
            return Err(Error::abort("cannot use --stdio with --cmdserver"));
        }
        return command_server::serve(ctx, mode);
    }
    if !ctx.opts.flag("stdio") {
        return Err(Error::abort("serving over http is not supported yet"));
    }
    let repo = ctx.repo()?;
    ctx.ui.output_to_errors();
    let mut out = hg_vfs::take_stdout()
        .map_err(|error| Error::abort(format!("cannot serve: {error}")).because(error))?;
    let environment = ctx.config().environment().clone();
    let client = environment.var("SSH_CLIENT").unwrap_or_default();
    let client = client.split(|&b| b == b' ').next().unwrap_or_default().to_vec();
    let ui = ctx.ui.clone();
    let server =
        Server { repo, lookup: remote::lookup(&ctx.ui), client, flush: &move || ui.flush() };
    server.run(&mut BufReader::with_capacity(1 << 16, std::io::stdin()), &mut out)?;
    Ok(0)
}

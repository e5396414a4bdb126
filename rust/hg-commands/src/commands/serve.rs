//! `hg serve`.

use std::fs::File;
use std::io::{BufReader, Write};

use hg_types::{Error, Result};
use hg_wire::serve::{Server, Transport};

use crate::{Command, CommandContext, command_server, remote, spec, web_server};

/// `hg serve`.
pub static COMMAND: Command = Command {
    spec: &spec::remote::SERVE,
    help: "Serve a repository to others over HTTP, for cloning, pulling and, where ``web.allow-push`` \
           says so, pushing. Requests are logged on standard output, or in the file of ``--accesslog``. A \
           port of 0 takes any free one, and tells which. ``--web-conf`` serves the repositories that the \
           section ``[paths]`` of a file names. With ``--stdio``, to one client over standard input and \
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
        return web_server::serve(ctx);
    }
    serve_stdio(ctx, |out| Box::new(out), || ())
}

/// Serves one client over standard input and what `output` makes of standard output; `flushing` hears of
/// each time that messages are sent on.
pub(super) fn serve_stdio(
    ctx: &CommandContext,
    output: impl FnOnce(File) -> Box<dyn Write>,
    flushing: impl Fn(),
) -> Result<i32> {
    let repo = ctx.repo()?;
    ctx.ui.output_to_errors();
    let out = hg_vfs::take_stdout()
        .map_err(|error| Error::abort(format!("cannot serve: {error}")).because(error))?;
    let mut out = output(out);
    let environment = ctx.config().environment().clone();
    let client = environment.var("SSH_CLIENT").unwrap_or_default();
    let client = client.split(|&b| b == b' ').next().unwrap_or_default().to_vec();
    let ui = ctx.ui.clone();
    let flush = move || {
        ui.flush();
        flushing();
        Vec::new()
    };
    let server = Server {
        repo,
        lookup: remote::lookup(&ctx.ui),
        client: [b"remote:ssh:", &client[..]].concat(),
        transport: Transport::Ssh,
        flush: &flush,
    };
    server.run(&mut BufReader::with_capacity(1 << 16, std::io::stdin()), &mut out)?;
    Ok(0)
}

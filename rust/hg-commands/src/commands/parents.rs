//! `hg parents`.

use hg_query::changes;
use hg_query::revset::{SmartSet, rev_single};
use hg_types::{Error, ErrorKind, Result, Revision};

use crate::changeset_display::{DisplayOptions, Displayer};
use crate::scope::match_arguments;
use crate::{Command, CommandContext, log, revision, spec};

/// `hg parents`.
pub static COMMAND: Command = Command {
    spec: &spec::navigation::PARENTS,
    help: "Show the parents of the working directory, or of the revision that -r/--rev names. With a file,
show the changeset in which that file was last changed before the working directory or the
revision.

This command is the same as :hg:`log -r \"p1()+p2()\"`, with revisions and files accordingly.
Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let query = revision::query(ctx)?;
    let child = match ctx.opts.nonempty("rev") {
        Some(spec) => rev_single(&query, Some(spec), b".")?,
        None => Revision::WDIR,
    };
    let parents = query.parents(child)?;
    let mut shown = Vec::new();
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    if ctx.args.iter().all(Vec::is_empty) {
        shown.extend(parents);
    } else {
        let matcher = match_arguments(ctx)?;
        let files = matcher.files();
        let [path] = &files[..] else {
            return Err(Error::input("can only specify an explicit filename"));
        };
        if matcher.has_patterns() {
            return Err(Error::input("can only specify an explicit filename"));
        }
        let log = query.repo.filelog(path)?;
        for parent in parents.into_iter().filter(|parent| !parent.is_null()) {
            if let Some(node) = changes::manifest(&query, parent)?.node(path) {
                let rev = log.linkrev(log.rev(&node)?);
                if query.is_hidden(rev) {
                    let message = [b"filtered revision '", &query.node(rev).hex()[..], b"'"];
                    return Err(Error::new(ErrorKind::HiddenRevision, message.concat()));
                }
                shown.push(rev);
            }
        }
        if shown.is_empty() {
            let message = [b"'", path.as_bytes(), b"' not found in manifest"].concat();
            return Err(Error::input(message));
        }
    }
    shown.retain(|rev| !rev.is_null());
    let options = DisplayOptions::from_opts(&ctx.opts);
    let display = Displayer::of(&ctx.ui, &query.repo, options)?;
    log::show_list(ctx, &SmartSet::from_list(shown), display)?;
    Ok(0)
}

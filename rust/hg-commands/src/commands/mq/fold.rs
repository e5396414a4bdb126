//! `hg qfold`.

use hg_types::{Error, Result};

use super::refresh::Refresh;
use super::{Credits, Work};
use crate::commit_message::given_message;
use crate::{Command, CommandContext, spec::extensions_mq as spec};

/// `hg qfold`.
pub static COMMAND: Command = Command {
    spec: &spec::QFOLD,
    help: "Apply patches to the top one, which has their changes then; they are deleted, unless --keep is\n\
           given. The descriptions are joined by lines ``* * *``, unless there is a new one.\n\n\
           Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.is_empty() {
        return Err(Error::abort("qfold requires at least one patch name"));
    }
    let given = given_message(ctx)?;
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let mut work = Work::open(ctx)?;
    let top = work.check_top()?.ok_or_else(|| Error::abort("no patches applied"))?;
    work.local_changes(false, false, true)?;
    let mut names: Vec<Vec<u8>> = Vec::new();
    for arg in &ctx.args {
        let name = work.look_up(arg)?;
        if names.contains(&name) || name == top.name {
            ctx.ui.warn([b"skipping already folded patch ", &name[..], b"\n"].concat());
        }
        if work.queue.position(&name).is_some() {
            let parts = [b"qfold cannot fold already applied patch ", &name[..]];
            return Err(Error::abort(parts.concat()));
        }
        names.push(name);
    }
    names.dedup();
    let mut messages: Vec<Vec<u8>> = Vec::new();
    let mut git = false;
    for name in &names {
        let header = work.queue.header(name)?;
        if given.is_none() && !header.message().is_empty() {
            messages.push(header.message());
        }
        if !header.has_diff {
            continue;
        }
        git |= header.is_git;
        let text = work.queue.patches().read(name)?;
        if work.patch(&text)?.failed {
            return Err(Error::abort([b"error folding patch ", &name[..]].concat()));
        }
    }
    let message = match given {
        Some(message) => message,
        None => {
            let mut all = vec![work.queue.header(&top.name)?.message()];
            all.extend(messages);
            let joined = all.join(&b"\n* * *\n"[..]);
            ctx.ui.encoding().from_local(&joined)?.into_owned()
        }
    };
    let request = Refresh {
        matcher: hg_match::Matcher::always(),
        credits: Credits { user: None, date: None },
        message: Some(message),
        edit: ctx.opts.is_set("edit"),
        short: None,
        names_files: false,
        git,
        form: "mq.qfold",
    };
    work.refresh(&request)?;
    work.delete(&names, ctx.opts.flag("keep"))?;
    work.queue.save()?;
    Ok(0)
}

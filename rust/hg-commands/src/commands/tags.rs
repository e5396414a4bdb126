//! `hg tags`.

use hg_store::TagKind;
use hg_types::Result;

use crate::formatter::Value;
use crate::{Command, CommandContext, spec};

/// `hg tags`.
pub static COMMAND: Command = Command {
    spec: &spec::organization::TAGS,
    help: "List all tags, global and local, with the revision each one names. With --verbose,\n\
           local tags are marked.\n\nReturns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    let ui = &ctx.ui;
    let encoding = ui.encoding();
    let changelog = repo.changelog()?;
    let tags = repo.tags()?;
    let mut rows: Vec<_> =
        tags.iter().map(|(name, node, kind)| (changelog.find(&node), name, node, kind)).collect();
    rows.sort_by_key(|(rev, name, ..)| (*rev, name.to_vec()));
    let mut fm = ctx.formatter("tags")?;
    for (rev, name, node, kind) in rows.into_iter().rev() {
        let is_local = kind == Some(TagKind::Local);
        let (label, kind) = if is_local { ("tags.local", "local") } else { ("tags.normal", "") };
        let name = encoding.local(name);
        let rev = rev.unwrap_or(hg_types::Revision::NULL);
        let hex = fm.hex(&node);
        fm.start_item();
        fm.context(rev);
        fm.write(&[("tag", Value::from(&*name))], &*name, label);
        let padding = " ".repeat(30_usize.saturating_sub(encoding.width(&name)));
        let place = format!("{padding} {:>5}:", rev.get()).into_bytes();
        let fields = [("rev", Value::Int(rev.get().into())), ("node", Value::from(hex.clone()))];
        fm.cond_write(!ui.is_quiet(), &fields, [&place[..], &hex].concat(), label);
        let marked = ui.is_verbose() && is_local;
        fm.cond_write(marked, &[("type", Value::from(kind))], format!(" {kind}"), label);
        fm.plain("\n", "");
    }
    fm.end()?;
    Ok(0)
}

//! `hg debugnodemap`.

use hg_format::nodemap::{Docket, Found, Trie};
use hg_store::revlog::{NodeMapFiles, Revlog};
use hg_types::{Error, NodePrefix, Result};

use crate::storage::open_storage;
use crate::{Command, CommandContext, Ui, spec};

/// `hg debugnodemap`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGNODEMAP,
    help: "Show, check or write anew the stored table from node ids to revisions.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let chosen = ctx.opts.flag("manifest") || ctx.opts.nonempty("dir").is_some();
    let revlog = match ctx.args.first() {
        None if !chosen => (**ctx.repo()?.changelog()?).clone(),
        file => open_storage(ctx, file.map(|file| &file[..]))?.revlog,
    };
    if ctx.opts.flag("dump-new") {
        ctx.ui.write(revlog.nodemap_blocks()?);
        return Ok(0);
    }
    let Some(NodeMapFiles { docket, blocks }) = revlog.stored_nodemap()? else { return Ok(0) };
    if ctx.opts.flag("dump-disk") {
        ctx.ui.write(blocks);
    } else if ctx.opts.flag("check") {
        return check(&ctx.ui, &revlog, &blocks);
    } else if ctx.opts.flag("metadata") {
        show(&ctx.ui, &docket);
    }
    Ok(0)
}

fn show(ui: &Ui, docket: &Docket) {
    #[expect(clippy::cast_precision_loss, reason = "a percentage need not be exact")]
    let unused = match docket.data_len {
        0 => 0.0,
        len => docket.data_unused as f64 * 100.0 / len as f64,
    };
    ui.write([b"uid: ", &docket.uid[..], b"\n"].concat());
    ui.write(format!("tip-rev: {}\n", docket.tip_rev));
    ui.write([b"tip-node: ", &docket.tip_node.hex()[..], b"\n"].concat());
    ui.write(format!("data-length: {}\n", docket.data_len));
    ui.write(format!("data-unused: {}\n", docket.data_unused));
    ui.write(format!("data-unused: {unused:.3}%\n"));
}

fn check(ui: &Ui, revlog: &Revlog, blocks: &[u8]) -> Result<i32> {
    let trie =
        Trie::open(blocks).map_err(|source| Error::storage(source.to_string()).because(source))?;
    let mut wrong = Vec::new();
    for rev in revlog.revs() {
        let node = revlog.node(rev);
        let found = NodePrefix::from_hex(&node.hex()).map(|prefix| trie.find(&prefix));
        if found != Some(Found::Leaf(rev)) {
            wrong.push(rev);
        }
    }
    let len = revlog.len();
    ui.write(format!("revisions in index:   {len}\n"));
    ui.write(format!("revisions in nodemap: {}\n", len - wrong.len()));
    for rev in &wrong {
        ui.write_error(format!("  revision missing from nodemap: {rev}\n").as_bytes(), "");
    }
    Ok(i32::from(!wrong.is_empty()))
}

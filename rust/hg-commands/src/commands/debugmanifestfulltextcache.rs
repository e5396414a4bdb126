//! `hg debugmanifestfulltextcache`.

use hg_store::manifest::KeptTexts;
use hg_types::{Result, Revision};
use hg_wire::stream_apply::readable_size;

use crate::storage::Storage;
use crate::{Command, CommandContext, spec};

/// `hg debugmanifestfulltextcache`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGMANIFESTFULLTEXTCACHE,
    help: "Show which manifests are kept as whole texts in the cache, or change which ones are.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let wcache = ctx.repo()?.wcache_vfs();
    let names = ctx.opts.list("add");
    if ctx.opts.flag("clear") {
        let _lock = ctx.repo()?.wlock()?;
        let mut kept = KeptTexts::read(&wcache);
        kept.clear();
        kept.write(&wcache)?;
    } else if !names.is_empty() {
        let _lock = ctx.repo()?.wlock()?;
        let mut kept = KeptTexts::read(&wcache);
        let storage = Storage::new(ctx.repo()?.manifest_log()?.revlog().clone());
        for name in names {
            add(&mut kept, &storage, name)?;
        }
        kept.write(&wcache)?;
    } else {
        show(ctx, &KeptTexts::read(&wcache), KeptTexts::size_on_disk(&wcache));
    }
    Ok(0)
}

fn add(kept: &mut KeptTexts, storage: &Storage, name: &[u8]) -> Result<()> {
    let manifest =
        storage.lookup_strictly(name).map_err(|error| error.hint("Check your manifest node id"))?;
    if manifest == Revision::NULL {
        return Ok(());
    }
    let revlog = &storage.revlog;
    kept.add(revlog.node(manifest), || Ok(revlog.revision(manifest)?.to_vec()))
}

fn show(ctx: &CommandContext, kept: &KeptTexts, on_disk: u64) {
    let texts = kept.iter();
    if texts.len() == 0 {
        ctx.ui.write("cache empty\n");
        return;
    }
    let count = texts.len();
    ctx.ui.write(format!(
        "cache contains {count} manifest entries, in order of most to least recent:\n"
    ));
    for (node, text) in texts {
        let size = readable_size(text.len() as u64);
        ctx.ui.write([b"id: ", &node.hex()[..], b", size ", size.as_bytes(), b"\n"].concat());
    }
    let (size, on_disk) = (readable_size(kept.size() as u64), readable_size(on_disk));
    ctx.ui.write(format!("total cache data size {size}, on-disk {on_disk}\n"));
}

//! `hg debug-revlog-stats`.

use hg_store::Repo;
use hg_store::revlog::Revlog;
use hg_types::{HgPath, Result};

use crate::formatter::{Formatter, Value};
use crate::{Command, CommandContext, spec};

/// `hg debug-revlog-stats`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUG_REVLOG_STATS,
    help: "Show for each revlog of the store how many revisions it has and how much data. Without \
           options, all are shown.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    let chosen = ["changelog", "manifest", "filelogs"].map(|name| ctx.opts.flag(name));
    let all = !chosen.contains(&true);
    let [changelog, manifest, filelogs] = chosen.map(|on| on || all);
    let mut fm = ctx.formatter("debug-revlog-stats")?;
    fm.plain("rev-count   data-size inl type      target \n", "");
    let (files, directories) = stored_names(repo)?;
    if changelog {
        show(&mut fm, &**repo.changelog()?, "changelog", b"");
    }
    if manifest {
        let manifests = repo.manifest_log()?;
        show(&mut fm, manifests.revlog(), "manifest", b"");
        for directory in directories {
            let name = directory.strip_suffix(b"/").unwrap_or(&directory);
            show(&mut fm, &manifests.directory(HgPath::new(name))?, "manifest", &directory);
        }
    }
    if filelogs {
        for file in files {
            show(&mut fm, &*repo.filelog(HgPath::new(&file))?, "file", &file);
        }
    }
    fm.end()?;
    Ok(0)
}

/// The files that have a filelog, and the directories that have a manifest.
fn stored_names(repo: &Repo) -> Result<(Vec<Vec<u8>>, Vec<Vec<u8>>)> {
    let (mut files, mut directories) = (Vec::new(), Vec::new());
    for name in hg_store::fncache::history_names(repo)? {
        if let Some(file) = name.strip_prefix(b"data/").and_then(|name| name.strip_suffix(b".i")) {
            files.push(file.to_vec());
        } else if let Some(directory) =
            name.strip_prefix(b"meta/").and_then(|name| name.strip_suffix(b"00manifest.i"))
        {
            directories.push(directory.to_vec());
        }
    }
    files.sort();
    directories.sort();
    Ok((files, directories))
}

fn show(fm: &mut Formatter, revlog: &Revlog, kind: &str, target: &[u8]) {
    if revlog.is_empty() {
        return;
    }
    let size: u64 =
        revlog.revs().map(|rev| revlog.chunk_range(rev)).map(|range| range.end - range.start).sum();
    let inline = if revlog.header().inline { "yes" } else { "no" };
    let count = revlog.len();
    let number = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
    fm.start_item();
    fm.write(
        &[
            ("revlog_rev_count", number(count as u64)),
            ("revlog_data_size", number(size)),
            ("revlog_inline", inline.into()),
            ("revlog_type", kind.into()),
            ("revlog_target", target.into()),
        ],
        [format!("{count:>9} {size:>11} {inline:<3} {kind:<9} ").as_bytes(), target, b"\n"]
            .concat(),
        "",
    );
}

//! `hg debugdirstate`.

use hg_format::dirstate::v2::Docket;
use hg_format::dirstate::{Entry, Timestamp};
use hg_types::{Clock as _, Error, HgDate, HgPath, HgPathBuf, Result, to_hex};
use hg_vfs::SystemClock;
use hg_wdir::WorkingDir;

use crate::{Command, CommandContext, spec};

/// `hg debugdirstate`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGDIRSTATE,
    help: "Show what the dirstate says about each file: state, permissions, size, time, name; then\n\
the recorded copies.\n\n\
--docket shows figures about the tree of version 2 instead, --all also its directories.",
    run,
};

/// A line to be shown.
struct Row {
    state: u8,
    mode: u32,
    size: i32,
    mtime: i32,
    path: HgPathBuf,
}

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    if ctx.opts.flag("docket") {
        return docket(ctx);
    }
    let wdir = WorkingDir::open(repo)?;
    let dates = !ctx.opts.flag("nodates") && ctx.opts.flag("dates");
    let mut rows = Vec::new();
    wdir.dirstate().for_each(&mut |item| {
        rows.push(row(item.path, &item.entry));
        Ok(())
    })?;
    if ctx.opts.flag("all") {
        for directory in wdir.dirstate().directories()? {
            let mtime = directory.1.map_or(-1, seconds);
            rows.push(Row { state: b' ', mode: 0, size: 0, mtime, path: directory.0 });
        }
    }
    if ctx.opts.flag("datesort") {
        rows.sort_by(|a, b| (a.mtime, &a.path).cmp(&(b.mtime, &b.path)));
    } else {
        rows.sort_by(|a, b| a.path.cmp(&b.path));
    }
    let umask = hg_vfs::umask();
    let zone = ctx.config().environment().var("TZ").map(<[u8]>::to_vec);
    let clock = SystemClock::new(zone.as_deref());
    for row in rows {
        let mode = if row.mode & 0o20_000 != 0 {
            "lnk".to_owned()
        } else {
            format!("{:3o}", row.mode & 0o777 & !umask)
        };
        let time = match (row.mtime, dates) {
            (-1, _) => "unset               ".to_owned(),
            (_, false) => "set                 ".to_owned(),
            (time, true) => format!("{} ", local_time(&clock, time)),
        };
        let (state, size) = (char::from(row.state), row.size);
        let start = format!("{state} {mode} {size:>10} {time}");
        ctx.ui.write([start.as_bytes(), row.path.as_bytes(), b"\n"].concat());
    }
    for (path, source) in wdir.dirstate().copies()? {
        let parts = [b"copy: ", source.as_bytes(), b" -> ", path.as_bytes(), b"\n"];
        ctx.ui.write(parts.concat());
    }
    Ok(0)
}

fn row(path: &HgPath, entry: &Entry) -> Row {
    Row {
        state: entry.state().letter(),
        mode: entry.v1_mode(),
        size: entry.v1_size(),
        mtime: entry.v1_mtime(),
        path: path.to_owned(),
    }
}

fn seconds(time: Timestamp) -> i32 {
    i32::try_from(time.seconds).unwrap_or(-1)
}

fn local_time(clock: &SystemClock, seconds: i32) -> String {
    let seconds = i64::from(seconds);
    let date = HgDate::new(seconds, clock.offset_at(seconds));
    String::from_utf8_lossy(&date.format(b"%Y-%m-%d %H:%M:%S")).into_owned()
}

/// `hg debugdirstateignorepatternshash`.
pub static IGNORE_COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGDIRSTATEIGNOREPATTERNSHASH,
    help: "Show the digest of the ignore patterns that a dirstate of version 2 remembers.",
    run: ignore_digest,
};

fn ignore_digest(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    if repo.requires("dirstate-v2") && repo.vfs().exists("dirstate") {
        let digest = to_hex(&stored_docket(repo)?.tree.ignore_digest);
        ctx.ui.write([&digest[..], b"\n"].concat());
    }
    Ok(0)
}

fn stored_docket(repo: &hg_store::Repo) -> Result<Docket> {
    let bytes = repo.vfs().read("dirstate")?;
    Docket::decode(&bytes).map_err(|error| Error::abort(error.to_string()))
}

/// `--docket`.
fn docket(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    if !repo.requires("dirstate-v2") {
        return Err(Error::abort("dirstate v1 does not have a docket"));
    }
    let docket = stored_docket(repo)?;
    let tree = docket.tree;
    let id = String::from_utf8_lossy(&docket.id).into_owned();
    let digest = String::from_utf8_lossy(&to_hex(&tree.ignore_digest)).into_owned();
    ctx.ui.write(format!(
        "size of dirstate data: {}\ndata file uuid: {id}\nstart offset of root nodes: {}\n\
         number of root nodes: {}\nnodes with entries: {}\nnodes with copies: {}\n\
         number of unused bytes: {}\nignore pattern hash: {digest}\n",
        docket.data_size,
        tree.root_nodes,
        tree.root_count,
        tree.entries,
        tree.copies,
        tree.unreachable,
    ));
    Ok(0)
}

//! `hg debugdirstate`.

use hg_format::dirstate::v2::Docket;
use hg_format::dirstate::{Entry, Timestamp};
use hg_types::{Error, HgPath, HgPathBuf, Result, to_hex};
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
    use hg_types::Clock as _;
    let offset = clock.offset_at(seconds.into());
    let local = i64::from(seconds) - i64::from(offset);
    let (days, rest) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// The Gregorian date of a number of days since the epoch.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// `--docket`.
fn docket(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    if !repo.requires("dirstate-v2") {
        return Err(Error::abort("dirstate v1 does not have a docket"));
    }
    let bytes = repo.vfs().read("dirstate")?;
    let docket = Docket::decode(&bytes).map_err(|error| Error::abort(error.to_string()))?;
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

#[cfg(test)]
mod tests {
    #[test]
    fn dates() {
        assert_eq!(super::civil(0), (1970, 1, 1));
        assert_eq!(super::civil(11_016), (2000, 2, 29));
        assert_eq!(super::civil(20_780), (2026, 11, 23));
    }
}

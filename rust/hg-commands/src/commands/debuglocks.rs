//! `hg debuglocks`.

use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, SystemTime};

use bstr::ByteSlice as _;
use hg_types::{Error, Result};
use hg_vfs::Vfs;

use crate::{Command, CommandContext, spec};

/// `hg debuglocks`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGLOCKS,
    help: "Without options, display who holds the locks of the repository, and since when.\n\nLocks \
           keep programs from changing the same thing at the same time: free one only when nobody \
           holds it any more. A lock that is set here is held until the command is \
           interrupted.\n\nReturns 0 if no locks are held.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let store = repo.store_vfs().raw();
    let (free_lock, free_wlock) =
        (ctx.opts.flag("force-free-lock"), ctx.opts.flag("force-free-wlock"));
    if free_lock {
        store.try_remove("lock")?;
    }
    if free_wlock {
        repo.vfs().try_remove("wlock")?;
    }
    if free_lock || free_wlock {
        return Ok(0);
    }
    let held = |error: Error, name: &str| {
        let _ = error;
        Error::abort(format!("{name} is already held"))
    };
    let wlock = match ctx.opts.flag("set-wlock") {
        true => Some(repo.wlock_with(false).map_err(|error| held(error, "wlock"))?),
        false => None,
    };
    let lock = match ctx.opts.flag("set-lock") {
        true => Some(repo.lock_with(false).map_err(|error| held(error, "lock"))?),
        false => None,
    };
    let count = usize::from(wlock.is_some()) + usize::from(lock.is_some());
    if count > 0 {
        hold(ctx, count)?;
        return Ok(0);
    }
    Ok(report(ctx, store, "lock")? + report(ctx, repo.vfs(), "wlock")?)
}

/// Waits until the user no longer needs the locks.
fn hold(ctx: &CommandContext, count: usize) -> Result<()> {
    if ctx.ui.is_interactive() {
        ctx.ui.prompt_choice("ready to release the lock (y)? $$ &Yes", 0)?;
        return Ok(());
    }
    ctx.ui.write(format!("{count} locks held, waiting for signal\n"));
    ctx.ui.flush();
    while !hg_types::Reporter::interrupted(&*ctx.ui) {
        std::thread::sleep(Duration::from_millis(100));
    }
    ctx.ui.write("signal-received releasing locks\n");
    Ok(())
}

/// Says who holds a lock; 1 when somebody does.
fn report(ctx: &CommandContext, vfs: &Vfs, name: &str) -> Result<i32> {
    let title = format!("{:<6} ", format!("{name}:"));
    let found = vfs.lstat(name)?.and_then(|meta| Some((meta, vfs.readlink(name).ok()?)));
    let Some((meta, locker)) = found else {
        ctx.ui.write(format!("{title}free\n"));
        return Ok(0);
    };
    let (host, process) = locker.rsplit_once_str(":").unwrap_or((b"", &locker));
    let age = meta.modified().ok().and_then(|then| SystemTime::now().duration_since(then).ok());
    let age = age.unwrap_or_default().as_secs();
    let user = hg_config::user_name(meta.uid());
    let age = format!(" ({age}s)\n");
    let parts: [&[u8]; 8] = [
        title.as_bytes(),
        b"user ",
        &user,
        b", process ",
        process,
        b", host ",
        host,
        age.as_bytes(),
    ];
    ctx.ui.write(parts.concat());
    Ok(1)
}

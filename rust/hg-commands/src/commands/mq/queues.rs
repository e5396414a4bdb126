//! `hg qqueue`, and patch directories that are repositories: `hg qinit`, `hg qcommit`, `hg qclone`, and
//! commands with `--mq`.

use hg_config::Config;
use hg_repo::mq::{Queue, queues};
use hg_store::{InitOptions, OpenOptions, Repo};
use hg_types::{Error, HgPath, HgPathBuf, Result};
use hg_wdir::WorkingDir;

use super::Work;
use crate::{Command, CommandContext, Ui, spec::extensions_mq as spec};

/// `hg qqueue`.
pub static QUEUE: Command = Command {
    spec: &spec::QQUEUE,
    help: "Switch to another patch queue of the repository, show them all, or with an option make,\n\
           rename or delete one. Every repository has the queue ``patches``. Switching is not possible\n\
           while patches are applied.\n\nReturns 0 on success.",
    run: run_queue,
};

/// `hg qinit`.
pub static INIT: Command = Command {
    spec: &spec::QINIT,
    help: "Make the directory of patches, or with --create-repo a repository for them. Other commands\n\
           make the directory when they need it; see also :hg:`init --mq`.",
    run: run_init,
};

/// `hg qcommit`.
pub static COMMIT: Command = Command {
    spec: &spec::QCOMMIT,
    help: "Commit in the repository of the patches; the same as :hg:`commit --mq`.",
    run: run_commit,
};

/// `hg qclone`.
pub static CLONE: Command = Command {
    spec: &spec::QCLONE,
    help: "Clone a repository together with that of its patches, which are not applied in the clone.\n\n\
           Where the patches are is said by --patches, by default ``.hg/patches`` below the source.\n\n\
           Returns 0 on success.",
    run: run_clone,
};

fn run_queue(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let flag = |name| ctx.opts.flag(name);
    let current = queues::active(repo)?;
    let name = ctx.args.first().filter(|name| !name.is_empty());
    let Some(name) = name.filter(|_| !flag("list") && !flag("active")) else {
        if flag("active") {
            ctx.ui.write([&current[..], b"\n"].concat());
            return Ok(0);
        }
        for queue in queues::all(repo)? {
            ctx.ui.write(&queue[..]);
            let active = queue == current && !ctx.ui.is_quiet();
            ctx.ui.write(if active { " (active)\n" } else { "\n" });
        }
        return Ok(0);
    };
    let _wlock = repo.wlock()?;
    if !queues::is_valid(name) {
        let message = "invalid queue name, may not contain the characters \":\\/.\"";
        return Err(Error::abort(message));
    }
    let exists = queues::all(repo)?.contains(name);
    let taken = || Error::abort([b"queue \"", &name[..], b"\" already exists"].concat());
    if flag("create") {
        if exists {
            return Err(taken());
        }
        queues::add(repo, name)?;
        queues::activate(repo, name)?;
    } else if flag("rename") {
        if *name == current {
            let parts = [b"can't rename \"", &name[..], b"\" to its current name"];
            return Err(Error::abort(parts.concat()));
        }
        if exists {
            return Err(taken());
        }
        queues::rename(repo, name)?;
    } else if flag("delete") {
        queues::delete(repo, name)?;
    } else if flag("purge") {
        if exists {
            queues::delete(repo, name)?;
        }
        let directory = queues::directory(name);
        if repo.vfs().is_dir(&directory) {
            repo.vfs().remove_tree(&directory)?;
        }
    } else {
        if !exists {
            return Err(Error::abort("use --create to create a new queue"));
        }
        queues::activate(repo, name)?;
    }
    Ok(0)
}

/// The repository of the patches, if they have one.
pub(super) fn queue_repository(
    ui: &std::sync::Arc<Ui>,
    repo: &Repo,
    config: &Config,
) -> Result<Option<Repo>> {
    let directory = Queue::open(repo)?.patches().base().to_path_buf();
    if !directory.join(".hg").is_dir() {
        return Ok(None);
    }
    let options = OpenOptions {
        config: config.clone(),
        reporter: Some(ui.clone()),
        hooks: Some(std::sync::Arc::new(crate::hooks::Hooks::new(ui.clone()))),
        ..OpenOptions::default()
    };
    Ok(Some(Repo::open(&directory, options)?))
}

/// What a command with `--mq` works on.
pub(crate) fn instead_of(ui: &std::sync::Arc<Ui>, repo: &Repo) -> Result<Repo> {
    let found = queue_repository(ui, repo, &ui.config())?;
    found.ok_or_else(|| Error::abort("no queue repository"))
}

fn run_commit(ctx: &CommandContext) -> Result<i32> {
    let repo = instead_of(&ctx.ui, ctx.repo()?)?;
    let inner = CommandContext {
        ui: ctx.ui.clone(),
        opts: ctx.opts.clone(),
        globals: ctx.globals.clone(),
        args: ctx.args.clone(),
        command: &crate::commands::commit::COMMAND,
        extra: Vec::new(),
        repo: Some(repo),
        within: None,
    };
    inner.run()
}

fn run_init(ctx: &CommandContext) -> Result<i32> {
    init(&ctx.ui, ctx.repo()?, ctx.opts.flag("create-repo"))
}

/// `hg init --mq`: in the named repository or the one around.
pub(crate) fn init_versioned(ctx: &CommandContext) -> Result<i32> {
    let config = ctx.config();
    let root = match ctx.args.first() {
        Some(name) => {
            let expanded = hg_config::expand_path(config.environment(), name);
            hg_config::normalize_path(&ctx.cwd().join(hg_vfs::bytes_to_path(&expanded)))
        }
        None => {
            let cwd = ctx.cwd();
            let root = hg_store::find_root(&cwd);
            root.ok_or_else(|| {
                Error::abort("there is no Mercurial repository here (.hg not found)")
            })?
        }
    };
    let options = OpenOptions {
        config: (*config).clone(),
        reporter: Some(ctx.ui.clone()),
        display_root: ctx.args.first().cloned(),
        ..OpenOptions::default()
    };
    let repo = Repo::open(&root, options)?;
    init(&ctx.ui, &repo, true)
}

/// Files that the repository of the patches does not track.
const IGNORED: &[u8] = b"^\\.hg\n^\\.mq\nsyntax: glob\nstatus\nguards\n";

fn init(ui: &std::sync::Arc<Ui>, repo: &Repo, versioned: bool) -> Result<i32> {
    let queue = Queue::open(repo)?;
    let patches = queue.patches();
    if !versioned {
        if patches.base().is_dir() {
            return Err(Error::abort("patch queue directory already exists"));
        }
        queue.create_directory()?;
        return Ok(0);
    }
    queue.create_directory()?;
    let options = OpenOptions {
        config: (*ui.config()).clone(),
        display_root: Some(hg_vfs::path_to_bytes(patches.base()).to_vec()),
        ..OpenOptions::default()
    };
    Repo::init(patches.base(), options, &InitOptions::default())?;
    if !patches.exists(".hgignore") {
        patches.write(".hgignore", IGNORED)?;
    }
    if !patches.exists("series") {
        patches.write("series", b"")?;
    }
    let Some(inner) = queue_repository(ui, repo, &ui.config())? else { return Ok(0) };
    let mut wdir = WorkingDir::open(&inner)?;
    let files = [HgPathBuf::from(".hgignore"), HgPathBuf::from("series")];
    wdir.add(&files, &**ui, &|path| path.as_bytes().to_vec())?;
    for name in queue.series()?.names().filter(|name| patches.lexists(name)) {
        let path = patches.join(name);
        let shown = match path.strip_prefix(ui.cwd()) {
            Ok(below) => below.to_path_buf(),
            Err(_) => path.clone(),
        };
        ui.status([b"adding ", hg_vfs::path_to_bytes(&shown), b"\n"].concat());
        wdir.dirstate_mut().set_tracked(HgPath::new(name))?;
    }
    wdir.write()?;
    Ok(0)
}

/// Changes what the repository of the patches tracks, if there is one.
fn with_tracking(
    work: &Work<'_>,
    change: impl FnOnce(&mut WorkingDir) -> Result<()>,
) -> Result<()> {
    let ctx = work.ctx;
    let Some(inner) = queue_repository(&ctx.ui, work.repo, &ctx.config())? else { return Ok(()) };
    let _wlock = inner.wlock()?;
    let mut wdir = WorkingDir::open(&inner)?;
    change(&mut wdir)?;
    wdir.write()
}

/// Has the repository of the patches track new ones.
pub(super) fn track(work: &Work<'_>, names: &[Vec<u8>]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    with_tracking(work, |wdir| {
        for name in names {
            wdir.dirstate_mut().set_tracked(HgPath::new(name))?;
        }
        Ok(())
    })
}

/// Has it forget patches.
pub(super) fn untrack(work: &Work<'_>, names: &[Vec<u8>]) -> Result<()> {
    with_tracking(work, |wdir| {
        for name in names {
            wdir.dirstate_mut().set_untracked(HgPath::new(name))?;
        }
        Ok(())
    })
}

/// Has it follow a patch that got another name.
pub(super) fn track_rename(work: &Work<'_>, old: &[u8], new: &[u8]) -> Result<()> {
    with_tracking(work, |wdir| {
        let (old, new) = (HgPath::new(old), HgPath::new(new));
        let Some(entry) = wdir.dirstate().get(old)? else { return Ok(()) };
        let added = entry.is_added();
        wdir.dirstate_mut().set_untracked(old)?;
        wdir.dirstate_mut().set_tracked(new)?;
        if !added {
            wdir.dirstate_mut().set_copy(new, Some(old))?;
        }
        Ok(())
    })
}

mod clone;

use clone::run_clone;

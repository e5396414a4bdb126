//! `hg purge`.

use hg_types::{Error, ErrorKind, HgPath, HgPathBuf, Result};
use hg_vfs::os_message;
use hg_wdir::{Clutter, StatusOptions, WorkingDir};

use crate::scope::{Naming, match_arguments, warn_bad};
use crate::{Command, CommandContext, spec};

/// `hg purge`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::PURGE,
    help: "Delete files that are not under version control, and empty directories.\n\n\
Files that are tracked, changed or not, and those that were just added stay. Ignored files stay\n\
unless --all or --ignored is given. --files and --dirs restrict this to files or to directories.\n\
When directories are named, only what is in these is looked at.\n\n\
What is deleted cannot be brought back: --print shows it instead.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let end: &[u8] = if ctx.opts.flag("print0") { b"\0" } else { b"\n" };
    let act = !ctx.opts.flag("print") && !ctx.opts.flag("print0");
    let (files, dirs) = (ctx.opts.flag("files"), ctx.opts.flag("dirs"));
    let (files, dirs) = if files || dirs { (files, dirs) } else { (true, true) };
    let only_ignored = ctx.opts.flag("ignored");
    let options = StatusOptions {
        unknown: !only_ignored,
        ignored: only_ignored || ctx.opts.flag("all"),
        clean: false,
    };
    let matcher = match_arguments(ctx)?;
    let _lock = if act { Some(repo.wlock()?) } else { None };
    let mut wdir = WorkingDir::open(repo)?;
    let clutter = wdir.clutter(&matcher, options)?;
    warn_bad(ctx, &Naming::relative(ctx, repo), &clutter.bad);
    let is_empty = |directory: &HgPath| {
        matcher.matches(directory) && repo.wvfs().read_dir(directory).is_ok_and(|d| d.is_empty())
    };
    if confirm_wanted(ctx)? {
        let empty =
            if dirs { clutter.directories.iter().filter(|d| is_empty(d)).count() } else { 0 };
        confirm(ctx, &clutter, empty)?;
    }
    let mut purge = Purge { ctx, act, gone: Vec::new() };
    if files {
        let mut all = [clutter.unknown, clutter.ignored].concat();
        all.sort_unstable();
        for file in all {
            purge.remove(file, "removing file ", |full| std::fs::remove_file(full))?;
        }
    }
    if dirs {
        for directory in clutter.directories.into_iter().rev() {
            if is_empty(&directory) {
                let remove = |full: &std::path::Path| std::fs::remove_dir(full);
                purge.remove(directory, "removing directory ", remove)?;
            }
        }
    }
    if !act {
        for path in purge.gone {
            ctx.ui.write([path.as_bytes(), end].concat());
        }
    }
    Ok(0)
}

fn confirm_wanted(ctx: &CommandContext) -> Result<bool> {
    match ctx.opts.tristate("confirm").filter(|_| ctx.opts.given("confirm")) {
        Some(given) => Ok(given),
        // Who enabled the extension, as it was one once, asked for purging without questions.
        None => {
            let config = ctx.config();
            let enabled = |name: &str| {
                config.get("extensions", name).is_some_and(|path| !path.starts_with(b"!"))
            };
            Ok(!enabled("purge") && !enabled("hgext.purge"))
        }
    }
}

fn confirm(ctx: &CommandContext, clutter: &Clutter, empty_directories: usize) -> Result<()> {
    let (unknown, ignored) = (clutter.unknown.len(), clutter.ignored.len());
    let question = match (unknown, ignored) {
        (0, 0) if empty_directories == 0 => return Ok(()),
        (0, 0) => format!("permanently delete at least {empty_directories} empty directories?"),
        (unknown, 0) => format!("permanently delete {unknown} unknown files?"),
        (0, ignored) => format!("permanently delete {ignored} ignored files?"),
        (unknown, ignored) => {
            format!("permanently delete {unknown} unknown and {ignored} ignored files?")
        }
    };
    if ctx.ui.prompt_choice(format!("{question} (yN)$$ &Yes $$ &No"), 1)? == 0 {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Canceled, "removal cancelled"))
}

struct Purge<'a> {
    ctx: &'a CommandContext,
    act: bool,
    gone: Vec<HgPathBuf>,
}

impl Purge<'_> {
    fn remove(
        &mut self,
        path: HgPathBuf,
        note: &str,
        remove: impl FnOnce(&std::path::Path) -> std::io::Result<()>,
    ) -> Result<()> {
        if self.act {
            self.ctx.ui.note([note.as_bytes(), path.as_bytes(), b"\n"].concat());
            if let Err(error) = remove(&self.ctx.repo()?.wvfs().join(&path)) {
                let message = match error.kind() {
                    std::io::ErrorKind::NotFound => return Ok(()),
                    _ => [path.as_bytes(), b" cannot be removed"].concat(),
                };
                if self.ctx.opts.flag("abort-on-err") {
                    return Err(Error::abort(message).because(error));
                }
                self.ctx.ui.debug([&os_message(&error)[..], b"\n"].concat());
                self.ctx.ui.warn([b"warning: ", &message[..], b"\n"].concat());
                return Ok(());
            }
        }
        self.gone.push(path);
        Ok(())
    }
}

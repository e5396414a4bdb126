//! The commands of patch queues (`[extensions] mq=`).

use std::cell::RefCell;
use std::collections::BTreeSet;

use hg_repo::mq::{Applied, Queue};
use hg_store::Repo;
use hg_types::{Error, HgPathBuf, Node, Result};

use crate::CommandContext;

mod apply;
mod edit;
mod fold;
mod guard;
mod import;
mod new;
mod pop;
mod push;
mod queues;
mod refresh;
mod save;
mod series;
pub(crate) mod setup;

pub use edit::{DELETE, FINISH, RENAME};
pub use fold::COMMAND as FOLD;
pub use guard::{GUARD, SELECT};
pub use import::COMMAND as IMPORT;
pub use new::COMMAND as NEW;
pub use pop::COMMAND as POP;
pub use push::{GOTO, PUSH};
pub use queues::{CLONE, COMMIT, INIT, QUEUE};
pub(crate) use queues::{init_versioned, instead_of as on_patches};
pub use refresh::{DIFF, RECORD, REFRESH};
pub use save::{RESTORE, SAVE};
pub use series::{APPLIED, HEADER, NEXT, PREV, SERIES, TOP, UNAPPLIED};

/// What a command on the active queue works with.
struct Work<'a> {
    ctx: &'a CommandContext,
    repo: &'a Repo,
    queue: Queue,
    /// The files that patches of this run have touched.
    touched: RefCell<BTreeSet<HgPathBuf>>,
    /// Those among them that were not there before.
    made: RefCell<BTreeSet<HgPathBuf>>,
}

impl<'a> Work<'a> {
    fn open(ctx: &'a CommandContext) -> Result<Self> {
        let repo = ctx.repo()?;
        let queue = Queue::open(repo)?;
        for complaint in queue.complaints() {
            ctx.ui.warn(complaint);
        }
        Ok(Self { ctx, repo, queue, touched: RefCell::default(), made: RefCell::default() })
    }

    /// The patch that the user means by a name, a number, a part of a name, or a place beside one.
    fn look_up(&self, name: &[u8]) -> Result<Vec<u8>> {
        self.resolve(name, false)
    }

    /// [`Self::look_up`] without parts of names.
    fn look_up_strictly(&self, name: &[u8]) -> Result<Vec<u8>> {
        self.resolve(name, true)
    }

    fn resolve(&self, name: &[u8], strict: bool) -> Result<Vec<u8>> {
        let series = self.queue.series()?;
        if series.find(name).is_some() {
            return Ok(name.to_vec());
        }
        let not_there = || Error::abort([b"patch ", name, b" not in series"].concat());
        if !name.is_empty()
            && self.queue.patches().exists(name)
            && !self.queue.patches().is_dir(name)
        {
            return Err(not_there());
        }
        let count = i64::try_from(series.len()).unwrap_or(i64::MAX);
        if let Some(number) = hg_config::value::parse_int(name) {
            let at = if number < 0 { number + count } else { number };
            if let Some(found) = usize::try_from(at).ok().and_then(|at| series.name(at)) {
                return Ok(found.to_vec());
            }
        }
        if strict {
            return Err(not_there());
        }
        if let Some(found) = self.by_part(name)? {
            return Ok(found);
        }
        for (sign, factor) in [(b'-', -1), (b'+', 1)] {
            let Some(at) = name.iter().rposition(|&byte| byte == sign) else { continue };
            let Some(start) = self.by_part(&name[..at])? else { continue };
            let offset = match &name[at + 1..] {
                b"" => 1,
                digits => match hg_config::value::parse_int(digits) {
                    Some(offset) => offset,
                    None => continue,
                },
            };
            let place = series.find(&start).and_then(|place| i64::try_from(place).ok());
            let target = place.map(|place| place + factor * offset);
            let target = target.and_then(|target| usize::try_from(target).ok());
            if let Some(found) = target.and_then(|target| series.name(target)) {
                return Ok(found.to_vec());
            }
        }
        Err(not_there())
    }

    /// The patch whose name has this part, or one of those with names of their own.
    fn by_part(&self, part: &[u8]) -> Result<Option<Vec<u8>>> {
        use bstr::ByteSlice as _;
        let series = self.queue.series()?;
        if series.find(part).is_some() {
            return Ok(Some(part.to_vec()));
        }
        let found: Vec<&[u8]> = series.names().filter(|name| name.contains_str(part)).collect();
        if let [one] = found[..] {
            return Ok(Some(one.to_vec()));
        }
        if found.len() > 1 {
            let ui = &self.ctx.ui;
            ui.warn([b"patch name \"", part, b"\" is ambiguous:\n"].concat());
            for name in found {
                ui.warn([b"  ", name, b"\n"].concat());
            }
            return Ok(None);
        }
        let applied = &self.queue.applied;
        let special = match part {
            b"qtip" => applied.last(),
            b"qbase" => applied.first(),
            _ => None,
        };
        Ok(special.map(|one| one.name.clone()))
    }

    /// The top patch, which the working directory must stand on.
    fn check_top(&self) -> Result<Option<Applied>> {
        let Some(top) = self.queue.top() else { return Ok(None) };
        if !hg_wdir::parents(self.repo)?.contains(&top.node) {
            return Err(Error::abort("working directory revision is not qtip"));
        }
        Ok(Some(top.clone()))
    }

    /// The changeset that a patch stands on.
    fn parent_of(&self, node: Node) -> Result<Node> {
        let cl = self.repo.changelog()?;
        Ok(cl.node(cl.parents(cl.rev(&node)?)[0]))
    }

    fn no_patches(&self) -> i32 {
        self.ctx.ui.write("no patches applied\n");
        1
    }

    /// Makes changesets although they stand upon patches: whoever does is the queue itself.
    fn unchecked<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let extension = self.repo.set_extension(None);
        let done = work();
        self.repo.set_extension(extension);
        self.repo.forget_tags();
        done
    }
}

/// Refuses names that no patch can have, and those that are taken.
fn check_new_name(queue: &Queue, name: &[u8], force: bool) -> Result<()> {
    check_name(name)?;
    let patches = queue.patches();
    if !patches.lexists(name) && !name.is_empty() {
        return Ok(());
    }
    if name.is_empty() || patches.is_dir(name) {
        return Err(Error::abort([b"\"", name, b"\" already exists as a directory"].concat()));
    }
    if force {
        return Ok(());
    }
    Err(Error::abort([b"patch \"", name, b"\" already exists"].concat()))
}

/// Refuses names that no patch can have.
fn check_name(name: &[u8]) -> Result<()> {
    if name.trim_ascii() != name {
        return Err(Error::abort("patch name cannot begin or end with whitespace"));
    }
    if matches!(name, b"series" | b"status" | b"guards" | b"." | b"..") {
        return Err(Error::abort(
            [b"\"", name, b"\" cannot be used as the name of a patch"].concat(),
        ));
    }
    for prefix in [&b".hg"[..], b".mq"] {
        if name.starts_with(prefix) {
            let parts = [&b"patch name cannot begin with \""[..], prefix, b"\""];
            return Err(Error::abort(parts.concat()));
        }
    }
    for (byte, shown) in [(b'#', "#"), (b':', ":"), (b'\r', "\\r"), (b'\n', "\\n")] {
        if name.contains(&byte) {
            let text = format!("'{shown}' cannot be used in the name of a patch");
            return Err(Error::abort(text));
        }
    }
    if !name.is_empty() {
        hg_vfs::check_path(name)?;
    }
    Ok(())
}

/// The dates and authors of `-d`, `-D`, `-u` and `-U`, as headers have them.
struct Credits {
    user: Option<Vec<u8>>,
    date: Option<Vec<u8>>,
}

impl Credits {
    fn of(ctx: &CommandContext) -> Result<Self> {
        let config = ctx.config();
        let clock = hg_vfs::SystemClock::new(config.environment().var("TZ"));
        let date = match ctx.opts.nonempty("date") {
            Some(text) => Some(hg_types::parse_date(text, &clock)?),
            None => ctx.opts.flag("currentdate").then(|| hg_types::Clock::date(&clock)),
        };
        let user = match ctx.opts.nonempty("user") {
            Some(user) => Some(user.to_vec()),
            None if ctx.opts.flag("currentuser") => Some(ctx.ui.username()?),
            None => None,
        };
        Ok(Self { user, date: date.map(shown_date) })
    }
}

fn shown_date(date: hg_types::HgDate) -> Vec<u8> {
    format!("{} {}", date.seconds, date.offset).into_bytes()
}

//! `hg qimport`.

use bstr::ByteSlice as _;
use hg_match::Matcher;
use hg_repo::mq::Applied;
use hg_types::{Error, Node, Phase, Result, Revision};
use hg_vfs::bytes_to_path;

use super::push::PushOptions;
use super::{Work, check_name, check_new_name, queues};
use crate::commands::export;
use crate::diff_display::Comparison;
use crate::revision;
use crate::{Command, CommandContext, spec::extensions_mq as spec};

/// `hg qimport`.
pub static COMMAND: Command = Command {
    spec: &spec::QIMPORT,
    help: "Put patches into the queue behind the top one: files (``-`` for standard input, which needs\n\
           --name), with --existing files that are in its directory already, or with --rev changesets,\n\
           which are applied patches then.\n\n\
           Returns 0 when all was imported.",
    run,
};

/// The longest name made of a description.
const LONGEST: usize = 75;

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let mut work = Work::open(ctx)?;
    let revs = ctx.opts.list("rev");
    let name = ctx.opts.nonempty("name");
    if !ctx.args.is_empty() && !revs.is_empty() {
        return Err(Error::abort("option \"-r\" not valid when importing files"));
    }
    if ctx.args.is_empty() && revs.is_empty() {
        return Err(Error::abort("no files or revisions specified"));
    }
    let found = match revs.is_empty() {
        true => Vec::new(),
        false => {
            let query = revision::query(ctx)?;
            let mut found = revision::range(&query, revs)?.to_vec()?;
            found.sort_unstable();
            found.reverse();
            found
        }
    };
    if (ctx.args.len() > 1 || found.len() > 1) && name.is_some() {
        let message = "option \"-n\" not valid when importing multiple patches";
        return Err(Error::abort(message));
    }
    let mut imported = Vec::new();
    let outcome = match revs.is_empty() {
        true => work.import_files(&mut imported),
        false => work.import_revisions(&found, &mut imported),
    };
    // What was imported before something failed stays.
    work.queue.save()?;
    queues::track(&work, &imported)?;
    outcome?;
    if let Some(last) = imported.last().filter(|_| ctx.opts.flag("push") && revs.is_empty()) {
        let options = PushOptions { backup: true, ..PushOptions::default() };
        return work.push(Some(last.clone()), &options);
    }
    Ok(0)
}

fn not_mutable(rev: Revision) -> Error {
    let error = Error::abort(format!("revision {rev} is not mutable"));
    error.hint("see 'hg help phases' for details")
}

/// What a description is as a name.
fn name_of(description: &[u8]) -> Vec<u8> {
    let line = description.lines().next().unwrap_or_default().to_ascii_lowercase();
    let mut out: Vec<u8> = Vec::new();
    for byte in line {
        if byte.is_ascii_alphanumeric() {
            out.push(byte);
        } else if out.last().is_some_and(|&last| last != b'_') {
            out.push(b'_');
        }
    }
    out.truncate(LONGEST);
    while out.last() == Some(&b'_') {
        out.pop();
    }
    out
}

impl Work<'_> {
    fn import_files(&mut self, imported: &mut Vec<Vec<u8>>) -> Result<()> {
        let ctx = self.ctx;
        let top = self.queue.top().map(|top| top.name.clone());
        let start = self.queue.series()?.line_behind(top.as_deref());
        for (at, file) in ctx.args.iter().enumerate() {
            let name = match ctx.opts.flag("existing") {
                true => self.take_existing(file)?,
                false => self.take_file(file)?,
            };
            if self.queue.series()?.find(&name).is_none() {
                self.queue.series_mut()?.insert(start + at, &name);
            }
            ctx.ui.warn([b"adding ", &name[..], b" to series file\n"].concat());
            imported.push(name);
        }
        Ok(())
    }

    fn refuse_listed(&self, name: &[u8]) -> Result<()> {
        if self.queue.series()?.find(name).is_some() {
            let parts = [b"patch ", name, b" is already in the series file"];
            return Err(Error::abort(parts.concat()));
        }
        Ok(())
    }

    fn take_existing(&mut self, file: &[u8]) -> Result<Vec<u8>> {
        let ctx = self.ctx;
        if file == b"-" {
            return Err(Error::abort("-e is incompatible with import from -"));
        }
        let file = hg_match::normalize_path(file);
        if !self.queue.patches().lexists(&file) || self.queue.patches().is_dir(&file) {
            return Err(Error::abort([b"patch ", &file[..], b" does not exist"].concat()));
        }
        let Some(name) = ctx.opts.nonempty("name") else {
            check_name(&file)?;
            self.refuse_listed(&file)?;
            return Ok(file);
        };
        let name = hg_match::normalize_path(name);
        check_new_name(&self.queue, &name, ctx.opts.flag("force"))?;
        if !ctx.opts.flag("force") {
            self.refuse_listed(&name)?;
        }
        ctx.ui.write([b"renaming ", &file[..], b" to ", &name[..], b"\n"].concat());
        self.queue.patches().rename(&file, &name)?;
        queues::track_rename(self, &file, &name)?;
        Ok(name)
    }

    fn take_file(&mut self, file: &[u8]) -> Result<Vec<u8>> {
        let ctx = self.ctx;
        let given = ctx.opts.nonempty("name");
        if let Some(name) = given {
            check_new_name(&self.queue, name, ctx.opts.flag("force"))?;
        }
        let (text, own_name) = if file == b"-" {
            if given.is_none() {
                return Err(Error::abort("need --name to import a patch from -"));
            }
            (ctx.ui.read_all()?, Vec::new())
        } else {
            let path = file.strip_prefix(b"file:").unwrap_or(file);
            let path = path.strip_prefix(b"//").unwrap_or(path);
            let text = std::fs::read(ctx.cwd().join(bytes_to_path(path)));
            let text = text.map_err(|_| Error::abort([b"unable to read file ", file].concat()))?;
            let trimmed = path.strip_suffix(b"/").unwrap_or(path);
            (text, trimmed.rsplit(|&byte| byte == b'/').next().unwrap_or_default().to_vec())
        };
        let name = given.map_or(own_name, <[u8]>::to_vec);
        check_new_name(&self.queue, &name, ctx.opts.flag("force"))?;
        self.queue.write_patch(&name, &text)?;
        Ok(name)
    }

    /// `--rev`: changesets become applied patches; the newest comes first.
    fn import_revisions(&mut self, revs: &[Revision], out: &mut Vec<Vec<u8>>) -> Result<()> {
        let Some((&first, &last)) = revs.first().zip(revs.last()) else { return Ok(()) };
        let repo = self.repo;
        let cl = repo.changelog()?;
        if last.is_null() {
            return Err(not_mutable(last));
        }
        let mut below = cl.descendant_set([last]);
        below.insert(last);
        let is_head = |rev: &Revision| !cl.children(*rev).iter().any(|c| below.contains(*c));
        let heads: Vec<Revision> = below.iter().filter(is_head).collect();
        if heads.len() > 1 {
            let text = format!("revision {last} is the root of more than one branch");
            return Err(Error::abort(text));
        }
        let mut above = None;
        if let (Some(base), Some(top)) = (self.queue.applied.first(), self.queue.top()) {
            if self.queue.applied.iter().any(|one| one.node == cl.node(first)) {
                return Err(Error::abort(format!("revision {first} is already managed")));
            }
            if heads.first().map(|rev| cl.node(*rev)) != Some(top.node) {
                let text = format!("revision {first} is not the parent of the queue");
                return Err(Error::abort(text));
            }
            above = Some((cl.parents(cl.rev(&base.node)?)[0], cl.rev(&base.node)?));
        } else if heads.first() != Some(&first) {
            return Err(Error::abort(format!("revision {first} has unmanaged children")));
        }
        let _lock = repo.lock()?;
        let tr = repo.transaction("qimport")?;
        for &rev in revs {
            let name = self.import_revision(rev, &mut above)?;
            out.push(name);
        }
        if self.ctx.config().get_bool_or("mq", "secret", false)? {
            repo.retract_phases(&tr, Phase::Secret, revs)?;
        }
        tr.close()?;
        hg_store::transaction::remove_undo(repo)
    }

    fn import_revision(
        &mut self,
        rev: Revision,
        above: &mut Option<(Revision, Revision)>,
    ) -> Result<Vec<u8>> {
        let (ctx, repo) = (self.ctx, self.repo);
        let cl = repo.changelog()?;
        if repo.phases()?.phase(rev) == Phase::Public {
            return Err(not_mutable(rev));
        }
        let [p1, p2] = cl.parents(rev);
        if !p2.is_null() {
            return Err(Error::abort(format!("cannot import merge revision {rev}")));
        }
        if let Some((parent, child)) = *above
            && parent != rev
        {
            let text = format!("revision {rev} is not the parent of {child}");
            return Err(Error::abort(text));
        }
        *above = Some((p1, rev));
        let name = match ctx.opts.nonempty("name") {
            Some(name) => name.to_vec(),
            None => self.new_name(rev)?,
        };
        check_new_name(&self.queue, &name, ctx.opts.flag("force"))?;
        self.refuse_listed(&name)?;
        let header = export::header_text(ctx, rev)?;
        let comparison = Comparison::of_revisions(repo, [p1, rev], &Matcher::always(), true)?;
        let diff = self.diff_text(&comparison, false)?;
        self.queue.write_patch(&name, &[header, diff].concat())?;
        let node: Node = cl.node(rev);
        self.queue.series_mut()?.insert(0, &name);
        self.queue.applied.insert(0, Applied { node, name: name.clone() });
        Ok(name)
    }

    /// A name that is free, made of the description.
    fn new_name(&self, rev: Revision) -> Result<Vec<u8>> {
        let cl = self.repo.changelog()?;
        let description = cl.entry(rev)?.description().to_vec();
        let mut base = name_of(&self.ctx.ui.encoding().local(&description));
        if base.is_empty() || check_name(&base).is_err() {
            base = format!("{rev}.diff").into_bytes();
        }
        let mut name = base.clone();
        let mut number = 0;
        while self.queue.patches().lexists(&name) || self.queue.series()?.find(&name).is_some() {
            number += 1;
            name = [&base[..], format!("__{number}").as_bytes()].concat();
        }
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(name_of(b"[tag] Foo: bar-baz.patch\nmore"), b"tag_foo_bar_baz_patch");
        assert_eq!(name_of(b"sym!@#"), b"sym");
        assert_eq!(name_of(b"   "), b"");
        assert_eq!(name_of("x".repeat(90).as_bytes()).len(), LONGEST);
    }
}

//! `hg addremove`.

use std::collections::BTreeSet;

use hg_match::Matcher;
use hg_repo::subrepo::{self, Of};
use hg_types::{Error, HgPath, HgPathBuf, Result};
use hg_wdir::WorkingDir;
use hg_wdir::tracking::{Rename, Untidy, find_renames};

use crate::nested::{self, Which};
use crate::scope::{Naming, match_own, match_tree, status_label, warn_bad};
use crate::{Command, CommandContext, spec};

/// `hg addremove`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::ADDREMOVE,
    help: "Add all new files and remove all missing files from the repository.\n\n\
--similarity N (0 to 100) takes a missing file and a new one for a rename when they are that\n\
similar. 100, the default, finds only files that are equal; with 0, no renames are looked for.\n\n\
Returns 0 if all files are successfully added.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let similarity = similarity(ctx, b"100")?;
    let tree = match_tree(ctx)?;
    let matcher = match_own(ctx, &tree)?;
    let naming = Naming::by_patterns(ctx, repo)?;
    let _lock = repo.wlock()?;
    let mut wdir = WorkingDir::open(repo)?;
    let request = AddRemove { similarity, dry_run: ctx.opts.flag("dry-run"), naming: &naming };
    let nested = in_subrepos(ctx, &tree, &request)?;
    let complete = request.run(ctx, &mut wdir, &matcher)?;
    wdir.write()?;
    Ok(i32::from(!(complete && nested)))
}

/// Does the same in subrepositories: in all of them with `-S`, else in those that were named. Says whether all
/// that was named could be looked at.
pub(super) fn in_subrepos(
    ctx: &CommandContext,
    tree: &Matcher,
    request: &AddRemove<'_>,
) -> Result<bool> {
    let states = subrepo::states(ctx.repo()?, Of::Working)?;
    let mut complete = true;
    let tree = (tree, Which::from_opts(ctx));
    nested::for_each(ctx, states, tree, &mut |inner| {
        let Some(hg) = inner.sub.as_hg() else {
            let name = Naming::relative(ctx, ctx.repo()?).name(inner.sub.path());
            ctx.ui.warn([&name[..], b": addremove is not supported\n"].concat());
            complete = false;
            return Ok(());
        };
        let inside = inner.enter(hg);
        let naming = inner.naming(request.naming);
        let request = AddRemove { naming: &naming, ..*request };
        let tree = match_tree(&inside)?;
        complete &= in_subrepos(&inside, &tree, &request)?;
        let _lock = hg.repo().wlock()?;
        let mut wdir = WorkingDir::open(&hg.repo())?;
        complete &= request.run(&inside, &mut wdir, &match_own(&inside, &tree)?)?;
        wdir.write()
    })?;
    Ok(complete)
}

/// The value of `--similarity` as a number from 0 to 1; `default` holds when it was not given.
///
/// # Errors
/// When it is no number, or out of range.
pub fn similarity(ctx: &CommandContext, default: &[u8]) -> Result<f64> {
    let given = ctx.opts.nonempty("similarity").unwrap_or(default);
    let given = if given.is_empty() { b"0" } else { given };
    let number = std::str::from_utf8(given).ok().and_then(|text| text.trim().parse::<f64>().ok());
    let Some(number) = number else {
        return Err(Error::input("similarity must be a number"));
    };
    if !(0.0..=100.0).contains(&number) {
        return Err(Error::input("similarity must be between 0 and 100"));
    }
    Ok(number / 100.0)
}

/// Adding what is new and removing what is gone, for every command that does.
pub struct AddRemove<'a> {
    /// From which similarity on a rename is recorded; 0 for never.
    pub similarity: f64,
    /// Only say what would be done.
    pub dry_run: bool,
    /// How files are named.
    pub naming: &'a Naming,
}

impl AddRemove<'_> {
    /// Does it, in the dirstate in memory; says whether everything that was named could be looked
    /// at.
    ///
    /// # Errors
    /// When the dirstate or the store is damaged, or a name is refused.
    pub fn run(
        &self,
        ctx: &CommandContext,
        wdir: &mut WorkingDir,
        matcher: &Matcher,
    ) -> Result<bool> {
        let Untidy { added, unknown, deleted, removed, forgotten, bad } = wdir.untidy(matcher)?;
        let relative = Naming::relative(ctx, wdir.repo());
        let mut complete = warn_bad(ctx, &relative, &bad) == 0;
        let new: BTreeSet<&HgPathBuf> = unknown.iter().chain(&forgotten).collect();
        let mut shown = new.clone();
        shown.extend(&deleted);
        for file in shown {
            if ctx.ui.is_verbose() || !matcher.exact(file) {
                let (verb, label): (&[u8], _) = if new.contains(file) {
                    (b"adding ", "ui.addremove.added")
                } else {
                    (b"removing ", "ui.addremove.removed")
                };
                let text = [verb, &self.naming.name(file), b"\n"].concat();
                status_label(ctx, &text, label);
            }
        }
        let renames = if self.similarity > 0.0 {
            let candidates = [added, unknown.clone()].concat();
            let gone = [removed, deleted.clone()].concat();
            self.renames(ctx, wdir, matcher, (&candidates, &gone))?
        } else {
            Vec::new()
        };
        if self.dry_run {
            return Ok(complete);
        }
        let reporter = wdir.repo().reporter();
        let name_of = |path: &HgPath| self.naming.name(path);
        wdir.forget(&deleted, &*reporter, &name_of)?;
        let rejected = wdir.add(&[unknown, forgotten].concat(), &*reporter, &name_of)?;
        for Rename { from, to, .. } in renames {
            wdir.mark_copy(&from, &to, &*reporter, &name_of)?;
        }
        complete &= !rejected.iter().any(|file| matcher.exact(file));
        Ok(complete)
    }

    fn renames(
        &self,
        ctx: &CommandContext,
        wdir: &mut WorkingDir,
        matcher: &Matcher,
        (new, gone): (&[HgPathBuf], &[HgPathBuf]),
    ) -> Result<Vec<Rename>> {
        let renames = find_renames(wdir, new, gone, self.similarity)?;
        for Rename { from, to, score } in &renames {
            if ctx.ui.is_verbose() || !matcher.exact(from) || !matcher.exact(to) {
                // A share of one, so it fits.
                #[expect(clippy::cast_possible_truncation, reason = "between 0 and 100")]
                let percent = (score * 100.0) as i32;
                let (from, to) = (self.naming.name(from), self.naming.name(to));
                let similar = format!(" ({percent}% similar)\n");
                let start = [b"recording removal of ", &from[..], b" as rename to "].concat();
                ctx.ui.status([&start[..], &to, similar.as_bytes()].concat());
            }
        }
        Ok(renames)
    }
}

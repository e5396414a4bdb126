//! `hg cat`.

use hg_match::{Matcher, PatternKind};
use hg_repo::subrepo;
use hg_store::Manifest;
use hg_types::{HgPath, Result, Revision};
use hg_vfs::bytes_to_path;
use hg_wdir::{WorkingDir, filter, manifest_of};

use crate::file_name::FileName;
use crate::formatter::Value;
use crate::nested::{self, Inner, Which};
use crate::output_name::OutputNames;
use crate::revision::{self, Target};
use crate::scope::{Naming, files_in, match_stored_tree, match_tree, warn_bad};
use crate::{Command, CommandContext, Formatter, spec};

/// `hg cat`.
pub static COMMAND: Command = Command {
    spec: &spec::content::CAT,
    help: "Write the content that files have in a revision, by default in the first parent of the\n\
working directory, one after the other.\n\n\
With --output, each goes to a file of its own, whose name is FORMAT with these replaced::\n\n\
  %%  a percent sign\n  %s  the file's name without directory\n  %d  its directory\n\
  %p  its path from the root\n  %H  the changeset's id (40 digits)\n\
  %h  the changeset's id (12 digits)\n  %R  the revision number\n\
  %r  the revision number, filled up with zeros\n  %b  the name of the repository's directory\n\n\
Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let target = revision::single(ctx, ctx.opts.nonempty("rev").unwrap_or(b"."))?;
    let output = ctx.opts.nonempty("output").filter(|name| *name != b"-").unwrap_or_default();
    let mut fm = if output.is_empty() { Some(ctx.formatter("cat")?) } else { None };
    let written = cat(ctx, target, output, &mut fm)?;
    if let Some(fm) = fm {
        fm.end()?;
    }
    Ok(i32::from(!written))
}

/// Writes files of a repository and of its subrepositories; says whether there were any.
fn cat(
    ctx: &CommandContext,
    target: Target,
    output: &[u8],
    fm: &mut Option<Formatter>,
) -> Result<bool> {
    let repo = ctx.repo()?;
    let of = nested::of(repo, target)?;
    let tree = match target {
        Target::WorkingDirectory => match_tree(ctx)?,
        Target::Changeset(_) => match_stored_tree(ctx, &ctx.args, PatternKind::RelPath)?,
    };
    let states = subrepo::states(repo, of)?;
    let own = tree.outside(states.keys().cloned().collect());
    let mut written = cat_own(ctx, target, output, fm, &own)?;
    let (all, named) = (Which::All, Which::Named);
    // Patterns may match anywhere; names say where to look.
    let which = if own.prefix() || tree.is_exact() { named } else { all };
    nested::for_each(ctx, states, (&tree, which), &mut |inner| {
        written |= cat_subrepo(ctx, inner, (target, output), fm)?;
        Ok(())
    })?;
    Ok(written)
}

fn cat_subrepo(
    ctx: &CommandContext,
    inner: &Inner,
    (target, output): (Target, &[u8]),
    fm: &mut Option<Formatter>,
) -> Result<bool> {
    if let Some(git) = inner.sub.as_git() {
        let Some((path, data)) = git.cat(&inner.matcher)? else { return Ok(false) };
        let full = inner.full_path().join(path.as_bytes());
        match fm {
            Some(fm) => write_item(fm, &target, &path, &data),
            None => write_file(ctx, output, &target, &full, &data)?,
        }
        return Ok(true);
    }
    let Some(hg) = inner.sub.as_hg() else { return Ok(false) };
    let inside = inner.enter(hg);
    // Templates ask the repository that the files are in.
    let form = ctx.opts.nonempty("template");
    let asks = form.is_some_and(|form| !matches!(form, b"json" | b"debug" | b"cbor" | b"pickle"));
    let found = nested::sides(hg, None).and_then(|(rev, _)| {
        if !asks || fm.is_none() {
            return cat(&inside, rev, output, fm);
        }
        if let Some(fm) = fm {
            fm.flush();
        }
        let mut own = Some(inside.formatter("cat")?);
        let written = cat(&inside, rev, output, &mut own)?;
        own.map_or(Ok(()), Formatter::end)?;
        Ok(written)
    });
    match found {
        Err(error) if nested::is_lookup(&error) => {
            let shown = inner.sub.shown();
            ctx.ui.status([b"skipping missing subrepository: ", &shown[..], b"\n"].concat());
            Ok(false)
        }
        found => found,
    }
}

fn cat_own(
    ctx: &CommandContext,
    target: Target,
    output: &[u8],
    fm: &mut Option<Formatter>,
    matcher: &Matcher,
) -> Result<bool> {
    let repo = ctx.repo()?;
    let (files, bad, source) = match target {
        Target::WorkingDirectory => {
            let mut wdir = WorkingDir::open(repo)?;
            let options = hg_wdir::StatusOptions::default();
            let (mut files, bad) = wdir.walk_files(matcher, options)?;
            files.retain(|file| wdir.dirstate().is_tracked(file).unwrap_or(false));
            (files, bad, Source::Disk(Box::new(wdir)))
        }
        Target::Changeset(_) => {
            let node = target.node(repo)?;
            let manifest = manifest_of(repo, &node)?;
            let (files, bad) = files_in(&manifest, &node, matcher);
            (files, bad, Source::Stored(manifest))
        }
    };
    let mut written = false;
    for file in &files {
        let mut data = source.read(ctx, file)?;
        if ctx.opts.flag("decode") {
            data = filter::decode(repo, file, data.into(), source.version(file))?.into_owned();
        }
        match fm {
            Some(fm) => write_item(fm, &target, file, &data),
            None => {
                // Whatever form the output has, each file gets its own.
                ctx.ui.push_buffer(false);
                let mut fm = ctx.formatter("cat")?;
                write_item(&mut fm, &target, file, &data);
                fm.end()?;
                let text = ctx.ui.pop_buffer();
                let full = nested::full_path(ctx, file);
                write_file(ctx, output, &target, &full, &text)?;
            }
        }
        written = true;
    }
    warn_bad(ctx, &Naming::relative(ctx, repo), &bad);
    Ok(written)
}

/// Where content comes from.
enum Source {
    Disk(Box<WorkingDir>),
    Stored(std::sync::Arc<Manifest>),
}

impl Source {
    /// Which version of the file it gives; none of the working directory's.
    fn version(&self, path: &HgPath) -> Option<hg_types::Node> {
        match self {
            Self::Disk(_) => None,
            Self::Stored(manifest) => manifest.node(path),
        }
    }

    fn read(&self, ctx: &CommandContext, path: &HgPath) -> Result<Vec<u8>> {
        match self {
            Self::Disk(wdir) => Ok(wdir.read_existing(path)?.1),
            Self::Stored(manifest) => {
                let node = manifest.node(path).unwrap_or(hg_types::Node::NULL);
                Ok(ctx.repo()?.filelog(path)?.read_node(&node)?.into_vec())
            }
        }
    }
}

fn write_item(fm: &mut Formatter, target: &Target, path: &HgPath, data: &[u8]) {
    fm.start_item();
    if let Target::Changeset(rev) = target {
        fm.context(*rev);
    }
    fm.write(&[("data", Value::from(data))], data, "");
    fm.data(&[("path", Value::from(path.as_bytes()))]);
}

fn write_file(
    ctx: &CommandContext,
    format: &[u8],
    target: &Target,
    path: &HgPath,
    data: &[u8],
) -> Result<()> {
    let repo = ctx.repo()?;
    let changelog = repo.changelog()?;
    let rev = match target {
        Target::Changeset(rev) => *rev,
        Target::WorkingDirectory => Revision::WDIR,
    };
    let about = FileName {
        path: Some(path),
        revision_width: changelog.len().saturating_sub(1).to_string().len(),
        ..FileName::default()
    };
    let name = OutputNames::new(&ctx.ui, repo, format)?.name(rev, &about)?;
    let full = hg_match::join_path(hg_vfs::path_to_bytes(&ctx.cwd()), &name);
    let full = bytes_to_path(&full);
    let failed = |error: std::io::Error| {
        let message = [&hg_vfs::os_message(&error)[..], b": '", &name, b"'"].concat();
        hg_types::Error::abort(message)
    };
    if let Some(directory) = full.parent() {
        std::fs::create_dir_all(directory).map_err(failed)?;
    }
    std::fs::write(full, data).map_err(failed)
}

//! `hg absorb`.

use hg_repo::absorb::{AbsorbNote, Absorbing, FilePlan, Plan, stack};
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Result, Revision};

use crate::formatter::{Formatter, Value};
use crate::scope::{Naming, match_arguments, warn_bad};
use crate::{Command, CommandContext, interactive, rewriting, spec};

mod edit;

/// `hg absorb`.
pub static COMMAND: Command = Command {
    spec: &spec::extensions_a_m::ABSORB,
    help: "Put changes of the working directory into the draft changesets that brought the lines which they change. \\
           What fits no one changeset stays as it is.\n\nMerges, what is public and what is below them do not change. A \
           changeset of which nothing is left goes away.\n\nFirst it is shown what goes where, and asked whether to do it; \
           ``-a`` does not ask.\n\nReturns 0 on success, 1 if nothing was absorbed.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    let dry_run = ctx.opts.flag("dry-run");
    if !dry_run {
        hg_wdir::unfinished::check_unfinished(repo, false)?;
    }
    let plan = plan(ctx, repo)?;
    let edits = ctx.opts.flag("edit-lines");
    let asks = !ctx.opts.flag("apply-changes") && !edits;
    if ctx.opts.flag("print-changes") || asks {
        show(ctx, repo, &plan)?;
    }
    if dry_run {
        return Ok(0);
    }
    if asks && plan.changes() {
        let question = "apply changes (y/N)? $$ &Yes $$ &No";
        if ctx.ui.prompt_choice(question, 1)? != 0 {
            return Err(Error::new(ErrorKind::Canceled, "absorb cancelled\n"));
        }
    }
    apply(ctx, repo, &plan)
}

fn plan(ctx: &CommandContext, repo: &Repo) -> Result<Plan> {
    let limit = ctx.config().get_int("absorb", "max-stack-size")?;
    let limit = usize::try_from(limit).unwrap_or(0);
    let (stack, more) = stack(repo, limit)?;
    if more && limit > 0 {
        ctx.ui.warn(format!("absorb: only the recent {limit} changesets will be analysed\n"));
    }
    let matcher = match_arguments(ctx)?;
    warn_missing(ctx, repo, &matcher)?;
    let chosen = match ctx.opts.flag("interactive") {
        true => Some(interactive::choose_changes(ctx, &matcher)?.unwrap_or_default()),
        false => None,
    };
    let edits = ctx.opts.flag("edit-lines");
    let named = edits && !ctx.args.is_empty();
    let mut plan = Plan::make(repo, stack, &matcher, chosen.as_ref(), named)?;
    if edits {
        for file in &mut plan.files {
            edit::edit(ctx, repo, file)?;
        }
    }
    Ok(plan)
}

/// Says which named files are not there.
fn warn_missing(ctx: &CommandContext, repo: &Repo, matcher: &hg_match::Matcher) -> Result<()> {
    let wdir = hg_wdir::WorkingDir::open(repo)?;
    let mut bad = Vec::new();
    for path in matcher.files() {
        let there = repo.wvfs().lexists(&path) || wdir.dirstate().has_below(&path)?;
        if !path.is_empty() && !there {
            bad.push((path, b"No such file or directory".to_vec()));
        }
    }
    warn_bad(ctx, &Naming::relative(ctx, repo), &bad);
    Ok(())
}

fn show(ctx: &CommandContext, repo: &Repo, plan: &Plan) -> Result<()> {
    let mut fm = ctx.formatter("absorb")?;
    for file in plan.files.iter().filter(|file| !file.chunks.is_empty()) {
        show_file(&mut fm, repo, file)?;
    }
    let affected = plan.affected();
    fm.start_item();
    let count = i64::try_from(affected.len()).unwrap_or(i64::MAX);
    fm.data(&[("linetype", Value::from("summary"))]);
    fm.write(&[("count", Value::Int(count))], format!("\n{count} changesets affected\n"), "");
    let cl = repo.changelog()?;
    for rev in affected {
        let entry = cl.entry(rev)?;
        let line = entry.description().split(|&byte| byte == b'\n').next().unwrap_or_default();
        let line = ctx.ui.encoding().local(line).into_owned();
        fm.start_item();
        fm.data(&[("linetype", Value::from("changeset"))]);
        let hex = cl.node(rev).hex();
        fm.write(&[("node", Value::from(&hex[..]))], [&hex[..7], b" "].concat(), "absorb.node");
        fm.write(&[("descfirstline", Value::from(&line[..]))], &line, "absorb.description");
        fm.plain("\n", "");
    }
    fm.end()
}

fn show_file(fm: &mut Formatter, repo: &Repo, file: &FilePlan) -> Result<()> {
    let path = file.path.as_bytes();
    let start = |fm: &mut Formatter, kind: &'static str| {
        fm.start_item();
        fm.data(&[("linetype", Value::from(kind))]);
    };
    start(fm, "path");
    fm.plain("showing changes for ", "");
    fm.write(&[("path", Value::from(path))], path, "absorb.path");
    fm.plain("\n", "");
    let before = file.weave.text(file.weave.versions() - 1);
    let (old, new) = (hg_diff::lines::split_vec(&before), hg_diff::lines::split_vec(&file.wanted));
    let cl = repo.changelog()?;
    let hex = |rev: Option<Revision>| rev.map(|rev| cl.node(rev).hex()).unwrap_or_default();
    for chunk in &file.chunks {
        start(fm, "hunk");
        fm.data(&[("path", Value::from(path))]);
        let (a, b) = (&chunk.old, &chunk.new);
        let hunk = format!("@@ -{},{} +{},{} @@", a.start, a.len(), b.start, b.len());
        fm.write(&[("hunk", Value::from(&hunk[..]))], format!("        {hunk}"), "diff.hunk");
        fm.plain("\n", "");
        let of = |find: &dyn Fn(&hg_diff::weave::Fixup) -> bool| {
            chunk.fixups.iter().find(|fixup| find(fixup)).map(|fixup| file.versions[fixup.version])
        };
        for at in a.clone() {
            let node = hex(of(&|fixup| fixup.old.contains(&at)));
            start(fm, "deleted");
            show_line(fm, path, &node, ("-", "deleted", "diff.deleted"), old[at]);
        }
        for at in b.clone() {
            let node = hex(of(&|fixup| fixup.new.contains(&at)));
            start(fm, "inserted");
            show_line(fm, path, &node, ("+", "inserted", "diff.inserted"), new[at]);
        }
    }
    Ok(())
}

fn show_line(
    fm: &mut Formatter,
    path: &[u8],
    node: &[u8],
    (sign, name, label): (&'static str, &'static str, &'static str),
    line: &[u8],
) {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    fm.data(&[("path", Value::from(path)), ("diffchar", Value::from(sign))]);
    let shown = String::from_utf8_lossy(node.get(..7).unwrap_or_default()).into_owned();
    fm.write(&[("node", Value::from(node))], format!("{shown:8}"), "absorb.node");
    fm.write(&[(name, Value::from(line))], [sign.as_bytes(), line].concat(), label);
    fm.plain("\n", "");
}

fn apply(ctx: &CommandContext, repo: &Repo, plan: &Plan) -> Result<i32> {
    if !plan.changes() {
        ctx.ui.status("nothing applied\n");
        return Ok(1);
    }
    let config = ctx.config();
    let absorbing = Absorbing {
        repo,
        keep_empty: config.get("rewrite", "empty-successor") == Some(b"keep"),
        add_noise: config.get_bool_or("absorb", "add-noise", true)?,
        rewriting: ctx.rewriting("absorb")?,
    };
    absorbing.apply(plan, &mut |note| {
        let text = match note {
            AbsorbNote::Dropped(old) => {
                [&rewriting::shown(repo, old)?[..], b": became empty and was dropped\n"].concat()
            }
            AbsorbNote::Became { old, files, new, empty } => {
                let became = if empty { "became empty as" } else { "became" };
                let changed = format!(": {files} file(s) changed, {became} ");
                let new = rewriting::shown(repo, repo.changelog()?.rev(&new)?)?;
                [&rewriting::shown(repo, old)?[..], changed.as_bytes(), &new, b"\n"].concat()
            }
        };
        ctx.ui.note(text);
        Ok(())
    })?;
    let mut all = (0, 0);
    for file in &plan.files {
        let (applied, total) = file.counts();
        all = (all.0 + applied, all.1 + total);
        if total > 0 {
            let counts = format!(": {applied} of {total} chunk(s) applied\n");
            ctx.ui.note([file.path.as_bytes(), counts.as_bytes()].concat());
        }
    }
    if !ctx.ui.is_verbose() {
        ctx.ui.status(format!("{} of {} chunk(s) applied\n", all.0, all.1));
    }
    Ok(0)
}

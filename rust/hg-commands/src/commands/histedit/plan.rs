//! What is edited, and the list of what to do.

use std::collections::BTreeSet;

use hg_repo::histedit::{Action, State, Verb, between};
use hg_repo::rewrite::{Evolution, check_rewrite};
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Node, Result, Revision};
use hg_wire::outgoing::find_outgoing;
use hg_wire::url::hide_password;

use super::rules;
use crate::ui::EditOptions;
use crate::{CommandContext, remote, revision};

/// The list as it was edited last, below `.hg`.
const LAST_EDIT: &str = "histedit-last-edit.txt";

/// Where editing begins unless `histedit.defaultrev` says otherwise.
const DEFAULT: &[u8] = b"reverse(only(.) and not public() and not ::merge())";

/// Decides what to do, and remembers it.
pub(super) fn begin(ctx: &CommandContext, repo: &Repo) -> Result<State> {
    let cl = repo.changelog()?;
    let topmost = hg_wdir::parents(repo)?[0];
    let root = root(ctx, repo)?;
    let keep = ctx.opts.flag("keep");
    let top = cl.rev(&topmost)?;
    let revs = between(&cl, root, top);
    if revs.is_empty() {
        let short = cl.node(root).short();
        let parts = [&short[..], b" is not an ancestor of working directory"];
        return Err(Error::input(parts.concat()));
    }
    if !keep {
        check_rewrite(repo, &revs, "edit")?;
    }
    if revs.iter().any(|rev| !cl.parents(*rev)[1].is_null()) {
        return Err(Error::state("cannot edit history that contains merges"));
    }
    warn_of_tags(ctx, repo, &revs)?;
    let nodes: Vec<Node> = revs.iter().map(|rev| cl.node(*rev)).collect();
    let picks: Vec<Action> =
        nodes.iter().map(|node| Action { verb: Verb::Pick, node: *node }).collect();
    let actions = ask(ctx, repo, &picks, &nodes, [cl.node(root), topmost])?;
    let parent = cl.parents(root)[0];
    let mut state = State {
        parent: cl.node(parent),
        topmost,
        keep,
        actions,
        replacements: Vec::new(),
        backup: Vec::new(),
    };
    let backup = ctx.config().get_bool_or("rewrite", "backup-bundle", true)?;
    if backup && !Evolution::from_config(&repo.config())?.create_markers {
        let first = if parent.is_null() { root } else { parent };
        let saved = between(&cl, first, top);
        let path = hg_repo::strip::save(repo, &saved, cl.node(root), "histedit")?;
        let path = path.strip_prefix(repo.vfs().base()).unwrap_or(&path);
        state.backup = path.as_os_str().as_encoded_bytes().to_vec();
    }
    state.write(repo)?;
    Ok(state)
}

/// Asks before tags lose their changesets.
fn warn_of_tags(ctx: &CommandContext, repo: &Repo, revs: &[Revision]) -> Result<()> {
    let (cl, tags) = (repo.changelog()?, repo.tags()?);
    let tagged = |rev: &Revision| tags.names_of(&cl.node(*rev)).iter().any(|name| name != b"tip");
    if !revs.iter().any(tagged) {
        return Ok(());
    }
    let question =
        b"warning: tags associated with the given changeset will be lost after histedit.\n\
        do you want to continue (yN)? $$ &Yes $$ &No";
    match ctx.ui.prompt_choice(question, 1)? {
        0 => Ok(()),
        _ => Err(Error::new(ErrorKind::Canceled, "histedit cancelled\n")),
    }
}

/// The first changeset to edit.
fn root(ctx: &CommandContext, repo: &Repo) -> Result<Revision> {
    if ctx.opts.flag("outgoing") {
        return outgoing_root(ctx, repo);
    }
    let query = revision::query(ctx)?;
    let mut specs = ctx.args.clone();
    specs.extend_from_slice(ctx.opts.list("rev"));
    if specs.is_empty() {
        let config = ctx.config();
        let configured = config.get_set("histedit", "defaultrev");
        if configured.is_some_and(<[u8]>::is_empty) {
            let message = "config option histedit.defaultrev can't be empty";
            return Err(Error::new(ErrorKind::Config, message));
        }
        let default = configured.unwrap_or(DEFAULT).to_vec();
        specs = revision::range(&query, &[default])?
            .to_vec()?
            .into_iter()
            .min()
            .map(|rev| rev.to_string().into_bytes())
            .into_iter()
            .collect();
    }
    if specs.len() != 1 {
        return Err(Error::input("histedit requires exactly one ancestor revision"));
    }
    let named: BTreeSet<Revision> =
        revision::range(&query, &specs)?.to_vec()?.into_iter().collect();
    single_root(repo, &named, "The specified revisions must have exactly one common root")
}

fn single_root(repo: &Repo, revs: &BTreeSet<Revision>, otherwise: &str) -> Result<Revision> {
    let cl = repo.changelog()?;
    let below = cl.descendant_set(revs.iter().copied());
    let mut roots = revs.iter().copied().filter(|rev| !below.contains(*rev));
    match (roots.next(), roots.next()) {
        (Some(root), None) => Ok(root),
        _ => Err(Error::input(otherwise)),
    }
}

fn outgoing_root(ctx: &CommandContext, repo: &Repo) -> Result<Revision> {
    let paths = remote::paths(ctx)?.for_push(&ctx.args, &ctx.cwd())?;
    let Some(path) = paths.first() else {
        return Err(Error::abort("default repository not configured!"));
    };
    let mut peer = remote::peer(ctx, &path.location)?;
    ctx.ui.status([b"comparing with ", &*hide_password(&path.location), b"\n"].concat());
    let heads = super::super::push::heads(ctx, repo, path, &[])?;
    let force = ctx.opts.flag("force");
    let (set, _) = find_outgoing(repo, &mut *peer, heads.as_deref(), force, &*ctx.ui)?;
    if set.missing.is_empty() {
        return Err(Error::abort("no outgoing ancestors"));
    }
    let revs = set.missing.into_iter().map(Revision::from_index).collect();
    single_root(repo, &revs, "there are ambiguous outgoing revisions")
        .map_err(|error| Error::state(error.message).hint("see 'hg help histedit' for more detail"))
}

/// The list as the user wants it: from a file, or from the editor.
fn ask(
    ctx: &CommandContext,
    repo: &Repo,
    actions: &[Action],
    expected: &[Node],
    ends: [Node; 2],
) -> Result<Vec<Action>> {
    let text = match ctx.opts.nonempty("commands") {
        Some(b"-") => ctx.ui.read_all()?,
        Some(file) => {
            let path = ctx.cwd().join(hg_vfs::bytes_to_path(file));
            std::fs::read(&path).map_err(|error| remote::io_error(file, error))?
        }
        None => {
            let mut text = rules::text(ctx, repo, actions)?;
            text.push(b'\n');
            text.extend_from_slice(&rules::comment(ends[0], ends[1]));
            let user = ctx.ui.configured_username().unwrap_or_default();
            let options =
                EditOptions { user: &user, action: Some("histedit"), ..EditOptions::default() };
            let edited = ctx.ui.edit(&text, &options)?;
            // What was typed is not lost when it has a mistake.
            repo.vfs().write(LAST_EDIT, &edited)?;
            let parsed = rules::read(repo, &edited)?;
            let completed = rules::complete(ctx, parsed, expected);
            if completed.is_err() {
                let text = format!("warning: histedit rules saved to: .hg/{LAST_EDIT}\n");
                ctx.ui.warn(text);
            }
            return completed;
        }
    };
    rules::complete(ctx, rules::read(repo, &text)?, expected)
}

/// `--edit-plan`: changes what is left to do.
pub(super) fn edit_plan(ctx: &CommandContext, repo: &Repo, mut state: State) -> Result<i32> {
    let expected: Vec<Node> = state
        .actions
        .iter()
        .filter(|action| action.verb != Verb::Base)
        .map(|action| action.node)
        .collect();
    let ends = [state.parent, state.topmost];
    state.actions = ask(ctx, repo, &state.actions.clone(), &expected, ends)?;
    state.write(repo)?;
    Ok(0)
}

//! What an interrupted graft remembers, and how it is given up.

use hg_repo::state_file::StateFile;
use hg_store::Repo;
use hg_types::{Error, HgDate, Node, Result, Revision};

use crate::{CommandContext, revision, rewriting};

/// The file, below `.hg`.
const FILE: &str = "graftstate";

/// What is left to do, what was done, and with which options.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) nodes: Vec<Node>,
    pub(super) new_nodes: Vec<Node>,
    pub(super) user: Option<Vec<u8>>,
    pub(super) date: Option<HgDate>,
    /// The date as it was given.
    date_text: Option<Vec<u8>>,
    pub(super) log: bool,
    pub(super) edit: bool,
    pub(super) no_commit: bool,
    pub(super) base: Option<Node>,
}

impl State {
    /// A graft that begins.
    pub(super) fn from_opts(
        ctx: &CommandContext,
        repo: &Repo,
        revs: Vec<Revision>,
    ) -> Result<Self> {
        let cl = repo.changelog()?;
        let mut state = Self {
            nodes: revs.into_iter().map(|rev| cl.node(rev)).collect(),
            log: ctx.opts.flag("log"),
            ..Self::default()
        };
        if let Some(base) = ctx.opts.nonempty("base") {
            state.base = Some(cl.node(revision::changeset(ctx, base)?));
        }
        state.override_with(ctx)?;
        Ok(state)
    }

    /// Takes what this run's options say.
    pub(super) fn override_with(&mut self, ctx: &CommandContext) -> Result<()> {
        if ctx.opts.nonempty("user").is_some() || ctx.opts.flag("currentuser") {
            self.user = Some(ctx.user()?);
        }
        if ctx.opts.nonempty("date").is_some() || ctx.opts.flag("currentdate") {
            self.set_date(ctx.date()?);
        }
        self.edit |= ctx.opts.flag("edit");
        self.log |= ctx.opts.flag("log");
        self.no_commit |= ctx.opts.flag("no-commit");
        Ok(())
    }

    fn set_date(&mut self, date: HgDate) {
        self.date_text = Some(format!("{} {}", date.seconds, date.offset).into_bytes());
        self.date = Some(date);
    }

    /// The state of an interrupted graft, if there is one.
    pub(super) fn read(repo: &Repo) -> Result<Option<Self>> {
        let Some(text) = repo.vfs().try_read(FILE)? else { return Ok(None) };
        if !text.starts_with(b"1\n") {
            // The older format: the ids that are left, a line each.
            let nodes = text.split(|&b| b == b'\n').filter_map(Node::from_hex).collect();
            return Ok(Some(Self { nodes, ..Self::default() }));
        }
        let Some(file) = StateFile::read(repo, FILE)? else { return Ok(None) };
        let date_text = file.bytes("date").map(<[u8]>::to_vec);
        let date = date_text.as_deref().and_then(read_date);
        Ok(Some(Self {
            nodes: file.nodes("nodes"),
            new_nodes: file.nodes("newnodes"),
            user: file.bytes("user").map(<[u8]>::to_vec),
            date,
            date_text,
            log: file.flag("log"),
            edit: file.flag("edit"),
            no_commit: file.flag("no_commit"),
            base: file.bytes("base").and_then(Node::from_hex),
        }))
    }

    /// Remembers everything for `--continue`, `--stop` and `--abort`.
    pub(super) fn write(&self, repo: &Repo) -> Result<()> {
        let mut file = StateFile::default();
        file.set_hex_nodes("nodes", &self.nodes);
        file.set_nodes("newnodes", &self.new_nodes);
        if let Some(user) = &self.user {
            file.set_bytes("user", user);
        }
        if let Some(date) = &self.date_text {
            file.set_bytes("date", date);
        }
        for (key, value) in [("log", self.log), ("edit", self.edit), ("no_commit", self.no_commit)]
        {
            if value {
                file.set_flag(key, true);
            }
        }
        if let Some(base) = &self.base {
            file.set_bytes("base", &base.hex());
        }
        file.write(repo, FILE)
    }
}

/// `SECONDS OFFSET`.
fn read_date(text: &[u8]) -> Option<HgDate> {
    let text = std::str::from_utf8(text).ok()?;
    let (seconds, offset) = text.split_once(' ')?;
    Some(HgDate { seconds: seconds.parse().ok()?, offset: offset.parse().ok()? })
}

/// Forgets that a graft was interrupted.
pub(super) fn clear(repo: &Repo) -> Result<()> {
    repo.vfs().try_remove(FILE)?;
    Ok(())
}

/// Keeps what was grafted, drops what is in the working directory.
pub(super) fn stop(ctx: &CommandContext, repo: &Repo, revs: &[Vec<u8>]) -> Result<i32> {
    if State::read(repo)?.is_none() {
        return Err(Error::state("no interrupted graft found"));
    }
    if !revs.is_empty() {
        return Err(Error::input("can't specify --stop and revisions"));
    }
    let p1 = hg_wdir::parents(repo)?[0];
    rewriting::go_back(ctx, repo, p1)?;
    clear(repo)?;
    ctx.ui.status("stopped the interrupted graft\n");
    ctx.ui.status([b"working directory is now at ", &p1.short()[..], b"\n"].concat());
    Ok(0)
}

/// Removes what was grafted and goes back to where the graft began.
pub(super) fn abort(ctx: &CommandContext, repo: &Repo, revs: &[Vec<u8>]) -> Result<i32> {
    let Some(state) = State::read(repo)? else {
        return Err(Error::state("no interrupted graft to abort"));
    };
    if !revs.is_empty() {
        return Err(Error::input("can't specify --abort and revisions"));
    }
    let cl = repo.changelog()?;
    let made: Vec<Revision> = state.new_nodes.iter().filter_map(|node| cl.find(node)).collect();
    let start = match made.iter().min() {
        Some(&first) => cl.parent_nodes(first)[0],
        None => hg_wdir::parents(repo)?[0],
    };
    let removable = rewriting::can_remove(ctx, repo, &made)?;
    // What cannot be taken away stays below the working directory.
    let start = if removable { start } else { hg_wdir::parents(repo)?[0] };
    rewriting::go_back(ctx, repo, start)?;
    if removable && !made.is_empty() {
        rewriting::remove(repo, &made, "graft")?;
    }
    clear(repo)?;
    ctx.ui.status("graft aborted\n");
    ctx.ui.status([b"working directory is now at ", &start.short()[..], b"\n"].concat());
    Ok(0)
}

//! What commands that talk to other repositories share: locations, peers, what to say afterwards.

use std::collections::BTreeSet;
use std::sync::Arc;

use hg_config::Config;
use hg_query::{QueryContext, Remotes};
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Node, Result, Revision, Silent};
use hg_vfs::{SystemClock, path_to_bytes};
use hg_wire::local::{LocalPeer, Lookup};
use hg_wire::open::{OpenContext, open_peer};
use hg_wire::outgoing::find_outgoing;
use hg_wire::paths::{Path, Paths};
use hg_wire::peer::Peer;

use crate::{CommandContext, Opts, Ui};

/// The repository at a location on this machine.
///
/// # Errors
/// When it is not there, or is none.
pub fn local_repo(ctx: &CommandContext, location: &[u8]) -> Result<Repo> {
    match hg_wire::open::open(&open_context(ctx)?, location)? {
        hg_wire::open::Opened::Repo(repo) => Ok(repo),
        hg_wire::open::Opened::Bundle(_) => {
            Err(Error::abort("identifying bundle files is not implemented yet"))
        }
    }
}

/// Whether a location, or what a name in `[paths]` stands for, is on another machine.
pub fn is_remote(ctx: &CommandContext, name: &[u8]) -> bool {
    let named = paths(ctx).and_then(|paths| paths.for_pull(&[name.to_vec()]));
    named.is_ok_and(|paths| paths.iter().any(|path| hg_wire::open::is_remote(&path.location)))
}

/// The configuration without any repository's own, as another repository starts from it.
pub(crate) fn base_config(ui: &Ui, globals: &Opts, opts: &Opts) -> Result<Config> {
    let config = ui.config();
    let mut base = Config::load(config.environment())?;
    for file in globals.list("config-file") {
        base.apply_option_file(file)?;
    }
    for option in globals.list("config") {
        base.apply_option(option)?;
    }
    for name in ["ssh", "remotecmd"] {
        if let Some(value) = opts.nonempty(name).filter(|_| opts.is_set(name)) {
            base.set("ui", name, value, "--config");
        }
    }
    Ok(base)
}

/// What a repository says about reaching others counts for all of them.
fn take_ways(base: &mut Config, own: &Config, opts: &Opts) {
    for section in ["auth", "hostfingerprints", "hostsecurity", "http_proxy"] {
        for (name, value) in own.items(section) {
            base.set(section, name, value, "copied");
        }
    }
    for (section, name) in [("ui", "ssh"), ("ui", "remotecmd"), ("web", "cacerts")] {
        if let Some(value) = own.get_set(section, name).filter(|_| !opts.given(name)) {
            base.set(section, name, value, "copied");
        }
    }
}

/// What opening another repository needs.
pub fn open_context(ctx: &CommandContext) -> Result<OpenContext> {
    let nested = crate::nested::subrepos(&ctx.ui, &ctx.globals, &ctx.opts);
    let own = ctx.optional_repo().is_some();
    let context = nested_context(&ctx.ui, &ctx.globals, &ctx.opts, own)?;
    Ok(OpenContext { nested: Some(nested), ..context })
}

/// What opening a repository that is nested in another one needs; `own` when the configuration is a repository's.
pub(crate) fn nested_context(
    ui: &Arc<Ui>,
    globals: &Opts,
    opts: &Opts,
    own: bool,
) -> Result<OpenContext> {
    let mut config = base_config(ui, globals, opts)?;
    if own {
        take_ways(&mut config, &ui.config(), opts);
    }
    Ok(OpenContext {
        config,
        cwd: ui.cwd(),
        reporter: ui.clone(),
        hooks: Some(Arc::new(crate::hooks::Hooks::new(ui.clone()))),
        lookup: lookup(ui),
        asker: Some(Arc::new(User(ui.clone()))),
        insecure: opts.flag("insecure"),
        nested: None,
    })
}

/// The user, when a server wants to know who that is.
struct User(Arc<Ui>);

impl hg_wire::http::Asker for User {
    fn is_interactive(&self) -> bool {
        self.0.is_interactive()
    }

    fn show(&self, text: &[u8]) {
        self.0.write(text);
    }

    fn ask(&self, prompt: &[u8]) -> Result<Vec<u8>> {
        self.0.prompt(prompt, None)
    }

    fn ask_password(&self, prompt: Option<&[u8]>) -> Result<Option<Vec<u8>>> {
        self.0.password(prompt)
    }
}

/// Asks other repositories on behalf of a query, and says nothing about it.
pub struct QueryRemotes {
    ui: Arc<Ui>,
    globals: Opts,
    opts: Opts,
}

impl QueryRemotes {
    /// Asks as the user of a command.
    #[must_use]
    pub fn new(ctx: &CommandContext) -> Self {
        Self { ui: ctx.ui.clone(), globals: ctx.globals.clone(), opts: ctx.opts.clone() }
    }

    fn peer(&self, repo: &Repo, location: &[u8]) -> Result<Box<dyn Peer>> {
        let mut config = base_config(&self.ui, &self.globals, &self.opts)?;
        take_ways(&mut config, &self.ui.config(), &self.opts);
        let context = OpenContext {
            config,
            cwd: self.ui.cwd(),
            reporter: Arc::new(Silent),
            hooks: Some(repo.hooks()),
            lookup: lookup(&self.ui),
            asker: Some(Arc::new(User(self.ui.clone()))),
            insecure: self.opts.flag("insecure"),
            nested: None,
        };
        open_peer(&context, location, Some(repo))
    }

    fn paths(&self, query: &QueryContext) -> Result<Paths> {
        Paths::load(&self.ui.config(), Some(query.repo.root()), &self.ui.cwd())
    }
}

impl Remotes for QueryRemotes {
    fn outgoing(&self, query: &QueryContext, path: Option<&[u8]>) -> Result<Vec<Revision>> {
        let named: Vec<Vec<u8>> = path.into_iter().map(<[u8]>::to_vec).collect();
        let mut found = BTreeSet::new();
        for path in self.paths(query)?.for_push(&named, &self.ui.cwd())? {
            let mut peer = self.peer(&query.repo, &path.location)?;
            let mut own = LocalPeer::new(query.repo.clone(), lookup(&self.ui));
            let current = hg_wdir::branch::read(&query.repo)?;
            let wanted = hg_wire::lookup::with_branches(&mut own, &path, &[], &[], Some(&current))?;
            let heads = match wanted.is_empty() {
                true => None,
                false => Some(lookup_all(&mut own, &wanted)?),
            };
            let (set, _) =
                find_outgoing(&query.repo, &mut *peer, heads.as_deref(), false, &Silent)?;
            found.extend(set.missing);
        }
        Ok(found.into_iter().map(Revision::from_index).collect())
    }

    fn lookup(&self, query: &QueryContext, name: &[u8], path: Option<&[u8]>) -> Result<Node> {
        let named = [path.unwrap_or(b"default").to_vec()];
        let mut paths = self.paths(query)?.for_pull(&named)?.into_iter();
        let path = paths.next().unwrap_or_default();
        self.peer(&query.repo, &path.location)?.lookup(name)
    }
}

/// How symbols are looked up in other repositories: as users write them, but no expressions.
pub fn lookup(ui: &Ui) -> Lookup {
    let clock = Arc::new(SystemClock::new(ui.config().environment().var("TZ")));
    let (cwd, encoding) = (ui.cwd(), ui.encoding());
    Arc::new(move |repo, symbol| {
        let query =
            QueryContext::new(repo, clock.clone(), path_to_bytes(&cwd))?.with_encoding(encoding);
        let rev = hg_query::revset::symbols::resolve(&query, symbol)?;
        Ok(query.node(rev))
    })
}

/// The section `[paths]`; says what is wrong with it.
pub fn paths(ctx: &CommandContext) -> Result<Paths> {
    let root = ctx.optional_repo().map(Repo::root);
    let paths = Paths::load(&ctx.config(), root, &ctx.cwd())?;
    for warning in &paths.warnings {
        ctx.ui.warn(warning);
    }
    Ok(paths)
}

/// Opens the repository at `location`.
pub fn peer(ctx: &CommandContext, location: &[u8]) -> Result<Box<dyn Peer>> {
    open_peer(&open_context(ctx)?, location, ctx.optional_repo())
}

/// The revisions that `--rev`, `--branch` and the `#branch` of a path name at `peer`.
pub fn wanted_symbols(
    repo: &Repo,
    peer: &mut dyn Peer,
    path: &Path,
    branches: &[Vec<u8>],
    revs: &[Vec<u8>],
) -> Result<Vec<Vec<u8>>> {
    let current = hg_wdir::branch::read(repo)?;
    hg_wire::lookup::with_branches(peer, path, branches, revs, Some(&current))
}

/// What `--rev`, `--branch` and the `#branch` of a path name in this repository.
pub fn local_symbols(
    ctx: &CommandContext,
    repo: &Repo,
    path: &Path,
    revs: &[Vec<u8>],
) -> Result<Vec<Vec<u8>>> {
    let mut own = LocalPeer::new(repo.clone(), lookup(&ctx.ui));
    wanted_symbols(repo, &mut own, path, ctx.opts.list("branch"), revs)
}

/// Looks symbols up at `peer`.
pub fn lookup_all(peer: &mut dyn Peer, symbols: &[Vec<u8>]) -> Result<Vec<Node>> {
    symbols.iter().map(|symbol| peer.lookup(symbol)).collect()
}

/// Says what can be done with what came in; `result` is that of the pull.
pub fn advise_after_incoming(ctx: &CommandContext, repo: &Repo, result: i64) -> Result<()> {
    if result == 0 {
        return Ok(());
    }
    if result <= 1 {
        if !ctx.config().get_bool_or("commands", "update.requiredest", false)? {
            ctx.ui.status("(run 'hg update' to get a working copy)\n");
        }
        return Ok(());
    }
    let branch = hg_wdir::branch::read(repo)?;
    let map = repo.branchmap()?;
    let open = i64::try_from(map.open_heads(&branch).count()).unwrap_or(i64::MAX);
    ctx.ui.status(if open == result {
        "(run 'hg heads' to see heads, 'hg merge' to merge)\n"
    } else if open > 1 {
        "(run 'hg heads .' to see heads, 'hg merge' to merge)\n"
    } else {
        "(run 'hg heads' to see heads)\n"
    });
    Ok(())
}

/// A bundle file's name made absolute.
pub fn file_path(ctx: &CommandContext, name: &[u8]) -> std::path::PathBuf {
    use bstr::ByteSlice as _;
    let config = ctx.config();
    let expanded = hg_config::expand_path(config.environment(), name);
    ctx.cwd().join(expanded.to_path_lossy())
}

/// Opens a file for reading; messages name it as the user did.
pub fn open_file(ctx: &CommandContext, name: &[u8]) -> Result<std::fs::File> {
    std::fs::File::open(file_path(ctx, name)).map_err(|error| io_error(name, error))
}

/// `reason: 'name'`, as the operating system gives the reason.
pub fn io_error(name: &[u8], error: std::io::Error) -> Error {
    let text = error.to_string();
    let reason = text.split(" (os error").next().unwrap_or_default();
    let parts: [&[u8]; 4] = [reason.as_bytes(), b": '", name, b"'"];
    Error::new(ErrorKind::Io, parts.concat()).because(error)
}

/// Advises or updates after something came in; the exit code.
pub fn after_incoming(
    ctx: &CommandContext,
    repo: &Repo,
    result: i64,
    checkout: Option<(Node, Vec<u8>)>,
) -> Result<i32> {
    if result == 0 {
        return Ok(0);
    }
    if ctx.opts.flag("update") {
        return crate::commands::update::after_pull(ctx, repo, checkout);
    }
    advise_after_incoming(ctx, repo, result)?;
    Ok(0)
}

/// Asks questions with yes as their default answer.
pub fn confirm(ctx: &CommandContext) -> hg_wire::pull::Confirm {
    use hg_types::Interaction as _;
    let ui = ctx.ui.clone();
    hg_wire::pull::Confirm(Arc::new(move |question| {
        let text = [question, b"$$ &Yes $$ &No"].concat();
        Ok(ui.choose(&text, 0)? == 0)
    }))
}

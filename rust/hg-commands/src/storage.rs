//! The revlog that `-c`, `-m`, `--dir` and a name choose.

use std::sync::Arc;

use hg_store::revlog::{PrefixMatch, Revlog, RevlogName};
use hg_types::{Error, HgPath, Node, NodePrefix, Result, Revision};
use hg_vfs::{Vfs, bytes_to_path};

use crate::CommandContext;

/// A revlog, and whether its revisions can be named by a part of their node ids.
pub(crate) struct Storage {
    pub(crate) revlog: Revlog,
    by_prefix: bool,
}

impl Storage {
    /// A revlog whose revisions can be named by a part of their node ids.
    pub(crate) fn new(revlog: Revlog) -> Self {
        Self { revlog, by_prefix: true }
    }

    /// The revision that the user names; says why when it is not to be told.
    pub(crate) fn lookup_strictly(&self, name: &[u8]) -> Result<Revision> {
        self.find(name).ok_or_else(|| {
            let several = NodePrefix::from_hex(name).is_some_and(|prefix| {
                matches!(self.revlog.find_prefix(&prefix, |_| true), PrefixMatch::Many)
            });
            let why: &[u8] = match several || name.is_empty() {
                true => b": ambiguous identifier",
                false => b": no match found",
            };
            Error::abort([&self.revlog.name().display, &b"@"[..], name, why].concat())
        })
    }

    /// The revision that the user names.
    pub(crate) fn lookup(&self, name: &[u8]) -> Result<Revision> {
        self.find(name)
            .ok_or_else(|| Error::abort([b"invalid revision identifier ", name].concat()))
    }

    fn find(&self, name: &[u8]) -> Option<Revision> {
        let text = std::str::from_utf8(name).ok()?;
        if let Ok(number) = text.parse::<i64>()
            && number.to_string() == text
        {
            let len = i64::try_from(self.revlog.len()).ok()?;
            let rev = if number < 0 { number + len } else { number };
            if let Some(rev) = self.revlog.check_rev(rev).filter(|rev| !rev.is_null()) {
                return Some(rev);
            }
        }
        if let Some(node) = Node::from_hex(name) {
            return self.revlog.find(&node);
        }
        let prefix = NodePrefix::from_hex(name).filter(|_| self.by_prefix)?;
        match self.revlog.find_prefix(&prefix, |_| true) {
            PrefixMatch::One(rev) => Some(rev),
            PrefixMatch::None | PrefixMatch::Many => None,
        }
    }
}

/// The revlog of the repository that the options or `file` choose.
pub(crate) fn open_storage(ctx: &CommandContext, file: Option<&[u8]>) -> Result<Storage> {
    open(ctx, file)?.ok_or_else(|| Error::abort("cannot give path to non-revlog"))
}

/// The same; `file` may also be the path of an index.
pub(crate) fn open_revlog(ctx: &CommandContext, file: Option<&[u8]>) -> Result<Storage> {
    if let Some(storage) = open(ctx, file)? {
        return Ok(storage);
    }
    let Some(file) = file else { return Err(ctx.usage_error()) };
    let path = ctx.cwd().join(bytes_to_path(file));
    if !path.is_file() {
        return Err(Error::abort([b"revlog '", file, b"' not found"].concat()));
    }
    let radix = file.get(..file.len().saturating_sub(2)).unwrap_or_default();
    let files = Arc::new(Vfs::new(ctx.cwd()));
    let options = match ctx.optional_repo() {
        Some(repo) => Arc::new(repo.revlog_options()?),
        None => Arc::default(),
    };
    let revlog = Revlog::open(files, RevlogName::new(radix), options)?;
    Ok(Storage::new(revlog))
}

fn open(ctx: &CommandContext, file: Option<&[u8]>) -> Result<Option<Storage>> {
    let changelog = ctx.opts.flag("changelog");
    let manifest = ctx.opts.flag("manifest");
    let directory = ctx.opts.nonempty("dir");
    let problem = match (changelog, manifest, directory, file) {
        (true, true, ..) => "cannot specify --changelog and --manifest at the same time",
        (true, _, Some(_), _) => "cannot specify --changelog and --dir at the same time",
        (true, ..) | (_, true, ..) | (.., Some(_), _) if file.is_some() => {
            "cannot specify filename with --changelog or --manifest"
        }
        _ => "",
    };
    if !problem.is_empty() {
        return Err(Error::input(problem));
    }
    if !changelog && !manifest && directory.is_none() && file.is_none() {
        return Ok(None);
    }
    let repo = ctx.repo()?;
    // One without revisions is as good as none.
    let whole = |revlog: Revlog| Ok((!revlog.is_empty()).then(|| Storage::new(revlog)));
    if changelog {
        return whole((**repo.changelog()?).clone());
    }
    if let Some(directory) = directory {
        let manifests = repo.manifest_log()?;
        if !manifests.is_tree() {
            let text = "--dir can only be used on repos with treemanifest enabled";
            return Err(Error::abort(text));
        }
        let directory = directory.strip_suffix(b"/").unwrap_or(directory);
        let revlog = manifests.directory(HgPath::new(directory))?;
        return whole(revlog);
    }
    if manifest {
        return whole(repo.manifest_log()?.revlog().clone());
    }
    let Some(file) = file else { return Ok(None) };
    let filelog = repo.filelog(HgPath::new(file))?;
    if filelog.is_empty() {
        return Ok(None);
    }
    Ok(Some(Storage { revlog: (*filelog).clone(), by_prefix: false }))
}

//! Taking in what a peer or a bundle file sends: parts, each with its effect, in one transaction.

use hg_format::bundle2::PartHeader;
use hg_format::bundle2::parts as payloads;
use hg_store::{Repo, Transaction};
use hg_types::{Error, ErrorKind, Node, Phase, Result, Revision};

use crate::bookmarks::Marks;
use crate::bundle::{bundle2_error, unknown_feature};
use crate::changegroups;
use crate::facts;
use crate::parts::{Part, PartSource, Payload};
use crate::peer::{Keys, Reply};
use crate::{pushkey, stream_apply};

/// What becomes of bookmarks that are sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum BookmarkHandling {
    /// They are set.
    #[default]
    Apply,
    /// They are given to the caller, who merges them with its own.
    Record,
}

/// One exchange into a repository: opens its transaction when something is to be written.
pub struct Operation<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// What hooks get as `HG_SOURCE`.
    pub source: String,
    /// What hooks get as `HG_URL`.
    pub url: Vec<u8>,
    /// What the transaction is called.
    pub description: String,
    /// Whether what comes is in an HG20 container (`HG_BUNDLE2`).
    pub bundle2: bool,
    /// What becomes of bookmarks.
    pub bookmarks: BookmarkHandling,
    /// The file's name, for messages.
    pub file: Option<Vec<u8>>,
    /// The phase of new changesets when the sender does not say.
    pub target_phase: Phase,
    /// What was added so far, one line each without the verb.
    pub added_texts: Vec<Vec<u8>>,
    transaction: Option<Transaction>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// What the sender is told.
    pub reply: Reply,
    /// The result of each changegroup: one more than the heads added, or one less than the heads
    /// removed, so that 0 means nothing.
    pub results: Vec<i64>,
    /// New changesets.
    pub new_changesets: usize,
    /// Whether the sender understands a reply.
    pub wants_reply: bool,
    /// Bookmarks that were recorded.
    pub bookmarks: Option<Marks>,
    /// Keys that came along, by namespace.
    pub keys: Vec<(Vec<u8>, Keys)>,
}

impl Applied {
    /// The results of all changegroups put together.
    #[must_use]
    pub fn combined_result(&self) -> i64 {
        if self.results.contains(&0) {
            return 0;
        }
        // Each result is one further from zero than the number of heads it stands for.
        let heads: i64 = self.results.iter().map(|result| result - result.signum()).sum();
        if heads < 0 { heads - 1 } else { heads + 1 }
    }
}

impl<'a> Operation<'a> {
    /// An exchange from `url`; `source` is also what its transaction is called.
    #[must_use]
    pub fn new(repo: &'a Repo, source: &str, url: &[u8]) -> Self {
        Self {
            repo,
            source: source.to_owned(),
            url: url.to_vec(),
            description: source.to_owned(),
            bundle2: false,
            bookmarks: BookmarkHandling::default(),
            file: None,
            target_phase: Phase::Draft,
            added_texts: Vec::new(),
            transaction: None,
        }
    }

    /// The transaction, begun now if it was not yet.
    pub fn transaction(&mut self) -> Result<&Transaction> {
        if self.transaction.is_none() {
            let tr = self.repo.transaction(&self.description)?;
            tr.set_hook_arg("source", self.source.as_bytes())?;
            tr.set_hook_arg("url", self.url.as_slice())?;
            if self.bundle2 {
                tr.set_hook_arg("bundle2", "1")?;
            }
            crate::summary::register(&tr)?;
            self.transaction = Some(tr);
        }
        Ok(self.transaction.as_ref().expect("was begun above"))
    }

    /// Ends the transaction well, if there is one.
    pub fn close(&mut self) -> Result<()> {
        self.transaction.take().map_or(Ok(()), Transaction::close)
    }
}

/// Takes in all parts. The transaction stays open for the caller.
pub fn apply_parts(parts: &mut dyn PartSource, operation: &mut Operation<'_>) -> Result<Applied> {
    let mut applied = Applied::default();
    while let Some(part) = parts.next_part()? {
        apply_part(part, operation, &mut applied)?;
    }
    Ok(applied)
}

fn apply_part(part: Part<'_>, operation: &mut Operation<'_>, applied: &mut Applied) -> Result<()> {
    let header = part.header;
    let payload = match part.payload {
        Payload::Changegroup(_, mut source) => {
            check_parameters(&header, operation)?;
            let target = header
                .parameter(b"targetphase")
                .and_then(number)
                .and_then(|number| Phase::from_number(number.unsigned_abs()))
                .unwrap_or(operation.target_phase);
            let outcome = changegroups::apply(operation, &mut *source, target)?;
            applied.results.push(outcome.result);
            applied.new_changesets += outcome.taken.changesets;
            applied.reply.changegroups.push((header.id, outcome.result));
            return Ok(());
        }
        Payload::Raw(mut input) if header.kind == b"stream2" => {
            return apply_stream(&header, &mut *input, operation, applied);
        }
        Payload::Raw(_) => {
            return Err(unknown_feature(operation.file.as_deref(), &header.kind));
        }
        Payload::Bytes(bytes) => bytes,
    };
    match header.kind.as_slice() {
        b"phase-heads" => apply_phase_heads(&payload, operation),
        b"bookmarks" => apply_bookmarks(&payload, operation, applied),
        b"listkeys" => {
            let namespace = header.parameter(b"namespace").unwrap_or_default().to_vec();
            let keys = payloads::decode_keys(&payload).map_err(bundle2_error)?;
            applied.keys.push((namespace, keys));
            Ok(())
        }
        b"pushkey" => apply_push_key(&header, operation, applied),
        b"obsmarkers" => {
            let new = crate::obs::apply(operation, &payload)?;
            applied.reply.markers.push((header.id, new));
            Ok(())
        }
        b"check:heads" => check_heads(&payload, operation.repo),
        b"check:updated-heads" => check_updated_heads(&payload, operation.repo),
        b"check:phases" => check_phases(&payload, operation.repo),
        b"check:bookmarks" => check_bookmarks(&payload, operation.repo),
        b"output" => {
            tell_remote_output(&*operation.repo.reporter(), &payload);
            Ok(())
        }
        b"error:abort" | b"error:pushraced" => Err(sent_error(&header)),
        b"replycaps" => {
            applied.wants_reply = true;
            Ok(())
        }
        b"hgtagsfnodes"
        | b"cache:rev-branch-cache"
        | b"reply:changegroup"
        | b"reply:pushkey"
        | b"reply:obsmarkers" => Ok(()),
        b"pushvars" => apply_push_vars(&header, operation),
        _ if !header.mandatory => Ok(()),
        kind => Err(unknown_feature(operation.file.as_deref(), kind)),
    }
}

fn apply_stream(
    header: &PartHeader,
    input: &mut dyn std::io::Read,
    operation: &mut Operation<'_>,
    applied: &mut Applied,
) -> Result<()> {
    let announced = stream_apply::Announcement::of_part(header)?;
    let repo = operation.repo;
    if !repo.changelog()?.is_empty() {
        return Err(Error::abort("cannot apply stream clone to non empty repository"));
    }
    repo.reporter().debug(b"applying stream bundle\n");
    let summarize = operation.source == "unbundle";
    let tr = operation.transaction()?;
    stream_apply::apply(repo, tr, &announced, input)?;
    let changelog = repo.changelog()?;
    if summarize {
        tr.changes(|changes| changes.revisions.extend(changelog.revs()))?;
    }
    applied.new_changesets += changelog.len();
    applied.results.push(1);
    Ok(())
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn check_parameters(header: &PartHeader, operation: &Operation<'_>) -> Result<()> {
    const KNOWN: [&[u8]; 4] = [b"version", b"nbchanges", b"treemanifest", b"targetphase"];
    let unknown =
        header.mandatory_parameters.iter().find(|(name, _)| !KNOWN.contains(&name.as_slice()));
    match unknown {
        None => Ok(()),
        Some((name, _)) => {
            let what = [header.kind.as_slice(), b" - ", name].concat();
            Err(unknown_feature(operation.file.as_deref(), &what))
        }
    }
}

/// Passes on what the other side printed.
pub(crate) fn tell_remote_output(reporter: &dyn hg_types::Reporter, text: &[u8]) {
    for line in text.split(|&b| b == b'\n').filter(|line| !line.is_empty()) {
        reporter.status(&[b"remote: ", line, b"\n"].concat());
    }
}

pub(crate) fn sent_error(header: &PartHeader) -> Error {
    let message = header.parameter(b"message").unwrap_or_default();
    let error = match header.kind.as_slice() {
        b"error:pushraced" => {
            Error::new(ErrorKind::Remote, [b"push failed:\n'", message, b"'"].concat())
        }
        _ => Error::new(ErrorKind::Remote, message),
    };
    match header.parameter(b"hint") {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn apply_phase_heads(payload: &[u8], operation: &mut Operation<'_>) -> Result<()> {
    let heads = payloads::decode_phase_heads(payload).map_err(bundle2_error)?;
    advance_to(operation, &heads)
}

/// Moves changesets that are in a higher phase down to where the other side has them.
pub fn advance_to(operation: &mut Operation<'_>, heads: &[(Phase, Node)]) -> Result<()> {
    let repo = operation.repo;
    for phase in Phase::ALL {
        let changelog = repo.changelog()?;
        let phases = repo.phases()?;
        let revs: Vec<Revision> = heads
            .iter()
            .filter(|(at, _)| *at == phase)
            .filter_map(|(_, node)| changelog.find(node))
            .filter(|&rev| !rev.is_null() && phases.phase(rev) > phase)
            .collect();
        if !revs.is_empty() {
            repo.advance_phases(operation.transaction()?, phase, &revs)?;
        }
    }
    Ok(())
}

fn apply_bookmarks(
    payload: &[u8],
    operation: &mut Operation<'_>,
    applied: &mut Applied,
) -> Result<()> {
    let marks = payloads::decode_bookmarks(payload).map_err(bundle2_error)?;
    if operation.bookmarks == BookmarkHandling::Record {
        let recorded = applied.bookmarks.get_or_insert_with(Marks::new);
        recorded.extend(marks.into_iter().filter_map(|(name, node)| Some((name, node?))));
        return Ok(());
    }
    let repo = operation.repo;
    let compatible = repo.config().get_bool_or("server", "bookmarks-pushkey-compat", true)?;
    let hooks = repo.hooks();
    let tr = operation.transaction()?;
    let mut all_args = Vec::new();
    if compatible {
        let old = repo.bookmarks()?;
        for (name, node) in &marks {
            let mut args = tr.hook_args()?;
            let hex = |node: Option<Node>| node.map(|node| node.hex()).unwrap_or_default();
            args.push(("pushkeycompat".to_owned(), b"1".to_vec()));
            args.push(("namespace".to_owned(), b"bookmarks".to_vec()));
            args.push(("key".to_owned(), name.clone()));
            args.push(("old".to_owned(), hex(old.get(name))));
            args.push(("new".to_owned(), hex(*node)));
            all_args.push(args);
        }
        for args in &all_args {
            hooks.run(repo, "prepushkey", true, args)?;
        }
    }
    repo.change_bookmarks(tr, &marks)?;
    if compatible {
        repo.after_unlock(move |repo, done| {
            for args in all_args.iter().filter(|_| done) {
                let _ = hooks.run(repo, "pushkey", false, args);
            }
        });
    }
    Ok(())
}

fn apply_push_key(
    header: &PartHeader,
    operation: &mut Operation<'_>,
    applied: &mut Applied,
) -> Result<()> {
    let value = |name: &[u8]| header.parameter(name).unwrap_or_default();
    let (namespace, key) = (value(b"namespace"), value(b"key"));
    let (old, new) = (value(b"old"), value(b"new"));
    let change = pushkey::Change { namespace, key, old, new };
    let repo = operation.repo;
    let done = pushkey::push_in(repo, operation.transaction()?, &change)?;
    applied.reply.pushkeys.push((header.id, done));
    if !done && header.mandatory {
        return Err(Error::new(ErrorKind::Remote, "push failed"));
    }
    Ok(())
}

fn apply_push_vars(header: &PartHeader, operation: &mut Operation<'_>) -> Result<()> {
    if !operation.repo.config().get_bool_or("push", "pushvars.server", false)? {
        return Ok(());
    }
    let tr = operation.transaction()?;
    for (name, value) in &header.advisory_parameters {
        let name = String::from_utf8_lossy(name).to_ascii_uppercase();
        tr.set_hook_arg(&format!("USERVAR_{name}"), value.as_slice())?;
    }
    Ok(())
}

fn raced(what: &str) -> Error {
    let message = format!("push failed:\n'{what} - please try again'");
    Error::new(ErrorKind::Abort, message)
}

fn check_heads(payload: &[u8], repo: &Repo) -> Result<()> {
    let mut expected = payloads::decode_nodes(payload).map_err(bundle2_error)?;
    let mut heads = facts::served(repo)?.head_nodes();
    expected.sort_unstable();
    heads.sort_unstable();
    if heads == expected { Ok(()) } else { Err(raced("remote repository changed while pushing")) }
}

fn check_updated_heads(payload: &[u8], repo: &Repo) -> Result<()> {
    let expected = payloads::decode_nodes(payload).map_err(bundle2_error)?;
    let branches = facts::branch_heads(repo, hg_store::View::Served)?;
    let is_head = |node: &Node| branches.iter().any(|(_, heads)| heads.contains(node));
    if expected.iter().all(is_head) {
        return Ok(());
    }
    Err(raced("remote repository changed while pushing"))
}

fn check_phases(payload: &[u8], repo: &Repo) -> Result<()> {
    let expected = payloads::decode_phase_heads(payload).map_err(bundle2_error)?;
    let changelog = repo.changelog()?;
    let phases = repo.phases()?;
    for (phase, node) in expected {
        let actual = phases.phase(changelog.rev(&node)?);
        if actual != phase {
            let short = String::from_utf8_lossy(&node.short()).into_owned();
            let text = format!(
                "remote repository changed while pushing - please try again ({short} is {} expected {})",
                actual.name(),
                phase.name()
            );
            return Err(Error::abort(format!("push failed:\n'{text}'")));
        }
    }
    Ok(())
}

fn check_bookmarks(payload: &[u8], repo: &Repo) -> Result<()> {
    let expected = payloads::decode_bookmarks(payload).map_err(bundle2_error)?;
    let marks = repo.bookmarks()?;
    for (name, node) in expected {
        let actual = marks.get(&name);
        if actual == node {
            continue;
        }
        let name = String::from_utf8_lossy(&name).into_owned();
        let short = |node: Node| String::from_utf8_lossy(&node.short()).into_owned();
        let text = match (node, actual) {
            (None, Some(actual)) => {
                format!("bookmark '{name}' present on remote (at '{}')", short(actual))
            }
            (Some(node), None) => {
                format!("bookmark '{name}' deleted on remote (expected '{}')", short(node))
            }
            (Some(node), Some(actual)) => {
                format!(
                    "bookmark '{name}' moved to '{}' (expected '{}')",
                    short(actual),
                    short(node)
                )
            }
            (None, None) => continue,
        };
        let message = format!(
            "push failed:\n'remote repository changed while pushing - please try again ({text})'"
        );
        return Err(Error::abort(message));
    }
    Ok(())
}

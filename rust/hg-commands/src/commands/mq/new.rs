//! `hg qnew`, and what making and refreshing patches have in common.

use std::collections::BTreeMap;

use hg_diff::DiffOptions;
use hg_match::Matcher;
use hg_repo::mq::{Applied, PatchHeader};
use hg_repo::working::{CommitRequest, Draft, commit_working, known_user};
use hg_types::{Error, Node, Phase, Result};
use hg_wdir::diff::options::{Features, from_config};

use super::{Credits, Work, check_new_name};
use crate::commit_message::{self, MessageOptions, given_message};
use crate::diff_display::{Comparison, DiffStyle, flags};
use crate::scope::match_patterns;
use crate::{Command, CommandContext, spec::extensions_mq as spec};

/// `hg qnew`.
pub static COMMAND: Command = Command {
    spec: &spec::QNEW,
    help: "Make a new patch on top of the others, of the changes in the working directory. With file\n\
           names, -I or -X, only the changes of these files go into it.\n\n\
           -u and -d (or -U and -D for you and now) write author and date into the patch. The message\n\
           of -m, -l or -e stands in the patch; without one, the changeset is called ``[mq]: NAME``.\n\n\
           Returns 0 when the patch was made.",
    run,
};

/// What a message in the editor may be.
pub(super) const DEFAULT_NOTE: &str = "Leave message empty to use default message.";

fn run(ctx: &CommandContext) -> Result<i32> {
    let message = given_message(ctx)?;
    let _wlock = ctx.repo()?.wlock()?;
    let Some((name, patterns)) = ctx.args.split_first() else { return Err(ctx.usage_error()) };
    let credits = Credits::of(ctx)?;
    let mut work = Work::open(ctx)?;
    check_new_name(&work.queue, name, false)?;
    work.check_top()?;
    if !hg_wdir::parents(work.repo)?[1].is_null() {
        return Err(Error::abort("cannot manage merge changesets"));
    }
    let matcher = match_patterns(ctx, patterns)?;
    crate::nested::refuse_changed(work.repo, &matcher)?;
    let parent = hg_wdir::parents(work.repo)?[0];
    let making = Making {
        name,
        message: message.unwrap_or_default(),
        edit: ctx.opts.is_set("edit"),
        form: "mq.qnew",
    };
    let user = credits.user.clone();
    let date = credits.date.as_ref().map(|date| work.read_date(date)).transpose()?;
    let secret = ctx.config().get_bool_or("mq", "secret", false)?;
    let repo = work.repo;
    let _lock = repo.lock()?;
    let tr = repo.transaction("qnew")?;
    let (node, described) =
        work.commit_as(&making, &matcher, None, (user, date), secret.then_some(Phase::Secret))?;
    let mut header = PatchHeader::empty(work.queue.is_plain()?);
    credits.write_to(&mut header);
    if let Some(text) = described {
        header.set_message(&text);
    }
    header.set_parent(&parent);
    let cl = repo.changelog()?;
    let revs = [cl.rev(&parent)?, cl.rev(&node)?];
    let all = Matcher::always();
    let comparison = Comparison::of_revisions(repo, revs, &all, true)?;
    let diff = work.diff_text(&comparison, false)?;
    work.queue.write_patch(name, &[header.to_bytes(), diff].concat())?;
    tr.close()?;
    hg_store::transaction::remove_undo(repo)?;
    work.add_to_series(name)?;
    work.queue.applied.push(Applied { node, name: name.clone() });
    work.queue.save()?;
    super::queues::track(&work, std::slice::from_ref(name))?;
    Ok(0)
}

/// A changeset that is made for a patch.
pub(super) struct Making<'a> {
    /// The patch.
    pub(super) name: &'a [u8],
    /// The message so far, in UTF-8; may be empty.
    pub(super) message: Vec<u8>,
    /// Whether the editor is started.
    pub(super) edit: bool,
    /// What is being done, for editors.
    pub(super) form: &'static str,
}

impl Credits {
    pub(super) fn write_to(&self, header: &mut PatchHeader) {
        if let Some(user) = &self.user {
            header.set_user(user);
        }
        if let Some(date) = &self.date {
            header.set_date(date);
        }
    }
}

impl Work<'_> {
    /// Commits the working directory as a patch; gives the message, in the user's encoding, unless it is
    /// the default.
    pub(super) fn commit_as(
        &self,
        making: &Making<'_>,
        matcher: &Matcher,
        chosen: Option<hg_repo::commit::MemoryFiles>,
        (user, date): (Option<Vec<u8>>, Option<hg_types::HgDate>),
        phase: Option<Phase>,
    ) -> Result<(Node, Option<Vec<u8>>)> {
        let ctx = self.ctx;
        let encoding = ctx.ui.encoding();
        let default = [b"[mq]: ", making.name].concat();
        let mut written = None;
        let options = MessageOptions {
            message: making.message.clone(),
            edit: making.edit,
            form: making.form,
            note: Some(DEFAULT_NOTE),
        };
        let mut editor = |draft: &Draft| {
            let message = match making.edit {
                true => commit_message::edit_or_empty(ctx, &options, draft)?,
                false => making.message.clone(),
            };
            let message = match message.trim_ascii().is_empty() {
                true => encoding.from_local(&default)?.into_owned(),
                false => message,
            };
            let local = encoding.local(&message).into_owned();
            hg_repo::working::save_message(self.repo, &local)?;
            let message = hg_format::changeset::strip_description(&message);
            written = (local != default).then(|| encoding.local(&message).into_owned());
            Ok(message)
        };
        let given = match making.message.trim_ascii().is_empty() {
            true => encoding.from_local(&default)?.into_owned(),
            false => hg_format::changeset::strip_description(&making.message),
        };
        let user = match user {
            Some(user) => encoding.from_local(&user)?.into_owned(),
            None => ctx.user()?,
        };
        let date = match date {
            Some(date) => date,
            None => now(ctx)?,
        };
        let mut request = CommitRequest {
            matcher,
            message: if making.edit { making.message.clone() } else { given },
            user: known_user(user),
            date,
            extra: BTreeMap::new(),
            phase,
            chosen,
            allow_empty: true,
            recurse: false,
            editor: &mut editor,
        };
        let made = self.unchecked(|| commit_working(self.repo, &mut request))?;
        let node = made.ok_or_else(|| Error::abort("repo commit failed"))?;
        drop(request);
        Ok((node, written))
    }

    /// A diff as it stands in a patch; `was_git` tells that the patch was in git's format.
    pub(super) fn diff_text(&self, comparison: &Comparison, was_git: bool) -> Result<Vec<u8>> {
        let ctx = self.ctx;
        let config = ctx.config();
        let features = Features { git: true, whitespace: false, format: false };
        let options = from_config(&config, "diff", &flags(&ctx.opts), features, &*ctx.ui)?;
        let mut options = DiffOptions { text: false, ..options };
        options.git = self.uses_git(comparison, &options, was_git)?;
        DiffStyle { options, paths: None }.to_bytes(comparison, ctx.ui.is_debug())
    }

    /// Whether a diff is written in git's format, as the options, the patch and `mq.git` say.
    pub(super) fn uses_git(
        &self,
        comparison: &Comparison,
        options: &DiffOptions,
        was_git: bool,
    ) -> Result<bool> {
        Ok(match GitMode::of(&self.ctx.config())? {
            GitMode::Keep => options.git || was_git,
            GitMode::Yes => true,
            GitMode::No => self.ctx.opts.flag("git"),
            GitMode::Auto if options.git => true,
            GitMode::Auto => {
                let git = DiffOptions { git: true, ..options.clone() };
                !comparison.request(&git, None, false).losing_data()?.is_empty()
            }
        })
    }

    /// Puts a patch behind the top one.
    pub(super) fn add_to_series(&mut self, name: &[u8]) -> Result<()> {
        let top = self.queue.top().map(|top| top.name.clone());
        let series = self.queue.series_mut()?;
        let line = series.line_behind(top.as_deref());
        series.insert(line, name);
        Ok(())
    }
}

/// When a changeset is made for which nobody gave a date.
pub(super) fn now(ctx: &CommandContext) -> Result<hg_types::HgDate> {
    crate::diff_display::now(&ctx.ui)
}

/// `mq.git`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum GitMode {
    Auto,
    Keep,
    Yes,
    No,
}

impl GitMode {
    fn of(config: &hg_config::Config) -> Result<Self> {
        let text = config.get("mq", "git").unwrap_or(b"auto").to_ascii_lowercase();
        Ok(match &text[..] {
            b"auto" => Self::Auto,
            b"keep" => Self::Keep,
            other => match hg_config::value::parse_bool(other) {
                Some(true) => Self::Yes,
                Some(false) => Self::No,
                None => {
                    let parts = [b"mq.git option can be auto/keep/yes/no got ", other];
                    return Err(Error::abort(parts.concat()));
                }
            },
        })
    }
}

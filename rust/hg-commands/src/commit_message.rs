//! The message of a changeset: from `-m`, `-l` or the editor.

mod template;

use hg_repo::working::Draft;
use hg_types::{Error, HgPathBuf, Result};

use crate::CommandContext;
use crate::ui::{EditOptions, strip_comments};

const EMPTY_NOTE: &str = "Leave message empty to abort commit.";

/// Where the message comes from.
#[derive(Clone, Debug)]
pub struct MessageOptions {
    /// The message given.
    pub message: Vec<u8>,
    /// Start the editor although there is a message.
    pub edit: bool,
    /// What is being done, for editors and templates: `commit.normal.normal`.
    pub form: &'static str,
    /// Additional line for the editor, such as what an empty message does.
    pub note: Option<&'static str>,
}

impl MessageOptions {
    /// Reads `--message`, `--logfile` and `--edit`.
    ///
    /// # Errors
    /// When both messages are given or the file cannot be read.
    pub fn from_opts(ctx: &CommandContext, form: &'static str) -> Result<Self> {
        let message = given_message(ctx)?;
        let edit = ctx.opts.is_set("edit") || message.is_none();
        Ok(Self { message: message.unwrap_or_default(), edit, form, note: None })
    }
}

/// The message that `--message` or `--logfile` give, in UTF-8.
///
/// # Errors
/// When both are given or the file cannot be read.
pub fn given_message(ctx: &CommandContext) -> Result<Option<Vec<u8>>> {
    let encoding = ctx.ui.encoding();
    let message = ctx.opts.nonempty("message");
    let Some(file) = ctx.opts.nonempty("logfile") else {
        let stored = message.map(|message| encoding.from_local(message)).transpose()?;
        return Ok(stored.map(std::borrow::Cow::into_owned));
    };
    if message.is_some() {
        return Err(Error::input("cannot specify both --message and --logfile"));
    }
    let text = if file == b"-" { ctx.ui.read_all()? } else { read_log_file(ctx, file)? };
    // Line ends of files are the system's.
    let lines: Vec<&[u8]> = bstr::ByteSlice::lines(&text[..]).collect();
    Ok(Some(encoding.from_local(&lines.join(&b'\n'))?.into_owned()))
}

fn read_log_file(ctx: &CommandContext, file: &[u8]) -> Result<Vec<u8>> {
    let path = ctx.cwd().join(hg_vfs::bytes_to_path(file));
    std::fs::read(&path).map_err(|error| {
        let reason = hg_vfs::os_message(&error);
        let parts = [&b"can't read commit message '"[..], file, b"': ", &reason[..]];
        Error::abort(parts.concat())
    })
}

/// The final message: edited if need be, and not empty.
///
/// # Errors
/// When the editor fails or the message is empty.
pub fn finish(ctx: &CommandContext, options: &MessageOptions, draft: &Draft) -> Result<Vec<u8>> {
    let mut message = draft.message.clone();
    if options.edit {
        message = edit(ctx, options, draft)?;
    }
    hg_repo::working::save_message(ctx.repo()?, &ctx.ui.encoding().local(&message))?;
    let message = hg_format::changeset::strip_description(&message);
    // A message of nothing but white space was given on purpose.
    if message.is_empty() && draft.message.is_empty() {
        return Err(Error::input("empty commit message"));
    }
    Ok(message)
}

/// The message as it was edited; it may be empty.
///
/// # Errors
/// When the editor fails.
pub fn edit_or_empty(
    ctx: &CommandContext,
    options: &MessageOptions,
    draft: &Draft,
) -> Result<Vec<u8>> {
    Ok(edit_text(ctx, options, draft)?.unwrap_or_default())
}

fn edit(ctx: &CommandContext, options: &MessageOptions, draft: &Draft) -> Result<Vec<u8>> {
    let edited = edit_text(ctx, options, draft)?;
    edited.ok_or_else(|| Error::input("empty commit message"))
}

/// What the editor leaves; `None` when that is nothing.
fn edit_text(
    ctx: &CommandContext,
    options: &MessageOptions,
    draft: &Draft,
) -> Result<Option<Vec<u8>>> {
    let encoding = ctx.ui.encoding();
    let merges = !draft.parents[1].is_null();
    let form = match options.form.strip_suffix(".normal") {
        Some(start) if merges => format!("{start}.merge"),
        _ => options.form.to_owned(),
    };
    let templated = template::render(ctx, &form, options.note.unwrap_or(EMPTY_NOTE), draft)?;
    let text = match &templated {
        Some(text) => text.clone(),
        None => encoding.local(&editor_text(options, draft, ctx)?).into_owned(),
    };
    let mut variables = vec![("HGEDITFORM".to_owned(), form.into_bytes())];
    let repo = ctx.repo()?;
    if let Some(transaction) = repo.current_transaction()
        && transaction.write_pending()?
    {
        // What the editor runs sees the state that this changeset builds on.
        variables.push(("HG_PENDING".to_owned(), repo.root_bytes().to_vec()));
    }
    let edit = EditOptions {
        user: &draft.user,
        action: Some("commit"),
        variables,
        ..EditOptions::default()
    };
    let edited = ctx.ui.edit(&text, &edit)?;
    let message = strip_comments(&edited);
    if message.trim_ascii().is_empty() {
        return Ok(None);
    }
    // A template may bring text along that nobody has written.
    if templated.is_some() && draft.message.is_empty() && edited == text {
        return Err(Error::input("commit message unchanged"));
    }
    Ok(Some(encoding.from_local(&message)?.into_owned()))
}

/// What the editor shows: the message, then lines that are taken out again.
fn editor_text(options: &MessageOptions, draft: &Draft, ctx: &CommandContext) -> Result<Vec<u8>> {
    let mut out = draft.message.clone();
    if !out.is_empty() {
        out.push(b'\n');
    }
    out.extend_from_slice(b"\n\n");
    let mut line = |parts: &[&[u8]]| {
        out.extend_from_slice(b"HG: ");
        parts.iter().for_each(|part| out.extend_from_slice(part));
        out.push(b'\n');
    };
    line(&[b"Enter commit message.  Lines beginning with 'HG:' are removed."]);
    line(&[options.note.unwrap_or(EMPTY_NOTE).as_bytes()]);
    line(&[b"--"]);
    line(&[b"user: ", &draft.user]);
    if !draft.parents[1].is_null() {
        line(&[b"branch merge"]);
    }
    line(&[b"branch '", &draft.branch, b"'"]);
    let bookmarks = ctx.repo()?.bookmarks()?;
    if let Some(active) = bookmarks.active()
        && bookmarks.get(active) == Some(draft.parents[0])
    {
        line(&[b"bookmark '", active, b"'"]);
    }
    let lists: [(&[u8], &Vec<HgPathBuf>); 3] = [
        (b"added ", &draft.status.added),
        (b"changed ", &draft.status.modified),
        (b"removed ", &draft.status.removed),
    ];
    for (word, files) in lists {
        for file in files {
            line(&[word, file.as_bytes()]);
        }
    }
    if lists.iter().all(|(_, files)| files.is_empty()) {
        line(&[b"no files changed"]);
    }
    Ok(out)
}

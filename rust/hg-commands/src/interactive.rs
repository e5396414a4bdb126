//! Asking the user which changes to take: `commit -i`, `revert -i`, and their relatives.

use std::sync::Arc;

use hg_diff::patch::ApplyOptions;
use hg_diff::select::{Answer, Chooser, Question, Selection, is_binary, read_hunks, select};
use hg_diff::unified::Hunk;
use hg_diff::{DiffOptions, FileDiff, label};
use hg_repo::commit::MemoryFiles;
use hg_store::Manifest;
use hg_types::{Error, ErrorKind, HgPath, Result, Revision};
use hg_wdir::diff::options::{DiffFlags, Features, from_config};

use crate::diff_display::{Comparison, DiffStyle, flags};
use crate::patching::{Rejects, patch_error, patch_memory};
use crate::revision::Target;
use crate::ui::EditOptions;
use crate::{CommandContext, Ui};

/// What is done with the changes that are chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    /// They are committed.
    Record,
    /// They are taken back.
    Discard,
    /// They stay, the others are taken back.
    Keep,
    /// They are made.
    Apply,
}

impl Operation {
    fn verb(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Discard => "discard",
            Self::Keep => "keep",
            Self::Apply => "apply",
        }
    }

    fn help(self) -> String {
        let verb = self.verb();
        let quit = match self {
            Self::Record => "recording no changes",
            Self::Discard => "discarding no changes",
            Self::Keep => "keeping all changes",
            Self::Apply => "applying no changes",
        };
        format!(
            "y - yes, {verb} this change\nn - no, skip this change\n\
             e - edit this change manually\ns - skip remaining changes to this file\n\
             f - {verb} remaining changes to this file\n\
             d - done, skip remaining changes and files\n\
             a - {verb} all changes to all remaining files\nq - quit, {quit}\n\
             ? - ? (display help)\n"
        )
    }
}

/// The letters, in the order of [`answer`].
const CHOICES: &str = "$$ &Y$$ &N$$ &E$$ &S$$ &F$$ &D$$ &A$$ &Q$$ &?";

/// Stops a command that must ask when nobody can be asked.
///
/// # Errors
/// Exactly then.
pub fn require_user(ctx: &CommandContext) -> Result<()> {
    if ctx.ui.is_interactive() {
        return Ok(());
    }
    Err(Error::input("running non-interactively"))
}

/// How the changes are shown: `commands.PREFIX.unified` and its relatives; `PREFIX` is the command and
/// `interactive`.
fn style(ctx: &CommandContext, operation: Operation) -> Result<DiffStyle> {
    let prefix = match operation {
        Operation::Record => "commit.interactive",
        _ => "revert.interactive",
    };
    let show_function = operation == Operation::Record;
    let config = ctx.config();
    let item = |name: &str| config.get_bool_or("commands", format!("{prefix}.{name}"), false);
    let given = flags(&ctx.opts);
    let asked = |flag: Option<bool>, name: &str| match flag {
        Some(value) => Ok(Some(value)),
        None => item(name).map(Some),
    };
    let context = config.get("commands", format!("{prefix}.unified")).map(<[u8]>::to_vec);
    let whitespace = DiffFlags {
        ignore_space: asked(given.ignore_space, "ignorews")?,
        ignore_space_amount: asked(given.ignore_space_amount, "ignorewsamount")?,
        ignore_blank_lines: asked(given.ignore_blank_lines, "ignoreblanklines")?,
        ignore_space_at_eol: asked(given.ignore_space_at_eol, "ignorewseol")?,
        context: given.context.or(context),
        ..DiffFlags::default()
    };
    let features = Features { whitespace: true, ..Features::NONE };
    let options = from_config(&config, "commands", &whitespace, features, &*ctx.ui)?;
    let word_diff = item("word-diff")?;
    let options = DiffOptions { git: true, nodates: true, show_function, word_diff, ..options };
    Ok(DiffStyle { options, paths: None })
}

/// Has the user choose among the changes of a comparison; `named` says which files were named, so that
/// only their hunks are asked about.
///
/// # Errors
/// When the user gives up or a file cannot be read.
pub fn choose(
    ctx: &CommandContext,
    comparison: &Comparison,
    operation: Operation,
    named: &dyn Fn(&HgPath) -> bool,
) -> Result<Selection> {
    let style = style(ctx, operation)?;
    let files = style.files(comparison)?;
    let mut asker = Asker { ctx, operation, named, options: &style.options };
    select(files, &mut asker)
}

/// Has the user choose among the changes of the working directory since its first parent, and gives
/// the chosen files as they are to be committed; `None` when nothing was chosen.
///
/// # Errors
/// When the user gives up, a file cannot be read, or what the user edited does not fit.
pub fn choose_for_commit(
    ctx: &CommandContext,
    matcher: &hg_match::Matcher,
) -> Result<Option<MemoryFiles>> {
    require_user(ctx)?;
    choose_changes(ctx, matcher)
}

/// [`choose_for_commit`] also when nobody can be asked: then everything is chosen.
///
/// # Errors
/// Those of [`choose_for_commit`].
pub fn choose_changes(
    ctx: &CommandContext,
    matcher: &hg_match::Matcher,
) -> Result<Option<MemoryFiles>> {
    let repo = ctx.repo()?;
    let [p1, p2] = hg_wdir::parents(repo)?;
    if !p2.is_null() {
        let message = "cannot partially commit a merge (use \"hg commit\" instead)";
        return Err(Error::input(message));
    }
    crate::nested::refuse_changed(repo, matcher)?;
    let rev = repo.changelog()?.rev(&p1)?;
    let sides = [Target::Changeset(rev), Target::WorkingDirectory];
    let comparison = Comparison::new(&ctx.ui, repo, sides, matcher, true)?;
    if let Some((path, reason)) = comparison.bad.first() {
        return Err(Error::input([path.as_bytes(), b": ", &reason[..]].concat()));
    }
    hg_repo::working::check_names(repo, matcher)?;
    let named = |path: &HgPath| matcher.exact(path);
    let selection = choose(ctx, &comparison, Operation::Record, &named)?;
    if selection.is_empty() {
        ctx.ui.status("no changes to record\n");
        return Ok(None);
    }
    let manifest = parent_manifest(ctx, rev)?;
    let options = ApplyOptions { strip: 1, ..crate::patching::options(ctx, 1, Vec::new())? };
    let patch = selection.patch();
    let files = patch_memory(ctx, &manifest, &patch, &options, Rejects::Save);
    let files = files.map_err(patch_error)?;
    Ok(Some(files))
}

fn parent_manifest(ctx: &CommandContext, rev: Revision) -> Result<Arc<Manifest>> {
    let repo = ctx.repo()?;
    hg_wdir::manifest_of(repo, &repo.changelog()?.node(rev))
}

struct Asker<'a> {
    ctx: &'a CommandContext,
    operation: Operation,
    named: &'a dyn Fn(&HgPath) -> bool,
    options: &'a DiffOptions,
}

impl Asker<'_> {
    fn question(&self, question: Question<'_>) -> Vec<u8> {
        let quoted = |path: &[u8]| [b"'", path, b"'"].concat();
        let text = match question {
            Question::File(file) if file.old_path == file.new_path => {
                [&b"examine changes to "[..], &quoted(&file.new_path)].concat()
            }
            Question::File(file) => {
                let (old, new) = (quoted(&file.old_path), quoted(&file.new_path));
                [&b"examine changes to "[..], &old, b" and ", &new].concat()
            }
            Question::Hunk(file, number, total) => {
                let verb = self.operation.verb();
                let what = if total == 1 {
                    format!("{verb} this change to ")
                } else {
                    format!("{verb} change {number}/{total} to ")
                };
                [what.as_bytes(), &quoted(&file.new_path)].concat()
            }
        };
        [&text[..], b"?\n(enter ? for help) [Ynesfdaq?]", CHOICES.as_bytes()].concat()
    }
}

/// The answer of a number; `None` for quitting.
fn answer(number: usize) -> Option<Answer> {
    const ANSWERS: [Answer; 7] = [
        Answer::Yes,
        Answer::No,
        Answer::Edit,
        Answer::SkipFile,
        Answer::TakeFile,
        Answer::Done,
        Answer::All,
    ];
    ANSWERS.get(number).copied()
}

impl Chooser for Asker<'_> {
    fn is_named(&self, file: &FileDiff) -> bool {
        (self.named)(HgPath::new(&file.new_path))
    }

    fn show_file(&mut self, file: &FileDiff) {
        let ui = &self.ctx.ui;
        for (at, line) in file.header.iter().enumerate() {
            if line.starts_with(b"index ") {
                ui.write("this modifies a binary file (all or nothing)\n");
                return;
            }
            if line.starts_with(b"--- ") {
                let count = |hunk: &Hunk| hunk.added.max(hunk.removed);
                let changed: usize = file.hunks().iter().map(count).sum();
                ui.write(format!("{} hunks, {changed} lines changed\n", file.hunks().len()));
                return;
            }
            ui.write_label(line, if at == 0 { "diff.diffline" } else { "" });
            if line.starts_with(b"new file ") || line.starts_with(b"deleted file ") {
                if is_binary(file) {
                    ui.write("this is a binary file\n");
                }
                return;
            }
        }
    }

    fn show_hunk(&mut self, hunk: &Hunk) {
        write_hunk(&self.ctx.ui, hunk, self.options);
    }

    fn choose(&mut self, question: Question<'_>) -> Result<Answer> {
        let text = self.question(question);
        loop {
            let number = self.ctx.ui.prompt_choice(&text, 0)?;
            self.ctx.ui.write("\n");
            match answer(number) {
                Some(answer) => return Ok(answer),
                None if number == 7 => return Err(Error::new(ErrorKind::Canceled, "user quit")),
                None => self.ctx.ui.write(self.operation.help()),
            }
        }
    }

    fn edit(&mut self, file: &FileDiff, hunk: Option<&Hunk>) -> Result<Option<Vec<Hunk>>> {
        let ui = &self.ctx.ui;
        let Some(hunk) = hunk else {
            ui.write("cannot edit patch for whole file\n");
            return Ok(None);
        };
        let mut text = file.header.concat();
        hunk.write(&mut text);
        text.extend_from_slice(EDIT_HINTS.as_bytes());
        let user = ui.configured_username().unwrap_or_default();
        let options = EditOptions {
            user: &user,
            suffix: Some(".diff"),
            action: Some("diff"),
            ..EditOptions::default()
        };
        let Ok(edited) = ui.edit(&text, &options).inspect_err(|error| say_failure(ui, error))
        else {
            return Ok(None);
        };
        let kept: Vec<u8> = edited
            .split_inclusive(|&byte| byte == b'\n')
            .filter(|line| !line.starts_with(b"#"))
            .collect::<Vec<_>>()
            .concat();
        let hunks = read_hunks(&kept).map_err(|what| {
            Error::input(format!("error parsing patch: unhandled transition: {what}"))
        })?;
        Ok(Some(hunks))
    }
}

/// Says why an editor's text is not taken.
fn say_failure(ui: &Ui, error: &Error) {
    let message = String::from_utf8_lossy(&error.message).into_owned();
    let text = match message.split_once(" exited with status ") {
        Some((_, code)) => format!("editor exited with exit code {code}\n"),
        None => format!("{message}\n"),
    };
    ui.write(text);
}

/// What stands below a hunk in the editor.
const EDIT_HINTS: &str = "\
# ---
# To remove '-' lines, make them ' ' lines (context).
# To remove '+' lines, delete them.
# Lines starting with # will be removed from the patch.
# 
# If the patch applies cleanly, the edited hunk will immediately be
# added to the record list. If it does not apply cleanly, a rejects
# file will be generated: you can use that when you try again. If
# all lines of the hunk are removed, then the edit is aborted and
# the hunk is left unchanged.
";

fn write_hunk(ui: &Ui, hunk: &Hunk, options: &DiffOptions) {
    let mut text = Vec::new();
    hunk.write(&mut text);
    if !ui.is_colored() {
        ui.write(text);
        return;
    }
    let diff = FileDiff {
        old_path: Vec::new(),
        new_path: Vec::new(),
        copy: None,
        header: Vec::new(),
        body: hg_diff::file_diff::Body::Text(vec![hunk.clone()]),
    };
    label::spans(&diff, options, &mut |text, label| ui.write_label(text, label));
}

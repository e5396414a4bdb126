//! The user's editor: `HGEDITOR`, `ui.editor`, and the file that is edited.

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;

use bstr::ByteSlice as _;
use hg_types::{Error, ErrorKind, Result};

use super::{Ui, UiMethod};

/// Lines that start so are taken out of what the user wrote.
pub const IGNORED_LINE_PREFIX: &[u8] = b"HG:";

/// Below this line nothing counts.
const SCISSORS: &[u8] = b"HG: ------------------------ >8 ------------------------";

/// What an edited text is.
#[derive(Clone, Default, Debug)]
pub struct EditOptions<'a> {
    /// Who edits, as `HGUSER` for the editor.
    pub user: &'a [u8],
    /// What it is for: part of the file's name (`commit`, `histedit`).
    pub action: Option<&'a str>,
    /// The end of the file's name instead of `.hg.txt` (`.diff`).
    pub suffix: Option<&'a str>,
    /// The directory for the file; the system's for temporary files by default.
    pub directory: Option<&'a Path>,
    /// Variables for the editor (`HG_BRANCH`, ...).
    pub variables: Vec<(String, Vec<u8>)>,
}

impl Ui {
    /// The editor's command line.
    #[must_use]
    pub fn editor(&self) -> Vec<u8> {
        let config = self.config();
        let env = config.environment();
        let named = env.var("HGEDITOR").or_else(|| config.get("ui", "editor"));
        let editor = named.filter(|editor| !editor.is_empty()).unwrap_or(b"vi");
        hg_config::expand_path(env, editor)
    }

    /// Lets the user edit `text`; returns what came out.
    pub fn edit(&self, text: &[u8], options: &EditOptions<'_>) -> Result<Vec<u8>> {
        match self.replaced(UiMethod::Edit) {
            Some(overrides) => overrides.edit(text, options.user, options.action),
            None => self.run_edit(text, options),
        }
    }

    /// Runs the editor itself.
    pub(super) fn run_edit(&self, text: &[u8], options: &EditOptions<'_>) -> Result<Vec<u8>> {
        let suffix = match (options.action, options.suffix) {
            (_, Some(suffix)) => suffix.to_owned(),
            (Some(action), None) => format!(".{action}.hg.txt"),
            (None, None) => ".hg.txt".to_owned(),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix("hg-editor-").suffix(&suffix);
        let created = match options.directory {
            Some(directory) => builder.tempfile_in(directory),
            None => builder.tempfile(),
        };
        let failed = |error: std::io::Error| Error::abort(error.to_string());
        let mut file = created.map_err(failed)?;
        file.write_all(text).map_err(failed)?;
        let path = file.into_temp_path();
        let mut variables = options.variables.clone();
        variables.push(("HGUSER".to_owned(), options.user.to_vec()));
        self.run_editor(&path, &variables, ErrorKind::Canceled)?;
        std::fs::read(&path).map_err(failed)
    }

    /// Opens the editor on a file; when it fails, that is an error of kind `failure`.
    pub fn run_editor(
        &self,
        path: &Path,
        variables: &[(String, Vec<u8>)],
        failure: ErrorKind,
    ) -> Result<()> {
        let editor = self.editor();
        let line = [&*editor, b" \"", path.as_os_str().as_encoded_bytes(), b"\""].concat();
        self.flush();
        self.clear_progress();
        let mut process = Command::new("/bin/sh");
        process.arg("-c").arg(OsStr::from_bytes(&line));
        self.add_variables(&mut process);
        for (name, value) in variables {
            process.env(name, OsStr::from_bytes(value));
        }
        let status = self.run_program(&mut process);
        let name = editor.split_str(" ").next().unwrap_or(&editor);
        let name = name.rsplit_str("/").next().unwrap_or(name);
        let failed = |what: &str| {
            Err(Error::new(failure, [b"edit failed: ", name, b" ", what.as_bytes()].concat()))
        };
        match status {
            Err(error) => failed(&error.to_string()),
            Ok(status) => match (status.code(), status.signal()) {
                (Some(0), _) => Ok(()),
                (Some(code), _) => failed(&format!("exited with status {code}")),
                (None, signal) => failed(&format!("killed by signal {}", signal.unwrap_or(0))),
            },
        }
    }

    /// Gives a child process what every child of this program gets: `HG`, plain settings.
    pub fn add_variables(&self, process: &mut Command) {
        let config = self.config();
        let env = config.environment();
        process.current_dir(&env.cwd);
        match (env.var("HG"), &env.executable) {
            (Some(hg), _) => process.env("HG", OsStr::from_bytes(hg)),
            (None, Some(executable)) => process.env("HG", executable),
            (None, None) => process,
        };
    }
}

/// What counts of an edited text: without `HG:` lines and what is below the scissors.
#[must_use]
pub fn strip_comments(text: &[u8]) -> Vec<u8> {
    // Only a line of its own cuts the rest off.
    let cuts = |line: &&[u8]| line.trim_end_with(|c| c == '\n' || c == '\r') != SCISSORS;
    let kept = text.lines_with_terminator().take_while(cuts);
    kept.filter(|line| !line.starts_with(IGNORED_LINE_PREFIX)).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_do_not_count() {
        assert_eq!(strip_comments(b"a\nHG: b\nc\n"), b"a\nc\n");
        let text = [b"a\n", SCISSORS, b"\nb\n"].concat();
        assert_eq!(strip_comments(&text), b"a\n");
    }
}

//! Methods of the user interface that a plugin has replaced. Without any, a call costs one branch.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use hg_types::Result;

use super::{EditOptions, Ui};

/// A method that a plugin may replace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UiMethod {
    /// [`Ui::write_label`].
    Write,
    /// [`Ui::status`].
    Status,
    /// [`Ui::note`].
    Note,
    /// [`Ui::debug`].
    Debug,
    /// [`Ui::warn`].
    Warn,
    /// [`Ui::error`].
    Error,
    /// [`Ui::write_error`].
    WriteError,
    /// [`Ui::prompt`].
    Prompt,
    /// [`Ui::prompt_choice`].
    Choose,
    /// [`Ui::edit`].
    Edit,
    /// Running a shell command.
    System,
}

impl UiMethod {
    /// All of them, with the names that plugins know them by.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Write, "write"),
        (Self::Status, "status"),
        (Self::Note, "note"),
        (Self::Debug, "debug"),
        (Self::Warn, "warn"),
        (Self::Error, "error"),
        (Self::WriteError, "write_err"),
        (Self::Prompt, "prompt"),
        (Self::Choose, "promptchoice"),
        (Self::Edit, "edit"),
        (Self::System, "system"),
    ];

    /// Whether it shows messages, which are no output.
    pub(super) fn is_message(self) -> bool {
        matches!(self, Self::Status | Self::Note | Self::Debug | Self::Warn | Self::Error)
    }

    fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

/// Whoever has replaced methods.
pub trait UiOverrides: Send + Sync {
    /// Shows a message.
    fn show(&self, method: UiMethod, text: &[u8], label: &str);

    /// Asks for a line.
    ///
    /// # Errors
    /// When nobody answers.
    fn prompt(&self, message: &[u8], default: Option<&[u8]>) -> Result<Vec<u8>>;

    /// Asks for one of several answers.
    ///
    /// # Errors
    /// When nobody answers.
    fn choose(&self, text: &[u8], default: usize) -> Result<usize>;

    /// Lets the user edit a text.
    ///
    /// # Errors
    /// When the editor fails.
    fn edit(&self, text: &[u8], user: &[u8], action: Option<&str>) -> Result<Vec<u8>>;

    /// Runs a shell command and returns its exit code.
    ///
    /// # Errors
    /// When it cannot be started.
    fn system(
        &self,
        command: &[u8],
        directory: &Path,
        environment: &[(Vec<u8>, Vec<u8>)],
    ) -> Result<i32>;
}

impl Ui {
    /// Lets `overrides` answer for these methods; `None` restores the originals.
    pub fn set_overrides(&self, methods: &[UiMethod], overrides: Option<Arc<dyn UiOverrides>>) {
        let bits = methods.iter().fold(0, |bits, method| bits | method.bit());
        let bits = if overrides.is_some() { bits } else { 0 };
        *self.overrides.write().unwrap_or_else(PoisonError::into_inner) = overrides;
        self.overridden.store(bits, Ordering::Relaxed);
    }

    /// Whoever has replaced `method`.
    pub(super) fn replaced(&self, method: UiMethod) -> Option<Arc<dyn UiOverrides>> {
        if self.overridden.load(Ordering::Relaxed) & method.bit() == 0 {
            return None;
        }
        self.overrides.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows a message through whoever has replaced the method, or itself.
    pub(super) fn show(&self, method: UiMethod, text: &[u8], label: &str) {
        match self.replaced(method) {
            Some(overrides) => overrides.show(method, text, label),
            None => self.show_plainly(method, text, label),
        }
    }

    /// The original of [`Ui::prompt`] and [`Ui::prompt_choice`]: what replacements build upon.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn prompt_plainly(&self, message: &[u8], default: Option<&[u8]>) -> Result<Vec<u8>> {
        self.ask(message, default, None)
    }

    /// The original of [`Ui::edit`].
    ///
    /// # Errors
    /// When the editor fails.
    pub fn edit_plainly(&self, text: &[u8], options: &EditOptions<'_>) -> Result<Vec<u8>> {
        self.run_edit(text, options)
    }
}

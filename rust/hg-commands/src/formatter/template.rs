//! Templates as a form of output: the border to the template engine.

use hg_types::{Error, Result};

use super::Backend;
use crate::Ui;

/// The backend for the template that `spec` is or names.
pub(super) fn backend(_ui: &Ui, _topic: &str, _spec: &[u8]) -> Result<Box<dyn Backend>> {
    Err(Error::abort("templates for this command are not implemented yet"))
}

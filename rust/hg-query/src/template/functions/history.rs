//! Functions that ask the repository.

use super::Function;

pub(super) const FUNCTIONS: &[Function] = &[];

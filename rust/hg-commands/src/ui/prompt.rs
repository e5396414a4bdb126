//! Questions.

/// A question with its possible answers.
#[derive(Clone, Debug)]
pub struct Choices {}

//! Filesets: the language that selects files (`hg help filesets`).
//!
//! A text is *parsed*, *analyzed*, *optimized* and then compiled to a [`Matcher`]. Status, manifest
//! and whatever else a predicate needs of the repository is read while compiling; only contents of
//! files are read when the matcher is asked.

mod analyze;
mod content;
mod env;
mod eval;
mod lang;
mod optimize;
mod predicates;
mod size;
#[cfg(test)]
mod tests;

use hg_match::{FilesetCompiler, Matcher};
use hg_types::{Result, Revision};

use crate::context::QueryContext;
use crate::parser::Tree;

pub use analyze::analyze;
pub use lang::parse;
pub use optimize::optimize;
pub use predicates::subrepo_paths;

/// The names of the stages between text and matcher.
pub const STAGES: [&str; 3] = ["parsed", "analyzed", "optimized"];

/// Compiles a fileset about the files of a revision or of the working directory; `observe` sees each
/// tree by the name of its stage.
///
/// # Errors
/// When the text is no fileset, or history or the working directory cannot be read.
pub fn compile(
    ctx: &QueryContext,
    rev: Revision,
    text: &[u8],
    observe: &mut dyn FnMut(&str, &Tree),
) -> Result<Matcher> {
    compile_for(ctx, rev, false, text, observe)
}

fn compile_for(
    ctx: &QueryContext,
    rev: Revision,
    tells: bool,
    text: &[u8],
    observe: &mut dyn FnMut(&str, &Tree),
) -> Result<Matcher> {
    let tree = parse(text)?;
    observe(STAGES[0], &tree);
    let tree = analyze(tree)?;
    observe(STAGES[1], &tree);
    let tree = optimize(tree);
    observe(STAGES[2], &tree);
    let parent = ctx.parents(rev)?[0];
    eval::eval(&env::Env { tells, ..env::Env::new(ctx, parent, rev) }, &tree)
}

/// Compiles the `set:` patterns of a matcher.
pub struct Compiler<'q> {
    ctx: &'q QueryContext,
    rev: Revision,
    tells: bool,
}

impl<'q> Compiler<'q> {
    /// A compiler for filesets about a revision or the working directory.
    #[must_use]
    pub fn new(ctx: &'q QueryContext, rev: Revision) -> Self {
        Self { ctx, rev, tells: false }
    }

    /// Tells the user of files that are named and are not there.
    #[must_use]
    pub fn telling(self) -> Self {
        Self { tells: true, ..self }
    }
}

impl FilesetCompiler for Compiler<'_> {
    fn compile(&self, expression: &[u8]) -> Result<Matcher> {
        compile_for(self.ctx, self.rev, self.tells, expression, &mut |_, _| {})
    }
}

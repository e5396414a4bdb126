//! How the store calls out: hooks of transactions.

use hg_types::{Node, Result};

use crate::Repo;

/// Arguments of a hook: name in lower case without `HG_`, and value.
pub type HookArgs = Vec<(String, Vec<u8>)>;

/// Runs hooks; installed by whoever owns the user interface.
pub trait HookRunner: Send + Sync {
    /// Whether any hook of this name is configured: arguments that cost are made only then.
    fn has(&self, repo: &Repo, name: &str) -> bool;

    /// Runs all hooks of a name. Says whether one of them failed.
    ///
    /// # Errors
    /// With `throw`, when a hook fails.
    fn run(&self, repo: &Repo, name: &str, throw: bool, args: &HookArgs) -> Result<bool>;

    /// Runs all hooks of a name when it is too late to undo anything: hooks that fail are told about, and one that
    /// cannot be run at all ends the command later.
    fn run_late(&self, repo: &Repo, name: &str, args: &HookArgs) {
        let _ = self.run(repo, name, false, args);
    }

    /// The text of a conflict marker: `label`, then what `template` says about a changeset, on
    /// one line that is not too long.
    ///
    /// # Errors
    /// When the template cannot be evaluated.
    fn conflict_marker(
        &self,
        repo: &Repo,
        node: &Node,
        template: &[u8],
        label: &[u8],
    ) -> Result<Vec<u8>> {
        let _ = (repo, template);
        Ok([label, b" ", &node.short()].concat())
    }
}

/// A [`HookRunner`] without hooks, for embedders and tests.
#[derive(Clone, Copy, Default, Debug)]
pub struct NoHooks;

impl HookRunner for NoHooks {
    fn has(&self, _: &Repo, _: &str) -> bool {
        false
    }

    fn run(&self, _: &Repo, _: &str, _: bool, _: &HookArgs) -> Result<bool> {
        Ok(false)
    }
}

//! Pushing and pulling through what a plugin does instead (see [`hg_store::RepoOverrides::part`]).

use hg_store::{Repo, RepoMethod};
use hg_types::Result;

use crate::peer::Peer;
use crate::pull::{PullOptions, pull};
use crate::push::{PushOptions, Pushed, push};

/// What a plugin does instead of [`push`].
pub struct PushReplacement(pub PushFunction);

/// A push as a plugin makes it; it has the peer for itself.
pub type PushFunction = Box<dyn Fn(Box<dyn Peer>, PushOptions) -> Result<Pushed> + Send + Sync>;

/// What a plugin does instead of [`pull`].
pub struct PullReplacement(pub PullFunction);

/// A pull as a plugin makes it; it has the peer for itself, and gives [`crate::pull::Pulled::result`].
pub type PullFunction = Box<dyn Fn(Box<dyn Peer>, PullOptions) -> Result<i64> + Send + Sync>;

/// Pushes, the way a plugin wants it if there is one.
///
/// # Errors
/// Those of [`push`], and the plugin's.
pub fn push_to(repo: &Repo, mut peer: Box<dyn Peer>, options: PushOptions) -> Result<Pushed> {
    match repo.replacement::<PushReplacement>(RepoMethod::Push) {
        Some(replaced) => (replaced.0)(peer, options),
        None => push(repo, &mut *peer, &options),
    }
}

/// Pulls, the way a plugin wants it if there is one; says how heads changed.
///
/// # Errors
/// Those of [`pull`], and the plugin's.
pub fn pull_from(repo: &Repo, mut peer: Box<dyn Peer>, options: PullOptions) -> Result<i64> {
    match repo.replacement::<PullReplacement>(RepoMethod::Pull) {
        Some(replaced) => (replaced.0)(peer, options),
        None => Ok(pull(repo, &mut *peer, &options)?.result),
    }
}

//! The configuration file of a new clone.

/// What follows the path: hints that users expect to find there.
const HINTS: &str = "
# path aliases to other clones of this repo in URLs or filesystem paths
# (see 'hg help config.paths' for more info)
#
# default:pushurl = ssh://jdoe@example.net/hg/jdoes-fork
# my-fork         = ssh://jdoe@example.net/hg/jdoes-fork
# my-clone        = /home/jdoe/jdoes-clone

[ui]
# name and email (local to this repository, optional), e.g.
# username = Jane Doe <jdoe@example.com>
";

/// The text with `default` as path to pull from.
pub(super) fn hgrc(default: &[u8]) -> Vec<u8> {
    let head =
        "# example repository config (see 'hg help config' for more info)\n[paths]\ndefault = ";
    [head.as_bytes(), default, b"\n", HINTS.as_bytes()].concat()
}

//! What a server says that it can do.

use hg_format::bundle2::Capabilities;
use hg_format::percent;
use hg_store::Repo;
use hg_types::Result;

use crate::local;

/// What the server understands of HG20.
pub(super) fn bundle2(repo: &Repo) -> Result<Capabilities> {
    let mut out = local::bundle2_capabilities();
    out.0.remove(&b"stream"[..]);
    if !crate::obs::exchanges(repo)? {
        out.0.remove(&b"obsmarkers"[..]);
    }
    if repo.config().get("server", "concurrent-push-mode") == Some(b"strict") {
        out.0.remove(&b"checkheads"[..]);
    }
    Ok(out)
}

/// All names, separated by spaces.
pub(super) fn line(repo: &Repo) -> Result<Vec<u8>> {
    let blob = percent::quote(&bundle2(repo)?.encode(), b"");
    let mut names: Vec<Vec<u8>> = [
        "batch",
        "branchmap",
        "changegroupsubset",
        "getbundle",
        "known",
        "lookup",
        "protocaps",
        "pushkey",
        "unbundle=HG10GZ,HG10BZ,HG10UN",
        "unbundlehash",
    ]
    .map(|name| name.as_bytes().to_vec())
    .to_vec();
    names.push([b"bundle2=", &blob[..]].concat());
    names.sort();
    Ok(names.join(&b' '))
}

//! What a server says that it can do.

use hg_format::bundle2::Capabilities;
use hg_format::percent;
use hg_store::Repo;
use hg_types::Result;

use crate::{local, stream};

/// What the server understands of HG20.
pub(super) fn bundle2(repo: &Repo) -> Result<Capabilities> {
    let mut out = local::bundle2_capabilities();
    let config = repo.config();
    if !config.get_bool_or("server", "bundle2.stream", true)? || !stream::is_enabled(repo)? {
        out.0.remove(&b"stream"[..]);
    }
    if !crate::obs::exchanges(repo)? {
        out.0.remove(&b"obsmarkers"[..]);
    }
    if config.get("server", "concurrent-push-mode") == Some(b"strict") {
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
    if stream::is_allowed(repo)? {
        if repo.config().get_bool_or("server", "preferuncompressed", false)? {
            names.push(b"stream-preferred".to_vec());
        }
        let formats = stream::requirements(repo);
        names.push(match formats.as_slice() {
            b"revlogv1" => b"stream".to_vec(),
            formats => [b"streamreqs=", formats].concat(),
        });
    }
    names.sort();
    Ok(names.join(&b' '))
}

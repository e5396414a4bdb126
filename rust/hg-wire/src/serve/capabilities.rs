//! What a server says that it can do.

use hg_format::bundle2::Capabilities;
use hg_format::percent;
use hg_store::Repo;
use hg_types::{Error, Result};

use super::Transport;
use crate::{local, stream};

/// What the server understands of HG20.
pub(super) fn bundle2(repo: &Repo) -> Result<Capabilities> {
    let mut out = local::understood(repo)?;
    let config = repo.config();
    if !config.get_bool_or("server", "bundle2.stream", true)? || !stream::is_enabled(repo)? {
        out.0.remove(&b"stream"[..]);
    }
    if config.get("server", "concurrent-push-mode") == Some(b"strict") {
        out.0.remove(&b"checkheads"[..]);
    }
    Ok(out)
}

/// All names, separated by spaces.
pub(super) fn line(repo: &Repo, transport: Transport) -> Result<Vec<u8>> {
    let blob = percent::quote(&bundle2(repo)?.encode(), b"");
    let mut names: Vec<Vec<u8>> = [
        "batch",
        "branchmap",
        "changegroupsubset",
        "getbundle",
        "known",
        "lookup",
        "pushkey",
        "unbundle=HG10GZ,HG10BZ,HG10UN",
        "unbundlehash",
    ]
    .map(|name| name.as_bytes().to_vec())
    .to_vec();
    names.push([b"bundle2=", &blob[..]].concat());
    match transport {
        Transport::Ssh => names.push(b"protocaps".to_vec()),
        Transport::Http => names.extend(http(repo)?),
    }
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

/// What only servers over HTTP say.
fn http(repo: &Repo) -> Result<Vec<Vec<u8>>> {
    let config = repo.config();
    let limit = config.get("server", "maxhttpheaderlen").filter(|value| !value.is_empty());
    let mut names = vec![
        [b"httpheader=", limit.unwrap_or(b"1024")].concat(),
        b"httpmediatype=0.1rx,0.1tx,0.2tx".to_vec(),
    ];
    if config.get_bool_or("experimental", "httppostargs", false)? {
        names.push(b"httppostargs".to_vec());
    }
    let engines = engines(repo)?;
    if !engines.is_empty() {
        names.push([b"compression=", &engines.join(",").into_bytes()[..]].concat());
    }
    Ok(names)
}

/// The compression engines that answers may use, the best first.
pub fn engines(repo: &Repo) -> Result<Vec<&'static str>> {
    let wanted = repo.config().get_list("server", "compressionengines");
    if wanted.is_empty() {
        return Ok(vec!["zstd", "zlib"]);
    }
    let known = ["zstd", "zlib", "bzip2", "none"];
    let found =
        |name: &Vec<u8>| known.into_iter().find(|known| known.as_bytes() == name.as_slice());
    wanted
        .iter()
        .map(|name| {
            found(name).ok_or_else(|| {
                let parts: [&[u8]; 3] = [
                    b"invalid compression engine defined in server.compressionengines: ",
                    name,
                    b"",
                ];
                Error::abort(parts.concat())
            })
        })
        .collect()
}

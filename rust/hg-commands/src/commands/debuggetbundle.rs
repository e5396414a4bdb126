//! `hg debuggetbundle`.

use std::io::Write as _;

use hg_format::bundle2;
use hg_format::bundlespec::Compression;
use hg_types::{Error, Node, Result};
use hg_wire::bundle::{bundle2_error, read_error};
use hg_wire::compress::Compressor;
use hg_wire::parts::{Payload, write_parts};
use hg_wire::peer::BundleRequest;
use hg_wire::source::write_changegroup;

use crate::{Command, CommandContext, remote, spec};

/// `hg debuggetbundle`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGGETBUNDLE,
    help: "Fetch a bundle from another repository and write it to a file. Node ids are given in \
           full.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let [location, name] = ctx.args.as_slice() else {
        return Err(ctx.usage_error());
    };
    let nodes = |option: &str| -> Result<Vec<Node>> {
        let ids = ctx.opts.list(option).iter();
        ids.map(|id| Node::from_hex(id).ok_or_else(|| Error::abort("invalid node id"))).collect()
    };
    let (heads, common) = (nodes("head")?, nodes("common")?);
    let kind = ctx.opts.bytes("type").unwrap_or(b"bzip2").to_ascii_lowercase();
    let compression = match kind.as_slice() {
        b"none" => Some(Compression::None),
        b"bzip2" => Some(Compression::Bzip2),
        b"gzip" => Some(Compression::Gzip),
        b"bundle2" => None,
        _ => return Err(Error::abort("unknown bundle type specified with --type")),
    };
    let request = BundleRequest {
        source: b"debug".to_vec(),
        heads: (!heads.is_empty()).then_some(heads),
        common,
        bundle2: None,
        changegroup: true,
        ..BundleRequest::default()
    };
    let mut peer = remote::peer(ctx, location)?;
    let mut parts = peer.get_bundle(&request)?;
    let path = remote::file_path(ctx, name);
    let file = std::fs::File::create(&path).map_err(|error| remote::io_error(name, error))?;
    let mut out = std::io::BufWriter::new(file);
    match compression {
        None => {
            bundle2::write_stream_header(&mut out, &Vec::new()).map_err(bundle2_error)?;
            out = write_parts(&mut *parts, out)?;
        }
        Some(compression) => {
            out.write_all(b"HG10").map_err(read_error)?;
            if compression != Compression::Bzip2 {
                out.write_all(compression.code()).map_err(read_error)?;
            }
            let mut packed = Compressor::new(compression, None, out).map_err(read_error)?;
            match parts.next_part()?.map(|part| part.payload) {
                Some(Payload::Changegroup(version, mut source)) => {
                    write_changegroup(&mut *source, &mut packed, version)?;
                }
                // Nothing to send: an empty changegroup.
                _ => packed.write_all(&[0; 12]).map_err(read_error)?,
            }
            out = packed.finish().map_err(read_error)?;
        }
    }
    out.flush().map_err(|error| remote::io_error(name, error))?;
    Ok(0)
}

//! Looking at what a peer has without pulling it.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use hg_format::bundle2;
use hg_types::{Error, ErrorKind, Node, Result};

use crate::bundle::bundle2_error;
use crate::discovery::Discovery;
use crate::local::bundle2_capabilities;
use crate::parts::write_parts;
use crate::peer::{BundleRequest, Peer};

/// Writes what `peer` has beyond a discovery, up to `heads`, to a bundle file.
///
/// # Errors
/// When the peer fails, or the file cannot be written.
pub fn fetch(
    peer: &mut dyn Peer,
    discovery: &Discovery,
    heads: &[Node],
    file: &Path,
) -> Result<()> {
    let request = BundleRequest {
        source: b"incoming".to_vec(),
        heads: Some(heads.to_vec()),
        common: discovery.common.clone(),
        bundle2: Some(bundle2_capabilities()),
        changegroup: true,
        ..BundleRequest::default()
    };
    let mut parts = peer.get_bundle(&request)?;
    let failed = |error: std::io::Error| {
        let name = file.display();
        Error::new(ErrorKind::Io, format!("cannot write {name}: {error}")).because(error)
    };
    let mut out = BufWriter::new(File::create(file).map_err(failed)?);
    bundle2::write_stream_header(&mut out, &Vec::new()).map_err(bundle2_error)?;
    write_parts(&mut *parts, out)?.flush().map_err(failed)
}

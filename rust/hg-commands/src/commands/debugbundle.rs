//! `hg debugbundle`.

use bstr::ByteSlice as _;
use hg_format::bundle2::{PartHeader, parts as payloads};
use hg_format::bundlespec::Compression;
use hg_format::percent;
use hg_format::streamclone::HeaderV1;
use hg_types::{Error, Result};
use hg_wire::bundle::{self, Bundle, bundle2_error};
use hg_wire::parts::{BundleParts, Part, PartSource as _, Payload};
use hg_wire::source::ChangegroupSource;

use crate::{Command, CommandContext, Ui, remote, spec};

/// `hg debugbundle`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGBUNDLE,
    help: "List what a bundle file holds: its parts and their changesets.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let [name] = ctx.args.as_slice() else {
        return Err(ctx.usage_error());
    };
    let opened = bundle::open(remote::open_file(ctx, name)?, Some(name))?;
    if ctx.opts.flag("spec") {
        let text = spec_of(opened, name)?;
        ctx.ui.write([&text[..], b"\n"].concat());
        return Ok(0);
    }
    let all = ctx.opts.flag("all");
    let parameters = match &opened {
        Bundle::V1 { .. } => None,
        Bundle::V2 { parameters, .. } => Some(parameters.clone()),
        Bundle::Packed1 { .. } => return Err(Error::abort("packed bundles cannot be listed")),
    };
    let mut parts = BundleParts::new(opened, Some(name))?;
    let Some(parameters) = parameters else {
        while let Some(part) = parts.next_part()? {
            if let Payload::Changegroup(_, mut source) = part.payload {
                show_changegroup(&ctx.ui, &mut *source, all, b"")?;
            }
        }
        return Ok(0);
    };
    let pairs = parameters
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().unwrap_or_else(|| b"None".to_vec())));
    ctx.ui.write([b"Stream params: ", &*dict(pairs.collect()), b"\n"].concat());
    let wanted = ctx.opts.list("part-type");
    while let Some(part) = parts.next_part()? {
        if wanted.is_empty() || wanted.contains(&part.header.kind) {
            show_part(ctx, part, all)?;
        }
    }
    Ok(0)
}

/// `{name: value, ...}` by name.
fn dict(mut pairs: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<u8> {
    pairs.sort();
    let item = |(name, value): &(Vec<u8>, Vec<u8>)| [name.as_slice(), b": ", value].concat();
    let items: Vec<Vec<u8>> = pairs.iter().map(item).collect();
    [b"{", &*items.join(&b", "[..]), b"}"].concat()
}

fn show_part(ctx: &CommandContext, part: Part<'_>, all: bool) -> Result<()> {
    let header = &part.header;
    let both = header.mandatory_parameters.iter().chain(&header.advisory_parameters);
    let parameters = dict(both.cloned().collect());
    let mandatory: &[u8] = if header.mandatory { b"True" } else { b"False" };
    let line = [&*header.kind, b" -- ", &parameters, b" (mandatory: ", mandatory, b")\n"];
    ctx.ui.write(line.concat());
    if ctx.ui.is_quiet() {
        return Ok(());
    }
    match (header.kind.as_slice(), part.payload) {
        (_, Payload::Changegroup(_, mut source)) => {
            show_changegroup(&ctx.ui, &mut *source, all, b"    ")
        }
        (b"obsmarkers", Payload::Bytes(bytes)) => show_markers(ctx, &bytes),
        (b"phase-heads", Payload::Bytes(bytes)) => {
            for (phase, node) in payloads::decode_phase_heads(&bytes).map_err(bundle2_error)? {
                let name = phase.name().as_bytes();
                ctx.ui.write([b"    ", &*node.hex(), b" ", name, b"\n"].concat());
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn show_changegroup(
    ui: &Ui,
    source: &mut dyn ChangegroupSource,
    all: bool,
    indent: &[u8],
) -> Result<()> {
    if !all {
        while let Some(delta) = source.next_delta()? {
            ui.write([indent, &delta.header.node.hex(), b"\n"].concat());
        }
        return Ok(());
    }
    let title = b"format: id, p1, p2, cset, delta base, len(delta)\n";
    ui.write([indent, title].concat());
    show_group(ui, source, indent, b"changelog")?;
    show_group(ui, source, indent, b"manifest")?;
    for _ in 0..2 {
        while let Some(path) = source.next_path()? {
            show_group(ui, source, indent, &path)?;
        }
    }
    Ok(())
}

fn show_group(
    ui: &Ui,
    source: &mut dyn ChangegroupSource,
    indent: &[u8],
    name: &[u8],
) -> Result<()> {
    ui.write([b"\n", indent, name, b"\n"].concat());
    while let Some(delta) = source.next_delta()? {
        let header = &delta.header;
        let ids = [header.node, header.p1, header.p2, header.link, header.base];
        let ids: Vec<Vec<u8>> = ids.iter().map(hg_types::Node::hex).collect();
        let length = delta.data.len().to_string();
        ui.write([indent, &ids.join(&b' '), b" ", length.as_bytes(), b"\n"].concat());
    }
    Ok(())
}

fn show_markers(ctx: &CommandContext, bytes: &[u8]) -> Result<()> {
    use hg_format::obs_markers::{MarkerError, decode};
    match decode(bytes) {
        Ok((version, mut markers)) => {
            let text = format!("    version: {version} ({} bytes)\n", bytes.len());
            ctx.ui.write(text);
            markers.sort_by(|a, b| {
                (a.predecessor, &a.successors).cmp(&(b.predecessor, &b.successors))
            });
            for marker in &markers {
                ctx.ui.write([b"    ", &*marker_line(marker), b"\n"].concat());
            }
            Ok(())
        }
        Err(MarkerError::UnknownVersion(version)) => {
            let text = format!("    unsupported version: {version} ({} bytes)\n", bytes.len());
            ctx.ui.write(text);
            Ok(())
        }
        Err(error) => Err(Error::abort(error.to_string())),
    }
}

/// A marker as `hg debugobsolete` shows it.
fn marker_line(marker: &hg_format::obs_markers::Marker) -> Vec<u8> {
    let mut fields = vec![marker.predecessor.hex()];
    fields.extend(marker.successors.iter().map(hg_types::Node::hex));
    fields.push(format!("{:X}", marker.flags).into_bytes());
    if let Some(parents) = &marker.parents {
        let parents: Vec<Vec<u8>> = parents.iter().map(hg_types::Node::hex).collect();
        fields.push([b"{", &*parents.join(&b", "[..]), b"}"].concat());
    }
    let date = marker.date().format(b"%a %b %d %H:%M:%S %Y %1%2");
    fields.push([b"(", &*date, b")"].concat());
    let mut metadata: Vec<Vec<u8>> = marker
        .metadata
        .iter()
        .map(|(key, value)| [b"'", &key[..], b"': '", value, b"'"].concat())
        .collect();
    metadata.sort();
    fields.push([b"{", &*metadata.join(&b", "[..]), b"}"].concat());
    fields.join(&b' ')
}

/// The specification that would write such a bundle.
fn spec_of(opened: Bundle<'_>, name: &[u8]) -> Result<Vec<u8>> {
    let compression = match &opened {
        Bundle::V1 { compression, .. } => {
            return Ok(format!("{}-v1", compression.name()).into_bytes());
        }
        Bundle::V2 { compression, .. } => *compression,
        Bundle::Packed1 { .. } => Compression::None,
    };
    if let Bundle::Packed1 { mut input } = opened {
        let header = HeaderV1::read(&mut input).map_err(|error| Error::abort(error.to_string()))?;
        let mut names: Vec<&[u8]> = header.requirements.split_str(b",").collect();
        names.sort_unstable();
        let text = [b"requirements=", &*names.join(&b','), b""].concat();
        return Ok([b"none-packed1;", &*percent::quote(&text, b"")].concat());
    }
    let mut parts = BundleParts::new(opened, Some(name))?;
    let mut changegroup = None;
    let mut stream = None;
    let mut markers = None;
    while let Some(part) = parts.next_part()? {
        match part.header.kind.as_slice() {
            b"changegroup" => changegroup = Some(part.header),
            b"stream2" => stream = Some(part.header),
            b"obsmarkers" => markers = Some(part.header.mandatory),
            _ => {}
        }
    }
    let head = format!("{}-v2", compression.name()).into_bytes();
    let mut text = [head, spec_parameters(changegroup.as_ref(), stream.as_ref())].concat();
    if let Some(mandatory) = markers {
        text.extend_from_slice(b";obsolescence=yes");
        if !mandatory {
            text.extend_from_slice(b";obsolescence-mandatory=no");
        }
    }
    Ok(text)
}

fn spec_parameters(changegroup: Option<&PartHeader>, stream: Option<&PartHeader>) -> Vec<u8> {
    if let Some(header) = stream {
        let names = percent::unquote(header.parameter(b"requirements").unwrap_or_default());
        let mut names: Vec<&[u8]> = names.split_str(b",").collect();
        names.sort_unstable();
        let text = [b"requirements=", &*names.join(&b','), b""].concat();
        return [b";stream=v2;", &*percent::quote(&text, b"")].concat();
    }
    let Some(header) = changegroup else {
        return b";changegroup=no".to_vec();
    };
    match header.parameter(b"version").unwrap_or(b"01") {
        b"01" | b"02" => Vec::new(),
        version => [b";cg.version=", version].concat(),
    }
}

//! Writing bundles: which parts a specification asks for, and what they hold.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use hg_format::bundle2::parts::{self as payloads, BranchNodes};
use hg_format::bundle2::{self, PartHeader};
use hg_format::bundlespec::{BundleSpec, Compression, Container};
use hg_format::changegroup::Version;
use hg_store::Repo;
use hg_types::{Error, HgPath, Node, Phase, Reporter, Result, Revision};

use crate::bundle::{bundle2_error, read_error};
use crate::compress::Compressor;
use crate::facts;
use crate::generate::StoreSource;
use crate::outgoing::OutgoingSet;
use crate::parts::{Part, PartList, write_parts};
use crate::source::write_changegroup;
use crate::stream;

/// What is written, and who hears about it.
pub struct BundleWriter<'a> {
    /// Where it comes from.
    pub repo: &'a Repo,
    /// What kind of bundle.
    pub spec: &'a BundleSpec,
    /// The changesets.
    pub outgoing: &'a OutgoingSet,
    /// Who hears of sizes.
    pub reporter: Arc<dyn Reporter + Send + Sync>,
    /// The level of compression, if not the engine's default.
    pub level: Option<i32>,
}

impl BundleWriter<'_> {
    /// Writes the bundle.
    pub fn write<W: Write>(&self, mut out: W) -> Result<W> {
        match self.spec.container {
            Container::V1 => self.write_v1(out),
            Container::V2 => {
                let mut parameters = Vec::new();
                if self.spec.compression != Compression::None {
                    let code = self.spec.compression.code().to_vec();
                    parameters.push((b"Compression".to_vec(), Some(code)));
                }
                bundle2::write_stream_header(&mut out, &parameters).map_err(bundle2_error)?;
                let out = self.compressor(out)?;
                let mut parts = self.parts()?;
                write_parts(&mut parts, out)?.finish().map_err(read_error)
            }
            Container::Packed1 => {
                Err(Error::abort("packed bundles cannot be produced by \"hg bundle\"")
                    .hint("use 'hg debugcreatestreamclonebundle'"))
            }
        }
    }

    fn compressor<W: Write>(&self, out: W) -> Result<Compressor<W>> {
        Compressor::new(self.spec.compression, self.level, out).map_err(read_error)
    }

    fn write_v1<W: Write>(&self, mut out: W) -> Result<W> {
        let code: &[u8] = match self.spec.compression {
            // The two letters are the first of the bzip2 stream itself.
            Compression::Bzip2 => b"",
            other => other.code(),
        };
        out.write_all(b"HG10").and_then(|()| out.write_all(code)).map_err(read_error)?;
        let mut out = self.compressor(out)?;
        let mut source = self.source(Version::V1)?;
        write_changegroup(&mut source, &mut out, Version::V1)?;
        out.finish().map_err(read_error)
    }

    fn source(&self, version: Version) -> Result<StoreSource<'_>> {
        let view = facts::unfiltered(self.repo)?;
        let source = StoreSource::new(self.repo, self.outgoing.to_changegroup(&view), version)?;
        Ok(source.report_sizes(Arc::clone(&self.reporter)))
    }

    fn parts(&self) -> Result<PartList<'_>> {
        let mut parts = PartList::default();
        if self.spec.stream.is_some() {
            if !stream::is_allowed(self.repo)? {
                return Err(stream::refused());
            }
            parts.0.push_back(stream::Snapshot::take(self.repo, stream::Version::V2)?.part());
        }
        if self.spec.changegroup {
            parts.0.push_back(self.changegroup_part()?);
        }
        if self.spec.tags_fnodes_cache {
            parts.0.extend(self.tags_part()?);
        }
        if self.spec.rev_branch_cache && self.spec.changegroup {
            parts.0.push_back(self.branches_part()?);
        }
        if self.spec.obsolescence {
            parts.0.extend(crate::obs::bundle_part(self.repo, &self.missing_nodes()?, self.spec)?);
        }
        if self.spec.phases {
            parts.0.push_back(self.phases_part()?);
        }
        Ok(parts)
    }

    fn missing_nodes(&self) -> Result<Vec<Node>> {
        Ok(facts::unfiltered(self.repo)?.nodes(&self.outgoing.missing))
    }

    fn changegroup_part(&self) -> Result<Part<'_>> {
        let name = self.spec.changegroup_version.as_deref().unwrap_or(b"02");
        let version = Version::from_name(name).ok_or_else(|| {
            Error::abort([b"repository does not support bundle version ", name].concat())
        })?;
        let mut part = Part::changegroup(version, Box::new(self.source(version)?));
        let count = self.outgoing.missing.len().to_string();
        part.header = part.header.with_advisory(b"nbchanges", count.as_bytes());
        let phases = self.repo.phases()?;
        let secret = |&rev: &usize| phases.phase(Revision::from_index(rev)) >= Phase::Secret;
        if self.spec.phases && self.outgoing.missing.iter().any(secret) {
            part.header = part.header.with_advisory(b"targetphase", b"2");
        }
        Ok(part)
    }

    fn tags_part(&self) -> Result<Option<Part<'static>>> {
        let changelog = self.repo.changelog()?;
        let mut payload = Vec::new();
        for node in self.outgoing.missing_heads.iter().filter(|node| !node.is_null()) {
            let manifest = self.repo.manifest(&changelog.entry_of(node)?.manifest())?;
            if let Some(file) = manifest.node(HgPath::new(".hgtags")) {
                payload.extend_from_slice(&node.0);
                payload.extend_from_slice(&file.0);
            }
        }
        let header = PartHeader::new(b"hgtagsfnodes", false);
        Ok((!payload.is_empty()).then(|| Part::bytes(header, payload)))
    }

    fn branches_part(&self) -> Result<Part<'static>> {
        let changelog = self.repo.changelog()?;
        let mut branches: BTreeMap<Vec<u8>, BranchNodes> = BTreeMap::new();
        for &rev in &self.outgoing.missing {
            let rev = Revision::from_index(rev);
            let entry = changelog.entry(rev)?;
            let branch = branches.entry(entry.branch()).or_default();
            let list = if entry.closes_branch() { &mut branch.closed } else { &mut branch.open };
            list.push(changelog.node(rev));
        }
        let list: Vec<BranchNodes> = branches
            .into_iter()
            .map(|(name, mut branch)| {
                branch.open.sort_unstable();
                branch.closed.sort_unstable();
                BranchNodes { name, ..branch }
            })
            .collect();
        let payload = payloads::encode_branch_nodes(&list).map_err(bundle2_error)?;
        Ok(Part::bytes(PartHeader::new(b"cache:rev-branch-cache", false), payload))
    }

    fn phases_part(&self) -> Result<Part<'static>> {
        let view = facts::unfiltered(self.repo)?;
        let heads = facts::phase_heads(self.repo, &view, &self.outgoing.missing)?;
        let entries: Vec<(Phase, Node)> = heads
            .into_iter()
            .flat_map(|(phase, revs)| {
                view.nodes(&revs).into_iter().map(move |node| (phase, node)).collect::<Vec<_>>()
            })
            .collect();
        let payload = payloads::encode_phase_heads(&entries);
        Ok(Part::bytes(PartHeader::new(b"phase-heads", true), payload))
    }
}

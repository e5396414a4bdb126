//! Archives: the files of a revision as a directory, a tarball or a zip file.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use flate2::GzBuilder;
use hg_format::tar::{TarContent, TarMember, TarWriter};
use hg_format::zip::{ZipMember, ZipWriter};
use hg_match::Matcher;
use hg_query::template::{Changeset, Engine, History, Host, Scope, Vars};
use hg_store::{Manifest, Repo, TagKind};
use hg_types::{Error, FileFlags, HgPath, HgPathBuf, Result, Revision};
use hg_vfs::{IoResultExt as _, Vfs, os_message, path_to_bytes};
use hg_wdir::{StatusOptions, WorkingDir};
use rayon::prelude::*;

use crate::subrepo::{self, GitSubrepo, Of};

/// How many files are read ahead, on all processors.
const BATCH: usize = 128;
/// What describes the archived revision, beside its files.
const METADATA: &str = ".hg_archival.txt";

/// What is said of a changeset without tags.
const LATEST_TAGS: &[u8] =
    b"{latesttag % 'latesttag: {tag}\\n'}latesttagdistance: {latesttagdistance}\n\
changessincelatesttag: {changessincelatesttag}\n";

/// What kind of archive is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArchiveKind {
    /// A directory.
    Files,
    /// A tarball.
    Tar,
    /// A tarball compressed by gzip.
    TarGzip,
    /// A tarball compressed by bzip2.
    TarBzip2,
    /// A tarball compressed by xz.
    TarXz,
    /// A zip file.
    Zip,
    /// A zip file without compression.
    ZipStored,
}

impl ArchiveKind {
    const NAMES: [(&'static str, Self); 7] = [
        ("files", Self::Files),
        ("tar", Self::Tar),
        ("tbz2", Self::TarBzip2),
        ("tgz", Self::TarGzip),
        ("txz", Self::TarXz),
        ("uzip", Self::ZipStored),
        ("zip", Self::Zip),
    ];
    /// In the order in which they are tried.
    const SUFFIXES: [(&'static str, Self); 8] = [
        (".tar", Self::Tar),
        (".tar.bz2", Self::TarBzip2),
        (".tbz2", Self::TarBzip2),
        (".tar.gz", Self::TarGzip),
        (".tgz", Self::TarGzip),
        (".tar.xz", Self::TarXz),
        (".txz", Self::TarXz),
        (".zip", Self::Zip),
    ];

    /// The kind with a name.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, kind)| *kind)
    }

    /// The kind that a file's name tells.
    #[must_use]
    pub fn of_file(name: &[u8]) -> Option<Self> {
        let told = |suffix: &str| name.ends_with(suffix.as_bytes());
        Self::SUFFIXES.iter().find(|(suffix, _)| told(suffix)).map(|(_, kind)| *kind)
    }

    /// Whether it is one file.
    #[must_use]
    pub fn is_file(self) -> bool {
        self != Self::Files
    }

    /// A file's name without what tells the kind.
    #[must_use]
    pub fn strip_suffix(self, name: &[u8]) -> &[u8] {
        let mut suffixes = Self::SUFFIXES.iter().filter(|(_, kind)| *kind == self);
        suffixes.find_map(|(suffix, _)| name.strip_suffix(suffix.as_bytes())).unwrap_or(name)
    }
}

/// What is archived.
pub struct ArchiveOptions<'a> {
    /// The revision, or the working directory.
    pub rev: Revision,
    /// Which of its files.
    pub matcher: &'a Matcher,
    /// What the members' names start with; ends with a slash unless it is empty.
    pub prefix: &'a [u8],
    /// Whether files go through the `[decode]` filters.
    pub decode: bool,
    /// Seconds since 1970 that all members get.
    pub mtime: i64,
    /// The text of `.hg_archival.txt`.
    pub metadata: Option<Vec<u8>>,
    /// Whether files of subrepositories are taken in.
    pub subrepos: bool,
}

/// Where an archive goes.
pub enum Destination<'a> {
    /// A file or directory.
    Path(&'a Path),
    /// An open stream, and whether it is a file in which positions can be changed.
    Stream(Box<dyn Write + 'a>, bool),
}

/// Brings a prefix into the form that members' names have.
///
/// # Errors
/// When it leads out of the place where an archive is unpacked.
pub fn tidy_prefix(prefix: &[u8]) -> Result<Vec<u8>> {
    let mut parts: Vec<&[u8]> = Vec::new();
    let mut outside = prefix.starts_with(b"/");
    for part in prefix.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => outside |= parts.pop().is_none(),
            name => parts.push(name),
        }
    }
    if outside {
        return Err(Error::abort("archive prefix contains illegal components"));
    }
    let mut out = parts.join(&b'/');
    if !out.is_empty() {
        out.push(b'/');
    }
    Ok(out)
}

/// The text of `.hg_archival.txt` for a revision: what `experimental.archivemetatemplate` says, by
/// default the first and this changeset, the branch, and the tags or how far the latest ones are.
///
/// # Errors
/// When the template is malformed or the repository is damaged.
pub fn metadata(repo: &Repo, rev: Revision, host: &Rc<dyn Host>) -> Result<Vec<u8>> {
    let config = repo.config();
    let template = config.get("experimental", "archivemetatemplate");
    let template = template.filter(|template| !template.is_empty());
    let (mut out, tagged) = match template {
        Some(_) => (Vec::new(), false),
        None => facts(repo, rev)?,
    };
    if !tagged {
        let engine = Engine::new(Rc::clone(host), Some(repo.clone()));
        let history = History::new(repo.clone(), Rc::clone(host));
        let changeset = Rc::new(Changeset::open(&history, rev)?);
        let code = engine.compile(template.unwrap_or(LATEST_TAGS))?;
        engine.render_code(&code, &Scope::root(Vars::changeset(changeset)), &mut out)?;
    }
    Ok(out)
}

/// The lines about a revision up to its tags; and whether it has any.
fn facts(repo: &Repo, rev: Revision) -> Result<(Vec<u8>, bool)> {
    let changelog = repo.changelog()?;
    let first = if changelog.is_empty() { Revision::NULL } else { Revision::new(0) };
    let first = changelog.node(first).hex();
    let mut names = Vec::new();
    let (node, branch) = if rev.is_wdir() {
        let mut wdir = WorkingDir::open(repo)?;
        let mark: &[u8] = if is_dirty(&mut wdir)? { b"+" } else { b"" };
        ([&wdir.dirstate().p1().hex()[..], mark].concat(), hg_wdir::branch::read(repo)?)
    } else {
        let node = changelog.node(rev);
        let tags = repo.tags()?;
        for name in tags.names_of(&node) {
            if tags.kind(name) == Some(TagKind::Global) {
                names.push(name.clone());
            }
        }
        (node.hex(), changelog.entry(rev)?.branch().to_vec())
    };
    let parts: [&[u8]; 7] = [b"repo: ", &first, b"\nnode: ", &node, b"\nbranch: ", &branch, b"\n"];
    let mut out = parts.concat();
    for name in &names {
        out.extend_from_slice(&[b"tag: ", &name[..], b"\n"].concat());
    }
    Ok((out, !names.is_empty()))
}

fn is_dirty(wdir: &mut WorkingDir) -> Result<bool> {
    let status = wdir.status(&Matcher::always(), StatusOptions::default())?;
    let nested = wdir.repo().nested();
    let nested = nested.map_or(Ok(false), |nested| nested.is_dirty(wdir.repo(), true))?;
    let own = status.has_changes() || !status.deleted.is_empty();
    Ok(!wdir.dirstate().p2().is_null() || own || nested)
}

/// Makes an archive of `kind`; gives the number of files in it.
///
/// # Errors
/// When no file matches, one cannot be read, or the archive cannot be written.
pub fn archive(
    repo: &Repo,
    kind: ArchiveKind,
    destination: Destination<'_>,
    options: &ArchiveOptions<'_>,
) -> Result<usize> {
    let source = Contents::open(repo, options)?;
    let count = source.parts.iter().map(|part| part.members.len()).sum();
    if count == 0 {
        return Err(Error::abort("no files match the archive pattern"));
    }
    match destination {
        Destination::Path(path) if kind == ArchiveKind::Files => {
            source.write_directory(path)?;
        }
        Destination::Path(path) => {
            let file = File::create(path).map_err(|error| {
                let name = path_to_bytes(path);
                Error::abort([&os_message(&error)[..], b": '", name, b"'"].concat())
            })?;
            let out = io::BufWriter::with_capacity(1 << 18, file);
            let name = path.file_name().map(|name| name.as_encoded_bytes().to_vec());
            let target = Target { out, name, seekable: true };
            let mut out = source.write_stream(kind, target)?;
            out.flush().when("writing", path)?;
        }
        Destination::Stream(out, seekable) => {
            let target = Target { out, name: None, seekable };
            let mut out = source.write_stream(kind, target)?;
            out.flush().when("writing", Path::new("archive"))?;
        }
    }
    Ok(count)
}

/// What an archive is written to.
struct Target<W> {
    out: W,
    /// The file's name, for the formats that keep it.
    name: Option<Vec<u8>>,
    seekable: bool,
}

/// A file to be archived.
struct Member {
    path: HgPathBuf,
    flags: FileFlags,
}

/// The files of one repository, and where they come from.
struct Part {
    origin: Origin,
    /// The way to the repository from the outermost one.
    below: HgPathBuf,
    members: Vec<Member>,
}

/// Where files come from.
enum Origin {
    /// The working directory of a repository.
    Working(Repo),
    /// A changeset.
    Stored(Repo, Arc<Manifest>),
    /// A revision of a Git repository, or its working directory.
    Git(Box<GitSubrepo>, Option<Vec<u8>>),
}

impl Part {
    /// The files of a repository, and those of its subrepositories if that is wanted.
    fn collect(
        repo: &Repo,
        rev: Revision,
        (matcher, below): (&Matcher, &HgPath),
        options: &ArchiveOptions<'_>,
        out: &mut Vec<Self>,
    ) -> Result<()> {
        let of = match rev.is_wdir() {
            true => Of::Working,
            false => Of::Changeset(repo.changelog()?.node(rev)),
        };
        let subrepos = match options.subrepos {
            true => subrepo::states(repo, of)?,
            false => subrepo::States::new(),
        };
        let own = matcher.outside(subrepos.keys().cloned().collect());
        out.push(Self::own(repo, of, &own, below)?);
        for (path, state) in &subrepos {
            let sub = subrepo::open(repo, path, state)?;
            let inside = matcher.inside(path);
            let below = match below.is_empty() {
                true => path.clone(),
                false => below.join(path.as_bytes()),
            };
            if of != Of::Working {
                sub.obtain(state)?;
            }
            if let Some(hg) = sub.as_hg() {
                let repo = hg.repo();
                let rev = match of {
                    Of::Working => Revision::WDIR,
                    Of::Changeset(_) => hg.revision()?,
                };
                Self::collect(&repo, rev, (&inside, &below), options, out)?;
            } else if let Some(git) = sub.as_git() {
                let revision = (of != Of::Working).then(|| state.revision.clone());
                let files = git.files(revision.as_deref(), &inside)?;
                let members = files.into_iter().map(|(path, flags)| Member { path, flags });
                let members = members.collect();
                let origin = Origin::Git(Box::new(git.clone()), revision);
                out.push(Self { origin, below, members });
            }
        }
        Ok(())
    }

    fn own(repo: &Repo, of: Of, matcher: &Matcher, below: &HgPath) -> Result<Self> {
        let mut members = Vec::new();
        let below = below.to_owned();
        if let Of::Changeset(node) = of {
            let manifest = hg_wdir::manifest_of(repo, &node)?;
            for entry in manifest.iter().filter(|entry| matcher.matches(entry.path)) {
                members.push(Member { path: entry.path.to_owned(), flags: entry.flags });
            }
            return Ok(Self { origin: Origin::Stored(repo.clone(), manifest), below, members });
        }
        let mut wdir = WorkingDir::open(repo)?;
        let (files, _) = wdir.walk_files(matcher, StatusOptions::default())?;
        for path in files {
            if wdir.dirstate().is_tracked(&path)?
                && let Some(flags) = wdir.file_flags(&path)?
            {
                members.push(Member { path, flags });
            }
        }
        Ok(Self { origin: Origin::Working(repo.clone()), below, members })
    }

    /// What progress is shown of.
    fn topic(&self) -> String {
        match self.below.is_empty() {
            true => "archiving".to_owned(),
            false => format!("archiving ({})", String::from_utf8_lossy(self.below.as_bytes())),
        }
    }

    /// The path of a member from the outermost repository.
    fn full_path(&self, member: &Member) -> HgPathBuf {
        match self.below.is_empty() {
            true => member.path.clone(),
            false => self.below.join(member.path.as_bytes()),
        }
    }

    fn read(&self, member: &Member, decode: bool) -> Result<Vec<u8>> {
        let (repo, content, version) = match &self.origin {
            Origin::Git(git, revision) => return git.read(&member.path, revision.as_deref()),
            Origin::Stored(repo, manifest) => {
                let version = manifest.node(&member.path);
                let node = version.unwrap_or_default();
                (repo, repo.filelog(&member.path)?.read_node(&node)?.into_vec(), version)
            }
            Origin::Working(repo) => {
                hg_vfs::check_links(repo.wvfs(), member.path.as_bytes())?;
                let found = WorkingDir::open(repo)?.read_file(&member.path)?;
                (repo, found.map(|(_, content)| content).unwrap_or_default(), None)
            }
        };
        if !decode {
            return Ok(content);
        }
        let made = hg_wdir::filter::decode(repo, &member.path, content.into(), version)?;
        Ok(made.into_owned())
    }
}

/// Everything that goes into an archive.
struct Contents<'a> {
    reporter: Arc<dyn hg_types::Reporter + Send + Sync>,
    options: &'a ArchiveOptions<'a>,
    parts: Vec<Part>,
    metadata: Option<&'a [u8]>,
}

impl<'a> Contents<'a> {
    fn open(repo: &Repo, options: &'a ArchiveOptions<'a>) -> Result<Self> {
        let wanted = options.matcher.matches(HgPath::new(METADATA));
        let metadata = options.metadata.as_deref().filter(|_| wanted);
        let mut parts = Vec::new();
        let start = (options.matcher, HgPath::new(b""));
        Part::collect(repo, options.rev, start, options, &mut parts)?;
        Ok(Self { reporter: repo.reporter(), options, parts, metadata })
    }

    /// Reads members on all processors and hands them on in order.
    fn for_each(
        &self,
        mut take: impl FnMut(&HgPath, FileFlags, &[u8]) -> Result<()>,
    ) -> Result<()> {
        self.parts.iter().try_for_each(|part| self.read_part(part, &mut take))
    }

    fn read_part(
        &self,
        part: &Part,
        take: &mut dyn FnMut(&HgPath, FileFlags, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let total = part.members.len() as u64;
        let topic = part.topic();
        let mut done = 0;
        let read = |member: &Member| part.read(member, self.options.decode);
        for batch in part.members.chunks(BATCH) {
            let contents: Vec<Vec<u8>> = if batch.len() < 8 {
                batch.iter().map(read).collect::<Result<_>>()?
            } else {
                batch.par_iter().map(read).collect::<Result<_>>()?
            };
            for (member, content) in batch.iter().zip(contents) {
                take(&part.full_path(member), member.flags, &content)?;
                done += 1;
                let name = member.path.as_bytes();
                self.reporter.progress(&topic, Some(done), name, "files", Some(total));
            }
        }
        self.reporter.progress(&topic, None, b"", "", None);
        Ok(())
    }

    fn write_stream<W: Write>(&self, kind: ArchiveKind, target: Target<W>) -> Result<W> {
        let Target { out, name, seekable } = target;
        Ok(match kind {
            ArchiveKind::Files => {
                return Err(Error::abort("cannot archive plain files to stdout"));
            }
            ArchiveKind::Tar => self.write_tar(out)?,
            ArchiveKind::TarGzip => {
                let mut builder = GzBuilder::new()
                    .mtime(u32::try_from(self.options.mtime.max(0)).unwrap_or(u32::MAX))
                    .operating_system(255);
                if let Some(name) = name {
                    builder = builder.filename(name.strip_suffix(b".gz").unwrap_or(&name));
                }
                let encoder = builder.write(out, flate2::Compression::best());
                self.write_tar(encoder)?.finish().map_err(failed)?
            }
            ArchiveKind::TarBzip2 => {
                let encoder = bzip2::write::BzEncoder::new(out, bzip2::Compression::best());
                self.write_tar(encoder)?.finish().map_err(failed)?
            }
            ArchiveKind::TarXz => {
                let encoder = liblzma::write::XzEncoder::new(out, 6);
                self.write_tar(encoder)?.finish().map_err(failed)?
            }
            ArchiveKind::Zip | ArchiveKind::ZipStored => {
                let zip = ZipWriter::new(out, self.options.mtime, kind == ArchiveKind::Zip);
                self.write_zip(zip.unseekable(!seekable))?
            }
        })
    }

    fn write_tar<W: Write>(&self, out: W) -> Result<W> {
        let mut tar = TarWriter::new(out);
        let mtime = self.options.mtime;
        if let Some(text) = self.metadata {
            let path = self.named(HgPath::new(METADATA));
            let content = TarContent::File(text);
            tar.add(&TarMember { path: &path, mode: 0o644, mtime, content }).map_err(failed)?;
        }
        self.for_each(|path, flags, data| {
            let path = self.named(path);
            let content = match flags {
                FileFlags::Symlink => TarContent::Symlink(data),
                _ => TarContent::File(data),
            };
            let mode = mode_of(flags) & 0o7777;
            tar.add(&TarMember { path: &path, mode, mtime, content }).map_err(failed)
        })?;
        tar.finish().map_err(failed)
    }

    fn write_zip<W: Write>(&self, mut zip: ZipWriter<W>) -> Result<W> {
        if let Some(data) = self.metadata {
            let path = self.named(HgPath::new(METADATA));
            let mode = mode_of(FileFlags::Regular);
            zip.add(&ZipMember { path: &path, mode, data }).map_err(failed)?;
        }
        self.for_each(|path, flags, data| {
            let path = self.named(path);
            let mode = mode_of(flags);
            zip.add(&ZipMember { path: &path, mode, data }).map_err(failed)
        })?;
        zip.finish().map_err(failed)
    }

    fn named(&self, path: &HgPath) -> Vec<u8> {
        [self.options.prefix, path.as_bytes()].concat()
    }

    /// Writes a directory: files on all processors, then links, so that nothing is written through one.
    fn write_directory(&self, root: &Path) -> Result<()> {
        let target = Vfs::new(root);
        std::fs::create_dir_all(root).when("creating", root)?;
        if let Some(text) = self.metadata {
            self.write_member(&target, HgPath::new(METADATA), FileFlags::Regular, text)?;
        }
        self.parts.iter().try_for_each(|part| self.write_part(&target, part))
    }

    fn write_part(&self, target: &Vfs, part: &Part) -> Result<()> {
        let (links, files): (Vec<&Member>, Vec<&Member>) =
            part.members.iter().partition(|member| member.flags == FileFlags::Symlink);
        let write = |member: &&Member| {
            let content = part.read(member, self.options.decode)?;
            self.write_member(target, &part.full_path(member), member.flags, &content)
        };
        if files.len() < 16 {
            files.iter().try_for_each(write)?;
        } else {
            files.par_iter().try_for_each(write)?;
        }
        links.iter().try_for_each(write)
    }

    fn write_member(
        &self,
        target: &Vfs,
        path: &HgPath,
        flags: FileFlags,
        content: &[u8],
    ) -> Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        hg_vfs::check_path(path.as_bytes())?;
        hg_vfs::check_links(target, path.as_bytes())?;
        if let Some(parent) = path.parent().filter(|parent| !parent.is_empty()) {
            target.create_dirs(parent)?;
        }
        if target.lstat(path)?.is_some_and(|stat| !stat.is_dir()) {
            target.try_remove(path)?;
        }
        if flags == FileFlags::Symlink {
            return Ok(target.symlink(content, path)?);
        }
        let full = target.join(path);
        let mut file = target.create(path)?;
        file.write_all(content).when("writing", &full)?;
        // As in the other kinds, whoever may do what does not depend on who makes the archive.
        let mode = std::fs::Permissions::from_mode(mode_of(flags) & 0o7777);
        file.set_permissions(mode).when("writing", &full)?;
        let time = system_time(self.options.mtime);
        let times = std::fs::FileTimes::new().set_accessed(time).set_modified(time);
        file.set_times(times).when("writing", &full)?;
        Ok(())
    }
}

fn failed(error: io::Error) -> Error {
    Error::abort([&b"cannot write archive: "[..], &os_message(&error)].concat()).because(error)
}

fn mode_of(flags: FileFlags) -> u32 {
    match flags {
        FileFlags::Symlink => 0o120_777,
        FileFlags::Executable => 0o100_755,
        FileFlags::Regular | FileFlags::Tree => 0o100_644,
    }
}

fn system_time(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    };
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        let tidy = |prefix: &str| {
            tidy_prefix(prefix.as_bytes()).map(|out| String::from_utf8(out).expect("ASCII"))
        };
        assert_eq!(tidy("a/../b").expect("inside"), "b/");
        assert_eq!(tidy("./x//y/").expect("inside"), "x/y/");
        assert_eq!(tidy(".").expect("inside"), "");
        assert!(tidy("..").is_err());
        assert!(tidy("/x").is_err());
        assert!(tidy("a/../../b").is_err());
    }

    #[test]
    fn kinds_by_name() {
        assert_eq!(ArchiveKind::of_file(b"x.tar.gz"), Some(ArchiveKind::TarGzip));
        assert_eq!(ArchiveKind::of_file(b"x.tbz"), None);
        assert_eq!(ArchiveKind::Zip.strip_suffix(b"a.zip"), b"a");
    }
}

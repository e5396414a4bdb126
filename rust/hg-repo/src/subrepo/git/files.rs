//! What has changed in a Git repository, and what its files hold.

use hg_diff::DiffOptions;
use hg_match::Matcher;
use hg_types::{FileFlags, HgPath, HgPathBuf, Result};
use hg_wdir::merge::backup_path;
use hg_wdir::{Status, StatusOptions};

use super::GitSubrepo;
use crate::subrepo::{Subrepo as _, Subrepos, named};

/// How a difference in a Git repository is shown.
pub struct GitDiff<'a> {
    /// The revision that is compared with; none for the working directory.
    pub other: Option<&'a [u8]>,
    /// Show only how many lines have changed.
    pub stat: bool,
    /// The format.
    pub options: &'a DiffOptions,
    /// The way to the repository.
    pub prefix: &'a HgPath,
}

/// Whether a file was added, and how it is told.
pub struct GitAdded {
    /// The file.
    pub path: HgPathBuf,
    /// It was named itself.
    pub exact: bool,
    /// It was tracked before: nothing was done.
    pub known: bool,
}

impl GitSubrepo {
    /// What has changed since the recorded state, in the working directory or up to `other`.
    ///
    /// # Errors
    /// When `git` fails.
    pub fn status(
        &self,
        other: Option<&[u8]>,
        matcher: &Matcher,
        options: StatusOptions,
    ) -> Result<Status> {
        let mut status = Status::default();
        if self.is_missing() || self.state.revision.is_empty() {
            return Ok(status);
        }
        named(self.fill_status(other, options, &mut status), &self.shown())?;
        for list in [
            &mut status.modified,
            &mut status.added,
            &mut status.removed,
            &mut status.unknown,
            &mut status.ignored,
            &mut status.clean,
        ] {
            list.retain(|path| matcher.matches(path));
        }
        Ok(status)
    }

    fn fill_status(
        &self,
        other: Option<&[u8]>,
        options: StatusOptions,
        status: &mut Status,
    ) -> Result<()> {
        self.refresh()?;
        let own = &self.state.revision[..];
        let text = match other.filter(|other| !other.is_empty()) {
            Some(other) => self.ask(&[b"diff-tree", b"--no-renames", b"-z", b"-r", own, other])?,
            None => self.ask(&[b"diff-index", b"--no-renames", b"-z", own])?,
        };
        let mut fields = text.split(|&byte| byte == 0);
        while let (Some(about), Some(name)) = (fields.next(), fields.next()) {
            let list = match about.last() {
                Some(b'M' | b'T') => &mut status.modified,
                Some(b'A') => &mut status.added,
                Some(b'D') => &mut status.removed,
                _ => continue,
            };
            list.push(HgPathBuf::from(name));
        }
        if options.unknown || options.ignored {
            let mut args: Vec<&[u8]> =
                vec![b"status", b"--porcelain", b"-z", b"--untracked-files=all"];
            if options.ignored {
                args.push(b"--ignored");
            }
            let text = self.ask(&args)?;
            for line in text.split(|&byte| byte == 0).filter(|line| line.len() > 3) {
                let name = HgPathBuf::from(&line[3..]);
                match &line[..2] {
                    b"??" => status.unknown.push(name),
                    b"!!" => status.ignored.push(name),
                    _ => {}
                }
            }
        }
        if options.clean {
            let text = self.ask(&[b"ls-files", b"-z"])?;
            let changed = [&status.modified, &status.added, &status.removed];
            let names = text.split(|&byte| byte == 0).filter(|name| !name.is_empty());
            let names = names.map(HgPathBuf::from);
            let clean = names.filter(|name| !changed.iter().any(|list| list.contains(name)));
            status.clean = clean.collect();
        }
        Ok(())
    }

    /// What has changed, as Git shows it; complete with newline, empty for nothing.
    ///
    /// # Errors
    /// When `git` fails.
    pub fn diff(&self, diff: &GitDiff<'_>, matcher: &Matcher) -> Result<Vec<u8>> {
        if self.is_missing() || self.state.revision.is_empty() {
            return Ok(Vec::new());
        }
        named(self.diff_text(diff, matcher), &self.shown())
    }

    fn diff_text(&self, diff: &GitDiff<'_>, matcher: &Matcher) -> Result<Vec<u8>> {
        let options = diff.options;
        let mut args: Vec<Vec<u8>> = vec![b"diff".to_vec(), b"--no-renames".to_vec()];
        if diff.stat {
            args.push(b"--stat".to_vec());
        } else {
            args.push(format!("-U{}", options.context).into_bytes());
        }
        for (option, side) in [("--src-prefix=", "a/"), ("--dst-prefix=", "b/")] {
            let side = if options.noprefix { "" } else { side };
            let start = format!("{option}{side}");
            args.push([start.as_bytes(), diff.prefix.as_bytes(), b"/"].concat());
        }
        let spaces = [
            (options.ignore_space, "--ignore-all-space"),
            (options.ignore_space_amount, "--ignore-space-change"),
            (options.ignore_blank_lines, "--ignore-blank-lines"),
        ];
        args.extend(spaces.iter().filter(|(on, _)| *on).map(|(_, name)| name.as_bytes().to_vec()));
        args.push(self.state.revision.clone());
        args.extend(diff.other.filter(|other| !other.is_empty()).map(<[u8]>::to_vec));
        let words: Vec<&[u8]> = args.iter().map(Vec::as_slice).collect();
        let mut out = Vec::new();
        let mut take = |text: Vec<u8>| {
            out.extend_from_slice(&text);
            out.push(b'\n');
        };
        if matcher.is_always() {
            take(self.ask(&words)?);
        } else {
            let status = self.status(diff.other, matcher, StatusOptions::default())?;
            for path in [status.modified, status.added, status.removed].concat() {
                let file: [&[u8]; 2] = [b"--", path.as_bytes()];
                take(self.ask(&[&words[..], &file].concat())?);
            }
        }
        Ok(if out.trim_ascii().is_empty() { Vec::new() } else { out })
    }

    /// The content of the first file that was named, at the recorded state; patterns find nothing.
    ///
    /// # Errors
    /// When `git` fails.
    pub fn cat(&self, matcher: &Matcher) -> Result<Option<(HgPathBuf, Vec<u8>)>> {
        let named_file = matcher.files().into_iter().find(|file| !file.is_empty());
        let Some(path) = named_file.filter(|_| !matcher.has_patterns()) else { return Ok(None) };
        let content = self.read(&path, Some(&self.state.revision))?;
        Ok(Some((path, content.trim_ascii().to_vec())))
    }

    /// The content of a file, as it is in a revision or in the commit that is checked out.
    ///
    /// # Errors
    /// When `git` fails.
    pub fn read(&self, path: &HgPath, revision: Option<&[u8]>) -> Result<Vec<u8>> {
        let name = [revision.unwrap_or(b"HEAD"), b":", path.as_bytes()].concat();
        named(self.ask_exactly(&[b"show", &name]), &self.shown())
    }

    /// The files of a revision, or of the commit that is checked out.
    ///
    /// # Errors
    /// When `git` fails.
    pub fn files(
        &self,
        revision: Option<&[u8]>,
        matcher: &Matcher,
    ) -> Result<Vec<(HgPathBuf, FileFlags)>> {
        let args: [&[u8]; 4] = [b"ls-tree", b"-r", b"-z", revision.unwrap_or(b"HEAD")];
        let text = named(self.ask(&args), &self.shown())?;
        let entries = text.split(|&byte| byte == 0).filter_map(|line| {
            let tab = line.iter().position(|&byte| byte == b'\t')?;
            let flags = match &line[..tab.min(6)] {
                b"120000" => FileFlags::Symlink,
                b"100755" => FileFlags::Executable,
                b"160000" => return None,
                _ => FileFlags::Regular,
            };
            Some((HgPathBuf::from(&line[tab + 1..]), flags))
        });
        Ok(entries.filter(|(path, _)| matcher.matches(path)).collect())
    }

    /// Saves changed files under other names, as before a revert.
    ///
    /// # Errors
    /// When `git` fails, or a file cannot be moved.
    pub fn save_changed(&self, dry_run: bool) -> Result<()> {
        let status = self.status(None, &Matcher::always(), StatusOptions::default())?;
        for name in status.modified.iter().filter(|_| !dry_run) {
            let full = self.path.join(name.as_bytes());
            let saved = backup_path(&self.around, &full)?;
            let own = Subrepos::of(&self.around);
            let cwd = hg_vfs::path_to_bytes(&own.context()?.cwd);
            let shown = hg_match::path_to(self.around.root_bytes(), cwd, HgPath::new(&saved));
            let parts: [&[u8]; 5] =
                [b"saving current version of ", name.as_bytes(), b" as ", &shown, b"\n"];
            self.around.reporter().note(&parts.concat());
            self.around.wvfs().rename(&full, &saved)?;
        }
        Ok(())
    }

    /// Has files tracked: unknown ones that match, and all that were named, even ignored ones.
    ///
    /// # Errors
    /// When `git` fails.
    pub fn add(
        &self,
        matcher: &Matcher,
        (explicit_only, dry_run): (bool, bool),
    ) -> Result<Vec<GitAdded>> {
        if self.is_missing() {
            return Ok(Vec::new());
        }
        let options = StatusOptions { unknown: true, clean: true, ..StatusOptions::default() };
        let status = self.status(None, &Matcher::always(), options)?;
        let tracked = [&status.modified, &status.added, &status.clean];
        let named_files = matcher.files();
        if explicit_only && named_files.is_empty() {
            return Ok(Vec::new());
        }
        let mut files = status.unknown.clone();
        files.extend(named_files.into_iter().filter(|file| !file.is_empty()));
        files.sort_unstable();
        files.dedup();
        let mut out = Vec::new();
        for path in files.into_iter().filter(|path| matcher.matches(path)) {
            let exact = matcher.exact(&path);
            let known = tracked.iter().any(|list| list.contains(&path));
            if !known && !dry_run {
                let force: &[&[u8]] = if exact { &[b"-f"] } else { &[] };
                let file: [&[u8]; 2] = [b"--", path.as_bytes()];
                let args = [&[&b"add"[..]], force, &file].concat();
                named(self.run(&args, None), &self.shown())?;
            }
            out.push(GitAdded { path, exact, known });
        }
        Ok(out)
    }
}

//! Merging a file with a program that the user configured.

use std::path::{Path, PathBuf};

use hg_config::Config;
use hg_diff::merge3::Style;
use hg_types::{Error, ErrorKind, Result, ShellCommand};
use hg_vfs::path_to_bytes;

use super::file::{FileMerge, MergeContext, Outcome, Side};
use super::tool::{Demands, quote, tool_bool, tool_text};

/// The run of one program on one file.
pub(super) struct Program<'a> {
    pub(super) context: &'a MergeContext<'a>,
    /// The tool's name in `[merge-tools]`.
    pub(super) tool: &'a [u8],
    /// The command, quoted.
    pub(super) command: &'a [u8],
    pub(super) file: &'a FileMerge,
}

/// The versions on disk; removed when the run is over.
struct Versions {
    directory: tempfile::TempDir,
    base: PathBuf,
    other: PathBuf,
    /// Where the tool finds the local version: a copy when it writes `$output`.
    local: PathBuf,
    output: PathBuf,
}

impl Program<'_> {
    /// Tries to merge without the program, then runs it and judges the result.
    pub(super) fn run(&self, demands: Demands) -> Result<Outcome> {
        let config = self.context.repo.config();
        if let Some(style) = self.premerge_style(&config, demands)? {
            let detailed = self.context.wants_details() || self.wants_details(&config);
            let style_or_plain = style.unwrap_or(Style::Merge);
            match self.context.premerge(self.file, self.tool, detailed, style_or_plain)? {
                Ok(text) => {
                    self.context.interaction.debug(b" premerge successful\n");
                    return Ok(Outcome::Merged(text));
                }
                Err(text) if style.is_some() => self.write_file(&text)?,
                Err(_) => {}
            }
        }
        super::apply::keep_original(self.context.repo, self.file)?;
        if demands.symlink && !self.context.repo.wvfs().lexists(&self.file.path) {
            // Nothing else writes it after a merge of links.
            let Side { content, flags, .. } = &self.file.local;
            let content = content.as_deref().unwrap_or_default();
            super::apply::write_file(self.context.repo, &self.file.path, content, *flags)?;
        }
        let before = self.read_file()?;
        let code = self.start(&config)?;
        self.judge(&config, code, before.as_deref(), demands)
    }

    /// Whether to merge first, and the markers to leave for the program.
    fn premerge_style(&self, config: &Config, demands: Demands) -> Result<Option<Option<Style>>> {
        let default = !(demands.binary || demands.symlink);
        let keep = match tool_text(config, self.tool, "premerge") {
            Some(b"keep") => Some(Style::Merge),
            Some(b"keep-merge3") => Some(Style::Merge3),
            Some(b"keep-mergediff") => Some(Style::MergeDiff),
            Some(_) => {
                let wanted = tool_bool(config, self.tool, "premerge", default)?;
                return Ok((wanted && default).then_some(None));
            }
            None => return Ok(default.then_some(None)),
        };
        Ok(default.then_some(keep))
    }

    /// Whether the labels that the tool gets tell of changesets.
    fn wants_details(&self, config: &Config) -> bool {
        tool_text(config, self.tool, "mergemarkers") == Some(b"detailed")
    }

    fn path(&self) -> PathBuf {
        self.context.repo.wvfs().join(&self.file.path)
    }

    /// What is in the file, or in the one that a link leads to.
    fn read_file(&self) -> Result<Option<Vec<u8>>> {
        let wvfs = self.context.repo.wvfs();
        // A link may lead to a directory, or to what never ends.
        match std::fs::metadata(self.path()) {
            Ok(stat) if !stat.is_file() => Ok(None),
            _ => Ok(wvfs.try_read(&self.file.path)?),
        }
    }

    fn write_file(&self, text: &[u8]) -> Result<()> {
        Ok(self.context.repo.wvfs().write(&self.file.path, text)?)
    }

    fn versions(&self, separate_output: bool) -> Result<Versions> {
        let io = |error: std::io::Error| {
            Error::new(ErrorKind::Io, "cannot make a temporary directory").because(error)
        };
        let directory = tempfile::Builder::new().prefix("hgmerge-").tempdir().map_err(io)?;
        let name = bstr::ByteSlice::to_os_str_lossy(self.file.path.file_name()).into_owned();
        let put = |side: &Side, mark: &str| -> Result<PathBuf> {
            let mut file_name = name.clone();
            file_name.push(format!("~{mark}"));
            let path = directory.path().join(file_name);
            let content = side.content.as_deref().unwrap_or_default();
            std::fs::write(&path, content).map_err(io)?;
            Ok(path)
        };
        let base = put(&self.file.base, "base")?;
        let other = put(&self.file.other, "other")?;
        let output = self.path();
        let local = if separate_output { put(&self.file.local, "local")? } else { output.clone() };
        Ok(Versions { directory, base, other, local, output })
    }

    fn start(&self, config: &Config) -> Result<i32> {
        let args = tool_text(config, self.tool, "args").unwrap_or(b"$local $base $other");
        let versions = self.versions(bstr::ByteSlice::contains_str(args, "$output"))?;
        let detailed = self.wants_details(config);
        let labels = self.context.labels_for(self.file, self.tool, detailed, None)?;
        let arguments = self.expand(args, &versions, &labels);
        let command = [self.command, b" ", &arguments].concat();
        let flag = |side: &Side| -> Vec<u8> {
            if side.flags == hg_types::FileFlags::Symlink { b"1".to_vec() } else { b"0".to_vec() }
        };
        let name = |name: &str| name.as_bytes().to_vec();
        let [local, other, base] = &labels;
        let environment = vec![
            (name("HG_FILE"), self.file.path.as_bytes().to_vec()),
            (name("HG_MY_NODE"), self.file.local.changeset.short()),
            (name("HG_OTHER_NODE"), self.file.other.changeset.hex()),
            (name("HG_BASE_NODE"), self.file.base.changeset.hex()),
            (name("HG_MY_ISLINK"), flag(&self.file.local)),
            (name("HG_OTHER_ISLINK"), flag(&self.file.other)),
            (name("HG_BASE_ISLINK"), flag(&self.file.base)),
            (name("HG_MY_LABEL"), local.clone()),
            (name("HG_OTHER_LABEL"), other.clone()),
            (name("HG_BASE_LABEL"), base.clone()),
        ];
        let debug = |text: &[u8]| self.context.interaction.debug(text);
        debug(&[b"launching merge tool: ", &command[..], b"\n"].concat());
        let root = self.context.root();
        let shell = ShellCommand { command: &command, environment: &environment, directory: &root };
        let code = self.context.interaction.run_shell(&shell)?;
        debug(format!("merge tool returned: {code}\n").as_bytes());
        drop(versions.directory);
        Ok(code)
    }

    /// Replaces `$local` and so on by quoted paths and labels.
    fn expand(&self, args: &[u8], versions: &Versions, labels: &[Vec<u8>; 3]) -> Vec<u8> {
        let path = |path: &Path| quote(path_to_bytes(path));
        let [local, other, base] = labels;
        let values: [(&[u8], Vec<u8>); 7] = [
            (b"labellocal", quote(local)),
            (b"labelother", quote(other)),
            (b"labelbase", quote(base)),
            (b"local", path(&versions.local)),
            (b"other", path(&versions.other)),
            (b"base", path(&versions.base)),
            (b"output", path(&versions.output)),
        ];
        let mut out = Vec::new();
        let mut rest = args;
        while let Some((&b, after)) = rest.split_first() {
            let value = values.iter().find(|(name, _)| b == b'$' && after.starts_with(name));
            match value {
                Some((name, value)) => {
                    out.extend_from_slice(value);
                    rest = &after[name.len()..];
                }
                None => {
                    out.push(b);
                    rest = after;
                }
            }
        }
        out
    }

    /// Decides whether the program succeeded: its exit code, then what the user wants checked.
    fn judge(
        &self,
        config: &Config,
        code: i32,
        before: Option<&[u8]>,
        demands: Demands,
    ) -> Result<Outcome> {
        let checks = config.get_list("merge-tools", [self.tool, b".check"].concat());
        let wants = |name: &[u8]| checks.iter().any(|check| check == name);
        let after = self.read_file()?.unwrap_or_default();
        let mut good = code == 0;
        let mut asked = false;
        let name = self.file.path.as_bytes();
        let conflicts =
            wants(b"conflicts") || tool_bool(config, self.tool, "checkconflicts", false)?;
        if good && conflicts && has_markers(&after) {
            good = false;
        }
        if good && wants(b"prompt") {
            asked = true;
            let text = [&b"was merge of '"[..], name, b"' successful (yn)?$$ &Yes $$ &No"];
            good = self.context.interaction.choose(&text.concat(), 1)? == 0;
        }
        let changed = wants(b"changed") || tool_bool(config, self.tool, "checkchanged", false)?;
        if good && !asked && changed && before == Some(&after[..]) {
            let text = [
                &b" output file "[..],
                name,
                b" appears unchanged\nwas merge successful (yn)?$$ &Yes $$ &No",
            ];
            good = self.context.interaction.choose(&text.concat(), 1)? == 0;
        }
        if !good {
            self.context.interaction.warn(&[b"merging ", name, b" failed!\n"].concat());
        }
        if demands.symlink {
            // What was read may be what a link leads to: it is not the text of a file here.
            return Ok(Outcome::LeftByProgram(good));
        }
        if good {
            return Ok(Outcome::Merged(self.fix_eol(config, after)?));
        }
        Ok(Outcome::Unresolved(Some(after)))
    }

    /// Gives the result the line ends that the local version had, when configured.
    fn fix_eol(&self, config: &Config, text: Vec<u8>) -> Result<Vec<u8>> {
        if !tool_bool(config, self.tool, "fixeol", false)? {
            return Ok(text);
        }
        let local = self.file.local.content.as_deref().unwrap_or_default();
        let unix = bstr::ByteSlice::replace(&text[..], "\r\n", "\n");
        if bstr::ByteSlice::contains_str(local, "\r\n") {
            return Ok(bstr::ByteSlice::replace(&unix[..], "\n", "\r\n"));
        }
        Ok(unix)
    }
}

/// Whether a text still has conflict markers.
#[must_use]
pub fn has_markers(text: &[u8]) -> bool {
    let marked = |line: &[u8]| {
        line.starts_with(b"<<<<<<<")
            || line.starts_with(b"=======")
            || line.starts_with(b"------- ")
            || line.starts_with(b"+++++++ ")
            || line.starts_with(b">>>>>>>")
    };
    text.split(|&b| b == b'\n').any(marked)
}

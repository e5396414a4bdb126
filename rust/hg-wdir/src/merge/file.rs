//! Merging one file: the tool decides or merges, prompts settle what no tool can.

use std::cell::Cell;
use std::path::PathBuf;

use hg_diff::merge3::{self, Labels, Merge3, Style, Sync};
use hg_store::Repo;
use hg_types::{FileFlags, HgPath, HgPathBuf, Interaction, Node, Result};

use super::program;
use super::tool::{Demands, Internal, Tool, ToolKind, ToolPicker, tool_text};

/// One side of a file that is merged.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// The path on this side.
    pub path: HgPathBuf,
    /// The content, `None` where this side deleted the file.
    pub content: Option<Vec<u8>>,
    /// What kind of file it is.
    pub flags: FileFlags,
    /// The changeset, for tools that want to know; null for the working directory's.
    pub changeset: Node,
}

impl Side {
    pub(super) fn is_link(&self) -> bool {
        self.content.is_some() && self.flags == FileFlags::Symlink
    }

    pub(super) fn is_binary(&self) -> bool {
        self.content.as_ref().is_some_and(|content| content.contains(&0))
    }

    fn bytes(&self) -> &[u8] {
        self.content.as_deref().unwrap_or_default()
    }
}

/// A file to be merged.
#[derive(Clone, Debug)]
pub struct FileMerge {
    /// The path of the result.
    pub path: HgPathBuf,
    /// The working directory's version.
    pub local: Side,
    /// The other changeset's version.
    pub other: Side,
    /// The ancestor's version; empty content when there is none.
    pub base: Side,
}

/// How a merge of a file ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing to do: the sides agree.
    Same,
    /// Settled: the file is this now, and whether a text was merged.
    Merged(Vec<u8>),
    /// Settled: keep what is there.
    KeepLocal,
    /// Settled: the other side's version as it is.
    TakeOther,
    /// Settled: the file goes away.
    Delete,
    /// Not settled; with the text to leave in the file, if it changes.
    Unresolved(Option<Vec<u8>>),
    /// Not settled by a tool that could not even try: a copy of the file goes beside it.
    Refused,
    /// A program had a link to merge: what it left on disk stays, and whether that settles it.
    LeftByProgram(bool),
}

impl Outcome {
    /// Whether the file is left to the user.
    #[must_use]
    pub const fn is_unresolved(&self) -> bool {
        matches!(self, Self::Unresolved(_) | Self::Refused | Self::LeftByProgram(false))
    }
}

/// What merging files cannot do without.
pub struct MergeContext<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// The user.
    pub interaction: &'a dyn Interaction,
    /// Labels of local, other and base, for prompts.
    pub labels: [Vec<u8>; 3],
    /// Labels of local, other and base, for conflict markers.
    pub marker_labels: [Vec<u8>; 3],
    /// Whether the last file failed in a tool that tried: what [`MergeContext::goes_on`] asks about.
    pub tool_failed: Cell<bool>,
}

impl MergeContext<'_> {
    /// Merges one file. Nothing is written but what external tools write.
    ///
    /// # Errors
    /// When the user cancels, or a file cannot be read or written.
    pub fn merge_file(&self, file: &FileMerge) -> Result<Outcome> {
        self.merge_with(file, true)
    }

    /// Merges one file without starting any program: what only one could merge stays unsettled.
    ///
    /// # Errors
    /// When the user cancels.
    pub fn merge_without_programs(&self, file: &FileMerge) -> Result<Outcome> {
        self.merge_with(file, false)
    }

    fn merge_with(&self, file: &FileMerge, programs: bool) -> Result<Outcome> {
        let (local, other) = (&file.local, &file.other);
        if local.content == other.content && local.content.is_some() {
            return Ok(Outcome::Same);
        }
        let demands = Demands {
            binary: local.is_binary() || other.is_binary() || file.base.is_binary(),
            symlink: local.is_link() || other.is_link(),
            change_delete: local.content.is_none() || other.content.is_none(),
        };
        let config = self.repo.config();
        let picker = ToolPicker {
            config: &config,
            root: self.repo.root_bytes(),
            interaction: self.interaction,
        };
        let tool = picker.pick(&file.path, demands)?;
        self.interaction.debug(&picked_text(&tool, &file.path, demands));
        match &tool.kind {
            ToolKind::Internal(Internal::Local) => Ok(keep_local(file)),
            ToolKind::Internal(Internal::Other) => Ok(take_other(file)),
            ToolKind::Internal(Internal::Fail) => Ok(self.fail(file)),
            ToolKind::Internal(Internal::Prompt) => self.prompt(file),
            ToolKind::Program(_) if !programs => {
                self.announce(file);
                if demands.binary || demands.symlink || demands.change_delete {
                    return Ok(Outcome::Refused);
                }
                Ok(match self.premerge(file, &tool.name, false, Style::Merge)? {
                    Ok(text) => Outcome::Merged(text),
                    Err(_) => Outcome::Refused,
                })
            }
            _ => {
                let outcome = self.run(&tool, file, demands, programs)?;
                self.tool_failed.set(outcome.is_unresolved());
                Ok(outcome)
            }
        }
    }

    /// Whether more files are merged after one that failed (`merge.on-failure`).
    ///
    /// # Errors
    /// When the user cancels.
    pub fn goes_on(&self) -> Result<bool> {
        if !self.tool_failed.take() {
            return Ok(true);
        }
        match self.repo.config().get("merge", "on-failure") {
            Some(b"halt") => Ok(false),
            Some(b"prompt") => {
                let question = b"continue merge operation (yn)?$$ &Yes $$ &No";
                Ok(self.interaction.choose(question, 0)? == 0)
            }
            _ => Ok(true),
        }
    }

    /// Merges with a tool that looks at the texts; conflicts are told when `loud`.
    fn run(&self, tool: &Tool, file: &FileMerge, demands: Demands, loud: bool) -> Result<Outcome> {
        self.announce(file);
        match &tool.kind {
            ToolKind::Internal(Internal::Text(style)) => {
                let outcome = self.merge_text(tool, *style, file, demands)?;
                // These two are silent about what they cannot do at all.
                let one_sided = matches!(style, Style::Local | Style::Other);
                if !loud || one_sided && outcome == Outcome::Refused {
                    return Ok(outcome);
                }
                Ok(self.warn_about_conflicts(file, outcome))
            }
            ToolKind::Internal(kind @ (Internal::Dump | Internal::ForceDump)) => {
                self.dump(*kind == Internal::Dump, file, demands)
            }
            ToolKind::Internal(_) => {
                let outcome = self.merge_text(tool, Style::Merge, file, demands)?;
                Ok(if loud { self.warn_about_conflicts(file, outcome) } else { outcome })
            }
            ToolKind::Program(command) => {
                program::Program { context: self, tool: &tool.name, command, file }.run(demands)
            }
        }
    }

    fn announce(&self, file: &FileMerge) {
        let mut text = b"merging ".to_vec();
        text.extend_from_slice(file.local.path.as_bytes());
        if file.local.path != file.other.path || file.local.path != file.path {
            text.extend_from_slice(b" and ");
            text.extend_from_slice(file.other.path.as_bytes());
            text.extend_from_slice(b" to ");
            text.extend_from_slice(file.path.as_bytes());
        }
        text.push(b'\n');
        self.interaction.status(&text);
        let name = |path: &HgPath, side: &Side, mark: &str| {
            let mut text = path.as_bytes().to_vec();
            text.push(b'@');
            text.extend_from_slice(&side.changeset.short());
            text.extend_from_slice(mark.as_bytes());
            text
        };
        let parts = [
            &b"my "[..],
            &name(&file.path, &file.local, "+"),
            b" other ",
            &name(&file.other.path, &file.other, ""),
            b" ancestor ",
            &name(&file.base.path, &file.base, ""),
            b"\n",
        ];
        self.interaction.debug(&parts.concat());
    }

    /// The labels of conflict markers, as `tool` and the configuration want them: alone, or with
    /// what a template says about each side (`hg help config.ui`, `mergemarkers`).
    pub(super) fn labels_for(
        &self,
        file: &FileMerge,
        tool: &[u8],
        detailed: bool,
        style: Option<Style>,
    ) -> Result<[Vec<u8>; 3]> {
        let labels = &self.marker_labels;
        if !detailed {
            return Ok(labels.clone());
        }
        let config = self.repo.config();
        // The tool's own template counts when its own setting asks for details.
        let own = tool_text(&config, tool, "mergemarkers") == Some(b"detailed");
        let template = tool_text(&config, tool, "mergemarkertemplate")
            .filter(|_| own)
            .or_else(|| config.get("command-templates", "mergemarker"))
            .unwrap_or_default();
        // Sides that are not shown do not make the others wider; labels for programs stand alone.
        let shown = if style == Some(Style::Merge) { 2 } else { 3 };
        let widest = labels[..shown].iter().map(Vec::len).max().unwrap_or(0) + 1;
        let width = if style.is_some() { widest } else { 0 };
        let mut out = labels.clone();
        let nodes = [&file.local, &file.other, &file.base].map(|side| side.changeset);
        for (label, node) in out.iter_mut().zip(nodes).take(shown) {
            label.push(b':');
            label.resize(width.max(label.len()), b' ');
            *label = self.repo.hooks().conflict_marker(self.repo, &node, template, label)?;
        }
        Ok(out)
    }

    /// Whether conflict markers tell of changesets.
    pub(super) fn wants_details(&self) -> bool {
        self.repo.config().get("ui", "mergemarkers") == Some(b"detailed")
    }

    /// The texts merged without a word: an error where they conflict.
    pub(super) fn premerge(
        &self,
        file: &FileMerge,
        tool: &[u8],
        detailed: bool,
        style: Style,
    ) -> Result<Result<Vec<u8>, Vec<u8>>> {
        let [base, local, other] = [&file.base, &file.local, &file.other].map(Side::bytes);
        let relaxed = self.repo.config().get_bool("experimental", "relaxed-block-sync-merge")?;
        let sync = if relaxed { Sync::Relaxed } else { Sync::Strict };
        let lines = Merge3::new(base, local, other).with_sync(sync);
        let merged = merge3::merge_lines(&lines, style, &Labels::default());
        if merged.conflicts == 0 {
            return Ok(Ok(merged.text));
        }
        let [local_label, other_label, base_label] =
            &self.labels_for(file, tool, detailed, Some(style))?;
        let labels = Labels { local: local_label, other: other_label, base: base_label };
        Ok(Err(merge3::merge_lines(&lines, style, &labels).text))
    }

    fn merge_text(
        &self,
        tool: &Tool,
        style: Style,
        file: &FileMerge,
        demands: Demands,
    ) -> Result<Outcome> {
        if demands.symlink {
            let name = &tool.name[..];
            let parts = [
                &b"warning: internal "[..],
                name,
                b" cannot merge symlinks for ",
                file.path.as_bytes(),
                b"\n",
            ];
            self.interaction.warn(&parts.concat());
            return Ok(Outcome::Refused);
        }
        if demands.binary {
            let parts = [&b"warning: "[..], file.path.as_bytes(), b" looks like a binary file.\n"];
            self.interaction.warn(&parts.concat());
            return Ok(Outcome::Refused);
        }
        Ok(match self.premerge(file, &tool.name, self.wants_details(), style)? {
            Ok(text) => {
                self.interaction.debug(b" premerge successful\n");
                Outcome::Merged(text)
            }
            Err(text) => Outcome::Unresolved(Some(text)),
        })
    }

    fn warn_about_conflicts(&self, file: &FileMerge, outcome: Outcome) -> Outcome {
        if outcome.is_unresolved() {
            let parts = [
                &b"warning: conflicts while merging "[..],
                file.path.as_bytes(),
                b"! (edit, then use 'hg resolve --mark')\n",
            ];
            self.interaction.warn(&parts.concat());
        }
        outcome
    }

    /// Leaves the three versions beside the file.
    fn dump(&self, try_first: bool, file: &FileMerge, demands: Demands) -> Result<Outcome> {
        if try_first
            && !demands.binary
            && !demands.symlink
            && let Ok(text) = self.premerge(file, b"", false, Style::Merge)?
        {
            return Ok(Outcome::Merged(text));
        }
        let wvfs = self.repo.wvfs();
        for (side, suffix) in
            [(&file.local, ".local"), (&file.other, ".other"), (&file.base, ".base")]
        {
            let name = [file.path.as_bytes(), suffix.as_bytes()].concat();
            wvfs.write(&name, side.bytes())?;
        }
        Ok(Outcome::Refused)
    }

    fn fail(&self, file: &FileMerge) -> Outcome {
        // What the other side changed must be there to be looked at.
        if file.local.content.is_none() {
            return Outcome::Unresolved(file.other.content.clone());
        }
        Outcome::Unresolved(None)
    }

    /// Asks a question; who gives no answer leaves the file unresolved.
    fn ask(&self, text: &[u8]) -> Result<usize> {
        match self.interaction.choose(text, 2) {
            Err(error) if error.message == b"response expected" => {
                self.interaction.status(b"\n");
                Ok(2)
            }
            other => other,
        }
    }

    /// Asks what to keep.
    fn prompt(&self, file: &FileMerge) -> Result<Outcome> {
        let side = |label: &[u8]| -> Vec<u8> {
            if label.is_empty() { Vec::new() } else { [b" [", label, b"]"].concat() }
        };
        let (local, other) = (side(&self.labels[0]), side(&self.labels[1]));
        let name = file.path.as_bytes();
        if file.other.content.is_none() {
            let text = [
                &b"file '"[..],
                name,
                b"' was deleted in other",
                &other,
                b" but was modified in local",
                &local,
                b".\nYou can use (c)hanged version, (d)elete, or leave (u)nresolved.\n\
                  What do you want to do?$$ &Changed $$ &Delete $$ &Unresolved",
            ];
            return Ok(match self.ask(&text.concat())? {
                0 => keep_local(file),
                1 => take_other(file),
                _ => self.fail(file),
            });
        }
        if file.local.content.is_none() {
            let text = [
                &b"file '"[..],
                name,
                b"' was deleted in local",
                &local,
                b" but was modified in other",
                &other,
                b".\nYou can use (c)hanged version, leave (d)eleted, or leave (u)nresolved.\n\
                  What do you want to do?$$ &Changed $$ &Deleted $$ &Unresolved",
            ];
            return Ok(match self.ask(&text.concat())? {
                0 => take_other(file),
                1 => keep_local(file),
                _ => self.fail(file),
            });
        }
        let text = [
            &b"file '"[..],
            name,
            b"' needs to be resolved.\nYou can keep (l)ocal",
            &local,
            b", take (o)ther",
            &other,
            b", or leave (u)nresolved.\nWhat do you want to do?$$ &Local $$ &Other $$ &Unresolved",
        ];
        Ok(match self.ask(&text.concat())? {
            0 => keep_local(file),
            1 => take_other(file),
            _ => self.fail(file),
        })
    }

    /// The directory of the working copy.
    pub(super) fn root(&self) -> PathBuf {
        self.repo.root().to_owned()
    }
}

fn keep_local(file: &FileMerge) -> Outcome {
    if file.local.content.is_none() { Outcome::Delete } else { Outcome::KeepLocal }
}

fn take_other(file: &FileMerge) -> Outcome {
    if file.other.content.is_none() { Outcome::Delete } else { Outcome::TakeOther }
}

fn picked_text(tool: &Tool, path: &HgPath, demands: Demands) -> Vec<u8> {
    let yes_no = |flag: bool| if flag { "True" } else { "False" };
    let mut text = b"picked tool '".to_vec();
    text.extend_from_slice(&tool.name);
    text.extend_from_slice(b"' for ");
    text.extend_from_slice(path.as_bytes());
    let facts = format!(
        " (binary {} symlink {} changedelete {})\n",
        yes_no(demands.binary),
        yes_no(demands.symlink),
        yes_no(demands.change_delete)
    );
    text.extend_from_slice(facts.as_bytes());
    text
}

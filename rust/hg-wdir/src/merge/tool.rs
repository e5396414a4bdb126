//! Which tool merges a file: `--tool`, `HGMERGE`, `[merge-patterns]`, `ui.merge`, `[merge-tools]`.

use hg_config::Config;
use hg_diff::merge3::Style;
use hg_match::{MatchOptions, PatternKind, matcher};
use hg_types::{HgPath, Interaction, Result};

/// What merges a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// The name as configured or given; those of our own start with a colon.
    pub name: Vec<u8>,
    /// The name exactly as it was configured or given.
    pub given: Vec<u8>,
    /// What it is.
    pub kind: ToolKind,
}

/// A tool of our own or a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolKind {
    /// One of ours.
    Internal(Internal),
    /// A program: the command, quoted for the shell.
    Program(Vec<u8>),
}

/// Tools of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Internal {
    /// `:local`: keep ours.
    Local,
    /// `:other`: take theirs.
    Other,
    /// `:prompt`: ask.
    Prompt,
    /// `:fail`: leave it to the user.
    Fail,
    /// `:merge`, `:merge3`, `:mergediff`, `:union`, ...: merge the texts.
    Text(Style),
    /// `:tagmerge`: merge `.hgtags` by meaning.
    TagMerge,
    /// `:dump`: try to merge, and leave all versions beside the file.
    Dump,
    /// `:forcedump`: leave all versions beside the file.
    ForceDump,
}

/// What a tool must be able to handle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    /// A side is binary.
    pub binary: bool,
    /// A side is a symbolic link.
    pub symlink: bool,
    /// A side deleted the file.
    pub change_delete: bool,
}

impl Tool {
    /// A tool by its name; those of our own are called `:name`.
    fn named(name: &[u8], kind: ToolKind) -> Self {
        let own = matches!(kind, ToolKind::Internal(_));
        let shown = if own { name.strip_prefix(b"internal").unwrap_or(name) } else { name };
        Self { name: shown.to_vec(), given: name.to_vec(), kind }
    }
}

impl Internal {
    /// The tool called `:name` or `internal:name`.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        let name = name.strip_prefix(b"internal").unwrap_or(name);
        Some(match name.strip_prefix(b":")? {
            b"local" => Self::Local,
            b"other" => Self::Other,
            b"prompt" => Self::Prompt,
            b"fail" => Self::Fail,
            b"merge" => Self::Text(Style::Merge),
            b"merge3" => Self::Text(Style::Merge3),
            b"mergediff" => Self::Text(Style::MergeDiff),
            b"union" => Self::Text(Style::Union),
            b"union-other-first" => Self::Text(Style::UnionOtherFirst),
            b"merge-local" => Self::Text(Style::Local),
            b"merge-other" => Self::Text(Style::Other),
            b"tagmerge" => Self::TagMerge,
            b"dump" => Self::Dump,
            b"forcedump" => Self::ForceDump,
            _ => return None,
        })
    }

    /// Whether it can handle binary files and symbolic links.
    fn handles_anything(self) -> bool {
        self.decides_blindly() || matches!(self, Self::Dump | Self::ForceDump)
    }

    /// Whether it decides without looking at the texts, and so can settle deletions.
    #[must_use]
    pub fn decides_blindly(self) -> bool {
        matches!(self, Self::Local | Self::Other | Self::Prompt | Self::Fail)
    }
}

/// Whether a `[merge-tools]` setting of a tool is on.
pub(super) fn tool_bool(config: &Config, tool: &[u8], part: &str, default: bool) -> Result<bool> {
    config.get_bool_or("merge-tools", [tool, b".", part.as_bytes()].concat(), default)
}

/// A `[merge-tools]` setting of a tool.
pub(super) fn tool_text<'a>(config: &'a Config, tool: &[u8], part: &str) -> Option<&'a [u8]> {
    config.get("merge-tools", [tool, b".", part.as_bytes()].concat())
}

/// Chooses tools; knows the configuration and what the terminal can do.
pub struct ToolPicker<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The root of the working directory: patterns are relative to it.
    pub root: &'a [u8],
    /// Hears what is wrong with configured tools, and finds programs.
    pub interaction: &'a dyn Interaction,
}

impl ToolPicker<'_> {
    /// The tool for a file.
    ///
    /// # Errors
    /// When the configuration is at fault.
    pub fn pick(&self, path: &HgPath, demands: Demands) -> Result<Tool> {
        if let Some(forced) = self.config.get("ui", "forcemerge").filter(|name| !name.is_empty()) {
            return Ok(self.given(forced, demands));
        }
        if let Some(given) = self.config.environment().var_nonempty("HGMERGE") {
            return Ok(self.given(given, demands));
        }
        // For a pattern, the user is trusted to know which files are binary.
        let strict = self.is_strict()?;
        let less = Demands { binary: demands.binary && strict, ..demands };
        for (pattern, tool) in self.config.items("merge-patterns") {
            if self.fits(pattern, path)? && self.check(tool, Some(pattern), less)? {
                if demands.binary && !strict && !self.is_made_for_binary(tool)? {
                    self.warn_of_pattern(tool, path);
                }
                return Ok(self.found(tool));
            }
        }
        for (tool, explicit) in self.candidates()? {
            if self.check(&tool, explicit.then_some(path.as_bytes()), demands)? {
                return Ok(self.found(&tool));
            }
        }
        Ok(self.last_resort(path, demands))
    }

    /// Whether what our own tools can handle counts.
    fn is_strict(&self) -> Result<bool> {
        self.config.get_bool_or("merge", "strict-capability-check", false)
    }

    fn is_made_for_binary(&self, tool: &[u8]) -> Result<bool> {
        match Internal::from_name(tool) {
            Some(internal) => Ok(internal.handles_anything()),
            None => tool_bool(self.config, tool, "binary", false),
        }
    }

    fn warn_of_pattern(&self, tool: &[u8], path: &HgPath) {
        let text = [
            b"warning: check merge-patterns configurations, if '",
            tool,
            b"' for binary file '",
            path.as_bytes(),
            b"' is unintentional\n(see 'hg help merge-tools' for binary files capability)\n",
        ];
        self.interaction.warn(&text.concat());
    }

    fn fits(&self, pattern: &[u8], path: &HgPath) -> Result<bool> {
        let patterns = [pattern.to_vec()];
        let options = MatchOptions {
            patterns: &patterns,
            default_kind: PatternKind::Glob,
            ..MatchOptions::new(self.root, self.root)
        };
        Ok(matcher(&options)?.matches(path))
    }

    /// `:merge`, or `:prompt` where texts cannot be merged.
    fn last_resort(&self, path: &HgPath, demands: Demands) -> Tool {
        if demands == Demands::default() {
            return internal(b":merge");
        }
        if !demands.change_delete {
            self.interaction.warn(&[b"no tool found to merge ", path.as_bytes(), b"\n"].concat());
        }
        internal(b":prompt")
    }

    /// A tool that the user named: used even when nothing is known about it.
    fn given(&self, name: &[u8], demands: Demands) -> Tool {
        let blind = Internal::from_name(name).is_some_and(Internal::decides_blindly);
        if demands.change_delete && !blind {
            return internal(b":prompt");
        }
        match self.find(name) {
            Some(kind) => Tool::named(name, kind),
            None => Tool::named(name, ToolKind::Program(name.to_vec())),
        }
    }

    fn found(&self, name: &[u8]) -> Tool {
        let kind = self.find(name).unwrap_or_else(|| ToolKind::Program(name.to_vec()));
        Tool::named(name, kind)
    }

    /// `ui.merge`, then the configured tools by priority; and whether the user named it.
    fn candidates(&self) -> Result<Vec<(Vec<u8>, bool)>> {
        let mut tools: Vec<(i64, Vec<u8>)> = Vec::new();
        for (key, _) in self.config.items("merge-tools") {
            let name = key.split(|&b| b == b'.').next().unwrap_or(key).to_vec();
            if !tools.iter().any(|(_, known)| *known == name) {
                let key = [&name[..], b".priority"].concat();
                let priority = self.config.find_int("merge-tools", key)?.unwrap_or(0);
                tools.push((-priority, name));
            }
        }
        tools.sort();
        let mut out = Vec::new();
        if let Some(chosen) = self.config.get("ui", "merge").filter(|name| !name.is_empty()) {
            out.push((chosen.to_vec(), true));
        }
        for (_, name) in tools {
            if !tool_bool(self.config, &name, "disabled", false)? {
                out.push((name, false));
            }
        }
        out.push((b"hgmerge".to_vec(), false));
        Ok(out)
    }

    /// What a name stands for, if it is there.
    fn find(&self, name: &[u8]) -> Option<ToolKind> {
        if let Some(internal) = Internal::from_name(name) {
            return Some(ToolKind::Internal(internal));
        }
        let configured = tool_text(self.config, name, "executable").unwrap_or(name);
        let program = self
            .interaction
            .find_program(&hg_config::expand_path(self.config.environment(), configured))?;
        Some(ToolKind::Program(quote(hg_vfs::path_to_bytes(&program))))
    }

    /// Whether a tool is there and up to the file; says why not.
    fn check(&self, tool: &[u8], pattern: Option<&[u8]>, demands: Demands) -> Result<bool> {
        let mut shown = tool.to_vec();
        if let Some(pattern) = pattern {
            shown.extend_from_slice(&[b" (for pattern ", pattern, b")"].concat());
        }
        let say =
            |before: &str, after: &str| [before.as_bytes(), &shown, after.as_bytes()].concat();
        let Some(kind) = self.find(tool) else {
            let text = say("couldn't find merge tool ", "\n");
            match pattern {
                Some(_) => self.interaction.warn(&text),
                None => self.interaction.note(&text),
            }
            return Ok(false);
        };
        let blind = matches!(&kind, ToolKind::Internal(tool) if tool.decides_blindly());
        let handles = |part| match &kind {
            ToolKind::Internal(own) => Ok(own.handles_anything() && self.is_strict()?),
            ToolKind::Program(_) => tool_bool(self.config, tool, part, false),
        };
        if demands.symlink && !handles("symlink")? {
            self.interaction.warn(&say("tool ", " can't handle symlinks\n"));
        } else if demands.binary && !handles("binary")? {
            self.interaction.warn(&say("tool ", " can't handle binary\n"));
        } else if demands.change_delete && !blind {
            // Said by nobody: only tools that look at no text settle deletions.
        } else if !self.has_display() && tool_bool(self.config, tool, "gui", false)? {
            self.interaction.warn(&say("tool ", " requires a GUI\n"));
        } else {
            return Ok(true);
        }
        Ok(false)
    }

    fn has_display(&self) -> bool {
        self.config.environment().var_nonempty("DISPLAY").is_some()
    }
}

fn internal(name: &[u8]) -> Tool {
    let kind = Internal::from_name(name).map(ToolKind::Internal);
    Tool::named(name, kind.expect("a name of ours"))
}

/// Quotes one word for the shell where it needs it.
#[must_use]
pub fn quote(word: &[u8]) -> Vec<u8> {
    let safe = |b: &u8| b.is_ascii_alphanumeric() || b"+./-_".contains(b);
    if !word.is_empty() && word.iter().all(safe) {
        return word.to_vec();
    }
    let mut out = vec![b'\''];
    for &b in word {
        if b == b'\'' {
            out.extend_from_slice(b"'\\''");
        } else {
            out.push(b);
        }
    }
    out.push(b'\'');
    out
}

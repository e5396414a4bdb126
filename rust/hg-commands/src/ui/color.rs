//! Colours: what a label looks like (`hg help color`).

use std::collections::HashMap;

use bstr::ByteSlice as _;
use hg_config::Config;
use hg_types::Result;

use super::Ui;

/// How labels are shown.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum ColorMode {
    /// Not at all.
    #[default]
    Off,
    /// Escape sequences every terminal knows.
    Ansi,
    /// Escape sequences from the terminal's description.
    Terminfo,
    /// As text: `[label|text]`.
    Debug,
}

/// Names of effects and their numbers in ANSI escape sequences.
pub const EFFECTS: &[(&str, u16)] = &[
    ("black", 30),
    ("red", 31),
    ("green", 32),
    ("yellow", 33),
    ("blue", 34),
    ("magenta", 35),
    ("cyan", 36),
    ("white", 37),
    ("none", 0),
    ("bold", 1),
    ("dim", 2),
    ("italic", 3),
    ("underline", 4),
    ("inverse", 7),
    ("black_background", 40),
    ("red_background", 41),
    ("green_background", 42),
    ("yellow_background", 43),
    ("blue_background", 44),
    ("purple_background", 45),
    ("cyan_background", 46),
    ("white_background", 47),
];

/// Effects of labels that nobody configured.
const STYLES: &[(&str, &str)] = &[
    ("bookmarks.active", "green"),
    ("branches.active", "none"),
    ("branches.closed", "black bold"),
    ("branches.current", "green"),
    ("branches.inactive", "none"),
    ("changeset.draft", ""),
    ("changeset.public", ""),
    ("changeset.secret", ""),
    ("diff.changed", "white"),
    ("diff.deleted", "red"),
    ("diff.deleted.changed", "red bold underline"),
    ("diff.deleted.unchanged", "red"),
    ("diff.diffline", "bold"),
    ("diff.extended", "cyan bold"),
    ("diff.file_a", "red bold"),
    ("diff.file_b", "green bold"),
    ("diff.hunk", "magenta"),
    ("diff.inserted", "green"),
    ("diff.inserted.changed", "green bold underline"),
    ("diff.inserted.unchanged", "green"),
    ("diff.tab", ""),
    ("diff.trailingwhitespace", "bold red_background"),
    ("diffstat.deleted", "red"),
    ("diffstat.inserted", "green"),
    ("formatvariant.config.default", "green"),
    ("formatvariant.config.special", "yellow"),
    ("formatvariant.default", ""),
    ("formatvariant.name.mismatchconfig", "red"),
    ("formatvariant.name.mismatchdefault", "yellow"),
    ("formatvariant.name.uptodate", "green"),
    ("formatvariant.repo.mismatchconfig", "red"),
    ("formatvariant.repo.mismatchdefault", "yellow"),
    ("formatvariant.repo.uptodate", "green"),
    ("grep.date", "magenta"),
    ("grep.deleted", "red bold"),
    ("grep.filename", "magenta"),
    ("grep.inserted", "green bold"),
    ("grep.linenumber", "green"),
    ("grep.match", "red bold"),
    ("grep.rev", "blue"),
    ("grep.sep", "cyan"),
    ("grep.user", "magenta"),
    ("histedit.remaining", "red bold"),
    ("log.changeset", "yellow"),
    ("narrow-server.hidden-path", "yellow"),
    ("patchbomb.diffstats", ""),
    ("patchbomb.finalsummary", ""),
    ("patchbomb.from", "magenta"),
    ("patchbomb.subject", "green"),
    ("patchbomb.to", "cyan"),
    ("qguard.negative", "red"),
    ("qguard.positive", "yellow"),
    ("qguard.unguarded", "green"),
    ("qseries.applied", "blue bold underline"),
    ("qseries.guarded", "black bold"),
    ("qseries.missing", "red bold"),
    ("qseries.unapplied", "black bold"),
    ("rebase.rebased", "blue"),
    ("rebase.remaining", "red bold"),
    ("resolve.resolved", "green bold"),
    ("resolve.unresolved", "red bold"),
    ("shelve.age", "cyan"),
    ("shelve.name", "blue bold"),
    ("shelve.newest", "green bold"),
    ("status.added", "green bold"),
    ("status.clean", "none"),
    ("status.copied", "none"),
    ("status.deleted", "cyan bold underline"),
    ("status.ignored", "black bold"),
    ("status.modified", "blue bold"),
    ("status.removed", "red bold"),
    ("status.unknown", "magenta bold underline"),
    ("tags.local", "black bold"),
    ("tags.normal", "green"),
    ("ui.addremove.added", "green"),
    ("ui.addremove.removed", "red"),
    ("ui.error", "red"),
    ("ui.prompt", "yellow"),
    ("upgrade-repo.requirement.added", "green"),
    ("upgrade-repo.requirement.preserved", "cyan"),
    ("upgrade-repo.requirement.removed", "red"),
];

/// The look of all labels.
#[derive(Default, Debug)]
pub(super) struct Palette {
    mode: ColorMode,
    styles: HashMap<Vec<u8>, Vec<u8>>,
    /// Effects from the configuration: `color.NAME=NUMBER` and `terminfo.NAME=SEQUENCE`.
    custom: HashMap<Vec<u8>, Custom>,
    complaints: Vec<Vec<u8>>,
}

#[derive(Debug)]
enum Custom {
    Number(i64),
    Sequence(Vec<u8>),
}

impl Palette {
    /// The palette for `mode` with the configured styles; the second value has the complaints.
    fn new(mode: ColorMode, config: &Config) -> (Self, Vec<Vec<u8>>) {
        let mut out = Self { mode, ..Self::default() };
        let mut complaints = Vec::new();
        if mode == ColorMode::Off {
            return (out, complaints);
        }
        for (label, effects) in STYLES {
            out.styles.insert(label.as_bytes().to_vec(), effects.as_bytes().to_vec());
        }
        for (name, value) in config.items("color") {
            if let Some(effect) = name.strip_prefix(b"color.") {
                if let Some(number) = hg_config::value::parse_int(value) {
                    out.custom.insert(effect.to_vec(), Custom::Number(number));
                }
            } else if let Some(effect) = name.strip_prefix(b"terminfo.") {
                let sequence = unescape(value);
                out.custom.insert(effect.to_vec(), Custom::Sequence(sequence));
            }
        }
        for (name, _) in config.items("color") {
            if !name.contains(&b'.')
                || name.starts_with(b"color.")
                || name.starts_with(b"terminfo.")
            {
                continue;
            }
            let mut good = Vec::new();
            for effect in config.get_list("color", name) {
                if out.knows(&effect) {
                    good.push(effect);
                } else if !effect.is_empty() {
                    let parts = [
                        b"ignoring unknown color/effect '",
                        &*effect,
                        b"' (configured in color.",
                        name,
                        b")\n",
                    ];
                    complaints.push(parts.concat());
                }
            }
            out.styles.insert(name.to_vec(), good.join(&b' '));
        }
        (out, complaints)
    }

    pub(super) fn is_off(&self) -> bool {
        self.mode == ColorMode::Off
    }

    fn knows(&self, effect: &[u8]) -> bool {
        let base = effect.strip_suffix(b"_background").unwrap_or(effect);
        EFFECTS.iter().any(|(name, _)| name.as_bytes() == effect)
            || self.custom.contains_key(effect)
            || self.custom.contains_key(base)
    }

    pub(super) fn paint(&self, text: &[u8], label: &str) -> Vec<u8> {
        match self.mode {
            ColorMode::Off => return text.to_vec(),
            ColorMode::Debug => return debug_form(text, label),
            ColorMode::Ansi | ColorMode::Terminfo => {}
        }
        let mut effects: Vec<&[u8]> = Vec::new();
        for name in label.split_whitespace() {
            match self.styles.get(name.as_bytes()).filter(|style| !style.is_empty()) {
                Some(style) => effects.extend(style.split(|&b| b == b' ')),
                None if self.knows(name.as_bytes()) => effects.push(name.as_bytes()),
                None => {}
            }
        }
        if effects.is_empty() || text.is_empty() {
            return text.to_vec();
        }
        let start = self.start(&effects);
        let stop: &[u8] = if self.mode == ColorMode::Ansi { b"\x1b[0m" } else { b"\x1b(B\x1b[m" };
        // Where a label inside ends, the effects of this one start again.
        let paint_line = |line: &[u8]| -> Vec<u8> {
            let parts = line.split_str(stop).filter(|part| !part.is_empty());
            parts.flat_map(|part| [&*start, part, stop].concat()).collect()
        };
        text.split(|&b| b == b'\n').map(paint_line).collect::<Vec<_>>().join(&b'\n')
    }

    /// The sequence that turns the effects on.
    fn start(&self, effects: &[&[u8]]) -> Vec<u8> {
        if self.mode == ColorMode::Ansi {
            let mut numbers = vec!["0".to_owned()];
            for effect in effects {
                numbers.extend(ansi_number(effect).map(|number| number.to_string()));
            }
            return format!("\x1b[{}m", numbers.join(";")).into_bytes();
        }
        let mut out = b"\x1b(B\x1b[m".to_vec();
        for effect in effects.iter().filter(|effect| **effect != b"none") {
            out.extend(self.terminfo_sequence(effect));
        }
        out
    }

    fn terminfo_sequence(&self, effect: &[u8]) -> Vec<u8> {
        let base = effect.strip_suffix(b"_background");
        match (self.custom.get(effect), base.and_then(|base| self.custom.get(base))) {
            (Some(Custom::Sequence(sequence)), _) => sequence.clone(),
            (Some(Custom::Number(number)), _) => format!("\x1b[38;5;{number}m").into_bytes(),
            (None, Some(Custom::Number(number))) => format!("\x1b[48;5;{number}m").into_bytes(),
            _ => ansi_number(effect)
                .map(|number| format!("\x1b[{number}m").into_bytes())
                .unwrap_or_default(),
        }
    }
}

fn ansi_number(effect: &[u8]) -> Option<u16> {
    EFFECTS.iter().find(|(name, _)| name.as_bytes() == effect).map(|(_, number)| *number)
}

/// `\E` and `\e` stand for escape in configured sequences.
fn unescape(text: &[u8]) -> Vec<u8> {
    use bstr::ByteSlice as _;
    text.replace("\\E", "\x1b").replace("\\e", "\x1b")
}

/// `[label|text]`; a final newline stays behind.
fn debug_form(text: &[u8], label: &str) -> Vec<u8> {
    if label.is_empty() || text.is_empty() {
        return text.to_vec();
    }
    let (body, newline): (&[u8], &[u8]) = match text.strip_suffix(b"\n") {
        Some(body) => (body, b"\n"),
        None => (text, b""),
    };
    [b"[", label.as_bytes(), b"|", body, b"]", newline].concat()
}

impl Ui {
    /// Decides about colours as `ui.color` and the terminal say.
    pub fn setup_color(&self) -> Result<()> {
        let config = self.config();
        let mode = self.color_mode(&config)?;
        let (mut palette, complaints) = Palette::new(mode, &config);
        palette.complaints = complaints;
        *super::write(&self.palette) = std::sync::Arc::new(palette);
        // Once for the user's files, once for those of the current repository.
        self.repeat_color_complaints();
        self.repeat_color_complaints();
        Ok(())
    }

    /// Complains about unknown effects, as every reader of the configuration does.
    pub(crate) fn repeat_color_complaints(&self) {
        let palette = super::read(&self.palette).clone();
        palette.complaints.iter().for_each(|complaint| self.warn(complaint));
    }

    /// How labels are shown now.
    #[must_use]
    pub fn color(&self) -> ColorMode {
        super::read(&self.palette).mode
    }

    /// The effects of all labels, for `hg debugcolor`.
    #[must_use]
    pub fn color_styles(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let palette = super::read(&self.palette);
        let mut out: Vec<_> =
            palette.styles.iter().map(|(name, style)| (name.clone(), style.clone())).collect();
        out.sort();
        out
    }

    fn color_mode(&self, config: &Config) -> Result<ColorMode> {
        let env = config.environment();
        if env.plain().covers("color") {
            return Ok(ColorMode::Off);
        }
        let wanted = config.get("ui", "color").unwrap_or(b"auto").to_ascii_lowercase();
        let always = match &*wanted {
            b"debug" => return Ok(ColorMode::Debug),
            b"always" => true,
            b"auto" => false,
            other => match hg_config::value::parse_bool(other) {
                Some(true) => config.source("ui", "color") == b"--color",
                Some(false) => return Ok(ColorMode::Off),
                None => false,
            },
        };
        let dumb = env.var("TERM") == Some(b"dumb");
        if !always && (dumb || !self.is_formatted()) {
            return Ok(ColorMode::Off);
        }
        match config.get("color", "mode").unwrap_or(b"auto") {
            b"terminfo" => Ok(ColorMode::Terminfo),
            b"auto" | b"ansi" => Ok(ColorMode::Ansi),
            other => {
                let mode = other.to_vec();
                self.warn([b"warning: unknown color mode '", &*mode, b"'\n"].concat());
                Ok(ColorMode::Off)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paints_line_by_line() {
        let config = Config::default();
        let (palette, _) = Palette::new(ColorMode::Ansi, &config);
        assert_eq!(
            palette.paint(b"a\nb\n", "ui.error"),
            b"\x1b[0;31ma\x1b[0m\n\x1b[0;31mb\x1b[0m\n"
        );
        assert_eq!(palette.paint(b"a", "nothing"), b"a");
        let (palette, _) = Palette::new(ColorMode::Debug, &config);
        assert_eq!(palette.paint(b"a\n\nb\n", "x y"), b"[x y|a\n\nb]\n");
    }
}

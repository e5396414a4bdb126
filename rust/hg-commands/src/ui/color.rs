//! Colours: what a label looks like.

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

/// The look of all labels.
#[derive(Default, Debug)]
pub(super) struct Palette {
    mode: ColorMode,
}

impl Palette {
    pub(super) fn is_off(&self) -> bool {
        self.mode == ColorMode::Off
    }

    pub(super) fn paint(&self, text: &[u8], _label: &str) -> Vec<u8> {
        text.to_vec()
    }
}

impl super::Ui {
    /// Decides about colours as `ui.color` and the terminal say.
    pub fn setup_color(&self) -> hg_types::Result<()> {
        Ok(())
    }
}

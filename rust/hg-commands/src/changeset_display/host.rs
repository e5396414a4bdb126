//! The user's side of templates.

use std::sync::Arc;

use hg_config::Config;
use hg_query::template::{Host, Verbosity};
use hg_types::{Clock, Encoding};
use hg_vfs::SystemClock;

use crate::Ui;

/// Lets templates ask the user's terminal and configuration.
pub struct UiHost {
    ui: Arc<Ui>,
    config: Arc<Config>,
    clock: SystemClock,
    root: Vec<u8>,
}

impl UiHost {
    /// The side of the user of `ui`; paths are shown relative to the repository at `root`.
    #[must_use]
    pub fn new(ui: &Arc<Ui>, root: Option<&[u8]>) -> Self {
        let root = root.unwrap_or_default().to_vec();
        let config = ui.config();
        let clock = SystemClock::new(config.environment().var("TZ"));
        Self { ui: ui.clone(), config, clock, root }
    }
}

impl Host for UiHost {
    fn config(&self) -> &Config {
        &self.config
    }

    fn encoding(&self) -> Encoding {
        self.ui.encoding()
    }

    fn verbosity(&self) -> Verbosity {
        if self.ui.is_debug() {
            Verbosity::Debug
        } else if self.ui.is_verbose() {
            Verbosity::Verbose
        } else if self.ui.is_quiet() {
            Verbosity::Quiet
        } else {
            Verbosity::Normal
        }
    }

    fn width(&self) -> usize {
        self.ui.terminal_width()
    }

    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    fn label(&self, text: Vec<u8>, label: &[u8]) -> Vec<u8> {
        match std::str::from_utf8(label) {
            Ok(label) if !label.is_empty() => self.ui.label(&text, label),
            _ => text,
        }
    }

    fn without_effects(&self, text: &[u8]) -> Vec<u8> {
        without_effects(text)
    }

    fn environment(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let variables = &self.config.environment().variables;
        variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn display_path(&self, path: &[u8]) -> Vec<u8> {
        let cwd = self.config.environment().cwd.as_os_str().as_encoded_bytes().to_vec();
        relative(&self.root, &cwd, path)
    }
}

/// Removes colour escapes.
fn without_effects(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = bstr::ByteSlice::find(rest, b"\x1b[") {
        let body = &rest[start + 2..];
        let end = body.iter().position(|c| !c.is_ascii_digit() && *c != b';');
        match end {
            Some(end) if body[end] == b'm' => {
                out.extend_from_slice(&rest[..start]);
                rest = &body[end + 1..];
            }
            _ => {
                out.extend_from_slice(&rest[..start + 2]);
                rest = body;
            }
        }
    }
    out.extend_from_slice(rest);
    out
}

/// The path from `cwd` to `path` below `root`.
fn relative(root: &[u8], cwd: &[u8], path: &[u8]) -> Vec<u8> {
    let parts = |path: &[u8]| -> Vec<Vec<u8>> {
        path.split(|&c| c == b'/').filter(|part| !part.is_empty()).map(<[u8]>::to_vec).collect()
    };
    let from = parts(cwd);
    let to = parts(&[root, b"/", path].concat());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut out = vec![b"..".to_vec(); from.len() - common];
    out.extend(to[common..].iter().cloned());
    out.join(&b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_are_removed() {
        assert_eq!(without_effects(b"\x1b[0;31mred\x1b[0m \x1b[x"), b"red \x1b[x");
    }

    #[test]
    fn paths_are_relative() {
        assert_eq!(relative(b"/r", b"/r", b"a/b"), b"a/b");
        assert_eq!(relative(b"/x/r", b"/x", b"a"), b"r/a");
        assert_eq!(relative(b"/r", b"/r/d/e", b"d/f"), b"../f");
    }
}

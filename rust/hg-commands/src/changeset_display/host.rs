//! The user's side of templates.

use std::sync::Arc;

use bstr::ByteSlice as _;
use hg_config::Config;
use hg_diff::stat::FileStat;
use hg_diff::{DiffOptions, FileDiff};
use hg_match::{Matcher, PatternKind};
use hg_query::QueryContext;
use hg_query::plugins::Plugins;
use hg_query::template::{Changeset, Host, StatLine, SubOptions, Verbosity};
use hg_types::{Clock, Encoding, HgPath, HgPathBuf, Result};
use hg_vfs::SystemClock;
use hg_wdir::diff::options::{DiffFlags, Features, from_config};
use hg_wire::paths::Paths;

use crate::Ui;
use crate::diff_display::Comparison;

/// Lets templates ask the user's terminal and configuration.
pub struct UiHost {
    ui: Arc<Ui>,
    config: Arc<Config>,
    clock: Arc<SystemClock>,
    root: Vec<u8>,
    /// Whether graphs are drawn with the lines of Unicode.
    draws_lines: bool,
}

impl UiHost {
    /// The side of the user of `ui`; paths are shown relative to the repository at `root`.
    #[must_use]
    pub fn new(ui: &Arc<Ui>, root: Option<&[u8]>) -> Self {
        let root = root.unwrap_or_default().to_vec();
        let config = ui.config();
        let clock = Arc::new(SystemClock::new(config.environment().var("TZ")));
        let draws_lines = crate::extensions::beautify::draws_lines(ui);
        Self { ui: ui.clone(), config, clock, root, draws_lines }
    }
}

impl Host for UiHost {
    fn config(&self) -> &Config {
        &self.config
    }

    fn encoding(&self) -> Encoding {
        self.ui.encoding()
    }

    fn plugins(&self) -> Arc<Plugins> {
        self.ui.plugins()
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
        &*self.clock
    }

    fn shared_clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
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

    fn peer_urls(&self) -> Result<Vec<(Vec<u8>, Vec<SubOptions>)>> {
        let root = (!self.root.is_empty()).then(|| self.root.to_path_lossy());
        let paths = Paths::load(&self.config, root.as_deref(), &self.config.environment().cwd)?;
        let location = |path: &hg_wire::paths::Path| {
            [vec![("url", path.raw.clone())], path.sub_options()].concat()
        };
        let named = paths.sorted().into_iter();
        Ok(named.map(|(name, all)| (name.to_vec(), all.iter().map(location).collect())).collect())
    }

    fn username(&self) -> Result<Vec<u8>> {
        let user = self.ui.configured_username().unwrap_or_default();
        Ok(self.ui.encoding().from_local(&user)?.into_owned())
    }

    fn diff(
        &self,
        changeset: &Changeset,
        include: Option<&[u8]>,
        exclude: Option<&[u8]>,
    ) -> Result<Vec<u8>> {
        let list = |pattern: Option<&[u8]>| pattern.map(<[u8]>::to_vec).into_iter().collect();
        let (include, exclude): (Vec<_>, Vec<_>) = (list(include), list(exclude));
        let matcher = self.matcher(changeset, [&[], &include, &exclude], PatternKind::Glob)?;
        let flags = DiffFlags::default();
        let options = from_config(&self.config, "diff", &flags, Features::ALL, &*self.ui)?;
        let mut out = Vec::new();
        self.each_change(changeset, &matcher, &options, |diff| {
            diff.write(&mut out);
            Ok(())
        })?;
        Ok(out)
    }

    fn matching_files(&self, changeset: &Changeset, pattern: &[u8]) -> Result<Vec<HgPathBuf>> {
        let patterns = [pattern.to_vec()];
        let matcher = self.matcher(changeset, [&patterns, &[], &[]], PatternKind::Glob)?;
        let manifest = changeset.manifest()?;
        let paths = manifest.paths().filter(|path| matcher.matches(path));
        Ok(paths.map(HgPath::to_owned).collect())
    }

    fn diff_stat(&self, changeset: &Changeset) -> Result<Vec<StatLine>> {
        let mut out = Vec::new();
        let flags = DiffFlags::default();
        let options = from_config(&self.config, "diff", &flags, Features::ALL, &*self.ui)?;
        self.each_change(changeset, &Matcher::always(), &options, |diff| {
            let FileStat { name, added, removed, binary } = FileStat::of(&diff);
            out.push(StatLine { path: name, added, removed, binary });
            Ok(())
        })?;
        Ok(out)
    }

    fn rst(&self, text: &[u8], style: &[u8]) -> Result<Vec<u8>> {
        let text = String::from_utf8_lossy(text);
        if style == b"html" {
            return Ok(html(&text).into_bytes());
        }
        let style = crate::help::Style {
            width: 80,
            indent: 0,
            verbose: true,
            encoding: self.ui.encoding(),
        };
        Ok(crate::help::render(&text, &style).0.into_bytes())
    }

    fn graph_sign(&self, node: u8) -> Vec<u8> {
        let sign = match node {
            b'@' => "◉",
            b'o' => "○",
            b'*' => "∗",
            b'x' => "◌",
            b'_' => "╤",
            b'%' => "◍",
            _ => return vec![node],
        };
        match self.draws_lines {
            true => sign.as_bytes().to_vec(),
            false => vec![node],
        }
    }

    fn environment(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let exported = self.config.get_list("experimental", "exportableenviron");
        let all = exported.iter().any(|name| name == b"*");
        let variables = self.config.environment().variables.iter();
        let shown = variables.filter(|(name, _)| all || exported.contains(name));
        shown.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn display_path(&self, path: &[u8]) -> Vec<u8> {
        let cwd = self.config.environment().cwd.as_os_str().as_encoded_bytes().to_vec();
        relative(&self.root, &cwd, path)
    }
}

impl UiHost {
    /// A matcher of patterns; filesets in them are asked about the changeset.
    fn matcher(
        &self,
        changeset: &Changeset,
        lists: [&[Vec<u8>]; 3],
        default_kind: PatternKind,
    ) -> Result<Matcher> {
        let cwd = self.config.environment().cwd.as_os_str().as_encoded_bytes();
        let query = QueryContext::new(changeset.repo(), self.clock.clone(), cwd)?
            .with_encoding(self.ui.encoding())
            .with_plugins(self.ui.plugins());
        let [patterns, include, exclude] = lists;
        query.matcher(patterns, include, exclude, default_kind, Some(changeset.rev()))
    }

    /// The changes of a changeset against its first parent.
    fn each_change(
        &self,
        changeset: &Changeset,
        matcher: &Matcher,
        options: &DiffOptions,
        take: impl FnMut(FileDiff) -> Result<()>,
    ) -> Result<()> {
        let repo = changeset.repo();
        let change = (changeset.rev(), changeset.parents());
        let only = changeset.draft_files().map(Matcher::exact_files);
        let limited = only.map(|only| Matcher::intersection(only, matcher.clone()));
        let matcher = limited.as_ref().unwrap_or(matcher);
        let compared = Comparison::of_change(&self.ui, repo, change, matcher, options.git)?;
        let request = compared.request(options, None, self.ui.is_debug());
        request.for_each(take)
    }
}

/// Paragraphs as HTML.
fn html(text: &str) -> String {
    let mut out = String::new();
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let escaped = paragraph.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let escaped = escaped.replace('"', "&quot;");
        out.push_str(&format!("<p>\n{escaped}\n</p>\n"));
    }
    out
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
    if let Some(inside) = cwd.strip_prefix(root)
        && (inside.is_empty() || inside[0] == b'/')
    {
        return relative_inside(inside.strip_prefix(b"/").unwrap_or_default(), path);
    }
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

/// As seen from the directory `from` of the repository; whatever it is called, a path is not made any cleaner.
fn relative_inside(from: &[u8], path: &[u8]) -> Vec<u8> {
    if from.is_empty() {
        return path.to_vec();
    }
    let parts = |path: &[u8]| path.split(|&c| c == b'/').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let (from, to) = (parts(from), parts(path));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut out = vec![b"..".to_vec(); from.len() - common];
    out.extend(to[common..].iter().cloned());
    if out.is_empty() { b".".to_vec() } else { out.join(&b'/') }
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
        assert_eq!(relative(b"/r", b"/r", b"/a//b"), b"/a//b");
        assert_eq!(relative(b"/r", b"/r/d", b"/a"), b"..//a");
        assert_eq!(relative(b"/r", b"/r/d", b"d"), b".");
    }
}

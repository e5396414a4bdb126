//! `hg version`.

use hg_types::Result;

use crate::extensions::Enabled;
use crate::formatter::Value;
use crate::{Command, CommandContext, spec};

/// What `hg version` calls this program: the version it is compatible with, then its own.
pub const VERSION: &str = concat!("7.2.4+quicksilver-", env!("CARGO_PKG_VERSION"));

/// `hg version`.
pub static COMMAND: Command = Command {
    spec: &spec::help::VERSION,
    help: "Print the version of this program and the terms it comes under.",
    run,
};

const NOTICE: &str = "(see https://mercurial-scm.org for more information)

Quicksilver, a Mercurial-compatible implementation in Rust.
Copyright (C) 2026 the Quicksilver authors.
This is free software under MIT or Apache-2.0; there is NO
warranty; not even for MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.
";

fn run(ctx: &CommandContext) -> Result<i32> {
    let ui = &ctx.ui;
    let mut fm = ctx.formatter_without_history("version")?;
    fm.start_item();
    let line = format!("Mercurial Distributed SCM (version {VERSION})\n");
    fm.write(&[("ver", VERSION.into())], line, "");
    if !ui.is_quiet() {
        fm.plain(NOTICE, "");
    }
    let extensions = Enabled::of(&ctx.config()).native;
    if ui.is_verbose() {
        fm.plain("\nEnabled extensions:\n\n", "");
    }
    let hosted = ui.host().map(|host| host.loaded()).unwrap_or_default();
    let lengths = extensions.iter().map(String::len);
    let width = lengths.chain(hosted.iter().map(|loaded| loaded.name.len())).max().unwrap_or(0);
    let mut nested = fm.nested();
    for name in &extensions {
        nested.start_item();
        let text = format!("  {name:width$}  internal  ");
        nested.cond_write(ui.is_verbose(), &[("name", name.as_str().into())], text, "");
        nested.data(&[("bundled", true.into()), ("ver", Value::None)]);
        if ui.is_verbose() {
            nested.plain("\n", "");
        }
    }
    for loaded in hosted {
        nested.start_item();
        let place = if loaded.is_bundled() { "internal" } else { "external" };
        let name = String::from_utf8_lossy(&loaded.name).into_owned();
        let text = format!("  {name:width$}  {place}  ");
        nested.cond_write(ui.is_verbose(), &[("name", name.as_str().into())], text, "");
        let version = if loaded.is_bundled() { Vec::new() } else { loaded.version.clone() };
        let value = if version.is_empty() { Value::None } else { version.as_slice().into() };
        nested.data(&[("bundled", loaded.is_bundled().into()), ("ver", value)]);
        if ui.is_verbose() {
            nested.plain([&version[..], b"\n"].concat(), "");
        }
    }
    fm.end_nested("extensions", nested);
    fm.end()?;
    Ok(0)
}

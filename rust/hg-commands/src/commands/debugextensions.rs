//! `hg debugextensions`: which extensions are enabled.

use bstr::ByteSlice as _;
use hg_types::Result;

use crate::extensions::Enabled;
use crate::formatter::Value;
use crate::host::Loaded;
use crate::{Command, CommandContext, spec};

/// `hg debugextensions`.
pub static COMMAND: Command = Command { spec: &spec::debug_a_m::DEBUGEXTENSIONS, help: "", run };

fn run(ctx: &CommandContext) -> Result<i32> {
    let mut fm = ctx.formatter_without_history("debugextensions")?;
    let mut names = Enabled::of(&ctx.config()).native;
    let loaded = ctx.ui.host().map(|host| host.loaded()).unwrap_or_default();
    names.extend(loaded.iter().map(|loaded| String::from_utf8_lossy(&loaded.name).into_owned()));
    names.sort();
    for name in names {
        if let Some(loaded) = loaded.iter().find(|loaded| loaded.name == name.as_bytes()) {
            write_loaded(ctx, &mut fm, loaded);
            continue;
        }
        fm.start_item();
        fm.write(&[("name", name.as_str().into())], format!("{name}\n"), "");
        fm.data(&[("source", "".into()), ("bundled", true.into())]);
        fm.data(&[("testedwith", Value::list(Vec::<&str>::new(), "ver")), ("buglink", "".into())]);
        if ctx.ui.is_verbose() {
            fm.plain("  bundled: yes\n", "");
        }
    }
    fm.end()?;
    Ok(0)
}

/// Writes about an extension that a host has loaded.
fn write_loaded(ctx: &CommandContext, fm: &mut crate::Formatter, loaded: &Loaded) {
    let bundled = loaded.is_bundled();
    let name = String::from_utf8_lossy(&loaded.name).into_owned();
    fm.start_item();
    let versions: Vec<&[u8]> = match bundled {
        true => Vec::new(),
        false => loaded.tested_with.fields().collect(),
    };
    // Without --verbose the line tells how far the extension can be trusted.
    let note = match (bundled || ctx.ui.is_verbose(), versions.last()) {
        (true, _) => String::new(),
        (false, None) => " (untested!)".to_owned(),
        (false, Some(_)) if versions.iter().any(|version| version.starts_with(b"7.2")) => {
            String::new()
        }
        (false, Some(version)) => format!(" ({}!)", String::from_utf8_lossy(version)),
    };
    fm.write(&[("name", name.as_str().into())], format!("{name}{note}\n"), "");
    fm.data(&[("source", loaded.file.as_slice().into()), ("bundled", bundled.into())]);
    let shown: Vec<Vec<u8>> = versions.iter().map(|version| version.to_vec()).collect();
    let link = loaded.bug_link.trim();
    fm.data(&[("testedwith", Value::list(shown, "ver")), ("buglink", link.into())]);
    if !ctx.ui.is_verbose() {
        return;
    }
    fm.plain([b"  location: ", &loaded.file[..], b"\n"].concat(), "");
    fm.plain(format!("  bundled: {}\n", if bundled { "yes" } else { "no" }), "");
    if !versions.is_empty() {
        fm.plain([b"  tested with: ", &versions.join(&b' ')[..], b"\n"].concat(), "");
    }
    if !link.is_empty() {
        fm.plain([b"  bug reporting: ", link, b"\n"].concat(), "");
    }
}

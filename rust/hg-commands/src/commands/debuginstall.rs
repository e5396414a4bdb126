//! `hg debuginstall`: whether everything is there.

use hg_types::Result;

use crate::commands::version::VERSION;
use crate::formatter::Value;
use crate::{Command, CommandContext, spec};

/// `hg debuginstall`.
pub static COMMAND: Command =
    Command { spec: &spec::debug_a_m::DEBUGINSTALL, help: "Returns 0 on success.", run };

/// Compression engines for bundles and stores.
const ENGINES: [&str; 5] = ["bz2", "bz2truncated", "none", "zlib", "zstd"];

fn run(ctx: &CommandContext) -> Result<i32> {
    let ui = &ctx.ui;
    let mut fm = ctx.formatter("debuginstall")?;
    fm.start_item();
    let encoding = ui.encoding_name();
    fm.write(
        &[("encoding", encoding.as_str().into()), ("encodingerror", Value::None)],
        format!("checking encoding ({encoding})...\n"),
        "",
    );
    fm.write(
        &[("hgver", VERSION.into()), ("hgverextra", "".into())],
        format!("checking Mercurial version ({VERSION})\n"),
        "",
    );
    fm.write(&[("hgmodulepolicy", "rust".into())], "checking module policy (rust)\n", "");
    for (field, what) in [("compengines", "registered"), ("compenginesavail", "available")] {
        let line = format!("checking {what} compression engines ({})\n", ENGINES.join(", "));
        fm.write(&[(field, Value::list(ENGINES, "compengine"))], line, "");
    }
    let server = ["zstd", "zlib", "bz2", "none"];
    let line = format!(
        "checking available compression engines for wire protocol ({})\n",
        server.join(", ")
    );
    fm.write(&[("compenginesserver", Value::list(server, "compengine"))], line, "");
    let problems = check_editor(ctx, &mut fm) + check_username(ctx, &mut fm);
    let verdict = match problems {
        0 => "no problems detected\n".to_owned(),
        n => format!("{n} problems detected, please check your install!\n"),
    };
    fm.write(&[("problems", problems.into())], verdict, "");
    fm.end()?;
    Ok(i32::try_from(problems).unwrap_or(1))
}

fn check_editor(ctx: &CommandContext, fm: &mut crate::Formatter) -> i64 {
    let editor = ctx.ui.editor();
    let word = editor.split(|&b| b == b' ').next().unwrap_or_default();
    let line = [b"checking commit editor... (", word, b")\n"].concat();
    fm.write(&[("editor", word.into())], line, "");
    let found = in_path(ctx, word);
    let is_vi = word == b"vi";
    if !found && is_vi {
        fm.plain(" No commit editor set and can't find vi in PATH\n", "");
        fm.plain(" (specify a commit editor in your configuration file)\n", "");
    } else if !found {
        let line = [b" Can't find editor '", word, b"' in PATH\n"].concat();
        fm.plain(line, "");
        fm.plain(" (specify a commit editor in your configuration file)\n", "");
    }
    fm.data(&[("vinotfound", (is_vi && !found).into())]);
    fm.data(&[("editornotfound", (!is_vi && !found).into())]);
    i64::from(!found && !is_vi)
}

fn in_path(ctx: &CommandContext, program: &[u8]) -> bool {
    use bstr::ByteSlice as _;
    let config = ctx.config();
    if program.contains(&b'/') {
        return program.to_path_lossy().exists();
    }
    let path = config.environment().var("PATH").unwrap_or_default();
    path.split(|&b| b == b':')
        .any(|dir| dir.to_path_lossy().join(program.to_path_lossy()).is_file())
}

fn check_username(ctx: &CommandContext, fm: &mut crate::Formatter) -> i64 {
    match ctx.ui.username() {
        Ok(name) => {
            let line = [b"checking username (", &*name, b")\n"].concat();
            fm.write(&[("username", name.into()), ("usernameerror", Value::None)], line, "");
            0
        }
        Err(error) => {
            let message = error.message;
            let line = [
                b"checking username...\n ",
                &*message,
                b"\n (specify a username in your configuration file)\n",
            ]
            .concat();
            fm.write(&[("username", Value::None), ("usernameerror", message.into())], line, "");
            1
        }
    }
}

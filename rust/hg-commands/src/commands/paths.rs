//! `hg paths`.

use hg_types::Result;
use hg_wire::paths::Paths;
use hg_wire::url::{Url, hide_password};

use crate::formatter::Value;
use crate::{Command, CommandContext, spec};

/// `hg paths`.
pub static COMMAND: Command = Command {
    spec: &spec::remote::PATHS,
    help: "Print where the symbolic name NAME points to, or all names without NAME.

Names are defined in the ``[paths]`` section of configuration files. ``default`` is where pull and
push go without argument; ``default-push`` overrides it for push. Passwords are not shown.

Options of a name, as ``NAME:pushurl`` or ``NAME:pushrev``, are shown below it.

Returns 0 on success, 1 if NAME does not exist.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    let ui = &ctx.ui;
    ui.pager("paths")?;
    let root = ctx.optional_repo().map(hg_store::Repo::root);
    let paths = Paths::load(&ctx.config(), root, &ctx.cwd())?;
    paths.warnings.iter().for_each(|warning| ui.warn(warning));
    let wanted = ctx.args.first();
    let mut fm = ctx.formatter_without_history("paths")?;
    let plain = fm.is_plain();
    let mut found = false;
    for (name, path) in
        paths.sorted().into_iter().flat_map(|(name, all)| all.iter().map(move |path| (name, path)))
    {
        if wanted.is_some_and(|wanted| wanted != name) {
            continue;
        }
        found = true;
        if plain && ui.is_quiet() && wanted.is_some() {
            continue;
        }
        let url = Url::parse(&path.raw).map_or_else(|_| path.raw.clone(), |url| url.to_bytes());
        let shown = if plain { hide_password(&url) } else { url };
        fm.start_item();
        let named = wanted.is_none();
        fm.cond_write(named, &[("name", name.into())], name, "path.name");
        let separator = if named { &b" = "[..] } else { b"" };
        let detailed = !ui.is_quiet();
        let line = [separator, &*shown].concat();
        fm.cond_write(detailed, &[("url", shown.into())], line, "path.url");
        fm.plain("\n", "");
        for (option, value) in path.sub_options() {
            if named && detailed {
                let line = [name, b":", option.as_bytes(), b" = ", &*value, b"\n"].concat();
                fm.plain(line, "");
            }
            let value = match &*value {
                b"yes" if option == "multi-urls" => Value::Bool(true),
                _ => value.into(),
            };
            fm.data(&[(option, value)]);
        }
    }
    fm.end()?;
    if !found && wanted.is_some() {
        if !ui.is_quiet() {
            ui.warn("not found!\n");
        }
        return Ok(1);
    }
    Ok(0)
}

//! `hg debugtemplate`.

use std::rc::Rc;

use hg_query::template::spec::Spec;
use hg_query::template::{Engine, Scope, Value, Vars, syntax};
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Result};

use crate::changeset_display::{Displayer, UiHost};
use crate::{Command, CommandContext, revision, spec};

/// `hg debugtemplate`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGTEMPLATE,
    help: "Render a template: for changesets with --rev, else once without keywords.\n\n\
           With --verbose, the parsed tree and the names it uses are printed first.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let [template] = &ctx.args[..] else {
        return Err(ctx.usage_error());
    };
    let definitions = definitions(ctx)?;
    let revs = ctx.opts.list("rev");
    if !revs.is_empty() && ctx.optional_repo().is_none() {
        let message = "there is no Mercurial repository here (.hg not found)";
        return Err(Error::new(ErrorKind::Repo, message));
    }
    // What is wrong with the revisions is told before what is wrong with the template.
    let asked = match revs.is_empty() {
        true => Vec::new(),
        false => revision::range(&revision::query(ctx)?, revs)?.to_vec()?,
    };
    let config = ctx.config();
    let host = Rc::new(UiHost::new(&ctx.ui, ctx.optional_repo().map(Repo::root_bytes)));
    let mut engine = Engine::new(host, ctx.optional_repo().cloned());
    if !revs.is_empty() {
        engine.with_default_items();
    }
    let name = Spec::Literal(template.clone()).install(&mut engine, &config, "")?;
    if ctx.ui.is_verbose() {
        show_tree(ctx, &engine, template)?;
        if template.is_empty() {
            return Err(Error::abort("\"\" not in template map"));
        }
        let (keywords, functions) = engine.symbols_used(&name)?;
        let join = |names: std::collections::BTreeSet<Vec<u8>>| {
            names.into_iter().collect::<Vec<_>>().join(&b", "[..])
        };
        ctx.ui.write([b"* keywords: ", &join(keywords)[..], b"\n"].concat());
        ctx.ui.write([b"* functions: ", &join(functions)[..], b"\n"].concat());
    }
    if revs.is_empty() {
        engine.without_keywords();
        let values = definitions.into_iter().map(|(key, value)| (key.into(), value)).collect();
        let scope = Scope::root(Vars { values, ..Vars::default() });
        let mut out = Vec::new();
        engine.render(&name, &scope, &mut out)?;
        ctx.ui.write(out);
        return Ok(0);
    }
    let mut display = Displayer::with_template(&ctx.ui, ctx.repo()?, template)?;
    for rev in asked {
        let variables =
            definitions.iter().map(|(key, value)| (key.clone().into(), value.clone())).collect();
        display.show_with(rev, 0, variables)?;
    }
    display.close()?;
    Ok(0)
}

/// The values of `--define`.
fn definitions(ctx: &CommandContext) -> Result<Vec<(Vec<u8>, Value)>> {
    let mut out = Vec::new();
    for text in ctx.opts.list("define") {
        let bad = || Error::abort([b"malformed keyword definition: ", &text[..]].concat());
        let equals = text.iter().position(|&c| c == b'=').ok_or_else(bad)?;
        let (key, value) = (text[..equals].trim_ascii(), text[equals + 1..].trim_ascii());
        if key.is_empty() || key == b"ui" {
            return Err(bad());
        }
        out.push((key.to_vec(), Value::from(value)));
    }
    Ok(out)
}

fn show_tree(ctx: &CommandContext, engine: &Engine, template: &[u8]) -> Result<()> {
    let tree = syntax::parse(template)?;
    ctx.ui.note([&tree.pretty()[..], b"\n"].concat());
    let expanded = engine.expand_aliases(tree.clone())?;
    if expanded != tree {
        ctx.ui.note([b"* expanded:\n", &expanded.pretty()[..], b"\n"].concat());
    }
    Ok(())
}

//! A changeset in one line: `16:a2e6ea4973e9 tip "fix the bug"`.

use std::rc::Rc;
use std::sync::Arc;

use hg_query::template::{Changeset, Engine, ONE_LINE_SUMMARY, Scope, Vars};
use hg_store::Repo;
use hg_types::{Result, Revision};

use super::UiHost;
use crate::Ui;

const TEMPLATE: &[u8] = b"oneline-summary";

/// A changeset in one line, as the configuration wants it for a command.
///
/// # Errors
/// When the changeset cannot be read or the template is bad.
pub fn one_line_summary(
    ui: &Arc<Ui>,
    repo: &Repo,
    rev: Revision,
    command: &str,
) -> Result<Vec<u8>> {
    let config = ui.config();
    let item = |name: &str| config.get_set("command-templates", name).map(<[u8]>::to_vec);
    let text = item(&format!("oneline-summary.{command}"))
        .or_else(|| item("oneline-summary"))
        .unwrap_or_else(|| ONE_LINE_SUMMARY.as_bytes().to_vec());
    let host = Rc::new(UiHost::new(ui, Some(repo.root_bytes())));
    let mut engine = Engine::new(host, Some(repo.clone()));
    engine.set_aliases(config.items("templatealias"));
    engine.add(TEMPLATE, text);
    render(engine, rev)
}

/// A changeset by a template of the user's.
///
/// # Errors
/// When the changeset cannot be read or the template is bad.
pub fn by_template(ui: &Arc<Ui>, repo: &Repo, rev: Revision, template: &[u8]) -> Result<Vec<u8>> {
    let host = Rc::new(UiHost::new(ui, Some(repo.root_bytes())));
    let mut engine = Engine::new(host, Some(repo.clone()));
    engine.set_aliases(ui.config().items("templatealias"));
    engine.add(TEMPLATE, template.to_vec());
    render(engine, rev)
}

fn render(engine: Engine, rev: Revision) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    if let Some(history) = engine.history() {
        let changeset = Rc::new(Changeset::open(history, rev)?);
        engine.render(TEMPLATE, &Scope::root(Vars::changeset(changeset)), &mut out)?;
    }
    Ok(out)
}

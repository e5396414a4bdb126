//! `[committemplate]`: the text that the editor shows, as the user wants it.

use std::borrow::Cow;
use std::rc::Rc;

use hg_query::template::map::unquote;
use hg_query::template::{Changeset, DraftFacts, Engine, FileLists, Scope, Value, Vars};
use hg_repo::working::Draft;
use hg_types::Result;

use crate::CommandContext;
use crate::changeset_display::UiHost;

const SECTION: &str = "committemplate";

/// The text for a draft in the user's character set; `None` when nobody wants another than the usual one.
pub(super) fn render(
    ctx: &CommandContext,
    form: &str,
    note: &str,
    draft: &Draft,
) -> Result<Option<Vec<u8>>> {
    let config = ctx.config();
    let Some(name) =
        names(form).find(|name| config.get(SECTION, name).is_some_and(|text| !text.is_empty()))
    else {
        return Ok(None);
    };
    let repo = ctx.repo()?;
    let host = Rc::new(UiHost::new(&ctx.ui, Some(repo.root_bytes())));
    let mut engine = Engine::new(host, Some(repo.clone()));
    engine.with_default_items();
    for (known, text) in config.items(SECTION) {
        engine.add(known, unquote(text));
    }
    if !config.environment().plain().covers("templatealias") {
        engine.set_aliases(config.items("templatealias"));
    }
    let Some(history) = engine.history() else { return Ok(None) };
    let changeset = Changeset::draft(history, facts(ctx, draft)?)?;
    let mut vars = Vars::changeset(Rc::new(changeset));
    vars.values.push((Cow::Borrowed(b"extramsg"), Value::Bytes(note.as_bytes().to_vec())));
    let mut out = Vec::new();
    engine.render(name.as_bytes(), &Scope::root(vars), &mut out)?;
    Ok(Some(out))
}

/// `changeset.commit.normal`, `changeset.commit`, `changeset`: the more special ones first.
fn names(form: &str) -> impl Iterator<Item = String> + '_ {
    let full = format!("changeset.{form}");
    std::iter::successors(Some(full), |name| {
        name.rsplit_once('.').map(|(start, _)| start.to_owned())
    })
}

fn facts(ctx: &CommandContext, draft: &Draft) -> Result<DraftFacts> {
    Ok(DraftFacts {
        parents: draft.parents,
        branch: draft.branch.clone(),
        user: draft.user.clone(),
        date: ctx.date()?,
        message: draft.message.clone(),
        files: FileLists {
            modified: draft.status.modified.clone(),
            added: draft.status.added.clone(),
            removed: draft.status.removed.clone(),
            missing: Vec::new(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn special_names_come_first() {
        let all: Vec<String> = names("tag.add").collect();
        assert_eq!(all, ["changeset.tag.add", "changeset.tag", "changeset"]);
    }
}

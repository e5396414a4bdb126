//! Names of the files that commands write for changesets: placeholders and templates
//! (`hg help export`, `hg help cat`).

use std::rc::Rc;
use std::sync::Arc;

use hg_query::template::syntax::{Fragment, fragments};
use hg_query::template::{Changeset, Engine, History, Scope, Vars};
use hg_store::Repo;
use hg_types::{Result, Revision};

use crate::Ui;
use crate::changeset_display::UiHost;
use crate::file_name::FileName;

/// Makes names of files for changesets.
pub struct OutputNames {
    format: Vec<u8>,
    fragments: Vec<Fragment>,
    engine: Engine,
    history: Rc<History>,
}

impl OutputNames {
    /// Names in a format.
    ///
    /// # Errors
    /// When the format has a malformed template.
    pub fn new(ui: &Arc<Ui>, repo: &Repo, format: &[u8]) -> Result<Self> {
        let host = Rc::new(UiHost::new(ui, Some(repo.root_bytes())));
        let fragments = fragments(format)?;
        let engine = Engine::new(host.clone(), Some(repo.clone()));
        let history = History::new(repo.clone(), host);
        Ok(Self { format: format.to_vec(), fragments, engine, history })
    }

    /// The name for a changeset; `about` says what else is known.
    ///
    /// # Errors
    /// When the format asks for what is unknown here, or a template cannot be evaluated.
    pub fn name(&self, rev: Revision, about: &FileName<'_>) -> Result<Vec<u8>> {
        let changeset = Rc::new(Changeset::open(&self.history, rev)?);
        let root = self.history.repo().root_bytes();
        let description = changeset.entry()?.description().trim_ascii();
        let description = description.split(|&byte| byte == b'\n').next();
        let changeset_id = Some((changeset.node(), rev));
        let about = FileName { changeset: changeset_id, root, description, ..*about };
        let mut out = Vec::new();
        for fragment in &self.fragments {
            match fragment {
                Fragment::Text(range) => out.extend(about.expand(&self.format[range.clone()])?),
                Fragment::Expression(range) => {
                    let code = self.engine.compile(&self.format[range.clone()])?;
                    let scope = Scope::root(Vars::changeset(changeset.clone()));
                    self.engine.render_code(&code, &scope, &mut out)?;
                }
            }
        }
        Ok(out)
    }
}

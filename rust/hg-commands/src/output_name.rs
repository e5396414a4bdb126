//! Names of the files that commands write, from a format: `%` specifications and templates
//! (`hg help export`, `hg help cat`).

use std::rc::Rc;
use std::sync::Arc;

use hg_query::template::syntax::{Fragment, fragments};
use hg_query::template::{Changeset, Engine, History, Scope, Vars};
use hg_store::Repo;
use hg_types::{Error, HgPath, Result, Revision};

use crate::Ui;
use crate::changeset_display::UiHost;

/// What a name may speak of besides its changeset.
#[derive(Clone, Copy, Debug, Default)]
pub struct NameOptions<'a> {
    /// How many files are written.
    pub total: Option<usize>,
    /// Which of them this is, counted from 1.
    pub sequence: Option<usize>,
    /// Digits of a revision number.
    pub rev_width: usize,
    /// The path of the file whose content is written.
    pub path: Option<&'a HgPath>,
}

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

    /// The name for a changeset.
    ///
    /// # Errors
    /// When the format asks for what is unknown here, or a template cannot be evaluated.
    pub fn name(&self, rev: Revision, options: &NameOptions<'_>) -> Result<Vec<u8>> {
        let changeset = Rc::new(Changeset::open(&self.history, rev)?);
        let mut out = Vec::new();
        for fragment in &self.fragments {
            match fragment {
                Fragment::Text(range) => {
                    expand(&self.format[range.clone()], &changeset, options, &mut out)?;
                }
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

/// Expands the `%` specifications of a text.
fn expand(
    text: &[u8],
    changeset: &Changeset,
    options: &NameOptions<'_>,
    out: &mut Vec<u8>,
) -> Result<()> {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| byte == b'%') {
        out.extend_from_slice(&rest[..at]);
        let Some(&letter) = rest.get(at + 1) else {
            return Err(Error::abort("incomplete format spec in output filename"));
        };
        let Some(value) = specification(letter, changeset, options)? else {
            let letter = [letter];
            let parts = [b"invalid format spec '%", &letter[..], b"' in output filename"];
            return Err(Error::abort(parts.concat()));
        };
        out.extend_from_slice(&value);
        rest = &rest[at + 2..];
    }
    out.extend_from_slice(rest);
    Ok(())
}

fn specification(
    letter: u8,
    changeset: &Changeset,
    options: &NameOptions<'_>,
) -> Result<Option<Vec<u8>>> {
    let rev = changeset.rev();
    let node = changeset.node();
    let basename = |path: &[u8]| path.rsplit(|&b| b == b'/').next().unwrap_or_default().to_vec();
    Ok(match letter {
        b'%' => Some(b"%".to_vec()),
        b'H' => Some(node.hex()),
        b'h' => Some(node.short()),
        b'R' => Some(rev.to_string().into_bytes()),
        b'r' => {
            let width = options.rev_width;
            Some(format!("{:0width$}", rev.get()).into_bytes())
        }
        b'm' => Some(first_line_name(changeset.entry()?.description())),
        b'b' => Some(basename(changeset.repo().root_bytes())),
        b'N' => options.total.map(|total| total.to_string().into_bytes()),
        b'n' => options.sequence.map(|sequence| {
            let width = options.total.map_or(0, |total| total.to_string().len());
            format!("{sequence:0width$}").into_bytes()
        }),
        b's' => options.path.map(|path| path.file_name().to_vec()),
        b'd' => options.path.map(|path| match path.parent() {
            Some(parent) if !parent.is_empty() => parent.as_bytes().to_vec(),
            _ => b".".to_vec(),
        }),
        b'p' => options.path.map(|path| path.as_bytes().to_vec()),
        _ => None,
    })
}

/// The first line of a description, in letters that suit the name of a file.
fn first_line_name(description: &[u8]) -> Vec<u8> {
    let text = description.trim_ascii();
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let suits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    line.iter().map(|&byte| if suits(byte) { byte } else { b'_' }).collect()
}

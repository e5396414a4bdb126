//! `hg absorb --edit-lines`: the user says in the editor which line is in which changeset.

use hg_repo::absorb::FilePlan;
use hg_store::Repo;
use hg_types::{Error, Result};

use crate::CommandContext;
use crate::ui::EditOptions;

/// What lines for the user begin with.
const MARK: &str = "HG:";

/// Lets the user edit all versions of a file.
pub(super) fn edit(ctx: &CommandContext, repo: &Repo, file: &mut FilePlan) -> Result<()> {
    let first = usize::from(!file.has_base);
    let mut text = header(repo, file, first)?;
    let blank = b" ".repeat(MARK.len() + 1);
    for (line, versions) in file.weave.lines() {
        let marks: Vec<u8> =
            versions[first..].iter().map(|there| if *there { b'y' } else { b' ' }).collect();
        text.extend_from_slice(&[&blank[..], &marks, b" : ", line].concat());
        if !line.ends_with(b"\n") {
            text.push(b'\n');
        }
    }
    let user = ctx.ui.configured_username().unwrap_or_default();
    let options = EditOptions { user: &user, action: Some("absorb"), ..EditOptions::default() };
    let edited = ctx.ui.edit(&text, &options)?;
    let texts = read(&edited, file.versions.len(), first)?;
    if (0..texts.len()).skip(first.max(1)).all(|at| texts[at] == file.weave.text(at)) {
        file.chunks.clear();
        return Ok(());
    }
    file.set_texts(texts);
    Ok(())
}

fn header(repo: &Repo, file: &FilePlan, first: usize) -> Result<Vec<u8>> {
    let mut out = [b"HG: editing ", file.path.as_bytes(), b"\n"].concat();
    out.extend_from_slice(
        b"HG: \"y\" means the line to the right exists in the changeset to the top\nHG:\n",
    );
    let cl = repo.changelog()?;
    let count = file.versions.len() - first;
    for (at, rev) in file.versions[first..].iter().enumerate() {
        // The version that cannot be changed is that of the changeset below the others.
        let rev = match rev.is_null() {
            true => file.base_changeset(repo)?,
            false => *rev,
        };
        let entry = cl.entry(rev)?;
        let line = entry.description().split(|&byte| byte == b'\n').next().unwrap_or_default();
        let lead = format!("HG: {}/{} ", "|".repeat(at), "-".repeat(count - at + 1));
        out.extend_from_slice(
            &[lead.as_bytes(), &cl.node(rev).short(), b" ", line, b"\n"].concat(),
        );
    }
    out.extend_from_slice(format!("HG: {}\n", "|".repeat(count)).as_bytes());
    Ok(out)
}

/// Reads the versions back.
fn read(edited: &[u8], versions: usize, first: usize) -> Result<Vec<Vec<u8>>> {
    let mut texts = vec![Vec::new(); versions];
    let count = versions - first;
    let start = MARK.len() + 1;
    for line in hg_diff::lines::split(edited) {
        if line.starts_with(MARK.as_bytes()) {
            continue;
        }
        let marks = line.get(start..start + count);
        let rest = line.get(start + count..).and_then(|rest| rest.strip_prefix(b" : "));
        let (Some(marks), Some(rest)) = (marks, rest) else {
            let shown = String::from_utf8_lossy(line).trim_end().to_owned();
            return Err(Error::abort(format!("malformed line: {shown}")));
        };
        for (at, mark) in marks.iter().enumerate() {
            match mark {
                b'y' => texts[first + at].extend_from_slice(rest),
                b' ' => {}
                other => {
                    let other = other.escape_ascii();
                    return Err(Error::abort(format!("malformed mark: '{other}'")));
                }
            }
        }
    }
    Ok(texts)
}

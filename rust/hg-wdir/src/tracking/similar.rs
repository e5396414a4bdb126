//! Files that were renamed without telling: what vanished is compared with what appeared.

use std::collections::HashMap;

use hg_types::{HgPathBuf, Result};

use crate::WorkingDir;

/// A removal and an addition that belong together.
#[derive(Clone, PartialEq, Debug)]
pub struct Rename {
    /// The file that is gone.
    pub from: HgPathBuf,
    /// The file that is new.
    pub to: HgPathBuf,
    /// How similar they are: 1 when they are equal.
    pub score: f64,
}

/// A file with its content.
type Text = (HgPathBuf, Vec<u8>);

/// Finds for each of `added` the file of `removed` that it is most similar to, when that is by
/// `threshold` (from 0, exclusive, to 1) at least. Empty files are left alone.
///
/// # Errors
/// When the store is damaged or a file cannot be read.
pub fn find_renames(
    wdir: &mut WorkingDir,
    added: &[HgPathBuf],
    removed: &[HgPathBuf],
    threshold: f64,
) -> Result<Vec<Rename>> {
    let manifest = wdir.p1_manifest()?;
    let repo = wdir.repo().clone();
    let mut old: Vec<Text> = Vec::new();
    for path in removed {
        if let Some(node) = manifest.node(path) {
            let text = repo.filelog(path)?.read_node(&node)?.into_vec();
            old.push((path.clone(), text));
        }
    }
    let mut new: Vec<Text> = Vec::new();
    for path in added {
        if let Some((_, text)) = wdir.read_file(path)? {
            new.push((path.clone(), text));
        }
    }
    old.retain(|(_, text)| !text.is_empty());
    new.retain(|(_, text)| !text.is_empty());
    let mut renames = Vec::new();
    new.retain(|(path, text)| {
        let Some((from, _)) = old.iter().find(|(_, candidate)| candidate == text) else {
            return true;
        };
        renames.push(Rename { from: from.clone(), to: path.clone(), score: 1.0 });
        false
    });
    if threshold < 1.0 {
        similar(&old, &new, threshold, &mut renames);
    }
    Ok(renames)
}

fn similar(old: &[Text], new: &[Text], threshold: f64, renames: &mut Vec<Rename>) {
    let mut best: HashMap<usize, (usize, f64)> = HashMap::new();
    // In the order in which the new files found their first match, as upstream reports them.
    let mut order = Vec::new();
    for (from, (_, old_text)) in old.iter().enumerate() {
        for (to, (_, new_text)) in new.iter().enumerate() {
            let so_far = best.get(&to).map_or(threshold, |(_, score)| *score);
            let score = hg_diff::similarity::score(old_text, new_text);
            // The first match need not exceed the threshold; a better one must exceed the first.
            let better = if best.contains_key(&to) { score > so_far } else { score >= so_far };
            if better && best.insert(to, (from, score)).is_none() {
                order.push(to);
            }
        }
    }
    for to in order {
        if let Some((from, score)) = best.get(&to) {
            let (from, to) = (old[*from].0.clone(), new[to].0.clone());
            renames.push(Rename { from, to, score: *score });
        }
    }
}

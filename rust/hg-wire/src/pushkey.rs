//! Keys and values that repositories show each other: bookmarks, phases, obsolescence markers.

use hg_store::Repo;
use hg_types::{Node, Phase, Result, Revision};

use crate::bookmarks::Marks;
use crate::facts;
use crate::peer::Keys;

/// A key that is to be changed.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The namespace.
    pub namespace: &'a [u8],
    /// The key.
    pub key: &'a [u8],
    /// What it must be now.
    pub old: &'a [u8],
    /// What it is to be.
    pub new: &'a [u8],
}

/// The bookmarks others see: no divergent ones (`NAME@PATH`), none at filtered changesets.
pub fn shown_bookmarks(repo: &Repo) -> Result<Marks> {
    let view = facts::served(repo)?;
    let marks = repo.bookmarks()?;
    let shown = |name: &[u8], node: &Node| {
        let divergent = name.contains(&b'@') && !name.ends_with(b"@");
        !divergent && (node.is_null() || view.rev(node).is_some())
    };
    Ok(marks
        .iter()
        .filter(|(name, node)| shown(name, node))
        .map(|(name, node)| (name.to_vec(), node))
        .collect())
}

/// The keys of a namespace, hooks included.
pub fn list(repo: &Repo, namespace: &[u8]) -> Result<Keys> {
    let args = vec![("namespace".to_owned(), namespace.to_vec())];
    repo.hooks().run(repo, "prelistkeys", true, &args)?;
    repo.reporter().debug(&[b"listing keys for \"", namespace, b"\"\n"].concat());
    let keys = list_plain(repo, namespace)?;
    if repo.hooks().has(repo, "listkeys") {
        let mut args = args;
        args.push(("values".to_owned(), python_dict(&keys)));
        repo.hooks().run(repo, "listkeys", false, &args)?;
    }
    Ok(keys)
}

fn list_plain(repo: &Repo, namespace: &[u8]) -> Result<Keys> {
    let hex = |marks: Marks| marks.into_iter().map(|(name, node)| (name, node.hex())).collect();
    Ok(match namespace {
        b"namespaces" => {
            let mut names: Vec<&[u8]> = vec![b"bookmarks", b"namespaces", b"phases"];
            if crate::obs::exchanges(repo)? {
                names.insert(2, b"obsolete");
            }
            names.into_iter().map(|name| (name.to_vec(), Vec::new())).collect()
        }
        b"bookmarks" => hex(shown_bookmarks(repo)?),
        b"phases" => list_phases(repo)?,
        _ => Vec::new(),
    })
}

/// The draft roots that others see, and whether changesets become public when they leave.
fn list_phases(repo: &Repo) -> Result<Keys> {
    let changelog = repo.changelog()?;
    let phases = repo.phases()?;
    let view = facts::served(repo)?;
    let mut keys: Keys = phases
        .roots(&changelog)
        .into_iter()
        .filter(|(phase, rev)| {
            *phase == Phase::Draft && rev.index().is_some_and(|rev| view.contains(rev))
        })
        .map(|(_, rev)| (changelog.node(rev).hex(), b"1".to_vec()))
        .collect();
    keys.sort();
    if repo.is_publishing()? {
        keys.push((b"publishing".to_vec(), b"True".to_vec()));
    }
    Ok(keys)
}

/// How hooks see keys and values.
fn python_dict(keys: &Keys) -> Vec<u8> {
    let item = |(key, value): &(Vec<u8>, Vec<u8>)| {
        [b"'", key.as_slice(), b"': '", value.as_slice(), b"'"].concat()
    };
    let items: Vec<Vec<u8>> = keys.iter().map(item).collect();
    [&b"{"[..], &items.join(&b", "[..]), b"}"].concat()
}

/// Changes a key in a transaction of its own, hooks included; whether it did.
pub fn push(repo: &Repo, change: &Change<'_>) -> Result<bool> {
    let lock = repo.lock()?;
    let tr = repo.transaction("pushkey")?;
    let done = push_in(repo, &tr, change)?;
    tr.close()?;
    drop(lock);
    Ok(done)
}

/// Changes a key in a running transaction; whether it did.
pub fn push_in(repo: &Repo, tr: &hg_store::Transaction, change: &Change<'_>) -> Result<bool> {
    let mut args = tr.hook_args()?;
    for (name, value) in [
        ("namespace", change.namespace),
        ("key", change.key),
        ("old", change.old),
        ("new", change.new),
    ] {
        args.push((name.to_owned(), value.to_vec()));
    }
    repo.hooks().run(repo, "prepushkey", true, &args)?;
    let done = match change.namespace {
        b"bookmarks" => push_bookmark(repo, tr, change)?,
        b"phases" => push_phase(repo, tr, change)?,
        _ => false,
    };
    args.push(("ret".to_owned(), if done { b"1".to_vec() } else { b"0".to_vec() }));
    repo.after_unlock(move |repo, _| {
        repo.hooks().run_late(repo, "pushkey", &args);
    });
    Ok(done)
}

fn push_bookmark(repo: &Repo, tr: &hg_store::Transaction, change: &Change<'_>) -> Result<bool> {
    let marks = repo.bookmarks()?;
    let existing = marks.get(change.key).map(|node| node.hex()).unwrap_or_default();
    if existing != change.old && existing != change.new {
        return Ok(false);
    }
    let target = if change.new.is_empty() {
        None
    } else {
        match Node::from_hex(change.new) {
            Some(node) if repo.changelog()?.has_node(&node) => Some(node),
            _ => return Ok(false),
        }
    };
    repo.change_bookmarks(tr, &[(change.key.to_vec(), target)])?;
    Ok(true)
}

fn push_phase(repo: &Repo, tr: &hg_store::Transaction, change: &Change<'_>) -> Result<bool> {
    let number = |text: &[u8]| {
        std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
            .and_then(Phase::from_number)
    };
    let (Some(old), Some(new)) = (number(change.old), number(change.new)) else {
        return Ok(false);
    };
    let changelog = repo.changelog()?;
    let Some(rev) = Node::from_hex(change.key).and_then(|node| changelog.find(&node)) else {
        return Ok(false);
    };
    let current = repo.phases()?.phase(rev);
    if current == old && new < old {
        let revs: [Revision; 1] = [rev];
        repo.advance_phases(tr, new, &revs)?;
        return Ok(true);
    }
    Ok(current == new)
}

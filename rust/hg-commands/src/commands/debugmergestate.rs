//! `hg debugmergestate`.

use hg_format::mergestate::{Conflict, MergeFile};
use hg_types::Result;
use hg_wdir::merge::{MergeState, StateFiles};

use crate::formatter::Value;
use crate::{Command, CommandContext, Formatter, spec};

/// `hg debugmergestate`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGMERGESTATE,
    help: "Show what a merge that goes on remembers of its files. With --verbose, also which of the \
           two files of the state counts.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    if ctx.ui.is_verbose() {
        match MergeState::stored(repo)? {
            StateFiles::None => {}
            StateFiles::OnlyFirst => ctx.ui.write("no version 2 merge state\n"),
            StateFiles::Same => ctx.ui.write("v1 and v2 states match: using v2\n"),
            StateFiles::Different => ctx.ui.write("v1 and v2 states mismatch: using v1\n"),
        }
    }
    let state = MergeState::read(repo)?;
    let mut fm = ctx.formatter_without_history("debugmergestate")?;
    fm.start_item();
    if !state.is_active() {
        fm.plain("no merge state found\n", "");
    }
    show_commits(&mut fm, &state);
    let mut files = fm.nested();
    for file in state.files() {
        show_file(&mut files, file);
    }
    fm.end_nested("files", files);
    let mut extras = fm.nested();
    for (path, pairs) in state.other_extras() {
        for (key, value) in pairs {
            extras.start_item();
            let text = [b"extra: ", path.as_bytes(), b" (", key, b" = ", value, b")\n"].concat();
            let fields =
                [("file", path.as_bytes().into()), ("key", bytes(key)), ("value", bytes(value))];
            extras.write(&fields, text, "");
        }
    }
    fm.end_nested("extras", extras);
    fm.end()?;
    Ok(0)
}

fn bytes(text: &[u8]) -> Value {
    Value::Bytes(text.to_vec())
}

fn show_commits(fm: &mut Formatter, state: &MergeState) {
    let mut commits = fm.nested();
    if state.is_active() {
        let labels = state.given_labels();
        for (at, (name, node)) in
            [("local", state.local()), ("other", state.other())].into_iter().enumerate()
        {
            commits.start_item();
            let hex = node.hex();
            let label = labels.get(at).map(Vec::as_slice);
            let shown = label.map_or(Vec::new(), |label| [b" (", label, b")"].concat());
            commits.plain([name.as_bytes(), &shown, b": ", &hex, b"\n"].concat(), "");
            commits.data(&[("name", name.into()), ("node", Value::Bytes(hex))]);
            if let Some(label) = label {
                commits.data(&[("label", bytes(label))]);
            }
        }
    }
    fm.end_nested("commits", commits);
}

fn show_file(files: &mut Formatter, file: &MergeFile) {
    files.start_item();
    let state = file.state.as_bytes();
    let path = file.path.as_bytes();
    files.write(
        &[("path", bytes(path)), ("state", bytes(state))],
        [b"file: ", path, b" (state \"", state, b"\")\n"].concat(),
        "",
    );
    match &file.conflict {
        Conflict::Content(sides) => {
            let (local, ancestor, other) = (
                sides.local_path.as_bytes(),
                sides.ancestor_path.as_bytes(),
                sides.other_path.as_bytes(),
            );
            let (ancestor_node, other_node) = (sides.ancestor_node.hex(), sides.other_node.hex());
            let key = &sides.local_key[..];
            let flags = &sides.flags[..];
            let text = [b"  local path: ", local, b" (hash ", key, b", flags \"", flags, b"\")\n"]
                .concat();
            let fields = [
                ("local_path", bytes(local)),
                ("local_key", bytes(key)),
                ("local_flags", bytes(flags)),
            ];
            files.write(&fields, text, "");
            let text =
                [b"  ancestor path: ", ancestor, b" (node ", &ancestor_node, b")\n"].concat();
            let fields =
                [("ancestor_path", bytes(ancestor)), ("ancestor_node", bytes(&ancestor_node))];
            files.write(&fields, text, "");
            let text = [b"  other path: ", other, b" (node ", &other_node, b")\n"].concat();
            let fields = [("other_path", bytes(other)), ("other_node", bytes(&other_node))];
            files.write(&fields, text, "");
        }
        Conflict::Path { renamed_to, origin } => {
            let text = [b"  rename side: ", &origin[..], b"\n"].concat();
            files.write(&[("rename_side", bytes(origin))], text, "");
            let text = [b"  renamed path: ", &renamed_to[..], b"\n"].concat();
            files.write(&[("renamed_path", bytes(renamed_to))], text, "");
        }
    }
    let mut extras = files.nested();
    let mut pairs: Vec<_> = file.extras.iter().collect();
    pairs.sort();
    for (key, value) in pairs {
        extras.start_item();
        let text = [b"  extra: ", &key[..], b" = ", value, b"\n"].concat();
        extras.write(&[("key", bytes(key)), ("value", bytes(value))], text, "");
    }
    files.end_nested("extras", extras);
}

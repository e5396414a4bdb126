//! `hg rename`.

use crate::{Command, spec};

/// `hg rename`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::RENAME,
    help: "Rename files, and have that recorded with the next commit: the new file as a copy of the\n\
old one, the old one as removed. When DEST is a directory, the files go there; otherwise there\n\
must be one source.\n\n\
With --after nothing is moved: a renaming that has happened already is recorded.\n\n\
Returns 0 on success, 1 if errors are encountered.",
    run: |ctx| super::copy::run(ctx, true),
};

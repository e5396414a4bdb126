//! The command table. Adding a command is one file in `commands/` and one line here.

use crate::Command;
use crate::commands as c;

/// Every command that can run, by name.
pub static COMMANDS: &[&Command] = &[
    &c::add::COMMAND,
    &c::addremove::COMMAND,
    &c::cat::COMMAND,
    &c::commit::COMMAND,
    &c::config::COMMAND,
    &c::copy::COMMAND,
    &c::debugdirstate::COMMAND,
    &c::debugignore::COMMAND,
    &c::debugpathcomplete::COMMAND,
    &c::debugrebuilddirstate::COMMAND,
    &c::debugrevspec::COMMAND,
    &c::debugstrip::COMMAND,
    &c::debugwalk::COMMAND,
    &c::diff::COMMAND,
    &c::files::COMMAND,
    &c::forget::COMMAND,
    &c::init::COMMAND,
    &c::locate::COMMAND,
    &c::manifest::COMMAND,
    &c::merge::COMMAND,
    &c::pull::COMMAND,
    &c::purge::COMMAND,
    &c::recover::COMMAND,
    &c::remove::COMMAND,
    &c::rename::COMMAND,
    &c::resolve::COMMAND,
    &c::root::COMMAND,
    &c::status::COMMAND,
    &c::unbundle::COMMAND,
    &c::update::COMMAND,
    &c::verify::COMMAND,
    &c::version::COMMAND,
];

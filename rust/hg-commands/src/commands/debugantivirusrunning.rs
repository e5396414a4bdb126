//! `hg debugantivirusrunning`.

use std::time::Duration;

use hg_types::Result;

use crate::{Command, CommandContext, spec};

/// `hg debugantivirusrunning`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGANTIVIRUSRUNNING,
    help: "Put the file into the cache that all antivirus scanners take for a virus, and remove it \
           two seconds later: a scanner that runs will have noticed.",
    run,
};

/// The test file that the makers of scanners agreed on, in two parts, so that they leave this program alone.
const TEST_FILE: [&[u8]; 2] =
    [br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTI", b"VIRUS-TEST-FILE!$H+H*"];

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let cache = ctx.repo()?.cache_vfs();
    let name = "eicar-test-file.com";
    cache.write_atomic(name, &TEST_FILE.concat())?;
    std::thread::sleep(Duration::from_secs(2));
    cache.remove(name)?;
    Ok(0)
}

//! Places where tests of races have the program stop: it tells so by one file and waits for another.

use hg_store::Repo;
use hg_types::Result;
use hg_vfs::{IoResultExt as _, bytes_to_path};

/// Waits, when `devel.sync.PLACE` names a file, until that file is there.
pub(crate) fn wait(repo: &Repo, place: &str) -> Result<()> {
    let name = format!("sync.{place}");
    let config = repo.config();
    let Some(file) = config.get("devel", &name).filter(|file| !file.is_empty()) else {
        return Ok(());
    };
    let seconds = config.get_int("devel", format!("{name}-timeout"))?;
    let waiting = bytes_to_path(&[file, b".waiting"].concat()).to_path_buf();
    std::fs::write(&waiting, b"").when("writing", &waiting)?;
    let tries = u64::try_from(seconds).unwrap_or(0).min(3600) * 100;
    for _ in 0..tries {
        if bytes_to_path(file).exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    Ok(())
}

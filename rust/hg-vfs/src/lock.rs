//! Locks that several programs respect: a symbolic link whose target names the holder,
//! `HOST/PIDNAMESPACE:PID`; a plain file with that text where links are not to be had.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use bstr::ByteSlice as _;
use hg_types::Reporter;

use crate::error::{Error, Result};
use crate::vfs::{Vfs, bytes_to_path, path_to_bytes};

/// How to wait for a lock.
#[derive(Clone, Default, Debug)]
pub struct LockOptions {
    /// What is locked, for messages: `repository /path`, `working directory of /path`.
    pub description: Vec<u8>,
    /// Seconds to wait; 0 to try once, negative to wait for ever.
    pub timeout: i64,
    /// Seconds after which the user is told; negative for never (only in debug output).
    pub warn_after: i64,
    /// A holder that lets us in: the lock of the process that started us.
    pub inherited: Option<Vec<u8>>,
}

/// A held lock; dropping it lets go.
#[must_use = "the lock is let go when this is dropped"]
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    inherited: bool,
    process: u32,
}

impl Lock {
    /// Takes the lock `name`, waiting as the options say.
    ///
    /// # Errors
    /// [`Error::LockHeld`] when the time is over, [`Error::LockUnavailable`] when the system refuses.
    pub fn acquire(
        vfs: &Vfs,
        name: impl AsRef<[u8]>,
        options: &LockOptions,
        reporter: &dyn Reporter,
    ) -> Result<Self> {
        let path = vfs.join(name);
        let started = Instant::now();
        let mut told = Told::No;
        loop {
            let locker = match try_take(&path, options)? {
                Attempt::Taken(lock) => {
                    report_wait(&told, started, reporter);
                    return Ok(lock);
                }
                Attempt::Held(locker) => locker,
            };
            let waited = started.elapsed().as_secs_f64();
            if options.timeout != 0 {
                told.tell(waited, options, &locker, reporter);
            }
            if options.timeout >= 0 && waited >= seconds(options.timeout) {
                let description = options.description.clone();
                return Err(Error::LockHeld { path, description, locker });
            }
            if reporter.interrupted() {
                return Err(Error::Interrupted);
            }
            std::thread::sleep(next_pause(options, waited));
        }
    }

    /// Lets go now.
    pub fn release(self) {}

    /// The file that is the lock.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A forked child must not free its parent's lock.
        if !self.inherited && self.process == std::process::id() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What names this machine (and process namespace) in locks.
#[must_use]
pub fn host_id() -> &'static [u8] {
    static HOST: OnceLock<Vec<u8>> = OnceLock::new();
    HOST.get_or_init(|| {
        let mut host = fs::read("/proc/sys/kernel/hostname").unwrap_or_default();
        while host.last() == Some(&b'\n') {
            host.pop();
        }
        if host.is_empty() {
            host.extend_from_slice(b"localhost");
        }
        if let Ok(meta) = fs::metadata("/proc/self/ns/pid") {
            host.extend_from_slice(format!("/{:x}", meta.ino()).as_bytes());
        }
        host
    })
}

enum Attempt {
    Taken(Lock),
    Held(Vec<u8>),
}

/// Tries to take the lock, breaking it when its holder is dead.
fn try_take(path: &Path, options: &LockOptions) -> Result<Attempt> {
    // A lock can vanish between the attempt to make it and the attempt to read it.
    let mut held = Vec::new();
    for _ in 0..5 {
        match make(path) {
            Ok(()) => {
                let process = std::process::id();
                return Ok(Attempt::Taken(Lock { path: path.into(), inherited: false, process }));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => {
                let description = options.description.clone();
                return Err(Error::LockUnavailable { path: path.into(), description, source });
            }
        }
        let Some(locker) = read(path) else { continue };
        if options.inherited.as_ref() == Some(&locker) {
            let process = std::process::id();
            return Ok(Attempt::Taken(Lock { path: path.into(), inherited: true, process }));
        }
        if !is_stale(&locker) || !break_stale(path, options) {
            return Ok(Attempt::Held(locker));
        }
        held = locker;
    }
    Ok(Attempt::Held(held))
}

fn make(path: &Path) -> io::Result<()> {
    let text = [host_id(), b":", std::process::id().to_string().as_bytes()].concat();
    match std::os::unix::fs::symlink(bytes_to_path(&text), path) {
        Err(error)
            if matches!(
                error.raw_os_error(),
                Some(libc::EPERM | libc::EOPNOTSUPP | libc::ENOSYS)
            ) =>
        {
            use std::io::Write as _;
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true).mode(0o666).open(path)?.write_all(&text)
        }
        other => other,
    }
}

fn read(path: &Path) -> Option<Vec<u8>> {
    match fs::read_link(path) {
        Ok(target) => Some(path_to_bytes(&target).to_vec()),
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => fs::read(path).ok(),
        Err(_) => None,
    }
}

/// Whether the holder was a process of this machine and lives no more.
fn is_stale(locker: &[u8]) -> bool {
    let Some((host, pid)) = locker.rsplit_once_str(":") else { return false };
    let Some(pid) = pid.to_str().ok().and_then(|pid| pid.parse::<i32>().ok()) else { return false };
    host == host_id() && pid > 0 && !is_alive(pid)
}

#[expect(unsafe_code, reason = "there is no safe way to ask whether a process lives")]
fn is_alive(pid: i32) -> bool {
    // SAFETY: signal 0 is never delivered; kill(2) only checks that the process exists.
    let answer = unsafe { libc::kill(pid, 0) };
    answer == 0 || io::Error::last_os_error().raw_os_error() != Some(libc::ESRCH)
}

/// Removes a stale lock, under a lock of its own so that nobody removes the next holder's.
fn break_stale(path: &Path, options: &LockOptions) -> bool {
    let mut name = path.as_os_str().to_owned();
    name.push(".break");
    let guard = PathBuf::from(name);
    match make(&guard) {
        Ok(()) => {}
        Err(_) => {
            // Somebody else is at it, or died there.
            if read(&guard).is_some_and(|locker| is_stale(&locker)) {
                let _ = fs::remove_file(&guard);
            }
            return options.timeout != 0 && read(path).is_none();
        }
    }
    let stale = read(path).is_none_or(|locker| is_stale(&locker));
    if stale {
        let _ = fs::remove_file(path);
    }
    let _ = fs::remove_file(&guard);
    stale
}

#[derive(PartialEq, Eq)]
enum Told {
    No,
    Debug,
    Warned,
}

impl Told {
    fn tell(&mut self, waited: f64, options: &LockOptions, locker: &[u8], reporter: &dyn Reporter) {
        let due = options.warn_after >= 0 && waited >= seconds(options.warn_after);
        if due && *self != Self::Warned {
            reporter.warn(&waiting_message(&options.description, locker));
            *self = Self::Warned;
        } else if *self == Self::No {
            reporter.debug(&waiting_message(&options.description, locker));
            *self = Self::Debug;
        }
    }
}

fn waiting_message(description: &[u8], locker: &[u8]) -> Vec<u8> {
    let mut text = [b"waiting for lock on ", description, b" held by "].concat();
    match locker.split_once_str(":") {
        Some((host, pid)) => {
            text.extend_from_slice(&[b"process '", pid, b"' on host '", host, b"'\n"].concat());
        }
        None => text.extend_from_slice(&[b"'", locker, b"'\n"].concat()),
    }
    text
}

fn report_wait(told: &Told, started: Instant, reporter: &dyn Reporter) {
    let text = format!("got lock after {} seconds\n", started.elapsed().as_secs());
    match told {
        Told::No => {}
        Told::Debug => reporter.debug(text.as_bytes()),
        Told::Warned => reporter.warn(text.as_bytes()),
    }
}

/// A second at most, less at first: most locks are held for a few milliseconds.
fn next_pause(options: &LockOptions, waited: f64) -> Duration {
    let pause = (waited / 4.0).clamp(0.01, 1.0);
    let left = if options.timeout > 0 { seconds(options.timeout) - waited } else { pause };
    Duration::from_secs_f64(pause.min(left).max(0.001))
}

fn seconds(whole: i64) -> f64 {
    f64::from(i32::try_from(whole).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hg_types::Silent;

    #[test]
    fn held_locks_wait_and_stale_ones_break() {
        let dir = tempfile::tempdir().expect("temp dir");
        let vfs = Vfs::new(dir.path());
        let options = LockOptions { description: b"repository x".to_vec(), ..Default::default() };
        let lock = Lock::acquire(&vfs, "lock", &options, &Silent).expect("free");
        assert_eq!(
            vfs.readlink("lock").expect("link"),
            [host_id(), b":", std::process::id().to_string().as_bytes()].concat()
        );
        let refused = Lock::acquire(&vfs, "lock", &options, &Silent).expect_err("held");
        let text = hg_types::Error::from(refused).message;
        assert!(text.starts_with(b"repository x: timed out waiting for lock held by '"));
        lock.release();
        assert!(!vfs.lexists("lock"));
        let mut child = std::process::Command::new("true").spawn().expect("child");
        child.wait().expect("ends");
        let dead = [host_id(), b":", child.id().to_string().as_bytes()].concat();
        vfs.symlink(&dead, "lock").expect("link");
        Lock::acquire(&vfs, "lock", &options, &Silent).expect("stale lock is broken").release();
    }
}

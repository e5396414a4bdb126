//! Mappings that survive the truncation of their file.
//!
//! Whoever touches a page of a mapping that its file no longer reaches is sent `SIGBUS`, which ends
//! the process. Another program may cut a file at any time (a rolled back transaction does), so a
//! handler puts zeroes in place of the lost pages and marks the mapping as torn. Whoever read from
//! it goes on with wrong bytes: before anything is written for good, and before a command ends,
//! [`check_torn`] must be asked.
//!
//! The handler touches nothing but atomics and calls nothing but `mmap`. It finds the mapping in a
//! list of slots that only grows; slots are used again, and a sequence number tells the handler
//! that one is just changing hands (it is then not the one that was touched, for whose reader keeps
//! it alive).

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use memmap2::{Mmap, MmapOptions};

use crate::error::{Error, Result};

/// A private, read-only mapping of a whole file.
pub(crate) struct Mapping {
    map: Mmap,
    slot: &'static Slot,
}

impl Mapping {
    /// Maps an open file; `path` is what messages call it.
    pub(crate) fn new(file: &File, path: &Path) -> io::Result<Self> {
        handler::install()?;
        let map = map_private(file)?;
        let slot = Slot::take();
        slot.set(map.as_ptr() as usize, map.len(), path);
        Ok(Self { map, slot })
    }
}

impl Deref for Mapping {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.map
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        self.slot.give_back();
    }
}

#[expect(unsafe_code, reason = "mapping memory is what this module is for")]
fn map_private(file: &File) -> io::Result<Mmap> {
    // SAFETY: the mapping is private and read-only, and pages that its file loses are replaced by
    // the handler. What other processes write into the file in place can still show up: the files
    // mapped are only appended to, cut, or replaced by renaming, and their content is checked by
    // hashes.
    unsafe { MmapOptions::new().map_copy_read_only(file) }
}

/// A file whose mapping lost pages, if there is one: what was read from it cannot be trusted.
#[must_use]
pub fn torn_file() -> Option<PathBuf> {
    if TORN.load(Ordering::Acquire) == 0 {
        return None;
    }
    let lost = LOST.lock().unwrap_or_else(PoisonError::into_inner).clone();
    lost.or_else(|| Slot::all().find(|slot| slot.is_torn()).and_then(Slot::path))
}

/// Refuses to go on when a mapping lost pages.
///
/// # Errors
/// [`Error::Torn`] with the file that [`torn_file`] names.
pub fn check_torn() -> Result<()> {
    torn_file().map_or(Ok(()), |path| Err(Error::Torn { path }))
}

/// Like [`torn_file`]; forgets those whose mapping is gone.
#[must_use]
pub fn take_torn_file() -> Option<PathBuf> {
    let torn = torn_file()?;
    let mut lost = LOST.lock().unwrap_or_else(PoisonError::into_inner);
    if lost.take().is_some() && !Slot::all().any(Slot::is_torn) {
        TORN.store(0, Ordering::Release);
    }
    Some(torn)
}

/// Not zero once any mapping lost pages.
static TORN: AtomicUsize = AtomicUsize::new(0);
/// A file whose torn mapping was dropped before anybody asked.
static LOST: Mutex<Option<PathBuf>> = Mutex::new(None);
/// The newest slot; each leads to the one made before it.
static SLOTS: AtomicPtr<Slot> = AtomicPtr::new(std::ptr::null_mut());
static FREE: Mutex<Vec<&'static Slot>> = Mutex::new(Vec::new());

/// More faults than this in one mapping are no truncation; the handler gives up.
const MOST_FAULTS: u32 = 1 << 16;

/// Where a mapping lies, for the handler. Never freed.
#[derive(Default)]
struct Slot {
    /// Odd while the slot changes.
    sequence: AtomicUsize,
    start: AtomicUsize,
    end: AtomicUsize,
    faults: AtomicU32,
    path: Mutex<Option<PathBuf>>,
    next: Option<&'static Self>,
}

impl Slot {
    fn take() -> &'static Self {
        if let Some(slot) = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return slot;
        }
        let mut made = Box::new(Self::default());
        loop {
            let head = SLOTS.load(Ordering::Acquire);
            made.next = Self::from_pointer(head);
            let fresh = Box::into_raw(made);
            match SLOTS.compare_exchange(head, fresh, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => {
                    if let Some(slot) = Self::from_pointer(fresh) {
                        return slot;
                    }
                    made = Box::new(Self::default());
                }
                Err(_) => made = reclaim(fresh),
            }
        }
    }

    #[expect(unsafe_code, reason = "the list of slots is read without a lock")]
    fn from_pointer(pointer: *mut Self) -> Option<&'static Self> {
        // SAFETY: `SLOTS` holds null or what `Box::into_raw` gave; published slots are never freed,
        // and only shared references to them exist.
        unsafe { pointer.as_ref() }
    }

    fn all() -> impl Iterator<Item = &'static Self> {
        let head = Self::from_pointer(SLOTS.load(Ordering::Acquire));
        std::iter::successors(head, |slot| slot.next)
    }

    fn set(&self, start: usize, len: usize, path: &Path) {
        self.sequence.fetch_add(1, Ordering::AcqRel);
        self.start.store(start, Ordering::Release);
        self.end.store(start.saturating_add(len), Ordering::Release);
        self.faults.store(0, Ordering::Release);
        *self.path.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.to_path_buf());
        self.sequence.fetch_add(1, Ordering::AcqRel);
    }

    fn give_back(&'static self) {
        self.sequence.fetch_add(1, Ordering::AcqRel);
        self.start.store(0, Ordering::Release);
        self.end.store(0, Ordering::Release);
        let path = self.path.lock().unwrap_or_else(PoisonError::into_inner).take();
        if self.faults.swap(0, Ordering::AcqRel) > 0 {
            *LOST.lock().unwrap_or_else(PoisonError::into_inner) = path;
        }
        self.sequence.fetch_add(1, Ordering::AcqRel);
        FREE.lock().unwrap_or_else(PoisonError::into_inner).push(self);
    }

    fn is_torn(&self) -> bool {
        self.faults.load(Ordering::Acquire) > 0
    }

    fn path(&self) -> Option<PathBuf> {
        self.path.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where the mapping ends, if `address` lies in it. For the handler.
    fn end_of(&self, address: usize) -> Option<usize> {
        let before = self.sequence.load(Ordering::Acquire);
        let (start, end) = (self.start.load(Ordering::Acquire), self.end.load(Ordering::Acquire));
        let steady = before.is_multiple_of(2) && before == self.sequence.load(Ordering::Acquire);
        (steady && (start..end).contains(&address)).then_some(end)
    }
}

#[expect(unsafe_code, reason = "a slot that was not published is taken back")]
fn reclaim(slot: *mut Slot) -> Box<Slot> {
    // SAFETY: the pointer came from `Box::into_raw` and was not published.
    unsafe { Box::from_raw(slot) }
}

/// The signal handler.
#[expect(unsafe_code, reason = "handling a signal and replacing pages is what this module is for")]
mod handler {
    use super::{AtomicUsize, MOST_FAULTS, OnceLock, Ordering, Slot, TORN, io};

    static PAGE_BYTES: AtomicUsize = AtomicUsize::new(4096);
    static PREVIOUS: OnceLock<libc::sigaction> = OnceLock::new();

    /// Installs the handler once for the process.
    pub(super) fn install() -> io::Result<()> {
        static DONE: OnceLock<i32> = OnceLock::new();
        match DONE.get_or_init(|| install_now().err().map_or(0, |e| e.raw_os_error().unwrap_or(1)))
        {
            0 => Ok(()),
            code => Err(io::Error::from_raw_os_error(*code)),
        }
    }

    fn install_now() -> io::Result<()> {
        // SAFETY: sysconf(3) has no preconditions.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        if let Ok(page) = usize::try_from(page)
            && page.is_power_of_two()
        {
            PAGE_BYTES.store(page, Ordering::Release);
        }
        // SAFETY: a zeroed sigaction is a valid value of that plain C struct.
        let (mut old, mut new) =
            unsafe { std::mem::zeroed::<(libc::sigaction, libc::sigaction)>() };
        // SAFETY: the old action is written to a live struct; nothing is changed.
        if unsafe { libc::sigaction(libc::SIGBUS, std::ptr::null(), &raw mut old) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let _ = PREVIOUS.set(old);
        new.sa_sigaction = on_fault as *const () as libc::sighandler_t;
        new.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
        // SAFETY: `new` names a function with the signature that SA_SIGINFO asks for.
        if unsafe { libc::sigaction(libc::SIGBUS, &raw const new, std::ptr::null_mut()) } != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    }

    extern "C" fn on_fault(
        signal: libc::c_int,
        info: *mut libc::siginfo_t,
        context: *mut libc::c_void,
    ) {
        // SAFETY: the kernel passes a valid siginfo_t for the time of the call.
        let address = unsafe { (*info).si_addr() } as usize;
        if !replace_pages(address) {
            pass_on(signal, info, context);
        }
    }

    /// Puts zeroes in place of the mapping that holds `address`, from that page to its end.
    fn replace_pages(address: usize) -> bool {
        let Some((slot, end)) =
            Slot::all().find_map(|slot| slot.end_of(address).map(|end| (slot, end)))
        else {
            return false;
        };
        if slot.faults.fetch_add(1, Ordering::AcqRel) >= MOST_FAULTS {
            return false;
        }
        TORN.store(1, Ordering::Release);
        let page = address & !(PAGE_BYTES.load(Ordering::Acquire) - 1);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
        // SAFETY: the range lies within a mapping that is alive, because somebody just read from
        // it, and that is only ever read; the file does not reach the pages that are replaced.
        let made = unsafe {
            libc::mmap(page as *mut libc::c_void, end - page, libc::PROT_READ, flags, -1, 0)
        };
        made != libc::MAP_FAILED
    }

    /// Not our mapping: whoever was there before decides.
    fn pass_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        let Some(old) = PREVIOUS.get() else { return };
        if matches!(old.sa_sigaction, libc::SIG_DFL | libc::SIG_IGN) {
            // SAFETY: the default action is put back; returning runs into the fault again.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        } else if old.sa_flags & libc::SA_SIGINFO != 0 {
            type Full = extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);
            // SAFETY: a handler that was installed with SA_SIGINFO has this signature.
            let handler =
                unsafe { std::mem::transmute::<libc::sighandler_t, Full>(old.sa_sigaction) };
            handler(signal, info, context);
        } else {
            type Plain = extern "C" fn(libc::c_int);
            // SAFETY: a handler that was installed without SA_SIGINFO has this signature.
            let handler =
                unsafe { std::mem::transmute::<libc::sighandler_t, Plain>(old.sa_sigaction) };
            handler(signal);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncated_files_read_as_zeroes_and_are_told() {
        let dir = tempfile::tempdir().expect("temp dir");
        let path = dir.path().join("big");
        std::fs::write(&path, vec![7; 1 << 20]).expect("written");
        let file = File::options().read(true).write(true).open(&path).expect("opened");
        let whole = Mapping::new(&file, &path).expect("mapped");
        let other = Mapping::new(&file, &path).expect("mapped");
        assert_eq!((whole[0], whole[1 << 19], torn_file()), (7, 7, None));
        file.set_len(100_000).expect("cut");
        assert_eq!((whole[0], whole[90_000], torn_file()), (7, 7, None));
        let sum: u64 = std::thread::scope(|scope| {
            let readers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| whole[110_000..].iter().map(|&b| u64::from(b)).sum::<u64>())
                })
                .collect();
            readers.into_iter().map(|reader| reader.join().expect("lives")).sum()
        });
        assert_eq!((sum, whole[0], torn_file()), (0, 7, Some(path.clone())));
        assert_eq!(take_torn_file(), Some(path.clone()), "told as long as it is there");
        assert_eq!(other[(1 << 20) - 1], 0, "a second mapping of the same file");
        drop((whole, other));
        assert_eq!(take_torn_file(), Some(path), "and once after it has gone");
        assert_eq!(torn_file(), None);
    }
}

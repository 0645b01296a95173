// SPDX-License-Identifier: BSD-2-Clause
//! How the thread that listens tells the one that reads to stop.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

pub struct Stop {
    set: AtomicBool,
    event: OwnedFd,
}

impl Stop {
    pub fn new() -> io::Result<Self> {
        // SAFETY: no memory is involved.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };

        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: it was opened just now, and nobody else has it.
        let event = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Self { set: AtomicBool::new(false), event })
    }

    pub fn set(&self) {
        let one = 1u64;

        // Release: pairs with is_set(). What producers did before is in the ring then.
        self.set.store(true, Ordering::Release);
        // SAFETY: 8 bytes of @one. An eventfd of 0 takes them.
        unsafe { libc::write(self.event.as_raw_fd(), (&raw const one).cast(), 8) };
    }

    #[inline]
    pub fn is_set(&self) -> bool {
        self.set.load(Ordering::Acquire) // pairs with set()
    }
}

/// Readable once it is set.
impl AsFd for Stop {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.event.as_fd()
    }
}

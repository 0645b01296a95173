// SPDX-License-Identifier: BSD-2-Clause
//! Waiting in `drain`, for readers that can be waited for by a descriptor.

use std::io;
use std::ptr;

use crate::clock::now_ns;

/// Ends when nothing came for a time.
pub struct Patience {
    timeout_ns: u64,
    end_ns: u64,
}

impl Patience {
    pub fn new(timeout_ns: u64) -> Self {
        let mut patience = Self { timeout_ns, end_ns: 0 };

        patience.restart();
        patience
    }

    /// Something came.
    pub fn restart(&mut self) {
        if self.timeout_ns > 0 {
            self.end_ns = now_ns().saturating_add(self.timeout_ns);
        }
    }

    /// To be called after nothing was found, after a wait too: not all events notify.
    pub fn is_over(&self) -> bool {
        self.timeout_ns == 0 || now_ns() >= self.end_ns
    }

    /// Until @fd is readable, or the time is over.
    pub fn wait(&self, fd: i32) -> Result<(), String> {
        let left_ns = self.end_ns.saturating_sub(now_ns());
        let left = libc::timespec {
            tv_sec: (left_ns / 1_000_000_000) as libc::time_t,
            tv_nsec: (left_ns % 1_000_000_000) as libc::c_long,
        };
        let mut watched = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };

        // SAFETY: one pollfd and one timespec, both alive.
        if unsafe { libc::ppoll(&mut watched, 1, &left, ptr::null()) } < 0 {
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(format!("waiting failed: {error}"));
            }
        }
        Ok(())
    }
}

// SPDX-License-Identifier: BSD-2-Clause
//! libbpf's C source, as libbpf-sys carries and builds it: `ring_buffer__consume`,
//! `ring_buffer__consume_n`, `ring_buffer__poll`.

use std::ffi::{CStr, c_int, c_void};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::process::ExitCode;
use std::ptr::{self, NonNull};
use std::slice;

use libbpf_sys as libbpf;
use peer::clock::now_ns;
use peer::live::Consumer;
use peer::patience::Patience;
use peer::touch::Touch;
use peer::{Drained, Peer, Session, Waits};

struct Libbpf;

const CONSUME: &str = "libbpf-1.7";
const CONSUME_N: &str = "libbpf-1.7-n";

/// How late ring_buffer__poll() may find that it is to stop: it cannot be interrupted.
const LONGEST_POLL_MS: c_int = 20;

type Callback = unsafe extern "C" fn(*mut c_void, *mut c_void, libbpf::size_t) -> c_int;

struct RingBuffer(NonNull<libbpf::ring_buffer>);

impl RingBuffer {
    /// # Safety
    /// The callback has to be safe to call with the context, as long as the ring buffer is there.
    unsafe fn new(
        map: BorrowedFd<'_>,
        callback: Callback,
        context: *mut c_void,
    ) -> Result<Self, String> {
        // SAFETY: the caller's. No options are fine.
        let ring = unsafe {
            libbpf::ring_buffer__new(map.as_raw_fd(), Some(callback), context, ptr::null())
        };

        NonNull::new(ring)
            .map(Self)
            .ok_or_else(|| format!("libbpf cannot read the ring: {}", io::Error::last_os_error()))
    }

    fn consume(&self) -> c_int {
        // SAFETY: it is alive, and the callback safe, as new() requires. So below.
        unsafe { libbpf::ring_buffer__consume(self.0.as_ptr()) }
    }

    fn consume_n(&self, n: u64) -> c_int {
        unsafe { libbpf::ring_buffer__consume_n(self.0.as_ptr(), n as libbpf::size_t) }
    }

    fn poll(&self, timeout_ms: c_int) -> c_int {
        unsafe { libbpf::ring_buffer__poll(self.0.as_ptr(), timeout_ms) }
    }

    fn epoll_fd(&self) -> c_int {
        unsafe { libbpf::ring_buffer__epoll_fd(self.0.as_ptr()) }
    }
}

impl Drop for RingBuffer {
    fn drop(&mut self) {
        // SAFETY: nobody has it any more.
        unsafe { libbpf::ring_buffer__free(self.0.as_ptr()) }
    }
}

fn check(result: c_int) -> Result<c_int, String> {
    if result >= 0 {
        return Ok(result);
    }
    Err(format!("reading failed: {}", io::Error::from_raw_os_error(-result)))
}

/// What the callbacks of `drain` know.
struct Found {
    checksum: u64,
    /// Events to come before consume() is to stop; below 0: they came.
    left: i64,
}

/// Compiled for each touching. consume() reads all there is, unless its callback fails: this one
/// does at the last event that is wanted, without a branch.
unsafe extern "C" fn touch<T: Touch>(
    context: *mut c_void,
    data: *mut c_void,
    size: libbpf::size_t,
) -> c_int {
    // SAFETY: libbpf hands on the context that it was given, and a record of the ring.
    let (found, event) = unsafe {
        (&mut *context.cast::<Found>(), slice::from_raw_parts(data.cast(), size as usize))
    };

    found.checksum = T::touch(found.checksum, event);
    found.left -= 1;
    (found.left >> 63) as c_int
}

unsafe extern "C" fn handle(
    context: *mut c_void,
    data: *mut c_void,
    size: libbpf::size_t,
) -> c_int {
    // SAFETY: libbpf hands on the context that it was given, and a record of the ring.
    let (consumer, event) = unsafe {
        (&mut *context.cast::<Consumer>(), slice::from_raw_parts(data.cast(), size as usize))
    };

    consumer.handle(event);
    0
}

impl Peer for Libbpf {
    const NAME: &'static str = "libbpf-1.7";
    const PATHS: &'static [&'static str] = &[CONSUME, CONSUME_N];

    fn version() -> String {
        let lock = include_str!("../../Cargo.lock");
        let crate_version = peer::locked_version(lock, "libbpf-sys").unwrap_or("unknown");
        // SAFETY: a string that libbpf has for as long as the process lives.
        let linked = unsafe { CStr::from_ptr(libbpf::libbpf_version_string()) };

        format!("{} (libbpf-sys {crate_version})", linked.to_string_lossy())
    }

    fn language() -> String {
        format!("C, callbacks in {}", peer::RUST)
    }

    fn drain<T: Touch>(
        map: BorrowedFd<'_>,
        path: &str,
        events: u64,
        timeout_ns: u64,
    ) -> Result<Drained, String> {
        let by_n = path == CONSUME_N;
        // consume_n() stops by itself: its callback never fails.
        let left = if by_n { i64::MAX } else { events as i64 - 1 };
        let mut found = Found { checksum: 0, left };
        let context = &raw mut found;
        // SAFETY: the context outlives the ring buffer, and only the callback uses it while libbpf
        // runs.
        let ring = unsafe { RingBuffer::new(map, touch::<T>, context.cast()) }?;
        // SAFETY: libbpf does not run.
        let count = || (left - unsafe { (*context).left }) as u64;
        let mut before = 0;
        let start = now_ns();
        let mut patience = Patience::new(timeout_ns);

        while before < events {
            let result = if by_n { ring.consume_n(events - before) } else { ring.consume() };
            let now = count();

            if now >= events {
                break;
            }
            check(result)?;
            if now != before {
                before = now;
                patience.restart();
                continue;
            }
            if patience.is_over() {
                break;
            }
            patience.wait(ring.epoll_fd())?;
        }
        let ns = now_ns() - start;
        let events = count();
        drop(ring);
        Ok(Drained { events, ns, checksum: found.checksum })
    }

    fn live(
        map: BorrowedFd<'_>,
        _path: &str,
        consumer: &mut Consumer,
        session: &mut Session,
    ) -> Result<Waits, String> {
        let (mut sleeps, mut wakeups) = (0, 0);
        let consumer: *mut Consumer = consumer;
        // SAFETY: the consumer outlives the ring buffer, and while libbpf runs only the callback
        // uses it. So below.
        let ring = unsafe { RingBuffer::new(map, handle, consumer.cast()) }?;

        session.ready();
        loop {
            let is_last = session.stop().is_set();

            unsafe { (*consumer).before_read(is_last) };
            let result = if is_last { ring.consume() } else { ring.poll(LONGEST_POLL_MS) };
            unsafe { (*consumer).after_read() };
            if result != -libc::EINTR {
                check(result)?;
            }
            if is_last {
                return Ok(Waits { sleeps: Some(sleeps), wakeups: Some(wakeups) });
            }
            sleeps += 1;
            wakeups += u64::from(result > 0);
        }
    }
}

fn main() -> ExitCode {
    peer::serve::<Libbpf>()
}

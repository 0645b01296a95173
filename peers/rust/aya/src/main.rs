// SPDX-License-Identifier: BSD-2-Clause
//! aya: `maps::RingBuf::next`.

use std::error::Error;
use std::fmt::Write;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::process::ExitCode;

use aya::maps::{Map, MapData, RingBuf};
use peer::clock::now_ns;
use peer::live::Consumer;
use peer::patience::Patience;
use peer::touch::Touch;
use peer::{Drained, Peer, Session, Waits};

struct Aya;

/// aya's errors do not say what the system said, but have it as their source.
fn refused(error: &dyn Error) -> String {
    let mut why = format!("aya cannot read the ring: {error}");
    let mut source = error.source();

    while let Some(error) = source {
        let _ = write!(why, ": {error}");
        source = error.source();
    }
    why
}

fn open(map: BorrowedFd<'_>) -> Result<RingBuf<MapData>, String> {
    let fd = map.try_clone_to_owned().map_err(|error| refused(&error))?;
    let data = MapData::from_fd(fd).map_err(|error| refused(&error))?;
    let map = Map::from_map_data(data).map_err(|error| refused(&error))?;

    RingBuf::try_from(map).map_err(|error| refused(&error))
}

/// Sleeps until the ring has events, or it is time to stop.
struct Poll {
    epoll: OwnedFd,
}

const RING: u64 = 0;
const STOP: u64 = 1;

impl Poll {
    fn new() -> io::Result<Self> {
        // SAFETY: no memory is involved.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };

        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: it was opened just now, and nobody else has it.
        Ok(Self { epoll: unsafe { OwnedFd::from_raw_fd(fd) } })
    }

    fn add(&self, fd: BorrowedFd<'_>, flags: i32, name: u64) -> io::Result<()> {
        let mut event = libc::epoll_event { events: flags as u32, u64: name };

        // SAFETY: @event is alive.
        let result = unsafe {
            libc::epoll_ctl(self.epoll.as_raw_fd(), libc::EPOLL_CTL_ADD, fd.as_raw_fd(), &mut event)
        };
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Whether it was the ring that ended the sleep.
    fn wait(&self) -> io::Result<bool> {
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; 2];

        // SAFETY: as many events as it says.
        let count = unsafe {
            libc::epoll_wait(self.epoll.as_raw_fd(), events.as_mut_ptr(), events.len() as i32, -1)
        };
        if count >= 0 {
            return Ok(events[..count as usize].iter().any(|event| { event.u64 } == RING));
        }
        let error = io::Error::last_os_error();
        if error.kind() == io::ErrorKind::Interrupted { Ok(false) } else { Err(error) }
    }
}

impl Peer for Aya {
    const NAME: &'static str = "aya";
    const PATHS: &'static [&'static str] = &["aya"];

    fn version() -> String {
        let lock = include_str!("../../Cargo.lock");

        // Of a checkout, ./run peers says which commit it is.
        option_env!("RINGVIEW_CHECKOUT")
            .or_else(|| peer::locked_version(lock, "aya"))
            .unwrap_or("unknown")
            .to_owned()
    }

    fn language() -> String {
        peer::RUST.to_owned()
    }

    type Reader = RingBuf<MapData>;

    fn open(map: BorrowedFd<'_>) -> Result<Self::Reader, String> {
        open(map)
    }

    fn drain<T: Touch>(
        ring: &mut Self::Reader,
        events: u64,
        timeout_ns: u64,
    ) -> Result<Drained, String> {
        let (mut found, mut checksum) = (0, 0);
        let start = now_ns();
        let mut patience = Patience::new(timeout_ns);

        loop {
            let before = found;

            while found < events {
                let Some(event) = ring.next() else { break };
                checksum = T::touch(checksum, &event);
                found += 1;
            }
            if found == events {
                break;
            }
            if found != before {
                patience.restart();
                continue;
            }
            if patience.is_over() {
                break;
            }
            patience.wait(ring.as_raw_fd())?;
        }
        Ok(Drained { events: found, ns: now_ns() - start, checksum })
    }

    /// The loop of RingBuf's documentation. It is of tokio's AsyncFd, which watches by epoll,
    /// edge-triggered; `next()` makes sure that an event after its None notifies.
    fn live(
        map: BorrowedFd<'_>,
        _path: &str,
        consumer: &mut Consumer,
        session: &mut Session,
    ) -> Result<Waits, String> {
        let cannot_wait = |error: io::Error| format!("waiting failed: {error}");
        let (mut sleeps, mut wakeups) = (0, 0);
        let mut ring = open(map)?;
        let poll = Poll::new().map_err(cannot_wait)?;

        poll.add(ring.as_fd(), libc::EPOLLIN | libc::EPOLLET, RING).map_err(cannot_wait)?;
        poll.add(session.stop().as_fd(), libc::EPOLLIN, STOP).map_err(cannot_wait)?;
        session.ready();
        loop {
            // Before the read: whatever was written before the stop is in it.
            let is_last = session.stop().is_set();

            consumer.before_read(is_last);
            while let Some(event) = ring.next() {
                consumer.handle(&event);
            }
            consumer.after_read();
            if is_last {
                return Ok(Waits { sleeps: Some(sleeps), wakeups: Some(wakeups) });
            }
            sleeps += 1;
            wakeups += u64::from(poll.wait().map_err(cannot_wait)?);
        }
    }
}

fn main() -> ExitCode {
    peer::serve::<Aya>()
}

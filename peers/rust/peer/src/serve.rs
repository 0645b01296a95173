// SPDX-License-Identifier: BSD-2-Clause
//! Reads commands and answers them, with the reader that a program has.

use std::io::{self, BufRead, Write};
use std::os::fd::BorrowedFd;
use std::panic;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crate::clock::process_cpu_ns;
use crate::for_touching;
use crate::live::Consumer;
use crate::protocol::{self, Command, Drain, Live};
use crate::stop::Stop;
use crate::touch::Touch;

/// What a `drain` found.
#[derive(Debug)]
pub struct Drained {
    pub events: u64,
    pub ns: u64,
    pub checksum: u64,
}

/// How often a `live` went to sleep, and how often events ended that; None: not known.
#[derive(Debug, Default)]
pub struct Waits {
    pub sleeps: Option<u64>,
    pub wakeups: Option<u64>,
}

/// A reader. Errors are one line for people.
pub trait Peer {
    const NAME: &'static str;
    const PATHS: &'static [&'static str];

    /// Of the library, as it was linked.
    fn version() -> String;

    fn language() -> String;

    type Reader;

    fn open(map: BorrowedFd<'_>) -> Result<Self::Reader, String>;

    /// Reads. Compiled for each touching.
    fn drain<T: Touch>(
        reader: &mut Self::Reader,
        events: u64,
        timeout_ns: u64,
    ) -> Result<Drained, String>;

    /// Opens, says so by `session.ready()`, waits and reads until `session.stop()` is set, and then
    /// reads what is left.
    fn live(
        map: BorrowedFd<'_>,
        path: &str,
        consumer: &mut Consumer,
        session: &mut Session,
    ) -> Result<Waits, String>;
}

/// A `live` that is under way.
pub struct Session {
    stop: Arc<Stop>,
    listener: Option<JoinHandle<()>>,
    cpu_ns: u64,
}

impl Session {
    /// The ring is being watched: whatever is written from now on will be read.
    pub fn ready(&mut self) {
        let stop = self.stop.clone();

        // The calling thread stays the one that reads, so that pinning the process pins it.
        self.listener = Some(thread::spawn(move || listen(&stop)));
        self.cpu_ns = process_cpu_ns();
        answer(protocol::READY);
    }

    #[inline]
    pub fn stop(&self) -> &Stop {
        &self.stop
    }
}

/// Until a line `stop`, or the end of input.
fn listen(stop: &Stop) {
    while let Some(line) = read_line() {
        match Command::parse(&line) {
            Ok(Command::Stop) => break,
            Ok(_) => answer(&protocol::error("only stop can follow live")),
            Err(why) => answer(&protocol::error(&why)),
        }
    }
    stop.set();
}

/// Of standard input, whose buffer all threads share. None at its end, or if it cannot be read.
fn read_line() -> Option<String> {
    let mut line = Vec::new();

    if io::stdin().lock().read_until(b'\n', &mut line).ok()? == 0 {
        return None;
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    Some(String::from_utf8_lossy(&line).into_owned())
}

/// Nobody may be there any more to read it: then input ends too.
fn answer(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn check_path<P: Peer>(path: &str) -> Result<(), String> {
    if P::PATHS.contains(&path) {
        return Ok(());
    }
    Err(format!("there is no path \"{path}\"; there is: {}", P::PATHS.join(", ")))
}

/// The reader of the last drain, and what that was.
type Kept<P> = Option<(<P as Peer>::Reader, Drain)>;

fn drain<P: Peer>(map: BorrowedFd<'_>, kept: &mut Kept<P>, drain: Drain) -> Result<String, String> {
    let events = drain.events;

    check_path::<P>(&drain.path)?;
    *kept = None;
    *kept = Some((P::open(map)?, drain));
    again::<P>(kept, events)
}

fn again<P: Peer>(kept: &mut Kept<P>, events: u64) -> Result<String, String> {
    let (reader, drain) = kept.as_mut().ok_or("nothing was drained that could be again")?;
    let touching = drain.touching.as_str();
    let drained = for_touching!(
        touching,
        T => P::drain::<T>(reader, events, drain.timeout_ns),
        Err(format!("there is no touching \"{touching}\""))
    )?;
    Ok(protocol::drained(&drained))
}

fn live<P: Peer>(map: BorrowedFd<'_>, live: Live) -> Result<String, String> {
    let path = live.path.clone();

    check_path::<P>(&path)?;
    let stop = Stop::new().map_err(|error| format!("there is no eventfd: {error}"))?;
    let stop = Arc::new(stop);
    let mut session = Session { stop: stop.clone(), listener: None, cpu_ns: 0 };
    let mut consumer = Consumer::new(live, stop);
    let waits = P::live(map, &path, &mut consumer, &mut session);
    let cpu_ns = process_cpu_ns() - session.cpu_ns + consumer.saved_ns();

    // If reading failed, that is answered at the stop, which is still to come.
    if let Some(listener) = session.listener {
        let _ = listener.join();
    }
    let waits = waits?;
    match consumer.wrong() {
        Some(why) => Err(why.to_owned()),
        None => Ok(protocol::consumed(&consumer, cpu_ns, &waits)),
    }
}

/// The descriptor that the only argument names.
fn inherited() -> Result<BorrowedFd<'static>, String> {
    let mut arguments = std::env::args().skip(1);
    let (Some(argument), None) = (arguments.next(), arguments.next()) else {
        return Err("one argument is needed: the number of a ring buffer's descriptor".to_owned());
    };
    let fd = argument
        .parse()
        .ok()
        .filter(|&fd| fd >= 0)
        .ok_or_else(|| format!("\"{argument}\" is no number of a descriptor"))?;

    // SAFETY: no memory is involved.
    if unsafe { libc::fcntl(fd, libc::F_GETFD) } < 0 {
        return Err(format!("descriptor {fd}: {}", io::Error::last_os_error()));
    }
    // SAFETY: it is open, and nothing here closes it.
    Ok(unsafe { BorrowedFd::borrow_raw(fd) })
}

/// All of a peer's main().
pub fn serve<P: Peer>() -> ExitCode {
    // The library may find a ring impossible. It aborts after this.
    panic::set_hook(Box::new(|info| answer(&protocol::error(&info.to_string()))));
    let map = match inherited() {
        Ok(map) => map,
        Err(why) => {
            answer(&protocol::error(&why));
            return ExitCode::FAILURE;
        }
    };

    answer(&protocol::greeting(P::NAME, &P::version(), &P::language(), P::PATHS));
    let mut kept: Kept<P> = None;
    while let Some(line) = read_line() {
        let result = match Command::parse(&line) {
            Ok(Command::Drain(command)) => drain::<P>(map, &mut kept, command),
            Ok(Command::Again(events)) => again::<P>(&mut kept, events),
            Ok(Command::Live(command)) => {
                kept = None;
                live::<P>(map, command)
            }
            Ok(Command::Stop) => Err("there is nothing to stop".to_owned()),
            Err(why) => Err(why),
        };
        answer(&result.unwrap_or_else(|why| protocol::error(&why)));
    }
    ExitCode::SUCCESS
}

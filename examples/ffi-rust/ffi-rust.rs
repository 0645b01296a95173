// SPDX-License-Identifier: BSD-2-Clause
//! ffi-rust PATH COUNT reads at least COUNT events from the ring pinned at PATH, and prints the sum of their first words.
use std::ffi::CString;
use std::os::raw::{c_char, c_int, c_void};
use std::{env, io, ptr, slice, time::Instant};

const BURST: usize = 8; // during a longer one, a processor fetches no further headers from memory
const PACED: c_int = 1;

/// struct ringview_options, up to the last field set here.
#[repr(C)]
struct Options {
    size: usize,
    wait: c_int,
    latency_budget_ns: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Record {
    data: *const u8,
    length: u32,
}

#[link(name = "ringview")]
extern "C" {
    fn ringview_open_pinned(rv: *mut *mut c_void, path: *const c_char, options: *const Options) -> c_int;
    fn ringview_wait(rv: *mut c_void, timeout_ns: i64) -> c_int;
    fn ringview_peek_many(rv: *mut c_void, records: *mut Record, count: usize) -> c_int;
    fn ringview_release(rv: *mut c_void);
    fn ringview_close(rv: *mut c_void);
}
/// Makes a negative errno value an error.
fn check(result: c_int) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::from_raw_os_error(-result))
}

struct Reader(*mut c_void);
impl Reader {
    fn open(path: &str) -> io::Result<Self> {
        let (mut rv, path) = (ptr::null_mut(), CString::new(path)?);
        let options = Options { size: std::mem::size_of::<Options>(), wait: PACED, latency_budget_ns: 1_000_000 };
        check(unsafe { ringview_open_pinned(&mut rv, path.as_ptr(), &options) })?;
        Ok(Self(rv))
    }

    /// Waits for events, passes up to BURST of them to `handle`, and releases them.
    fn burst(&mut self, mut handle: impl FnMut(&[u8])) -> io::Result<()> {
        let mut records = [Record { data: ptr::null(), length: 0 }; BURST];
        let mut peek = || check(unsafe { ringview_peek_many(self.0, records.as_mut_ptr(), BURST) });
        let mut count = peek()?;
        if count == 0 {
            check(unsafe { ringview_wait(self.0, -1) })?;
            count = peek()?;
        }
        for record in &records[..count] {
            handle(unsafe { slice::from_raw_parts(record.data, record.length as usize) });
        }
        unsafe { ringview_release(self.0) };
        Ok(())
    }
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().collect();
    let [_, path, count] = &arguments[..] else { return Err(io::Error::other("usage: ffi-rust PATH COUNT")) };
    let (mut reader, count) = (Reader::open(path)?, count.parse().map_err(io::Error::other)?);
    let (mut seen, mut sum, start) = (0u64, 0u64, Instant::now());
    while seen < count {
        reader.burst(|event| {
            seen += 1;
            sum = sum.wrapping_add(u64::from_ne_bytes(event[..8].try_into().unwrap()));
        })?;
    }
    eprintln!("{:.1} ns an event", start.elapsed().as_nanos() as f64 / seen as f64);
    unsafe { ringview_close(reader.0) };
    println!("{seen} events, sum {sum}");
    Ok(())
}

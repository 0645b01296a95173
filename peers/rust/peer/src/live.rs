// SPDX-License-Identifier: BSD-2-Clause
//! What `live` does with each event: bench/readers/live_check.h.

use crate::clock::now_ns;
use crate::histogram::Histogram;
use crate::protocol::{EVENT_MIN, Live, Sizes};
use crate::stop::Stop;
use crate::work::Work;
use std::sync::Arc;

const SEQUENCE_BITS: u32 = 48;
/// The bits of an id that are its number among those of its producer.
pub const SEQUENCE: u64 = (1 << SEQUENCE_BITS) - 1;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// Reading the clock costs more than handling an event. Events that were due before the last reading,
/// without a wait in between, are handled within nanoseconds of it: one in this many reads the clock.
const CLOCK_EVERY: u32 = 8;

/// The events read of one producer.
#[derive(Clone, Copy, Default)]
pub struct Stream {
    /// The sequence number after the last event read.
    pub next: u64,
    pub read: u64,
}

pub struct Consumer {
    sizes: Sizes,
    work: Work,
    work_ns: u64,
    /// Once the producers have stopped, the work on what is left is not done but added to all times.
    finishing: bool,
    stop: Arc<Stop>,
    saved_ns: u64,
    streams: Vec<Stream>,
    latency: Histogram,
    consumed: u64,
    consumed_before: u64,
    clock_left: u32,
    clock_ns: u64,
    last_ns: u64,
    wrong: Option<String>,
}

/// event_hash() of bpf/events.h.
#[inline]
pub fn hash(id: u64) -> u64 {
    let mut hash = id.wrapping_add(1).wrapping_mul(FACTOR);

    hash ^= hash >> 29;
    hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash ^ (hash >> 32)
}

#[inline]
fn word(event: &[u8], index: usize) -> u64 {
    let mut word = [0; 8];

    word.copy_from_slice(&event[index * 8..index * 8 + 8]);
    u64::from_le_bytes(word)
}

impl Consumer {
    pub fn new(live: Live, stop: Arc<Stop>) -> Self {
        Self {
            stop,
            sizes: live.sizes,
            work: Work::calibrated(live.work_ns),
            work_ns: live.work_ns,
            finishing: false,
            saved_ns: 0,
            streams: vec![Stream::default(); live.producers as usize],
            latency: Histogram::new(),
            consumed: 0,
            consumed_before: 0,
            clock_left: 0,
            clock_ns: 0,
            last_ns: 0,
            wrong: None,
        }
    }

    /// Call it before each read, or wait and read; the last read is the one after the stop.
    #[inline]
    pub fn before_read(&mut self, is_last: bool) {
        self.finishing = is_last;
        self.consumed_before = self.consumed;
        self.clock_left = 0;
    }

    /// Call it when a read has returned everything that was there.
    #[inline]
    pub fn after_read(&mut self) {
        if self.consumed != self.consumed_before {
            self.last_ns = now_ns() + self.saved_ns;
        }
    }

    /// Checks and counts an event.
    #[inline]
    pub fn handle(&mut self, event: &[u8]) {
        if event.len() < EVENT_MIN as usize {
            return self.refuse(event);
        }
        let (id, due) = (word(event, 0), word(event, 1));
        let sequence = id & ((1 << SEQUENCE_BITS) - 1);
        let size = self.sizes.of(id);
        let last = event.len() / 8 - 1;
        let Some(stream) = self.streams.get_mut((id >> SEQUENCE_BITS) as usize) else {
            return self.refuse(event);
        };
        // The producer wrote the last whole word last: if it is right, the event is complete.
        if sequence < stream.next
            || event.len() != size as usize
            || (event.len() >= 24
                && word(event, last) != id.wrapping_add(last as u64).wrapping_mul(FACTOR))
        {
            return self.refuse(event);
        }
        stream.next = sequence + 1;
        stream.read += 1;
        if due != 0 {
            // Clocks of two CPUs may differ by some nanoseconds.
            let late = (self.handled_at(due) + self.saved_ns).saturating_sub(due);
            self.latency.add(late);
        }
        if !self.work.is_none() {
            // Also in the middle of a read, which may have a ring full of such work.
            self.finishing |= self.stop.is_set();
            if self.finishing {
                self.saved_ns += self.work_ns;
            } else {
                self.work.do_it();
            }
        }
        self.consumed += 1;
    }

    #[inline]
    fn handled_at(&mut self, due: u64) -> u64 {
        if self.clock_left == 0 || due > self.clock_ns || !self.work.is_none() {
            self.clock_left = CLOCK_EVERY;
            self.clock_ns = now_ns();
        }
        self.clock_left -= 1;
        self.clock_ns
    }

    /// Keeps the first that is wrong.
    #[cold]
    #[inline(never)]
    fn refuse(&mut self, event: &[u8]) {
        if self.wrong.is_some() {
            return;
        }
        let id = if event.len() >= 8 { word(event, 0) } else { 0 };
        let (producer, sequence) = (id >> SEQUENCE_BITS, id & ((1 << SEQUENCE_BITS) - 1));

        self.wrong = Some(match self.streams.get(producer as usize) {
            Some(stream) if event.len() >= EVENT_MIN as usize && sequence < stream.next => format!(
                "event {sequence} of producer {producer} came after event {}: twice, or out of \
                 order",
                stream.next - 1
            ),
            _ => format!(
                "an event of {} B is not as its producer wrote it (producer {producer}, event \
                 {sequence})",
                event.len()
            ),
        });
    }

    pub fn wrong(&self) -> Option<&str> {
        self.wrong.as_deref()
    }

    pub fn consumed(&self) -> u64 {
        self.consumed
    }

    pub fn streams(&self) -> &[Stream] {
        &self.streams
    }

    pub fn latency(&self) -> &Histogram {
        &self.latency
    }

    /// The time of the work that was not done.
    pub fn saved_ns(&self) -> u64 {
        self.saved_ns
    }

    /// CLOCK_MONOTONIC after the last read that found an event; 0: none did.
    pub fn last_ns(&self) -> u64 {
        self.last_ns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop() -> Arc<Stop> {
        Arc::new(Stop::new().unwrap())
    }

    fn consumer_of(sizes: Sizes) -> Consumer {
        Consumer::new(Live { path: String::new(), producers: 2, sizes, work_ns: 0 }, stop())
    }

    fn consumer(size: u32) -> Consumer {
        consumer_of(Sizes::One(size))
    }

    fn event(producer: u64, sequence: u64, due: u64, size: usize) -> Vec<u8> {
        let id = producer << SEQUENCE_BITS | sequence;
        let mut bytes: Vec<u8> = (0..size as u64 / 8 + 1)
            .flat_map(|index| match index {
                0 => id.to_le_bytes(),
                1 => due.to_le_bytes(),
                _ => id.wrapping_add(index).wrapping_mul(FACTOR).to_le_bytes(),
            })
            .collect();
        bytes.truncate(size);
        bytes
    }

    #[test]
    fn events_are_counted_by_producer() {
        let mut c = consumer(30);

        for (producer, sequence) in [(0, 0), (1, 7), (0, 1), (0, 5)] {
            c.handle(&event(producer, sequence, 0, 30));
        }
        assert_eq!((c.wrong(), c.consumed()), (None, 4));
        assert_eq!((c.streams()[0].read, c.streams()[0].next), (3, 6));
        assert_eq!((c.streams()[1].read, c.streams()[1].next), (1, 8));
        assert_eq!(c.latency().counts().count(), 0);
    }

    #[test]
    fn latency_is_from_due_to_handled() {
        let mut c = consumer(16);
        let due = now_ns() - 1_000_000;

        c.before_read(false);
        c.handle(&event(0, 0, due, 16));
        c.after_read();
        assert!(c.latency().min() >= 1_000_000 && c.last_ns() >= due + 1_000_000);
        c.handle(&event(0, 1, u64::MAX, 16));
        assert_eq!((c.latency().min(), c.wrong()), (0, None));
    }

    #[test]
    fn last_ns_is_of_a_read_that_found_something() {
        let mut c = consumer(16);

        c.before_read(false);
        c.after_read();
        assert_eq!(c.last_ns(), 0);
    }

    #[test]
    fn work_after_the_stop_is_added_and_not_done() {
        const HOUR_NS: u64 = 3_600_000_000_000;
        let stop = stop();
        let mut c = Consumer::new(
            Live { path: String::new(), producers: 1, sizes: Sizes::One(16), work_ns: HOUR_NS },
            stop.clone(),
        );
        let due = now_ns();

        // In the middle of a read.
        c.before_read(false);
        stop.set();
        c.handle(&event(0, 0, due, 16));
        c.handle(&event(0, 1, due, 16));
        c.after_read();
        assert_eq!(c.saved_ns(), 2 * HOUR_NS);
        assert!(c.latency().min() < HOUR_NS && c.latency().max() >= HOUR_NS);
        assert!(c.last_ns() >= due + 2 * HOUR_NS);
    }

    #[test]
    fn what_is_wrong_is_refused_and_the_first_is_said() {
        let mut damaged = event(0, 0, 0, 24);
        damaged[23] ^= 1;

        for (wrong, said) in [
            (damaged, "an event of 24 B is not as its producer wrote it (producer 0, event 0)"),
            (event(2, 9, 0, 24), "of 24 B is not as its producer wrote it (producer 2, event 9)"),
            (event(0, 0, 0, 32), "an event of 32 B"),
            (event(0, 0, 0, 15), "an event of 15 B"),
            (event(0, 0, 0, 3), "an event of 3 B"),
            (event(1, 4, 0, 24), "event 4 of producer 1 came after event 4: twice"),
        ] {
            let mut c = consumer(24);
            c.handle(&event(1, 4, 0, 24));
            c.handle(&wrong);
            c.handle(&event(1, 3, 0, 24));
            assert!(c.wrong().is_some_and(|why| why.contains(said)), "{:?}", c.wrong());
            assert_eq!(c.consumed(), 1);
        }
    }

    /// mix_index(), in C.
    #[test]
    fn sizes_of_a_mix_are_those_of_the_producers() {
        let list = vec![16, 24, 64, 200, 1000];
        let random = Sizes::Random(list.clone());
        let sizes = [200, 64, 1000, 64, 1000, 64, 24, 1000];

        for (id, size) in sizes.into_iter().enumerate() {
            assert_eq!(random.of(id as u64), size);
        }
        assert_eq!(Sizes::InOrder(list).of(0x5_0000_0000_0007), 64);

        let mut c = consumer_of(random);
        for (sequence, size) in sizes.into_iter().enumerate() {
            c.handle(&event(0, sequence as u64, 0, size as usize));
        }
        assert_eq!((c.wrong(), c.consumed()), (None, 8));
        c.handle(&event(0, 8, 0, 17));
        assert!(c.wrong().is_some());
    }

    /// sized_word(), in C.
    #[test]
    fn words_are_those_of_the_producers() {
        let id = 5u64 << SEQUENCE_BITS | 123_456;

        assert_eq!(word(&event(5, 123_456, 0, 64), 7), 13_905_712_795_078_882_259);
        assert_eq!(id.wrapping_add(7).wrapping_mul(FACTOR), 13_905_712_795_078_882_259);
    }
}

// SPDX-License-Identifier: BSD-2-Clause
//! Latencies, in the buckets of bench/statistics/histogram.h.

pub const SUB_BITS: u32 = 6;
pub const MAX_BITS: u32 = 40;
pub const BUCKETS: usize = ((MAX_BITS - SUB_BITS + 1) as usize) << SUB_BITS;

pub struct Histogram {
    buckets: Box<[u64; BUCKETS]>,
    max: u64,
    min: u64,
}

/// histogram_bucket() of bench/statistics/histogram.h.
#[inline]
pub fn bucket(value: u64) -> usize {
    if value >> MAX_BITS != 0 {
        return BUCKETS - 1;
    }
    if value < 1 << SUB_BITS {
        return value as usize;
    }
    let shift = 63 - value.leading_zeros() - SUB_BITS;
    ((shift as usize) << SUB_BITS) + (value >> shift) as usize
}

impl Histogram {
    pub fn new() -> Self {
        Self { buckets: Box::new([0; BUCKETS]), max: 0, min: u64::MAX }
    }

    #[inline]
    pub fn add(&mut self, value: u64) {
        self.buckets[bucket(value)] += 1;
        self.max = self.max.max(value);
        self.min = self.min.min(value);
    }

    /// 0 when empty.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// 0 when empty.
    pub fn min(&self) -> u64 {
        if self.max < self.min { 0 } else { self.min }
    }

    /// The buckets that are not empty: number and count.
    pub fn counts(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        self.buckets.iter().copied().enumerate().filter(|&(_, count)| count > 0)
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the function in C says.
    const VECTORS: [(u64, usize); 22] = [
        (0, 0),
        (1, 1),
        (63, 63),
        (64, 64),
        (65, 65),
        (127, 127),
        (128, 128),
        (129, 128),
        (130, 129),
        (255, 191),
        (256, 192),
        (1000, 317),
        (4095, 447),
        (4096, 448),
        (50000, 673),
        (123456789, 1397),
        (1000000000, 1591),
        (549755813887, 2175),
        (549755813888, 2176),
        (1099511627775, 2239),
        (1099511627776, 2239),
        (18446744073709551615, 2239),
    ];

    #[test]
    fn buckets_are_those_of_the_benchmark() {
        for (value, number) in VECTORS {
            assert_eq!(bucket(value), number, "of {value}");
        }
    }

    #[test]
    fn every_power_of_two_begins_a_bucket() {
        for bits in 1..MAX_BITS {
            assert_eq!(bucket((1 << bits) - 1) + 1, bucket(1 << bits));
        }
    }

    #[test]
    fn counts_and_extremes() {
        let mut latency = Histogram::new();

        assert_eq!((latency.min(), latency.max(), latency.counts().count()), (0, 0, 0));
        for value in [17, 70, 17, u64::MAX - 1] {
            latency.add(value);
        }
        assert_eq!((latency.min(), latency.max()), (17, u64::MAX - 1));
        assert_eq!(latency.counts().collect::<Vec<_>>(), [(17, 2), (70, 1), (BUCKETS - 1, 1)]);
        let mut zero = Histogram::new();
        zero.add(0);
        assert_eq!((zero.min(), zero.max(), zero.counts().next()), (0, 0, Some((0, 1))));
    }
}

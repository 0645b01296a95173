// SPDX-License-Identifier: BSD-2-Clause
//! Work that takes a given time: that of bench/readers/work.h.

use std::arch::asm;

use crate::clock::now_ns;

const TRY_NS: u64 = 50_000;
const TRIES: u32 = 20;
const CALIBRATION_NS: u64 = 20_000_000;

/// A chain of operations, each waiting for the one before.
#[derive(Clone, Copy, Default)]
pub struct Work {
    steps: u64,
}

impl Work {
    /// Finds how many steps take so long on this CPU: tries for some milliseconds.
    pub fn calibrated(ns: u64) -> Self {
        if ns == 0 {
            return Self::default();
        }
        let steps = ns as f64 / step_ns();
        Self { steps: (steps.round() as u64).max(1) }
    }

    #[inline]
    pub fn is_none(self) -> bool {
        self.steps == 0
    }

    #[inline]
    pub fn do_it(self) {
        let mut x = self.steps;

        for _ in 0..self.steps {
            x = x.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
            // SAFETY: it is empty. Each step, and in order.
            unsafe { asm!("/* {0} */", inout(reg) x, options(nomem, nostack, preserves_flags)) };
        }
    }
}

/// The time of one step in the best try: everything that disturbs makes it longer.
fn step_ns() -> f64 {
    let end = now_ns() + CALIBRATION_NS;
    let mut steps = 1024;
    let mut tries = 0;
    let mut best = f64::INFINITY;

    while tries < TRIES && now_ns() < end {
        let before = now_ns();
        Work { steps }.do_it();
        let ns = now_ns() - before;

        if ns > 0 {
            best = best.min(ns as f64 / steps as f64);
        }
        if ns < TRY_NS {
            steps *= 2;
        } else {
            tries += 1;
        }
    }
    best
}

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_PIN_H
#define BENCH_PIN_H

/* Pins the calling thread to CPU @cpu, unless that is negative. Returns 0 or a negative errno. */
int pin_thread(int cpu);

#endif

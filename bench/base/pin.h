/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_PIN_H
#define BENCH_PIN_H

/* Lets the calling thread run on CPU @cpu only; a negative one leaves it alone. 0 or a negative
 * errno. */
int pin_thread(int cpu);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time that passes only as the library reads the clock or sleeps, so that a test says what happens
 * at which nanosecond, waits for nothing, and does the same each time. Descriptors and signals are
 * real: a sleep ends when a descriptor becomes readable, or with EINTR when an event raises a
 * signal that the sleep does not block.
 *
 * To be linked with the library's objects (not with its shared library) and with
 *	-Wl,--wrap=clock_gettime,--wrap=ppoll
 */
#ifndef TEST_VIRTUAL_TIME_H
#define TEST_VIRTUAL_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIRTUAL_START INT64_C(1000000000000)
#define VIRTUAL_READING 20 /* ns that reading the clock takes */
#define VIRTUAL_NEVER INT64_MAX

/* What happens at a time; returns when it happens next, or VIRTUAL_NEVER. */
typedef int64_t virtual_event(void *context, int64_t now);

/* Begins at VIRTUAL_START, with @event at @first. */
void virtual_time_begin(virtual_event *event, void *context, int64_t first);

/* Without beginning anew: what happens next, and when. */
void virtual_time_expect(virtual_event *event, void *context, int64_t at);

/* Back to the real time; cmocka's teardowns call it even when nothing was begun. */
void virtual_time_end(void);

/* The time, without reading the clock. */
int64_t virtual_now(void);

/* Lets time pass while the library is not in it. */
void virtual_time_pass(int64_t ns);

/* Sleeps that nothing cuts short end so much later, but not by more than the thread's timer slack
 * at that time. */
void virtual_oversleep(int64_t ns);

struct virtual_sleep {
	bool in_epoll; /* or beside the ring */
	int64_t ns;    /* what was asked for; VIRTUAL_NEVER without a time-out */
	int64_t slept;
};

/* Whether the library sleeps in epoll at this moment. */
bool virtual_in_epoll(void);

/* Sleeps since the beginning, and the last of them. */
size_t virtual_sleeps(void);
struct virtual_sleep virtual_last_sleep(void);

/* Readings of the clock since the beginning. */
uint64_t virtual_readings(void);

#endif

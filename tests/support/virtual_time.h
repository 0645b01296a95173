/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A clock that advances only when the library reads it or sleeps. Tests determine what happens at
 * which nanosecond, do not wait, and are reproducible. Descriptors and signals are real: a sleep
 * ends when a descriptor becomes readable, or with EINTR when an event raises a signal that the
 * sleep does not block. Link with the static library and
 * -Wl,--wrap=clock_gettime,--wrap=ppoll,--wrap=nanosleep.
 */
#ifndef TEST_VIRTUAL_TIME_H
#define TEST_VIRTUAL_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIRTUAL_START INT64_C(1000000000000)
#define VIRTUAL_READING 20 /* ns that a reading of the clock takes */
#define VIRTUAL_NEVER INT64_MAX

/* An event. Returns the time of the next one, or VIRTUAL_NEVER. */
typedef int64_t virtual_event(void *context, int64_t now);

/* Starts the virtual clock at VIRTUAL_START, with @event at @first. */
void virtual_time_begin(virtual_event *event, void *context, int64_t first);

/* Sets the next event and its time, without resetting the clock. */
void virtual_time_expect(virtual_event *event, void *context, int64_t at);

/* Returns to the real clock. May be called without virtual_time_begin(), in teardowns. */
void virtual_time_end(void);

/* Returns the time without reading the clock, so that it does not advance. */
int64_t virtual_now(void);

/* Advances the clock outside of the library. */
void virtual_time_pass(int64_t ns);

/* As setting CLOCK_TAI does. */
void virtual_time_set_back(int64_t ns);

/* Makes sleeps that time out end this much later, at most by the thread's timer slack. */
void virtual_oversleep(int64_t ns);

struct virtual_sleep {
	bool in_epoll; /* or in nanosleep(), or ppoll() without it */
	int64_t ns;    /* the requested time-out; VIRTUAL_NEVER if there is none */
	int64_t slept;
};

/* Returns whether the library sleeps in epoll now. */
bool virtual_in_epoll(void);

/* The number of sleeps since virtual_time_begin(), and the last one. */
size_t virtual_sleeps(void);
struct virtual_sleep virtual_last_sleep(void);

/* The number of clock readings since virtual_time_begin(). */
uint64_t virtual_readings(void);

#endif

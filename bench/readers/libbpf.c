/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libbpf's functions, those of the system's libbpf and those of the drop-in for it:
 * ring_buffer__poll(), or ring_buffer__consume() in a loop, with a sleep between or without.
 */
#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/process.h"
#include "readers/live_check.h"

#define DROPIN "libringview-libbpf.so.0"

/* The functions ring_buffer__NAME that a program calls to read rings. */
#define FOR_EACH_CALL(X) X(new) X(add) X(poll) X(consume) X(free)

#define CALL_MEMBER(name) __typeof__(ring_buffer__##name) *ring_buffer__##name;

struct libbpf_calls {
	FOR_EACH_CALL(CALL_MEMBER)
};

/* A ring_buffer and a callback for each work: nothing is decided for each record. */
struct libbpf_state {
	const struct libbpf_calls *calls;
	struct ring_buffer *rings[WORK_COUNT]; /* opened when first read from */
	struct timespec sleep;                 /* of WAIT_LIBBPF_SLEEP */
};

#define TOUCHING_LIVE WORK_LIVE
#define FOR_EACH_WORK(X) FOR_EACH_TOUCHING(X, ) X(LIVE, )

#define CALLBACK(name, unused)                                                \
	static int on_##name(void *context, void *data, size_t length)        \
	{                                                                     \
		struct reading *r = context;                                  \
                                                                              \
		return on_event(TOUCHING_##name, r, &r->found, data, length); \
	}

FOR_EACH_WORK(CALLBACK)

#define CALLBACK_ENTRY(name, unused) [TOUCHING_##name] = on_##name,

static const ring_buffer_sample_fn callbacks[WORK_COUNT] = { FOR_EACH_WORK(CALLBACK_ENTRY) };

static int open_rings(struct reading *r)
{
	struct libbpf_state *s = r->state;
	const ring_buffer_sample_fn callback = callbacks[r->work];
	const int *fds = r->rings->map_fds;
	struct ring_buffer *rings = s->calls->ring_buffer__new(fds[0], callback, r, NULL);
	int err = rings ? 0 : -errno;

	s->rings[r->work] = rings;
	for (uint32_t i = 1; i < r->rings->count && !err; i++)
		err = s->calls->ring_buffer__add(rings, fds[i], callback, r);
	return err ? complain(&r->why, err, "%s cannot read the ring: %s", r->reader->name,
			     strerror(-err))
		   : 0;
}

/* The sleep of the consumer's thread between two polls: the latency budget, as of a paced reader,
 * less the timer slack, which the kernel may add. */
static struct timespec sleep_of(const struct workload *workload)
{
	const int64_t budget = workload->latency_budget_ns;
	int64_t slack = workload->timer_slack_ns, ns;

	if (slack > 0)
		prctl(PR_SET_TIMERSLACK, (unsigned long)slack, 0, 0, 0);
	else
		slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
	ns = slack < budget / 2 ? budget - slack : budget / 2;
	return (struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

static void close_rings(struct reading *r)
{
	const struct libbpf_state *s = r->state;

	/* One poll of a drop-in that paces or spins takes any number of sleeps. */
	if (r->live && WAITS_OF_RINGVIEW >> r->wait & 1)
		r->statistics.sleeps = r->statistics.wakeups = LIVE_UNKNOWN;
	for (int i = 0; i < WORK_COUNT; i++)
		if (s->rings[i])
			s->calls->ring_buffer__free(s->rings[i]);
}

static int open_reader(struct reading *r, const struct libbpf_calls *calls)
{
	struct libbpf_state *s = r->state;

	s->calls = calls;
	/* Drain opens the ring_buffer of a work in its first reading, which is not timed. */
	if (!r->live)
		return 0;
	if (r->wait == WAIT_LIBBPF_SLEEP)
		s->sleep = sleep_of(r->live->workload);
	return open_rings(r);
}

static int read_rings(struct reading *r, int64_t timeout_ns)
{
	const struct libbpf_state *s = r->state;
	const bool sleeps = r->live && r->wait == WAIT_LIBBPF_SLEEP;
	const bool polls = !sleeps && !(r->live && r->wait == WAIT_LIBBPF_SPIN);
	/* libbpf waits in milliseconds: rounded up, so that it waits at all. */
	const int64_t timeout_ms = (timeout_ns + 999999) / 1000000;
	int count, err = 0;

	if (r->live)
		r->live->clock_left = 0;
	if (!s->rings[r->work])
		err = open_rings(r);
	if (err)
		return err;
	if (timeout_ns > 0 && polls) {
		r->statistics.sleeps++;
		count = s->calls->ring_buffer__poll(
			s->rings[r->work], timeout_ms < INT32_MAX ? (int)timeout_ms : INT32_MAX);
		r->statistics.wakeups += count > 0;
	} else {
		count = s->calls->ring_buffer__consume(s->rings[r->work]);
	}
	if (sleeps && timeout_ns > 0 && count >= 0) {
		r->statistics.sleeps++;
		nanosleep(&s->sleep, NULL);
	}
	return count < 0 ? count : 0;
}

#define SYSTEM_CALL(name) .ring_buffer__##name = ring_buffer__##name,

static const struct libbpf_calls system_calls = { FOR_EACH_CALL(SYSTEM_CALL) };

static int open_system(struct reading *r)
{
	return open_reader(r, &system_calls);
}

/* What both readers have in common. */
#define LIBBPF                                                                          \
	.lives = true, .needs_kernel = true, .state_size = sizeof(struct libbpf_state), \
	.read = read_rings, .close = close_rings

const struct reader libbpf_reader = { LIBBPF, .name = "libbpf",
	.summary = "ring_buffer__consume of the system's libbpf, with a callback", .drains = true,
	.baseline = 3, .waits = WAITS_OF_LIBBPF, .by_wait = true, .open = open_system };

/* Loaded by dlopen(), as its functions have the names of those of libbpf, which is linked. */
static struct libbpf_calls dropin_calls;

/* The library of the build, if there is one; else the installed one. */
static void *load_dropin(void)
{
	char file[PATH_MAX];
	void *library = NULL;

	if (build_folder_path(file, "dropin/" DROPIN) == 0 && access(file, F_OK) == 0)
		library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	return library ? library : dlopen(DROPIN, RTLD_NOW | RTLD_LOCAL);
}

#define WANTED(name) { "ring_buffer__" #name, &dropin_calls.ring_buffer__##name },

static int dropin_find(const struct reader *reader, struct complaint *why)
{
	const struct {
		const char *name;
		void *call;
	} wanted[] = { FOR_EACH_CALL(WANTED) };
	void *library;

	(void)reader;
	if (dropin_calls.ring_buffer__free)
		return 0;
	library = load_dropin();
	if (!library)
		return complain(why, -ENOENT, "there is no " DROPIN "; %s",
			build_folder_was_left() ? "install it, as Debian's libringview-libbpf0"
						: "run: ./run build");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		void *call = dlsym(library, wanted[i].name);

		if (!call)
			return complain(why, -ENOENT, "the drop-in library lacks a symbol: %s",
				wanted[i].name);
		memcpy(wanted[i].call, &call, sizeof(call));
	}
	return 0;
}

/* ring_buffer__new() reads the wait from the environment; libbpf's waits mean the default. */
static int dropin_open(struct reading *r)
{
	const bool is_own = WAITS_OF_RINGVIEW >> r->wait & 1;
	char budget[32];

	snprintf(budget, sizeof(budget), "%" PRId64 "ns", r->live->workload->latency_budget_ns);
	unsetenv("RINGVIEW_LATENCY_BUDGET");
	if (r->wait == WAIT_PACED)
		setenv("RINGVIEW_LATENCY_BUDGET", budget, 1);
	setenv("RINGVIEW_WAIT", is_own ? live_wait_names[r->wait] : "event", 1);
	return open_reader(r, &dropin_calls);
}

const struct reader dropin_reader = { LIBBPF, .name = "dropin",
	.summary = "libringview-libbpf, in place of libbpf",
	.waits = WAITS_OF_LIBBPF | 1u << WAIT_PACED | 1u << WAIT_BUSY, .find = dropin_find,
	.open = dropin_open };

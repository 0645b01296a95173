/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Consumers of a pinned ring are killed at random points and replaced while a BPF program writes.
 * Only released records are lost to the next consumer; it reads again only what was not released,
 * and one record more if the reader holds it back. Needs CAP_BPF and CAP_NET_ADMIN. RINGVIEW_KILLS
 * sets the kills per case. Each consumer notes in shared memory what it is about to release and
 * what it has released. The next one compares the first record that it sees.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "statistics/random.h"
#include "support/bpf_files.h"
#include "support/kernel_ring.h"
#include "support/numbered.h"
#include "support/pattern.h"
#include "support/skipping.h"

#define RING_SIZE 65536
#define KILLS 20
#define RECORDS_MOST 2000 /* that a consumer sees before it is killed */
#define SPINS_MOST 50000  /* rounds of an empty loop, then */
#define PATIENCE 20       /* of the producer, in yields: each may take a while on a busy machine */
#define HANGS_AFTER_S 60

/* PACED and BUSY hold each record back that is the last one. */
_Static_assert(
	NUMBERED_LONGEST + RINGVIEW_HEADER_SIZE <= RING_SIZE / 8, "none is too large for that");

enum style { EACH, BATCH, COPY, DRAIN, GROUP };

/* Each number is that of the first record not included. */
struct journal {
	uint64_t seen;      /* records that the consumer has seen */
	uint64_t released;  /* surely */
	uint64_t releasing; /* perhaps */
	char wrong[200];
};

struct killed {
	struct kernel kernel;
	char path[128]; /* where the ring is pinned */
	struct journal *journal;
	enum ringview_wait_strategy wait;
	enum style style;
	struct random_stream random;
	pthread_t producer;
	bool one_by_one; /* the producer gives the consumer time to go to sleep */
	bool stop;
	int err; /* of the producer */
};

/* In the consumer. */
struct consumer {
	struct killed *killed;
	struct journal *journal;
	struct ringview *rv;
	uint64_t next; /* number of the next record to see */
};

/* Returns the first record from @number on that is not discarded. */
static uint64_t shown_from(uint64_t number)
{
	while (numbered_is_discarded(number))
		number++;
	return number;
}

/* Returns the last record before @number that is not discarded, or @number if there is none. */
static uint64_t shown_before(uint64_t number)
{
	uint64_t before = number;

	while (before > 0)
		if (!numbered_is_discarded(--before))
			return before;
	return number;
}

static void note(uint64_t *place, uint64_t value)
{
	/* Release order: wherever the kill falls, a note implies all that precedes it. */
	__atomic_store_n(place, value, __ATOMIC_RELEASE);
}

static uint64_t noted(const uint64_t *place)
{
	return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

/* The consumer. */

#define wrong(c, ...)                                                                    \
	do {                                                                             \
		snprintf((c)->journal->wrong, sizeof((c)->journal->wrong), __VA_ARGS__); \
		_exit(1);                                                                \
	} while (0)

/* Returns whether a consumer may start with record @first, by what the last one noted. */
static bool may_begin_with(const struct killed *k, uint64_t first)
{
	const struct journal *j = k->journal;
	const bool holds = k->wait != RINGVIEW_WAIT_EVENT;
	const uint64_t released = shown_from(j->released), releasing = shown_from(j->releasing);

	/* A drain releases in between. */
	if (k->style == DRAIN && first >= released && first <= releasing)
		return true;
	return first == released || first == releasing ||
	       (holds && (first == shown_before(released) || first == shown_before(releasing)));
}

/* Asserts that a record is the next one, and whole. */
static void see(struct consumer *c, const void *data, size_t length)
{
	const unsigned char *bytes = data;
	uint64_t number = 0;

	if (length < sizeof(number))
		wrong(c, "a record of %zu bytes", length);
	memcpy(&number, data, sizeof(number));
	if (number != c->next)
		wrong(c, "record %llu instead of %llu", (unsigned long long)number,
			(unsigned long long)c->next);
	if (length != numbered_length(number))
		wrong(c, "record %llu has %zu bytes", (unsigned long long)number, length);
	for (uint32_t i = sizeof(number); i < length; i++)
		if (bytes[i] != pattern_byte(number, i))
			wrong(c, "byte %u of record %llu is wrong", i, (unsigned long long)number);
	c->next = shown_from(number + 1);
	note(&c->journal->seen, c->journal->seen + 1);
}

static void begin_with(struct consumer *c, const struct ringview_record *record)
{
	struct journal *j = c->journal;
	uint64_t first;

	memcpy(&first, record->data, sizeof(first));
	if (!may_begin_with(c->killed, first))
		wrong(c, "begins with record %llu, but %llu to %llu were released",
			(unsigned long long)first, (unsigned long long)j->released,
			(unsigned long long)j->releasing);
	/* In this order, so that after a kill in between @first is still permitted. */
	note(&j->released, first);
	note(&j->releasing, first);
	c->next = first;
}

static void release(struct consumer *c)
{
	note(&c->journal->releasing, c->next);
	ringview_release(c->rv);
	note(&c->journal->released, c->next);
}

static int read_each(struct consumer *c)
{
	struct ringview_record record;
	int found;

	while ((found = ringview_peek(c->rv, &record)) > 0) {
		see(c, record.data, record.length);
		release(c);
	}
	return found;
}

static int read_batch(struct consumer *c)
{
	struct ringview_record record;
	int found;

	while ((found = ringview_peek(c->rv, &record)) > 0)
		see(c, record.data, record.length);
	release(c);
	return found;
}

static int read_copies(struct consumer *c)
{
	unsigned char buffer[NUMBERED_LONGEST];
	size_t length;
	int found;

	do {
		note(&c->journal->releasing, c->next + 1);
		found = ringview_read_into(c->rv, buffer, sizeof(buffer), &length);
		if (found > 0)
			see(c, buffer, length);
		note(&c->journal->released, c->next);
	} while (found > 0);
	return found;
}

static int see_drained(void *context, const void *data, size_t length)
{
	struct consumer *c = context;

	see(c, data, length);
	note(&c->journal->releasing, c->next);
	return 0;
}

static int read_drained(struct consumer *c)
{
	int count = ringview_drain(c->rv, see_drained, c, NULL);

	note(&c->journal->released, c->next);
	return count < 0 ? count : 0;
}

static int (*const read_by[])(struct consumer *c) = {
	[EACH] = read_each,
	[BATCH] = read_batch,
	[COPY] = read_copies,
	[DRAIN] = read_drained,
	[GROUP] = read_each,
};

static int consume(struct consumer *c)
{
	const struct killed *k = c->killed;
	int err = 0;

	while (err >= 0 && (err = ringview_wait(c->rv, -1)) >= 0)
		err = read_by[k->style](c);
	return err;
}

static int consume_group(struct consumer *c, const struct ringview_options *options)
{
	struct ringview_group *group;
	struct ringview *rv;
	int err = ringview_group_open(&group, options);

	if (!err)
		err = ringview_group_add(group, c->rv);
	while (err >= 0 && (err = ringview_group_wait(group, -1)) >= 0)
		while (err >= 0 && ringview_group_next(group, &rv) > 0)
			err = read_each(c);
	return err;
}

/* Until it is killed. */
static void run_consumer(struct killed *k)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct consumer c = { .killed = k, .journal = k->journal };
	struct ringview_record record = { NULL, 0 };
	int err;

	options.wait = k->wait;
	err = ringview_open_pinned(&c.rv, k->path, &options);
	while (!err && (err = ringview_wait(c.rv, -1)) >= 0)
		err = ringview_peek(c.rv, &record);
	if (record.data) {
		begin_with(&c, &record);
		ringview_cancel(c.rv);
		err = k->style == GROUP ? consume_group(&c, &options) : consume(&c);
	}
	wrong(&c, "reading ended with %d", err);
}

/* The producer. If the ring is full, a run writes nothing. */

static int write_numbered(struct kernel *k, int times)
{
	unsigned char packet[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet, .data_size_in = sizeof(packet),
		.repeat = times);
	int err = bpf_prog_test_run_opts(
		bpf_program__fd(k->skeleton->progs.write_numbered), &options);

	return err == -EINTR || err == -EAGAIN ? 0 : err;
}

static bool flag(const bool *place)
{
	return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

/* Waits until the consumer has seen another record, so that it goes to sleep; not for ever, because
 * it may have been killed. */
static void await_sight(const struct killed *k, uint64_t seen)
{
	for (int i = 0; i < PATIENCE && noted(&k->journal->seen) == seen; i++)
		sched_yield();
}

static void *run_producer(void *argument)
{
	struct killed *k = argument;

	while (!k->err && !flag(&k->stop)) {
		const bool one_by_one = flag(&k->one_by_one);
		const uint64_t seen = noted(&k->journal->seen);
		const bool discarded = numbered_is_discarded(k->kernel.skeleton->bss->numbered);

		k->err = write_numbered(&k->kernel, one_by_one ? 1 : 100);
		if (one_by_one && !discarded)
			await_sight(k, seen);
	}
	return NULL;
}

/* The killer. */

static int64_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Waits until @pid has seen this many records. */
static void let_see(struct killed *k, pid_t pid, uint64_t records)
{
	const uint64_t until = noted(&k->journal->seen) + records;
	const int64_t hangs_at = now_s() + HANGS_AFTER_S;
	int status;

	while (noted(&k->journal->seen) < until) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			fail_msg("the consumer ended: %s", k->journal->wrong);
		if (now_s() >= hangs_at) {
			kill(pid, SIGKILL);
			fail_msg("the consumer hangs");
		}
		sched_yield();
	}
}

static void run_and_kill(struct killed *k)
{
	volatile uint64_t spins = random_below(&k->random, SPINS_MOST);
	const uint64_t records = random_below(&k->random, 4)
					 ? random_below(&k->random, RECORDS_MOST)
					 : random_below(&k->random, 3);
	const bool one_by_one = random_below(&k->random, 2);
	int status;
	pid_t pid;

	__atomic_store_n(&k->one_by_one, one_by_one, __ATOMIC_RELEASE);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run_consumer(k);
	}
	let_see(k, pid, one_by_one ? records / 100 : records);
	while (spins > 0)
		spins--;
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSIGNALED(status))
		fail_msg("the consumer ended: %s", k->journal->wrong);
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* Reads what the killed consumers left, up to the last record. */
static void read_the_rest(struct killed *k)
{
	struct ringview_record record;
	struct ringview *rv;
	uint64_t next = shown_from(k->kernel.skeleton->bss->numbered), number;
	bool first = true;

	assert_int_equal(ringview_open_pinned(&rv, k->path, NULL), 0);
	while (ringview_peek(rv, &record) > 0) {
		memcpy(&number, record.data, sizeof(number));
		if (first)
			assert_true(may_begin_with(k, number));
		else
			assert_int_equal(number, next);
		first = false;
		next = shown_from(number + 1);
	}
	if (first)
		assert_true(may_begin_with(k, next));
	assert_int_equal(next, shown_from(k->kernel.skeleton->bss->numbered));
	ringview_close(rv);
}

static int kills(void)
{
	const char *wanted = getenv("RINGVIEW_KILLS");

	return wanted ? atoi(wanted) : KILLS;
}

static void kill_consumers(void **state, enum ringview_wait_strategy wait, enum style style)
{
	struct killed *k = *state;

	if (k->kernel.unavailable[0])
		skip_because("%s", k->kernel.unavailable);
	bpf_files_path(k->path, sizeof(k->path), "killed");
	assert_int_equal(bpf_obj_pin(bpf_map__fd(k->kernel.skeleton->maps.ring), k->path), 0);
	k->wait = wait;
	k->style = style;
	k->random.state = (uint64_t)wait * 8 + style;
	assert_int_equal(pthread_create(&k->producer, NULL, run_producer, k), 0);
	for (int i = 0; i < kills(); i++)
		run_and_kill(k);
	__atomic_store_n(&k->stop, true, __ATOMIC_RELEASE);
	assert_int_equal(pthread_join(k->producer, NULL), 0);
	k->producer = 0;
	assert_int_equal(k->err, 0);
	read_the_rest(k);
}

static int open_killed(void **state)
{
	static struct killed killed;

	killed = (struct killed){ 0 };
	*state = &killed;
	killed.journal = mmap(NULL, sizeof(*killed.journal), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (killed.journal == MAP_FAILED)
		return -1;
	return kernel_ring_open_sized(&killed.kernel, RING_SIZE);
}

static int close_killed(void **state)
{
	struct killed *k = *state;

	__atomic_store_n(&k->stop, true, __ATOMIC_RELEASE);
	if (k->producer)
		pthread_join(k->producer, NULL);
	if (k->path[0])
		unlink(k->path);
	kernel_ring_close(&k->kernel);
	munmap(k->journal, sizeof(*k->journal));
	return 0;
}

#define CASE(name, wait, style)                     \
	static void name(void **state)              \
	{                                           \
		kill_consumers(state, wait, style); \
	}

CASE(event_each, RINGVIEW_WAIT_EVENT, EACH)
CASE(event_batch, RINGVIEW_WAIT_EVENT, BATCH)
CASE(event_copy, RINGVIEW_WAIT_EVENT, COPY)
CASE(event_drain, RINGVIEW_WAIT_EVENT, DRAIN)
CASE(event_group, RINGVIEW_WAIT_EVENT, GROUP)
CASE(paced_each, RINGVIEW_WAIT_PACED, EACH)
CASE(paced_batch, RINGVIEW_WAIT_PACED, BATCH)
CASE(paced_copy, RINGVIEW_WAIT_PACED, COPY)
CASE(paced_drain, RINGVIEW_WAIT_PACED, DRAIN)
CASE(paced_group, RINGVIEW_WAIT_PACED, GROUP)
CASE(busy_each, RINGVIEW_WAIT_BUSY, EACH)
CASE(busy_batch, RINGVIEW_WAIT_BUSY, BATCH)
CASE(busy_copy, RINGVIEW_WAIT_BUSY, COPY)
CASE(busy_drain, RINGVIEW_WAIT_BUSY, DRAIN)
CASE(busy_group, RINGVIEW_WAIT_BUSY, GROUP)

#define killed(test) cmocka_unit_test_setup_teardown(test, open_killed, close_killed)

int main(void)
{
	const struct CMUnitTest tests[] = {
		killed(event_each),
		killed(event_batch),
		killed(event_copy),
		killed(event_drain),
		killed(event_group),
		killed(paced_each),
		killed(paced_batch),
		killed(paced_copy),
		killed(paced_drain),
		killed(paced_group),
		killed(busy_each),
		killed(busy_batch),
		killed(busy_copy),
		killed(busy_drain),
		killed(busy_group),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, bpf_files_teardown), COUNT(tests));
}

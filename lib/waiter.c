/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "clock.h"
#include "descriptor.h"
#include "epoll.h"
#include "reader.h"
#include "sized.h"

/* Sleeps at a record that is reserved and not yet submitted. If it is submitted without a
 * notification nobody tells, but it will be soon: BPF programs cannot sleep between the two. */
#define BACKOFF_FIRST_NS 1000
#define BACKOFF_LAST_NS 1000000

/* Between two looks of BUSY. A look takes the producer position's cache line from the producer, who
 * pays for it with its next record; in silence nobody pays. */
#define PAUSE_LEAST_NS 50
#define PAUSE_MOST_NS 5000

struct waiting {
	struct waiter *waiter;
	struct reader *const *readers;
	size_t count;
	int64_t timeout_ns;
	int64_t deadline; /* 0 until the clock is read: those who need not wait are spared it */
	int64_t backoff_ns;
};

int waiter_take_options(struct ringview_options *options, const struct ringview_options *given)
{
	*options = (struct ringview_options)RINGVIEW_OPTIONS_DEFAULT;
	if (!given)
		return 0;
	if (given->size < sizeof(given->size) ||
		sized_take(options, sizeof(*options), given, given->size))
		return -EINVAL;
	if ((unsigned)options->wait > RINGVIEW_WAIT_BUSY)
		return -EINVAL;
	if (options->latency_budget_ns < 0 || options->latency_budget_ns > NS_PER_SECOND)
		return -EINVAL;
	if (options->timer_slack_ns < 0 || options->timer_slack_ns > NS_PER_SECOND)
		return -EINVAL;
	return 0;
}

int waiter_open(struct waiter *w, const struct ringview_options *options)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
	const int64_t budget_ns = options->latency_budget_ns;

	w->strategy = options->wait;
	w->always_notified = options->always_notified != 0;
	w->timer_slack_ns = options->timer_slack_ns;
	w->pause_ns = PAUSE_LEAST_NS;
	pacing_start(&w->pacing, budget_ns ? budget_ns : RINGVIEW_LATENCY_BUDGET_NS, clock_now());
	w->interrupt_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->interrupt_fd < 0)
		return -errno;
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll_fd < 0)
		return -errno;
	return epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->interrupt_fd, &event) < 0 ? -errno : 0;
}

void waiter_close(struct waiter *w)
{
	if (w->epoll_fd >= 0)
		close(w->epoll_fd);
	if (w->interrupt_fd >= 0)
		close(w->interrupt_fd);
}

int waiter_watch(struct waiter *w, struct reader *r)
{
	/* Edge-triggered, as each sleep is armed: EVENT reads 10 to 30 % more at full rate for a
	 * tenth less CPU time than level-triggered (Zen 4, Linux 6.18), which looks once more. */
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.ptr = r };

	return epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, r->map_fd, &event) < 0 ? -errno : 0;
}

void waiter_forget(struct waiter *w, struct reader *r)
{
	epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, r->map_fd, NULL);
}

void waiter_count(const struct waiter *w, struct ringview_statistics *statistics)
{
	statistics->waits += w->waits;
	statistics->sleeps += w->sleeps;
	statistics->wakeups += w->wakeups;
	statistics->timeouts += w->timeouts;
}

void waiter_interrupt(struct waiter *w)
{
	const uint64_t one = 1;
	int saved = errno;

	/* Release: pairs with the acquire in take_interrupt(). An exchange, not a store: of two
	 * interrupts that are taken at once, a store of the second would hide what the first
	 * thread did before. Before the write, so that a waiter that the write wakes finds it. */
	__atomic_exchange_n(&w->interrupted, 1, __ATOMIC_RELEASE);
	/* EAGAIN means that the counter is full of interrupts, which is as good. */
	if (write(w->interrupt_fd, &one, sizeof(one)) < 0)
		errno = saved;
}

bool waiter_is_interrupted(const struct waiter *w)
{
	return __atomic_load_n(&w->interrupted, __ATOMIC_RELAXED);
}

/* Ends the effect of waiter_interrupt(), if there is one. */
static bool take_interrupt(struct waiter *w)
{
	/* Looked at first, as an exchange costs each wait a locked instruction. */
	if (!waiter_is_interrupted(w))
		return false;
	/* Acquire: what the interrupting thread did before is seen. Pairs with the release in
	 * waiter_interrupt(). */
	__atomic_exchange_n(&w->interrupted, 0, __ATOMIC_ACQUIRE);
	clear_eventfd(w->interrupt_fd);
	return true;
}

static int64_t deadline_of(struct waiting *g)
{
	if (g->deadline == 0)
		g->deadline = clock_deadline(g->timeout_ns);
	return g->deadline;
}

/* Broken rings of a group are found by its user, in turn. */
static int outcome(const struct waiting *g, int found)
{
	return found < 0 && g->waiter->many ? 1 : found;
}

/* Releases everything, and looks in a way that cannot miss a record: before each sleep in epoll.
 * Each reader is armed even if one has a record: all views end. */
static int arm_all(const struct waiting *g)
{
	int result = 0;

	for (size_t i = 0; i < g->count; i++) {
		int found = outcome(g, ringview_arm(&g->readers[i]->hot));

		g->readers[i]->rest = found > 0 && g->waiter->strategy != RINGVIEW_WAIT_EVENT;
		if (found != 0)
			result = found;
	}
	return result;
}

static int look_at_all(const struct waiting *g)
{
	int result = 0;

	for (size_t i = 0; i < g->count; i++) {
		int found = outcome(g, reader_look(g->readers[i]));

		if (found != 0)
			result = found;
	}
	return result;
}

static bool any_is_busy(const struct waiting *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->readers[i]->busy)
			return true;
	return false;
}

/* Whether the user has not read all of what the last look found. */
static bool any_has_left(const struct waiting *g)
{
	for (size_t i = 0; i < g->count; i++) {
		struct reader *r = g->readers[i];

		r->rest = true;
		if (reader_has_left(r) && ringview_internal_seek(&r->hot) > 0)
			return true;
	}
	return false;
}

static void apply_timer_slack(const struct waiter *w)
{
	if (w->timer_slack_ns > 0)
		prctl(PR_SET_TIMERSLACK, (unsigned long)w->timer_slack_ns, 0, 0, 0);
}

/* Sleeps until a notification, an interrupt, or for @ns. 0, or -errno. */
static int sleep_in_epoll(struct waiter *w, int64_t ns)
{
	struct epoll_event events[16];
	bool notified = false;
	int count, i;

	apply_timer_slack(w);
	w->sleeps++;
	count = epoll_wait_ns(w->epoll_fd, events, 16, ns, &w->coarse);
	if (count < 0)
		return -errno;
	for (i = 0; i < count; i++) {
		if (events[i].data.ptr)
			notified = true;
		else
			/* The flag tells. This write may have come after its flag was taken, and
			 * must not keep us awake. */
			clear_eventfd(w->interrupt_fd);
	}
	w->wakeups += notified;
	return 0;
}

/* Sleeps for @ns, or until an interrupt, whatever the rings do. 0, or -errno. */
static int sleep_beside_ring(struct waiter *w, int64_t ns)
{
	struct pollfd interrupt = { .fd = w->interrupt_fd, .events = POLLIN };
	struct timespec timeout = clock_timespec(ns);
	int count;

	apply_timer_slack(w);
	w->sleeps++;
	count = ppoll(&interrupt, 1, &timeout, NULL);
	if (count > 0)
		clear_eventfd(w->interrupt_fd);
	return count < 0 ? -errno : 0;
}

/* Sleeps for @ns at most, after arm_all() found nothing. */
static int sleep_armed(struct waiting *g, int64_t ns)
{
	int64_t backoff = g->backoff_ns;

	if (!any_is_busy(g)) {
		g->backoff_ns = BACKOFF_FIRST_NS;
		return sleep_in_epoll(g->waiter, ns);
	}
	g->backoff_ns = backoff * 2 < BACKOFF_LAST_NS ? backoff * 2 : BACKOFF_LAST_NS;
	return sleep_beside_ring(g->waiter, backoff < ns ? backoff : ns);
}

static void relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static int64_t spin_until(const struct waiter *w, int64_t until)
{
	int64_t now = clock_now();

	while (now < until && !waiter_is_interrupted(w)) {
		relax();
		now = clock_now();
	}
	return now;
}

/* RINGVIEW_WAIT_EVENT. */
static int wait_event(struct waiting *g)
{
	int64_t left = 0;
	int result;

	for (;;) {
		if (take_interrupt(g->waiter))
			return -ECANCELED;
		/* Also after a time-out: records submitted with BPF_RB_NO_WAKEUP are found here. */
		result = arm_all(g);
		if (result != 0)
			return result;
		if (g->timeout_ns != 0) {
			left = deadline_of(g);
			if (left != INT64_MAX)
				left -= clock_now();
		}
		if (left <= 0)
			return 0;
		result = sleep_armed(g, left);
		if (result < 0)
			return result;
	}
}

/* Tells the pacing of a look: of the ring that got the largest share. */
static void tell_pacing(const struct waiting *g, int64_t now)
{
	uint64_t most = 0, size = 1;
	bool single = false;
	size_t new = 0;

	for (size_t i = 0; i < g->count; i++) {
		struct reader *r = g->readers[i];
		const uint64_t bytes = r->produced - r->seen;

		r->seen = r->produced;
		new += bytes > 0;
		if ((double)bytes * (double)size > (double)most * (double)(r->mask + 1)) {
			most = bytes;
			size = r->mask + 1;
			single = bytes == ringview_internal_stride(r->hot.found);
		}
	}
	pacing_looked(&g->waiter->pacing, most, size, single && new == 1, now);
}

/* How much later than asked for the kernel may end a sleep. */
static int64_t slack_of(const struct waiter *w)
{
	return w->timer_slack_ns ? w->timer_slack_ns : prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
}

/* What to ask for, to sleep for @ns at most. */
static int64_t less_slack(int64_t ns, int64_t slack)
{
	return ns > slack ? ns - slack : 1;
}

/* Lets the time until @next pass, when the rings are to be looked at; or a little less. */
static int pass_time(struct waiter *w, int64_t next, int64_t now)
{
	const int64_t slack = slack_of(w);

	/* Sleeping past the budget by a slack is bearable; past half of the ring, it is a loss. */
	if (next - now <= slack && w->pacing.half_ns < w->pacing.budget_ns) {
		spin_until(w, next);
		return 0;
	}
	return sleep_beside_ring(w, less_slack(next - now, slack));
}

/* RINGVIEW_WAIT_PACED. */
static int wait_paced(struct waiting *g)
{
	struct waiter *w = g->waiter;
	bool due = false, slept = false, notified = false;
	int64_t now, deadline;

	if (take_interrupt(w))
		return -ECANCELED;
	if (any_has_left(g))
		return 1;
	deadline = deadline_of(g);
	now = clock_now();
	for (;;) {
		const int64_t next = pacing_next(&w->pacing);
		const bool silence = next == PACING_SILENCE;
		int64_t left = deadline == INT64_MAX ? INT64_MAX : deadline - now;
		uint64_t wakeups;
		int result;

		if (due || silence || now >= next || left <= 0) {
			result = silence ? arm_all(g) : look_at_all(g);
			tell_pacing(g, now);
			if (result > 0 && slept)
				pacing_silence_ended(&w->pacing, notified);
			if (result != 0)
				return result;
			if (left <= 0)
				return 0;
			due = false;
			if (!silence)
				continue; /* the look decides on the next */
		}
		if (silence && !w->always_notified && left > pacing_silence_ns(&w->pacing))
			left = less_slack(pacing_silence_ns(&w->pacing), slack_of(w));
		slept = silence && !any_is_busy(g);
		wakeups = w->wakeups;
		result = silence ? sleep_armed(g, left)
				 : pass_time(w, next < deadline ? next : deadline, now);
		if (result < 0)
			return result;
		notified = w->wakeups != wakeups;
		if (take_interrupt(w))
			return -ECANCELED;
		due = true;
		now = clock_now();
	}
}

/* RINGVIEW_WAIT_BUSY. */
static int wait_busy(struct waiting *g)
{
	struct waiter *w = g->waiter;

	if (any_has_left(g) && !waiter_is_interrupted(w))
		return 1;
	for (;;) {
		int64_t now = spin_until(w, w->looked_ns + w->pause_ns);
		const bool stop = take_interrupt(w);
		/* The caller may sleep next: nothing is held back then. */
		const bool last = stop || now >= deadline_of(g);
		int result = last ? arm_all(g) : look_at_all(g);

		w->looked_ns = now;
		if (stop)
			return -ECANCELED;
		if (result != 0) {
			w->pause_ns =
				w->pause_ns * 2 < PAUSE_MOST_NS ? w->pause_ns * 2 : PAUSE_MOST_NS;
			return result;
		}
		w->pause_ns = w->pause_ns / 2 > PAUSE_LEAST_NS ? w->pause_ns / 2 : PAUSE_LEAST_NS;
		if (last)
			return 0;
	}
}

int waiter_wait(struct waiter *w, struct reader *const *readers, size_t count, int64_t timeout_ns)
{
	struct waiting g = {
		.waiter = w,
		.readers = readers,
		.count = count,
		.timeout_ns = timeout_ns,
		.backoff_ns = BACKOFF_FIRST_NS,
	};
	int result = 0;

	w->waits++;
	for (size_t i = 0; i < count; i++) {
		ringview_release(&readers[i]->hot);
		readers[i]->in_turn = false;
	}
	switch (w->strategy) {
	case RINGVIEW_WAIT_EVENT:
		result = wait_event(&g);
		break;
	case RINGVIEW_WAIT_PACED:
		result = wait_paced(&g);
		break;
	case RINGVIEW_WAIT_BUSY:
		result = wait_busy(&g);
		break;
	}
	w->timeouts += result == 0;
	/* A handler that interrupts is told as such. */
	if (result == -EINTR && take_interrupt(w))
		return -ECANCELED;
	return result;
}

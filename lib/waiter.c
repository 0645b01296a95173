/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <unistd.h>

#include "clock.h"
#include "order.h"
#include "process.h"
#include "queue.h"
#include "reader.h"
#include "sleep.h"

/* A busy record may be submitted with BPF_RB_NO_WAKEUP: these bound the sleep until the next poll.
 */
#define BACKOFF_FIRST_NS 20000
#define BACKOFF_LAST_NS 20000000

/* Between two polls of BUSY. A poll takes the producer position's cache line from the producer,
 * which slows its next record down. */
#define PAUSE_LEAST_NS 50
#define PAUSE_MOST_NS 5000

/* PACED spins for a pause that is at most this long if the ring would fill up: a sleep takes
 * longer. */
#define SPIN_NS 10000

/* While some rings of a group keep it awake, all rings are polled for records that do not notify,
 * at the longer of these intervals. Polling a ring that is in no cache takes up to 1 us. */
#define LOOK_AT_ALL_NS 20000000
#define LOOK_AT_EACH_NS 100000 /* times the number of rings */

struct waiting {
	struct waiter *w;
	int64_t timeout_ns;
	int64_t deadline; /* 0 until the clock is read, which a wait that need not sleep avoids */
	int64_t backoff_ns;
	struct signals signals;
};

int waiter_open(struct waiter *w, const struct ringview_options *options)
{
	const int64_t budget_ns = options->latency_budget_ns;

	w->strategy = options->wait;
	w->always_notified = options->always_notified != 0;
	w->timer_slack_ns = options->timer_slack_ns;
	w->pause_ns = PAUSE_LEAST_NS;
	w->epoll_fd = w->interrupt_fd = -1;
	pacing_start(&w->pacing, budget_ns ? budget_ns : RINGVIEW_LATENCY_BUDGET_NS,
		options->linger_ns, clock_now());
	w->owner = process_number();
	return w->owner ? 0 : -ENOMEM;
}

void waiter_count(const struct waiter *w, struct ringview_statistics *statistics)
{
	statistics->waits += w->waits;
	statistics->sleeps += w->sleeps;
	statistics->wakeups += w->wakeups;
	statistics->timeouts += w->timeouts;
}

void waiter_touch(struct waiter *w, struct reader *r)
{
	r->place = PLACE_TOUCHED;
	queue_push(&w->touched, r);
}

void waiter_forget(struct waiter *w, struct reader *r)
{
	if (w->turn == r)
		w->turn = NULL;
	else if (r->place != PLACE_ARMED)
		queue_remove(r->place == PLACE_READY ? &w->ready : &w->touched, r);
	r->place = PLACE_ARMED;
}

static void put_ready(struct waiter *w, struct reader *r)
{
	r->place = PLACE_READY;
	queue_push(&w->ready, r);
}

/* What a wait returns: 1 or an error if a reader is ready, else 0. In a group, a ring's error is
 * reported by its ringview_peek() when its turn comes. */
static int outcome(const struct waiter *w)
{
	const struct reader *r = w->ready.first;

	if (!r)
		return 0;
	return w->many || !r->error ? 1 : r->error;
}

void waiter_put_back(struct waiter *w)
{
	struct reader *r;

	while ((r = queue_pop(&w->ready)))
		waiter_touch(w, r);
	if (w->turn)
		waiter_touch(w, w->turn);
	w->turn = NULL;
}

/* A call may have been left by longjmp() from a signal handler, or with its thread: then a queue may
 * lack readers, and notifications may have been taken for nothing. */
static void begin_use(struct waiter *w)
{
	if (w->is_used) {
		w->touched = w->ready = (struct queue){ NULL, NULL };
		w->turn = NULL;
		for (size_t i = 0; i < w->count; i++)
			waiter_touch(w, w->readers[i]);
		if (w->order)
			order_forget(w->order);
	}
	w->is_used = true;
}

/* Ends all turns, and releases all records returned. */
static void begin_wait(struct waiter *w)
{
	struct reader *r;

	waiter_put_back(w);
	/* A single ring is always polled; of many, only some. */
	if (!w->many && w->readers[0]->place == PLACE_ARMED)
		waiter_touch(w, w->readers[0]);
	for (r = w->touched.first; r; r = r->next) {
		ringview_release(&r->hot);
		r->pass = PASS_NONE;
	}
}

/* Before each sleep in epoll: releases everything, and polls in a way that cannot miss a record.
 * Nothing notifies readers that stay touched: they are at a busy record, or passive. */
static void arm_touched(struct waiter *w)
{
	struct queue touched = w->touched;
	struct reader *r;

	w->touched = (struct queue){ NULL, NULL };
	while ((r = queue_pop(&touched))) {
		const int found = reader_arm(r);

		if (found > 0)
			reader_begin_pass(r, PASS_OF_WAIT);
		if (found != 0)
			put_ready(w, r);
		else if (r->busy || r->is_passive)
			waiter_touch(w, r);
		else
			r->place = PLACE_ARMED;
	}
}

void waiter_look_at_all(struct waiter *w)
{
	w->touched = (struct queue){ NULL, NULL };
	for (size_t i = 0; i < w->count; i++) {
		struct reader *r = w->readers[i];
		const bool armed = r->place == PLACE_ARMED;
		const uint64_t position = reader_position(r);

		if (r->place == PLACE_READY)
			continue;
		r->place = PLACE_TOUCHED;
		if (reader_look(r, PASS_OF_WAIT) != 0)
			put_ready(w, r);
		else if (armed && reader_position(r) == position)
			r->place = PLACE_ARMED;
		else
			waiter_touch(w, r);
	}
}

void waiter_look_at_rest(struct waiter *w)
{
	struct queue touched = w->touched;
	struct reader *r;

	w->touched = (struct queue){ NULL, NULL };
	while ((r = queue_pop(&touched)))
		if (reader_look_at_rest(r, PASS_OF_WAIT) > 0)
			put_ready(w, r);
		else
			waiter_touch(w, r);
}

/* Polls all rings. Returns whether the wait can end with a record or an error. */
static bool look(struct waiter *w)
{
	if (w->order)
		return order_look(w);
	waiter_look_at_all(w);
	return w->ready.first != NULL;
}

static void look_now_and_then(struct waiter *w)
{
	const int64_t now = clock_now();

	if (now - w->looked_ns < longer(LOOK_AT_ALL_NS, (int64_t)w->count * LOOK_AT_EACH_NS))
		return;
	w->looked_ns = now;
	waiter_look_at_all(w);
}

/* While some rings are ready: gives others that have records a turn, too. Releases no record that
 * was returned since the wait began. */
static void look_at_others(struct waiter *w)
{
	struct queue shown = w->touched;
	struct reader *r;

	w->touched = (struct queue){ NULL, NULL };
	waiter_take_notifications(w);
	arm_touched(w);
	while ((r = queue_pop(&shown)))
		if (!r->error && reader_look(r, PASS_OF_WAIT) != 0)
			put_ready(w, r);
		else
			waiter_touch(w, r);
	look_now_and_then(w);
}

/* Returns whether records of the last poll are unread, unless the waiter is interrupted. */
static bool has_rest(struct waiter *w)
{
	if (waiter_is_interrupted(w))
		return false;
	if (w->order)
		return order_has_rest(w);
	waiter_look_at_rest(w);
	if (w->ready.first && w->many)
		look_at_others(w);
	return w->ready.first != NULL;
}

/* A reader whose turn is over gets another one if it has records left. It is polled again only if
 * others have records left. */
static void end_turn(struct waiter *w, struct reader *r)
{
	if (!r->error && reader_has_left(r)) {
		/* After the turns of the others. */
		r->place = PLACE_READY;
		look_at_others(w);
		put_ready(w, r);
	} else if (!r->error && w->ready.first && reader_look(r, PASS_OF_TURN) != 0) {
		put_ready(w, r);
	} else {
		waiter_touch(w, r);
	}
}

struct reader *waiter_next_turn(struct waiter *w)
{
	struct reader *r;

	begin_use(w);
	r = w->turn;
	w->turn = NULL;
	if (r)
		end_turn(w, r);
	while (!w->turn && (r = queue_pop(&w->ready))) {
		r->place = PLACE_TOUCHED;
		/* ringview_peek() returns its error to the user. What is left may be only discarded
		 * or busy records. */
		if (r->error || reader_look_at_rest(r, PASS_OF_TURN) != 0)
			w->turn = r;
		else
			waiter_touch(w, r);
	}
	w->is_used = false;
	return w->turn;
}

static int64_t left_of(struct waiting *g, int64_t now)
{
	if (g->deadline == 0)
		g->deadline = clock_deadline(now, g->timeout_ns);
	return g->deadline == INT64_MAX ? INT64_MAX : g->deadline - now;
}

/* After arm_touched() found nothing: sleeps until a notification, for at most @ns, or @pause_ns if
 * that is less. */
static int sleep_armed(struct waiting *g, int64_t ns, int64_t pause_ns)
{
	/* These readers are at a busy record, or passive: nothing notifies. */
	if (g->w->touched.first) {
		pause_ns = shorter(pause_ns, g->backoff_ns);
		if (g->backoff_ns < BACKOFF_LAST_NS)
			g->backoff_ns *= 2;
	} else {
		g->backoff_ns = BACKOFF_FIRST_NS;
	}
	return sleep_for(g->w, &g->signals, true, pause_ns, ns);
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

/* Pauses for at most @pause_ns and @left; notifications do not end the pause. */
static int pause_asleep(struct waiting *g, int64_t pause_ns, int64_t left, int64_t now)
{
	struct waiter *w = g->w;

	if (pause_ns <= SPIN_NS && w->pacing.fill_ns < w->pacing.budget_ns) {
		spin_until(w, now + shorter(pause_ns, left));
		return 0;
	}
	return sleep_for(w, &g->signals, false, pause_ns, left);
}

/* RINGVIEW_WAIT_EVENT of a group with an order: polls all rings, and sleeps until the records found
 * are old enough to return. */
static int wait_event_ordered(struct waiting *g)
{
	struct waiter *w = g->w;

	if (has_rest(w))
		return 1;
	for (;;) {
		int64_t now, left;
		int err;

		if (sleep_take_interrupt(w))
			return -ECANCELED;
		if (look(w))
			return 1;
		now = clock_now();
		left = left_of(g, now);
		if (left <= 0)
			return 0;
		if (w->ready.first) {
			err = pause_asleep(g, order_pause(w->order), left, now);
		} else {
			arm_touched(w);
			err = w->ready.first ? 0 : sleep_armed(g, left, INT64_MAX);
		}
		if (err)
			return err;
	}
}

/* RINGVIEW_WAIT_EVENT. */
static int wait_event(struct waiting *g)
{
	struct waiter *w = g->w;

	if (w->order)
		return wait_event_ordered(g);
	for (;;) {
		int64_t left = 0;
		int err;

		if (sleep_take_interrupt(w))
			return -ECANCELED;
		/* Before arming, as it may skip records that were discarded. */
		if (w->many)
			look_now_and_then(w);
		arm_touched(w);
		if (w->ready.first && w->many)
			look_at_others(w);
		if (w->ready.first)
			return outcome(w);
		if (g->timeout_ns != 0)
			left = g->timeout_ns < 0 ? INT64_MAX : left_of(g, clock_now());
		if (left <= 0) {
			/* Records submitted with BPF_RB_NO_WAKEUP are found here. */
			waiter_look_at_all(w);
			arm_touched(w);
			return outcome(w);
		}
		err = sleep_armed(g, left, INT64_MAX);
		if (err)
			return err;
	}
}

/* Tells the pacing what the poll found in the ring with the largest share of new bytes. */
static void tell_pacing(struct waiter *w, int64_t now)
{
	uint64_t most = 0, size = 1;
	bool single = false;
	size_t new = 0;

	w->looked_ns = now;
	for (size_t i = 0; i < w->count; i++) {
		struct reader *r = w->readers[i];
		const uint64_t bytes = r->produced - r->seen;

		r->seen = r->produced;
		new += bytes > 0;
		if ((double)bytes * (double)size > (double)most * (double)(r->mask + 1)) {
			most = bytes;
			size = r->mask + 1;
			single = bytes == ringview_internal_stride(r->hot.found);
		}
	}
	pacing_looked(&w->pacing, most, size, single && new == 1, now);
}

/* RINGVIEW_WAIT_PACED. */
static int wait_paced(struct waiting *g)
{
	struct waiter *w = g->w;
	struct pacing *p = &w->pacing;
	/* In a stream, let records gather before the first poll. */
	bool gather = !pacing_is_silent(p) && g->timeout_ns != 0;

	if (has_rest(w))
		return outcome(w);
	for (;;) {
		const int64_t now = clock_now(), left = left_of(g, now);
		int64_t pause_ns;
		bool held; /* records are there, but too young to return */
		int err;

		if (sleep_take_interrupt(w))
			return -ECANCELED;
		if (!gather) {
			const bool armed = pacing_is_silent(p);
			bool found = false;

			if (!armed || !w->always_notified || left <= 0 || w->order)
				found = look(w);
			if (armed)
				arm_touched(w);
			tell_pacing(w, now);
			if (w->order ? found : w->ready.first != NULL)
				return outcome(w);
			if (left <= 0)
				return 0;
			if (pacing_is_silent(p) && !armed)
				continue;
		}
		gather = false;
		pause_ns = pacing_pause(p, now);
		held = w->order && w->ready.first;
		if (held && pacing_is_silent(p))
			pause_ns = shorter(pause_ns, order_pause(w->order));
		if (pause_ns <= 0)
			continue;
		if (held || !pacing_is_silent(p))
			err = pause_asleep(g, pause_ns, left, now);
		else
			err = sleep_armed(g, left, w->always_notified ? INT64_MAX : pause_ns);
		if (err)
			return err;
	}
}

/* RINGVIEW_WAIT_BUSY. */
static int wait_busy(struct waiting *g)
{
	struct waiter *w = g->w;

	if (has_rest(w))
		return outcome(w);
	for (;;) {
		bool found;

		w->looked_ns = spin_until(w, w->looked_ns + w->pause_ns);
		if (sleep_take_interrupt(w))
			return -ECANCELED;
		found = look(w);
		if (w->ready.first)
			w->pause_ns = shorter(w->pause_ns * 2, PAUSE_MOST_NS);
		else
			w->pause_ns = longer(w->pause_ns / 2, PAUSE_LEAST_NS);
		if (found)
			return outcome(w);
		if (left_of(g, w->looked_ns) <= 0)
			return 0;
	}
}

int waiter_wait(struct waiter *w, int64_t timeout_ns)
{
	static int (*const waits[])(struct waiting *) = {
		[RINGVIEW_WAIT_EVENT] = wait_event,
		[RINGVIEW_WAIT_PACED] = wait_paced,
		[RINGVIEW_WAIT_BUSY] = wait_busy,
	};
	struct waiting g = {
		.w = w,
		.timeout_ns = timeout_ns,
		.backoff_ns = BACKOFF_FIRST_NS,
	};
	int result;

	w->waits++;
	waiter_take_over(w);
	begin_use(w);
	begin_wait(w);
	result = waits[w->strategy](&g);
	w->is_used = false;
	signals_restore(&g.signals);
	w->timeouts += result == 0;
	/* The handler may have called ringview_interrupt(). */
	if (result == -EINTR && sleep_take_interrupt(w))
		return -ECANCELED;
	return result;
}

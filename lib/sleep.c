/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "descriptor.h"
#include "process.h"
#include "reader.h"
#include "sleep.h"

/* Sleeps after which a thread's timer slack is read again, as the thread may have changed it. */
#define SLACK_SLEEPS 64

/* Longest pause in nanosleep(), which costs 10 us of CPU time where ppoll() costs 12 (Zen 3, virtual). */
#define PAUSE_MOST_NS 2000000

/* Most events taken from epoll at a time; the rest stay for the next call. */
#define NAMED_MOST 64

static int watch(const struct waiter *w, struct reader *r)
{
	/* Edge-triggered, which is safe since each sleep is armed. At full rate EVENT then reads 10
	 * to 30 % more, for 10 % less CPU time, than level-triggered (Zen 4, Linux 6.18), and a
	 * busy record does not wake it. */
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.ptr = r };

	return epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, r->map_fd, &event) < 0 ? -errno : 0;
}

static int make_descriptors(struct waiter *w)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
	int fd = epoll_create1(EPOLL_CLOEXEC), interrupt_fd, err = 0;

	if (fd < 0)
		return -errno;
	interrupt_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (interrupt_fd < 0 || epoll_ctl(fd, EPOLL_CTL_ADD, interrupt_fd, &event) < 0)
		err = -errno;
	w->epoll_fd = fd;
	for (size_t i = 0; i < w->count && !err; i++)
		err = watch(w, w->readers[i]);
	if (err) {
		if (interrupt_fd >= 0)
			close(interrupt_fd);
		close(fd);
		w->epoll_fd = -1;
		return err;
	}
	/* Before the load of the flag. waiter_interrupt() sets the flag before it loads this, so at
	 * least one side sees the other's store. */
	__atomic_store_n(&w->interrupt_fd, interrupt_fd, __ATOMIC_SEQ_CST);
	if (waiter_is_interrupted(w))
		write_eventfd(interrupt_fd);
	return 0;
}

int sleep_prepare(struct waiter *w)
{
	return w->epoll_fd >= 0 ? 0 : make_descriptors(w);
}

void waiter_close(struct waiter *w)
{
	if (w->epoll_fd >= 0)
		close(w->epoll_fd);
	if (w->interrupt_fd >= 0)
		close(w->interrupt_fd);
	w->epoll_fd = w->interrupt_fd = -1;
}

int waiter_add(struct waiter *w, struct reader *r)
{
	const int err = w->epoll_fd >= 0 ? watch(w, r) : 0;

	if (err)
		return err;
	w->readers[w->count++] = r;
	r->in_charge = w;
	r->place = PLACE_ARMED;
	waiter_touch(w, r);
	return 0;
}

void waiter_remove(struct waiter *w, struct reader *r)
{
	size_t at = 0;

	waiter_forget(w, r);
	while (w->readers[at] != r)
		at++;
	w->count--;
	memmove(&w->readers[at], &w->readers[at + 1], (w->count - at) * sizeof(*w->readers));
	/* An inherited epoll descriptor belongs to the parent. */
	if (w->epoll_fd >= 0 && w->owner == process_number())
		epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, r->map_fd, NULL);
}

void waiter_take_over(struct waiter *w)
{
	const uint64_t self = process_number();

	if (w->owner == self)
		return;
	waiter_close(w);
	for (size_t i = 0; i < w->count; i++) {
		struct reader *r = w->readers[i];

		if (r->waiter.owner == self)
			continue; /* by ringview_arm() of a member */
		r->waiter.owner = self;
		waiter_close(&r->waiter);
		r->clears_fd = false;
		reader_take_over(r);
		if (r->place == PLACE_ARMED)
			waiter_touch(r->in_charge, r);
	}
	w->owner = self;
}

int waiter_descriptor(struct waiter *w)
{
	int err;

	waiter_take_over(w);
	err = sleep_prepare(w);
	return err ? err : w->epoll_fd;
}

bool waiter_take_notifications(struct waiter *w)
{
	struct epoll_event events[NAMED_MOST];
	bool notified = false;
	int count = w->epoll_fd < 0 ? 0 : epoll_wait(w->epoll_fd, events, NAMED_MOST, 0);

	for (int i = 0; i < count; i++) {
		struct reader *r = events[i].data.ptr;

		if (!r) {
			/* The flag decides. This may be the late write of an interrupt that was
			 * taken already, and must not end another sleep. */
			clear_eventfd(w->interrupt_fd);
			continue;
		}
		notified = true;
		/* The waiter may be that of a group's member. */
		if (r->place == PLACE_ARMED)
			waiter_touch(r->in_charge, r);
	}
	return notified;
}

void waiter_interrupt(struct waiter *w)
{
	int saved = errno, fd;

	/* Release: pairs with the acquire in sleep_take_interrupt(). An exchange, not a store: the
	 * store of a second interrupt would hide what the first thread did before. Before the
	 * write, so that a waiter woken by the write finds the flag; sequentially consistent for
	 * make_descriptors(). */
	__atomic_exchange_n(&w->interrupted, 1, __ATOMIC_SEQ_CST);
	fd = __atomic_load_n(&w->interrupt_fd, __ATOMIC_SEQ_CST);
	/* Without a descriptor nobody sleeps. An inherited one would wake the parent. */
	if (fd >= 0 && w->owner == process_number())
		write_eventfd(fd);
	errno = saved;
}

bool waiter_is_interrupted(const struct waiter *w)
{
	return __atomic_load_n(&w->interrupted, __ATOMIC_SEQ_CST);
}

bool sleep_take_interrupt(struct waiter *w)
{
	/* Load first: an exchange costs each wait a locked instruction. */
	if (!waiter_is_interrupted(w))
		return false;
	/* Acquire: pairs with the release in waiter_interrupt(). What the interrupting thread did
	 * before is visible from here on. */
	__atomic_exchange_n(&w->interrupted, 0, __ATOMIC_ACQUIRE);
	if (w->interrupt_fd >= 0)
		clear_eventfd(w->interrupt_fd);
	return true;
}

/*
 * From its first sleep on, a wait handles signals only while it sleeps, so that it misses none.
 * Signals that an instruction raises cannot be deferred.
 */
static void block_signals(struct signals *s)
{
	static const int raised[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS, SIGABRT };
	sigset_t all;

	if (s->blocked)
		return;
	sigfillset(&all);
	for (size_t i = 0; i < sizeof(raised) / sizeof(raised[0]); i++)
		sigdelset(&all, raised[i]);
	/* The thread's mask, on Linux; glibc before 2.32 has pthread_sigmask() in another library.
	 */
	sigprocmask(SIG_BLOCK, &all, &s->own);
	s->blocked = true;
}

void signals_restore(struct signals *s)
{
	if (s->blocked)
		sigprocmask(SIG_SETMASK, &s->own, NULL);
	s->blocked = false;
}

/* Unlike pthread_self(), never that of a thread that has ended. */
static uint64_t thread_number(void)
{
	static uint64_t threads;
	/* The general model of a shared library would need the dynamic linker's own library. */
	static _Thread_local uint64_t number __attribute__((tls_model("initial-exec")));

	if (number == 0)
		number = __atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED);
	return number;
}

/* The timer slack of the calling thread in ns: how late the kernel may end its sleeps. */
static int64_t slack_of_thread(struct waiter *w)
{
	const uint64_t self = thread_number();

	if (w->slack_sleeps == 0 || w->slack_thread != self) {
		if (w->timer_slack_ns > 0)
			syscall(SYS_prctl, PR_SET_TIMERSLACK, w->timer_slack_ns, 0, 0, 0);
		w->slack_ns = syscall(SYS_prctl, PR_GET_TIMERSLACK, 0, 0, 0, 0);
		w->slack_thread = self;
		w->slack_sleeps = SLACK_SLEEPS;
	}
	w->slack_sleeps--;
	return w->slack_ns;
}

/* Uses ppoll(), which continues by itself after a stop, a debugger and the freezer; epoll_pwait()
 * returns -EINTR then, although no handler ran. */
static int sleep_on(struct waiter *w, struct signals *s, bool rings, int64_t ns)
{
	const bool prepared = w->epoll_fd >= 0;
	const int err = sleep_prepare(w);
	struct pollfd poll = { .fd = rings ? w->epoll_fd : w->interrupt_fd, .events = POLLIN };
	struct timespec timeout = clock_timespec(ns);
	int count;

	if (err)
		return err;
	/* An interrupt from before the descriptors existed. */
	if (!prepared && waiter_is_interrupted(w))
		return 0;
	block_signals(s);
	w->sleeps++;
	count = ppoll(&poll, 1, ns == INT64_MAX ? NULL : &timeout, &s->own);
	if (count < 0)
		return -errno;
	if (count > 0 && rings)
		w->wakeups += waiter_take_notifications(w);
	else if (count > 0)
		clear_eventfd(w->interrupt_fd);
	return 0;
}

/* Runs the handlers of signals that have come since the wait blocked them. Returns 0 or -EINTR. */
static int handle_signals(const struct signals *s)
{
	const struct timespec none = { 0, 0 };
	sigset_t pending;

	if (sigpending(&pending) == 0 && sigisemptyset(&pending))
		return 0;
	/* One that the thread itself blocks stays pending. */
	return ppoll(NULL, 0, &none, &s->own) < 0 ? -errno : 0;
}

/* Interrupts and signals do not end the pause: they are noticed after it. */
static int pause_for(struct waiter *w, struct signals *s, int64_t ns)
{
	const struct timespec time = clock_timespec(ns);
	const int err = s->blocked ? handle_signals(s) : 0;

	if (err)
		return err;
	block_signals(s);
	w->sleeps++;
	return nanosleep(&time, NULL) < 0 ? -errno : 0;
}

int sleep_for(struct waiter *w, struct signals *s, bool rings, int64_t ns, int64_t left)
{
	const bool bounded = ns < INT64_MAX;
	int64_t slack = bounded || w->timer_slack_ns > 0 ? slack_of_thread(w) : 0;
	int result;

	/* A time-out may be late by the slack, but not beyond @ns. */
	if (!bounded || left <= ns - slack)
		return sleep_on(w, s, rings, left);
	if (slack <= ns / 2)
		return !rings && ns <= PAUSE_MOST_NS ? pause_for(w, s, ns - slack)
						     : sleep_on(w, s, rings, ns - slack);
	/* The thread may have changed it since, and gets back its own. */
	w->slack_sleeps = 0;
	slack = slack_of_thread(w);
	ns = shorter(ns, left);
	syscall(SYS_prctl, PR_SET_TIMERSLACK, ns / 8 + 1, 0, 0, 0);
	result = sleep_on(w, s, rings, ns - ns / 8);
	syscall(SYS_prctl, PR_SET_TIMERSLACK, slack, 0, 0, 0);
	return result;
}

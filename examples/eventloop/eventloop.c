/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring in an epoll loop with a timer and signals: prints each thread that exits, and each second how
 * many did, until Ctrl-C.
 *
 *	sudo ./eventloop
 */
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <ringview/ringview.h>

#include "eventloop.skel.h"

static int print_event(void *context, const void *data, size_t length)
{
	printf("%.*s\n", (int)length, (const char *)data);
	++*(unsigned *)context;
	return 0;
}

/* Reads until a signal comes. Returns 0 or a negative errno. */
static int run(int epoll, struct ringview *rv, int timer, int signals)
{
	/* Limits a pass, so that a flood of events does not delay the timer. */
	const struct ringview_limits limits = { .records = 1000 };
	struct epoll_event ready;
	unsigned ended = 0;
	uint64_t ticks;
	int found;

	for (;;) {
		/* Required between reading and sleeping: without it the kernel may never notify.
		 * Returns 1 if a record is there: do not sleep then. */
		found = ringview_arm(rv);
		if (found < 0)
			return found;
		if (epoll_wait(epoll, &ready, 1, found ? 0 : -1) > 0) {
			if (ready.data.fd == signals)
				return 0;
			if (ready.data.fd == timer && read(timer, &ticks, sizeof(ticks)) > 0) {
				printf("%u in a second\n", ended);
				ended = 0;
			}
		}
		/* After any event of the loop: a poll of an empty ring costs a few ns. */
		found = ringview_drain(rv, print_event, &ended, &limits);
		if (found < 0)
			return found;
	}
}

static int watch(int epoll, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int main(void)
{
	const struct itimerspec second = { { 1, 0 }, { 1, 0 } };
	const int epoll = epoll_create1(EPOLL_CLOEXEC);
	const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	struct eventloop_bpf *bpf = eventloop_bpf__open_and_load();
	struct ringview *rv = NULL;
	int signals, err = -1;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	setlinebuf(stdout); /* write each line at once, also into a pipe */

	if (!bpf || eventloop_bpf__attach(bpf) ||
		ringview_open(&rv, bpf_map__fd(bpf->maps.ring), NULL) ||
		timerfd_settime(timer, 0, &second, NULL) || watch(epoll, signals, EPOLLIN) ||
		watch(epoll, timer, EPOLLIN) || watch(epoll, ringview_fd(rv), EPOLLIN | EPOLLET)) {
		fprintf(stderr, "eventloop: cannot start: run it as root, on Linux 5.8 or later\n");
	} else {
		puts("reading");
		err = run(epoll, rv, timer, signals);
		if (err)
			fprintf(stderr, "eventloop: cannot read: %s\n", strerror(-err));
	}
	ringview_close(rv);
	eventloop_bpf__destroy(bpf);
	return err != 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/machine.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_event(uint64_t event, int leader)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attributes),
		.config = event,
		.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
		.disabled = leader < 0, /* the leader switches the group */
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	const long fd = syscall(SYS_perf_event_open, &attributes, 0, -1, leader,
		(unsigned long)PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

static int read_group(const struct counters *counters, struct counters_group *group)
{
	const uint64_t events = counters->fd[COUNTERS_CACHE_MISSES] < 0 ? 2 : 3;
	const ssize_t size = read(counters->fd[COUNTERS_CYCLES], group, sizeof(*group)),
		      whole = (ssize_t)(offsetof(struct counters_group, count) +
					events * sizeof(uint64_t));

	if (size < 0)
		return -errno;
	return size < whole || group->events != events ? -EIO : 0;
}

/* Some hypervisors allow counters that stay at 0, so it counts a loop. Counters that others use too
 * may have to wait some milliseconds for their turn, so the loop becomes longer. */
static int try_counting(struct counters *counters)
{
	struct counters_values counted = { 0 };
	int err = -ENODATA;

	for (unsigned int spins = 10000; err == -ENODATA && spins < 10000000; spins *= 4) {
		err = counters_start(counters);
		for (volatile unsigned int spin = 0; spin < spins; spin++)
			;
		if (!err)
			err = counters_stop(counters, &counted);
		if (!err && (!counted.cycles || !counted.instructions))
			err = -ENODATA;
	}
	return err;
}

static int explain(int err, struct complaint *why)
{
	char level[16];

	if (err == -ENOENT || err == -ENODEV || err == -EOPNOTSUPP)
		return complain(why, err,
			"not available: this machine exposes no counters (usual in virtual "
			"machines)");
	if (err == -ENODATA)
		return complain(why, err,
			"not available: the counters open but count nothing (virtual machine, or "
			"in use by others)");
	if (err != -EACCES && err != -EPERM)
		return complain(why, err, "not available: %s", strerror(-err));
	system_read_text(level, sizeof(level), "/proc/sys/kernel/perf_event_paranoid");
	return complain(why, err,
		"not allowed: kernel.perf_event_paranoid is %s and must be 2 or less, and a "
		"container must allow perf_event_open",
		level[0] ? level : "unknown");
}

int counters_open(struct counters *counters, struct complaint *why)
{
	static const uint64_t events[COUNTERS_EVENTS] = { PERF_COUNT_HW_CPU_CYCLES,
		PERF_COUNT_HW_INSTRUCTIONS, PERF_COUNT_HW_CACHE_MISSES };
	int *fd = counters->fd, err = 0;

	*counters = (struct counters){ .fd = { -1, -1, -1 } };
	for (int i = 0; i < COUNTERS_EVENTS && !err; i++) {
		fd[i] = open_event(events[i], fd[COUNTERS_CYCLES]);
		/* The other two are useful without cache misses. */
		err = fd[i] < 0 && i != COUNTERS_CACHE_MISSES ? fd[i] : 0;
	}
	if (!err)
		err = try_counting(counters);
	if (!err)
		return 0;
	counters_close(counters);
	return explain(err, why);
}

/* Only the leader is switched; its group follows. With PERF_IOC_FLAG_GROUP the others stay off on
 * Linux 6.18 (seen with software events). */
static int switch_group(const struct counters *counters, unsigned long request)
{
	return ioctl(counters->fd[COUNTERS_CYCLES], request, 0) ? -errno : 0;
}

int counters_start(struct counters *counters)
{
	const int err = read_group(counters, &counters->before);

	return err ? err : switch_group(counters, PERF_EVENT_IOC_ENABLE);
}

int counters_stop(struct counters *counters, struct counters_values *sum)
{
	const struct counters_group *before = &counters->before;
	struct counters_group now = { 0 };
	uint64_t enabled, running;
	double counted[COUNTERS_EVENTS], scale;
	int err = switch_group(counters, PERF_EVENT_IOC_DISABLE);

	if (!err)
		err = read_group(counters, &now);
	if (err)
		return err;
	enabled = now.enabled_ns - before->enabled_ns;
	running = now.running_ns - before->running_ns;
	if (running == 0)
		return -ENODATA;
	/* Estimates, if the counters ran for part of the time only. */
	sum->scaled |= running < enabled;
	scale = running < enabled ? (double)enabled / (double)running : 1;
	for (int i = 0; i < COUNTERS_EVENTS; i++)
		counted[i] = (double)(now.count[i] - before->count[i]) * scale;
	sum->cycles += (uint64_t)counted[COUNTERS_CYCLES];
	sum->instructions += (uint64_t)counted[COUNTERS_INSTRUCTIONS];
	if (counters->fd[COUNTERS_CACHE_MISSES] >= 0)
		sum->cache_misses += (int64_t)counted[COUNTERS_CACHE_MISSES];
	else
		sum->cache_misses = -1;
	return 0;
}

void counters_close(struct counters *counters)
{
	/* The leader last, so that no open event loses its group. */
	for (int event = COUNTERS_EVENTS - 1; event >= 0; event--) {
		if (counters->fd[event] >= 0)
			close(counters->fd[event]);
		counters->fd[event] = -1;
	}
}

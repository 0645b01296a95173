/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "environment/counters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "environment/system_files.h"

/* What read(2) gives for a group with the read_format below. */
struct group {
	uint64_t events;
	uint64_t enabled_ns;
	uint64_t running_ns;
	uint64_t count[COUNTERS_EVENTS];
};

static int open_event(uint64_t event, int leader)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attributes),
		.config = event,
		.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
		/* The leader switches the whole group. */
		.disabled = leader < 0,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	long fd = syscall(SYS_perf_event_open, &attributes, 0, -1, leader,
		(unsigned long)PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

static int read_group(const struct counters *counters, struct group *group)
{
	uint64_t events = counters->fd[COUNTERS_CACHE_MISSES] < 0 ? 2 : 3;
	ssize_t size = read(counters->fd[COUNTERS_CYCLES], group, sizeof(*group));

	if (size < 0)
		return -errno;
	if ((size_t)size < offsetof(struct group, count) + events * sizeof(uint64_t) ||
		group->events != events)
		return -EIO;
	return 0;
}

static int count_spins(struct counters *counters, unsigned int spins)
{
	struct counters_values values;
	volatile unsigned int spin;
	int error = counters_start(counters);

	for (spin = 0; spin < spins; spin++)
		;
	if (!error)
		error = counters_stop(counters);
	if (!error)
		error = counters_read(counters, &values);
	if (!error && (!values.cycles || !values.instructions))
		error = -ENODATA;
	return error;
}

/*
 * Some hypervisors let counters be opened that stay at 0; better to know before the run.
 * Counters shared with others may have to wait some milliseconds for their turn.
 */
static int try_counting(struct counters *counters)
{
	unsigned int spins = 10000;
	int error;

	do {
		error = count_spins(counters, spins);
		spins *= 4;
	} while (error == -ENODATA && spins < 10000000);
	return error;
}

int counters_open(struct counters *counters, char *reason, size_t size)
{
	int *fd = counters->fd;
	int error = 0;

	*counters = (struct counters){ .fd = { -1, -1, -1 } };
	reason[0] = '\0';
	fd[COUNTERS_CYCLES] = open_event(PERF_COUNT_HW_CPU_CYCLES, -1);
	if (fd[COUNTERS_CYCLES] < 0)
		error = fd[COUNTERS_CYCLES];
	if (!error) {
		fd[COUNTERS_INSTRUCTIONS] =
			open_event(PERF_COUNT_HW_INSTRUCTIONS, fd[COUNTERS_CYCLES]);
		if (fd[COUNTERS_INSTRUCTIONS] < 0)
			error = fd[COUNTERS_INSTRUCTIONS];
	}
	if (!error) {
		/* The other two are worth having without this one. */
		fd[COUNTERS_CACHE_MISSES] =
			open_event(PERF_COUNT_HW_CACHE_MISSES, fd[COUNTERS_CYCLES]);
		error = try_counting(counters);
	}
	if (error) {
		counters_close(counters);
		counters_reason(error, reason, size);
	}
	return error;
}

/*
 * Only the leader is switched, and its group follows.  PERF_IOC_FLAG_GROUP would switch each
 * event, and on Linux 6.18 the others then stayed off (seen with software events).
 */
int counters_start(struct counters *counters)
{
	int leader = counters->fd[COUNTERS_CYCLES];
	struct group group;
	int error;

	if (leader < 0)
		return -EBADF;
	if (ioctl(leader, PERF_EVENT_IOC_DISABLE, 0) ||
		ioctl(leader, PERF_EVENT_IOC_RESET, PERF_IOC_FLAG_GROUP))
		return -errno;
	error = read_group(counters, &group);
	if (error)
		return error;
	counters->enabled_before_ns = group.enabled_ns;
	counters->running_before_ns = group.running_ns;
	return ioctl(leader, PERF_EVENT_IOC_ENABLE, 0) ? -errno : 0;
}

int counters_stop(struct counters *counters)
{
	int leader = counters->fd[COUNTERS_CYCLES];

	if (leader < 0)
		return -EBADF;
	return ioctl(leader, PERF_EVENT_IOC_DISABLE, 0) ? -errno : 0;
}

uint64_t counters_scale(uint64_t count, uint64_t enabled_ns, uint64_t running_ns)
{
	if (!running_ns)
		return 0;
	if (running_ns >= enabled_ns)
		return count;
	/* An estimate anyway: the product may exceed 64 bits, its first 53 are enough. */
	return (uint64_t)((double)count * ((double)enabled_ns / (double)running_ns));
}

int counters_read(const struct counters *counters, struct counters_values *values)
{
	struct group group;
	uint64_t enabled;
	uint64_t running;
	int error;

	*values = (struct counters_values){ .cache_misses = -1 };
	if (counters->fd[COUNTERS_CYCLES] < 0)
		return -EBADF;
	error = read_group(counters, &group);
	if (error)
		return error;
	enabled = group.enabled_ns - counters->enabled_before_ns;
	running = group.running_ns - counters->running_before_ns;
	if (!running)
		return -ENODATA;
	values->cycles = counters_scale(group.count[COUNTERS_CYCLES], enabled, running);
	values->instructions = counters_scale(group.count[COUNTERS_INSTRUCTIONS], enabled, running);
	if (counters->fd[COUNTERS_CACHE_MISSES] >= 0)
		values->cache_misses = (int64_t)counters_scale(
			group.count[COUNTERS_CACHE_MISSES], enabled, running);
	values->enabled_ns = enabled;
	values->running_ns = running;
	values->scaled = running < enabled;
	return 0;
}

void counters_close(struct counters *counters)
{
	int event;

	/* The leader last, so that no event loses its group while it is still open. */
	for (event = COUNTERS_EVENTS - 1; event >= 0; event--) {
		if (counters->fd[event] >= 0)
			close(counters->fd[event]);
		counters->fd[event] = -1;
	}
}

void counters_reason(int error, char *reason, size_t size)
{
	char level[16];

	switch (-error) {
	case ENOENT:
	case ENODEV:
	case EOPNOTSUPP:
		snprintf(reason, size,
			"not available: this machine exposes no counters (as most virtual "
			"machines)");
		break;
	case ENODATA:
		snprintf(reason, size,
			"not available: the counters open but count nothing (virtual machine, or "
			"in use by others)");
		break;
	case EACCES:
	case EPERM:
		if (system_read_text(
			    level, sizeof(level), "", "/proc/sys/kernel/perf_event_paranoid"))
			snprintf(level, sizeof(level), "unknown");
		snprintf(reason, size,
			"not allowed: kernel.perf_event_paranoid is %s and must be 2 or less, and "
			"a "
			"container must allow perf_event_open",
			level);
		break;
	case ENOSYS:
		snprintf(reason, size, "not available: the kernel has no perf_event_open");
		break;
	default:
		snprintf(reason, size, "not available: %s", strerror(-error));
		break;
	}
}

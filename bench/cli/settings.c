/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What holds before any flag is read.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/pin.h"
#include "cli/settings.h"
#include "readers/peers.h"
#include "results/comparison.h"

#define CPUS_MAX 65536 /* more than any kernel has */

bool settings_names(const struct settings *settings, const struct reader *reader)
{
	for (int i = 0; settings_mode(i); i++)
		if (settings_mode(i) == reader)
			return settings->named >> i & 1;
	return false;
}

/* The last CPU that this process may run on, or -1 if it is the only one. */
static int last_cpu(void)
{
	cpu_set_t allowed[CPUS_MAX / CPU_SETSIZE];
	int cpu = CPUS_MAX - 1;

	if (sched_getaffinity(0, sizeof(allowed), allowed) < 0 ||
		CPU_COUNT_S(sizeof(allowed), allowed) < 2)
		return -1;
	while (!CPU_ISSET_S((size_t)cpu, sizeof(allowed), allowed))
		cpu--;
	return cpu;
}

void settings_set_defaults(struct settings *s, enum command_bit command)
{
	*s = (struct settings){
		.runs = 1,
		.rounds = command == COMMAND_LIVE ? 6 : command == COMMAND_SWEEP ? 10 : 20,
		.ring_size = 512 << 20,
		.events = command == COMMAND_SWEEP ? 0 : 50000,
		.read_timeout_ns = 5000000,
		.event = command == COMMAND_SWEEP ? EVENT_SIZED : EVENT_SKB_META,
		.plan = { .precision = -1 }, /* 0 would be a value that somebody gave */
		.cpu = -1,
		.workload = {
			.event = EVENT_TIMED,
			.rate = PARSE_RATE_MAX,
			.duration_ns = INT64_C(500000000),
			.event_size = 64,
			.ring_size = 1 << 20,
			.latency_budget_ns = INT64_C(200000),
			.consumer_cpu = last_cpu(),
		},
		.threshold = COMPARISON_THRESHOLD,
		.format = command == COMMAND_REPORT ? 2 : 0,
	};
	mixes_forget();
	if (command == COMMAND_SWEEP)
		settings_default_sizes(s);
}

int settings_check_cpu(int cpu, struct complaint *why)
{
	cpu_set_t before[CPUS_MAX / CPU_SETSIZE];
	int err;

	if (cpu < 0 || sched_getaffinity(0, sizeof(before), before) < 0)
		return 0;
	err = pin_thread(cpu);
	sched_setaffinity(0, sizeof(before), before);
	return err ? complain(why, -EINVAL, "-cpu: cannot run on CPU %d: %s; give 0 to %ld", cpu,
			     strerror(-err), sysconf(_SC_NPROCESSORS_CONF) - 1)
		   : 0;
}

static const char *value_of(char **argv, int i, const char *name)
{
	const char *text = argv[i] + strspn(argv[i], "-");
	const size_t length = strlen(name);

	if (text == argv[i] || strncmp(text, name, length) != 0)
		return NULL;
	return text[length] == '=' ? text + length + 1 : text[length] == '\0' ? argv[i + 1] : NULL;
}

void settings_find_peers(enum command_bit command, int argc, char **argv)
{
	bool wanted = command & (COMMAND_SWEEP | COMMAND_LIST);
	struct complaint ignored;

	for (int i = 1; i < argc; i++) {
		const char *program = value_of(argv, i, "peer");

		if (strcmp(argv[i], "-h") == 0 ||
			strncmp(argv[i] + strspn(argv[i], "-"), "help", 4) == 0)
			return;
		if (program)
			found_peers_add(program, &ignored);
		wanted |= value_of(argv, i, "mode") != NULL;
	}
	if (wanted)
		found_peers_look();
}

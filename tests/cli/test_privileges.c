/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the benchmark may do without, and what it says where it may not.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"

#define QUICK_LIVE "live", "-duration", "5ms", "-rounds", "1"

static const struct {
	uint64_t capability;
	const char *name;
} capabilities_of_bpf[] = {
	{ CAPABILITY(CAP_BPF), "needs CAP_BPF, which" },
	{ CAPABILITY(CAP_PERFMON), "needs CAP_PERFMON, which" },
	{ CAPABILITY(CAP_NET_ADMIN), "needs CAP_NET_ADMIN, which" },
};

#define FOR_LOADING_TC (CAPABILITY(CAP_BPF) | CAPABILITY(CAP_NET_ADMIN))
#define FOR_TRACING (CAPABILITY(CAP_BPF) | CAPABILITY(CAP_PERFMON))

static void assert_works_with(const struct privileges *rights, const char *const *arguments)
{
	struct outcome outcome;

	need_changing_privileges();
	outcome = run_command(&(struct command){ .arguments = arguments, .rights = rights });
	assert_done(&outcome);
	assert_string_not_equal(outcome.out, "");
	outcome_free(&outcome);
}

static void assert_nobody_works(uint64_t capabilities, const char *const *arguments)
{
	assert_works_with(&(struct privileges){ true, capabilities }, arguments);
}

/* The table of SECURITY.md: these are enough, and without each one of them it is named. */
static void assert_needs_exactly(const struct privileges *rights, const char *const *arguments)
{
	assert_works_with(rights, arguments);
	for (size_t i = 0; i < COUNT(capabilities_of_bpf); i++) {
		const uint64_t one = capabilities_of_bpf[i].capability;
		const struct privileges less = { rights->nobody, rights->capabilities & ~one };

		if (rights->capabilities & one)
			assert_command_complains(
				&(struct command){ .arguments = arguments, .rights = &less },
				FAILED, capabilities_of_bpf[i].name);
	}
}

static void assert_nobody_needs_exactly(uint64_t capabilities, const char *const *arguments)
{
	assert_needs_exactly(&(struct privileges){ true, capabilities }, arguments);
}

/* One line that names the capability and offers the way without. */
static void assert_lacks(const struct privileges *rights, const char *name)
{
	const struct command command = {
		.arguments = ARGUMENTS(QUICK_BPF, "-n", "1000"),
		.rights = rights,
	};
	struct outcome outcome;

	need_changing_privileges();
	outcome = run_command(&command);
	assert_complains(&outcome, FAILED, name);
	assert_non_null(strstr(outcome.err, "-source memory"));
	outcome_free(&outcome);
}

static void assert_nobody_lacks(uint64_t capabilities, const char *name)
{
	assert_lacks(&(struct privileges){ true, capabilities }, name);
}

static void drain_needs_three(void **state)
{
	(void)state;
	assert_nobody_needs_exactly(
		BPF_CAPABILITIES, ARGUMENTS(QUICK_BPF, "-n", "1000", "-mode", "all"));
}

/* Only skb_meta events hold an address of the kernel, which CAP_PERFMON is for. */
static void drain_of_sized_events_needs_two(void **state)
{
	(void)state;
	assert_nobody_needs_exactly(FOR_LOADING_TC,
		ARGUMENTS(QUICK_BPF, "-n", "1000", "-mode", "all", "-event", "sized"));
}

/* What the verifier refuses without CAP_PERFMON depends on the size: whole words or not, many loops
 * or few. */
static void no_size_of_events_needs_cap_perfmon(void **state)
{
	static const char *const sizes[] = { "16", "17", "19", "23", "25", "63", "1001", "65528",
		"65535", "65536" };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		assert_nobody_works(
			FOR_LOADING_TC, ARGUMENTS("-ring-size", "256KiB", "-rounds", "1", "-mode",
						"view", "-n", "20", "-event", "sized", "-touch",
						"bytes", "-event-size", sizes[i]));
		assert_nobody_works(
			FOR_LOADING_TC, ARGUMENTS(QUICK_LIVE, "-ring-size", "256KiB", "-wait",
						"busy", "-event-size", sizes[i]));
	}
}

static void sweep_needs_two(void **state)
{
	(void)state;
	assert_nobody_needs_exactly(FOR_LOADING_TC,
		ARGUMENTS("sweep", QUICK_BPF, "-n", "100", "-sizes", "16,17", "-mode", "all"));
}

static void live_needs_two(void **state)
{
	(void)state;
	assert_nobody_needs_exactly(
		FOR_LOADING_TC, ARGUMENTS(QUICK_LIVE, "-wait", "all", "-rings", "2"));
	assert_nobody_needs_exactly(FOR_LOADING_TC, ARGUMENTS(QUICK_LIVE, "-event-size", "mixed"));
	assert_nobody_needs_exactly(
		FOR_LOADING_TC, ARGUMENTS(QUICK_LIVE, "-advise", "-rate", "20k"));
}

/* And to read tracefs, which is root's. */
static void live_by_system_calls_needs_two_and_tracefs(void **state)
{
	const char *const *arguments =
		ARGUMENTS(QUICK_LIVE, "-producer", "syscall", "-wait", "event");

	(void)state;
	need_tracepoints();
	assert_needs_exactly(&(struct privileges){ false, FOR_TRACING }, arguments);
	assert_nobody_works(FOR_TRACING | CAPABILITY(CAP_DAC_READ_SEARCH), arguments);
	assert_command_complains(&(struct command){ .arguments = arguments,
					 .rights = &(struct privileges){ true, FOR_TRACING } },
		FAILED, "/sys/kernel/tracing");
}

static void without_any_all_are_named(void **state)
{
	(void)state;
	assert_nobody_lacks(0, "needs CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN, which");
}

/* Root is not what is needed: containers have a root that lacks these. */
static void root_without_capabilities_is_told(void **state)
{
	(void)state;
	assert_lacks(&(struct privileges){ false, 0 }, "needs CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN");
}

static void a_sweep_without_capabilities_is_told(void **state)
{
	const struct command command = {
		.arguments = ARGUMENTS("sweep", QUICK_BPF, "-n", "100", "-sizes", "16"),
		.rights = &(struct privileges){ true, 0 },
	};

	(void)state;
	need_changing_privileges();
	assert_command_complains(&command, FAILED, "-source memory");
}

/* The kernel takes it for all three. */
static void cap_sys_admin_alone_is_enough(void **state)
{
	(void)state;
	assert_nobody_works(
		CAPABILITY(CAP_SYS_ADMIN), ARGUMENTS(QUICK_BPF, "-n", "1000", "-mode", "all"));
}

static void a_ring_in_memory_needs_no_capabilities(void **state)
{
	(void)state;
	assert_nobody_works(0, ARGUMENTS(QUICK, "-n", "1000", "-mode", "both"));
	assert_nobody_works(
		0, ARGUMENTS("sweep", QUICK, "-n", "100", "-sizes", "16", "-mode", "both"));
	assert_nobody_works(
		0, ARGUMENTS(QUICK_LIVE, "-source", "memory", "-wait", "event,paced,busy"));
}

static void list_needs_no_capabilities(void **state)
{
	const struct command command = {
		.arguments = ARGUMENTS("list"),
		.rights = &(struct privileges){ true, 0 },
	};
	struct outcome outcome;

	(void)state;
	need_changing_privileges();
	outcome = run_command(&command);
	assert_done(&outcome);
	assert_matches(outcome.out, "^  bpf +not available: .*CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN");
	assert_matches(outcome.out, "^  libbpf .*not available");
	assert_matches(outcome.out, "^  memory +a ring in plain memory");
	outcome_free(&outcome);
}

static void compare_needs_no_capabilities(void **state)
{
	const char *path = folder_path(state, "f");
	struct outcome outcome =
		run(ARGUMENTS(QUICK, "-n", "100", "-mode", "both", "-format", "json", "-o", path));

	assert_done(&outcome);
	outcome_free(&outcome);
	assert_int_equal(chmod(*state, 0755), 0);
	assert_nobody_works(0, ARGUMENTS("compare", "-undecided", "ok", path, path));
}

/* Since Linux 5.11 the memory of BPF is the memory cgroup's affair; before, a line tells. */
static void no_locked_memory_is_enough_or_is_told(void **state)
{
	struct outcome outcome;

	(void)state;
	need_changing_privileges();
	outcome = run_command(&(struct command){
		.arguments = ARGUMENTS(QUICK_BPF, "-n", "1000", "-mode", "all"),
		.rights = &(struct privileges){ true, BPF_CAPABILITIES },
		.limit = &(struct command_limit){ RLIMIT_MEMLOCK, 0 },
	});
	if (outcome.status == DONE)
		assert_done(&outcome);
	else
		assert_complains(&outcome, FAILED, "ulimit -l");
	outcome_free(&outcome);
}

static void a_ring_in_memory_needs_no_locked_memory(void **state)
{
	struct outcome outcome = run_command(&(struct command){
		.arguments = ARGUMENTS(QUICK, "-n", "1000"),
		.limit = &(struct command_limit){ RLIMIT_MEMLOCK, 0 },
	});

	(void)state;
	assert_done(&outcome);
	outcome_free(&outcome);
}

static void no_room_for_a_ring_in_memory_is_told(void **state)
{
	(void)state;
	skip_if_memory_is_sanitized();
	assert_command_complains(
		&(struct command){
			.arguments = ARGUMENTS(QUICK, "-n", "10", "-ring-size", "1GiB"),
			.limit = &(struct command_limit){ RLIMIT_AS, 512 << 20 },
		},
		FAILED, "-ring-size");
}

static void no_room_for_a_ring_of_the_kernel_is_told(void **state)
{
	(void)state;
	need_bpf();
	skip_if_memory_is_sanitized();
	assert_command_complains(
		&(struct command){
			.arguments = ARGUMENTS(QUICK_BPF, "-n", "10", "-ring-size", "512MiB"),
			.limit = &(struct command_limit){ RLIMIT_AS, 512 << 20 },
		},
		FAILED, "the ring:");
}

/* A memory cgroup with a limit, by whichever version is there. */

static char cgroup[64]; /* its folder, or "" */

static bool make_cgroup(const char *parent, const char *limit)
{
	char path[128];
	int fd;

	snprintf(cgroup, sizeof(cgroup), "%s/ringview-test-%d", parent, (int)getpid());
	if (mkdir(cgroup, 0755) == 0) {
		snprintf(path, sizeof(path), "%s/%s", cgroup, limit);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd >= 0 && write(fd, "24M", 3) == 3 && close(fd) == 0)
			return true;
		rmdir(cgroup);
	}
	cgroup[0] = '\0';
	return false;
}

static int remove_cgroup(void **state)
{
	(void)state;
	if (cgroup[0])
		rmdir(cgroup);
	cgroup[0] = '\0';
	return 0;
}

static void a_limit_of_the_memory_cgroup_is_told(void **state)
{
	const char *const *arguments[] = {
		ARGUMENTS("-ring-size", "64MiB", "-n", "10", "-rounds", "1"),
		ARGUMENTS(QUICK_LIVE, "-ring-size", "64MiB"),
	};

	(void)state;
	need_bpf();
	if (!make_cgroup("/sys/fs/cgroup/memory", "memory.limit_in_bytes") &&
		!make_cgroup("/sys/fs/cgroup", "memory.max"))
		skip_because("no memory cgroup can be made: %s", strerror(errno));
	for (size_t i = 0; i < COUNT(arguments); i++)
		assert_command_complains(
			&(struct command){ .arguments = arguments[i], .cgroup = cgroup }, FAILED,
			"of memory that are available");
}

static void no_descriptors_are_told(void **state)
{
	(void)state;
	assert_command_complains(
		&(struct command){
			.arguments = ARGUMENTS(QUICK, "-n", "10"),
			.limit = &(struct command_limit){ RLIMIT_NOFILE, 4 },
		},
		FAILED, "Too many open files");
}

/* What failed is not what the kernel lacks. */
static void no_descriptors_for_a_ring_of_the_kernel_are_told(void **state)
{
	(void)state;
	need_bpf();
	assert_command_complains(
		&(struct command){
			.arguments = ARGUMENTS(QUICK_BPF, "-n", "10"),
			.limit = &(struct command_limit){ RLIMIT_NOFILE, 4 },
		},
		FAILED, "Too many open files");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drain_needs_three),
		cmocka_unit_test(drain_of_sized_events_needs_two),
		cmocka_unit_test(no_size_of_events_needs_cap_perfmon),
		cmocka_unit_test(sweep_needs_two),
		cmocka_unit_test(live_needs_two),
		cmocka_unit_test(live_by_system_calls_needs_two_and_tracefs),
		cmocka_unit_test(without_any_all_are_named),
		cmocka_unit_test(root_without_capabilities_is_told),
		cmocka_unit_test(a_sweep_without_capabilities_is_told),
		cmocka_unit_test(cap_sys_admin_alone_is_enough),
		cmocka_unit_test(a_ring_in_memory_needs_no_capabilities),
		cmocka_unit_test(list_needs_no_capabilities),
		cmocka_unit_test_setup_teardown(
			compare_needs_no_capabilities, folder_make, folder_remove),
		cmocka_unit_test(no_locked_memory_is_enough_or_is_told),
		cmocka_unit_test(a_ring_in_memory_needs_no_locked_memory),
		cmocka_unit_test(no_room_for_a_ring_in_memory_is_told),
		cmocka_unit_test(no_room_for_a_ring_of_the_kernel_is_told),
		cmocka_unit_test_teardown(a_limit_of_the_memory_cgroup_is_told, remove_cgroup),
		cmocka_unit_test(no_descriptors_are_told),
		cmocka_unit_test(no_descriptors_for_a_ring_of_the_kernel_are_told),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}

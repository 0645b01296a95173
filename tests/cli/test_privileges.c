/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the benchmark may do without, and what it says where it may not.
 */
#include <stdlib.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/text.h"

/* A run of a ring of the kernel by nobody. */
static void assert_nobody_works(uint64_t capabilities, const char *const *arguments)
{
	struct outcome outcome;

	need_changing_privileges();
	outcome = run_command(&(struct command){
		.arguments = arguments,
		.rights = &(struct privileges){ .nobody = true, .capabilities = capabilities },
	});
	assert_done(&outcome);
	assert_matches(outcome.out, " 1000 events in ");
	outcome_free(&outcome);
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

static void three_capabilities_are_enough(void **state)
{
	(void)state;
	assert_nobody_works(BPF_CAPABILITIES, ARGUMENTS(QUICK_BPF, "-n", "1000", "-mode", "all"));
}

static void three_capabilities_are_enough_for_sized_events(void **state)
{
	(void)state;
	assert_nobody_works(BPF_CAPABILITIES,
		ARGUMENTS(QUICK_BPF, "-n", "1000", "-mode", "all", "-event", "sized"));
}

static void without_cap_bpf_it_is_named(void **state)
{
	(void)state;
	assert_nobody_lacks(
		CAPABILITY(CAP_PERFMON) | CAPABILITY(CAP_NET_ADMIN), "needs CAP_BPF, which");
}

static void without_cap_perfmon_it_is_named(void **state)
{
	(void)state;
	assert_nobody_lacks(
		CAPABILITY(CAP_BPF) | CAPABILITY(CAP_NET_ADMIN), "needs CAP_PERFMON, which");
}

static void without_cap_net_admin_it_is_named(void **state)
{
	(void)state;
	assert_nobody_lacks(
		CAPABILITY(CAP_BPF) | CAPABILITY(CAP_PERFMON), "needs CAP_NET_ADMIN, which");
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

/* Only skb_meta events hold an address of the kernel, which CAP_PERFMON is for. */
static void sized_events_need_no_cap_perfmon(void **state)
{
	(void)state;
	assert_nobody_works(CAPABILITY(CAP_BPF) | CAPABILITY(CAP_NET_ADMIN),
		ARGUMENTS(QUICK_BPF, "-n", "1000", "-mode", "all", "-event", "sized"));
}

static void a_ring_in_memory_needs_no_capabilities(void **state)
{
	(void)state;
	assert_nobody_works(0, ARGUMENTS(QUICK, "-n", "1000", "-mode", "both"));
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
	assert_command_complains(
		&(struct command){
			.arguments = ARGUMENTS(QUICK_BPF, "-n", "10", "-ring-size", "512MiB"),
			.limit = &(struct command_limit){ RLIMIT_AS, 512 << 20 },
		},
		FAILED, "the ring:");
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
		cmocka_unit_test(three_capabilities_are_enough),
		cmocka_unit_test(three_capabilities_are_enough_for_sized_events),
		cmocka_unit_test(without_cap_bpf_it_is_named),
		cmocka_unit_test(without_cap_perfmon_it_is_named),
		cmocka_unit_test(without_cap_net_admin_it_is_named),
		cmocka_unit_test(without_any_all_are_named),
		cmocka_unit_test(root_without_capabilities_is_told),
		cmocka_unit_test(a_sweep_without_capabilities_is_told),
		cmocka_unit_test(cap_sys_admin_alone_is_enough),
		cmocka_unit_test(sized_events_need_no_cap_perfmon),
		cmocka_unit_test(a_ring_in_memory_needs_no_capabilities),
		cmocka_unit_test(list_needs_no_capabilities),
		cmocka_unit_test(no_locked_memory_is_enough_or_is_told),
		cmocka_unit_test(a_ring_in_memory_needs_no_locked_memory),
		cmocka_unit_test(no_room_for_a_ring_in_memory_is_told),
		cmocka_unit_test(no_room_for_a_ring_of_the_kernel_is_told),
		cmocka_unit_test(no_descriptors_are_told),
		cmocka_unit_test(no_descriptors_for_a_ring_of_the_kernel_are_told),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}

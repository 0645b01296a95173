/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The variables that say how the drop-in waits. Each test is a process of its own, as an error is
 * reported once in each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../dropin/environment.h"

/* What the other process found, and said. */
struct look {
	struct ringview_options options;
	char said[512];
};

static struct look *found;

static int share(void **state)
{
	(void)state;
	found = mmap(
		NULL, sizeof(*found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return found == MAP_FAILED ? -1 : 0;
}

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void look_there(int write_end)
{
	dup2(write_end, STDERR_FILENO);
	for (int i = 0; i < 3; i++)
		found->options = environment_options();
	_exit(0);
}

/* Three looks with these variables; NULL is none. */
static void look(const char *wait, const char *budget)
{
	int ends[2], status;
	size_t length = 0;
	ssize_t got;
	pid_t child;

	memset(found, 0, sizeof(*found));
	set("RINGVIEW_WAIT", wait);
	set("RINGVIEW_LATENCY_BUDGET", budget);
	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		look_there(ends[1]);
	close(ends[1]);
	while ((got = read(ends[0], found->said + length, sizeof(found->said) - 1 - length)) > 0)
		length += (size_t)got;
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void assert_options(enum ringview_wait_strategy wait, int64_t budget_ns, const char *said)
{
	assert_int_equal(found->options.size, sizeof(struct ringview_options));
	assert_int_equal(found->options.wait, wait);
	assert_int_equal(found->options.latency_budget_ns, budget_ns);
	assert_string_equal(found->said, said);
}

static void without_variables_it_waits_as_libbpf(void **state)
{
	(void)state;
	look(NULL, NULL);
	assert_options(RINGVIEW_WAIT_EVENT, 0, "");
	look("", "");
	assert_options(RINGVIEW_WAIT_EVENT, 0, "");
}

static void each_wait_has_its_name(void **state)
{
	(void)state;
	look("event", NULL);
	assert_options(RINGVIEW_WAIT_EVENT, 0, "");
	look("paced", NULL);
	assert_options(RINGVIEW_WAIT_PACED, 0, "");
	look("busy", NULL);
	assert_options(RINGVIEW_WAIT_BUSY, 0, "");
}

static void a_budget_is_a_whole_number_and_a_unit(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} budgets[] = { { "10us", 10000 }, { "200us", 200000 }, { "1500us", 1500000 },
		{ "2ms", 2000000 }, { "1s", 1000000000 }, { "1000000000ns", 1000000000 } };

	(void)state;
	for (size_t i = 0; i < sizeof(budgets) / sizeof(budgets[0]); i++) {
		look("paced", budgets[i].text);
		assert_options(RINGVIEW_WAIT_PACED, budgets[i].ns, "");
	}
}

static void an_unknown_wait_is_told_once(void **state)
{
	(void)state;
	look("pacd", NULL);
	assert_options(RINGVIEW_WAIT_EVENT, 0,
		"libringview-libbpf: RINGVIEW_WAIT: \"pacd\" is not event, paced or busy; using "
		"event\n");
}

static void what_a_terminal_obeys_is_not_printed(void **state)
{
	(void)state;
	look("\033[2J\r\n\a\177\xc2\x9b\xe2\x80\xae", NULL);
	assert_options(RINGVIEW_WAIT_EVENT, 0,
		"libringview-libbpf: RINGVIEW_WAIT: \"?[2J?????????\" is not event, paced or busy; "
		"using event\n");
	look("paced", "\0331ms");
	assert_options(RINGVIEW_WAIT_PACED, 0,
		"libringview-libbpf: RINGVIEW_LATENCY_BUDGET: \"?1ms\" is not a time of 10us to 1s, such as "
		"500us or 1ms; using 200us\n");
	look("0123456789012345678901234567890123456789", NULL);
	assert_options(RINGVIEW_WAIT_EVENT, 0,
		"libringview-libbpf: RINGVIEW_WAIT: \"01234567890123456789012345678901\" is not event, "
		"paced or busy; using event\n");
}

static void a_wrong_budget_is_told_once(void **state)
{
	static const char *const wrong[] = { "200", "us", "9us", "9999ns", "0us", "-1us", "1.5ms",
		"200 us", "200usx", "2s", "1000000001ns", "99999999999999999999ns",
		"18446744073709551617ns", "1m" };
	char said[256];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		look("paced", wrong[i]);
		snprintf(said, sizeof(said),
			"libringview-libbpf: RINGVIEW_LATENCY_BUDGET: \"%s\" is not a time of 10us "
			"to 1s, such as 500us or 1ms; using 200us\n",
			wrong[i]);
		assert_options(RINGVIEW_WAIT_PACED, 0, said);
	}
}

static void a_budget_that_nothing_keeps_is_told_once(void **state)
{
	(void)state;
	look(NULL, "1ms");
	assert_options(RINGVIEW_WAIT_EVENT, 1000000,
		"libringview-libbpf: RINGVIEW_LATENCY_BUDGET: only RINGVIEW_WAIT=paced uses it\n");
}

static void each_option_has_its_variable(void **state)
{
	(void)state;
	set("RINGVIEW_LINGER", "30ms");
	set("RINGVIEW_TIMER_SLACK", "1us");
	set("RINGVIEW_ALWAYS_NOTIFIED", "1");
	look("paced", "2ms");
	assert_options(RINGVIEW_WAIT_PACED, 2000000, "");
	assert_int_equal(found->options.linger_ns, 30000000);
	assert_int_equal(found->options.timer_slack_ns, 1000);
	assert_int_equal(found->options.always_notified, 1);
	set("RINGVIEW_LINGER", "forever");
	set("RINGVIEW_TIMER_SLACK", NULL);
	set("RINGVIEW_ALWAYS_NOTIFIED", "0");
	look("paced", NULL);
	assert_options(RINGVIEW_WAIT_PACED, 0, "");
	assert_int_equal(found->options.linger_ns, INT64_MAX);
	assert_int_equal(found->options.timer_slack_ns, 0);
	assert_int_equal(found->options.always_notified, 0);
	set("RINGVIEW_LINGER", "3600s");
	look("paced", NULL);
	assert_int_equal(found->options.linger_ns, INT64_C(3600000000000));
}

static void each_wrong_value_is_told_once(void **state)
{
	(void)state;
	set("RINGVIEW_LINGER", "3601s");
	set("RINGVIEW_TIMER_SLACK", "forever");
	set("RINGVIEW_ALWAYS_NOTIFIED", "yes");
	look("paced", NULL);
	assert_options(RINGVIEW_WAIT_PACED, 0,
		"libringview-libbpf: RINGVIEW_LINGER: \"3601s\" is not a time of 1ns to 3600s, such as "
		"500us or 1ms, or forever; using ten budgets\n"
		"libringview-libbpf: RINGVIEW_TIMER_SLACK: \"forever\" is not a time of 1ns to 1s, such as "
		"500us or 1ms; using the thread's own\n"
		"libringview-libbpf: RINGVIEW_ALWAYS_NOTIFIED: \"yes\" is not 0 or 1; using 0\n");
	assert_int_equal(found->options.linger_ns, 0);
	assert_int_equal(found->options.timer_slack_ns, 0);
	assert_int_equal(found->options.always_notified, 0);
	set("RINGVIEW_LINGER", NULL);
	set("RINGVIEW_TIMER_SLACK", NULL);
	set("RINGVIEW_ALWAYS_NOTIFIED", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_variables_it_waits_as_libbpf),
		cmocka_unit_test(each_wait_has_its_name),
		cmocka_unit_test(a_budget_is_a_whole_number_and_a_unit),
		cmocka_unit_test(an_unknown_wait_is_told_once),
		cmocka_unit_test(what_a_terminal_obeys_is_not_printed),
		cmocka_unit_test(a_wrong_budget_is_told_once),
		cmocka_unit_test(a_budget_that_nothing_keeps_is_told_once),
		cmocka_unit_test(each_option_has_its_variable),
		cmocka_unit_test(each_wrong_value_is_told_once),
	};

	return cmocka_run_group_tests(tests, share, NULL);
}

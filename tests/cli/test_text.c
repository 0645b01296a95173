/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text for people: its width, colour and progress.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"

#define ESCAPE "\x1b["

/* Long enough for a verdict, and so for a colour, whatever that is. */
#define DRAIN QUICK, "-n", "2000", "-mode", "copy,batch", "-rounds", "30"

static void assert_output_narrow(const char *const *arguments)
{
	struct outcome outcome = run(arguments);

	assert_int_equal(outcome.status, DONE);
	assert_narrow(outcome.out);
	outcome_free(&outcome);
}

#define NARROW(name, ...)                                     \
	static void name##_is_narrow(void **state)            \
	{                                                     \
		(void)state;                                  \
		assert_output_narrow(ARGUMENTS(__VA_ARGS__)); \
	}

NARROW(drain, DRAIN)
NARROW(drain_of_few_rounds, QUICK, "-n", "100", "-mode", "copy")
NARROW(drain_of_all_paths, QUICK, "-n", "1000", "-mode", "all", "-rounds", "12")
NARROW(drain_of_all_touches, QUICK, "-n", "1000", "-mode", "all", "-touch",
	"none,header,fields,bytes")
NARROW(drain_of_large_events, QUICK, "-ring-size", "256KiB", "-n", "50", "-mode", "all", "-event",
	"sized", "-event-size", "65536", "-touch", "bytes")
NARROW(drain_of_one_event, QUICK, "-n", "1", "-mode", "all")
NARROW(sweep, "sweep", QUICK, "-n", "200", "-sizes", "16,64,4096", "-rounds", "12")
NARROW(sweep_of_all_touches, "sweep", QUICK, "-n", "100", "-sizes", "16,4096", "-touch",
	"none,header,fields,bytes")
NARROW(help, "-help")
NARROW(help_of_sweep, "sweep", "-help")
NARROW(help_of_list, "list", "-help")

/* A line each, as the original benchmark's two; of several touches, too. */
static void details_have_a_line_a_reader(void **state)
{
	static const char *const lines[] = { "^read-into \\(copy\\): +200 events in ",
		"^read-view \\(zero-copy\\): 200 events in ", "^batch: +200 events in ",
		"^memory: +200 events in .*checksum=" };
	struct outcome outcome =
		run(ARGUMENTS(QUICK, "-v", "-n", "200", "-mode", "all", "-touch", "header,bytes"));

	(void)state;
	assert_int_equal(outcome.status, DONE);
	assert_narrow(outcome.out);
	for (size_t i = 0; i < COUNT(lines); i++)
		assert_matches(outcome.out, lines[i]);
	outcome_free(&outcome);
}

static void drain_of_the_kernels_ring_is_narrow(void **state)
{
	(void)state;
	need_bpf();
	assert_output_narrow(ARGUMENTS(QUICK_BPF, "-n", "1000", "-mode", "all", "-rounds", "12"));
}

static void sweep_of_the_kernels_ring_is_narrow(void **state)
{
	(void)state;
	need_bpf();
	assert_output_narrow(ARGUMENTS("sweep", QUICK_BPF, "-n", "200", "-sizes", "16,4096"));
}

static void without_a_terminal_there_are_no_escape_sequences(void **state)
{
	struct outcome outcome = run(ARGUMENTS(DRAIN));

	(void)state;
	assert_done(&outcome);
	assert_null(strchr(outcome.out, '\x1b'));
	outcome_free(&outcome);
}

static struct outcome on_terminal(const char *const *environment, const char *const *arguments)
{
	return run_command(&(struct command){
		.arguments = arguments, .environment = environment, .out = STREAM_TERMINAL });
}

/* The colours of faster and slower: which of them, is the machine's affair. */
static void a_verdict_on_a_terminal_has_a_colour(void **state)
{
	struct outcome outcome = on_terminal(NULL, ARGUMENTS(DRAIN));

	(void)state;
	assert_done(&outcome);
	assert_matches(outcome.out, "^batch .* ([0-9.]+ \\[[0-9. ]+\\] +=|"
				    "\x1b\\[3[0-9]m *[0-9.]+ \\[[0-9. ]+\\] +[+?-]\x1b\\[0m)$");
	outcome_free(&outcome);
}

/* Three paths and one twice make four rounds: too few for any verdict. */
static void what_is_not_decided_has_a_colour(void **state)
{
	struct outcome outcome =
		on_terminal(NULL, ARGUMENTS(QUICK, "-n", "100", "-mode", "copy,view,batch"));

	(void)state;
	assert_done(&outcome);
	assert_matches(outcome.out, "\x1b\\[33m *[0-9.]+ +\\?\x1b\\[0m$");
	outcome_free(&outcome);
}

static void sweeps_have_colours_too(void **state)
{
	struct outcome outcome = on_terminal(NULL,
		ARGUMENTS("sweep", QUICK, "-n", "100", "-sizes", "16", "-mode", "copy,view,batch"));

	(void)state;
	assert_done(&outcome);
	assert_non_null(strstr(outcome.out, ESCAPE "33m"));
	outcome_free(&outcome);
}

static void colours_are_ended(void **state)
{
	struct outcome outcome =
		on_terminal(NULL, ARGUMENTS(QUICK, "-n", "100", "-mode", "copy,view,batch"));

	(void)state;
	assert_int_equal(count_of(outcome.out, ESCAPE), 2 * count_of(outcome.out, ESCAPE "0m"));
	outcome_free(&outcome);
}

static void with_no_color_a_terminal_gets_none(void **state)
{
	struct outcome outcome =
		on_terminal(ARGUMENTS("NO_COLOR=1"), ARGUMENTS(QUICK, "-n", "100"));

	(void)state;
	assert_done(&outcome);
	assert_null(strchr(outcome.out, '\x1b'));
	outcome_free(&outcome);
}

static void json_on_a_terminal_has_no_colour(void **state)
{
	struct outcome outcome =
		on_terminal(NULL, ARGUMENTS(QUICK, "-n", "100", "-format", "json"));

	(void)state;
	assert_done(&outcome);
	assert_null(strchr(outcome.out, '\x1b'));
	outcome_free(&outcome);
}

static void a_file_gets_no_colour(void **state)
{
	const char *path = folder_path(state, "f");
	struct outcome outcome = on_terminal(NULL, ARGUMENTS(QUICK, "-n", "100", "-o", path));
	char *text = file_text(path);

	assert_done(&outcome);
	assert_null(strchr(text, '\x1b'));
	free(text);
	outcome_free(&outcome);
}

/* Shown after a second, at the start of a round. */
#define LONG "-source", "memory", "-mode", "batch", "-ring-size", "4KiB", "-n", "1M", "-time", "4s"

static void progress_is_shown_on_a_terminal(void **state)
{
	struct outcome outcome = run_command(
		&(struct command){ .arguments = ARGUMENTS(LONG), .err = STREAM_TERMINAL });

	(void)state;
	assert_int_equal(outcome.status, DONE);
	assert_matches(outcome.err, "\r *[0-9]+ %  1 reader, round [0-9]+");
	assert_null(strstr(outcome.err, "workload")); /* The only one is not counted. */
	outcome_free(&outcome);
}

/* 1024 rounds of a moment end long before the time that was asked for. Stopped, as they take minutes with
 * a sanitizer. */
static void progress_counts_no_more_rounds_than_the_most(void **state)
{
	struct outcome outcome = run_command(
		&(struct command){ .arguments = ARGUMENTS("-source", "memory", "-mode", "batch",
					   "-ring-size", "64KiB", "-n", "100k", "-time", "10m"),
			.err = STREAM_TERMINAL,
			.signal = SIGINT,
			.shown = ", round " });
	const char *at = outcome.err;
	size_t shown = 0;

	(void)state;
	assert_true(outcome.status == DONE || outcome.status == STOPPED);
	while ((at = strstr(at, ", round "))) {
		unsigned of;

		assert_int_equal(sscanf(at, ", round %*u of %u", &of), 1);
		assert_in_range(of, 1, 1024);
		at++;
		shown++;
	}
	assert_true(shown > 0);
	outcome_free(&outcome);
}

static void progress_is_wiped_away(void **state)
{
	static const char wipe[] = "\r" ESCAPE "K";
	struct outcome outcome = run_command(
		&(struct command){ .arguments = ARGUMENTS(LONG), .err = STREAM_TERMINAL });
	const size_t length = strlen(outcome.err);

	(void)state;
	assert_true(length > strlen(wipe));
	assert_string_equal(outcome.err + length - strlen(wipe), wipe);
	assert_null(strchr(outcome.err, '\n'));
	outcome_free(&outcome);
}

static void progress_is_not_shown_elsewhere(void **state)
{
	struct outcome outcome = run_command(
		&(struct command){ .arguments = ARGUMENTS(LONG), .out = STREAM_TERMINAL });

	(void)state;
	assert_done(&outcome);
	outcome_free(&outcome);
}

static void assert_announced(const char *const *arguments, const char *pattern)
{
	struct outcome outcome =
		run_command(&(struct command){ .arguments = arguments, .announces = true });

	assert_int_equal(outcome.status, DONE);
	assert_matches(outcome.err, pattern);
	/* Once. */
	assert_ptr_equal(strchr(outcome.err, '\n') + 1, outcome.err + strlen(outcome.err));
	outcome_free(&outcome);
}

#define SIX_SECONDS \
	"live", "-source", "memory", "-mode", "batch", "-wait", "busy", "-duration", "2s"

static void a_long_run_is_announced_elsewhere(void **state)
{
	(void)state;
	assert_announced(ARGUMENTS(SIX_SECONDS, "-rounds", "3"),
		"^bpf_ringbuf_zc_benchmark: measuring: 1 reader, run 2 of 3; "
		"about [0-9]+ s left$");
	assert_announced(ARGUMENTS(SIX_SECONDS, "-rounds", "1", "-runs", "3"),
		"^bpf_ringbuf_zc_benchmark: measuring: run 2 of 3; about [0-9]+ s left$");
}

static bool is_announced(const char *const *arguments)
{
	struct outcome outcome =
		run_command(&(struct command){ .arguments = arguments, .announces = true });
	const bool announced = strstr(outcome.err, ": measuring: ");

	assert_int_equal(outcome.status, DONE);
	outcome_free(&outcome);
	return announced;
}

/* The first rounds of -time take most of it, as they have new rings of 512 MiB. On a busy machine the first
 * one alone may take so long that the announcement is right. */
static void a_short_time_is_not_announced(void **state)
{
	int tries = 20;

	(void)state;
	while (is_announced(ARGUMENTS(
		"drain", "-source", "memory", "-mode", "copy", "-n", "100", "-time", "2s")))
		if (--tries == 0)
			fail_msg("always announced");
}

static void a_short_run_shows_no_progress(void **state)
{
	struct outcome outcome = run_command(&(struct command){
		.arguments = ARGUMENTS(QUICK, "-n", "100"), .err = STREAM_TERMINAL });

	(void)state;
	assert_done(&outcome);
	outcome_free(&outcome);
}

/* A user sees the last screen: the answer and the whole table have to be there. */
static void assert_on_one_screen(const char *const *arguments, const char *const *lines)
{
	char peers[PATH_MAX];
	struct outcome outcome;

	/* As many readers as were built. */
	snprintf(peers, sizeof(peers), "RINGVIEW_PEERS=%s", program_path("peers"));
	outcome = on_terminal(ARGUMENTS("NO_COLOR=1", peers), arguments);

	assert_int_equal(outcome.status, DONE);
	assert_fits_a_screen(outcome.out);
	for (; *lines; lines++)
		assert_matches(outcome.out, *lines);
	outcome_free(&outcome);
}

static const char *const drained[] = { "^[a-z0-9.-]+ is fastest: |^undecided, ", "^reader ",
	"^copy ", "^view ", "^batch ", "^limits: floor", NULL };
static const char *const swept[] = { " beats ", "^fastest: ", "^ size ", "^   16 ", "^   80 ",
	"^ 4096 ", NULL };
static const char *const lived[] = { " is best: |^Nothing was consumed|^undecided, ", "^reader ",
	"^batch/event ", "^batch/paced ", "^batch/busy ", "^limit: ", "^events: ", NULL };

static void on_memory_all_is_on_one_screen(void **state)
{
	(void)state;
	assert_on_one_screen(
		ARGUMENTS(QUICK, "-n", "500", "-mode", "all", "-rounds", "6"), drained);
	assert_on_one_screen(ARGUMENTS("sweep", QUICK, "-n", "50", "-rounds", "5"), swept);
	assert_on_one_screen(
		ARGUMENTS("live", "-source", "memory", "-rounds", "1", "-duration", "5ms"), lived);
	assert_on_one_screen(ARGUMENTS("live", "-source", "memory", "-rounds", "1", "-duration",
				     "20ms", "-rate", "100k"),
		lived);
}

static void on_the_kernels_ring_all_is_on_one_screen(void **state)
{
	(void)state;
	need_bpf();
	assert_on_one_screen(
		ARGUMENTS("-ring-size", "256KiB", "-n", "500", "-mode", "all"), drained);
	assert_on_one_screen(
		ARGUMENTS("sweep", "-ring-size", "256KiB", "-n", "20", "-rounds", "1"), swept);
	assert_on_one_screen(ARGUMENTS("live", "-wait", "all", "-duration", "10ms"), lived);
	assert_on_one_screen(
		ARGUMENTS("live", "-wait", "all", "-duration", "10ms", "-rate", "100k"), lived);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drain_is_narrow),
		cmocka_unit_test(drain_of_few_rounds_is_narrow),
		cmocka_unit_test(drain_of_all_paths_is_narrow),
		cmocka_unit_test(drain_of_all_touches_is_narrow),
		cmocka_unit_test(drain_of_large_events_is_narrow),
		cmocka_unit_test(drain_of_one_event_is_narrow),
		cmocka_unit_test(sweep_is_narrow),
		cmocka_unit_test(sweep_of_all_touches_is_narrow),
		cmocka_unit_test(help_is_narrow),
		cmocka_unit_test(help_of_sweep_is_narrow),
		cmocka_unit_test(help_of_list_is_narrow),
		cmocka_unit_test(details_have_a_line_a_reader),
		cmocka_unit_test(drain_of_the_kernels_ring_is_narrow),
		cmocka_unit_test(sweep_of_the_kernels_ring_is_narrow),
		cmocka_unit_test(on_memory_all_is_on_one_screen),
		cmocka_unit_test(on_the_kernels_ring_all_is_on_one_screen),
		cmocka_unit_test(without_a_terminal_there_are_no_escape_sequences),
		cmocka_unit_test(a_verdict_on_a_terminal_has_a_colour),
		cmocka_unit_test(what_is_not_decided_has_a_colour),
		cmocka_unit_test(sweeps_have_colours_too),
		cmocka_unit_test(colours_are_ended),
		cmocka_unit_test(with_no_color_a_terminal_gets_none),
		cmocka_unit_test(json_on_a_terminal_has_no_colour),
		cmocka_unit_test_setup_teardown(a_file_gets_no_colour, folder_make, folder_remove),
		cmocka_unit_test(progress_is_shown_on_a_terminal),
		cmocka_unit_test(progress_counts_no_more_rounds_than_the_most),
		cmocka_unit_test(progress_is_wiped_away),
		cmocka_unit_test(progress_is_not_shown_elsewhere),
		cmocka_unit_test(a_long_run_is_announced_elsewhere),
		cmocka_unit_test(a_short_time_is_not_announced),
		cmocka_unit_test(a_short_run_shows_no_progress),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}

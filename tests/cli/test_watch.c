/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch on rings of the kernel: what it shows, and that it changes nothing.
 * Runs alone: watch lists all rings of this system.
 */
#include <bpf/bpf.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/bpf_files.h"
#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"
#include "support/written_ring.h"
#include "watch/holders.h"

#define RING_SIZE 65536
#define STRIDE 88 /* of 76 bytes */
#define SOON "-interval", "10ms"
#define TWICE SOON, "-count", "2"

static struct written_ring ring;
static char id[16], pinned[128];
static bool is_mounted;

static int ring_close(void **state)
{
	(void)state;
	written_ring_close(&ring);
	if (pinned[0])
		unlink(pinned);
	pinned[0] = '\0';
	return 0;
}

static int close_and_remove(void **state)
{
	ring_close(state);
	return folder_remove(state);
}

static void need_ring(void)
{
	if (!privileges_held(CAPABILITY(CAP_SYS_ADMIN)))
		skip_because("needs CAP_SYS_ADMIN, to open maps by their id");
	written_ring_open(&ring, RING_SIZE);
	snprintf(id, sizeof(id), "%u", ring.id);
}

static void pin(mode_t mode)
{
	bpf_files_path(pinned, sizeof(pinned), "watch");
	assert_int_equal(bpf_obj_pin(ring.fd, pinned), 0);
	assert_int_equal(chmod(pinned, mode), 0);
}

/* Parses line @index as an object. */
static json_t *object_of(const char *text, size_t index)
{
	char *line = line_of(text, index);
	json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

	if (!object)
		fail_msg("no JSON: %s", line);
	free(line);
	return object;
}

/* Returns the last of two updates. Each must be an object, and neither position may move. */
static json_t *watched(const char *const *arguments)
{
	const uint64_t consumer = *ring.consumer, producer = *ring.producer;
	struct outcome outcome = run(arguments);
	json_t *last = NULL;

	assert_done(&outcome);
	assert_int_equal(count_lines(outcome.out), 2);
	for (size_t i = 0; i < 2; i++) {
		json_decref(last);
		last = object_of(outcome.out, i);
		assert_int_equal(integer_in(last, "map"), ring.id);
		assert_int_equal(integer_in(last, "size"), RING_SIZE);
		assert_string_equal(text_in(last, "name"), "ring");
	}
	outcome_free(&outcome);
	assert_int_equal(*ring.consumer, consumer);
	assert_int_equal(*ring.producer, producer);
	return last;
}

static json_t *watched_by_id(void)
{
	return watched(ARGUMENTS("watch", "-map", id, TWICE, "-format", "json"));
}

static void assert_waiting(json_t *seen, uint64_t consumer, int records)
{
	assert_int_equal(integer_in(seen, "consumer_position"), consumer);
	assert_int_equal(integer_in(seen, "producer_position"), consumer + records * STRIDE);
	assert_int_equal(integer_in(seen, "waiting_bytes"), records * STRIDE);
	assert_int_equal(integer_in(seen, "records_waiting"), records);
	assert_int_equal(integer_in(seen, "high_water_bytes"), records * STRIDE);
	assert_float_equal(real_in(seen, "fill"), records * STRIDE / (double)RING_SIZE, 1e-6);
	json_decref(seen);
}

static void positions_and_records_that_wait_are_shown(void **state)
{
	(void)state;
	need_ring();
	assert_waiting(watched_by_id(), 0, 0);
	written_ring_write(&ring, 76, 7, false);
	assert_waiting(watched_by_id(), 0, 7);
	*ring.consumer = 3 * STRIDE;
	assert_waiting(watched_by_id(), 3 * STRIDE, 4);
}

static void a_pinned_ring_is_found_by_its_path(void **state)
{
	(void)state;
	need_ring();
	pin(0600);
	written_ring_write(&ring, 76, 5, false);
	assert_waiting(
		watched(ARGUMENTS("watch", "-pinned", pinned, TWICE, "-format", "json")), 0, 5);
}

/* The records wrap around the end of the ring. */
static void a_lap_later_it_is_the_same(void **state)
{
	(void)state;
	need_ring();
	for (int i = 0; i < 2 * RING_SIZE / STRIDE; i++) {
		written_ring_write(&ring, 76, 1, false);
		*ring.consumer = *ring.producer;
	}
	written_ring_write(&ring, 76, 20, false);
	assert_waiting(watched_by_id(), *ring.consumer, 20);
}

static void a_full_ring_and_its_stall_are_told(void **state)
{
	json_t *seen;

	(void)state;
	need_ring();
	written_ring_write(&ring, 76, RING_SIZE / STRIDE + 3, false);
	seen = watched_by_id();
	assert_true(json_is_true(json_object_get(seen, "full")));
	assert_int_equal(integer_in(seen, "full_episodes"), 1);
	assert_true(real_in(seen, "full_in_s") == 0);
	assert_true(real_in(seen, "stalled_s") > 0);
	/* Not all of them are counted. */
	assert_int_equal(integer_in(seen, "records_waiting"), 512);
	assert_true(json_is_false(json_object_get(seen, "records_waiting_is_all")));
	assert_string_equal(text_in(seen, "head"), "ready");
	assert_string_equal(text_in(seen, "state"), "LOSING");
	assert_true(json_is_true(json_object_get(seen, "losing")));
	assert_true(real_in(seen, "no_room_share") == 1);
	assert_int_equal(integer_in(seen, "largest_record_stride"), STRIDE);
	json_decref(seen);
}

static void discarded_records_are_told(void **state)
{
	json_t *seen;

	(void)state;
	need_ring();
	written_ring_write(&ring, 76, 2, true);
	written_ring_write(&ring, 76, 1, false);
	seen = watched_by_id();
	assert_string_equal(text_in(seen, "head"), "discarded");
	assert_int_equal(integer_in(seen, "discarded_waiting"), 2);
	assert_int_equal(integer_in(seen, "records_waiting"), 3);
	json_decref(seen);
}

static void a_hostile_consumer_position_is_told(void **state)
{
	static const uint64_t positions[] = { 8, 12, UINT64_MAX, UINT64_C(1) << 63, RING_SIZE };

	(void)state;
	need_ring();
	for (size_t i = 0; i < COUNT(positions); i++) {
		json_t *seen;

		*ring.consumer = positions[i];
		seen = watched_by_id();
		assert_true(strlen(text_in(seen, "impossible")) > 10);
		assert_true(json_is_null(json_object_get(seen, "waiting_bytes")));
		assert_string_equal(text_in(seen, "head"), "unknown");
		json_decref(seen);
	}
}

static void who_holds_it_is_told(void **state)
{
	json_t *seen, *process, *program;

	(void)state;
	need_ring();
	seen = watched_by_id();
	assert_int_equal(integer_in(seen, "process_count"), 1);
	process = json_array_get(array_in(seen, "processes"), 0);
	assert_int_equal(integer_in(process, "pid"), getpid());
	assert_string_equal(text_in(process, "name"), "test_watch");
	assert_int_equal(integer_in(seen, "program_count"), 1);
	program = json_array_get(array_in(seen, "programs"), 0);
	assert_string_equal(text_in(program, "name"), "write_record");
	json_decref(seen);
}

static void without_a_terminal_each_update_is_a_line(void **state)
{
	struct outcome outcome;
	char pattern[80];

	(void)state;
	need_ring();
	written_ring_write(&ring, 76, 7, false);
	outcome = run(ARGUMENTS("watch", "-map", id, TWICE));
	assert_done(&outcome);
	assert_int_equal(count_lines(outcome.out), 4);
	snprintf(pattern, sizeof(pattern), "^Ring buffer ring, map %s, 64KiB; held by test_watch",
		id);
	assert_matches(outcome.out, pattern);
	assert_int_equal(
		count_of(outcome.out, "ok: fill 0.9 % (616 B: 7 records), high 0.9 %, "), 2);
	assert_null(strchr(outcome.out, '\x1b'));
	outcome_free(&outcome);
}

static void the_list_has_it(void **state)
{
	struct outcome outcome;
	char pattern[160];

	(void)state;
	need_ring();
	written_ring_write(&ring, 76, 372, false);
	outcome = run(ARGUMENTS("watch", SOON));
	assert_done(&outcome);
	snprintf(pattern, sizeof(pattern),
		"^ +%s ring         test_watch   64KiB  50%% ▄ +0     -     - ok$", id);
	assert_matches(outcome.out, pattern);
	assert_narrow(outcome.out);
	outcome_free(&outcome);

	outcome = run(ARGUMENTS("watch", SOON, "-format", "json"));
	assert_done(&outcome);
	snprintf(pattern, sizeof(pattern), "^\\{.*\"map\": %s, \"name\": \"ring\".*\\}$", id);
	assert_matches(outcome.out, pattern);
	for (size_t i = 0; i < count_lines(outcome.out); i++)
		json_decref(object_of(outcome.out, i));
	outcome_free(&outcome);
}

static void a_name_chooses_the_rings_of_that_name(void **state)
{
	struct written_ring other;
	struct outcome outcome;
	char pattern[80];

	(void)state;
	need_ring();
	/* Other programs may have rings of that name too. */
	written_ring_open(&other, 4096);
	outcome = run(ARGUMENTS("watch", "-map", "ring", SOON));
	assert_done(&outcome);
	snprintf(pattern, sizeof(pattern), "^ +%s ring ", id);
	assert_matches(outcome.out, pattern);
	snprintf(pattern, sizeof(pattern), "^ +%u ring ", other.id);
	assert_matches(outcome.out, pattern);
	outcome_free(&outcome);
	written_ring_close(&other);
}

static void a_process_chooses_those_that_it_has_open(void **state)
{
	char pid[16];
	struct outcome outcome;

	(void)state;
	need_ring();
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	outcome = run(ARGUMENTS("watch", "-pid", pid, SOON));
	assert_done(&outcome);
	assert_int_equal(count_of(outcome.out, " 64KiB "), 1);
	assert_matches(outcome.out, "^1 ring");
	outcome_free(&outcome);
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS("watch", "-pid", "1", SOON) }, FAILED,
		"process 1 has no ring buffer open");
}

/* Only a pin holds it. */
static void what_nobody_holds_is_folded(void **state)
{
	struct outcome outcome;
	char pattern[80];

	(void)state;
	need_ring();
	pin(0600);
	written_ring_close(&ring);
	snprintf(pattern, sizeof(pattern), "^ +%s ring ", id);
	outcome = run(ARGUMENTS("watch", SOON));
	assert_done(&outcome);
	assert_matches(outcome.out, "and [0-9]+ that no process and no program holds, ");
	assert_false(matches(outcome.out, pattern));
	outcome_free(&outcome);
	outcome = run(ARGUMENTS("watch", "-all", SOON));
	assert_matches(outcome.out, pattern);
	outcome_free(&outcome);
}

static void ids_and_names_are_there_for_completion(void **state)
{
	struct outcome outcome;
	char pattern[80];

	(void)state;
	need_ring();
	outcome = run(ARGUMENTS("watch", "-format", "names"));
	assert_done(&outcome);
	snprintf(pattern, sizeof(pattern), "^%s\nring$", id);
	assert_matches(outcome.out, pattern);
	outcome_free(&outcome);
}

static void metrics_go_to_a_file(void **state)
{
	char path[160], text[65536] = "", pattern[80];
	struct outcome outcome;
	FILE *file;

	need_ring();
	written_ring_write(&ring, 76, 7, false);
	snprintf(path, sizeof(path), "%s/ring.prom", (const char *)*state);
	outcome = run(ARGUMENTS("watch", "-map", id, SOON, "-format", "prometheus", "-o", path));
	assert_done(&outcome);
	assert_string_equal(outcome.out, "");
	outcome_free(&outcome);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	snprintf(pattern, sizeof(pattern), "^ringview_ring_waiting_bytes\\{map=\"%s\",.*\\} 616$",
		id);
	assert_matches(text, pattern);
}

static void the_last_records_are_shown(void **state)
{
	struct outcome outcome;

	(void)state;
	need_ring();
	written_ring_write(&ring, 76, 20, false);
	written_ring_write(&ring, 8, 1, true);
	*ring.consumer = 18 * STRIDE;
	outcome = run(ARGUMENTS("watch", "-map", id, "-peek", "4", SOON));
	assert_done(&outcome);
	assert_matches(outcome.out, "^1,496: 76 B, submitted, consumed$");
	assert_matches(outcome.out, "^1,584: 76 B, submitted, waits$");
	assert_matches(outcome.out, "^1,672: 76 B, submitted, waits$");
	assert_matches(outcome.out, "^1,760: 8 B, discarded, waits$");
	assert_int_equal(count_of(outcome.out, "\n  0040 "), 3);
	outcome_free(&outcome);
	outcome = run(ARGUMENTS("watch", "-map", id, "-peek", "100", SOON));
	assert_int_equal(count_of(outcome.out, " B, "), 21);
	assert_non_null(strstr(outcome.out, "21 records; earlier ones"));
	outcome_free(&outcome);
}

/* On a terminal. */

static struct outcome on_terminal(
	const char *const *arguments, const char *const *environment, int number)
{
	return run_command(&(struct command){
		.arguments = arguments,
		.environment = environment,
		.out = STREAM_TERMINAL,
		.signal = number,
	});
}

/* The cursor is hidden only during an update, so it is visible however the program ends. */
static void assert_cursor_is_left(const char *out)
{
	const char *hidden = out, *shown;

	while ((hidden = strstr(hidden, "\x1b[?25l"))) {
		shown = strstr(hidden, "\x1b[?25h");
		assert_non_null(shown);
		hidden = shown;
	}
}

static void on_a_terminal_it_is_updated_in_place(void **state)
{
	struct outcome outcome;

	(void)state;
	need_ring();
	written_ring_write(&ring, 76, 7, false);
	outcome = on_terminal(
		ARGUMENTS("watch", "-map", id, SOON, "-count", "3"), ARGUMENTS("TERM=xterm"), 0);
	assert_done(&outcome);
	assert_int_equal(count_of(outcome.out, "Ring buffer ring, map "), 3);
	assert_int_equal(count_of(outcome.out, "616 B: 7 records"), 3);
	/* Seventeen lines up, twice. */
	assert_int_equal(count_of(outcome.out, "\x1b[17A"), 2);
	assert_int_equal(count_of(outcome.out, "\r\n"), 3 * 17);
	assert_null(strstr(outcome.out, "\x1b[2J"));
	assert_cursor_is_left(outcome.out);
	outcome_free(&outcome);
}

/* It is unknown where the lines are, so the window is cleared, once. */
static void a_window_that_changes_is_drawn_anew(void **state)
{
	struct outcome outcome;

	(void)state;
	need_ring();
	outcome = on_terminal(ARGUMENTS("watch", "-map", id, SOON, "-count", "3"),
		ARGUMENTS("TERM=xterm"), SIGWINCH);
	assert_done(&outcome);
	assert_int_equal(count_of(outcome.out, "\x1b[H\x1b[2J"), 1);
	assert_true(count_of(outcome.out, "Ring buffer ring, map ") >= 3);
	outcome_free(&outcome);
}

/* The terminal of the test has no size: 80 columns are assumed. */
static void lines_are_no_wider_than_the_terminal(void **state)
{
	struct outcome outcome;

	(void)state;
	need_ring();
	outcome = on_terminal(ARGUMENTS("watch", "-map", id, SOON, "-count", "1"),
		ARGUMENTS("TERM=xterm", "NO_COLOR=1"), 0);
	assert_done(&outcome);
	for (size_t i = 0; i < count_lines(outcome.out); i++) {
		char *line = line_of(outcome.out, i);

		/* Plus escapes (\x1b[?25l in the first, \x1b[K) and the carriage return. */
		assert_true(columns(line) <= 80 + 6 + 1 + 3 + 1);
		free(line);
	}
	outcome_free(&outcome);
}

static void colours_are_for_who_wants_them(void **state)
{
	struct outcome outcome;

	(void)state;
	need_ring();
	written_ring_write(&ring, 76, RING_SIZE / STRIDE + 3, false);
	outcome = on_terminal(ARGUMENTS("watch", "-map", id, TWICE), ARGUMENTS("TERM=xterm"), 0);
	assert_non_null(strstr(outcome.out, "\x1b[31m"));
	outcome_free(&outcome);
	outcome = on_terminal(
		ARGUMENTS("watch", "-map", id, TWICE), ARGUMENTS("TERM=xterm", "NO_COLOR=1"), 0);
	assert_non_null(strstr(outcome.out, "now"));
	assert_null(strstr(outcome.out, "\x1b[31m"));
	assert_null(strstr(outcome.out, "\x1b[0m"));
	outcome_free(&outcome);
}

static void a_dumb_terminal_gets_lines(void **state)
{
	struct outcome outcome;

	(void)state;
	need_ring();
	outcome = on_terminal(ARGUMENTS("watch", "-map", id, TWICE), ARGUMENTS("TERM=dumb"), 0);
	assert_done(&outcome);
	assert_int_equal(count_lines(outcome.out), 4);
	assert_null(strchr(outcome.out, '\x1b'));
	outcome_free(&outcome);
}

/* How it ends. */

static void assert_ends_well(int number)
{
	struct outcome outcome =
		on_terminal(ARGUMENTS("watch", "-map", id, SOON), ARGUMENTS("TERM=xterm"), number);

	assert_done(&outcome);
	assert_cursor_is_left(outcome.out);
	outcome_free(&outcome);
}

static void being_stopped_is_a_good_end(void **state)
{
	(void)state;
	need_ring();
	assert_ends_well(SIGINT);
	assert_ends_well(SIGTERM);
}

/* Whether the program has the ring open. Before it is executed, its process has the descriptors and
 * the name of the test. */
static bool is_watched(void)
{
	static struct holders holders;

	holders.map_id = ring.id;
	holders_find(&holders, 1);
	return holders.process_count > 0 && strcmp(holders.processes[0].name, "test_watch") != 0;
}

/* Closes the ring, or removes its pin, once the program has it open. The first time, the descriptors
 * may have been read before the program was executed, and the name afterwards. */
static void *let_go(void *context)
{
	const bool by_path = context;

	for (int seen = 0; seen < 2;)
		seen += is_watched();
	if (by_path)
		unlink(pinned);
	else
		written_ring_close(&ring);
	return NULL;
}

static struct outcome run_and_let_go(bool by_path, const char *const *arguments)
{
	struct outcome outcome;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, let_go, by_path ? &ring : NULL), 0);
	outcome = run(arguments);
	pthread_join(thread, NULL);
	return outcome;
}

static void the_end_of_the_ring_is_told(void **state)
{
	struct outcome outcome;

	(void)state;
	need_ring();
	outcome = run_and_let_go(false, ARGUMENTS("watch", "-map", id, SOON));
	assert_int_equal(outcome.status, DONE);
	assert_int_equal(count_lines(outcome.err), 1);
	assert_non_null(strstr(outcome.err, "is gone: no program and no process holds it"));
	outcome_free(&outcome);
}

static void the_end_before_the_last_update_is_a_failure(void **state)
{
	struct outcome outcome;

	(void)state;
	need_ring();
	outcome = run_and_let_go(false, ARGUMENTS("watch", "-map", id, SOON, "-count", "1000000"));
	assert_int_equal(outcome.status, FAILED);
	assert_int_equal(count_lines(outcome.err), 1);
	assert_non_null(strstr(outcome.err, "is gone"));
	outcome_free(&outcome);
}

static void a_path_that_is_gone_is_told(void **state)
{
	struct outcome outcome;

	(void)state;
	need_ring();
	pin(0600);
	outcome = run_and_let_go(true, ARGUMENTS("watch", "-pinned", pinned, SOON));
	assert_int_equal(outcome.status, DONE);
	assert_non_null(strstr(outcome.err, "nothing is pinned at"));
	outcome_free(&outcome);
}

/* What cannot be watched. */

static void assert_complaint(const char *const *arguments, int status, const char *named)
{
	assert_command_complains(&(struct command){ .arguments = arguments }, status, named);
}

static void other_maps_are_refused(void **state)
{
	struct bpf_map_info info = { 0 };
	uint32_t length = sizeof(info);
	char number[16];
	int fd;

	(void)state;
	need_ring();
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "numbers", 4, 8, 1, NULL);
	assert_true(fd >= 0);
	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &length), 0);
	snprintf(number, sizeof(number), "%u", info.id);
	assert_complaint(ARGUMENTS("watch", "-map", number), FAILED,
		"(numbers) is of type array, not ringbuf");
	close(fd);
}

static void a_pinned_program_is_refused(void **state)
{
	(void)state;
	need_ring();
	bpf_files_path(pinned, sizeof(pinned), "program");
	/* The only program of the map. */
	{
		struct holders holders = { .map_id = ring.id };
		int fd;

		holders_find(&holders, 1);
		assert_int_equal(holders.program_count, 1);
		fd = bpf_prog_get_fd_by_id(holders.programs[0].id);
		assert_true(fd >= 0);
		assert_int_equal(bpf_obj_pin(fd, pinned), 0);
		close(fd);
	}
	assert_complaint(ARGUMENTS("watch", "-pinned", pinned), FAILED, "is not a map");
}

static void a_frozen_ring_can_be_watched(void **state)
{
	(void)state;
	need_ring();
	written_ring_write(&ring, 76, 5, false);
	written_ring_freeze(&ring);
	assert_waiting(watched_by_id(), 0, 5);
}

static void what_is_not_there_is_told(void **state)
{
	(void)state;
	need_ring();
	assert_complaint(
		ARGUMENTS("watch", "-map", "4294967295"), FAILED, "no map with id 4294967295");
	assert_complaint(ARGUMENTS("watch", "-map", "no_such_ring"), FAILED, "named no_such_ring");
	assert_complaint(ARGUMENTS("watch", "-map", id, "-peek", "1", "-type", "no_such_type"),
		FAILED, "no_such_type");
	assert_complaint(ARGUMENTS("watch", "-map", id, "-sizes", "/nowhere/at/all"), FAILED,
		"/nowhere/at/all");
	assert_complaint(
		ARGUMENTS("watch", "-map", id, "-o", "/nowhere/at/all"), FAILED, "/nowhere/at/all");
	assert_complaint(ARGUMENTS("watch", "-pinned", "/nowhere/at/all"), FAILED,
		"nothing is pinned at /nowhere/at/all");
	assert_complaint(ARGUMENTS("watch", "-pinned", "/proc/self/comm"), FAILED,
		"/proc/self/comm is not in a bpf file system; rings are pinned below /sys/fs/bpf");
	/* Without a flag. */
	assert_complaint(ARGUMENTS("watch", "4294967295"), FAILED, "no map with id 4294967295");
	assert_complaint(ARGUMENTS("watch", "no_such_ring"), FAILED, "named no_such_ring");
	assert_complaint(ARGUMENTS("watch", "/nowhere/at/all"), FAILED,
		"nothing is pinned at /nowhere/at/all");
}

static void wrong_usage_is_told(void **state)
{
	(void)state;
	assert_complaint(ARGUMENTS("watch", "-map", "1", "-pinned", "/x"), WRONG_USAGE, "-pinned");
	assert_complaint(ARGUMENTS("watch", "-map", "0"), WRONG_USAGE, "-map");
	assert_complaint(ARGUMENTS("watch", "-map", "4294967296"), WRONG_USAGE, "-map");
	assert_complaint(ARGUMENTS("watch", "-map", ""), WRONG_USAGE, "-map");
	assert_complaint(ARGUMENTS("watch", "-map", "1", "-pid", "1"), WRONG_USAGE, "-pid");
	assert_complaint(ARGUMENTS("watch", "-peek", "5"), WRONG_USAGE, "-map ID");
	assert_complaint(ARGUMENTS("watch", "-sizes", "x"), WRONG_USAGE, "-map ID");
	assert_complaint(ARGUMENTS("watch", "-map", "1", "-type", "x"), WRONG_USAGE, "-peek");
	assert_complaint(ARGUMENTS("watch", "-map", "1", "-peek", "1", "-check", "losing"),
		WRONG_USAGE, "-check");
	assert_complaint(ARGUMENTS("watch", "-check", "full"), WRONG_USAGE, "fill=80%");
	assert_complaint(
		ARGUMENTS("watch", "-check",
			"losing,losing,losing,losing,losing,losing,losing,losing,losing,"
			"losing,losing,losing,losing,losing,losing,losing,losing,losing,losing"),
		WRONG_USAGE, "give each condition once");
	assert_complaint(
		ARGUMENTS("watch", "-check", "fill=1%,fill=100%"), WRONG_USAGE, "give each once");
	assert_complaint(
		ARGUMENTS("watch", "-check", "stalled,stalled=1h"), WRONG_USAGE, "give each once");
	assert_complaint(ARGUMENTS("watch", "-check", "stalled=3s", "-interval", "100ms"),
		WRONG_USAGE, "-interval");
	assert_complaint(ARGUMENTS("watch", "-check", "stuck=3s", "-interval", "1s", "-count", "3"),
		WRONG_USAGE, "-interval");
	assert_complaint(ARGUMENTS("watch", "-format", "names", "-o", "x"), WRONG_USAGE, "-format");
	assert_complaint(ARGUMENTS("watch", "-map", "1", "-sizes", "x", "-o", "x"), WRONG_USAGE,
		"two different ones");
	assert_complaint(ARGUMENTS("watch", "-pid", "4194304"), FAILED, "no process 4194304");
	assert_complaint(
		ARGUMENTS("watch", "-check", "losing", "-format", "json"), WRONG_USAGE, "-format");
	assert_complaint(ARGUMENTS("watch", "-o", ""), WRONG_USAGE, "-o");
	assert_complaint(ARGUMENTS("watch", "42", "-map", "1"), WRONG_USAGE, "leave out \"42\"");
	assert_complaint(ARGUMENTS("watch", "42", "43"), WRONG_USAGE, "43");
	assert_complaint(ARGUMENTS("watch", "-pinned", ""), WRONG_USAGE, "-pinned");
	assert_complaint(
		ARGUMENTS("watch", "-map", "1", "-interval", "1ms"), WRONG_USAGE, "-interval");
	assert_complaint(ARGUMENTS("watch", "-map", "1", "-interval", "1s", "-sample", "2s"),
		WRONG_USAGE, "-sample");
	assert_complaint(ARGUMENTS("watch", "-map", "1", "-format", "csv"), WRONG_USAGE, "-format");
}

static void help_names_every_flag(void **state)
{
	struct outcome outcome = run(ARGUMENTS("watch", "-help"));

	(void)state;
	assert_done(&outcome);
	for (const char *const *flag = ARGUMENTS("-map RING", "-pinned PATH", "-pid PID", "-all",
		     "-interval TIME", "-sample TIME", "-count COUNT", "-format FORMAT", "-o FILE",
		     "-check LIST", "-peek COUNT", "-type NAME", "-sizes FILE", "CAP_SYS_ADMIN");
		*flag; flag++)
		assert_non_null(strstr(outcome.out, *flag));
	outcome_free(&outcome);
}

/* Privileges. */

static void assert_nobody_is_told(
	uint64_t capabilities, const char *const *arguments, const char *named)
{
	assert_command_complains(&(struct command){ .arguments = arguments,
					 .rights = &(struct privileges){ true, capabilities } },
		FAILED, named);
}

static void assert_nobody_watches(uint64_t capabilities, const char *const *arguments)
{
	struct outcome outcome = run_command(&(struct command){
		.arguments = arguments, .rights = &(struct privileges){ true, capabilities } });
	json_t *seen;

	assert_done(&outcome);
	seen = object_of(outcome.out, 1);
	assert_int_equal(integer_in(seen, "waiting_bytes"), 5 * STRIDE);
	assert_true(json_is_true(json_object_get(seen, "processes_hidden")));
	json_decref(seen);
	outcome_free(&outcome);
}

static void ids_take_cap_sys_admin_and_nothing_else(void **state)
{
	const uint64_t others =
		BPF_CAPABILITIES | CAPABILITY(CAP_SYS_PTRACE) | CAPABILITY(CAP_DAC_OVERRIDE);

	(void)state;
	need_changing_privileges();
	need_ring();
	written_ring_write(&ring, 76, 5, false);
	assert_nobody_is_told(others, ARGUMENTS("watch", "-map", id), "CAP_SYS_ADMIN");
	assert_nobody_is_told(others, ARGUMENTS("watch"), "CAP_SYS_ADMIN");
	assert_nobody_watches(CAPABILITY(CAP_SYS_ADMIN),
		ARGUMENTS("watch", "-map", id, TWICE, "-format", "json"));
}

/* In a file system of its own: on most machines only root can search /sys/fs/bpf. */
static int mount_files(void **state)
{
	if (folder_make(state) < 0)
		return -1;
	is_mounted = mount("bpf", *state, "bpf", 0, "mode=0755") == 0;
	return 0;
}

static int unmount_files(void **state)
{
	ring_close(state);
	if (is_mounted)
		umount(*state);
	return folder_remove(state);
}

static void a_pinned_ring_takes_permission_to_read_and_write_its_file(void **state)
{
	need_changing_privileges();
	if (!is_mounted)
		skip_because("cannot mount a BPF file system");
	need_ring();
	written_ring_write(&ring, 76, 5, false);
	snprintf(pinned, sizeof(pinned), "%s/ring", (const char *)*state);
	assert_int_equal(bpf_obj_pin(ring.fd, pinned), 0);
	assert_int_equal(chmod(pinned, 0644), 0);
	assert_nobody_is_told(
		0, ARGUMENTS("watch", "-pinned", pinned), "read and write permission");
	assert_int_equal(chmod(pinned, 0666), 0);
	assert_nobody_watches(0, ARGUMENTS("watch", "-pinned", pinned, TWICE, "-format", "json"));
}

#define with_ring(test) cmocka_unit_test_teardown(test, ring_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_ring(positions_and_records_that_wait_are_shown),
		with_ring(a_pinned_ring_is_found_by_its_path),
		with_ring(a_lap_later_it_is_the_same),
		with_ring(a_full_ring_and_its_stall_are_told),
		with_ring(discarded_records_are_told),
		with_ring(a_hostile_consumer_position_is_told),
		with_ring(who_holds_it_is_told),
		with_ring(without_a_terminal_each_update_is_a_line),
		with_ring(the_list_has_it),
		with_ring(a_name_chooses_the_rings_of_that_name),
		with_ring(a_process_chooses_those_that_it_has_open),
		with_ring(what_nobody_holds_is_folded),
		with_ring(ids_and_names_are_there_for_completion),
		cmocka_unit_test_setup_teardown(
			metrics_go_to_a_file, folder_make, close_and_remove),
		with_ring(the_last_records_are_shown),
		with_ring(on_a_terminal_it_is_updated_in_place),
		with_ring(a_window_that_changes_is_drawn_anew),
		with_ring(lines_are_no_wider_than_the_terminal),
		with_ring(colours_are_for_who_wants_them),
		with_ring(a_dumb_terminal_gets_lines),
		with_ring(being_stopped_is_a_good_end),
		with_ring(the_end_of_the_ring_is_told),
		with_ring(the_end_before_the_last_update_is_a_failure),
		with_ring(a_path_that_is_gone_is_told),
		with_ring(other_maps_are_refused),
		with_ring(a_pinned_program_is_refused),
		with_ring(a_frozen_ring_can_be_watched),
		with_ring(what_is_not_there_is_told),
		cmocka_unit_test(wrong_usage_is_told),
		cmocka_unit_test(help_names_every_flag),
		with_ring(ids_take_cap_sys_admin_and_nothing_else),
		cmocka_unit_test_setup_teardown(
			a_pinned_ring_takes_permission_to_read_and_write_its_file, mount_files,
			unmount_files),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, bpf_files_teardown), COUNT(tests));
}

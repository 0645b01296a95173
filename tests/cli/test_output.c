/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -o and standard output: the result is there whole or not at all, and a failure is reported.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"

#define RUN QUICK, "-n", "500"

static void assert_writes(const char *path, const char *format, const char *pattern)
{
	struct outcome outcome = run(ARGUMENTS(RUN, "-format", format, "-o", path));
	char *text;

	assert_done(&outcome);
	assert_string_equal(outcome.out, "");
	text = file_text(path);
	assert_matches(text, pattern);
	free(text);
	outcome_free(&outcome);
}

static void o_writes_text_to_a_file(void **state)
{
	assert_writes(folder_path(state, "f"), "text", "^read-into \\(copy\\):     500 events in ");
}

static void o_writes_json_to_a_file(void **state)
{
	assert_writes(folder_path(state, "f"), "json", "\"schema\": \"ringview.result/2\"");
}

static void o_writes_csv_to_a_file(void **state)
{
	assert_writes(folder_path(state, "f"), "csv", "^path,touch,event_size,");
}

static void o_writes_gobench_to_a_file(void **state)
{
	assert_writes(folder_path(state, "f"), "gobench", "^BenchmarkRead/");
}

static void o_leaves_nothing_beside_the_file(void **state)
{
	assert_writes(folder_path(state, "f"), "csv", "^path,touch,event_size,");
	assert_int_equal(folder_count(state), 1);
}

static void o_replaces_a_file(void **state)
{
	const char *path = folder_path(state, "f");
	char *text;

	file_write(path, "what was there before\n");
	assert_writes(path, "csv", "^path,touch,event_size,");
	text = file_text(path);
	assert_null(strstr(text, "before"));
	free(text);
}

static void the_file_may_be_read_by_whom_the_umask_lets(void **state)
{
	const char *path = folder_path(state, "f");
	struct stat status;
	const mode_t mask = umask(022);

	assert_writes(path, "csv", "^path,touch,event_size,");
	umask(mask);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0644);
}

/* Whatever the umask: results are nobody else's to change. */
static void the_file_is_written_by_its_owner_only(void **state)
{
	const char *path = folder_path(state, "f");
	struct stat status;
	const mode_t mask = umask(0);

	assert_writes(path, "csv", "^path,touch,event_size,");
	umask(mask);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0644);
}

/* A private one does not become public. */
static void a_file_that_is_replaced_keeps_its_mode(void **state)
{
	const char *path = folder_path(state, "f");
	struct stat status;

	file_write(path, "before\n");
	assert_int_equal(chmod(path, 0600), 0);
	assert_writes(path, "csv", "^path,touch,event_size,");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void o_takes_the_format_from_the_name_of_the_file(void **state)
{
	static const struct {
		const char *name, *format, *pattern;
	} cases[] = {
		{ "f.json", NULL, "\"schema\": \"ringview.result/2\"" },
		{ "F.CSV", NULL, "^path,touch,event_size," },
		{ "f.txt", NULL, "^read-into \\(copy\\):     500 events in " },
		{ "json", NULL, "^read-into " },
		{ "a.csv.old", NULL, "^read-into " },
		{ "g.json", "csv", "^path,touch,event_size," },
		{ "h.json", "text", "^read-into " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *path = folder_path(state, cases[i].name);
		struct outcome outcome;
		char *text;

		if (cases[i].format) {
			assert_writes(path, cases[i].format, cases[i].pattern);
			continue;
		}
		outcome = run(ARGUMENTS(RUN, "-o", path));
		assert_done(&outcome);
		outcome_free(&outcome);
		text = file_text(path);
		assert_matches(text, cases[i].pattern);
		free(text);
	}
}

static void o_writes_to_special_files(void **state)
{
	struct outcome outcome = run(ARGUMENTS(RUN, "-o", "/dev/null"));
	struct stat status;

	(void)state;
	assert_done(&outcome);
	assert_int_equal(stat("/dev/null", &status), 0);
	assert_true(S_ISCHR(status.st_mode));
	outcome_free(&outcome);
}

/* Else -o /dev/stdout, with standard output sent to a file, replaces /dev/stdout. */
static void o_writes_through_a_link(void **state)
{
	const char *target = folder_path(state, "target"), *link = folder_path(state, "link");
	struct stat status;
	char *text;

	file_write(target, "before\n");
	assert_int_equal(symlink(target, link), 0);
	assert_writes(link, "csv", "^path,touch,event_size,");
	assert_int_equal(lstat(link, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	text = file_text(target);
	assert_matches(text, "^path,touch,event_size,");
	free(text);
}

/* Where others may move the link, it is resolved once: what is written is what was checked. */
static void o_resolves_a_path_once(void **state)
{
	char preload[PATH_MAX + 16], link[PATH_MAX], right[PATH_MAX], wrong[PATH_MAX],
		variables[3][PATH_MAX + 32];
	struct outcome outcome;
	char *text;

	skip_if_preload_is_sanitized();
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s",
		program_path("tests/cli/libmoving_link.so"));
	snprintf(link, sizeof(link), "%s", folder_path(state, "link"));
	snprintf(right, sizeof(right), "%s", folder_path(state, "right"));
	snprintf(wrong, sizeof(wrong), "%s", folder_path(state, "wrong"));
	snprintf(variables[0], sizeof(variables[0]), "MOVING_LINK=%s", link);
	snprintf(variables[1], sizeof(variables[1]), "MOVING_LINK_RIGHT=%s", right);
	snprintf(variables[2], sizeof(variables[2]), "MOVING_LINK_WRONG=%s", wrong);
	file_write(right, "before");
	file_write(wrong, "of somebody else");
	outcome = run_command(&(struct command){
		.arguments = ARGUMENTS(RUN, "-format", "csv", "-o", link),
		.environment = ARGUMENTS(preload, variables[0], variables[1], variables[2]) });
	assert_done(&outcome);
	outcome_free(&outcome);
	text = file_text(wrong);
	assert_string_equal(text, "of somebody else");
	free(text);
	text = file_text(right);
	assert_matches(text, "^path,touch,event_size,");
	free(text);
}

/* As open() does; and where standard output is a file that was removed, /dev/stdout is such a link.
 */
static void o_writes_through_a_link_to_nothing_yet(void **state)
{
	const char *target = folder_path(state, "target"), *link = folder_path(state, "link");
	struct stat status;

	assert_int_equal(symlink(target, link), 0);
	assert_writes(link, "csv", "^path,touch,event_size,");
	assert_int_equal(lstat(link, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
}

static void assert_cannot_write(const char *path)
{
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS(RUN, "-o", path) }, FAILED, path);
}

static void a_folder_that_does_not_exist_is_told(void **state)
{
	assert_cannot_write(folder_path(state, "none/f"));
	assert_int_equal(folder_count(state), 0);
}

/* The runs would take hours. */
static void what_cannot_be_written_is_told_before_the_run(void **state)
{
	const char *path = folder_path(state, "none/f");
	struct command drain = { .arguments =
					 ARGUMENTS("-source", "memory", "-n", "1G", "-o", path) };
	struct command live = { .arguments = ARGUMENTS("live", "-source", "memory", "-wait",
					"paced", "-duration", "1h", "-o", path) };

	assert_command_complains(&drain, FAILED, path);
	assert_command_complains(&live, FAILED, path);
}

static void a_folder_in_place_of_a_file_is_told(void **state)
{
	assert_cannot_write(*state);
	assert_int_equal(folder_count(state), 0);
}

static void a_file_in_place_of_a_folder_is_told(void **state)
{
	file_write(folder_path(state, "f"), "");
	assert_cannot_write(folder_path(state, "f/g"));
	assert_int_equal(folder_count(state), 1);
}

static void a_name_that_is_too_long_is_told(void **state)
{
	char name[300];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_cannot_write(folder_path(state, name));
	assert_int_equal(folder_count(state), 0);
}

static void an_empty_name_is_told(void **state)
{
	struct outcome outcome = run(ARGUMENTS(RUN, "-o", ""));

	(void)state;
	assert_true(outcome.status == FAILED || outcome.status == WRONG_USAGE);
	assert_complains(&outcome, outcome.status, "-o");
	outcome_free(&outcome);
}

static void a_full_device_is_told(void **state)
{
	(void)state;
	assert_cannot_write("/dev/full");
}

/* A user without capabilities, and a folder of the tests' own user. */
static void a_folder_without_the_right_to_write_is_told(void **state)
{
	const char *path = folder_path(state, "f");

	need_changing_privileges();
	assert_int_equal(chmod(*state, 0755), 0);
	assert_command_complains(
		&(struct command){
			.arguments = ARGUMENTS(RUN, "-o", path),
			.rights = &(struct privileges){ .nobody = true },
		},
		FAILED, path);
	assert_int_equal(folder_count(state), 0);
}

/* A result of some 100 KB; the ring is a file in memory, of 12 KiB, that the limit allows. */
#define LARGE RUN, "-ring-size", "4KiB", "-rounds", "1000", "-format", "csv"
#define LIMIT 30000

static void a_file_that_grows_too_large_leaves_nothing(void **state)
{
	const char *path = folder_path(state, "f");

	assert_command_complains(
		&(struct command){
			.arguments = ARGUMENTS(LARGE, "-o", path),
			.limit = &(struct command_limit){ RLIMIT_FSIZE, LIMIT },
		},
		FAILED, path);
	assert_int_equal(folder_count(state), 0);
}

static void a_failure_keeps_the_file_that_was_there(void **state)
{
	const char *path = folder_path(state, "f");
	struct outcome outcome;
	char *text;

	file_write(path, "before\n");
	outcome = run_command(&(struct command){
		.arguments = ARGUMENTS(LARGE, "-o", path),
		.limit = &(struct command_limit){ RLIMIT_FSIZE, LIMIT },
	});
	assert_int_not_equal(outcome.status, DONE);
	text = file_text(path);
	assert_string_equal(text, "before\n");
	free(text);
	outcome_free(&outcome);
}

/* A small file system; or the test is skipped. */
static void mount_small(const char *path, unsigned long flags)
{
	assert_int_equal(mkdir(path, 0755), 0);
	if (mount("tmpfs", path, "tmpfs", flags, "size=16k,mode=0755") < 0)
		skip_because("no file system can be mounted: %s", strerror(errno));
}

static int unmount_and_remove(void **state)
{
	umount2(folder_path(state, "small"), MNT_DETACH);
	return folder_remove(state);
}

/* 16 KiB, for a result of 100 KB. */
static void a_full_file_system_is_told_and_keeps_what_was_there(void **state)
{
	char *small = strdup(folder_path(state, "small")), *text;
	const char *path = folder_path(state, "small/f");

	mount_small(small, 0);
	file_write(path, "before\n");
	assert_command_complains(&(struct command){ .arguments = ARGUMENTS(LARGE, "-o", path) },
		FAILED, "No space left on device");
	text = file_text(path);
	assert_string_equal(text, "before\n");
	assert_int_equal(folder_count((void **)&small), 1);
	free(text);
	free(small);
}

/* Told before the run, which would take hours. */
static void a_file_system_for_reading_only_is_told(void **state)
{
	const char *path = folder_path(state, "small/f");

	mount_small(folder_path(state, "small"), MS_RDONLY);
	assert_command_complains(&(struct command){ .arguments = ARGUMENTS("-source", "memory",
							    "-n", "1G", "-o", path) },
		FAILED, "Read-only file system");
}

/* Where all may write, the kernel follows no links that others have left; neither do we. */
static void a_link_that_somebody_left_is_not_followed(void **state)
{
	const char *link = folder_path(state, "link"), *target = folder_path(state, "target");
	char *text = file_text("/proc/sys/fs/protected_symlinks");
	const bool protected = text[0] != '0';

	free(text);
	if (!protected)
		skip_because("this kernel follows any link (fs.protected_symlinks=0)");
	need_changing_privileges();
	assert_int_equal(chmod(*state, 01777), 0);
	file_write(target, "before\n");
	assert_int_equal(symlink(target, link), 0);
	assert_int_equal(lchown(link, 65534, 65534), 0);
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS(RUN, "-o", link) }, FAILED, link);
	text = file_text(target);
	assert_string_equal(text, "before\n");
	free(text);
}

static void assert_standard_output_fails(const char *const *arguments, enum stream_kind out)
{
	assert_command_complains(
		&(struct command){ .arguments = arguments, .out = out }, FAILED, "standard output");
}

#define STANDARD_OUTPUT(name, kind, ...)                                    \
	static void name(void **state)                                      \
	{                                                                   \
		(void)state;                                                \
		assert_standard_output_fails(ARGUMENTS(__VA_ARGS__), kind); \
	}

STANDARD_OUTPUT(a_pipe_that_nobody_reads_is_told, STREAM_UNREAD, RUN)
STANDARD_OUTPUT(a_pipe_that_nobody_reads_is_told_by_list, STREAM_UNREAD, "list")
STANDARD_OUTPUT(a_pipe_that_nobody_reads_is_told_by_help, STREAM_UNREAD, "-help")
STANDARD_OUTPUT(full_standard_output_is_told, STREAM_FULL, RUN)
STANDARD_OUTPUT(full_standard_output_is_told_in_json, STREAM_FULL, RUN, "-format", "json")
STANDARD_OUTPUT(full_standard_output_is_told_by_sweep, STREAM_FULL, "sweep", RUN, "-sizes", "16",
	"-mode", "both")
STANDARD_OUTPUT(full_standard_output_is_told_by_live, STREAM_FULL, "live", "-source", "memory",
	"-wait", "paced", "-rounds", "1", "-duration", "1ms")
STANDARD_OUTPUT(a_pipe_that_nobody_reads_is_told_by_live, STREAM_UNREAD, "live", "-source",
	"memory", "-wait", "paced", "-rounds", "1", "-duration", "1ms")
STANDARD_OUTPUT(full_standard_output_is_told_by_list, STREAM_FULL, "list")
STANDARD_OUTPUT(full_standard_output_is_told_by_help, STREAM_FULL, "-help")
STANDARD_OUTPUT(full_standard_output_is_told_by_help_of_sweep, STREAM_FULL, "sweep", "-help")
STANDARD_OUTPUT(full_standard_output_is_told_by_help_of_list, STREAM_FULL, "list", "-help")
STANDARD_OUTPUT(closed_standard_output_is_told, STREAM_NOT_OPENED, RUN)
STANDARD_OUTPUT(closed_standard_output_is_told_by_list, STREAM_NOT_OPENED, "list")

/* Its 1 says that something is slower. */
static void full_standard_output_is_told_by_compare(void **state)
{
	const char *path = folder_path(state, "f");

	assert_writes(path, "json", "\"schema\": \"ringview.result/2\"");
	assert_command_complains(&(struct command){ .arguments = ARGUMENTS("compare", path, path),
					 .out = STREAM_FULL },
		WRONG_USAGE, "standard output");
}

/* Its descriptors would otherwise be taken for it. */
static void closed_standard_output_of_a_ring_of_the_kernel_is_told(void **state)
{
	(void)state;
	need_bpf();
	assert_standard_output_fails(ARGUMENTS(QUICK_BPF, "-n", "500"), STREAM_NOT_OPENED);
}

static void closed_standard_error_changes_nothing(void **state)
{
	struct outcome outcome = run_command(&(struct command){
		.arguments = ARGUMENTS(RUN, "-mode", "all"), .err = STREAM_NOT_OPENED });

	(void)state;
	assert_int_equal(outcome.status, DONE);
	assert_matches(outcome.out, "^reader +Mev/s ");
	outcome_free(&outcome);
}

static json_t *load(const char *path)
{
	json_t *root = json_load_file(path, 0, NULL);

	if (!root)
		fail_msg("%s holds no JSON", path);
	return root;
}

/* A file's name may hold any bytes; JSON holds characters only. */
static void a_name_that_is_no_utf8_can_be_told_in_json(void **state)
{
	const char *path = folder_path(state, "\xff");
	struct outcome outcome = run(ARGUMENTS(RUN, "-format", "json", "-o", path));

	assert_done(&outcome);
	outcome_free(&outcome);
	json_decref(load(path));
}

/* Cut in the middle of a character, for one start or the other. */
static void a_long_command_line_can_be_told_in_json(void **state)
{
	const char *path = folder_path(state, "f");
	char name[1500];

	for (size_t start = 0; start < 2; start++) {
		struct outcome outcome;

		memset(name, 'x', start);
		for (size_t i = start; i + 2 < sizeof(name); i += 2)
			memcpy(name + i, "\xc3\xa9", 3);
		outcome = run(ARGUMENTS(RUN, "-format", "json", "-o", name, "-o", path));
		assert_done(&outcome);
		outcome_free(&outcome);
		json_decref(load(path));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			o_writes_text_to_a_file, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			o_writes_json_to_a_file, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(o_writes_csv_to_a_file, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			o_takes_the_format_from_the_name_of_the_file, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			o_writes_gobench_to_a_file, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			o_leaves_nothing_beside_the_file, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(o_replaces_a_file, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			the_file_may_be_read_by_whom_the_umask_lets, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			the_file_is_written_by_its_owner_only, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			a_file_that_is_replaced_keeps_its_mode, folder_make, folder_remove),
		cmocka_unit_test(o_writes_to_special_files),
		cmocka_unit_test_setup_teardown(
			o_writes_through_a_link, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(o_resolves_a_path_once, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			o_writes_through_a_link_to_nothing_yet, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			a_folder_that_does_not_exist_is_told, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			what_cannot_be_written_is_told_before_the_run, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			a_folder_in_place_of_a_file_is_told, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			a_file_in_place_of_a_folder_is_told, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			a_name_that_is_too_long_is_told, folder_make, folder_remove),
		cmocka_unit_test(an_empty_name_is_told),
		cmocka_unit_test(a_full_device_is_told),
		cmocka_unit_test_setup_teardown(
			a_folder_without_the_right_to_write_is_told, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			a_file_that_grows_too_large_leaves_nothing, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			a_failure_keeps_the_file_that_was_there, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(a_full_file_system_is_told_and_keeps_what_was_there,
			folder_make, unmount_and_remove),
		cmocka_unit_test_setup_teardown(
			a_file_system_for_reading_only_is_told, folder_make, unmount_and_remove),
		cmocka_unit_test_setup_teardown(
			a_link_that_somebody_left_is_not_followed, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			full_standard_output_is_told_by_compare, folder_make, folder_remove),
		cmocka_unit_test(full_standard_output_is_told_by_live),
		cmocka_unit_test(a_pipe_that_nobody_reads_is_told_by_live),
		cmocka_unit_test(a_pipe_that_nobody_reads_is_told),
		cmocka_unit_test(a_pipe_that_nobody_reads_is_told_by_list),
		cmocka_unit_test(a_pipe_that_nobody_reads_is_told_by_help),
		cmocka_unit_test(full_standard_output_is_told),
		cmocka_unit_test(full_standard_output_is_told_in_json),
		cmocka_unit_test(full_standard_output_is_told_by_sweep),
		cmocka_unit_test(full_standard_output_is_told_by_list),
		cmocka_unit_test(full_standard_output_is_told_by_help),
		cmocka_unit_test(full_standard_output_is_told_by_help_of_sweep),
		cmocka_unit_test(full_standard_output_is_told_by_help_of_list),
		cmocka_unit_test(closed_standard_output_is_told),
		cmocka_unit_test(closed_standard_output_is_told_by_list),
		cmocka_unit_test(closed_standard_output_of_a_ring_of_the_kernel_is_told),
		cmocka_unit_test(closed_standard_error_changes_nothing),
		cmocka_unit_test_setup_teardown(
			a_name_that_is_no_utf8_can_be_told_in_json, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			a_long_command_line_can_be_told_in_json, folder_make, folder_remove),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}

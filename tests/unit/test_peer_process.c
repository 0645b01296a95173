/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Peers as processes: small scripts that behave and misbehave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "readers/peers.h"

#define LONG_NS INT64_C(30000000000) /* for what comes at once */
#define SHORT_NS 20000000            /* for what never comes */

static char file[PATH_MAX];

/* Those that wait for their end do so by cat >/dev/null: with an output that nobody reads any more,
 * busybox's cat takes SIGPIPE even when there is nothing to write. */
static void make_script(const char *text, mode_t mode)
{
	int fd;

	strcpy(file, "/tmp/ringview-peer.XXXXXX");
	fd = mkstemp(file);
	assert_true(fd >= 0);
	assert_int_equal(dprintf(fd, "#!/bin/sh\n%s\n", text), (int)strlen(text) + 11);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static struct peer_process process;

static int start(const char *script, struct complaint *why)
{
	const int map_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int err;

	assert_true(map_fd >= 0);
	make_script(script, 0755);
	err = peer_start(&process, file, map_fd, why);
	close(map_fd);
	return err;
}

static struct peer_process *started(const char *script)
{
	struct complaint why;

	if (start(script, &why))
		fail_msg("%s", why.text);
	return &process;
}

static void assert_ends(struct peer_process *peer)
{
	struct complaint why;

	if (peer_end(peer, &why))
		fail_msg("%s", why.text);
	unlink(file);
}

/* What it says under "a", after @command if that is not NULL. */
static json_int_t number_after(struct peer_process *peer, const char *command)
{
	struct complaint why;
	json_int_t number;
	json_t *answer;

	if (peer_ask(peer, command, LONG_NS, &answer, &why))
		fail_msg("%s", why.text);
	number = json_integer_value(json_object_get(answer, "a"));
	json_decref(answer);
	return number;
}

static void assert_fails(const char *script, int64_t wait_ns, int error, const char *named)
{
	struct peer_process *peer = started(script);
	struct complaint why;
	json_t *answer;

	assert_int_equal(peer_ask(peer, NULL, wait_ns, &answer, &why), error);
	if (!strstr(why.text, named))
		fail_msg("\"%s\" does not say %s", why.text, named);
	/* What was wrong has been said, and there is nothing to wait for. */
	assert_ends(peer);
}

static void a_peer_is_asked_and_ended(void **state)
{
	struct peer_process *peer =
		started("echo '{\"a\": 1}'; read a; echo '{\"a\": '$a'}'; read a; "
			"echo '{\"a\": '$a'}'; read a");
	struct complaint why;

	(void)state;
	assert_int_equal(number_after(peer, NULL), 1);
	assert_int_equal(number_after(peer, "22"), 22);
	assert_int_equal(number_after(peer, "333"), 333);
	assert_int_equal(peer_end(peer, &why), -ECHILD); /* of its read that found the end */
	assert_string_equal(why.text, "exited with status 1");
	unlink(file);
}

static void a_line_may_come_in_pieces(void **state)
{
	struct peer_process *peer =
		started("printf '{\"a\"'; printf ': 5'; printf '}\\n'; cat >/dev/null");

	(void)state;
	assert_int_equal(number_after(peer, NULL), 5);
	assert_ends(peer);
}

static void its_argument_is_the_map(void **state)
{
	struct peer_process *peer = started("test $# = 1 && test /dev/null -ef /proc/$$/fd/$1 && "
					    "echo '{\"a\": 7}'; cat >/dev/null");

	(void)state;
	assert_int_equal(number_after(peer, NULL), 7);
	assert_ends(peer);
}

static void no_other_file_of_ours_is_the_peers(void **state)
{
	const int ours = open("/proc/self/comm", O_RDONLY); /* without O_CLOEXEC */
	struct peer_process *peer;

	(void)state;
	assert_true(ours > 2);
	peer = started("echo '{\"a\": '$(ls -l /proc/$$/fd | grep -c comm)'}'; cat >/dev/null");
	assert_int_equal(number_after(peer, NULL), 0);
	assert_ends(peer);
	close(ours);
}

/* Its output closed is to end it, and not to be an error that it may overlook. */
static void sigpipe_is_not_ignored_by_the_peer(void **state)
{
	struct peer_process *peer =
		started("ignored=0x$(sed -n 's/^SigIgn:.//p' /proc/self/status); "
			"echo '{\"a\": '$((ignored & 0x1000))'}'; cat >/dev/null");

	(void)state;
	assert_int_equal(number_after(peer, NULL), 0);
	assert_ends(peer);
}

static void a_peer_that_ends_is_told(void **state)
{
	(void)state;
	assert_fails("exit 0", LONG_NS, -EPIPE, "exited by itself");
	assert_fails("exit 7", LONG_NS, -ECHILD, "exited with status 7");
	assert_fails("kill -9 $$", LONG_NS, -ECHILD, "was ended by signal 9 (");
	assert_fails("printf '{'; kill -11 $$", LONG_NS, -ECHILD, "was ended by signal 11 (");
}

static void a_peer_that_only_closes_its_output_is_told(void **state)
{
	(void)state;
	assert_fails("exec >&- 2>&-; exec sleep 1000", LONG_NS, -EPIPE, "closed its output");
}

static void a_peer_that_hangs_is_told(void **state)
{
	(void)state;
	assert_fails("cat", SHORT_NS, -ETIME, "did not answer within 0.02 s");
	assert_fails("printf '{\"a\": 1}'; cat", SHORT_NS, -ETIME, "did not answer");
	assert_fails("while :; do :; done", SHORT_NS, -ETIME, "did not answer");
}

static void nonsense_is_told(void **state)
{
	(void)state;
	assert_fails("echo hello; cat", LONG_NS, -EPROTO, "no object of JSON: hello");
	assert_fails("echo; cat", LONG_NS, -EPROTO, "no object of JSON");
	assert_fails(
		"echo '{\"error\": \"tired\"}'; cat", LONG_NS, -EPROTO, "reports an error: tired");
	assert_fails(
		"head -c 300000 /dev/zero; cat", LONG_NS, -EPROTO, "256 KiB without a line end");
}

static void an_answer_without_a_question_is_told(void **state)
{
	struct peer_process *peer = started("echo '{\"a\": 1}\n{\"a\": 2}'; cat");
	struct complaint why;
	json_t *answer;

	(void)state;
	assert_int_equal(number_after(peer, NULL), 1);
	assert_int_equal(peer_ask(peer, "go", LONG_NS, &answer, &why), -EPROTO);
	assert_string_equal(why.text, "wrote a line without a command");
	assert_ends(peer);
}

static void a_peer_that_has_gone_cannot_be_asked(void **state)
{
	struct peer_process *peer = started("exec <&-; echo '{\"a\": 1}'; exit 4");
	struct complaint why;
	json_t *answer;

	(void)state;
	assert_int_equal(number_after(peer, NULL), 1);
	assert_int_equal(peer_ask(peer, "go", LONG_NS, &answer, &why), -ECHILD);
	assert_string_equal(why.text, "exited with status 4");
	assert_int_equal(peer_ask(peer, NULL, LONG_NS, &answer, &why), -EPIPE);
	assert_ends(peer);
}

static void a_peer_that_does_not_end_is_killed(void **state)
{
	struct peer_process *peer = started("echo '{\"a\": 1}'; exec sleep 1000");
	struct complaint why;

	(void)state;
	assert_int_equal(number_after(peer, NULL), 1);
	assert_int_equal(peer_end(peer, &why), -ETIME);
	assert_non_null(strstr(why.text, "was killed"));
	unlink(file);
}

static void what_cannot_be_started_is_told(void **state)
{
	struct complaint why;

	(void)state;
	make_script("exit 0", 0644);
	assert_int_equal(peer_start(&process, file, STDERR_FILENO, &why), -EACCES);
	assert_non_null(strstr(why.text, "cannot be started"));
	unlink(file);
	assert_int_equal(peer_start(&process, file, STDERR_FILENO, &why), -ENOENT);
	assert_int_equal(peer_start(&process, "/", STDERR_FILENO, &why), -EACCES);
}

static void nothing_can_be_ended(void **state)
{
	struct complaint why;

	(void)state;
	assert_int_equal(peer_end(&process, &why), 0);
}

static void patience_is_as_the_environment_says(void **state)
{
	(void)state;
	unsetenv("RINGVIEW_PEER_TIMEOUT");
	assert_int_equal(peer_patience_ns(1), INT64_C(30000000001));
	setenv("RINGVIEW_PEER_TIMEOUT", "1.5s", 1);
	assert_int_equal(peer_patience_ns(1), 1500000001);
	setenv("RINGVIEW_PEER_TIMEOUT", "300h", 1);
	assert_int_equal(peer_patience_ns(INT64_MAX), INT64_MAX);
	unsetenv("RINGVIEW_PEER_TIMEOUT");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_peer_is_asked_and_ended),
		cmocka_unit_test(a_line_may_come_in_pieces),
		cmocka_unit_test(its_argument_is_the_map),
		cmocka_unit_test(no_other_file_of_ours_is_the_peers),
		cmocka_unit_test(sigpipe_is_not_ignored_by_the_peer),
		cmocka_unit_test(a_peer_that_ends_is_told),
		cmocka_unit_test(a_peer_that_only_closes_its_output_is_told),
		cmocka_unit_test(a_peer_that_hangs_is_told),
		cmocka_unit_test(nonsense_is_told),
		cmocka_unit_test(an_answer_without_a_question_is_told),
		cmocka_unit_test(a_peer_that_has_gone_cannot_be_asked),
		cmocka_unit_test(a_peer_that_does_not_end_is_killed),
		cmocka_unit_test(what_cannot_be_started_is_told),
		cmocka_unit_test(nothing_can_be_ended),
		cmocka_unit_test(patience_is_as_the_environment_says),
	};

	/* As in the benchmark. */
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

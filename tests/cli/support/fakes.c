/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../support/skipping.h"
#include "fakes.h"
#include "folder.h"
#include "live_runs.h"
#include "text.h"

static const char *timeout = "RINGVIEW_PEER_TIMEOUT=30s";

void fake_peer_as(void **state, const char *file, const char *name, const char *behaviour)
{
	char text[PATH_MAX + 128];
	const char *path = folder_path(state, file);

	snprintf(text, sizeof(text), "#!/bin/sh\nexec '%s' %s %s \"$@\"\n",
		program_path("tests/cli/fake_peer"), name, behaviour);
	file_write(path, text);
	assert_int_equal(chmod(path, 0755), 0);
}

void fake_peer(void **state, const char *name, const char *behaviour)
{
	fake_peer_as(state, name, name, behaviour);
}

void fake_timeout_for(const char *behaviour)
{
	timeout = strncmp(behaviour, "hang", 4) == 0 ? "RINGVIEW_PEER_TIMEOUT=300ms"
						     : "RINGVIEW_PEER_TIMEOUT=30s";
}

struct outcome run_with_peers(const char *folder, const char *const *arguments)
{
	char peers[PATH_MAX + 32];

	snprintf(peers, sizeof(peers), "RINGVIEW_PEERS=%s", folder);
	return run_command_for_events(&(struct command){
		.arguments = arguments, .environment = ARGUMENTS(peers, timeout) });
}

json_t *run_and_leave_out(const char *folder, const char *const *arguments, const char *why)
{
	struct outcome outcome = run_with_peers(folder, arguments);
	const json_t *failed;
	json_t *root;

	if (outcome.status != FAILED || count_lines(outcome.err) != 1)
		fail_msg("status %d, or not one line: %s", outcome.status, outcome.err);
	assert_matches(
		outcome.err, "^bpf_ringbuf_zc_benchmark: path aya: .*; left out of the results$");
	if (!strstr(outcome.err, why))
		fail_msg("\"%s\" does not say %s", outcome.err, why);
	root = parsed_json(&outcome);
	assert_int_equal(json_array_size(array_in(root, "failed_peers")), 1);
	failed = json_array_get(array_in(root, "failed_peers"), 0);
	assert_string_equal(text_in(failed, "name"), "aya");
	assert_non_null(strstr(text_in(failed, "reason"), why));
	outcome_free(&outcome);
	return root;
}

const char *built_peers(void)
{
	static const char *const programs[] = { "cilium-ebpf", "aya", "libbpf-1.7" };
	static char folder[PATH_MAX];
	char file[PATH_MAX + 32];

	need_bpf();
	snprintf(folder, sizeof(folder), "%s", program_path("peers"));
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		snprintf(file, sizeof(file), "%s/%s", folder, programs[i]);
		if (access(file, X_OK) == 0)
			return folder;
	}
	skip_because("no peer is built: ./run peers");
}

json_t *run_built_peers(const char *const *arguments)
{
	struct outcome outcome = run_with_peers(built_peers(), arguments);
	json_t *root;

	if (outcome.status != DONE)
		fail_msg("exit status %d: %s", outcome.status, outcome.err);
	root = parsed_json(&outcome);
	assert_int_equal(json_array_size(array_in(root, "failed_peers")), 0);
	outcome_free(&outcome);
	return root;
}

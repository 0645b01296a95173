/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/build_folder.h"
#include "readers/found_peers.h"
#include "readers/peers.h"

bool peers_are_wanted(void)
{
	const char *folder = getenv("RINGVIEW_PEERS");

	return !folder || *folder;
}

/* Where @program is, or would be. */
static int file_of(char file[PATH_MAX], const char *program)
{
	const char *folder = getenv("RINGVIEW_PEERS");
	char beside[NAME_MAX];

	if (strchr(program, '/'))
		return snprintf(file, PATH_MAX, "%s", program) < PATH_MAX ? 0 : -ENAMETOOLONG;
	if (folder)
		return snprintf(file, PATH_MAX, "%s/%s", folder, program) < PATH_MAX
			       ? 0
			       : -ENAMETOOLONG;
	snprintf(beside, sizeof(beside), "peers/%s", program);
	return build_folder_path(file, beside);
}

int peers_folder(char folder[PATH_MAX])
{
	const int err = file_of(folder, "");

	if (!err && folder[strlen(folder) - 1] == '/')
		folder[strlen(folder) - 1] = '\0';
	return err;
}

static const char *remedy(void)
{
	return build_folder_was_left()
		       ? "run ./run peers in ringview's sources, and set RINGVIEW_PEERS "
			 "to the build/peers there"
		       : "run: ./run peers";
}

int peers_find(const char *program, struct complaint *why)
{
	char file[PATH_MAX];
	int err;

	if (!peers_are_wanted() && !strchr(program, '/'))
		return complain(why, -ENOENT, "peer %s is not looked for: RINGVIEW_PEERS is empty",
			program);
	err = file_of(file, program);
	if (err == -ENOENT)
		return complain(why, err,
			"peer %s is not looked for beside a program that was copied; %s", program,
			remedy());
	if (err)
		return complain(
			why, err, "peer %s cannot be looked for: %s", program, strerror(-err));
	if (access(file, F_OK) == 0)
		return 0;
	return complain(
		why, -ENOENT, "peer %s is not built: there is no %s; %s", program, file, remedy());
}

int peers_start(struct peer_process **process, const char *program, int map_fd,
	struct peer_hello *hello, struct complaint *why)
{
	char file[PATH_MAX];
	json_t *answer;
	int err;

	*process = NULL;
	err = file_of(file, program);
	if (err)
		return complain(why, err, "cannot be looked for: %s", strerror(-err));
	err = peer_start(process, file, map_fd, why);
	if (!err)
		err = peer_receive(*process, peer_patience_ns(0), &answer, why);
	if (err)
		return err;
	err = peer_answer_hello(answer, hello, why);
	json_decref(answer);
	if (!err && !strchr(program, '/') && strcmp(hello->peer, program) != 0)
		err = complain(why, -EPROTO, "says that it is %s", hello->peer);
	return err;
}

/* A ring to be started with; where none can be made, another file does for saying who one is. */
static int open_small_ring(void)
{
	const int map_fd = bpf_map_create(
		BPF_MAP_TYPE_RINGBUF, "ringview_peer", 0, 0, (uint32_t)sysconf(_SC_PAGESIZE), NULL);

	return map_fd >= 0 ? map_fd : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

const struct peer *peers_ask(struct peers *peers, const char *program)
{
	struct peer_process *process;
	struct complaint ignored;
	struct peer *peer;
	int map_fd;

	for (size_t i = 0; i < peers->count; i++)
		if (strcmp(peers->peers[i].program, program) == 0)
			return &peers->peers[i];
	peer = &peers->peers[peers->count++];
	*peer = (struct peer){ .program = program };
	map_fd = open_small_ring();
	peer->err = peers_start(&process, program, map_fd, &peer->hello, &peer->why);
	peer_end(process, &ignored);
	close(map_fd);
	return peer;
}

const char *peer_program_name(const struct peer *peer)
{
	const char *slash = strrchr(peer->program, '/');

	return slash ? slash + 1 : peer->program;
}

/* Once for all readers of a program. */
static void tell_of_missing(const struct reader *reader, const struct complaint *said)
{
	if (!reader->program)
		fprintf(stderr, "%s: left out: %s\n", reader->name, said->text);
	else if (peers_are_wanted() && strcmp(reader->name, reader->program) == 0)
		fprintf(stderr, "%s: left out: it is not built; %s\n", reader->name, remedy());
}

static int choose_peer(struct peers *peers, const struct reader *reader, bool by_all, bool *chosen,
	struct complaint *why)
{
	const struct peer *peer = peers_ask(peers, reader->program);

	*chosen = peer->err == 0 && peer_hello_has(&peer->hello, reader_spoken(reader));
	if (peer->err) {
		peers_add_failure(peers, reader->name, peer->why.text);
		return peer->err == -EINTR ? -EINTR : 0;
	}
	if (*chosen)
		return 0;
	if (!by_all)
		return complain(why, -ENOTSUP, "path %s: %s %s does not have it; leave it out",
			reader->name, reader->program, peer->hello.version);
	fprintf(stderr, "%s: left out: %s %s does not have it\n", reader->name, reader->program,
		peer->hello.version);
	return 0;
}

int peers_choose(struct peers *peers, const struct reader *reader, bool by_all,
	struct obstacle obstacle, bool *chosen, struct complaint *why)
{
	struct complaint said;
	const bool missing = by_all && reader->find && reader->find(reader, &said);

	*chosen = false;
	/* Of one that is not there it says nothing what it cannot read. */
	if (obstacle.reason && !(missing && reader->program))
		fprintf(stderr, "%s: left out: it %s\n", reader->name, obstacle.reason);
	else if (missing && !obstacle.reason)
		tell_of_missing(reader, &said);
	*chosen = !obstacle.reason && !missing;
	return *chosen && reader->program ? choose_peer(peers, reader, by_all, chosen, why) : 0;
}

void peers_add_failure(struct peers *peers, const char *path, const char *reason)
{
	struct peer_failure *failure = &peers->failures[peers->failure_count++];

	failure->path = path;
	complain(&failure->reason, 0, "%s", reason);
}

int peers_complain(const struct peers *peers, bool others, struct complaint *why)
{
	for (size_t i = 0; i < peers->failure_count; i++) {
		const struct peer_failure *failure = &peers->failures[i];

		complain(why, -EPROTO, "path %s: %s%s", failure->path, failure->reason.text,
			others ? "; left out of the results" : "");
		if (i + 1 < peers->failure_count)
			fprintf(stderr, PROGRAM ": %s\n", why->text);
	}
	return peers->failure_count > 0 ? -EPROTO : 0;
}

void peers_complain_of_end(const struct reader *reader, const struct complaint *why)
{
	static const struct reader *told[READERS_MAX];
	size_t i = 0;

	while (told[i] && told[i] != reader)
		i++;
	if (told[i])
		return;
	told[i] = reader;
	fprintf(stderr, "%s: peer %s %s\n", reader->name, reader->program, why->text);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/process.h"
#include "readers/peers.h"

#define NAME_MOST 40 /* letters of a reader's name */

/* A reader of an unknown peer, and the strings made for it. */
struct found_peer {
	char name[NAME_MAX + 1];
	char summary[NAME_MAX + 1];
	struct reader reader;
};

static struct found_peer found[READERS_MAX];
static size_t found_count;

static const char *remedy(void)
{
	return build_folder_was_left()
		       ? "run ./run peers in ringview's sources, and set RINGVIEW_PEERS "
			 "to the build/peers there"
		       : "run: ./run peers";
}

/* The file of @program, or the folder of peers if that is "". -ECANCELED: no peers are wanted. */
static int file_of(char file[PATH_MAX], const char *program, struct complaint *why)
{
	const bool is_file = strchr(program, '/');
	const char *folder = is_file ? "" : getenv("RINGVIEW_PEERS");
	char beside[sizeof("peers/") + NAME_MAX];

	if (folder && !*folder && !is_file)
		return complain(
			why, -ECANCELED, "peer %s is disabled: RINGVIEW_PEERS is empty", program);
	if (folder) {
		snprintf(file, PATH_MAX, "%s%s%s", folder, is_file ? "" : "/", program);
		return 0;
	}
	snprintf(beside, sizeof(beside), "peers/%s", program);
	if (build_folder_path(file, beside) == 0)
		return 0;
	return complain(why, -ENOENT,
		"peer %s is not searched for: this program is not in its build folder; %s", program,
		remedy());
}

int peers_find(const struct reader *reader, struct complaint *why)
{
	char file[PATH_MAX];
	const int err = file_of(file, reader->program, why);

	if (err || access(file, F_OK) == 0)
		return err;
	return complain(why, -ENOENT, "peer %s is not built: there is no %s; %s", reader->program,
		file, remedy());
}

int peers_start(struct peer_process *process, const char *program, int map_fd,
	struct peer_hello *hello, struct complaint *why)
{
	char file[PATH_MAX];
	json_auto_t *answer = NULL;
	int err = file_of(file, program, why);

	if (!err)
		err = peer_start(process, file, map_fd, why);
	if (!err)
		err = peer_ask(process, NULL, peer_patience_ns(0), &answer, why);
	if (!err)
		err = peer_answer_hello(answer, hello, why);
	if (!err && !strchr(program, '/') && strcmp(hello->peer, program) != 0)
		err = complain(why, -EPROTO, "says that it is %s", hello->peer);
	return err;
}

const struct peer *peers_ask(struct peers *peers, const char *program)
{
	static struct peer_process process;
	struct complaint ignored;
	struct peer *peer;
	int map_fd;

	for (size_t i = 0; i < peers->count; i++)
		if (strcmp(peers->peers[i].program, program) == 0)
			return &peers->peers[i];
	peer = &peers->peers[peers->count++];
	*peer = (struct peer){ .program = program };
	map_fd = bpf_map_create(
		BPF_MAP_TYPE_RINGBUF, "ringview_peer", 0, 0, (uint32_t)sysconf(_SC_PAGESIZE), NULL);
	if (map_fd < 0) /* the greeting needs no ring */
		map_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	peer->err = peers_start(&process, program, map_fd, &peer->hello, &peer->why);
	peer_end(&process, &ignored);
	close(map_fd);
	return peer;
}

int peers_choose(struct peers *peers, const struct reader *reader, bool by_all,
	struct obstacle obstacle, struct complaint *why)
{
	struct complaint said;
	const int missing = by_all && reader->find ? reader->find(reader, &said) : 0;
	const struct peer *peer;

	if (missing && reader->program) {
		/* Says only that, and once for each program. */
		if (!obstacle.reason && missing != -ECANCELED &&
			strcmp(reader->name, reader->program) == 0)
			fprintf(stderr, "%s: left out: it is not built; %s\n", reader->name,
				remedy());
		return 0;
	}
	if (obstacle.reason || missing) {
		fprintf(stderr, "%s: left out: %s%s\n", reader->name, obstacle.reason ? "it " : "",
			obstacle.reason ? obstacle.reason : said.text);
		return 0;
	}
	peer = reader->program ? peers_ask(peers, reader->program) : NULL;
	if (peer && peer->err) {
		peers_add_failure(peers, reader->name, peer->why.text);
		return peer->err == -EINTR ? -EINTR : 0;
	}
	if (!peer || peer_hello_has(&peer->hello, reader_spoken(reader)))
		return 1;
	if (!by_all)
		return complain(why, -ENOTSUP, "path %s: %s %s does not have it; leave it out",
			reader->name, reader->program, peer->hello.version);
	fprintf(stderr, "%s: left out: %s %s does not have it\n", reader->name, reader->program,
		peer->hello.version);
	return 0;
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

/* Whether it can be a word of -mode and of a table. */
static bool is_name(const char *name)
{
	if (!*name || strlen(name) > NAME_MOST || strcmp(name, "all") == 0 ||
		strcmp(name, "both") == 0)
		return false;
	for (; *name; name++)
		if (*name <= ' ' || *name > '~' || *name == ',')
			return false;
	return true;
}

/* Adds the reader of the path @spoken. */
static int add(const struct peer *peer, const char *spoken, bool named, struct complaint *why)
{
	const char *const said = peer->hello.peer;
	const bool extends = strncmp(spoken, said, strlen(said)) == 0;
	struct found_peer *f = &found[found_count];
	struct reader *reader = &f->reader;

	snprintf(f->name, sizeof(f->name), "%s%s%s", basename(peer->program), extends ? "" : "-",
		extends ? spoken + strlen(said) : spoken);
	if (!is_name(f->name))
		return complain(why, -EINVAL,
			"has a reader %s, which is no valid name for -mode; rename it", f->name);
	if (reader_find(f->name))
		return complain(why, -EEXIST,
			"has a reader named %s, a name that is in use; rename it", f->name);
	snprintf(f->summary, sizeof(f->summary), "%s of the peer %s", spoken, said);
	*reader = peer_reader;
	reader->name = f->name;
	reader->program = peer->program;
	reader->spoken = spoken;
	reader->summary = f->summary;
	reader->named = named;
	/* A libbpf that was built is newer than the system's. */
	if (strncmp(said, "libbpf", 6) == 0 && strcmp(f->name, said) == 0)
		reader->baseline = 4;
	if (!reader_add(reader))
		return complain(why, -ENOSPC, "there are %d readers already", READERS_MAX);
	found_count++;
	return 0;
}

/* Adds the readers that the program @file says it has. */
static int add_all(const char *file, bool named, struct complaint *why)
{
	static struct peers asked; /* a run asks for itself, as its results list who was asked */
	static char files[PEERS_MAX][PATH_MAX];
	const struct peer *peer;
	int err = 0;

	if (asked.count == PEERS_MAX)
		return complain(why, -ENOSPC, "there are %d peers already", PEERS_MAX);
	snprintf(files[asked.count], sizeof(files[0]), "%s", file);
	peer = peers_ask(&asked, files[asked.count]);
	if (peer->err)
		return complain(why, peer->err, "%s", peer->why.text);
	for (size_t i = 0; i < peer->hello.path_count && !err; i++)
		err = add(peer, peer->hello.paths[i], named, why);
	return err;
}

int found_peers_add(const char *file, struct complaint *why)
{
	char real[PATH_MAX];
	struct complaint said;
	int err;

	if (!realpath(file, real))
		return complain(why, -errno, "cannot open %s: %s", file, strerror(errno));
	for (size_t i = 0; i < found_count; i++)
		if (strcmp(found[i].reader.program, real) == 0)
			return 0;
	err = add_all(real, true, &said);
	return err ? complain(why, err, "%s %s", file, said.text) : 0;
}

/* Whether the file @name in the folder of peers is a program that no reader names. */
static bool is_new(const char *name, const char *file)
{
	const struct reader *reader = reader_find(name);
	struct stat status;

	if (name[0] == '.' || (reader && reader->program && strcmp(reader->program, name) == 0))
		return false;
	return stat(file, &status) == 0 && S_ISREG(status.st_mode) && access(file, X_OK) == 0;
}

void found_peers_look(void)
{
	char folder[PATH_MAX], file[PATH_MAX];
	struct dirent **entries;
	struct complaint why;
	int count;

	if (found_count > 0 || file_of(folder, "", &why))
		return;
	count = scandir(folder, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (file_of(file, name, &why) == 0 && is_new(name, file) &&
			add_all(file, false, &why))
			fprintf(stderr, "%s: left out: peer %s\n", name, why.text);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "readers/found_peers.h"
#include "readers/peer.h"
#include "readers/peers.h"

#define NAME_MOST 40 /* letters of a reader's name */

static struct found_peer found[FOUND_PEERS_MAX];
static size_t found_count;

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

static int add(const char *file, const char *name, const struct peer_hello *hello,
	const char *spoken, struct complaint *why)
{
	struct found_peer *reader = &found[found_count];
	const size_t own = strlen(hello->peer);
	char label[NAME_MOST + 1];
	int width;
	const bool extends = strncmp(spoken, hello->peer, own) == 0;

	if (found_count == FOUND_PEERS_MAX)
		return complain(
			why, -ENOSPC, "of peers there can be %d readers at most", FOUND_PEERS_MAX);
	*reader = (struct found_peer){ .reader = { PEER_FUNCTIONS, .lives = true } };
	snprintf(reader->name, sizeof(reader->name), "%s%s%s", name, extends ? "" : "-",
		extends ? spoken + own : spoken);
	snprintf(reader->spoken, sizeof(reader->spoken), "%s", spoken);
	snprintf(reader->file, sizeof(reader->file), "%s", file);
	snprintf(
		reader->summary, sizeof(reader->summary), "%s of the peer %s", spoken, hello->peer);
	if (!is_name(reader->name))
		return complain(why, -EINVAL,
			"its reader %s cannot be a name in -mode; name the program otherwise",
			reader->name);
	if (reader_find(reader->name))
		return complain(why, -EEXIST,
			"there is a reader %s already; name the program "
			"otherwise",
			reader->name);
	/* As wide as the others' names. */
	width = snprintf(label, sizeof(label), "%s", reader->name);
	snprintf(reader->label, sizeof(reader->label), "%s:%*s", label, width < 22 ? 22 - width : 1,
		"");
	reader->reader.name = reader->name;
	reader->reader.program = reader->file;
	reader->reader.spoken = reader->spoken;
	reader->reader.summary = reader->summary;
	reader->reader.label = reader->label;
	/* The release of libbpf that was built is newer than what is linked here. */
	if (strncmp(hello->peer, "libbpf", 6) == 0 && strcmp(reader->name, hello->peer) == 0)
		reader->reader.baseline = 4;
	if (!reader_add(&reader->reader))
		return complain(why, -ENOSPC, "there are %d readers already", READERS_MAX);
	found_count++;
	return 0;
}

/* Asks who it is, and adds the readers that it has. */
static int ask(const char *name, struct complaint *why)
{
	static struct peers asked; /* those of a run ask for themselves */
	static char files[PEERS_MAX][PATH_MAX];
	const char *file, *slash;
	const struct peer *peer;
	int err = 0;

	if (asked.count == PEERS_MAX)
		return complain(why, -ENOSPC, "there are %d peers already", PEERS_MAX);
	file = files[asked.count];
	snprintf(files[asked.count], sizeof(files[0]), "%s", name);
	slash = strrchr(file, '/');
	peer = peers_ask(&asked, file);
	if (peer->err)
		return complain(why, peer->err, "%s", peer->why.text);
	for (size_t i = 0; i < peer->hello.path_count && !err; i++)
		err = add(file, slash ? slash + 1 : file, &peer->hello, peer->hello.paths[i], why);
	return err;
}

int found_peers_add(const char *file, struct complaint *why)
{
	char real[PATH_MAX];
	const size_t before = found_count;
	struct complaint said;
	int err;

	if (!realpath(file, real))
		return complain(why, -errno, "-peer: cannot open %s: %s", file, strerror(errno));
	for (size_t i = 0; i < found_count; i++)
		if (strcmp(found[i].file, real) == 0)
			return 0;
	err = ask(real, &said);
	if (err)
		return complain(why, err, "-peer: %s %s", file, said.text);
	for (size_t i = before; i < found_count; i++)
		found[i].reader.named = true;
	return 0;
}

static bool is_known(const char *program)
{
	for (size_t i = 0; readers[i]; i++)
		if (readers[i]->program && strcmp(readers[i]->program, program) == 0)
			return true;
	return false;
}

void found_peers_look(void)
{
	char folder[PATH_MAX], file[PATH_MAX];
	struct dirent **entries;
	struct complaint why;
	struct stat status;
	int count;

	if (!peers_are_wanted() || peers_folder(folder) || found_count > 0)
		return;
	count = scandir(folder, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (name[0] != '.' && !is_known(name) &&
			snprintf(file, sizeof(file), "%s/%s", folder, name) < (int)sizeof(file) &&
			stat(file, &status) == 0 && S_ISREG(status.st_mode) &&
			access(file, X_OK) == 0 && ask(file, &why))
			fprintf(stderr, "%s: left out: peer %s\n", name, why.text);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

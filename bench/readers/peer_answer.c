/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "readers/peer_answer.h"

#define SHOWN_MOST 120 /* bytes of what a peer said, in a complaint */

/* What a peer wrote, as part of a line for people. */
static char *shown(char text[SHOWN_MOST + 4], const char *said, size_t length)
{
	const size_t count = length < SHOWN_MOST ? length : SHOWN_MOST;

	for (size_t i = 0; i < count; i++)
		text[i] = said[i] < ' ' || said[i] > '~' ? '?' : said[i];
	strcpy(text + count, length > SHOWN_MOST ? "..." : "");
	return text;
}

int peer_answer_refuse(const json_t *answer, const char *what, struct complaint *why)
{
	char text[SHOWN_MOST + 4];
	char *said = json_dumps(answer, JSON_COMPACT | JSON_ENSURE_ASCII);

	complain(why, -EPROTO, "%s, but answered %s", what,
		shown(text, said ? said : "", said ? strlen(said) : 0));
	free(said);
	return -EPROTO;
}

json_t *peer_answer_parse(const char *line, size_t length, struct complaint *why)
{
	json_t *answer = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	char text[SHOWN_MOST + 4];
	const json_t *error;

	if (!json_is_object(answer)) {
		complain(why, -EPROTO, "answered what is no object of JSON: %s",
			shown(text, line, length));
		json_decref(answer);
		return NULL;
	}
	error = json_object_get(answer, "error");
	if (!error)
		return answer;
	if (json_is_string(error))
		complain(why, -EPROTO, "reports an error: %s",
			shown(text, json_string_value(error), json_string_length(error)));
	else
		peer_answer_refuse(answer, "has to report an error in words", why);
	json_decref(answer);
	return NULL;
}

/* A few words for people: not empty, printable. */
static bool copy_word(char word[PEER_WORD_SIZE], const json_t *value)
{
	const char *text = json_string_value(value);
	const size_t length = json_string_length(value);

	if (!text || length == 0 || length >= PEER_WORD_SIZE)
		return false;
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	memcpy(word, text, length + 1);
	return true;
}

int peer_answer_hello(const json_t *answer, struct peer_hello *hello, struct complaint *why)
{
	const char *const what = "has to say its peer, version, language and paths";
	int protocol = PEER_PROTOCOL;
	json_t *peer, *version, *language, *paths, *path;
	size_t i;

	*hello = (struct peer_hello){ .path_count = 0 };
	if (json_unpack((json_t *)answer, "{s:o, s:o, s:o, s:o, s?i !}", "peer", &peer, "version",
		    &version, "language", &language, "paths", &paths, "protocol", &protocol) < 0 ||
		!copy_word(hello->peer, peer) || !copy_word(hello->version, version) ||
		!copy_word(hello->language, language) || json_array_size(paths) == 0 ||
		json_array_size(paths) > PEER_PATHS_MAX)
		return peer_answer_refuse(answer, what, why);
	json_array_foreach(paths, i, path)
	{
		if (!copy_word(hello->paths[i], path))
			return peer_answer_refuse(answer, what, why);
	}
	if (protocol != PEER_PROTOCOL)
		return complain(why, -EPROTO,
			"speaks version %d of the protocol, and this program %d; build it anew",
			protocol, PEER_PROTOCOL);
	hello->path_count = i;
	return 0;
}

/* 64 bits as decimal digits. */
static bool read_decimal(const json_t *value, uint64_t *number)
{
	const char *text = json_string_value(value);
	uint64_t sum = 0;

	if (!text || !*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(sum, 10, &sum) ||
			__builtin_add_overflow(sum, (uint64_t)(*text - '0'), &sum))
			return false;
	}
	*number = sum;
	return true;
}

int peer_answer_drain(
	const json_t *answer, struct reading_result *result, int64_t *ns, struct complaint *why)
{
	json_int_t events, time;
	json_t *checksum;

	if (json_unpack((json_t *)answer, "{s:I, s:I, s:o !}", "events", &events, "ns", &time,
		    "checksum", &checksum) < 0 ||
		events < 0 || time < 0 || !read_decimal(checksum, &result->checksum))
		return peer_answer_refuse(answer, "has to say events, ns and checksum", why);
	result->events = (uint64_t)events;
	*ns = time;
	return 0;
}

bool peer_hello_has(const struct peer_hello *hello, const char *path)
{
	for (size_t i = 0; i < hello->path_count; i++)
		if (strcmp(hello->paths[i], path) == 0)
			return true;
	return false;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/values.h"
#include "results/amounts.h"
#include "watch/watch_check.h"
#include "watch/watch_report.h"

#define STALLED_DEFAULT INT64_C(1000000000)
#define INTERVAL_LEAST INT64_C(1000000000)

/* A condition is seen a little later than it begins. */
#define INTERVAL_MORE INT64_C(200000000)

static int parse_time(const char *value, int64_t *ns)
{
	*ns = STALLED_DEFAULT;
	return value ? parse_duration(value, ns) || *ns <= 0 : 0;
}

static int parse_one(char *word, struct watch_check *check)
{
	char *value = strchr(word, '=');

	if (value)
		*value++ = '\0';
	if (strcmp(word, "losing") == 0 && !value)
		return check->losing = true, 0;
	if (strcmp(word, "fill") == 0 && value)
		return parse_percent(value, &check->fill) || check->fill <= 0 || check->fill > 1;
	if (strcmp(word, "stalled") == 0)
		return parse_time(value, &check->stalled_ns);
	if (strcmp(word, "stuck") == 0)
		return parse_time(value, &check->stuck_ns);
	return -EINVAL;
}

int watch_check_parse(const char *text, void *target, struct complaint *why)
{
	struct watch_check *check = target;
	char copy[128], *rest = copy, *word;

	*check = (struct watch_check){ .wanted = true };
	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	while ((word = strsep(&rest, ",")))
		if (parse_one(word, check))
			return complain(why, -EINVAL,
				"\"%.32s\" is no condition; give some of fill=80%%, stalled=1s, "
				"stuck=1s, losing, with commas between",
				word);
	return 0;
}

int64_t watch_check_interval(const struct watch_check *check)
{
	const int64_t longest =
		check->stalled_ns > check->stuck_ns ? check->stalled_ns : check->stuck_ns;

	return longest + INTERVAL_MORE > INTERVAL_LEAST ? longest + INTERVAL_MORE : INTERVAL_LEAST;
}

static void write_start(FILE *out, const char *condition, const struct ring *ring)
{
	fprintf(out, "%s: %s, map %" PRIu32 ": ", condition, ring->name, ring->id);
}

size_t watch_check_ring(FILE *out, const struct watch_check *check, const struct ring *ring)
{
	const struct ring_figures *f = &ring->figures;
	struct ring_words words;
	char text[AMOUNT_SIZE];
	size_t failed = 0;

	ring_words_of(ring, &words);
	if (f->state == STATE_BROKEN) {
		write_start(out, "impossible", ring);
		fprintf(out, "%s\n", words.what);
		return 1;
	}
	if (check->fill > 0 && f->interval_fill >= check->fill) {
		write_start(out, "fill", ring);
		fprintf(out, "it was %s full\n",
			amount_share(text, sizeof(text), f->interval_fill));
		failed++;
	}
	if (check->stalled_ns > 0 && f->stalled_ns >= check->stalled_ns) {
		write_start(out, "stalled", ring);
		fprintf(out, "the reader has stood still for %s while records wait\n",
			amount_time(text, sizeof(text), f->stalled_ns));
		failed++;
	}
	if (check->stuck_ns > 0 && f->busy_ns >= check->stuck_ns) {
		write_start(out, "stuck", ring);
		fprintf(out, "the oldest record is reserved for %s, and not submitted\n",
			amount_time(text, sizeof(text), f->busy_ns));
		failed++;
	}
	if (check->losing && f->losing) {
		write_start(out, "losing", ring);
		ring_losing_text(ring, words.what, sizeof(words.what));
		fprintf(out, "%s\n", words.what);
		failed++;
	}
	return failed;
}

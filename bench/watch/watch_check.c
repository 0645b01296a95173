/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/values.h"
#include "watch/watch_report.h"

#define STALLED_DEFAULT INT64_C(1000000000)
#define INTERVAL_LEAST INT64_C(1000000000)

/* A condition is detected a little later than it begins. */
#define INTERVAL_MORE INT64_C(200000000)

static int parse_time(const char *value, int64_t *ns)
{
	*ns = STALLED_DEFAULT;
	return value ? parse_duration(value, ns) || *ns <= 0 : 0;
}

static int parse_one(const char *word, struct watch_check *check)
{
	const size_t length = strcspn(word, "=");
	const char *value = word[length] ? word + length + 1 : NULL;

	if (strcmp(word, "losing") == 0)
		return check->losing ? -EEXIST : (check->losing = true, 0);
	if (strncmp(word, "fill=", 5) == 0)
		return check->fill > 0 ? -EEXIST
				       : parse_percent(value, &check->fill) || check->fill <= 0 ||
						 check->fill > 1;
	if (length == 7 && strncmp(word, "stalled", 7) == 0)
		return check->stalled_ns ? -EEXIST : parse_time(value, &check->stalled_ns);
	if (length == 5 && strncmp(word, "stuck", 5) == 0)
		return check->stuck_ns ? -EEXIST : parse_time(value, &check->stuck_ns);
	return -EINVAL;
}

int watch_check_parse(const char *text, void *target, struct complaint *why)
{
	struct watch_check *check = target;
	char copy[128], *rest = copy, *word;

	*check = (struct watch_check){ .wanted = true };
	if (strlen(text) >= sizeof(copy))
		return complain(why, -EINVAL, "more than %zu characters; give each condition once",
			sizeof(copy) - 1);
	strcpy(copy, text);
	while ((word = strsep(&rest, ","))) {
		const int err = parse_one(word, check);

		if (err == -EEXIST)
			return complain(
				why, err, "\"%.32s\" repeats a condition; give each once", word);
		if (err)
			return complain(why, -EINVAL,
				"\"%.32s\" is not a condition; give one or more of "
				"fill=80%%,stalled=1s,stuck=1s,losing",
				word);
	}
	return 0;
}

int64_t watch_check_longest(const struct watch_check *check)
{
	return check->stalled_ns > check->stuck_ns ? check->stalled_ns : check->stuck_ns;
}

int64_t watch_check_interval(const struct watch_check *check)
{
	const int64_t interval = watch_check_longest(check) + INTERVAL_MORE;

	return interval > INTERVAL_LEAST ? interval : INTERVAL_LEAST;
}

/* Writes a line, and returns 1. */
__attribute__((format(printf, 4, 5))) static size_t fail(
	FILE *out, const char *condition, const struct ring *ring, const char *format, ...)
{
	va_list arguments;

	fprintf(out, "%s: %s, map %" PRIu32 ": ", condition, ring->name, ring->id);
	va_start(arguments, format);
	vfprintf(out, format, arguments);
	va_end(arguments);
	fputc('\n', out);
	return 1;
}

size_t watch_check_ring(FILE *out, const struct watch_check *check, const struct ring *ring)
{
	const struct ring_figures *f = &ring->figures;
	char text[RING_FAULT_SIZE];
	size_t failed = 0;

	if (f->state == STATE_BROKEN)
		return fail(out, "impossible", ring, "%s",
			ring_fault_text(&f->sample, ring->size, text, sizeof(text)));
	if (check->fill > 0 && f->interval_fill >= check->fill)
		failed += fail(out, "fill", ring, "it was %s full", SHARE(f->interval_fill));
	if (check->stalled_ns > 0 && f->stalled_ns >= check->stalled_ns)
		failed += fail(out, "stalled", ring,
			"the reader has released nothing for %s while records wait",
			TIME(f->stalled_ns));
	if (check->stuck_ns > 0 && f->busy_ns >= check->stuck_ns)
		failed += fail(out, "stuck", ring,
			"the oldest record has been reserved for %s and is not submitted",
			TIME(f->busy_ns));
	if (check->losing && f->losing)
		failed +=
			fail(out, "losing", ring, "%s", ring_losing_text(ring, text, sizeof(text)));
	return failed;
}

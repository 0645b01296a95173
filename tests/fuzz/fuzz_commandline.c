/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command lines of all commands, and the values in them. The input is a byte that chooses, then
 * the arguments, one per line, or the value.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/values.h"
#include "commands/commands.h"
#include "demand.h"
#include "cli/settings.h"
#include "sink.h"

#define ARGUMENTS_MOST 24
#define TEXT_MOST 1024

/* While a command line is parsed, the input decides whether peers are built, and no files exist.
 * fopen64 is the name of fopen() with large files, as meson configures it; the fuzzer's own calls
 * are not replaced. */
static bool parsing, peers_are_built;

int __real_access(const char *name, int mode);
int __wrap_access(const char *name, int mode);
FILE *__wrap_fopen64(const char *name, const char *mode);

int __wrap_access(const char *name, int mode)
{
	if (!parsing)
		return __real_access(name, mode);
	errno = ENOENT;
	return peers_are_built ? 0 : -1;
}

FILE *__wrap_fopen64(const char *name, const char *mode)
{
	(void)name;
	(void)mode;
	errno = ENOENT;
	return NULL;
}

struct arguments {
	char *values[ARGUMENTS_MOST + 2];
	int count;
	char text[TEXT_MOST + 1];
};

static void split(struct arguments *arguments, const char *text, size_t size)
{
	char *next = arguments->text, *value;

	memcpy(arguments->text, text, size);
	arguments->text[size] = '\0';
	arguments->values[0] = "fuzzed";
	arguments->count = 1;
	while (size > 0 && arguments->count <= ARGUMENTS_MOST && (value = strsep(&next, "\n")))
		arguments->values[arguments->count++] = value;
	arguments->values[arguments->count] = NULL;
}

/* Demands one line of text, or none on success. */
static void check_complaint(const struct complaint *why, int result)
{
	const size_t length = strnlen(why->text, sizeof(why->text));

	demand(length < sizeof(why->text) && (result == 0 || length > 0),
		"a complaint of %zu bytes for %d", length, result);
	for (size_t i = 0; i < length; i++)
		demand((unsigned char)why->text[i] >= ' ' && why->text[i] != '\x7f',
			"a complaint with byte %d", why->text[i]);
}

static bool is_ring_size(uint64_t size)
{
	return size >= 4096 && size <= UINT64_C(1) << 31 && (size & (size - 1)) == 0;
}

static void check_settings(const struct settings *s, bool sweep)
{
	const struct workload *w = &s->workload;

	demand(w->events <= EVENTS_MAX && (sweep || w->events > 0), "%" PRIu64 " events",
		w->events);
	demand(s->combination_count > 0 && s->combination_count <= READERS_MAX, "%zu readers",
		s->combination_count);
	demand(s->touches.count > 0 && s->touches.count <= 4, "%zu touches", s->touches.count);
	demand(s->size_count > 0 && s->size_count <= SIZES_MAX, "%zu sizes", s->size_count);
	for (size_t i = 0; i < s->size_count; i++)
		demand(s->mixes[i] ||
				(s->sizes[i] >= SIZED_EVENT_MIN && s->sizes[i] <= SIZED_EVENT_MAX),
			"events of %" PRIu64 " B", s->sizes[i]);
	demand(is_ring_size(w->ring_size), "a ring of %" PRIu64 " B", w->ring_size);
	demand(w->read_timeout_ns >= 0 && s->plan.duration_ns >= 0 && s->plan.rounds > 0 &&
			s->plan.precision != 0 && w->consumer_cpu >= -1,
		"numbers below nothing");
	demand(!s->output || s->output[0], "a file without a name");
}

static void check_live_settings(const struct settings *s)
{
	const struct workload *w = &s->workload;

	demand(s->combination_count > 0 && s->combination_count <= COMBINATIONS_MAX,
		"%zu combinations", s->combination_count);
	demand(w->producers > 0 && w->producers <= LIVE_PRODUCERS_MAX && w->rings > 0 &&
			w->rings <= LIVE_RINGS_MAX,
		"%u producers, %u rings", w->producers, w->rings);
	demand(w->event_size == 0 ||
			(w->event_size >= SIZED_EVENT_MIN && w->event_size <= SIZED_EVENT_MAX),
		"events of %u B", w->event_size);
	demand(s->advise || is_ring_size(w->ring_size), "a ring of %" PRIu64 " B", w->ring_size);
	demand(w->duration_ns > 0 && w->latency_budget_ns > 0 && w->work_ns >= 0 &&
			w->timer_slack_ns >= 0 && w->discard >= 0 && w->discard < 1,
		"numbers below nothing");
	demand((w->notify == NOTIFY_SAMPLED) == (w->notify_events > 0), "sampled every %" PRIu64,
		w->notify_events);
}

/* The result is 0, 1 or an error, and the settings match it. */
static int parse_command(int which, const struct arguments *a)
{
	static struct settings settings;
	static const enum command_bit bits[] = { COMMAND_DRAIN, COMMAND_SWEEP, COMMAND_LIVE };
	struct complaint why = { "" };
	int result;

	/* No files exist to compare. */
	if (which == 3) {
		result = command_run("compare", (char **)a->values);
		demand(result == 0 || result == 2, "compare returns %d", result);
		return result == 2 ? -EINVAL : 1;
	}
	result = settings_parse(
		&settings, which < 3 ? bits[which] : COMMAND_LIST, (char **)a->values, &why);
	if (result == 0 && which < 2)
		check_settings(&settings, which == 1);
	else if (result == 0 && which == 2)
		check_live_settings(&settings);
	demand(result == 0 || result == 1 || result == -EINVAL || result == -ENOMEM,
		"%d is no result", result);
	check_complaint(&why, result == 1 ? 0 : result);
	return result;
}

static void try_command(int which, const char *text, size_t size)
{
	static struct arguments a, before;
	char typed[64];
	size_t length;
	int result;

	split(&a, text, size);
	before = a;
	sink_begin();
	parsing = true;
	result = parse_command(which, &a);
	parsing = false;
	arena_free();
	sink_end(&length);
	demand(result != 1 || length > 40, "the help has %zu bytes", length);
	demand(memcmp(a.values, before.values, sizeof(a.values)) == 0 &&
			memcmp(a.text, before.text, sizeof(a.text)) == 0,
		"arguments are changed");
	typed_command(typed, sizeof(typed), "fuzzed", a.values);
	arena_free();
	length = strnlen(typed, sizeof(typed));
	demand(length > 0 && length < sizeof(typed), "a typed command of %zu bytes", length);
}

/* Each value is formatted and must be parsed as the same value. */

static void check_text(const char *text)
{
	demand(text[0] != '\0' && strlen(text) < FORMAT_SIZE, "a value as text: \"%s\"", text);
}

static void check_size(uint64_t size)
{
	char text[FORMAT_SIZE];
	uint64_t again = ~size;

	check_text(format_size(size, text, sizeof(text)));
	demand(parse_size(text, &again) == 0 && again == size, "%" PRIu64 " B is \"%s\"", size,
		text);
}

static void check_count(uint64_t count)
{
	char text[FORMAT_SIZE];
	uint64_t again = ~count;

	snprintf(text, sizeof(text), "%" PRIu64, count);
	demand(parse_count(text, &again) == 0 && again == count, "%s is %" PRIu64, text, again);
}

static void check_duration(int64_t ns)
{
	char text[FORMAT_SIZE];
	int64_t again = ~ns;

	check_text(format_duration(ns, text, sizeof(text)));
	demand(parse_duration(text, &again) == 0 && again == ns, "%" PRId64 " ns is \"%s\"", ns,
		text);
	check_text(format_duration_short(ns, text, sizeof(text)));
	/* At most half a second more than what can be parsed. */
	if (parse_duration(text, &again) == 0) {
		const double off = fabs((double)again - (double)ns);

		demand(off <= fabs((double)ns) * 0.0005 || off <= 5e8 + 2048,
			"%" PRId64 " ns is, in short, \"%s\"", ns, text);
	} else {
		demand(ns > INT64_MAX - 1000000000, "\"%s\" is no duration", text);
	}
}

static void check_percent(double fraction)
{
	char text[FORMAT_SIZE];
	double again = -1;

	demand(fraction >= 0 && isfinite(fraction), "a share of %g", fraction);
	check_text(format_percent(fraction, text, sizeof(text)));
	/* A value with an exponent is only for people. */
	if (!strchr(text, 'e'))
		demand(parse_percent(text, &again) == 0 &&
				fabs(again - fraction) <= 0.00001 * fraction,
			"%g is \"%s\"", fraction, text);
}

/* Text that is no value does not change the target. */
#define UNTOUCHED 0x5a5a5a5a

static void try_values(const char *given, size_t size)
{
	char text[TEXT_MOST + 1];
	uint64_t number = UNTOUCHED;
	int64_t ns = UNTOUCHED;
	double fraction = 0.125;

	memcpy(text, given, size);
	text[size] = '\0';
	if (parse_size(text, &number) == 0)
		check_size(number);
	else
		demand(number == UNTOUCHED, "an error stores a size");
	number = UNTOUCHED;
	if (parse_count(text, &number) == 0)
		check_count(number);
	else
		demand(number == UNTOUCHED, "an error stores a count");
	if (parse_duration(text, &ns) == 0)
		check_duration(ns);
	else
		demand(ns == UNTOUCHED, "an error stores a duration");
	if (parse_percent(text, &fraction) == 0)
		check_percent(fraction);
	else
		demand(fraction == 0.125, "an error stores a share");
}

static void try_number(const char *bytes, size_t size)
{
	uint64_t number = 0;

	memcpy(&number, bytes, size < sizeof(number) ? size : sizeof(number));
	check_size(number);
	check_count(number);
	check_duration((int64_t)(number >> 1));
	check_percent((double)number / 1e15);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const char *text = (const char *)data + 1;
	const int which = size > 0 ? data[0] % 8 : 0;

	if (size == 0 || size > TEXT_MOST)
		return 0;
	peers_are_built = data[0] & 64;
	setenv("RINGVIEW_PEERS", data[0] & 128 ? "" : "/peers", 1);
	if (which < 5)
		try_command(which, text, size - 1);
	else if (which < 7)
		try_values(text, size - 1);
	else
		try_number(text, size - 1);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "environment.h"

#define WAIT "RINGVIEW_WAIT"
#define ALWAYS_NOTIFIED "RINGVIEW_ALWAYS_NOTIFIED"
#define SECOND INT64_C(1000000000)

static int wait_said, always_notified_said;

static struct duration {
	const char *name;
	size_t field;        /* offset in struct ringview_options */
	int64_t least, most; /* in ns */
	const char *forever; /* the word for INT64_MAX; NULL if there is none */
	const char *valid, *fallback;
	int said;
} durations[] = {
	{ "RINGVIEW_LATENCY_BUDGET", offsetof(struct ringview_options, latency_budget_ns), 10000,
		SECOND, NULL, "a time of 10us to 1s, such as 500us or 1ms", "200us", 0 },
	{ "RINGVIEW_LINGER", offsetof(struct ringview_options, linger_ns), 1, 3600 * SECOND,
		"forever", "a time of 1ns to 3600s, such as 500us or 1ms, or forever",
		"ten budgets", 0 },
	{ "RINGVIEW_TIMER_SLACK", offsetof(struct ringview_options, timer_slack_ns), 1, SECOND,
		NULL, "a time of 1ns to 1s, such as 500us or 1ms", "the thread's own", 0 },
};

/* Prints a line, unless *@said says that one was printed for this variable. A single write keeps
 * lines of several threads apart. */
__attribute__((format(printf, 2, 3))) static void say_once(int *said, const char *format, ...)
{
	char line[256];
	va_list list;

	if (__atomic_exchange_n(said, 1, __ATOMIC_RELAXED))
		return;
	va_start(list, format);
	vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	fprintf(stderr, "libringview-libbpf: %s\n", line);
}

static const char *variable(const char *name)
{
	const char *value = secure_getenv(name);

	return value && *value ? value : NULL;
}

struct printable {
	char text[33];
};

/* The beginning of a value. Other bytes than printable ASCII could control the terminal. */
static struct printable printable(const char *value)
{
	struct printable p = { "" };

	for (size_t i = 0; i < sizeof(p.text) - 1 && value[i]; i++)
		p.text[i] = value[i] >= ' ' && value[i] <= '~' ? value[i] : '?';
	return p;
}

static enum ringview_wait_strategy wait_of(const char *text)
{
	if (!text || strcmp(text, "event") == 0)
		return RINGVIEW_WAIT_EVENT;
	if (strcmp(text, "paced") == 0)
		return RINGVIEW_WAIT_PACED;
	if (strcmp(text, "busy") == 0)
		return RINGVIEW_WAIT_BUSY;
	say_once(&wait_said, "%s: \"%s\" is not event, paced or busy; using event", WAIT,
		printable(text).text);
	return RINGVIEW_WAIT_EVENT;
}

/* "200us" in ns, or 0. */
static int64_t parse_duration(const char *text, const struct duration *d)
{
	static const struct unit {
		const char *name;
		int64_t ns;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", SECOND } };
	int64_t number = 0;

	if (d->forever && strcmp(text, d->forever) == 0)
		return INT64_MAX;
	for (; *text >= '0' && *text <= '9' && number <= d->most; text++)
		number = number * 10 + (*text - '0');
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(text, units[i].name) == 0 && number <= d->most / units[i].ns &&
			number * units[i].ns >= d->least)
			return number * units[i].ns;
	return 0;
}

static int64_t duration_of(struct duration *d, enum ringview_wait_strategy wait)
{
	const char *text = variable(d->name);
	int64_t ns;

	if (!text)
		return 0;
	ns = parse_duration(text, d);
	if (ns == 0)
		say_once(&d->said, "%s: \"%s\" is not %s; using %s", d->name, printable(text).text,
			d->valid, d->fallback);
	else if (wait != RINGVIEW_WAIT_PACED)
		say_once(&d->said, "%s: only %s=paced uses it", d->name, WAIT);
	return ns;
}

static int always_notified_of(const char *text)
{
	if (!text || strcmp(text, "0") == 0)
		return 0;
	if (strcmp(text, "1") == 0)
		return 1;
	say_once(&always_notified_said, "%s: \"%s\" is not 0 or 1; using 0", ALWAYS_NOTIFIED,
		printable(text).text);
	return 0;
}

struct ringview_options environment_options(void)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = wait_of(variable(WAIT));
	for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
		const int64_t ns = duration_of(&durations[i], options.wait);

		memcpy((char *)&options + durations[i].field, &ns, sizeof(ns));
	}
	options.always_notified = always_notified_of(variable(ALWAYS_NOTIFIED));
	return options;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "environment.h"

#define WAIT "RINGVIEW_WAIT"
#define BUDGET "RINGVIEW_LATENCY_BUDGET"
#define BUDGET_MOST_NS 1000000000 /* as in struct ringview_options */

/* One write, so that lines of several threads do not mix. */
#define SAY_ONCE(format, ...)                                                             \
	do {                                                                              \
		static int said;                                                          \
                                                                                          \
		if (!__atomic_exchange_n(&said, 1, __ATOMIC_RELAXED))                     \
			fprintf(stderr, "libringview-libbpf: " format "\n", __VA_ARGS__); \
	} while (0)

static const char *variable(const char *name)
{
	const char *value = secure_getenv(name);

	return value && *value ? value : NULL;
}

struct printable {
	char text[33];
};

/* The beginning of a value. What is not printable ASCII could change the terminal, or what it
 * shows. */
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
	SAY_ONCE(
		"%s: \"%s\" is not event, paced or busy; taking event", WAIT, printable(text).text);
	return RINGVIEW_WAIT_EVENT;
}

/* "200us" in ns, or 0. */
static int64_t parse_budget(const char *text)
{
	static const struct unit {
		const char *name;
		int64_t ns;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 } };
	int64_t number = 0;

	for (; *text >= '0' && *text <= '9' && number <= BUDGET_MOST_NS; text++)
		number = number * 10 + (*text - '0');
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(text, units[i].name) == 0 && number <= BUDGET_MOST_NS / units[i].ns)
			return number * units[i].ns;
	return 0;
}

static int64_t budget_of(const char *text, enum ringview_wait_strategy wait)
{
	int64_t ns;

	if (!text)
		return 0;
	ns = parse_budget(text);
	if (ns == 0)
		SAY_ONCE("%s: \"%s\" is not a time of 1ns to 1s, as 500us or 1ms; taking 200us",
			BUDGET, printable(text).text);
	else if (wait != RINGVIEW_WAIT_PACED)
		SAY_ONCE("%s: nothing keeps a budget but %s=paced", BUDGET, WAIT);
	return ns;
}

struct ringview_options environment_options(void)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = wait_of(variable(WAIT));
	options.latency_budget_ns = budget_of(variable(BUDGET), options.wait);
	return options;
}

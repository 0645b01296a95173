/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/values.h"
#include "results/live_situation.h"
#include "results/style.h"

const char *const topic_names[] = {
	[LIMIT_EMPTY] = "nothing was consumed",
	[LIMIT_TURNS] = "one thread produces and reads",
	[LIMIT_SHARED_CPU] = "one CPU for all",
	[LIMIT_DEAF] = "nothing wakes the consumer",
	[LIMIT_OFF_CPU] = "kept off its CPU",
	[LIMIT_CONSUMER] = "the consumer",
	[LIMIT_RING] = "the ring is too small",
	[LIMIT_OVERWRITES] = "the ring overwrites",
	[LIMIT_STARVED] = "producers kept off their CPUs",
	[LIMIT_PRODUCERS] = "the producers",
	[LIMIT_RATE] = "the producers, below the rate",
	[LIMIT_LATENCY] = "latency exceeds the budget",
	[LIMIT_NOTHING] = "nothing",
	[COST_FINE] = "",
	[COST_NOTIFICATIONS] = "; notifications",
	[COST_LOCK] = "; their lock",
	[COST_LOOKING] = "; polls too often",
	[COST_READER] = "; how it reads",
	[COST_PERF] = "; notifications of perf",
};

/* A topic's sentences, in order: each is said if the situation has all traits of @if_all and none of
 * @if_none. {name} is a figure. */
static const struct {
	enum topic topic;
	unsigned int if_all, if_none;
	const char *text;
} sentences[] = {
	{ LIMIT_EMPTY, LOSES, 0,
		"Nothing was consumed, and {lost} events were lost: the consumer never ran. Give it a "
		"CPU of its own (-cpu), or choose another -wait." },
	{ LIMIT_EMPTY, 0, LOSES,
		"Nothing was consumed: the producers discarded all of {produced} events. Raise -rate "
		"or -duration, or lower -discard." },
	{ LIMIT_TURNS, 0, 0,
		"One thread produces and reads in turns: {speed} Mev/s; each takes {producer} ns "
		"to produce and {cpu_ns} ns to read." },
	{ LIMIT_TURNS, LOSES, 0,
		" {lost_share} were lost: a turn did not notify, and the next ones were produced "
		"before the consumer polled." },
	{ LIMIT_SHARED_CPU, 0, 0,
		"Producers and consumer share one CPU, and the consumer got {cpu} of it: {lost_share} "
		"of the events were lost while the scheduler ran the producers. Give the consumer a "
		"CPU of its own." },
	{ LIMIT_DEAF, 0, 0,
		"Nothing wakes the consumer: it sleeps until notified, and with -notify never "
		"producers do not notify; {lost_share} of the events were lost. Use -wait paced, "
		"which needs no notifications, or another -notify." },
	{ LIMIT_OFF_CPU, 0, 0,
		"The consumer was kept off its CPU for {off_cpu} of {elapsed}: it was ready to run, "
		"and the scheduler did not run it; {lost_share} of the events were lost. Give it a "
		"CPU of its own (-cpu), or repeat on an idle machine; a larger ring would only hide "
		"it." },
	{ LIMIT_CONSUMER, 0, 0,
		"The consumer is the limit: it was busy for {cpu} of a CPU, and {lost_share} of "
		"the events were lost; it takes {cpu_ns} ns per event" },
	{ LIMIT_CONSUMER, WORKS, 0, ", {work} ns of which are -work" },
	{ LIMIT_CONSUMER, IS_BATCH, 0, ". Do less work per event" },
	{ LIMIT_CONSUMER, 0, IS_BATCH, ". Use -mode batch, do less work per event" },
	{ LIMIT_CONSUMER, 0, 0, ", or read with more consumers, each with rings of its own." },
	{ LIMIT_RING, IS_PERF, 0, "A buffer" },
	{ LIMIT_RING, 0, IS_PERF, "A ring" },
	{ LIMIT_RING, 0, 0,
		" of {ring} is too small for the bursts: it filled up, and {lost_share} of the events "
		"were lost, " },
	{ LIMIT_RING, NEVER_SLEEPS, 0, "although half of the events read waited less than {p50}." },
	{ LIMIT_RING, 0, NEVER_SLEEPS, "with the consumer busy for only {cpu} of a CPU." },
	{ LIMIT_RING, NO_RING_FITS, 0,
		" Events waited up to {longest}; no ring is large enough for that. Find what "
		"keeps the consumer from running." },
	{ LIMIT_RING, HAS_LATENCY, NO_RING_FITS,
		" Events waited up to {longest}, which needs about -ring-size {ring_needed}" },
	{ LIMIT_RING, 0, HAS_LATENCY | NO_RING_FITS,
		" It needs at least -ring-size {ring_needed}" },
	{ LIMIT_RING, PACES, NO_RING_FITS, ", or a smaller -latency-budget" },
	{ LIMIT_RING, 0, IS_PERF | NO_RING_FITS, "; -advise finds the size" },
	{ LIMIT_RING, 0, NO_RING_FITS, "." },
	{ LIMIT_OVERWRITES, 0, 0,
		"The ring overwrites its oldest events, as -overwrite asks: {lost_share} of the "
		"events were overwritten unread, and {speed} Mev/s were read with {cpu} of a CPU. "
		"A larger -ring-size keeps more events." },
	{ LIMIT_STARVED, 0, 0,
		"The producers were kept off their CPUs: they ran for {ran} of the time, and all of "
		"their {speed} Mev/s were read. Give them CPUs of their own, or repeat on an idle "
		"machine." },
	{ LIMIT_PRODUCERS, 0, 0,
		"The producers are the limit: at full rate they produced {speed} Mev/s, "
		"{producer} ns per event ({alone} ns alone" },
	{ LIMIT_PRODUCERS, IS_PERF, 0, ", to a ring" },
	{ LIMIT_PRODUCERS, 0, 0, "), and all events were read with {cpu} of a CPU." },
	{ LIMIT_PRODUCERS, 0, COSTS | BUSY, " The consumer could read more." },
	{ LIMIT_PRODUCERS, 0, COSTS, " More -producers show the consumer's limit." },
	{ LIMIT_RATE, 0, 0,
		"The producers cannot sustain the rate: {reached} of {asked} Mev/s "
		"({rate_share}), at {producer} ns per event; none was lost." },
	{ LIMIT_RATE, 0, COSTS, " Lower -rate, or raise -producers." },
	{ LIMIT_LATENCY, 0, 0,
		"Latency exceeds the budget: p99 is {p99}, the budget {budget}; none was lost." },
	{ LIMIT_LATENCY, KEPT_OFF, 0,
		" The consumer was kept off its CPU for {off_cpu}: give it one of its own (-cpu), or "
		"repeat on an idle machine." },
	{ LIMIT_LATENCY, PACES, KEPT_OFF | COSTS, " Lower -latency-budget, or -timer-slack." },
	{ LIMIT_LATENCY, 0, PACES | KEPT_OFF | COSTS, " Use -wait paced or busy." },
	{ LIMIT_NOTHING, 0, 0,
		"Nothing limits it: all of {speed} Mev/s were read, with {cpu} of a CPU" },
	{ LIMIT_NOTHING, HAS_LATENCY, 0, ", p99 {p99}" },
	{ LIMIT_NOTHING, 0, 0, "." },
	{ LIMIT_NOTHING, NEVER_SLEEPS, COSTS,
		" It never sleeps: -wait paced leaves the CPU to others." },
	{ LIMIT_NOTHING, 0, NEVER_SLEEPS | COSTS, " A higher -rate shows the limit." },

	{ COST_NOTIFICATIONS, 0, 0,
		" Notifications cost the producers {extra} ns per event more than alone ({alone} "
		"ns), with {wakeups} wakeups per event." },
	{ COST_NOTIFICATIONS, PACES, 0, " Notify" },
	{ COST_NOTIFICATIONS, 0, PACES, " Use -wait paced, or notify" },
	{ COST_NOTIFICATIONS, 0, 0, " less often: -notify sampled:{sampled}." },
	{ COST_LOCK, 0, 0, " {producers} producers share {rings} ring" },
	{ COST_LOCK, 0, ONE_RING, "s" },
	{ COST_LOCK, 0, 0,
		" and wait for each other's lock: an event costs at least {cheapest} ns with any "
		"reader, and {alone} ns with one producer and no reader. Give each producer a "
		"ring of its own: -rings {rings_needed}." },
	{ COST_LOOKING, 0, 0,
		" The consumer polls too often: an event costs its producer {extra} ns more than "
		"alone ({alone} ns), with few wakeups; both access the same cache lines." },
	{ COST_LOOKING, 0, PACES, " Use -wait paced with -mode batch" },
	{ COST_LOOKING, PACES | IS_BATCH, 0, " Raise -latency-budget" },
	{ COST_LOOKING, PACES, IS_BATCH, " Use -mode batch, which releases many records at once" },
	{ COST_LOOKING, NEVER_SLEEPS | NOTIFIES_BY_DEFAULT, 0,
		", or -notify never, as this consumer never sleeps" },
	{ COST_LOOKING, 0, 0, "." },
	{ COST_READER, 0, 0,
		" The way it reads and waits costs the producers {extra} ns per event more than "
		"alone ({alone} ns). Use -mode batch with -wait paced" },
	{ COST_READER, NOTIFIES_ALWAYS, 0, ", or notify less often: -notify sampled:16" },
	{ COST_READER, 0, 0, "." },
	/* With a rarer notification a perf buffer gains little: docs/measuring.md. */
	{ COST_PERF, 0, 0,
		" Perf notifies for each event, whether or not the reader sleeps: {producer} ns "
		"per event; writing one to a ring without a reader costs {alone} ns. Use -notify "
		"sampled:500, or a ring instead of a perf buffer." },
};

enum kind { COUNT, TENTHS, SHORT, ROUGH, SHARE, TIME, SIZE };

#define FIGURE(name, kind)                                    \
	{                                                     \
#name, kind, offsetof(struct situation, name) \
	}

static const struct {
	const char *name;
	enum kind kind;
	size_t at;
} figures[] = { FIGURE(lost, COUNT), FIGURE(produced, COUNT), FIGURE(producer, COUNT),
	FIGURE(alone, COUNT), FIGURE(extra, COUNT), FIGURE(cheapest, COUNT), FIGURE(work, COUNT),
	FIGURE(sampled, COUNT), FIGURE(producers, COUNT), FIGURE(rings, COUNT),
	FIGURE(rings_needed, COUNT), FIGURE(cpu_ns, TENTHS), FIGURE(speed, SHORT),
	FIGURE(reached, SHORT), FIGURE(asked, SHORT), FIGURE(wakeups, ROUGH),
	FIGURE(lost_share, SHARE), FIGURE(cpu, SHARE), FIGURE(ran, SHARE),
	FIGURE(rate_share, SHARE), FIGURE(off_cpu, TIME), FIGURE(elapsed, TIME), FIGURE(p50, TIME),
	FIGURE(p99, TIME), FIGURE(longest, TIME), FIGURE(budget, TIME), FIGURE(ring, SIZE),
	FIGURE(ring_needed, SIZE) };

static const char *figure_text(
	const struct situation *s, const char *name, size_t length, char text[FORMAT_SIZE])
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		const double value = *(const double *)((const char *)s + figures[i].at);

		if (strlen(figures[i].name) != length ||
			strncmp(figures[i].name, name, length) != 0)
			continue;
		switch (figures[i].kind) {
		case SHARE:
			return style_percent(text, FORMAT_SIZE, value);
		case TIME:
			return format_duration_short((int64_t)value, text, FORMAT_SIZE);
		case SIZE:
			return format_size((uint64_t)value, text, FORMAT_SIZE);
		case SHORT:
		case ROUGH:
			snprintf(
				text, FORMAT_SIZE, "%.*g", figures[i].kind == SHORT ? 3 : 2, value);
			return text;
		default:
			snprintf(text, FORMAT_SIZE, "%.*f",
				figures[i].kind == TENTHS && value < 100, value);
			return text;
		}
	}
	abort(); /* a sentence has no such figure */
}

void situation_say(FILE *out, const struct situation *s, enum topic topic)
{
	char figure[FORMAT_SIZE];

	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		const char *text = sentences[i].text;

		if (sentences[i].topic != topic || (s->is & sentences[i].if_none) ||
			(s->is & sentences[i].if_all) != sentences[i].if_all)
			continue;
		while (*text) {
			const size_t plain = strcspn(text, "{");
			const size_t name = strcspn(text + plain, "}");

			fprintf(out, "%.*s", (int)plain, text);
			text += plain;
			if (*text)
				fputs(figure_text(s, text + 1, name - 1, figure), out);
			text += *text ? name + 1 : 0;
		}
	}
}

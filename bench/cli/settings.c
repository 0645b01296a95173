/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Defaults that depend on other flags, which readers run, in live with which waits, and checks of
 * flags against each other.
 */
#include "cli/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "results/table.h"

bool settings_need_caches(const struct settings *s)
{
	for (size_t i = 0; i < s->caches.count; i++)
		if (s->caches.chosen[i] != CACHES_COLD)
			return true;
	return false;
}

uint64_t settings_ring_size(const struct settings *s, enum caches caches)
{
	return caches == CACHES_COLD ? s->workload.ring_size : s->cache_ring_size;
}

/* By default both for drain, and all for sweep. */
static bool is_default_mode(const struct settings *s, const struct reader *reader)
{
	if (s->command == COMMAND_SWEEP)
		return true;
	if (s->command == COMMAND_DRAIN)
		return reader->by_default || reader->named;
	if (s->workload.overwrite)
		return strcmp(reader->name, "copy") == 0;
	return strcmp(reader->name, "batch") == 0 || reader->named;
}

/* A BPF program reserves constant sizes, so there can be only a few of them. */
static bool needs_output(const struct workload *w, const struct mix *mix)
{
	return mix && mix->kind_count == 0 && w->source == SOURCE_BPF;
}

/* By the name of the file: compare and report refuse text in a file that is called JSON. */
static void choose_format(struct settings *s)
{
	const char *suffix = s->output ? strrchr(s->output, '.') : NULL;

	for (int i = 0; suffix && format_names[i]; i++)
		if (strcasecmp(suffix + 1, format_names[i]) == 0)
			s->format = i;
}

static void choose_defaults(struct settings *s)
{
	struct workload *w = &s->workload;
	const bool live = s->command == COMMAND_LIVE, modes_given = s->modes.count > 0;
	const unsigned int waits = s->advise      ? 1u << WAIT_PACED
				   : w->overwrite ? WAITS_OF_RINGVIEW
						  : WAITS_OF_RINGVIEW | WAITS_OF_LIBBPF;

	if (!settings_given("format"))
		choose_format(s);
	for (int mode = 0; settings_modes[mode] && !modes_given; mode++)
		if (is_default_mode(s, settings_modes[mode]))
			flag_names_add(&s->modes, mode);
	for (int wait = 0; live && live_wait_names[wait] && !settings_given("wait"); wait++)
		if (waits >> wait & 1)
			flag_names_add(&s->waits, wait);
	if (s->size_count == 0)
		s->sizes[s->size_count++] = live ? 64 : sizeof(struct skb_meta);
	/* A mix implies events of several sizes. */
	if (s->mixes[0] && !live && !settings_given("event"))
		w->event = EVENT_SIZED;
	w->event_size = (uint32_t)s->sizes[0];
	w->mix = s->mixes[0];
	if (live && needs_output(w, w->mix) && !settings_given("write"))
		w->write = LIVE_OUTPUT;
	s->cache_ring_size = settings_given("ring-size") ? w->ring_size : cache_ring_size();
}

/* Whether the kernel accepts the size, and whether the largest event fits. */
static int check_ring(
	const struct settings *s, uint64_t ring, uint64_t event, struct complaint *why)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	const char *size = SIZE_TEXT(ring);

	if (ring < page || ring > (uint64_t)1 << 31 || (ring & (ring - 1)) != 0)
		return complain(why, -EINVAL,
			"-ring-size: %s is not a power of two from %s (a page) to 2GiB; give for "
			"example -ring-size %s",
			size, SIZE_TEXT(page), s->command == COMMAND_LIVE ? "1MiB" : "512MiB");
	if (event + RECORD_HEADER >= ring)
		return complain(why, -EINVAL,
			"-ring-size: an event of %" PRIu64
			" B does not fit into a ring of %s; give a larger one",
			event, size);
	return 0;
}

static int check_mix(const struct settings *s, const struct mix *mix, struct complaint *why)
{
	if (!needs_output(&s->workload, mix))
		return 0;
	if (s->workload.write == LIVE_RESERVE && settings_given("write"))
		return complain(why, -EINVAL,
			"-write: a BPF program can reserve at most %d different sizes, and %s has "
			"more; leave out -write to use bpf_ringbuf_output",
			MIX_KINDS, mix->name);
	if (s->workload.discard > 0)
		return complain(why, -EINVAL,
			"-discard: %s has more than %d sizes, so bpf_ringbuf_output writes its "
			"events, which cannot be discarded; leave out -discard, or give a mix of "
			"fewer sizes",
			mix->name, MIX_KINDS);
	return 0;
}

static int check_sizes(const struct settings *s, struct complaint *why)
{
	int err = 0;

	for (size_t i = 0; i < s->size_count && !err; i++) {
		const struct mix *mix = s->mixes[i];

		for (size_t c = 0; c < s->caches.count && !s->advise && !err; c++)
			err = check_ring(s, settings_ring_size(s, (enum caches)s->caches.chosen[c]),
				mix ? mix->largest : s->sizes[i], why);
		if (!err)
			err = check_mix(s, mix, why);
	}
	return err;
}

int settings_check_rules(const struct rule *rules, struct complaint *why)
{
	for (; rules->line; rules++)
		if (rules->wrong)
			return complain(why, -EINVAL, "%s", rules->line);
	return 0;
}

static bool takes_part(const struct settings *s, const struct reader *reader)
{
	return combination_find(s->combinations, s->combination_count, reader->name) != SIZE_MAX;
}

/* Whether -latency-budget has an effect. */
static bool has_budget(const struct settings *s)
{
	for (size_t i = 0; i < s->combination_count; i++)
		if (s->combinations[i].reader->orders || s->combinations[i].wait == WAIT_PACED ||
			s->combinations[i].wait == WAIT_LIBBPF_SLEEP)
			return true;
	return false;
}

static int check_rules(const struct settings *s, struct complaint *why)
{
	const struct workload *w = &s->workload;
	const bool memory = w->source == SOURCE_MEMORY, output = w->write == LIVE_OUTPUT,
		   paced_rate = w->rate != PARSE_RATE_MAX, turns = w->back_to_back > 0,
		   sized = s->command == COMMAND_LIVE && !s->advise,
		   by_rounds = settings_given("rounds"), by_time = settings_given("time"),
		   by_precision = settings_given("precision"), several = s->runs > 1;
	const uint64_t room = w->ring_size - 1;
	const char *size = SIZE_TEXT(w->ring_size);
	const struct rule rules[] = {
		{ by_rounds + by_time + by_precision > 1,
			text("%s and %s: each sets when to stop; give only one of them",
				by_rounds ? "-rounds" : "-time",
				by_rounds && by_time ? "-time" : "-precision") },
		{ several && (by_time || by_precision),
			text("-runs: all runs need the same number of rounds; give -rounds instead of "
			     "%s",
				by_time ? "-time" : "-precision") },
		{ several && (s->advise || s->watch),
			text("-runs: %s is for a single run; leave out one of them",
				s->advise ? "-advise" : "-watch") },
		{ s->plan.precision == 0,
			"-precision: 0 is never reached; give for example -precision 1%" },
		{ w->event == EVENT_SKB_META && s->sizes[0] != sizeof(struct skb_meta),
			"-event-size: skb_meta events have 80 B; for other sizes add -event sized" },
		{ w->discard >= 1,
			"-discard: 100% leaves no event to read; give for example -discard 1%" },
		{ output && w->discard > 0,
			"-discard: bpf_ringbuf_output cannot discard events; leave out one of -discard "
			"and -write output" },
		{ output && memory,
			"-write: output needs a ring of the kernel; leave out -write or -source "
			"memory" },
		{ w->producer == PRODUCER_SYSCALL && memory,
			"-producer: syscall needs a ring of the kernel; leave out -producer or "
			"-source memory" },
		{ paced_rate && (double)w->rate * (double)w->duration_ns / 1e9 < 1,
			"-rate: no event would be produced within -duration; give a higher rate, "
			"or a longer -duration" },
		{ w->burst % w->producers > 0,
			"-rate: the producers share a burst evenly; give a multiple of -producers" },
		{ w->order && (w->rings == 1 || w->producers == 1),
			"-order: the events of one ring are always in order; give -rings 2 or "
			"more, and as many -producers" },
		{ settings_given("batch") && !takes_part(s, reader_find("batch")),
			"-batch: only the batch reader releases in batches; add it to -mode, or "
			"leave out -batch" },
		{ settings_given("latency-budget") && !has_budget(s) && !paced_rate,
			"-latency-budget: only paced readers and libbpf-sleep have one; add such a "
			"-wait, or leave out -latency-budget" },
		{ turns && w->producers > 1,
			"-back-to-back: the consumer is the only producer; leave out -producers" },
		{ turns && paced_rate,
			"-back-to-back: events are produced once the previous ones have been read, not "
			"at a rate; leave out -rate" },
		{ turns && w->same_cpu,
			"-same-cpu: -back-to-back has only one thread; leave out -same-cpu" },
		{ turns && w->notify == NOTIFY_SAMPLED && w->notify_events > w->back_to_back,
			"-notify: a turn has fewer than N events, so none would notify; give "
			"sampled:N with N at most -back-to-back" },
		{ w->overwrite && (s->advise || turns),
			"-overwrite: cannot be combined with -advise or -back-to-back, as an "
			"overwriting ring is never full; leave out -overwrite, or both of them" },
		{ s->advise && settings_given("ring-size"),
			"-ring-size: -advise finds the size; leave out one of them" },
		{ s->advise && s->combination_count > 1,
			"-advise: the ring's size is found for one reader; give one -mode and one "
			"-wait" },
		{ s->advise && s->combination_count == 1 && s->combinations[0].reader->reads_perf,
			"-advise: a perf buffer does not report how full it was; give another -mode" },
		{ s->runs * s->plan.rounds > STATISTICS_ROUNDS_MAX,
			text("-runs: %" PRIu64 " runs of %" PRIu64
			     " rounds are more than %d rounds; give fewer",
				s->runs, s->plan.rounds, STATISTICS_ROUNDS_MAX) },
		/* First without the product, which may overflow. */
		{ sized && w->notify == NOTIFY_SAMPLED &&
				(w->notify_events > room || live_plan_of(w).notify_bytes > room),
			text("-notify: a ring of %s is full before %" PRIu64
			     " events wait in it, so no producer would notify; give fewer, or a "
			     "larger -ring-size",
				size, w->notify_events) },
		{ sized && w->back_to_back > room / workload_largest_stride(w),
			text("-back-to-back: a ring of %s does not hold %" PRIu64
			     " events, so each turn would lose some; give fewer, or a larger "
			     "-ring-size",
				size, w->back_to_back) },
		{ false, NULL },
	};

	return settings_check_rules(rules, why);
}

bool settings_names(const struct settings *s, const struct reader *reader)
{
	for (int i = 0; settings_modes[i]; i++)
		if (settings_modes[i] == reader)
			return flag_names_has(&s->modes, i);
	return false;
}

static bool has_wait(const struct reader *reader, int wait)
{
	return reader->waits >> wait & 1;
}

static void add(struct settings *s, const struct reader *reader, int wait)
{
	s->combinations[s->combination_count++] =
		(struct combination){ reader, (enum live_wait)wait };
}

/* The bits of all waits that the readers of -mode have. */
static unsigned int waits_of_modes(const struct settings *s)
{
	unsigned int waits = 0;

	for (size_t m = 0; m < s->modes.count; m++)
		waits |= settings_modes[s->modes.chosen[m]]->waits;
	return waits;
}

/* Each mode with each wait, then the loops of libbpf, then readers with one way to wait. A reader
 * that takes part by its wait does so with any mode. But if only readers with one way to wait were
 * named, the default waits do not include it. */
static void combine(struct settings *s)
{
	const struct flag_names *modes = &s->modes, *waits = &s->waits;
	const bool live = s->command == COMMAND_LIVE;
	const struct reader *reader;

	for (size_t m = 0; m < modes->count; m++)
		for (size_t w = 0; w < waits->count; w++) {
			reader = settings_modes[modes->chosen[m]];
			if (!reader->by_wait && has_wait(reader, waits->chosen[w]) &&
				(!reader->orders || s->workload.order))
				add(s, reader, waits->chosen[w]);
		}
	for (int m = 0; (reader = settings_modes[m]); m++)
		for (size_t w = 0; w < waits->count && reader->by_wait; w++)
			if (has_wait(reader, waits->chosen[w]) &&
				(flag_names_has(waits, waits->chosen[w]) ||
					settings_names(s, reader) || waits_of_modes(s)))
				add(s, reader, waits->chosen[w]);
	for (size_t m = 0; m < modes->count; m++) {
		reader = settings_modes[modes->chosen[m]];
		if (!live || !reader->waits)
			add(s, reader, WAIT_OWN);
	}
}

static int fail_waits(const struct reader *reader, struct complaint *why)
{
	const char *names = "";

	for (int wait = 0; live_wait_names[wait]; wait++)
		if (has_wait(reader, wait))
			names = text("%s%s%s", names, *names ? ", " : "", live_wait_names[wait]);
	return complain(why, -EINVAL,
		"-mode: %s supports no wait of -wait; give one or more of %s, or another -mode",
		reader->name, names);
}

/* Whether a reader of the same program of -peer is measured. */
static bool is_used(const struct settings *s, const struct reader *peer)
{
	size_t i = 0;

	while (i < s->combination_count && s->combinations[i].reader->program != peer->program)
		i++;
	return i < s->combination_count;
}

static int check_readers(const struct settings *s, struct complaint *why)
{
	/* A wait of ringview was named that no reader of -mode has. */
	const bool unused = s->waits.named & WAITS_OF_RINGVIEW & ~waits_of_modes(s);
	const struct reader *reader;

	for (int i = 0; (reader = settings_modes[i]); i++)
		if (flag_names_has(&s->modes, i) && reader->by_wait &&
			(unused || !takes_part(s, reader)))
			return fail_waits(reader, why);
	if (unused)
		return complain(why, -EINVAL,
			"-wait: no reader of -mode supports this wait; add one that does, such as "
			"batch, or leave out -wait");
	for (int i = 0; (reader = settings_modes[i]); i++) {
		const bool named = flag_names_has(&s->modes, i);
		const struct obstacle obstacle = reader_obstacle(reader, &s->workload);

		if (reader->named && !is_used(s, reader))
			return complain(why, -EINVAL,
				"-peer: -mode does not name %s; add it, or leave out -peer",
				reader->name);
		if (named && reader->waits & WAITS_OF_LIBBPF && !takes_part(s, reader))
			return fail_waits(reader, why);
		if (obstacle.reason &&
			(named || (reader->by_wait && s->waits.named & reader->waits)))
			return complain(why, -EINVAL, "-%s: %s %s; leave it out, or %s",
				named ? "mode" : "wait", reader->name, obstacle.reason,
				obstacle.remedy);
	}
	return 0;
}

static int check_baseline(const struct settings *s, struct complaint *why)
{
	const bool live = s->command == COMMAND_LIVE;
	const char *names[READERS_MAX * (WAIT_OWN + 1) + 1] = { NULL }, *nearest;
	size_t count = 0;

	if (!s->baseline ||
		combination_find(s->combinations, s->combination_count, s->baseline) != SIZE_MAX)
		return 0;
	for (int mode = 0; settings_modes[mode]; mode++) {
		const struct reader *reader = settings_modes[mode];
		char name[64];

		names[count++] = reader->name;
		for (int wait = 0; live && live_wait_names[wait]; wait++)
			if (has_wait(reader, wait))
				names[count++] =
					text("%s", combination_name((struct combination){ reader,
									    (enum live_wait)wait },
							   name, sizeof(name)));
	}
	nearest = flags_nearest(s->baseline, strlen(s->baseline), names);
	if (nearest && strcmp(nearest, s->baseline) != 0)
		return complain(why, -EINVAL,
			"-baseline: unknown reader \"%.48s\"; did you mean %s?", s->baseline,
			nearest);
	return complain(why, -EINVAL,
		nearest ? "-baseline: \"%.48s\" is not measured; add it to %s, or give a reader "
			  "that is"
			: "-baseline: unknown reader \"%.48s\"; give a reader that is measured",
		s->baseline, reader_find(s->baseline) ? "-mode" : "-mode and -wait");
}

int settings_conclude(struct settings *s, struct complaint *why)
{
	choose_defaults(s);
	combine(s);
	if (check_sizes(s, why) || check_rules(s, why) || check_readers(s, why))
		return -EINVAL;
	return check_baseline(s, why);
}

int settings_check_named(const struct settings *s, struct complaint *why)
{
	const struct reader *reader;
	struct complaint said;

	for (int i = 0; (reader = settings_modes[i]); i++)
		if (flag_names_has(&s->modes, i) && reader->find && reader->find(reader, &said))
			return complain(why, -EINVAL, "-mode: %s", said.text);
	return 0;
}

int settings_choose(struct settings *s, struct peers *peers, struct complaint *why)
{
	const struct reader *last = NULL;
	size_t kept = 0;
	int chosen = 0; /* or an error */

	for (size_t i = 0; i < s->combination_count && chosen >= 0; i++) {
		const struct reader *reader = s->combinations[i].reader;

		/* The combinations of a reader follow one another. */
		if (reader != last)
			chosen = peers_choose(peers, reader, !settings_names(s, reader),
				reader_obstacle(reader, &s->workload), why);
		last = reader;
		if (chosen > 0)
			s->combinations[kept++] = s->combinations[i];
	}
	s->combination_count = kept;
	return chosen < 0 ? chosen : 0;
}

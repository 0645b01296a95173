/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drain and sweep: defaults that depend on other flags, and checks of flags against each other.
 */
#include <errno.h>
#include <string.h>

#include "measure/cache.h"
#include "cli/settings.h"

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

/* In the order written; by default both for drain, and all for sweep. */
static void choose_readers(struct settings *s, bool sweep)
{
	const bool given = s->modes.count > 0;
	const struct reader *reader;

	s->all_readers = sweep && !given;
	for (int i = 0; (reader = settings_mode(i)) && !given; i++)
		if (sweep || reader->by_default || reader->named)
			flag_names_add(&s->modes, i);
	for (size_t i = 0; i < s->modes.count; i++) {
		s->all_readers |= given && !flag_names_has(&s->modes, s->modes.chosen[i]);
		s->readers[s->reader_count++] = settings_mode(s->modes.chosen[i]);
	}
}

static int check_baseline(const struct settings *s, struct complaint *why)
{
	const char *names[READERS_MAX + 1];
	bool takes_part = false;
	int count = 0;

	for (size_t i = 0; i < s->reader_count; i++)
		takes_part |= s->baseline && strcmp(s->readers[i]->name, s->baseline) == 0;
	for (; settings_mode(count); count++)
		names[count] = settings_mode(count)->name;
	names[count] = NULL;
	return settings_check_baseline(s, takes_part, names, why);
}

static int check_sizes(const struct settings *s, struct complaint *why)
{
	int err = 0;

	for (size_t i = 0; i < s->size_count; i++) {
		const struct mix *mix = s->mixes[i];

		if (s->workload.discard > 0 && mix && mix->kind_count == 0 &&
			s->workload.source == SOURCE_BPF)
			return complain(why, -EINVAL,
				"-discard: %s has more than %d sizes, so bpf_ringbuf_output "
				"writes its events, which cannot be discarded; leave out "
				"-discard, or give a mix of fewer sizes",
				mix->name, MIX_KINDS);
		for (size_t c = 0; c < s->caches.count && !err; c++)
			err = settings_check_ring(
				settings_ring_size(s, (enum caches)s->caches.chosen[c]),
				mix ? mix->largest : s->sizes[i], "512MiB", why);
	}
	return err;
}

int settings_conclude_drain(struct settings *s, bool sweep, struct complaint *why)
{
	/* A mix implies events of several sizes. */
	const bool sized = s->workload.event == EVENT_SIZED ||
			   (s->size_count > 0 && s->mixes[0] && !settings_given("event"));
	const struct rule rules[] = {
		{ s->workload.discard >= 1,
			"-discard: 100% leaves no event to read; give for example -discard 1%" },
		{ s->plan.precision == 0,
			"-precision: 0 is never reached; give for example -precision 1%" },
		{ !sized && s->size_count > 0 && s->sizes[0] != sizeof(struct skb_meta),
			"-event-size: skb_meta events have 80 B; for other sizes add -event sized" },
		{ false, NULL },
	};
	int err;

	s->plan.rounds = s->rounds;
	s->workload.event = sized ? EVENT_SIZED : EVENT_SKB_META;
	s->cache_ring_size =
		settings_given("ring-size") ? s->workload.ring_size : cache_ring_size();
	err = settings_check_rules(rules, why);
	if (s->size_count == 0)
		s->sizes[s->size_count++] = sizeof(struct skb_meta);
	choose_readers(s, sweep);
	if (!err)
		err = settings_check_named(s, why);
	if (!err)
		err = check_baseline(s, why);
	if (!err)
		err = settings_check_ring(s->workload.ring_size, 0, "512MiB", why);
	if (!err)
		err = check_sizes(s, why);
	for (size_t i = 0; i < s->reader_count && !s->all_readers && !err; i++) {
		const struct obstacle obstacle =
			reader_obstacle(s->readers[i], s->workload.source, NULL);

		if (obstacle.reason)
			err = settings_fail_obstacle("mode", s->readers[i], obstacle, why);
	}
	return err;
}

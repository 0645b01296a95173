/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "measure/cache.h"
#include "cli/settings.h"

int settings_check_ring(uint64_t ring, const char *example, struct complaint *why)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	char size[FORMAT_SIZE];

	if (ring >= page && ring <= (uint64_t)1 << 31 && (ring & (ring - 1)) == 0)
		return 0;
	return complain(why, -EINVAL,
		"-ring-size: %s is not a power of two from %llu B (a page) to 2GiB; give for "
		"example -ring-size %s",
		format_size(ring, size, sizeof(size)), (unsigned long long)page, example);
}

int settings_check_ring_holds(uint64_t ring, uint64_t event, struct complaint *why)
{
	char size[FORMAT_SIZE];

	if (event + RECORD_HEADER < ring)
		return 0;
	return complain(why, -EINVAL,
		"-ring-size: a ring of %s holds no event of %llu B; give a larger one",
		format_size(ring, size, sizeof(size)), (unsigned long long)event);
}

int settings_check_named(const struct settings *s, struct complaint *why)
{
	const struct reader *reader;
	struct complaint said;

	for (int i = 0; (reader = settings_mode(i)); i++)
		if (s->named >> i & 1 && reader->find && reader->find(reader, &said))
			return complain(why, -EINVAL, "-mode: %s", said.text);
	return 0;
}

/* In the order written. Both for drain, all for sweep, unless others were chosen. */
static void choose_readers(struct settings *s, const struct typed *typed)
{
	struct flag_names names = typed->modes;
	const struct reader *reader;

	s->all_readers = names.count == 0 && typed->sweep;
	for (int i = 0; (reader = settings_mode(i)) && typed->modes.count == 0; i++)
		if (typed->sweep || reader->by_default || reader->named)
			flag_names_add(&names, i);
	for (size_t i = 0; i < names.count; i++) {
		s->all_readers |=
			typed->modes.count > 0 && !flag_names_has(&names, names.chosen[i]);
		s->readers[s->reader_count++] = settings_mode(names.chosen[i]);
	}
}

int settings_check_baseline(
	const char *baseline, bool takes_part, const char *const *names, struct complaint *why)
{
	const char *nearest;

	if (!baseline || takes_part)
		return 0;
	nearest = flags_nearest(baseline, strlen(baseline), names);
	if (nearest && strcmp(nearest, baseline) != 0)
		return complain(why, -EINVAL,
			"-baseline: unknown reader \"%.48s\"; did you mean %s?", baseline, nearest);
	return complain(why, -EINVAL,
		"-baseline: \"%.48s\" does not take part; add it to -mode, or name one that does",
		baseline);
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
	return settings_check_baseline(s->baseline, takes_part, names, why);
}

bool settings_need_caches(const struct settings *s)
{
	for (size_t i = 0; i < s->caches_count; i++)
		if (s->caches[i] != CACHES_COLD)
			return true;
	return false;
}

uint64_t settings_ring_size(const struct settings *s, enum caches caches)
{
	return caches == CACHES_COLD ? s->ring_size : s->cache_ring_size;
}

static void choose_caches(struct settings *s, const struct typed *typed)
{
	for (size_t i = 0; i < typed->caches.count; i++)
		s->caches[s->caches_count++] = (enum caches)typed->caches.chosen[i];
	if (s->caches_count == 0)
		s->caches[s->caches_count++] = CACHES_COLD;
	s->cache_ring_size = typed->ring_size_given ? s->ring_size : cache_ring_size();
}

static int check_discard(const struct settings *s, const struct mix *mix, struct complaint *why)
{
	if (s->discard >= 1)
		return complain(why, -EINVAL,
			"-discard: 100%% leaves no event to read; give for example -discard 1%%");
	if (s->discard > 0 && mix && mix->kind_count == 0 && s->source == SOURCE_BPF)
		return complain(why, -EINVAL,
			"-discard: %s has more than %d sizes, so its events are copied into the "
			"ring, and what was copied cannot be taken back; leave out one of them",
			mix->name, MIX_KINDS);
	return 0;
}

static int check_size(const struct settings *s, size_t i, struct complaint *why)
{
	const struct mix *mix = s->mixes[i];
	int err = check_discard(s, mix, why);

	for (size_t c = 0; c < s->caches_count && !err; c++)
		err = settings_check_ring_holds(
			settings_ring_size(s, s->caches[c]), mix ? mix->largest : s->sizes[i], why);
	return err;
}

static int choose_sizes(struct settings *s, const struct typed *typed, struct complaint *why)
{
	int err = 0;

	/* Who asks for a mix means events of several sizes. */
	if (s->size_count > 0 && s->mixes[0] && !typed->event_given)
		s->event = EVENT_SIZED;
	if (s->event == EVENT_SKB_META && s->size_count > 0 &&
		s->sizes[0] != sizeof(struct skb_meta))
		return complain(why, -EINVAL,
			"-event-size: skb_meta events have %zu B; add -event sized for others",
			sizeof(struct skb_meta));
	if (s->size_count == 0) {
		s->sizes[0] = sizeof(struct skb_meta);
		s->size_count = 1;
	}
	for (size_t i = 0; i < s->size_count && !err; i++)
		err = check_size(s, i, why);
	return err;
}

int settings_conclude_drain(struct settings *s, const struct typed *typed, struct complaint *why)
{
	int err = settings_check_ring(s->ring_size, "512MiB", why);

	s->plan.rounds = s->rounds;
	for (size_t i = 0; i < typed->touches.count; i++)
		s->touches[s->touch_count++] = (enum touch)typed->touches.chosen[i];
	if (s->touch_count == 0)
		s->touches[s->touch_count++] = TOUCH_FIELDS;
	choose_caches(s, typed);
	if (!err)
		choose_readers(s, typed);
	if (!err)
		err = settings_check_named(s, why);
	if (!err)
		err = check_baseline(s, why);
	if (!err)
		err = choose_sizes(s, typed, why);
	if (err)
		return err;
	if (s->plan.precision == 0)
		return complain(why, -EINVAL,
			"-precision: an interval of width 0 is never reached; give for example "
			"-precision 1%%");
	for (size_t i = 0; i < s->reader_count && !s->all_readers; i++) {
		const struct obstacle obstacle =
			reader_obstacle(s->readers[i], (enum source_kind)s->source, NULL);

		if (obstacle.reason)
			return complain(why, -EINVAL, "-mode: %s %s; leave it out, or %s",
				s->readers[i]->name, obstacle.reason, obstacle.remedy);
	}
	return 0;
}

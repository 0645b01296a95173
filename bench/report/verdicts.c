/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/grid.h"
#include "report/verdicts.h"

/* So many are named; of more only how many they are. */
#define NAMED 8

void verdicts_add(struct verdicts *verdicts, const char *name, double ratio, enum tone tone)
{
	struct verdict_entry *entry;

	if (verdicts->count == VERDICTS_MAX || tone == TONE_PLAIN || !isfinite(ratio))
		return;
	entry = &verdicts->entries[verdicts->count++];
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	entry->ratio = ratio;
	entry->tone = tone;
}

static int largest_first(const void *a, const void *b)
{
	const struct verdict_entry *x = a, *y = b;

	return (x->ratio < y->ratio) - (x->ratio > y->ratio);
}

static const char *joint_of(enum tone tone)
{
	switch (tone) {
	case TONE_SAME:
		return "as";
	case TONE_UNCLEAR:
		return "whether faster or slower than";
	default:
		return "than";
	}
}

static void write_one(
	struct page *page, const struct verdicts *verdicts, enum tone tone, const char *baseline)
{
	char text[64 + NAMED * (sizeof(verdicts->entries[0].name) + NUMBER_SIZE + 16) + 128];
	char number[NUMBER_SIZE];
	size_t used, count = 0;

	used = (size_t)snprintf(text, sizeof(text), "%s %.64s:", joint_of(tone), baseline);
	for (size_t i = 0; i < verdicts->count; i++) {
		const struct verdict_entry *entry = &verdicts->entries[i];

		if (entry->tone != tone || count++ >= NAMED)
			continue;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %s %s times",
			count > 1 ? "," : "", entry->name, ratio_text(number, entry->ratio));
	}
	if (count > NAMED)
		snprintf(text + used, sizeof(text) - used, ", and %zu more", count - NAMED);
	if (count > 0)
		page_item(page, 0, tone, NULL, text);
}

void verdicts_write(struct page *page, struct verdicts *verdicts, const char *baseline)
{
	static const enum tone tones[] = { TONE_FASTER, TONE_SLOWER, TONE_SAME, TONE_UNCLEAR };

	qsort(verdicts->entries, verdicts->count, sizeof(verdicts->entries[0]), largest_first);
	for (size_t i = 0; i < sizeof(tones) / sizeof(tones[0]); i++)
		write_one(page, verdicts, tones[i], baseline);
}

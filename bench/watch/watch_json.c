/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Written without a library: at -interval 10ms that would be half of what watch costs. No text here
 * needs escapes (watch_name_set()).
 */
#include <inttypes.h>
#include <math.h>

#include "watch/watch_report.h"

static void put_text(FILE *out, const char *name, const char *text)
{
	fprintf(out, text ? ", \"%s\": \"%s\"" : ", \"%s\": null", name, text);
}

static void put_flag(FILE *out, const char *name, bool value)
{
	fprintf(out, ", \"%s\": %s", name, value ? "true" : "false");
}

/* Parsers read no integers above INT64_MAX. */
static void put_count(FILE *out, const char *name, bool known, uint64_t value)
{
	if (known && value <= INT64_MAX)
		fprintf(out, ", \"%s\": %" PRIu64, name, value);
	else
		put_text(out, name, NULL);
}

static void put_real(FILE *out, const char *name, double value)
{
	if (isfinite(value))
		fprintf(out, ", \"%s\": %.9g", name, value);
	else
		put_text(out, name, NULL);
}

static void put_seconds(FILE *out, const char *name, int64_t ns)
{
	put_real(out, name, ns < 0 ? (double)NAN : (double)ns / 1e9);
}

static void put_holders(
	FILE *out, const char *name, const char *id, const struct holder *list, size_t count)
{
	fprintf(out, ", \"%s\": [", name);
	for (size_t i = 0; i < count && i < HOLDERS_MAX; i++)
		fprintf(out, "%s{\"%s\": %" PRIu32 ", \"name\": \"%s\"}", i > 0 ? ", " : "", id,
			list[i].id, list[i].name);
	fputc(']', out);
}

static void put_figures(FILE *out, const struct ring *ring)
{
	const struct ring_figures *f = &ring->figures;
	const struct ring_sample *s = &f->sample;
	const struct ring_waiting *w = &f->waiting;
	const struct ring_sizes *sizes = &ring->model.sizes;
	const struct ring_accounts *a = &ring->model.accounts;
	const bool possible = s->fault == FAULT_NONE || s->fault == FAULT_HEADER;
	char fault[RING_FAULT_SIZE];

	ring_fault_text(s, ring->size, fault, sizeof(fault));
	put_text(out, "state", ring_state_names[f->state]);
	put_count(out, "producer_position", true, s->producer);
	put_count(out, "consumer_position", true, s->consumer);
	put_count(out, "waiting_bytes", possible, s->waiting);
	put_real(out, "fill", possible ? f->fill : (double)NAN);
	put_count(out, "high_water_bytes", true, f->totals.high_water);
	put_count(out, "interval_high_water_bytes", true, f->interval_high);
	put_text(out, "head", ring_head_names[s->head]);
	put_text(out, "impossible", s->fault ? fault : NULL);
	put_count(out, "records_waiting", w->known, w->records);
	put_flag(out, "records_waiting_is_all", w->known && w->all);
	put_count(out, "busy_waiting", w->known, w->busy);
	put_count(out, "discarded_waiting", w->known, w->discarded);
	put_real(out, "written_records_per_s", f->records_per_s);
	put_real(out, "seen_share", f->seen);
	put_real(out, "discarded_share", f->discarded);
	put_real(out, "record_bytes_average", f->average);
	put_count(out, "sizes_seen", true, sizes->count);
	put_count(out, "record_bytes_min", sizes->count > 0, sizes->min);
	put_count(out, "record_bytes_p50", sizes->count > 0, ring_sizes_quantile(sizes, 0.5));
	put_count(out, "record_bytes_p99", sizes->count > 0, ring_sizes_quantile(sizes, 0.99));
	put_count(out, "record_bytes_max", sizes->count > 0, sizes->max);
	put_count(out, "overwritten_position", f->overwrites, s->oldest);
	put_flag(out, "losing", f->losing);
	put_real(out, "no_room_share", f->no_room);
	put_count(out, "largest_record_stride", f->largest > 0, f->largest);
	put_count(out, "lost_records", a->known, a->lost);
	put_real(out, "lost_records_per_s", f->lost_per_s);
	put_text(out, "lost_by_program", a->known ? a->program : NULL);
	put_flag(out, "lost_by_program_is_shared", a->known && a->shared);
	put_real(out, "written_bytes_per_s", f->written_per_s);
	put_real(out, "consumed_bytes_per_s", f->consumed_per_s);
	put_seconds(out, "consumer_still_s", f->still_ns);
	put_seconds(out, "stalled_s", f->stalled_ns);
	put_seconds(out, "head_busy_s", f->busy_ns);
	put_seconds(out, "full_in_s", f->full_in_ns);
	put_flag(out, "full", f->totals.full);
	put_count(out, "full_episodes", true, f->totals.full_episodes);
	put_seconds(out, "full_s", f->totals.full_ns);
	put_count(out, "consumer_went_backwards", true, f->totals.moved_back);
}

void watch_write_json(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	const struct holders *h = &ring->holders;
	char when[32] = "";
	struct tm utc;

	if (gmtime_r(&style->time, &utc))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &utc);
	fprintf(out, "{\"time\": \"%s\", \"map\": %" PRIu32, when, ring->id);
	put_text(out, "name", ring->name);
	put_count(out, "size", true, ring->size);
	put_figures(out, ring);
	put_seconds(out, "sample_interval_s", style->sample_ns);
	put_seconds(out, "interval_s", style->interval_ns);
	put_holders(out, "processes", "pid", h->processes, h->process_count);
	put_count(out, "process_count", true, h->process_count);
	put_flag(out, "processes_hidden", h->processes_hidden);
	put_holders(out, "programs", "id", h->programs, h->program_count);
	put_count(out, "program_count", true, h->program_count);
	put_flag(out, "programs_hidden", h->programs_hidden);
	fputs("}\n", out);
}

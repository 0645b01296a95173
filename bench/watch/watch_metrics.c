/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "watch/watch_report.h"

struct metric {
	const char *name, *type, *help;
	double value; /* NAN: the ring has none */
};

#define METRICS 12

static void find_metrics(const struct ring *ring, struct metric metrics[METRICS])
{
	const struct ring_figures *f = &ring->figures;
	const bool counted = ring->model.accounts.known;
	const struct metric all[METRICS] = {
		{ "size_bytes", "gauge", "Size of the ring buffer.", (double)ring->size },
		{ "waiting_bytes", "gauge", "Bytes that wait to be consumed, headers included.",
			f->state == STATE_BROKEN ? (double)NAN : (double)f->sample.waiting },
		{ "highest_fill_ratio", "gauge", "Highest fill level of the interval.",
			f->interval_fill },
		{ "produced_bytes_total", "counter",
			"Producer position: bytes written since the ring was created.",
			(double)f->sample.producer },
		{ "consumed_bytes_total", "counter",
			"Consumer position: bytes consumed since the ring was created.",
			(double)f->sample.consumer },
		{ "records_per_second", "gauge", "Records written a second in the interval.",
			f->records_per_s },
		{ "record_size_bytes", "gauge", "Average length of the interval's records.",
			f->average },
		{ "no_room_ratio", "gauge",
			"Share of the samples in which the largest recent record had no room.",
			f->no_room },
		{ "losing", "gauge", "1 while records are almost certainly lost.", f->losing },
		{ "program_lost_records_total", "counter",
			"Records lost, as counted by the programs that use the ring "
			"(ringview.bpf.h).",
			counted ? (double)ring->model.accounts.lost : (double)NAN },
		{ "stalled_seconds", "gauge",
			"How long the reader has released nothing while records were ready.",
			(double)f->stalled_ns / 1e9 },
		{ "head_busy_seconds", "gauge",
			"How long the oldest record has been reserved and not submitted.",
			(double)f->busy_ns / 1e9 },
	};

	memcpy(metrics, all, sizeof(all));
}

static void write_head(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP ringview_ring_%s %s\n# TYPE ringview_ring_%s %s\n", name, help, name,
		type);
}

/* Names need no escapes (watch_name_set()). */
static void write_labels(FILE *out, const char *name, const struct ring *ring)
{
	const struct holders *h = &ring->holders;

	fprintf(out, "ringview_ring_%s{map=\"%" PRIu32 "\",name=\"%s\",process=\"%s\"", name,
		ring->id, ring->name, h->process_count > 0 ? h->processes[0].name : "");
}

void watch_write_metrics(FILE *out, struct ring *const *rings, size_t count)
{
	struct metric metrics[METRICS];

	if (count == 0)
		return;
	/* The format wants all samples of a metric together. */
	for (size_t m = 0; m < METRICS; m++)
		for (size_t i = 0; i < count; i++) {
			find_metrics(rings[i], metrics);
			if (i == 0)
				write_head(out, metrics[m].name, metrics[m].type, metrics[m].help);
			if (!isfinite(metrics[m].value))
				continue;
			write_labels(out, metrics[m].name, rings[i]);
			fprintf(out, "} %.15g\n", metrics[m].value);
		}
	write_head(out, "state", "gauge", "1 for the state that the ring is in.");
	for (size_t i = 0; i < count; i++)
		for (int state = 0; state <= STATE_UNUSED; state++) {
			write_labels(out, "state", rings[i]);
			fprintf(out, ",state=\"%s\"} %d\n", ring_state_names[state],
				rings[i]->figures.state == (enum ring_state)state);
		}
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>

#include "watch/watch_report.h"

enum { GAUGE, COUNTER };

/* One metric of a ring; NAN: the ring has none. */
struct metric {
	const char *name, *help;
	int type;
	double (*value)(const struct ring *ring);
};

static double size_of(const struct ring *ring)
{
	return (double)ring->size;
}

static double waiting(const struct ring *ring)
{
	return ring->figures.state == STATE_BROKEN ? (double)NAN
						   : (double)ring->figures.sample.waiting;
}

static double highest_fill(const struct ring *ring)
{
	return ring->figures.interval_fill;
}

static double produced(const struct ring *ring)
{
	return (double)ring->figures.sample.producer;
}

static double consumed(const struct ring *ring)
{
	return (double)ring->figures.sample.consumer;
}

static double records(const struct ring *ring)
{
	return ring->figures.records_per_s;
}

static double average(const struct ring *ring)
{
	return ring->figures.average;
}

static double no_room(const struct ring *ring)
{
	return ring->figures.no_room;
}

static double losing(const struct ring *ring)
{
	return ring->figures.losing;
}

static double lost(const struct ring *ring)
{
	return ring->model.accounts.known ? (double)ring->model.accounts.lost : (double)NAN;
}

static double stalled(const struct ring *ring)
{
	return (double)ring->figures.stalled_ns / 1e9;
}

static double busy(const struct ring *ring)
{
	return (double)ring->figures.busy_ns / 1e9;
}

static const struct metric metrics[] = {
	{ "ringview_ring_size_bytes", "Size of the ring buffer.", GAUGE, size_of },
	{ "ringview_ring_waiting_bytes", "Bytes that wait to be consumed, headers included.", GAUGE,
		waiting },
	{ "ringview_ring_highest_fill_ratio", "The highest fill of the interval.", GAUGE,
		highest_fill },
	{ "ringview_ring_produced_bytes_total",
		"Producer position: bytes written since the ring was made.", COUNTER, produced },
	{ "ringview_ring_consumed_bytes_total",
		"Consumer position: bytes consumed since the ring was made.", COUNTER, consumed },
	{ "ringview_ring_records_per_second", "Records written a second in the interval.", GAUGE,
		records },
	{ "ringview_ring_record_size_bytes", "Average length of the records of the interval.",
		GAUGE, average },
	{ "ringview_ring_no_room_ratio",
		"Share of the samples in which the largest recent record had no room.", GAUGE,
		no_room },
	{ "ringview_ring_losing", "1 while records are almost surely lost.", GAUGE, losing },
	{ "ringview_ring_program_lost_records_total",
		"Records lost, as the programs that use the ring count them (ringview.bpf.h).",
		COUNTER, lost },
	{ "ringview_ring_stalled_seconds",
		"How long the reader has stood still while records were ready.", GAUGE, stalled },
	{ "ringview_ring_head_busy_seconds",
		"How long the oldest record has been reserved without being submitted.", GAUGE,
		busy },
};

static void write_head(FILE *out, const char *name, const char *help, const char *type)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* No name of a ring or of a holder has quotes, backslashes or control characters (watched_ring.c,
 * holders.c): nothing is to be escaped. */
static void write_labels(FILE *out, const char *name, const struct ring *ring)
{
	const struct holders *h = &ring->holders;

	fprintf(out, "%s{map=\"%" PRIu32 "\",name=\"%s\",process=\"%s\"", name, ring->id,
		ring->name, h->process_count > 0 ? h->processes[0].name : "");
}

void watch_write_metrics(FILE *out, struct ring *const *rings, size_t count)
{
	for (size_t m = 0; m < sizeof(metrics) / sizeof(metrics[0]); m++) {
		write_head(out, metrics[m].name, metrics[m].help,
			metrics[m].type == COUNTER ? "counter" : "gauge");
		for (size_t i = 0; i < count; i++) {
			const double value = metrics[m].value(rings[i]);

			if (!isfinite(value))
				continue;
			write_labels(out, metrics[m].name, rings[i]);
			fprintf(out, "} %.15g\n", value);
		}
	}
	write_head(out, "ringview_ring_state", "1 for the state that the ring is in.", "gauge");
	for (size_t i = 0; i < count; i++)
		for (int state = 0; state <= STATE_UNUSED; state++) {
			write_labels(out, "ringview_ring_state", rings[i]);
			fprintf(out, ",state=\"%s\"} %d\n", ring_state_names[state],
				rings[i]->figures.state == (enum ring_state)state);
		}
}

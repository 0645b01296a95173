/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The figures of the message of kernel commit c97099b0f227, "bpf: Add BPF ringbuf and perf buffer
 * benchmarks", by Andrii Nakryiko: all of them, as in
 * https://lore.kernel.org/bpf/20200529075424.3139988-5-andriin@fb.com. Its names: rb is the ring,
 * pb the perf buffer; libbpf reads with libbpf, custom with code of its own; drops are lost here.
 * Events there have 8 B.
 */
#include <string.h>

#include "live/preset_published.h"

/* clang-format off */
const struct preset_figure preset_published[] = {
	{ "parallel", "", "rb-libbpf", 12.054, 0.320, 0.000, 0.000 },
	{ "parallel", "", "rb-custom", 8.158, 0.118, 0.001, 0.003 },
	{ "parallel", "", "pb-libbpf", 0.931, 0.007, 0.000, 0.000 },
	{ "parallel", "", "pb-custom", 0.965, 0.003, 0.000, 0.000 },
	{ "parallel-sampled", "", "rb-libbpf", 11.563, 0.067, 0.000, 0.000 },
	{ "parallel-sampled", "", "rb-custom", 15.895, 0.076, 0.000, 0.000 },
	{ "parallel-sampled", "", "pb-libbpf", 9.889, 0.032, 0.000, 0.000 },
	{ "parallel-sampled", "", "pb-custom", 9.866, 0.028, 0.000, 0.000 },
	{ "back-to-back", "default", "rb-libbpf", 15.507, 0.247, 0.000, 0.000 },
	{ "back-to-back", "sampled:500", "rb-libbpf", 14.692, 0.195, 0.000, 0.000 },
	{ "back-to-back", "default", "rb-custom", 21.449, 0.157, 0.000, 0.000 },
	{ "back-to-back", "sampled:500", "rb-custom", 20.024, 0.386, 0.000, 0.000 },
	{ "back-to-back", "default", "pb-libbpf", 1.601, 0.015, 0.000, 0.000 },
	{ "back-to-back", "sampled:500", "pb-libbpf", 8.545, 0.064, 0.000, 0.000 },
	{ "back-to-back", "default", "pb-custom", 1.607, 0.022, 0.000, 0.000 },
	{ "back-to-back", "sampled:500", "pb-custom", 8.988, 0.144, 0.000, 0.000 },
	{ "sample-rate", "1", "rb-custom", 1.106, 0.010, 0.000, 0.000 },
	{ "sample-rate", "5", "rb-custom", 4.746, 0.149, 0.000, 0.000 },
	{ "sample-rate", "10", "rb-custom", 7.706, 0.164, 0.000, 0.000 },
	{ "sample-rate", "25", "rb-custom", 12.893, 0.273, 0.000, 0.000 },
	{ "sample-rate", "50", "rb-custom", 15.961, 0.361, 0.000, 0.000 },
	{ "sample-rate", "100", "rb-custom", 18.203, 0.445, 0.000, 0.000 },
	{ "sample-rate", "250", "rb-custom", 19.962, 0.786, 0.000, 0.000 },
	{ "sample-rate", "500", "rb-custom", 20.881, 0.551, 0.000, 0.000 },
	{ "sample-rate", "1000", "rb-custom", 21.317, 0.532, 0.000, 0.000 },
	{ "sample-rate", "2000", "rb-custom", 21.331, 0.535, 0.000, 0.000 },
	{ "sample-rate", "3000", "rb-custom", 21.688, 0.392, 0.000, 0.000 },
	{ "sample-rate", "1", "pb-custom", 1.035, 0.012, 0.000, 0.000 },
	{ "sample-rate", "5", "pb-custom", 3.476, 0.087, 0.000, 0.000 },
	{ "sample-rate", "10", "pb-custom", 5.094, 0.136, 0.000, 0.000 },
	{ "sample-rate", "25", "pb-custom", 7.118, 0.153, 0.000, 0.000 },
	{ "sample-rate", "50", "pb-custom", 8.169, 0.156, 0.000, 0.000 },
	{ "sample-rate", "100", "pb-custom", 8.887, 0.136, 0.000, 0.000 },
	{ "sample-rate", "250", "pb-custom", 9.180, 0.209, 0.000, 0.000 },
	{ "sample-rate", "500", "pb-custom", 9.353, 0.281, 0.000, 0.000 },
	{ "sample-rate", "1000", "pb-custom", 9.411, 0.217, 0.000, 0.000 },
	{ "sample-rate", "2000", "pb-custom", 9.464, 0.167, 0.000, 0.000 },
	{ "sample-rate", "3000", "pb-custom", 9.575, 0.273, 0.000, 0.000 },
	{ "write-back-to-back", "reserve", "rb-custom", 22.819, 0.503, 0.000, 0.000 },
	{ "write-back-to-back", "output", "rb-custom", 18.906, 0.433, 0.000, 0.000 },
	{ "write-sampled", "reserve", "rb-custom", 15.350, 0.132, 0.000, 0.000 },
	{ "write-sampled", "output", "rb-custom", 14.195, 0.144, 0.000, 0.000 },
	{ "same-cpu", "", "rb-libbpf", 3.045, 0.020, 3.536, 0.148 },
	{ "same-cpu", "", "rb-custom", 3.055, 0.022, 3.893, 0.066 },
	{ "same-cpu", "", "pb-libbpf", 1.393, 0.024, 0.000, 0.000 },
	{ "same-cpu", "", "pb-custom", 1.407, 0.016, 0.000, 0.000 },
	{ "producers", "1", "rb-libbpf", 10.916, 0.399, 0.000, 0.000 },
	{ "producers", "2", "rb-libbpf", 4.931, 0.030, 0.000, 0.000 },
	{ "producers", "3", "rb-libbpf", 4.880, 0.006, 0.000, 0.000 },
	{ "producers", "4", "rb-libbpf", 3.926, 0.004, 0.000, 0.000 },
	{ "producers", "8", "rb-libbpf", 4.011, 0.004, 0.000, 0.000 },
	{ "producers", "12", "rb-libbpf", 3.967, 0.016, 0.000, 0.000 },
	{ "producers", "16", "rb-libbpf", 2.604, 0.030, 0.001, 0.002 },
	{ "producers", "20", "rb-libbpf", 2.233, 0.003, 0.000, 0.000 },
	{ "producers", "24", "rb-libbpf", 2.085, 0.015, 0.000, 0.000 },
	{ "producers", "28", "rb-libbpf", 2.055, 0.004, 0.000, 0.000 },
	{ "producers", "32", "rb-libbpf", 1.962, 0.004, 0.000, 0.000 },
	{ "producers", "36", "rb-libbpf", 2.089, 0.005, 0.000, 0.000 },
	{ "producers", "40", "rb-libbpf", 2.118, 0.006, 0.000, 0.000 },
	{ "producers", "44", "rb-libbpf", 2.105, 0.004, 0.000, 0.000 },
	{ "producers", "48", "rb-libbpf", 2.120, 0.058, 0.000, 0.001 },
	{ "producers", "52", "rb-libbpf", 2.074, 0.024, 0.007, 0.014 },
	{ NULL },
};
/* clang-format on */

static const struct preset_figure *find(
	const char *question, const char *setting, const char *reader)
{
	for (const struct preset_figure *figure = preset_published; figure->question; figure++)
		if (strcmp(figure->question, question) == 0 &&
			strcmp(figure->setting, setting) == 0 &&
			strcmp(figure->reader, reader) == 0)
			return figure;
	return NULL;
}

/* batch is what code of its own does there: it gives back once for all that it found. */
const struct preset_figure *preset_published_for(
	const char *question, const char *setting, struct live_combination combination)
{
	const struct preset_figure *figure;

	if (combination.mode == MODE_LIBBPF && combination.wait == WAIT_LIBBPF_POLL)
		return find(question, setting, "rb-libbpf");
	if (combination.mode == MODE_BATCH && combination.wait == WAIT_EVENT)
		return find(question, setting, "rb-custom");
	if (combination.mode != MODE_PERFBUF)
		return NULL;
	/* Some were measured with one of its two readers only. */
	figure = find(question, setting, "pb-libbpf");
	return figure ? figure : find(question, setting, "pb-custom");
}

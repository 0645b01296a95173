/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "peers/peer_path.h"
#include "results/results.h"

/* Room for one more element at the end of an array; NULL when out of memory. */
static void *grow(void **array, size_t *count, size_t element_size)
{
	char *grown = realloc(*array, (*count + 1) * element_size);

	if (!grown)
		return NULL;
	*array = grown;
	return memset(grown + element_size * (*count)++, 0, element_size);
}

static void divide(double *quotients, const double *values, size_t count, uint64_t divisor)
{
	for (size_t i = 0; i < count; i++)
		quotients[i] = values[i] / (double)divisor;
}

static int add_path(struct results *results, const struct measurement *m, size_t index,
	struct statistics_scratch *scratch)
{
	static double ns_per_event[ROUNDS_MAX];
	const struct path_samples *samples = &m->samples[index];
	struct path_result *result;

	result = grow((void **)&results->paths, &results->path_count, sizeof(*result));
	if (!result)
		return -ENOMEM;
	result->path = samples->path;
	result->event_size = m->workload.event_size;
	result->touch = m->workload.touch;
	result->events = m->workload.events;
	result->rounds = m->rounds;
	result->checksum = samples->checksum;
	result->counted = samples->counted;
	result->rounds_ns = malloc(m->rounds * sizeof(*result->rounds_ns));
	if (!result->rounds_ns)
		return -ENOMEM;
	memcpy(result->rounds_ns, samples->rounds_ns, m->rounds * sizeof(*result->rounds_ns));
	divide(ns_per_event, samples->rounds_ns, m->rounds, m->workload.events);
	result->ns_per_event = summary_of(ns_per_event, m->rounds, scratch);
	return 0;
}

static int add_ratios_to(struct results *results, const struct measurement *m, size_t baseline,
	double noise_floor, struct statistics_scratch *scratch)
{
	for (size_t i = 0; i < m->path_count; i++) {
		struct ratio_result *result;

		if (i == baseline)
			continue;
		result = grow((void **)&results->ratios, &results->ratio_count, sizeof(*result));
		if (!result)
			return -ENOMEM;
		result->path = m->samples[i].path;
		result->baseline = m->samples[baseline].path;
		result->event_size = m->workload.event_size;
		result->touch = m->workload.touch;
		result->ratio = ratio_paired(m->samples[baseline].rounds_ns,
			m->samples[i].rounds_ns, m->rounds, noise_floor, scratch);
	}
	return 0;
}

/* Whether the others are compared with this path: with the reference, which runs twice, and with
 * either libbpf and the floor where they were measured. */
static bool is_baseline(const struct measurement *m, size_t index)
{
	const struct path *path = m->samples[index].path;

	return index == m->twin_of || path == &libbpf_path || path == &libbpf17_path ||
	       path == &floor_path;
}

static int add_noise(struct results *results, const struct measurement *m,
	struct statistics_scratch *scratch, double *noise_floor)
{
	const double *first, *second;
	struct noise_result *result;

	if (m->twin_of >= m->path_count)
		return 0;
	first = m->samples[m->twin_of].rounds_ns;
	second = m->samples[m->path_count].rounds_ns;
	result = grow((void **)&results->noises, &results->noise_count, sizeof(*result));
	if (!result)
		return -ENOMEM;
	*noise_floor = noise_floor_of(first, second, m->rounds, scratch);
	result->path = m->samples[m->twin_of].path;
	result->event_size = m->workload.event_size;
	result->touch = m->workload.touch;
	result->floor = *noise_floor;
	result->ratio = ratio_paired(first, second, m->rounds, *noise_floor, scratch);
	return 0;
}

int results_add(struct results *results, const struct measurement *m)
{
	static struct statistics_scratch scratch;
	double noise_floor = 0;
	int err;

	err = add_noise(results, m, &scratch, &noise_floor);
	for (size_t i = 0; i < m->path_count && !err; i++)
		err = add_path(results, m, i, &scratch);
	for (size_t i = 0; i < m->path_count && !err; i++)
		if (is_baseline(m, i))
			err = add_ratios_to(results, m, i, noise_floor, &scratch);
	return err;
}

const struct path *results_reference(const struct results *results)
{
	for (size_t i = 0; i < results->path_count; i++)
		if (results->paths[i].path == &copy_path)
			return &copy_path;
	return results->path_count > 0 ? results->paths[0].path : NULL;
}

void results_remove(struct results *results, const struct path *path)
{
	size_t kept = 0;

	for (size_t i = 0; i < results->path_count; i++) {
		if (results->paths[i].path == path)
			free(results->paths[i].rounds_ns);
		else
			results->paths[kept++] = results->paths[i];
	}
	results->path_count = kept;
	kept = 0;
	for (size_t i = 0; i < results->ratio_count; i++)
		if (results->ratios[i].path != path && results->ratios[i].baseline != path)
			results->ratios[kept++] = results->ratios[i];
	results->ratio_count = kept;
	kept = 0;
	for (size_t i = 0; i < results->noise_count; i++)
		if (results->noises[i].path != path)
			results->noises[kept++] = results->noises[i];
	results->noise_count = kept;
}

void results_free(struct results *results)
{
	for (size_t i = 0; i < results->path_count; i++)
		free(results->paths[i].rounds_ns);
	free(results->paths);
	free(results->ratios);
	free(results->noises);
	*results = (struct results){ 0 };
}

bool results_have(const struct results *results, const struct path *path)
{
	for (size_t i = 0; i < results->path_count; i++)
		if (results->paths[i].path == path)
			return true;
	return false;
}

const struct path_result *results_find(const struct results *results, const struct path *path,
	uint32_t event_size, enum touch touch)
{
	for (size_t i = 0; i < results->path_count; i++) {
		const struct path_result *result = &results->paths[i];

		if (result->path == path && result->event_size == event_size &&
			result->touch == touch)
			return result;
	}
	return NULL;
}

const struct ratio_result *results_find_ratio(const struct results *results,
	const struct path *path, const struct path *baseline, uint32_t event_size, enum touch touch)
{
	for (size_t i = 0; i < results->ratio_count; i++) {
		const struct ratio_result *result = &results->ratios[i];

		if (result->path == path && result->baseline == baseline &&
			result->event_size == event_size && result->touch == touch)
			return result;
	}
	return NULL;
}

const struct noise_result *results_find_noise(
	const struct results *results, uint32_t event_size, enum touch touch)
{
	for (size_t i = 0; i < results->noise_count; i++) {
		const struct noise_result *result = &results->noises[i];

		if (result->event_size == event_size && result->touch == touch)
			return result;
	}
	return NULL;
}

double result_mevents_per_s(const struct path_result *result)
{
	return result->ns_per_event.median > 0 ? 1e3 / result->ns_per_event.median : 0;
}

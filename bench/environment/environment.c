/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/environment.h"

#include <errno.h>
#include <time.h>

#include "environment/fields.h"
#include "environment/readers.h"
#include "environment/system_files.h"

/* Set every fact to not known, so that a reader only has to write what it found. */
static void clear(struct environment *e)
{
	size_t i;

	*e = (struct environment){ 0 };
	for (i = 0; i < environment_fields_count; i++) {
		void *place = (char *)e + environment_fields[i].offset;

		switch (environment_fields[i].type) {
		case FIELD_TEXT:
			break;
		case FIELD_NUMBER:
			*(int64_t *)place = ENVIRONMENT_UNKNOWN;
			break;
		case FIELD_FLAG:
			*(int *)place = ENVIRONMENT_UNKNOWN;
			break;
		case FIELD_REAL:
			*(double *)place = ENVIRONMENT_UNKNOWN;
			break;
		}
	}
}

static void read_timestamp(struct environment *e)
{
	struct timespec now;
	struct tm utc;

	if (clock_gettime(CLOCK_REALTIME, &now) || !gmtime_r(&now.tv_sec, &utc))
		return;
	if (!strftime(e->timestamp, sizeof(e->timestamp), "%Y-%m-%dT%H:%M:%SZ", &utc))
		e->timestamp[0] = '\0';
}

int environment_read(struct environment *e, const struct environment_request *request)
{
	const char *root;

	if (!e || !request || request->cpu < -1)
		return -EINVAL;
	root = request->root ? request->root : "";

	clear(e);
	read_timestamp(e);
	if (request->cpu >= 0)
		e->affinity_asked = request->cpu;
	e->pins_threads = request->pins_threads;
	system_copy_text(e->libbpf_version, sizeof(e->libbpf_version), request->libbpf_version);
	system_copy_text(
		e->ringview_version, sizeof(e->ringview_version), request->ringview_version);
	system_copy_text(
		e->benchmark_version, sizeof(e->benchmark_version), request->benchmark_version);
	environment_read_build(e);
	environment_read_affinity(e);

	/* Before the many files below, which themselves are work on other CPUs. */
	environment_read_load(e, root);
	environment_read_memory(e, root);
	environment_read_kernel(e, root);
	/* Chooses described_cpu, which the rest needs. */
	environment_read_topology(e, root);
	environment_read_caches(e, root);
	environment_read_frequency(e, root);
	environment_read_throttles(root, &e->core_throttles, &e->package_throttles);
	environment_read_processor(e, root);
	/* Last: adds its evidence to the flag that the processor's flags already decided. */
	environment_read_hypervisor(e, root);
	return 0;
}

/* The growth of a counter that only grows: not known if either end is not, or if it fell,
 * as it does when a CPU goes offline. */
static int64_t growth(int64_t before, int64_t after)
{
	if (before < 0 || after < before)
		return ENVIRONMENT_UNKNOWN;
	return after - before;
}

void environment_finish(struct environment *e, const char *root)
{
	int64_t core = ENVIRONMENT_UNKNOWN;
	int64_t package = ENVIRONMENT_UNKNOWN;

	if (!root)
		root = "";
	environment_read_throttles(root, &core, &package);
	core = growth(e->core_throttles, core);
	package = growth(e->package_throttles, package);
	if (core < 0)
		e->throttles_during_run = package;
	else
		e->throttles_during_run = core + (package > 0 ? package : 0);
	e->steal_ms_during_run = growth(e->steal_ms, environment_read_steal(root));
}

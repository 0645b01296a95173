/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "rings/bpf_accounts.h"

/* One for each possible CPU, as the kernel lays them out: each is a multiple of 8 bytes long. */
_Static_assert(sizeof(struct ringview_account) % 8 == 0, "the kernel rounds it up");

static int allocate(struct ringview_account **values, int *cpus)
{
	*cpus = libbpf_num_possible_cpus();
	if (*cpus < 0)
		return *cpus;
	*values = calloc((size_t)*cpus, sizeof(**values));
	return *values ? 0 : -ENOMEM;
}

int bpf_accounts_sum(int map_fd, uint32_t index, struct ringview_account *sum)
{
	struct ringview_account *values;
	int cpus, err = allocate(&values, &cpus);

	*sum = (struct ringview_account){ 0 };
	if (err)
		return err;
	if (bpf_map_lookup_elem(map_fd, &index, values) < 0)
		err = -errno;
	for (int i = 0; i < cpus && !err; i++) {
		sum->attempted += values[i].attempted;
		sum->submitted += values[i].submitted;
		sum->failed += values[i].failed;
		sum->discarded += values[i].discarded;
	}
	free(values);
	return err;
}

int bpf_accounts_clear(int map_fd, uint32_t index)
{
	struct ringview_account *values;
	int cpus, err = allocate(&values, &cpus);

	if (err)
		return err;
	if (bpf_map_update_elem(map_fd, &index, values, BPF_ANY) < 0)
		err = -errno;
	free(values);
	return err;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The losses that BPF programs count by ringview.bpf.h: found by the type of the maps' values,
 * struct ringview_account, in their BTF. Accounts name no ring, so they are those of programs.
 */
#ifndef BENCH_WATCH_ACCOUNTS_H
#define BENCH_WATCH_ACCOUNTS_H

#include "watch/holders.h"
#include "watch/ring_model.h"

#define ACCOUNT_MAPS_MAX 8

struct account_maps {
	size_t count;
	uint32_t ids[ACCOUNT_MAPS_MAX];
	bool shared;
	char program[HOLDER_NAME_SIZE];
};

/* Finds the accounts of the programs that use the ring @holders->map_id. Needs CAP_SYS_ADMIN, else
 * it finds none. May go through every program of the system. */
void accounts_find(struct account_maps *maps, const struct holders *holders);

/* Sums them up. The result is unknown if there are none, or one of them is gone. */
void accounts_read(const struct account_maps *maps, struct ring_accounts *accounts);

#endif

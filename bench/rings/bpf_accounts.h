/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What BPF programs counted with ringview.bpf.h.
 */
#ifndef BENCH_BPF_ACCOUNTS_H
#define BENCH_BPF_ACCOUNTS_H

#include <stdint.h>

#include "ringview/ringview.bpf.h"

/* The account @index of the map @map_fd over all CPUs. 0 or a negative errno. */
int bpf_accounts_sum(int map_fd, uint32_t index, struct ringview_account *sum);

/* Sets it to 0 on all of them, while no program runs that counts there. 0 or a negative errno. */
int bpf_accounts_clear(int map_fd, uint32_t index);

#endif

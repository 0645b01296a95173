/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of the peers that were asked for take part in a live run.
 */
#ifndef BENCH_LIVE_PEERS_H
#define BENCH_LIVE_PEERS_H

#include "base/complaint.h"
#include "cli/settings.h"
#include "readers/peers.h"

/* Whether those that were named were built. 0, or a negative errno with @why. */
int live_peers_check(const struct settings *settings, struct complaint *why);

/*
 * Takes out of the combinations the peers that cannot run: those that "all" brought with a line on
 * standard error, those that are not well as failures of @peers. 0; -EINTR; or -ENOTSUP with @why
 * when one that was named does not have the path.
 */
int live_peers_choose(struct settings *settings, struct peers *peers, struct complaint *why);

#endif

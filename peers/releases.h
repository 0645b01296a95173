/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The readers of the peers that ./run peers builds from releases: their texts for before they are
 * built, and their short names for narrow columns. The greetings of the peers say the rest.
 */
#ifndef PEERS_RELEASES_H
#define PEERS_RELEASES_H

#define FOR_EACH_RELEASE(X)                                                                    \
	X(cilium_ebpf, .name = "cilium-ebpf", .program = "cilium-ebpf", .column = "cilium",    \
		.lives = true, .summary = "cilium/ebpf: ringbuf.Reader.ReadInto")              \
	X(aya, .name = "aya", .program = "aya", .column = "aya", .lives = true,                \
		.summary = "aya, maps::RingBuf::next")                                         \
	X(libbpf17, .name = "libbpf-1.7", .program = "libbpf-1.7", .column = "bpf-1.7",        \
		.lives = true, .baseline = 4, .summary = "ring_buffer__consume of libbpf-sys") \
	X(libbpf17_n, .name = "libbpf-1.7-n", .program = "libbpf-1.7", .column = "bpf1.7n",    \
		.summary = "ring_buffer__consume_n of libbpf-sys")

#endif

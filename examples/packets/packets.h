/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EXAMPLE_PACKETS_H
#define EXAMPLE_PACKETS_H

#include <linux/types.h>

struct packet {
	__u32 length;   /* bytes, including the link-layer header */
	__u32 protocol; /* EtherType, in network byte order */
	__u32 mark;
	__u32 priority;
	__u32 type; /* PACKET_HOST and so on: linux/if_packet.h */
	__u32 ifindex;
};

#endif

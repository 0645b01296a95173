/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EXAMPLE_PACKETS_H
#define EXAMPLE_PACKETS_H

#include <linux/types.h>

struct packet {
	__u32 length;   /* bytes, including the link-layer header */
	__u32 protocol; /* of the link-layer header, in network order */
	__u32 mark;
	__u32 priority;
	__u32 type; /* PACKET_HOST and so on, of linux/if_packet.h */
	__u32 ifindex;
};

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints the metadata of each packet that arrives at a network interface, until Ctrl-C.
 *
 *	sudo ./packets INTERFACE
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <ringview/ringview.h>

#include "packets.h"
#include "packets.skel.h"

static struct ringview *rv;

static void stop(int signal)
{
	(void)signal;
	ringview_interrupt(rv);
}

static void print(const struct packet *packet)
{
	printf("length %u protocol 0x%04x mark %u priority %u type %u ifindex %u\n", packet->length,
		ntohs((uint16_t)packet->protocol), packet->mark, packet->priority, packet->type,
		packet->ifindex);
}

int main(int argc, char **argv)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter);
	struct packets_bpf *bpf;
	struct ringview_record record;
	int made = -1, found = -1;

	hook.ifindex = (int)if_nametoindex(argc == 2 ? argv[1] : "");
	if (!hook.ifindex)
		return fputs("usage: packets INTERFACE, one that ip link lists\n", stderr), 2;
	bpf = packets_bpf__open_and_load();
	if (bpf && !ringview_open(&rv, bpf_map__fd(bpf->maps.ring), NULL)) {
		made = bpf_tc_hook_create(&hook); /* -EEXIST: not ours, keep it */
		filter.prog_fd = bpf_program__fd(bpf->progs.on_packet);
		found = bpf_tc_attach(&hook, &filter);
	}
	if (found) {
		fputs("packets: cannot start: run it as root, on Linux 5.8 or later\n", stderr);
	} else {
		signal(SIGINT, stop);
		signal(SIGTERM, stop);
		setlinebuf(stdout); /* write each line at once, also into a pipe */
		puts("reading");
		while ((found = ringview_wait(rv, -1)) > 0 || found == -EINTR) {
			while (ringview_peek(rv, &record) > 0)
				print(record.data);
			ringview_release(rv);
		}
		if (found != -ECANCELED)
			fprintf(stderr, "packets: cannot read: %s\n", strerror(-found));
		/* A filter stays attached when its program exits. */
		filter.prog_fd = filter.flags = filter.prog_id = 0;
		bpf_tc_detach(&hook, &filter);
	}
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	if (made == 0) /* with what others have attached since: leave it if there may be some */
		bpf_tc_hook_destroy(&hook);
	ringview_close(rv);
	packets_bpf__destroy(bpf);
	return found != -ECANCELED;
}

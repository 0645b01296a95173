/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list: what can be measured here, and why the rest cannot.
 */
#include <bpf/libbpf.h>

#include "commands/commands.h"
#include "machine/machine.h"
#include "rings/source.h"

static void write_peer(FILE *out, struct peers *peers, const struct reader *reader, const char *bpf)
{
	const struct peer *peer;
	struct complaint why;

	if (peers_find(reader, &why)) {
		fprintf(out, "  %-15s not available: %s\n", reader->name, why.text);
		return;
	}
	peer = peers_ask(peers, reader->program);
	if (peer->err || !peer_hello_has(&peer->hello, reader_spoken(reader)))
		fprintf(out, "  %-15s not available: peer %s %s\n", reader->name, reader->program,
			peer->err ? peer->why.text : "does not have it");
	else
		fprintf(out, "  %-15s %s; %s, %s%s\n", reader->name, reader->summary,
			peer->hello.version, peer->hello.language, bpf);
}

/* Those that drain has, or only live. */
static void write_readers(FILE *out, bool drains, const char *bpf)
{
	for (size_t i = 0; readers[i]; i++)
		if (readers[i]->drains == drains && !readers[i]->program)
			fprintf(out, "  %-12s %s%s\n", readers[i]->name, readers[i]->summary,
				readers[i]->needs_kernel ? bpf : "");
}

static int write_list(struct call *call, FILE *out)
{
	struct complaint why;
	struct counters counters;
	const bool has_bpf = source_bpf_available(&why) == 0;
	const char *bpf = has_bpf ? "" : "; not available: it needs source bpf";

	fprintf(out, "ringview %s, libbpf %s\n\nPaths (-mode)\n", ringview_version(),
		libbpf_version_string());
	write_readers(out, true, bpf);
	fputs("\nPeers (-mode): readers of other projects, built by ./run peers\n", out);
	for (size_t i = 0; readers[i]; i++)
		if (readers[i]->program)
			write_peer(out, &call->peers, readers[i], bpf);
	fputs("\nOnly in live (-mode)\n", out);
	write_readers(out, false, bpf);
	fprintf(out,
		"\nWaits of live (-wait)\n"
		"  event        sleeps in epoll until the kernel notifies\n"
		"  paced        polls, sleeps at most -latency-budget in between\n"
		"  busy         polls without sleeping\n"
		"  libbpf-poll  ring_buffer__poll%s\n"
		"  libbpf-spin  ring_buffer__consume in a loop%s\n"
		"  libbpf-sleep ring_buffer__consume, then a sleep of -latency-budget%s\n",
		bpf, bpf, bpf);
	fprintf(out, "\nSources (-source)\n  bpf      %s%s\n", has_bpf ? "" : "not available: ",
		has_bpf ? "a ring of the kernel, filled through BPF_PROG_TEST_RUN" : why.text);
	fprintf(out,
		"  memory   a ring in plain memory and a producer in user space\n"
		"\nPrivileges\n"
		"  bpf needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN; memory needs none\n"
		"\nHardware counters\n"
		"  %s\n",
		counters_open(&counters, &why) ? why.text
					       : "cycles, instructions and cache misses an event");
	counters_close(&counters);
	return 0;
}

int command_list(struct call *call)
{
	return command_write(call, write_list);
}

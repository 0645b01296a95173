/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list: what can be measured here, and why the rest cannot.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/flags.h"
#include "commands/commands.h"
#include "machine/counters.h"
#include "readers/peers.h"
#include "readers/reader.h"
#include "results/output.h"
#include "cli/settings.h"
#include "rings/source.h"

static void write_peer(FILE *out, struct peers *peers, const struct reader *reader, bool bpf)
{
	const struct peer *peer;
	struct complaint why;

	if (peers_find(reader->program, &why)) {
		fprintf(out, "  %-15s not available: %s\n", reader->name, why.text);
		return;
	}
	peer = peers_ask(peers, reader->program);
	if (peer->err || !peer_hello_has(&peer->hello, reader_spoken(reader)))
		fprintf(out, "  %-15s not available: peer %s %s\n", reader->name, reader->program,
			peer->err ? peer->why.text : "does not have it");
	else
		fprintf(out, "  %-15s %s; %s, %s%s\n", reader->name, reader->summary,
			peer->hello.version, peer->hello.language,
			bpf ? "" : "; not available: it needs source bpf");
}

/* Those that drain has, or only live. */
static void write_readers(FILE *out, bool drains, bool bpf)
{
	for (size_t i = 0; readers[i]; i++)
		if (readers[i]->drains == drains && !readers[i]->program)
			fprintf(out, "  %-12s %s%s\n", readers[i]->name, readers[i]->summary,
				readers[i]->needs_kernel && !bpf
					? "; not available: it needs source bpf"
					: "");
}

static void write_list(FILE *out)
{
	static struct peers peers;
	struct complaint why;
	struct counters counters = { .fd = { -1, -1, -1 } };
	char reason[COUNTERS_REASON_SIZE];
	const int bpf = bpf_source_available(&why);

	fprintf(out, "ringview %s, libbpf %s\n", ringview_version(), libbpf_version_string());
	fputs("\nPaths (-mode)\n", out);
	write_readers(out, true, bpf == 0);
	fputs("\nPeers (-mode): readers of other projects, built by ./run peers\n", out);
	for (size_t i = 0; readers[i]; i++)
		if (readers[i]->program)
			write_peer(out, &peers, readers[i], bpf == 0);
	fputs("\nOnly in live (-mode)\n", out);
	write_readers(out, false, bpf == 0);
	fputs("\nWaits of live (-wait)\n"
	      "  event        sleeps in epoll until the kernel notifies\n"
	      "  paced        sleeps between looks, for -latency-budget at most\n"
	      "  busy         spins, and holds the last record back so that nobody notifies\n",
		out);
	fprintf(out,
		"  libbpf-poll  ring_buffer__poll%s\n  libbpf-spin  ring_buffer__consume in a "
		"loop%s\n  libbpf-sleep ring_buffer__consume, then a sleep of -latency-budget%s\n",
		bpf ? "; not available: it needs source bpf" : "",
		bpf ? "; not available: it needs source bpf" : "",
		bpf ? "; not available: it needs source bpf" : "");
	fputs("\nSources (-source)\n", out);
	if (bpf)
		fprintf(out, "  bpf      not available: %s\n", why.text);
	else
		fputs("  bpf      a ring of the kernel, filled through BPF_PROG_TEST_RUN\n", out);
	fputs("  memory   a ring in plain memory and a producer in user space\n", out);
	fputs("\nPrivileges\n  bpf needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN; memory needs "
	      "none\n",
		out);
	fputs("\nHardware counters\n", out);
	if (counters_open(&counters, reason, sizeof(reason)) == 0)
		fputs("  cycles, instructions and cache misses an event\n", out);
	else
		fprintf(out, "  %s\n", reason);
	counters_close(&counters);
}

int command_list(int argc, char **argv)
{
	static struct settings settings;
	struct complaint why;
	struct output output;
	int result = settings_parse(&settings, COMMAND_LIST, argc, argv, &why);

	if (result)
		return command_end_usage(result, &why);
	result = output_begin(&output);
	if (result)
		return command_end(complain(&why, result, "out of memory"), &why);
	write_list(output.stream);
	return command_end(output_commit(&output, NULL, &why), &why);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/libbpf.h>
#include <errno.h>

#include "base/arena.h"
#include "base/process.h"
#include "commands/commands.h"
#include "results/output.h"
#include "results/style.h"
#include "ringview/ringview.h"
#include "watch/watch.h"

/* Monitors the ring buffers of running programs. */
static int command_watch(struct call *call)
{
	struct watch_settings settings;
	int result = watch_settings_parse(&settings, call->argv, &call->why);

	if (result)
		return result > 0 ? EXIT_DONE : command_end(result, EXIT_USAGE, &call->why);
	libbpf_set_print(NULL); /* its long messages; ours has one line */
	return watch_run(&settings, &call->why);
}

static const struct command {
	const char *name;
	int (*run)(struct call *call);
	enum command_bit settings; /* to be parsed; 0: the command parses its own */
	int failed;                /* exit status */
} commands[] = {
	{ "drain", command_drain, COMMAND_DRAIN, EXIT_FAILED },
	{ "sweep", command_drain, COMMAND_SWEEP, EXIT_FAILED },
	{ "live", command_live, COMMAND_LIVE, EXIT_FAILED },
	{ "compare", command_compare, COMMAND_COMPARE, EXIT_USAGE },
	{ "report", command_report, COMMAND_REPORT, EXIT_USAGE },
	{ "list", command_list, COMMAND_LIST, EXIT_FAILED },
	{ "watch", command_watch, 0, EXIT_FAILED },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

int command_end(int err, int failed, const struct complaint *why)
{
	if (err == 0)
		return EXIT_DONE;
	if ((err == -EINTR || err == -ECANCELED) && interrupted()) {
		fprintf(stderr, PROGRAM ": interrupted; %s\n",
			err == -EINTR ? "partial results discarded"
				      : "complete rounds are reported, marked as partial");
		return EXIT_STOPPED;
	}
	fprintf(stderr, PROGRAM ": %s\n", why->text);
	return failed;
}

int command_write(struct call *call, int (*write)(struct call *call, FILE *out))
{
	struct output output;
	int status, err;

	if (output_begin(&output))
		need(NULL);
	status = write(call, output.stream);
	err = output_commit(&output, call->settings.output, &call->why);
	return err ? err : status;
}

void typed_command(char *text, size_t size, const char *command, char **argv)
{
	size_t used = (size_t)snprintf(text, size, PROGRAM);

	/* drain may be typed without its name. */
	for (int i = strcmp(argv[0], command) != 0; argv[i] && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, " %s", argv[i]);
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static int run(const struct command *command, char **argv)
{
	static struct call call;
	int result = 0;

	call.name = command->name;
	call.argv = argv;
	status_without_memory = EXIT_USAGE;
	if (command->settings)
		result = settings_parse(&call.settings, command->settings, argv, &call.why);
	if (result > 0)
		return EXIT_DONE;
	if (result < 0)
		return command_end(interrupted() ? -EINTR : result, EXIT_USAGE, &call.why);
	status_without_memory = command->failed;
	result = command->run(&call);
	arena_free();
	/* What only reads files fails with any error when it is interrupted. */
	if (result < 0 && interrupted() && command->failed == EXIT_USAGE)
		result = -EINTR;
	return result > 0 ? result : command_end(result, command->failed, &call.why);
}

static int fail_usage(const char *line)
{
	struct complaint why;

	return command_end(complain(&why, -EINVAL, "%s", line), EXIT_USAGE, &why);
}

static int end_unknown(const char *name)
{
	const char *names[COMMANDS + 2] = { "help" }, *nearest;

	for (size_t i = 0; i < COMMANDS; i++)
		names[i + 1] = commands[i].name;
	nearest = flags_nearest(name, strlen(name), names);
	return fail_usage(
		nearest ? text("unknown command \"%.48s\"; did you mean %s?", name, nearest)
			: text("unknown command \"%.48s\"; choose one of drain, sweep, "
			       "live, compare, report, list, watch, or see -help",
				  name));
}

int command_run(const char *name, char **argv)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(name, commands[i].name) == 0)
			return run(&commands[i], argv);
	return end_unknown(name);
}

int commands_run(int argc, char **argv)
{
	static char help[] = "-help";
	char *const what = argc > 2 && strcmp(argv[2], "help") != 0 ? argv[2] : help;
	char *command_help[] = { argv[0], what, help, NULL };
	const char *word = argc > 1 ? argv[1] + (strncmp(argv[1], "--", 2) == 0) : "";

	settings_add_command(&watch_command);
	if (strcmp(word, "-version") == 0 && argc > 2)
		return fail_usage(
			text("-version takes no arguments; leave out \"%.48s\"", argv[2]));
	if (strcmp(word, "-version") == 0 || strcmp(word, "version") == 0) {
		printf(PROGRAM " %s, libbpf %s\n", RINGVIEW_VERSION, libbpf_version_string());
		return EXIT_DONE;
	}
	/* "help live" is "live -help", as is "-help live". */
	if (strcmp(word, "help") == 0 ||
		(argc > 2 && argv[2][0] != '-' &&
			(strcmp(word, "-help") == 0 || strcmp(word, "-h") == 0)))
		argv = command_help;
	/* The original benchmark has no commands: flags without one mean drain. */
	if (!argv[0] || !argv[1] || argv[1][0] == '-')
		return command_run("drain", argv);
	return command_run(argv[1], argv + 1);
}

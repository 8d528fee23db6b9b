/* SPDX-License-Identifier: ISC */
/* One row an option: it drives getopt_long(3) and the help. */
#include <getopt.h>
#include <stdarg.h>
#include <string.h>

#include "base/num.h"
#include "superctl/commands.h"
#include "superctl/options.h"

/* Above all letters, because one letter may stand for two of them. */
enum key {
	OPT_SOCKET = 256,
	OPT_JSON,
	OPT_TIMEOUT,
	OPT_VERSION,
	OPT_COMMANDS,
	OPT_HELP,
	OPT_FULL,
	OPT_FOLLOW,
	OPT_SERVICE,
	OPT_LEVEL,
	OPT_DELAY,
	OPT_COUNT
};

struct row {
	enum key key;
	char letter; /* 0: none */
	const char *name;
	const char *argument; /* NULL: takes none */
	const char *only;     /* the command that it belongs to, NULL: all */
	const char *what;
};

/* Those of a command stand first, so that their letters win behind it. */
static const struct row rows[] = {
	{ OPT_FULL, 0, "full", NULL, "list",
	    "all details, of more than 512 connections, too" },
	{ OPT_FOLLOW, 'f', "follow", NULL, "events",
	    "go on for ever: it always does" },
	{ OPT_SERVICE, 's', "service", "SERVICE", "events",
	    "only those of one service" },
	{ OPT_LEVEL, 'l', "level", "LEVEL", "events",
	    "none less important than LEVEL" },
	{ OPT_DELAY, 'd', "delay", "TIME", "top", "between two looks (1s)" },
	{ OPT_COUNT, 'n', "count", "COUNT", "top", "end after COUNT looks" },
	{ OPT_SOCKET, 's', "socket", "PATH", NULL,
	    "the control socket, if superd's is elsewhere" },
	{ OPT_JSON, 0, "json", NULL, NULL,
	    "print JSON: one object a line, errors too" },
	{ OPT_TIMEOUT, 0, "timeout", "TIME", NULL,
	    "how long superd may keep silent (10s)" },
	{ OPT_COMMANDS, 0, "commands", NULL, NULL,
	    "print the table of all commands and end" },
	{ OPT_VERSION, 'V', "version", NULL, NULL,
	    "print the version and end" },
	{ OPT_HELP, 'h', "help", NULL, NULL, "print this and end" },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

/* What getopt_long() wants to know. */
struct table {
	char letters[2 * ROW_COUNT + 3];
	struct option names[ROW_COUNT + 1];
};

static bool
belongs(const struct row *r, const struct command *command)
{
	return r->only == NULL ||
	    (command != NULL && strcmp(r->only, command->name) == 0);
}

static void
fill(struct table *t, const struct command *command)
{
	char *at = t->letters;
	size_t count = 0;

	memset(t, 0, sizeof(*t));
	if (command == NULL)
		*at++ = '+';
	*at++ = ':';
	for (const struct row *r = rows; r < rows + ROW_COUNT; r++) {
		if (!belongs(r, command))
			continue;
		t->names[count++] = (struct option) { r->name,
			r->argument != NULL, NULL, (int)r->key };
		if (r->letter == 0 || strchr(t->letters, r->letter) != NULL)
			continue;
		*at++ = r->letter;
		if (r->argument != NULL)
			*at++ = ':';
	}
}

/* The key of what getopt_long() returned. */
static int
key_of(int got, const struct command *command)
{
	for (const struct row *r = rows; r < rows + ROW_COUNT; r++) {
		if (got == r->letter && belongs(r, command))
			return (int)r->key;
	}
	return got;
}

__attribute__((format(printf, 1, 2))) static int
misused(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)fputs("superctl: ", stderr);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputs("; superctl -h tells more\n", stderr);
	return -1;
}

static int
take_time(const char *text, int64_t *ret_ns)
{
	uint64_t ns;

	if (num_parse_duration(text, &ns) < 0 || ns < NUM_NS_PER_MS ||
	    ns > (uint64_t)86400 * 365 * NUM_NS_PER_S)
		return misused(
		    "'%s' is no time: write it as in 500ms or 10s", text);
	*ret_ns = (int64_t)ns;
	return OPTIONS_COMMAND;
}

/* Returns the action that the option asks for, or -1. */
static int
take(struct ctl *c, int key, const char *value)
{
	switch (key) {
	case OPT_SOCKET:
		c->socket = value;
		break;
	case OPT_JSON:
		c->json = true;
		break;
	case OPT_TIMEOUT:
		return take_time(value, &c->timeout_ns);
	case OPT_FULL:
		c->full = true;
		break;
	case OPT_SERVICE:
		c->service = value;
		break;
	case OPT_LEVEL:
		c->level = value;
		break;
	case OPT_DELAY:
		return take_time(value, &c->delay_ns);
	case OPT_COUNT:
		if (num_parse_unsigned(value, &c->count) < 0 || c->count == 0)
			return misused("'%s' is no count", value);
		break;
	case OPT_VERSION:
		return OPTIONS_VERSION;
	case OPT_COMMANDS:
		return OPTIONS_COMMANDS;
	case OPT_HELP:
		return OPTIONS_HELP;
	default:
		break;
	}
	return OPTIONS_COMMAND;
}

/* Options up to the first word, or behind the command, all of them. */
static int
take_options(int argc, char **argv, struct ctl *c)
{
	struct table t;
	char letter[3] = "-";
	int got, action;

	fill(&t, c->command);
	optind = 0;
	opterr = 0;
	while (
	    (got = getopt_long(argc, argv, t.letters, t.names, NULL)) != -1) {
		letter[1] = (char)optopt;
		if (got == ':')
			return misused(
			    "%s needs an argument", argv[optind - 1]);
		if (got == '?')
			return misused("unknown option '%s'",
			    optopt > 0 && optopt < 256 ? letter
						       : argv[optind - 1]);
		action = take(c, key_of(got, c->command), optarg);
		if (action != OPTIONS_COMMAND)
			return action;
	}
	return OPTIONS_COMMAND;
}

static int
take_command(const char *name, struct ctl *c)
{
	const char *guess;

	c->command = command_find(name);
	if (c->command != NULL)
		return OPTIONS_COMMAND;
	guess = command_guess(name);
	(void)fprintf(stderr, "superctl: unknown command '%s'", name);
	if (guess != NULL)
		(void)fprintf(stderr, "; did you mean '%s'?\n", guess);
	else
		(void)fputs("; superctl -h lists them all\n", stderr);
	return -1;
}

static int
check_count(const struct ctl *c)
{
	const struct command *command = c->command;

	if (c->word_count >= command->least &&
	    (command->most < 0 || c->word_count <= command->most))
		return OPTIONS_COMMAND;
	(void)fprintf(stderr, "superctl: the usage is: superctl %s%s%s\n",
	    command->name, command->arguments[0] != '\0' ? " " : "",
	    command->arguments);
	return -1;
}

int
options_parse(int argc, char **argv, struct ctl *c)
{
	int action = take_options(argc, argv, c);

	if (action != OPTIONS_COMMAND)
		return action;
	if (optind == argc)
		return misused("%s is missing", "a command");
	argc -= optind;
	argv += optind;
	action = take_command(argv[0], c);
	if (action != OPTIONS_COMMAND)
		return action;
	action = take_options(argc, argv, c);
	if (action != OPTIONS_COMMAND)
		return action;
	c->words = argv + optind;
	c->word_count = argc - optind;
	if (c->timeout_ns == 0)
		c->timeout_ns = c->command->silence_s * (int64_t)NUM_NS_PER_S;
	return check_count(c);
}

static void
print_options(FILE *to, const char *only)
{
	char left[40];

	for (const struct row *r = rows; r < rows + ROW_COUNT; r++) {
		if (!text_same(r->only, only))
			continue;
		(void)snprintf(left, sizeof(left), "%c%c%s--%s%s%s",
		    r->letter != 0 ? '-' : ' ',
		    r->letter != 0 ? r->letter : ' ',
		    r->letter != 0 ? ", " : "  ", r->name,
		    r->argument != NULL ? " " : "",
		    r->argument != NULL ? r->argument : "");
		(void)fprintf(to, "  %-24s %s\n", left, r->what);
	}
}

void
options_print_help(FILE *to)
{
	char left[64];

	(void)fputs(
	    "usage: superctl [OPTION ...] COMMAND [ARGUMENT ...]\n\n", to);
	for (size_t i = 0; i < command_count; i++) {
		(void)snprintf(left, sizeof(left), "%s %s", commands[i].name,
		    commands[i].arguments);
		(void)fprintf(to, "  %-26s %s\n", left, commands[i].what);
	}
	(void)fputs("\nOptions:\n", to);
	print_options(to, NULL);
	(void)fputs("\nOptions of list, events and top, behind them:\n", to);
	print_options(to, "list");
	print_options(to, "events");
	print_options(to, "top");
}

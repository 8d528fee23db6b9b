/* SPDX-License-Identifier: ISC */
/* See commands.h. */
#include <string.h>

#include "base/names.h"
#include "superctl/commands.h"

/* Reading a configuration may ask slow files and names. */
#define SHORT 10
#define LONG  120

const struct command commands[] = {
	{ "status", "[SERVICE]", 0, 1, SHORT, command_status,
	    "superd and its services: state, live, rate" },
	{ "list", "[SERVICE]", 0, 1, SHORT, command_list,
	    "live connections: who, since when, how much" },
	{ "show", "ID", 1, 1, SHORT, command_show,
	    "all that is known of one connection" },
	{ "top", "[SERVICE]", 0, 1, SHORT, command_top,
	    "a live view of superd and its services" },
	{ "events", "[SERVICE]", 0, 1, SHORT, command_events,
	    "the log's events as they happen" },
	{ "kill", "WHAT ...", 1, -1, SHORT, command_kill,
	    "end connections by id, service, source or network" },
	{ "pause", "SERVICE", 1, 1, SHORT, command_simple,
	    "accept no more: clients wait in the backlog" },
	{ "resume", "SERVICE", 1, 1, SHORT, command_simple, "accept again" },
	{ "disable", "SERVICE", 1, 1, SHORT, command_simple,
	    "close the sockets: clients are refused" },
	{ "enable", "SERVICE", 1, 1, SHORT, command_simple,
	    "open the sockets again" },
	{ "drain", "SERVICE", 1, 1, 0, command_drain,
	    "disable, and wait for the last connection" },
	{ "bans", "", 0, 0, SHORT, command_bans, "who is banned" },
	{ "ban", "SOURCE [FOR [SERVICE]]", 1, 3, SHORT, command_ban,
	    "ban a source, for 10m or as the service says" },
	{ "unban", "SOURCE [SERVICE]", 1, 2, SHORT, command_simple,
	    "lift bans" },
	{ "reload", "", 0, 0, LONG, command_reload,
	    "read the configuration again, whole or not at all" },
	{ "upgrade", "", 0, 0, LONG, command_upgrade,
	    "have superd execute its program again" },
	{ "reopen", "", 0, 0, SHORT, command_simple,
	    "open the log files again, after they were moved" },
	{ "log-level", "[LEVEL]", 0, 1, SHORT, command_log_level,
	    "say or set how much is logged" },
	{ "ping", "", 0, 0, SHORT, command_ping,
	    "is superd there? for health checks" },
	{ "metrics", "", 0, 0, SHORT, command_metrics,
	    "all figures, as Prometheus reads them" },
};

const size_t command_count = sizeof(commands) / sizeof(commands[0]);

/* What other programs call it. */
static const struct {
	const char *theirs, *ours;
} aliases[] = {
	{ "ls", "list" },
	{ "ps", "list" },
	{ "connections", "list" },
	{ "who", "list" },
	{ "start", "enable" },
	{ "stop", "disable" },
	{ "restart", "reload" },
	{ "unpause", "resume" },
	{ "continue", "resume" },
	{ "log", "events" },
	{ "logs", "events" },
	{ "tail", "events" },
	{ "watch", "top" },
	{ "stats", "status" },
	{ "info", "status" },
	{ "rotate", "reopen" },
	{ "end", "kill" },
};

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; i < command_count; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

const char *
command_guess(const char *name)
{
	struct names_guess guess;

	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (strcmp(aliases[i].theirs, name) == 0)
			return aliases[i].ours;
	}
	names_guess_init(&guess, name);
	for (size_t i = 0; i < command_count; i++)
		names_guess_offer(&guess, commands[i].name);
	return guess.best;
}

void
command_print_table(FILE *to)
{
	for (size_t i = 0; i < command_count; i++)
		(void)fprintf(to, "%s\t%s\t%s\n", commands[i].name,
		    commands[i].arguments, commands[i].what);
}

/* SPDX-License-Identifier: ISC */
/*
 * The table of events.  Their levels: error, someone must act; warning, we
 * coped; notice, life cycle, and what handlers complain about; info, each
 * connection; debug, off unless asked for.
 */
#include <assert.h>
#include <stdio.h>

#include "log/events.h"
#include "log/log.h"

static const char *const levels[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_NOTICE] = "notice",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static const struct log_event_row rows[LOG_EVENT_KINDS] = {
	[LOG_START] = { "superd.start", LOG_LEVEL_NOTICE,
	    "superd has started" },
	[LOG_LISTEN] = { "superd.listen", LOG_LEVEL_NOTICE,
	    "a socket listens" },
	[LOG_PRIVILEGES] = { "superd.privileges", LOG_LEVEL_NOTICE,
	    "superd has given up what it does not need" },
	[LOG_READY] = { "superd.ready", LOG_LEVEL_NOTICE,
	    "every socket listens" },
	[LOG_UNLISTEN] = { "superd.unlisten", LOG_LEVEL_NOTICE,
	    "a socket that is no longer wanted was closed" },
	[LOG_RELOAD] = { "superd.reload", LOG_LEVEL_NOTICE,
	    "a new configuration is in force" },
	[LOG_RELOAD_REFUSED] = { "superd.reload.refused", LOG_LEVEL_ERROR,
	    "the configuration was not changed" },
	[LOG_UPGRADE] = { "superd.upgrade", LOG_LEVEL_NOTICE,
	    "the new program said yes, superd becomes it" },
	[LOG_UPGRADE_REFUSED] = { "superd.upgrade.refused", LOG_LEVEL_ERROR,
	    "superd stays the program that it is" },
	[LOG_UPGRADED] = { "superd.upgraded", LOG_LEVEL_NOTICE,
	    "the new program goes on where the old one was" },
	[LOG_DRAINING] = { "superd.draining", LOG_LEVEL_NOTICE,
	    "no new clients are taken, handlers may finish" },
	[LOG_STOPPING] = { "superd.stopping", LOG_LEVEL_NOTICE,
	    "nothing is accepted any more, handlers are told to end" },
	[LOG_STOP] = { "superd.stop", LOG_LEVEL_NOTICE, "superd ends" },
	[LOG_CONFIG_WARNING] = { "config.warning", LOG_LEVEL_WARNING,
	    "the configuration works but should be looked at" },
	[LOG_CONFIG_MISTAKE] = { "config.mistake", LOG_LEVEL_ERROR,
	    "why a new configuration is not taken" },
	[LOG_ADOPT_UNUSED] = { "adopt.unused", LOG_LEVEL_WARNING,
	    "a passed socket is closed, because no service listens on it" },
	[LOG_ADOPT_DIFFERS] = { "adopt.differs", LOG_LEVEL_WARNING,
	    "a passed socket has not the options that its service wants" },
	[LOG_FAULT] = { "superd.fault", LOG_LEVEL_ERROR,
	    "something failed, superd goes on without it" },
	[LOG_LOG_REOPENED] = { "log.reopened", LOG_LEVEL_NOTICE,
	    "the log was opened anew" },
	[LOG_LOG_DROPPED] = { "log.dropped", LOG_LEVEL_WARNING,
	    "lines are missing here, the log did not take them" },
	[LOG_ACCEPT_FAILED] = { "accept.failed", LOG_LEVEL_WARNING,
	    "accepting pauses, clients wait" },
	[LOG_ACCEPT_RESUMED] = { "accept.resumed", LOG_LEVEL_NOTICE,
	    "accepting works again" },
	[LOG_FULL] = { "service.full", LOG_LEVEL_WARNING,
	    "a limit of connections is reached, clients wait" },
	[LOG_CONN_OPEN] = { "conn.open", LOG_LEVEL_INFO,
	    "a connection was given to a handler" },
	[LOG_CONN_CLOSE] = { "conn.close", LOG_LEVEL_INFO,
	    "a handler has ended" },
	[LOG_BAN] = { "source.banned", LOG_LEVEL_WARNING,
	    "a source is shut out of a service for a while" },
	[LOG_BAN_LISTED] = { "ban.listed", LOG_LEVEL_NOTICE,
	    "SIGRTMIN: a ban that lasts" },
	[LOG_BAN_LIST] = { "ban.list", LOG_LEVEL_NOTICE,
	    "SIGRTMIN: how many bans last" },
	[LOG_UNBAN] = { "source.unbanned", LOG_LEVEL_NOTICE,
	    "a ban was lifted by command" },
	[LOG_CONTROL] = { "control.command", LOG_LEVEL_NOTICE,
	    "somebody tells superd by the control socket what to do" },
	[LOG_CONN_REFUSE] = { "conn.refuse", LOG_LEVEL_INFO,
	    "a connection was closed without a handler" },
	/* Not info: the handler was killed, and may have had work to do. */
	[LOG_CONN_TIMEOUT] = { "conn.timeout", LOG_LEVEL_WARNING,
	    "a handler ran longer than max_runtime and is ended" },
	[LOG_CONN_IDLE] = { "conn.idle", LOG_LEVEL_INFO,
	    "nothing came or went for idle_timeout, the handler is ended" },
	[LOG_SPAWN_FAILED] = { "spawn.failed", LOG_LEVEL_ERROR,
	    "a handler could not be started" },
	/*
	 * Not info: whoever turns the line for each connection off still has
	 * to see what is wrong with a handler.
	 */
	[LOG_HANDLER_STDERR] = { "handler.stderr", LOG_LEVEL_NOTICE,
	    "a handler wrote a line to its stderr" },
	[LOG_HANDLER_STDERR_DROPPED] = { "handler.stderr.dropped",
	    LOG_LEVEL_WARNING,
	    "a handler wrote more to its stderr than is logged" },
	[LOG_ORPHAN] = { "orphan.reaped", LOG_LEVEL_DEBUG,
	    "as process 1: somebody else's child has ended" },
};

const struct log_event_row *
log_event_row(enum log_event_kind event)
{
	assert((unsigned int)event < LOG_EVENT_KINDS);
	return &rows[event];
}

const char *
log_level_name(enum log_level level)
{
	assert((unsigned int)level <= LOG_LEVEL_DEBUG);
	return levels[level];
}

void
log_print_events(FILE *to)
{
	for (int i = 0; i < LOG_EVENT_KINDS; i++)
		fprintf(to, "%s\t%s\t%s\n", rows[i].name, levels[rows[i].level],
		    rows[i].what);
}

/* SPDX-License-Identifier: ISC */
/*
 * Every event that superd can log: one row in events.c each, and a line in
 * superd(8), which a test compares.
 */
#ifndef SUPERD_LOG_EVENTS_H
#define SUPERD_LOG_EVENTS_H

enum log_event_kind {
	LOG_START,           /* superd.start */
	LOG_LISTEN,          /* superd.listen: one for each socket */
	LOG_PRIVILEGES,      /* superd.privileges: who superd is now */
	LOG_READY,           /* superd.ready */
	LOG_UNLISTEN,        /* superd.unlisten: one that has retired */
	LOG_RELOAD,          /* superd.reload */
	LOG_RELOAD_REFUSED,  /* superd.reload.refused */
	LOG_UPGRADE,         /* superd.upgrade: it begins */
	LOG_UPGRADE_REFUSED, /* superd.upgrade.refused */
	LOG_UPGRADED,        /* superd.upgraded: by the new one */
	LOG_DRAINING,        /* superd.draining */
	LOG_STOPPING,        /* superd.stopping */
	LOG_STOP,            /* superd.stop */
	LOG_CONFIG_WARNING,  /* config.warning */
	LOG_CONFIG_MISTAKE,  /* config.mistake */
	LOG_ADOPT_UNUSED,    /* adopt.unused: no service wants the socket */
	LOG_ADOPT_DIFFERS,   /* adopt.differs: it lacks an option */
	LOG_FAULT,           /* superd.fault: something failed, we go on */
	LOG_LOG_REOPENED,    /* log.reopened */
	LOG_LOG_DROPPED,     /* log.dropped */
	LOG_ACCEPT_FAILED,   /* accept.failed */
	LOG_ACCEPT_RESUMED,  /* accept.resumed */
	LOG_FULL,            /* service.full: at its limit, clients wait */
	LOG_CONN_OPEN,       /* conn.open */
	LOG_CONN_CLOSE,      /* conn.close */
	LOG_BAN,             /* source.banned */
	LOG_BAN_LISTED,      /* ban.listed: one that lasts */
	LOG_BAN_LIST,        /* ban.list: how many there are */
	LOG_UNBAN,           /* source.unbanned: by command */
	LOG_CONTROL,         /* control.command: what was asked for, by whom */
	LOG_CONN_REFUSE,     /* conn.refuse */
	LOG_CONN_TIMEOUT,    /* conn.timeout: max_runtime is over */
	LOG_CONN_IDLE,       /* conn.idle: idle_timeout is over */
	LOG_SPAWN_FAILED,    /* spawn.failed */
	LOG_HANDLER_STDERR,  /* handler.stderr */
	LOG_HANDLER_STDERR_DROPPED, /* handler.stderr.dropped */
	LOG_ORPHAN,                 /* orphan.reaped: as PID 1 */
	LOG_EVENT_KINDS,
};

struct log_event_row {
	const char *name;
	int level;        /* enum log_level */
	const char *what; /* one line, for superd --events and the page */
};

/* The row of an event.  [pure] */
const struct log_event_row *log_event_row(enum log_event_kind event);

#endif

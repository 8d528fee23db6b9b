/* SPDX-License-Identifier: ISC */
/*
 * The plan: one immutable, typed generation of the configuration, made from
 * text, checked, and freed whole.  Plain data for the rooms above; this room
 * opens no socket and changes no process.
 */
#ifndef SUPERD_CONF_CONF_H
#define SUPERD_CONF_CONF_H

#include <sys/resource.h>
#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/cidr.h"
#include "base/err.h"

struct arena;

/* Where something was said.  line 0: on the command line. */
struct conf_place {
	const char *file;
	unsigned int line;
};

enum conf_log {
	CONF_LOG_STDERR,
	CONF_LOG_SYSLOG,
	CONF_LOG_JOURNAL,
	CONF_LOG_FILE,
	CONF_LOG_UDP
};
enum conf_log_format {
	CONF_LOG_FORMAT_TEXT,
	CONF_LOG_FORMAT_JSON,
	CONF_LOG_FORMAT_RFC5424
};
enum conf_log_address {
	CONF_ADDRESS_FULL,
	CONF_ADDRESS_PREFIX,
	CONF_ADDRESS_NONE
};
/* The fields of the event conn.close, in their order. */
enum conf_close_field {
	CONF_CLOSE_SERVICE,
	CONF_CLOSE_CONNECTION,
	CONF_CLOSE_PID,
	CONF_CLOSE_PEER,
	CONF_CLOSE_STATUS,
	CONF_CLOSE_REASON,
	CONF_CLOSE_DURATION,
	CONF_CLOSE_USER,
	CONF_CLOSE_SYSTEM,
	CONF_CLOSE_MAX_RSS,
	CONF_CLOSE_LISTEN,
	CONF_CLOSE_START,
	CONF_CLOSE_SPAWN,
	CONF_CLOSE_EXIT,
	CONF_CLOSE_SIGNAL,
	CONF_CLOSE_BYTES_IN,
	CONF_CLOSE_BYTES_OUT,
	CONF_CLOSE_RTT,
	CONF_CLOSE_RETRANSMITS,
	CONF_CLOSE_REFUSED,
	CONF_CLOSE_FIELDS
};

/* Their names, and NULL at the end. */
extern const char *const conf_close_fields[CONF_CLOSE_FIELDS + 1];

enum conf_stderr {
	CONF_STDERR_LOG,
	CONF_STDERR_CLIENT,
	CONF_STDERR_NULL
};

/* Words or names: count of them, and a NULL behind the last. */
struct conf_words {
	char **word;
	size_t count;
};

/* log = stderr | syslog | journal | udp:ADDRESS:PORT | /path */
struct conf_log_to {
	bool set; /* else, of a service: the daemon's */
	enum conf_log to;
	const char *path; /* of CONF_LOG_FILE; ADDRESS:PORT of CONF_LOG_UDP */
};

/* A whole file as it was read.  One that is not there is empty. */
struct conf_content {
	const char *file; /* NULL: nobody wanted it */
	const char *text;
	size_t length;
};

struct conf_user {
	const char *name; /* NULL: not set */
	const char *home;
	const char *shell;
	uid_t uid;
	gid_t gid; /* the user's own group */
};

struct conf_group {
	const char *name; /* NULL: not set */
	gid_t gid;
};

/* A number that may be left to a default of others. */
struct conf_option {
	bool set;
	uint64_t value;
};

/* control = auto | /path */
struct conf_control {
	bool automatic;
	const char *path; /* NULL: there is none */
};

struct conf_daemon {
	struct conf_words include;
	struct conf_log_to log;
	unsigned int log_format;         /* enum conf_log_format */
	unsigned int log_level;          /* as log_level: 0 error ... 4 debug */
	unsigned int log_address;        /* enum conf_log_address */
	bool log_bytes;                  /* conn.close waits for its socket */
	uint64_t log_fields;             /* bit N: enum conf_close_field N */
	struct conf_option log_max_size; /* bytes */
	uint64_t log_keep;
	uint64_t max_connections;
	uint64_t max_sources; /* entries of the table of sources */
	const char *hosts_allow, *hosts_deny;
	/* What stands in them, if a service has hosts_access. */
	struct conf_content hosts_allow_content, hosts_deny_content;
	const char *pidfile;            /* NULL for none */
	uint64_t drain_timeout_ns;      /* 0: no limit */
	struct conf_words handler_path; /* directories, absolute */
	/* Who superd becomes when its sockets are open; no name: nobody else */
	struct conf_user user;
	struct conf_group group;
	struct conf_control control;
	struct conf_option control_mode; /* value is there, set or not */
	/* Who may look, and who may act too, besides root; no name: nobody */
	struct conf_group control_group, control_admin_group;
};

/* One value of `listen`. */
struct conf_listen {
	const char *text;   /* as written */
	struct addr addr;   /* AF_UNSPEC for fd:NAME */
	bool both_families; /* a bare PORT: 0.0.0.0 and [::] */
	const char *passed; /* NAME of fd:NAME; NULL: an address */
};

struct conf_listens {
	struct conf_listen *at;
	size_t count;
};

struct conf_groups {
	bool set; /* else: those of the user database */
	gid_t *gid;
	const char **name;
	size_t count;
};

enum conf_limit_kind {
	CONF_LIMIT_NOFILE,
	CONF_LIMIT_NPROC,
	CONF_LIMIT_AS,
	CONF_LIMIT_CORE,
	CONF_LIMIT_CPU,
	CONF_LIMIT_FSIZE,
	CONF_LIMIT_DATA,
	CONF_LIMIT_STACK,
	CONF_LIMIT_MEMLOCK,
	CONF_LIMIT_KINDS
};

struct conf_limit {
	bool set; /* else: what superd was started with */
	struct rlimit limit;
};

/* One network of allow or deny, in the order of reading. */
struct conf_rule {
	struct cidr net;
	bool deny;
};

/*
 * The value of allow or deny.  Values that say the same share one list, in
 * whatever service they stand.
 */
struct conf_networks {
	struct conf_words words; /* as written, with absolute @files */
	struct conf_rule *at;    /* @files are read into it */
	size_t count;
	bool unix_clients; /* the word `unix` or `all` stood there */
};

/* allow and deny together; services with the same ones share `at`. */
struct conf_rules {
	struct conf_rule *at;
	size_t count;
	bool allow_unix, deny_unix; /* as unix_clients of allow and deny */
	bool has_allow; /* who is in none stays out, be allow empty or not */
};

/* 50/s burst 100 */
struct conf_rate {
	bool set; /* else: no limit */
	uint64_t count;
	uint64_t period_ns;
	uint64_t burst; /* 0: not given */
};

/* Minutes of the week: Monday 00:00 is 0, the next is CONF_WEEK_MINUTES. */
#define CONF_WEEK_MINUTES 10080

/*
 * Open from `from` until before `to`; to > from, and it may lie in the next
 * week: Sunday 22:00-06:00 ends at CONF_WEEK_MINUTES + 360.
 */
struct conf_interval {
	uint16_t from, to;
};

struct conf_hours {
	struct conf_interval *at; /* in any order, may overlap */
	size_t count;             /* 0: always open */
};

/* What happens to a client that is over a limit. */
enum conf_over_limit {
	CONF_OVER_QUEUE, /* it waits in the backlog */
	CONF_OVER_REFUSE,
	CONF_OVER_RESET
};

/* ban_on = refused, signal, exit:N ... */
struct conf_ban_on {
	bool refused;
	bool signal;
	uint8_t exits[32]; /* bit N % 8 of byte N / 8: exit status N */
};

struct conf_ban {
	struct conf_rate after; /* not set: no bans; burst is not used */
	struct conf_ban_on on;
	uint64_t for_ns; /* the first ban; doubles for repeat offenders */
	uint64_t max_ns; /* at least for_ns */
	/* The status with which a handler bans its client at once, 0: none. */
	uint64_t exit_status;
};

/* Who may enter a service, how many, how fast. */
struct conf_gate {
	struct conf_networks allow, deny;
	struct conf_rules rules; /* made of both */
	struct conf_hours hours;
	bool hosts_access;
	uint64_t max_per_source; /* 0: no limit */
	struct conf_rate rate, rate_per_source;
	uint64_t source_prefix_v4, source_prefix_v6; /* to 32, to 128 */
	unsigned int over_limit;                     /* enum conf_over_limit */
	const char *refuse_message;                  /* NULL: none */
	struct conf_option max_load;                 /* in hundredths */
	struct conf_option min_free_memory;          /* bytes */
	struct conf_ban ban;
};

struct conf_service {
	const char *name;
	struct conf_place place; /* of its section or [ports] line */
	struct conf_place listen_place, handler_place, log_place;

	struct conf_listens listen;
	struct conf_words handler; /* word[0] as written */
	const char *handler_file;  /* what is executed: absolute, found */
	const char *argv0;         /* NULL: word[0] */
	bool enabled;
	const char *description;

	uint64_t backlog;
	bool backlog_set; /* it is not the built-in default */
	bool v6only, nodelay, keepalive, reuseport, freebind;
	const char *device;
	struct conf_option defer_accept; /* nanoseconds */
	struct conf_option fastopen;     /* queue length */
	struct conf_option mark, tos, send_buffer, receive_buffer;
	struct conf_user socket_user;
	struct conf_group socket_group;
	struct conf_option socket_mode;

	struct conf_user user;
	struct conf_group group;
	struct conf_groups groups;
	const char *directory;
	const char *chroot;
	uint64_t umask;
	struct conf_option nice; /* value is the nice number as int64_t */
	struct conf_limit limit[CONF_LIMIT_KINDS];
	struct conf_words environment; /* KEY=VALUE each */
	struct conf_words pass_environment;
	unsigned int stderr_to; /* enum conf_stderr */
	struct conf_log_to log;
	struct conf_option log_max_size, log_keep; /* else: the daemon's */
	uint64_t max_connections;
	uint64_t max_runtime_ns;  /* 0: no limit */
	uint64_t idle_timeout_ns; /* 0: none */
	uint64_t kill_grace_ns;
	struct conf_gate gate;
};

/*
 * A capability without which a service's handlers could not be started or
 * ended as it says.
 */
struct conf_need {
	struct conf_need *next;
	int capability; /* capabilities(7) */
	struct conf_place place;
	const char *reason; /* "section 'git': user = git" */
};

struct conf {
	struct arena *arena; /* all of this lives in it */
	const char *path;    /* the main file, NULL for none */
	struct conf_daemon daemon;
	struct conf_service *services; /* in the order of the files */
	size_t service_count;
	uint64_t needed; /* capabilities, a bit each, of enabled services */
	/* Who needs them, in no order; of each at most CONF_FINDINGS_MAX. */
	struct conf_need *needs;
};

/* One finding.  Mistakes forbid the configuration, warnings do not. */
struct conf_finding {
	struct err err;
	bool warning;
};

#define CONF_FINDINGS_MAX 50

/* What was found, sorted by file (in reading order) and line. */
struct conf_report {
	struct conf_finding *findings; /* at most CONF_FINDINGS_MAX */
	size_t count;
	size_t mistakes; /* all of them, kept or not */
	size_t warnings;
};

/* What to read, and under which circumstances. */
struct conf_source {
	const char *path;  /* NULL: no file (`superd -l`) */
	char *const *sets; /* "key=value" each, NULL at the end */
	size_t set_count;
	char *const *listens; /* of `-l`, with argv: one service */
	size_t listen_count;
	char *const *argv; /* the handler of `-l` */
	bool as_root;      /* rules for root apply: superd can set ids */
	uint64_t held;     /* capabilities that superd was started with */
};

/*
 * Reads and checks it all.  Returns 0 and the configuration, which the
 * caller frees with conf_free(); or -EINVAL if there were mistakes, -ENOMEM.
 * ret_report is filled in either case, to be freed with conf_report_free().
 */
int conf_load(const struct conf_source *source, struct conf **ret_conf,
    struct conf_report *ret_report);

/*
 * A finding of a room above, made while it compiled a configuration that was
 * loaded: it gets its place among the others, behind those of all other
 * files.  e->file is copied.  Whoever adds a mistake refuses the
 * configuration.  Returns 0, or -ENOMEM: then it is counted only.
 */
int conf_report_add(
    struct conf_report *report, const struct err *e, bool warning);

/* Accept NULL and the empty report. */
void conf_free(struct conf *conf);
void conf_report_free(struct conf_report *report);

#endif

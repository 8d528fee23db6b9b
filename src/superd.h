/* SPDX-License-Identifier: ISC */
/* What the files of main share; what they do stands in each of them. */
#ifndef SUPERD_SUPERD_H
#define SUPERD_SUPERD_H

#include <stdbool.h>

#include "conf/conf.h"
#include "core/core.h"
#include "core/load.h"
#include "core/pidfile.h"
#include "core/ready.h"
#include "core/state.h"
#include "ctl/server.h"
#include "net/adopt.h"
#include "options.h"

enum {
	EXIT_OK_CODE,
	EXIT_FAILED_CODE,
	EXIT_USAGE_CODE,
	EXIT_CONFIG_CODE
};

/* All that lives as long as superd. */
struct superd {
	struct options options;
	struct conf *conf;
	struct conf_report report;
	struct core_source source;
	struct spawn_host host;
	struct core core;
	struct ctl_server ctl;
	struct pidfile pidfile;
	struct net_adopted_list adopted;
	struct core_ready ready;
	int detached; /* tells the starter; -1 in the foreground */
	bool started;
	int resume_fd;      /* of a predecessor's state; -1: there is none */
	bool only_try;      /* to see whether that would work */
	struct state state; /* in state_arena */
	struct arena *state_arena;
	char **argv;        /* without what says so */
	bool log_elsewhere; /* not where the error of a start is printed */
};

/* The file that is read, as the options say; NULL: none.  [pure] */
const char *superd_path(const struct superd *s);

/* "superd: ..." to stderr. */
void superd_print_error(const struct err *e);

/* What core is given; borrowed from s.  [pure] */
struct core_owner superd_owner(struct superd *s);

/* Loads the configuration and keeps what was found.  Returns 0 or -errno. */
int superd_load(struct superd *s);

/* What was found goes to stderr, a line each. */
void check_print(const struct conf_report *report);

/* The last line of a check: what it comes to. */
void check_print_sum(const struct superd *s);

/* -t and --dump, and --reload.  They return the exit status. */
int check_run(struct superd *s);
int check_and_reload(struct superd *s);

/* Serves until it is told to stop.  Returns the exit status. */
int run(struct superd *s);

/*
 * Takes `--resume FD` or `--check-resume FD`, which a superd gives to its
 * successor, out of the arguments.  Returns 0, or -errno told on stderr.
 */
int resume_options(struct superd *s, int *argc, char **argv);

/* Reads the state of the predecessor.  Returns 0 or -errno. */
int resume_read(struct superd *s, struct err *e);
void resume_done(struct superd *s);

/* --check-resume: would it work?  Returns the exit status. */
int resume_try(struct superd *s);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * superd, the superserver: main, and the order in which the rooms start and
 * stop.  What each of them does is written in its own directory.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "conf/conf.h"
#include "conf/dump.h"
#include "conf/schema.h"
#include "core/core.h"
#include "core/load.h"
#include "core/pidfile.h"
#include "core/process.h"
#include "core/say.h"
#include "core/trim.h"
#include "detach.h"
#include "log/log.h"
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
	struct pidfile pidfile;
	int detached; /* tells the starter; -1 in the foreground */
	bool started;
	bool log_elsewhere; /* not where the error of a start is printed */
};

static const char *
path_of(const struct options *o)
{
	if (o->listen_count > 0)
		return NULL;
	return o->path != NULL ? o->path : SUPERD_SYSCONFDIR "/superd.ini";
}

static int
load(struct superd *s)
{
	const struct options *o = &s->options;

	s->source = (struct core_source) {
		.from = { .path = path_of(o),
		    .sets = o->sets,
		    .set_count = o->set_count,
		    .listens = o->listens,
		    .listen_count = o->listen_count,
		    .argv = o->handler,
		    .as_root = geteuid() == 0 },
		.louder = o->louder,
		.detached = o->detach,
	};
	return load_conf(&s->source, &s->conf, &s->report);
}

static void
print_findings(const struct conf_report *report)
{
	char line[ERR_TEXT_SIZE + 4096];

	for (size_t i = 0; i < report->count; i++) {
		const struct conf_finding *f = &report->findings[i];
		struct err e = f->err;

		if (f->warning)
			(void)err_wrap(&e, "warning");
		(void)fprintf(
		    stderr, "%s\n", err_format(&e, line, sizeof(line)));
	}
}

/* The last line of a check: what it comes to. */
static void
print_sum(const struct superd *s)
{
	const char *path = path_of(&s->options);
	size_t mistakes = s->report.mistakes, warnings = s->report.warnings;

	(void)fprintf(
	    stderr, "superd: %s: ", path != NULL ? path : "command line");
	if (s->conf != NULL)
		(void)fprintf(stderr, "%zu service%s, no mistake",
		    s->conf->service_count,
		    s->conf->service_count == 1 ? "" : "s");
	else
		(void)fprintf(stderr, "%zu mistake%s", mistakes,
		    mistakes == 1 ? "" : "s");
	if (mistakes > 0 || warnings > 0)
		(void)fprintf(stderr, ", %zu warning%s", warnings,
		    warnings == 1 ? "" : "s");
	(void)fputc('\n', stderr);
}

static int
test(struct superd *s)
{
	int error = load(s);

	print_findings(&s->report);
	if (error == 0 && s->options.action == OPTIONS_DUMP)
		return conf_dump(s->conf, stdout) < 0 || fflush(stdout) != 0
		    ? EXIT_FAILED_CODE
		    : EXIT_OK_CODE;
	if (error < 0 || s->options.louder >= 0)
		print_sum(s);
	return error < 0 ? EXIT_CONFIG_CODE : EXIT_OK_CODE;
}

/* Checks first: a mistake is better told here than in a log. */
static int
ask_to_reload(struct superd *s)
{
	char line[ERR_TEXT_SIZE + 4096];
	struct err e = { 0 };
	const char *pidfile;
	int pid;

	if (test(s) != EXIT_OK_CODE)
		return EXIT_CONFIG_CODE;
	pidfile = s->conf->daemon.pidfile;
	if (pidfile == NULL)
		pid = err_set(&e, ENOENT,
		    "there is no pidfile in the configuration to know the "
		    "running superd by: send it SIGHUP");
	else
		pid = pidfile_holder(pidfile, &e);
	if (pid > 0 && kill(pid, SIGHUP) < 0)
		pid = err_system(&e, errno, "cannot signal process %d", pid);
	if (pid > 0)
		return EXIT_OK_CODE;
	(void)fprintf(
	    stderr, "superd: %s\n", err_format(&e, line, sizeof(line)));
	return EXIT_FAILED_CODE;
}

static int
start_process(struct superd *s, struct err *e)
{
	int error = 0;

	load_source_init(&s->source);
	if (s->options.detach)
		error = detach_start(&s->detached, e);
	return error < 0 ? error : process_take(&s->host, e);
}

static int
start_log(struct superd *s, struct err *e)
{
	struct log_options options;
	int error;

	load_log_options(&s->source, s->conf, &options);
	error = log_open(&options, e);
	s->log_elsewhere = error == 0 && options.sink != LOG_SINK_STDERR;
	if (error == 0)
		say_findings(&s->report);
	return error;
}

static int
start_core(struct superd *s, struct err *e)
{
	const struct core_owner owner = {
		.host = &s->host,
		.source = &s->source,
		.pidfile = &s->pidfile,
	};
	int error = pidfile_take(&s->pidfile, s->conf->daemon.pidfile, e);

	s->started = true;
	log_event(LOG_START, LOG_TEXT("version", PACKAGE_VERSION),
	    LOG_SIGNED("pid", getpid()), LOG_TEXT("config", s->conf->path));
	if (error == 0)
		error = core_init(&s->core, s->conf, &owner, e);
	if (error == 0)
		s->conf = NULL; /* it is core's now */
	return error;
}

static int
start_ready(struct superd *s, struct err *e)
{
	int error = pidfile_write(&s->pidfile, e);

	if (error < 0)
		return error;
	core_announce(&s->core, s->options.ready_fd);
	(void)log_flush();
	detach_ready(&s->detached);
	trim_start_up();
	return 0;
}

static int
serve(struct superd *s, struct err *e)
{
	return core_run(&s->core, e);
}

static void
finish(struct superd *s)
{
	core_done(&s->core);
	pidfile_drop(&s->pidfile);
	if (s->started)
		log_event(LOG_STOP, LOG_SIGNED("pid", getpid()));
	log_close();
}

static int
run(struct superd *s)
{
	static int (*const starts[])(struct superd *, struct err *) = {
		start_process,
		start_log,
		start_core,
		start_ready,
		serve,
	};
	char line[ERR_TEXT_SIZE + 4096];
	struct err e = { 0 };
	int error = load(s);

	if (error < 0) {
		print_findings(&s->report);
		print_sum(s);
		return EXIT_CONFIG_CODE;
	}
	for (size_t i = 0; error >= 0 && i < sizeof(starts) / sizeof(starts[0]);
	     i++)
		error = starts[i](s, &e);
	if (error < 0 && s->log_elsewhere)
		log_event(LOG_FAULT, LOG_TEXT("what", "superd cannot go on"),
		    LOG_TEXT("error", e.text));
	if (error < 0)
		(void)fprintf(
		    stderr, "superd: %s\n", err_format(&e, line, sizeof(line)));
	finish(s);
	return error < 0 ? EXIT_FAILED_CODE : EXIT_OK_CODE;
}

static int
act(struct superd *s)
{
	switch (s->options.action) {
	case OPTIONS_RUN:
		return run(s);
	case OPTIONS_TEST:
	case OPTIONS_DUMP:
		return test(s);
	case OPTIONS_RELOAD:
		return ask_to_reload(s);
	case OPTIONS_KEYS:
		conf_print_keys(stdout);
		break;
	case OPTIONS_EVENTS:
		log_print_events(stdout);
		break;
	case OPTIONS_VERSION:
		(void)printf("superd %s\nconfiguration %s\n", PACKAGE_VERSION,
		    SUPERD_SYSCONFDIR "/superd.ini");
		break;
	case OPTIONS_HELP:
		options_print_help(stdout);
		break;
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_OK_CODE
						      : EXIT_FAILED_CODE;
}

int
main(int argc, char **argv)
{
	static struct superd s = { .detached = -1,
		.pidfile.fd = -1,
		.core = { .loop.epoll_fd = -1, .signals.fd = -1 } };
	int status;

	/* Nothing that is opened from now on may become 0, 1 or 2. */
	if (fd_fill_standard() < 0)
		return EXIT_FAILED_CODE;
	if (options_parse(argc, argv, &s.options) < 0)
		return EXIT_USAGE_CODE;
	status = act(&s);
	conf_report_free(&s.report);
	conf_free(s.conf);
	load_source_done(&s.source);
	options_done(&s.options);
	return status;
}

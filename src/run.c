/* SPDX-License-Identifier: ISC */
/* A superd that serves: the starts in their order, and the end. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "core/generation.h"
#include "core/passed.h"
#include "core/privileges.h"
#include "core/process.h"
#include "core/say.h"
#include "core/trim.h"
#include "detach.h"
#include "log/log.h"
#include "superd.h"

/*
 * What whoever started superd has left in its environment and among its
 * descriptors: before a file of our own takes a number that is missing there.
 */
static int
take_over(struct superd *s, struct err *e)
{
	int error = net_adopt_environment(&s->adopted, e);

	ready_init(&s->ready);
	process_raise_files(&s->host);
	for (size_t i = 0; error == 0 && i < s->adopted.count; i++) {
		if (s->adopted.at[i].socket.fd == s->options.ready_fd &&
		    s->options.ready_fd >= 0)
			error = err_set(e, EINVAL,
			    "--ready-fd %d is a socket that was passed to "
			    "superd (LISTEN_FDS)",
			    s->options.ready_fd);
	}
	return error;
}

static int
start_process(struct superd *s, struct err *e)
{
	int error = 0;

	load_source_init(&s->source, s->argv);
	if (s->options.detach && s->resume_fd < 0)
		error = detach_start(&s->detached, e);
	return error < 0 ? error : process_take(s->conf, &s->host, e);
}

static int
start_state(struct superd *s, struct err *e)
{
	return s->resume_fd < 0 ? 0 : resume_read(s, e);
}

static int
start_log(struct superd *s, struct err *e)
{
	struct log_options options;
	int error;

	load_log_options(&s->source, s->conf, &options);
	error = log_open(&options, e);
	s->log_elsewhere = error == 0 && options.sink != LOG_SINK_STDERR;
	if (error == 0 && s->resume_fd >= 0)
		log_add_lost(s->state.daemon.log_lost);
	if (error == 0)
		say_findings(&s->report);
	return error;
}

static int
start_pidfile(struct superd *s, struct err *e)
{
	const char *path = s->conf->daemon.pidfile;
	int old = s->state.daemon.pidfile_fd, error;

	if (s->resume_fd < 0)
		return pidfile_take(&s->pidfile, path, e);
	error = pidfile_take_over(&s->pidfile, path, old, e);
	if (error == 0 && old >= 0 && s->pidfile.fd != old) {
		pidfile_leave(old);
		(void)close(old);
	}
	return error;
}

static int
start_core(struct superd *s, struct err *e)
{
	const struct core_owner owner = superd_owner(s);
	int error;

	s->started = true;
	if (s->resume_fd < 0)
		log_event(LOG_START, LOG_TEXT("version", PACKAGE_VERSION),
		    LOG_SIGNED("pid", getpid()),
		    LOG_TEXT("config", s->conf->path));
	error = core_init(&s->core, s->conf, &owner, e);
	if (error < 0)
		return error;
	s->conf = NULL; /* it is core's now */
	ctl_start(&s->ctl, &s->core);
	passed_close_unused(&s->adopted);
	return 0;
}

/* The predecessor has told everybody that it is ready. */
static void
tell_upgraded(struct superd *s)
{
	const struct state_daemon *d = &s->state.daemon;

	log_event(LOG_UPGRADED, LOG_TEXT("version", PACKAGE_VERSION),
	    LOG_TEXT("from", d->version),
	    LOG_UNSIGNED("connections", s->core.conns.live),
	    LOG_UNSIGNED("generation", s->core.generation->number),
	    LOG_SECONDS("gap", loop_clock() - d->encode_ns));
	resume_done(s);
}

static int
start_ready(struct superd *s, struct err *e)
{
	int error = pidfile_write(&s->pidfile, e);

	if (error == 0)
		error = privileges_change(&s->core, s->core.conf, e);
	if (error < 0)
		return error;
	if (s->resume_fd < 0)
		core_announce(&s->core, s->options.ready_fd);
	else
		tell_upgraded(s);
	ready_up(&s->ready, &s->core.loop, s->core.service_count,
	    s->core.conns.live);
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
	ready_done(&s->ready);
	ctl_stop(&s->ctl);
	core_done(&s->core);
	net_adopt_done(&s->adopted);
	resume_done(s);
	pidfile_drop(&s->pidfile);
	if (s->started)
		log_event(LOG_STOP, LOG_SIGNED("pid", getpid()));
	log_close();
}

int
run(struct superd *s)
{
	static int (*const starts[])(struct superd *, struct err *) = {
		start_process,
		start_state,
		start_log,
		start_pidfile,
		start_core,
		start_ready,
		serve,
	};
	struct err e = { 0 };
	int error = take_over(s, &e);

	if (error == 0 && superd_load(s) < 0) {
		check_print(&s->report);
		check_print_sum(s);
		return EXIT_CONFIG_CODE;
	}
	for (size_t i = 0; error >= 0 && i < sizeof(starts) / sizeof(starts[0]);
	     i++)
		error = starts[i](s, &e);
	if (error < 0 && s->log_elsewhere)
		log_event(LOG_FAULT, LOG_TEXT("what", "superd cannot go on"),
		    LOG_TEXT("error", e.text));
	if (error < 0)
		superd_print_error(&e);
	finish(s);
	return error < 0 ? EXIT_FAILED_CODE : EXIT_OK_CODE;
}

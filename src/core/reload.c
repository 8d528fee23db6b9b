/* SPDX-License-Identifier: ISC */
/*
 * Reading, preparing, committing.  Whatever may fail comes before
 * next_commit(); the log is the last of that, because it is where failures
 * are told.
 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/generation.h"
#include "core/load.h"
#include "core/next.h"
#include "core/pidfile.h"
#include "core/privileges.h"
#include "core/ready.h"
#include "core/reload.h"
#include "core/say.h"
#include "log/log.h"

/* Why not, in a sentence. */
static void
refuse(const struct core *core, size_t mistakes, const char *why)
{
	log_event(LOG_RELOAD_REFUSED, LOG_TEXT("config", core->conf->path),
	    LOG_COUNT("mistakes", mistakes), LOG_TEXT("error", why));
}

/* The pid file's place may change: the new one is taken beside the old. */
static int
prepare_pidfile(const struct core *core, const struct conf *conf,
    struct pidfile *ret_fresh, struct err *e)
{
	int error;

	*ret_fresh = (struct pidfile) { .fd = -1 };
	if (text_same(core->pidfile->path, conf->daemon.pidfile))
		return 0;
	error = pidfile_take(ret_fresh, conf->daemon.pidfile, e);
	if (error == 0)
		error = pidfile_write(ret_fresh, e);
	if (error < 0)
		pidfile_drop(ret_fresh);
	return error;
}

static void
commit_pidfile(
    struct core *core, const struct conf *conf, const struct pidfile *fresh)
{
	if (text_same(core->pidfile->path, conf->daemon.pidfile))
		return;
	pidfile_drop(core->pidfile);
	*core->pidfile = *fresh;
}

/* Another log, if the file wants another; its failure changes nothing. */
static int
prepare_log(const struct core *core, const struct conf *conf, struct err *e)
{
	struct log_options old, fresh;

	load_log_options(core->source, core->conf, &old);
	load_log_options(core->source, conf, &fresh);
	if (old.sink == fresh.sink && old.format == fresh.format &&
	    text_same(old.path, fresh.path)) {
		log_set_level(fresh.level);
		return 0;
	}
	return log_open(&fresh, e);
}

/* The table of sources is made once, for the life of a process. */
static void
warn_of_fixed(const struct core *core, const struct conf *conf)
{
	char text[160];
	struct text t;

	if (core->sources.capacity == conf->daemon.max_sources)
		return;
	text_init(&t, text, sizeof(text));
	text_printf(&t,
	    "max_sources stays %u, not %llu, until superd is upgraded "
	    "(SIGUSR2) or started again",
	    core->sources.capacity,
	    (unsigned long long)conf->daemon.max_sources);
	log_event(LOG_CONFIG_WARNING, LOG_TEXT("file", conf->path),
	    LOG_TEXT("text", text));
}

static int
prepare(struct core *core, struct conf *conf, struct core_next *next,
    struct pidfile *fresh, struct err *e)
{
	int error = next_prepare(next, core, conf, e);

	if (error < 0)
		return error;
	error = prepare_pidfile(core, conf, fresh, e);
	if (error == 0) {
		error = prepare_log(core, conf, e);
		if (error < 0)
			pidfile_drop(fresh);
	}
	if (error < 0)
		next_abandon(next);
	return error;
}

static void
turn_over(struct core *core, struct conf *conf, uint64_t began_ns)
{
	struct core_next next;
	struct pidfile fresh;
	struct err e = { 0 };

	if (prepare(core, conf, &next, &fresh, &e) < 0) {
		log_event(LOG_CONFIG_MISTAKE, LOG_TEXT("file", e.file),
		    LOG_COUNT("line", e.line), LOG_TEXT("text", e.text));
		refuse(core, 1, "the old configuration stays in force");
		conf_free(conf);
		return;
	}
	warn_of_fixed(core, conf);
	commit_pidfile(core, conf, &fresh);
	next_commit(&next);
	log_event(LOG_RELOAD, LOG_TEXT("config", core->conf->path),
	    LOG_UNSIGNED("generation", core->generation->number),
	    LOG_UNSIGNED("services", next.service_count),
	    LOG_UNSIGNED("opened", next.opened),
	    LOG_UNSIGNED("kept", next.kept),
	    LOG_UNSIGNED("retired", next.retired),
	    LOG_SECONDS("duration", loop_clock() - began_ns));
}

void
reload(struct core *core)
{
	struct conf_report report = { 0 };
	uint64_t began_ns = loop_clock();
	struct conf *conf = NULL;
	int error;

	if (phase_answer(core->phase, PHASE_RELOAD) != PHASE_DO) {
		refuse(core, 0, "superd is about to end");
		return;
	}
	if (upgrade_puts_off_reload(core))
		return;
	if (core->source->from.path == NULL) {
		refuse(core, 0, "superd was started without a file");
		return;
	}
	ready_reloading(core->ready);
	error = load_conf(core->source, &conf, &report);
	if (error == 0)
		error = privileges_check(conf, &report);
	say_findings(&report);
	if (error < 0) {
		conf_free(conf);
		refuse(core, report.mistakes,
		    "the old configuration stays in force");
	} else
		turn_over(core, conf, began_ns);
	conf_report_free(&report);
	ready_up(
	    core->ready, &core->loop, core->service_count, core->conns.live);
}

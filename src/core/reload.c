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
#include "core/final.h"
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
refuse(const struct core *core, const char *why, struct core_reload *r)
{
	r->refused = why;
	log_event(LOG_RELOAD_REFUSED, LOG_TEXT("config", core->conf->path),
	    LOG_COUNT("mistakes", r->report.mistakes), LOG_TEXT("error", why));
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
	if (log_options_are_same(&old, &fresh)) {
		log_set_level(fresh.level);
		log_channel_limit(NULL, &fresh);
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

/* All that a configuration wants, beside what is there. */
struct prepared {
	struct core_next next;
	struct pidfile pidfile;
	struct net_listener control;
};

static int
prepare_files(struct core *core, const struct conf *conf, struct prepared *p,
    struct err *e)
{
	int error = prepare_pidfile(core, conf, &p->pidfile, e);

	if (error < 0)
		return error;
	error = control_prepare(core, conf, &p->control, e);
	if (error == 0) {
		error = prepare_log(core, conf, e);
		if (error < 0)
			net_listen_close(&p->control);
	}
	if (error < 0)
		pidfile_drop(&p->pidfile);
	return error;
}

static int
prepare(struct core *core, struct conf *conf, struct prepared *p, struct err *e)
{
	int error = next_prepare(&p->next, core, conf, e);

	if (error < 0)
		return error;
	error = prepare_files(core, conf, p, e);
	if (error < 0)
		next_abandon(&p->next);
	return error;
}

static void
fail(struct core *core, const struct err *e, struct core_reload *r)
{
	log_event(LOG_CONFIG_MISTAKE, LOG_TEXT("file", e->file),
	    LOG_COUNT("line", e->line), LOG_TEXT("text", e->text));
	/* Without memory it is counted all the same. */
	(void)conf_report_add(&r->report, e, false);
	refuse(core, "the old configuration stays in force", r);
}

static void
turn_over(struct core *core, struct conf *conf, uint64_t began_ns,
    struct core_reload *r)
{
	struct prepared p;
	struct err e = { 0 };

	if (prepare(core, conf, &p, &e) < 0) {
		fail(core, &e, r);
		conf_free(conf);
		return;
	}
	warn_of_fixed(core, conf);
	commit_pidfile(core, conf, &p.pidfile);
	control_commit(core, conf, &p.control);
	next_commit(&p.next);
	final_follow(core);
	r->services = p.next.service_count;
	r->opened = p.next.opened;
	r->kept = p.next.kept;
	r->retired = p.next.retired;
	log_event(LOG_RELOAD, LOG_TEXT("config", core->conf->path),
	    LOG_UNSIGNED("generation", core->generation->number),
	    LOG_UNSIGNED("services", r->services),
	    LOG_UNSIGNED("opened", r->opened), LOG_UNSIGNED("kept", r->kept),
	    LOG_UNSIGNED("retired", r->retired),
	    LOG_SECONDS("duration", loop_clock() - began_ns));
}

/* Reads it; conf is NULL if it is refused. */
static struct conf *
read_again(struct core *core, struct core_reload *r)
{
	struct conf *conf = NULL;
	int error = load_conf(core->source, &conf, &r->report);

	if (error == 0)
		error = privileges_check(conf, &r->report);
	say_findings(&r->report);
	if (error == 0)
		return conf;
	conf_free(conf);
	refuse(core, "the old configuration stays in force", r);
	return NULL;
}

void
reload(struct core *core, struct core_reload *ret_result)
{
	uint64_t began_ns = loop_clock();
	struct conf *conf;

	*ret_result = (struct core_reload) { 0 };
	if (phase_answer(core->phase, PHASE_RELOAD) != PHASE_DO) {
		refuse(core, "superd is about to end", ret_result);
		return;
	}
	if (upgrade_puts_off_reload(core)) {
		ret_result->refused = "it follows when the upgrade that is on "
				      "its way is over";
		return;
	}
	if (core->source->from.path == NULL) {
		refuse(core, "superd was started without a file", ret_result);
		return;
	}
	ready_reloading(core->ready);
	conf = read_again(core, ret_result);
	if (conf != NULL)
		turn_over(core, conf, began_ns, ret_result);
	ready_up(
	    core->ready, &core->loop, core->service_count, core->conns.live);
}

void
reload_and_forget(struct core *core)
{
	struct core_reload result;

	reload(core, &result);
	conf_report_free(&result.report);
}

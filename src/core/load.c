/* SPDX-License-Identifier: ISC */
/* Reading the configuration from where superd was started. */
#include <sys/auxv.h>
#include <sys/stat.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "core/hosts.h"
#include "core/load.h"

/* Is path the program that runs here? */
static bool
is_this_program(const char *path)
{
	struct stat here, there;

	return stat("/proc/self/exe", &here) == 0 && stat(path, &there) == 0 &&
	    here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/*
 * Where the next version will be found: links in it are kept as they are,
 * because an upgrade may be another place for a link.
 */
static char *
find_program(const char *directory, const char *name)
{
	auto_free char *path = NULL, *real = NULL;
	const char *base = directory != NULL ? directory : "";

	/* What the kernel was given, whoever searched PATH: getauxval(3). */
	if (getauxval(AT_EXECFN) != 0)
		name = (const char *)(uintptr_t)getauxval(AT_EXECFN);
	if (strchr(name, '/') != NULL) {
		if (asprintf(&path, "%s%s%s", name[0] == '/' ? "" : base,
			name[0] == '/' ? "" : "/", name) < 0)
			return NULL;
		if (is_this_program(path))
			return take_ptr(&path);
	}
	real = realpath("/proc/self/exe", NULL);
	return take_ptr(&real);
}

void
load_source_init(struct core_source *source, char **argv)
{
	source->directory = getcwd(NULL, 0);
	source->program = find_program(source->directory, argv[0]);
	source->argv = argv;
}

void
load_source_done(struct core_source *source)
{
	free(source->directory);
	free(source->program);
	source->directory = source->program = NULL;
}

static bool
is_relative(const struct core_source *source)
{
	return source->from.path != NULL && source->from.path[0] != '/';
}

/* What stands in / under the same name is another file. */
static int
cannot_enter(const struct core_source *source, struct conf_report *report)
{
	struct err e;
	int error = err_system(&e, errno,
	    "cannot enter '%s', where superd was started, to read '%s'",
	    source->directory, source->from.path);

	return conf_report_add(report, &e, false) < 0 ? -ENOMEM : error;
}

int
load_conf(const struct core_source *source, struct conf **ret_conf,
    struct conf_report *ret_report)
{
	bool away = source->directory != NULL && chdir(source->directory) == 0;
	int error;

	if (source->directory != NULL && !away && is_relative(source))
		return cannot_enter(source, ret_report);
	error = conf_load(&source->from, ret_conf, ret_report);
	if (error == 0)
		error = hosts_check(*ret_conf, ret_report);
	if (error < 0) {
		conf_free(*ret_conf);
		*ret_conf = NULL;
	}
	/* superd keeps no directory busy. */
	if (away)
		(void)!chdir("/");
	return error;
}

/* -v and -q shift the level that the file says. */
static enum log_level
level_of(const struct core_source *source, const struct conf *conf)
{
	int level = (int)conf->daemon.log_level + source->louder;

	if (level < LOG_LEVEL_ERROR)
		level = LOG_LEVEL_ERROR;
	if (level > LOG_LEVEL_DEBUG)
		level = LOG_LEVEL_DEBUG;
	return (enum log_level)level;
}

static void
set_sink(const struct core_source *source, const struct conf_log_to *log,
    struct log_options *options)
{
	options->sink = (enum log_sink)log->to;
	options->path = log->path;
	/* In the background there is nobody to read stderr. */
	if (source->detached && options->sink == LOG_SINK_STDERR)
		options->sink = LOG_SINK_SYSLOG;
}

void
load_log_options(const struct core_source *source, const struct conf *conf,
    struct log_options *ret_options)
{
	const struct conf_daemon *d = &conf->daemon;

	*ret_options = (struct log_options) {
		.format = (enum log_format)d->log_format,
		.level = level_of(source, conf),
	};
	ret_options->max_bytes = d->log_max_size.value;
	ret_options->keep = (unsigned int)d->log_keep;
	set_sink(source, &d->log, ret_options);
}

bool
load_service_log(const struct core_source *source, const struct conf *conf,
    const struct conf_service *service, struct log_options *ret_options)
{
	struct log_options daemons;

	load_log_options(source, conf, &daemons);
	*ret_options = daemons;
	if (!service->log.set)
		return false;
	set_sink(source, &service->log, ret_options);
	if (service->log_max_size.set)
		ret_options->max_bytes = service->log_max_size.value;
	if (service->log_keep.set)
		ret_options->keep = (unsigned int)service->log_keep.value;
	return !log_options_are_same(ret_options, &daemons);
}

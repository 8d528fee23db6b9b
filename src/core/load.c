/* SPDX-License-Identifier: ISC */
/* Reading the configuration from where superd was started. */
#include <stdlib.h>
#include <unistd.h>

#include "core/hosts.h"
#include "core/load.h"

void
load_source_init(struct core_source *source)
{
	source->directory = getcwd(NULL, 0);
}

void
load_source_done(struct core_source *source)
{
	free(source->directory);
	source->directory = NULL;
}

int
load_conf(const struct core_source *source, struct conf **ret_conf,
    struct conf_report *ret_report)
{
	bool away = source->directory != NULL && chdir(source->directory) == 0;
	int error = conf_load(&source->from, ret_conf, ret_report);

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

void
load_log_options(const struct core_source *source, const struct conf *conf,
    struct log_options *ret_options)
{
	const struct conf_daemon *d = &conf->daemon;

	*ret_options = (struct log_options) {
		.sink = (enum log_sink)d->log.to,
		.format = (enum log_format)d->log_format,
		.level = level_of(source, conf),
		.path = d->log.path,
	};
	/* In the background there is nobody to read stderr. */
	if (source->detached && ret_options->sink == LOG_SINK_STDERR)
		ret_options->sink = LOG_SINK_SYSLOG;
}

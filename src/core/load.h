/* SPDX-License-Identifier: ISC */
/* Where the configuration comes from, at start and each time again. */
#ifndef SUPERD_CORE_LOAD_H
#define SUPERD_CORE_LOAD_H

#include <stdbool.h>

#include "base/err.h"
#include "conf/conf.h"
#include "log/log.h"

struct core_source {
	struct conf_source from;
	char *directory; /* that superd was started in; NULL: unknown */
	int louder;      /* -v less -q */
	char *program;   /* the path that superd was started by */
	char **argv;     /* as it was given; borrowed */
	bool detached;   /* nobody reads stderr */
};

/* Notes directory and program; argv must outlive the source. */
void load_source_init(struct core_source *source, char **argv);
void load_source_done(struct core_source *source);

/*
 * conf_load(), and the checks of the rooms above conf.  Returns 0 and the
 * configuration for conf_free(), or -errno and NULL; ret_report is filled in
 * either case, for conf_report_free().
 */
int load_conf(const struct core_source *source, struct conf **ret_conf,
    struct conf_report *ret_report);

/* How the daemon's log is to be opened. */
void load_log_options(const struct core_source *source, const struct conf *conf,
    struct log_options *ret_options);

/* How that of a service is; false: it has none but the daemon's. */
bool load_service_log(const struct core_source *source, const struct conf *conf,
    const struct conf_service *service, struct log_options *ret_options);

#endif

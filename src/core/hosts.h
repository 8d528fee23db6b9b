/* SPDX-License-Identifier: ISC */
/* hosts.allow and hosts.deny, for the services that ask them. */
#ifndef SUPERD_CORE_HOSTS_H
#define SUPERD_CORE_HOSTS_H

#include "base/err.h"

struct arena;
struct conf;
struct conf_report;
struct conf_service;
struct gate_hosts;
struct gate_hosts_file;

struct core_hosts {
	struct gate_hosts_file *allow, *deny; /* NULL: nobody asks */
};

/*
 * Parses both, into arena, if a service has hosts_access.  Mistakes go to
 * report (NULL: nowhere).  Returns 0, -EINVAL after mistakes, -ENOMEM.
 */
int hosts_parse(const struct conf *conf, struct arena *arena,
    struct conf_report *report, struct core_hosts *ret_hosts);

/* Are there mistakes in them?  They are in report then.  Returns 0 or as
 * hosts_parse(). */
int hosts_check(const struct conf *conf, struct conf_report *report);

/* What they say of a service, which goes by its own and its handler's name. */
int hosts_for(const struct core_hosts *hosts,
    const struct conf_service *service, struct gate_hosts **ret_hosts,
    struct err *e);

#endif

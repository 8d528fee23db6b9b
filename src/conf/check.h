/* SPDX-License-Identifier: ISC */
/* What only the whole configuration, or the system around it, can tell. */
#ifndef SUPERD_CONF_CHECK_H
#define SUPERD_CONF_CHECK_H

#include "conf/build.h"

struct conf_check {
	struct conf_build *b;
	struct conf_index known; /* answers of the file system */
	struct conf_index addresses;
	bool told_of_ids;
};

/*
 * Checks all services and completes them (handler_file).  Mistakes go to the
 * build's findings.  Returns 0 or -ENOMEM.
 */
int conf_check(struct conf_build *b);

/* The rest is shared by the check_*.c only.  i is a service's number. */
int conf_check_handler(struct conf_check *c, size_t i);
int conf_check_access(struct conf_check *c, size_t i);
int conf_check_paths(struct conf_check *c, size_t i);
void conf_check_ids(struct conf_check *c, size_t i);
void conf_check_limits(struct conf_check *c, size_t i);
void conf_check_options(struct conf_check *c, size_t i);
int conf_check_addresses(struct conf_check *c);
int conf_check_gate(struct conf_check *c, size_t i);
int conf_check_hosts(struct conf_check *c);

/* A finding about the value of key, told where it was set. */
void conf_check_mistake(struct conf_check *c, size_t i, const char *key,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
void conf_check_warning(struct conf_check *c, size_t i, const char *key,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif

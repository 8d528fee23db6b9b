/* SPDX-License-Identifier: ISC */
/* What only the whole configuration, or the system around it, can tell. */
#ifndef SUPERD_CONF_CHECK_H
#define SUPERD_CONF_CHECK_H

#include "base/caps.h"
#include "conf/build.h"

struct conf_check {
	struct conf_build *b;
	struct conf_index known; /* answers of the file system */
	struct conf_index addresses;
	bool told_of_ids;
	bool no_memory;          /* for a need */
	uint8_t need_counts[64]; /* of each capability */
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
int conf_check_log(struct conf_check *c, size_t i);
int conf_check_hosts(struct conf_check *c);
void conf_check_daemon(struct conf_check *c);
void conf_check_control(struct conf_check *c);

/* What root, or who can set ids, has to say about a service's user. */
void conf_check_handler_ids(struct conf_check *c, size_t i);

/*
 * The service cannot do without the capability, for the reason that key =
 * and the format say: noted, and a mistake if superd was started without it.
 */
void conf_check_need(struct conf_check *c, size_t i, const char *key,
    int capability, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Where a key of [superd] was set. */
struct conf_place conf_check_daemon_place(
    const struct conf_check *c, const char *key);

/* A finding about the value of key, told where it was set. */
void conf_check_mistake(struct conf_check *c, size_t i, const char *key,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
void conf_check_warning(struct conf_check *c, size_t i, const char *key,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif

/* SPDX-License-Identifier: ISC */
/* What a hosts.allow or hosts.deny says, as hosts.c and its parts see it. */
#ifndef SUPERD_GATE_HOSTS_FILE_H
#define SUPERD_GATE_HOSTS_FILE_H

#include <stdint.h>

#include "base/cidr.h"
#include "base/err.h"

enum hosts_kind {
	HOSTS_ALL,
	HOSTS_LOCAL,
	HOSTS_NET,
	HOSTS_DAEMON
};

struct hosts_item {
	struct hosts_item *next;
	enum hosts_kind kind;
	struct cidr net;  /* of HOSTS_NET */
	const char *name; /* of HOSTS_DAEMON */
};

/* The items, but not those of `except`, but ... */
struct hosts_list {
	struct hosts_item *first;
	struct hosts_list *except; /* NULL for none */
};

struct hosts_line {
	struct hosts_line *next;
	unsigned int line;
	struct hosts_list daemons, clients;
};

struct gate_hosts_file {
	const char *name;
	struct hosts_line *first;
};

/*
 * One word of a list of clients.  Returns 0, or -EINVAL with what is wrong
 * or what to say instead.
 */
int hosts_parse_client(
    const char *word, struct hosts_item *ret_item, struct err *e);

/* One word of a list of daemons; its name is borrowed. */
int hosts_parse_daemon(
    const char *word, struct hosts_item *ret_item, struct err *e);

#endif

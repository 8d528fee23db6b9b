/* SPDX-License-Identifier: ISC */
/*
 * hosts.allow and hosts.deny of tcp_wrappers, see hosts_access(5): who is in
 * a line of the first may enter, else who is in a line of the second may
 * not, else everybody may.
 *
 * What is supported, in lines of DAEMONS : CLIENTS
 *
 *	daemons  names (of the service, or of its handler's file), ALL
 *	clients  192.0.2.7  192.0.2.  192.0.2.0/24  192.0.2.0/255.255.255.0
 *	         [2001:db8::1]  [2001:db8::]/32  ALL  LOCAL
 *	both     blanks or commas between them, EXCEPT (which may be nested),
 *	         lines continued by a final backslash, # for comments
 *
 * superd looks no names up, so LOCAL is this machine: 127.0.0.0/8, ::1 and
 * clients of unix sockets.  All else is a mistake with file and line: host
 * names, wildcards, netgroups, files, users, options, KNOWN, UNKNOWN and
 * PARANOID.
 */
#ifndef SUPERD_GATE_HOSTS_H
#define SUPERD_GATE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"
#include "base/err.h"

struct arena;
struct gate_hosts;      /* both files, as one service sees them */
struct gate_hosts_file; /* one file, parsed */

/* What stood in a file.  A file that is not there is an empty text. */
struct gate_hosts_text {
	const char *file;
	const char *text;
	size_t length;
};

/* Is told each mistake, in the order of lines. */
struct gate_hosts_report {
	void (*mistake)(void *context, const struct err *e);
	void *context;
};

/*
 * Parses a text into the arena, in which all of the result lives but the
 * file's name, which is borrowed.  Returns 0; -EINVAL when there were
 * mistakes, which are reported; -ENOMEM.
 */
int gate_hosts_parse(struct arena *arena, const struct gate_hosts_text *text,
    const struct gate_hosts_report *report, struct gate_hosts_file **ret_file);

/*
 * The lines for a service that goes by any of `daemons` (NULL at the end;
 * letters of either case are the same).  The files are borrowed.  Returns 0
 * or -ENOMEM.
 */
int gate_hosts_new(const struct gate_hosts_file *allow,
    const struct gate_hosts_file *deny, const char *const *daemons,
    struct gate_hosts **ret_hosts, struct err *e);

/* Accepts NULL. */
void gate_hosts_free(struct gate_hosts *h);

/* The line that decided; line 0: none did. */
struct gate_hosts_place {
	const char *file;
	unsigned int line;
};

/*
 * May this peer enter?  O(1) in the number of lines without EXCEPT; of
 * these the one with the most specific network is told.  [pure] [hot]
 */
bool gate_hosts_check(const struct gate_hosts *h, const struct addr_peer *peer,
    struct gate_hosts_place *ret_place);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * What a configuration will make of superd, worked out beside the running
 * one: preparing may fail and changes nothing that clients could notice;
 * committing cannot fail.
 */
#ifndef SUPERD_CORE_NEXT_H
#define SUPERD_CORE_NEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"

struct conf;
struct conf_listen;
struct conf_service;
struct core;
struct core_generation;
struct core_listener;
struct core_service;
struct log_channel;
struct net_listener;

struct next_service {
	struct core_service *service;
	size_t place;        /* in conf */
	size_t first, count; /* its sockets */
	bool opened_stderr;  /* for this configuration */
	struct log_channel *log;
};

/* One that the configuration names. */
struct next_socket {
	const struct conf_service *conf;
	struct core_service *service;
	struct addr wanted;
	const struct conf_listen *value;
	bool first_of_two, second_of_two; /* of a bare port */
	bool refit;                       /* it is kept, but changes */
	bool fresh;                       /* it is new */
	bool spare;   /* for one more that was passed, if there is one */
	bool covered; /* nothing is needed: another socket serves it */
	struct core_listener *listener; /* NULL: covered, or no IPv6 here */
};

struct core_next {
	struct core *core;
	struct core_generation *generation;
	struct next_service *services;
	size_t service_count;
	struct next_socket *sockets; /* in the order of the file */
	size_t socket_count;
	struct core_service **by_name; /* those that are there already */
	size_t by_name_count;
	struct core_listener **present; /* by address; retiring ones too */
	size_t present_count;
	struct core_listener **passed; /* those of them that were passed */
	size_t passed_count;
	size_t services_before;       /* in core */
	size_t opened, kept, retired; /* sockets, for the record */
};

/*
 * Takes what conf needs: memory, plans, sockets.  Owns conf on success.
 * Returns 0, or -errno with the place in the file; then nothing has changed.
 */
int next_prepare(struct core_next *next, struct core *core, struct conf *conf,
    struct err *e);

/* Makes it the present; sockets and services no longer named retire. */
void next_commit(struct core_next *next);

/* Gives all back. */
void next_abandon(struct core_next *next);

/*
 * Sockets as the present configuration wants them: those of services that
 * were disabled by command retire, those that were enabled again are opened.
 * Returns 0, or -errno and nothing has changed.
 */
int next_refresh(struct core *core, struct err *e);

/*
 * The room's own: the sockets of next_prepare(), of next_commit() and of
 * next_abandon().
 */
int next_sockets_prepare(struct core_next *next, struct err *e);
/* n keeps l; changed if what it was made for was another, or is unknown. */
void next_claim(struct next_socket *n, struct core_listener *l);

/* What failed for n gets its service and its place.  Returns error. */
int next_place(const struct next_socket *n, int error, struct err *e);

int next_passed(struct core_next *next, struct next_socket *n, struct err *e);
int next_open(struct core_next *next, struct next_socket *n, struct err *e);

/* The socket is n's from now on; the one that is made for it alone.  On
 * failure it is closed.  Returns 0 or -errno. */
int next_adopt(struct core_next *next, struct next_socket *n,
    struct net_listener *made, bool shared, struct err *e);
void next_sockets_commit(struct core_next *next);
void next_sockets_abandon(struct core_next *next);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Which capabilities a configuration takes, capabilities(7).  What handlers
 * take is in conf->needed; here is what sockets take, and the sum.
 */
#ifndef SUPERD_CORE_NEEDS_H
#define SUPERD_CORE_NEEDS_H

#include <sys/types.h>
#include <stdint.h>

struct addr;
struct conf;
struct conf_service;

/* As Linux has it unless a sysctl says otherwise. */
#define NEEDS_FIRST_FREE_PORT 1024

/* Who asks, and where. */
struct needs_here {
	uid_t uid;                    /* of superd */
	unsigned int first_free_port; /* those below it are privileged */
};

/* What it takes to open this socket of the service.  [pure] */
uint64_t needs_of_socket(const struct conf_service *service,
    const struct addr *addr, const struct needs_here *here);

/*
 * What superd keeps when it becomes its own user: all that handlers take,
 * and the right to bind privileged ports if the configuration names one, so
 * that a reload can add another.  More power than that (NET_ADMIN, CHOWN) is
 * not kept for the sake of a reload.  [pure]
 */
uint64_t needs_to_keep(const struct conf *conf, const struct needs_here *here);

#endif

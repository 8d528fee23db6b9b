/* SPDX-License-Identifier: ISC */
/* What a caller may do, by the kernel's word for who he is. */
#ifndef SUPERD_CTL_ROLE_H
#define SUPERD_CTL_ROLE_H

#include "ctl/job.h"

struct core;

/*
 * Who connected by fd (SO_PEERCRED and SO_PEERGROUPS, unix(7) and socket(7)),
 * and what the present configuration lets him do.  Returns 0 or -errno.
 */
int role_ask(const struct core *core, int fd, unsigned int *ret_uid,
    enum ctl_role *ret_role);

#endif

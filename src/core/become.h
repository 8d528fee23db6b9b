/* SPDX-License-Identifier: ISC */
/* Becoming the program that superd was started by, as it is now. */
#ifndef SUPERD_CORE_BECOME_H
#define SUPERD_CORE_BECOME_H

struct core;
struct state;

/*
 * Executes it in this process, with superd's own arguments behind `option`
 * and the number of state_fd.  Descriptors that the state names stay open,
 * capabilities are kept, limits and directory are those of the start.
 * Returns only if it fails: -errno, and all is as it was.
 */
int become(const struct core *core, const struct state *state, int state_fd,
    const char *option);

#endif

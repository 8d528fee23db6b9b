/* SPDX-License-Identifier: ISC */
/*
 * A new configuration for a running superd, as a transaction: either all of
 * it is in force, or nothing has changed and the log says why.
 */
#ifndef SUPERD_CORE_RELOAD_H
#define SUPERD_CORE_RELOAD_H

struct core;

/* Reads the configuration again and goes on with it, if it can.  [blocks] */
void reload(struct core *core);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * What superd itself may do.  These are facts of the process, so they are not
 * handed around but kept here.
 */
#ifndef SUPERD_CORE_PRIVILEGES_H
#define SUPERD_CORE_PRIVILEGES_H

struct conf_source;
struct spawn_host;

/*
 * Tells the loader what superd could do when it was started (which is when
 * this is called first): as_root and held.  A reload asks the same, so that
 * the rules for a file do not change with time.
 */
void privileges_of_start(struct conf_source *source);

/* The fields of *host that are about ids and capabilities. */
void privileges_plan(struct spawn_host *host);

#endif

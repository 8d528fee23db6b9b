/* SPDX-License-Identifier: ISC */
/*
 * A log file that is large enough becomes PATH.1, PATH.1 becomes PATH.2, and
 * so on; a new PATH takes its place.
 */
#ifndef SUPERD_LOG_ROTATE_H
#define SUPERD_LOG_ROTATE_H

#include "log/outlet.h"

/*
 * Rotates o's file, keeping so many old ones, and leaves o with the new one,
 * under the same descriptor, with the same mode, and the same owner where
 * that may be.  The new one is made before anything is moved, and no link is
 * followed to make it.  If the file has shrunk since o's size was known, or
 * was moved away, nothing is moved.  Returns 0, or -errno and o goes on with
 * the file that it has.
 */
int log_rotate(struct log_outlet *o, unsigned int keep, struct err *e);

#endif

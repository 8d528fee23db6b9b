/* SPDX-License-Identifier: ISC */
/* The configuration in effect, as a file. */
#ifndef SUPERD_CONF_DUMP_H
#define SUPERD_CONF_DUMP_H

#include <stdio.h>

struct conf;

/*
 * Writes a file that loads to the same configuration: no includes, all paths
 * absolute, every key that has a value.  Returns 0 or -EIO.
 */
int conf_dump(const struct conf *conf, FILE *file);

#endif

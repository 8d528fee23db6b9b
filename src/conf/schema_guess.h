/* SPDX-License-Identifier: ISC */
/* Help for those who do not know a key's name. */
#ifndef SUPERD_CONF_SCHEMA_GUESS_H
#define SUPERD_CONF_SCHEMA_GUESS_H

#include <stdbool.h>

/* The key of [superd] or of services that name may stand for, or NULL. */
const char *conf_schema_guess(bool daemon, const char *name);

#endif

/* SPDX-License-Identifier: ISC */
/* What the types of numbers share: how their ends look, how they fail. */
#ifndef SUPERD_CONF_VALUE_NUMBER_H
#define SUPERD_CONF_VALUE_NUMBER_H

#include "base/err.h"
#include "conf/value.h"

/* A value of the type as text, as it would be read.  Returns buffer. */
const char *conf_number_count(uint64_t value, char buffer[32]);
const char *conf_number_size(uint64_t value, char buffer[32]);
const char *conf_number_duration(uint64_t value, char buffer[32]);

/*
 * Each reads one number of the kind.  Return 0, or -EINVAL and what is
 * wrong with it.
 */
int conf_number_read_count(const char *text, uint64_t *ret, struct err *e);
int conf_number_read_size(const char *text, uint64_t *ret, struct err *e);
int conf_number_read_duration(const char *text, uint64_t *ret, struct err *e);

/* -EINVAL unless value lies between key's min and max. */
int conf_number_check(const struct conf_key *key, uint64_t value,
    const char *text, struct err *e);

#endif

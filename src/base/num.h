/* SPDX-License-Identifier: ISC */
/*
 * Numbers as people write them: counts, sizes (64k), durations (1m30s), and
 * back.  Pure; parse(format(x)) == x.
 */
#ifndef SUPERD_BASE_NUM_H
#define SUPERD_BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUM_NS_PER_S  UINT64_C(1000000000)
#define NUM_NS_PER_MS UINT64_C(1000000)

/* A 64-bit number and any of the units fit in this many bytes. */
#define NUM_TEXT_SIZE 32

/*
 * Decimal digits only, no sign, no blanks, no leading zeros but "0" itself
 * (010 is 8 to some readers).  Returns 0, -EINVAL, or -ERANGE past 64 bits.
 */
int num_parse_unsigned(const char *text, uint64_t *ret_value);

/* The same with a '-' allowed in front. */
int num_parse_signed(const char *text, int64_t *ret_value);

/* Octal digits only, as in 0660 and 022. */
int num_parse_octal(const char *text, uint64_t *ret_value);

/* A number and nothing, k, m, g or t: powers of 1024, either case. */
int num_parse_size(const char *text, uint64_t *ret_bytes);

/*
 * One or more numbers, each with ms, s, m, h or d, larger units first, as in
 * 1m30s; a bare number is seconds.  Result in nanoseconds.
 */
int num_parse_duration(const char *text, uint64_t *ret_ns);

/* The shortest text that parses to the same.  Returns buffer. */
const char *num_format_size(uint64_t bytes, char buffer[NUM_TEXT_SIZE]);
const char *num_format_duration(uint64_t ns, char buffer[NUM_TEXT_SIZE]);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Text built into a buffer of the caller's, cut and marked when it is full,
 * terminated at all times.  No libc formatting on the fast paths.
 */
#ifndef SUPERD_BASE_TEXT_H
#define SUPERD_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *at;      /* the buffer, borrowed */
	size_t size;   /* of the buffer, at least 1 */
	size_t length; /* without the final NUL */
	bool cut;      /* something did not fit */
};

/* Starts an empty text in buffer. */
void text_init(struct text *t, char *buffer, size_t size);

/*
 * How many bytes still fit.  Whoever keeps room for an end takes it off size
 * for a while: none is left then even if the text is past that size.  [pure]
 */
size_t text_room(const struct text *t);

void text_char(struct text *t, char c);
void text_string(struct text *t, const char *s);
void text_bytes(struct text *t, const void *bytes, size_t count);
void text_unsigned(struct text *t, uint64_t value);
void text_signed(struct text *t, int64_t value);
/* At least `digits` digits, zeros in front. */
void text_padded(struct text *t, uint64_t value, unsigned int digits);
void text_hex(struct text *t, uint64_t value, unsigned int digits);
void text_printf(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *t, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/*
 * Foreign bytes: printable ASCII but '\\' and '"' as it is, the rest as \xNN
 * (\n, \t, \r, \\, \" by name), so that they can neither end a line nor drive
 * a terminal.
 */
void text_escaped(struct text *t, const void *bytes, size_t count);

/* Are two strings equal, or both NULL?  [pure] */
bool text_same(const char *a, const char *b);

#endif

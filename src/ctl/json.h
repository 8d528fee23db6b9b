/* SPDX-License-Identifier: ISC */
/*
 * JSON objects, one a line, as the control socket sends them.  Foreign bytes
 * become what they are in the log's JSON (log/escape.h).
 */
#ifndef SUPERD_CTL_JSON_H
#define SUPERD_CTL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/text.h"

/* Begins an object; a line is ended by ctl_json_line_end(). */
void ctl_json_begin(struct text *t);
void ctl_json_end(struct text *t);
void ctl_json_line_end(struct text *t);

/*
 * A member of the object that was begun last.  name needs no escapes.  A
 * text of NULL is left out.
 */
void ctl_json_text(struct text *t, const char *name, const char *value);
void ctl_json_unsigned(struct text *t, const char *name, uint64_t value);
void ctl_json_bool(struct text *t, const char *name, bool value);

/* Nanoseconds as seconds: 1.234567. */
void ctl_json_seconds(struct text *t, const char *name, uint64_t ns);

/* Thousandths as a decimal number: 1.250. */
void ctl_json_milli(struct text *t, const char *name, uint64_t thousandths);

/* 2026-11-20T15:05:40.123456Z; ns since 1970. */
void ctl_json_time(struct text *t, const char *name, int64_t wall_ns);

/* An object or a list as a member; ended by ctl_json_end(), ctl_json_list_end(). */
void ctl_json_object(struct text *t, const char *name);
void ctl_json_list(struct text *t, const char *name);
void ctl_json_list_text(struct text *t, const char *value);
void ctl_json_list_end(struct text *t);

#endif

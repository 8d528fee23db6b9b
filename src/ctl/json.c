/* SPDX-License-Identifier: ISC */
/* Commas and quotes; see json.h. */
#include <string.h>

#include "base/num.h"
#include "ctl/json.h"
#include "log/escape.h"

/* A comma, but not behind what opens something. */
static void
separate(struct text *t)
{
	char last = t->length > 0 ? t->at[t->length - 1] : '{';

	if (last != '{' && last != '[')
		text_char(t, ',');
}

static void
put_name(struct text *t, const char *name)
{
	separate(t);
	text_char(t, '"');
	text_string(t, name);
	text_bytes(t, "\":", 2);
}

static void
put_text(struct text *t, const char *value)
{
	text_char(t, '"');
	log_escape_json(t, value, strlen(value));
	text_char(t, '"');
}

void
ctl_json_begin(struct text *t)
{
	text_char(t, '{');
}

void
ctl_json_end(struct text *t)
{
	text_char(t, '}');
}

void
ctl_json_line_end(struct text *t)
{
	text_bytes(t, "}\n", 2);
}

void
ctl_json_text(struct text *t, const char *name, const char *value)
{
	if (value == NULL)
		return;
	put_name(t, name);
	put_text(t, value);
}

void
ctl_json_unsigned(struct text *t, const char *name, uint64_t value)
{
	put_name(t, name);
	text_unsigned(t, value);
}

void
ctl_json_bool(struct text *t, const char *name, bool value)
{
	put_name(t, name);
	text_string(t, value ? "true" : "false");
}

void
ctl_json_seconds(struct text *t, const char *name, uint64_t ns)
{
	put_name(t, name);
	text_unsigned(t, ns / NUM_NS_PER_S);
	text_char(t, '.');
	text_padded(t, ns % NUM_NS_PER_S / 1000, 6);
}

void
ctl_json_milli(struct text *t, const char *name, uint64_t thousandths)
{
	put_name(t, name);
	text_unsigned(t, thousandths / 1000);
	text_char(t, '.');
	text_padded(t, thousandths % 1000, 3);
}

void
ctl_json_time(struct text *t, const char *name, int64_t wall_ns)
{
	time_t second = wall_ns / (int64_t)NUM_NS_PER_S;
	struct tm tm;

	put_name(t, name);
	(void)gmtime_r(&second, &tm);
	text_char(t, '"');
	text_padded(t, (uint64_t)tm.tm_year + 1900, 4);
	text_char(t, '-');
	text_padded(t, (uint64_t)tm.tm_mon + 1, 2);
	text_char(t, '-');
	text_padded(t, (uint64_t)tm.tm_mday, 2);
	text_char(t, 'T');
	text_padded(t, (uint64_t)tm.tm_hour, 2);
	text_char(t, ':');
	text_padded(t, (uint64_t)tm.tm_min, 2);
	text_char(t, ':');
	text_padded(t, (uint64_t)tm.tm_sec, 2);
	text_char(t, '.');
	text_padded(t, (uint64_t)(wall_ns % (int64_t)NUM_NS_PER_S) / 1000, 6);
	text_bytes(t, "Z\"", 2);
}

void
ctl_json_object(struct text *t, const char *name)
{
	put_name(t, name);
	text_char(t, '{');
}

void
ctl_json_list(struct text *t, const char *name)
{
	put_name(t, name);
	text_char(t, '[');
}

void
ctl_json_list_text(struct text *t, const char *value)
{
	separate(t);
	put_text(t, value);
}

void
ctl_json_list_end(struct text *t)
{
	text_char(t, ']');
}

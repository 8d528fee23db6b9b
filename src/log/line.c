/* SPDX-License-Identifier: ISC */
/* Events as lines; see line.h.  Bytes are made harmless in escape.c. */
#include <string.h>

#include "base/num.h"
#include "log/escape.h"
#include "log/line.h"
#include "log/rfc5424.h"

/* In what the two kinds of line differ, field by field. */
struct form {
	const char *before_name, *after_name;
	void (*put_bytes)(struct text *t, const char *bytes, size_t count);
	const char *end, *cut_end;
};

unsigned int
log_line_priority(enum log_event_kind event)
{
	return 3 + (unsigned int)log_event_row(event)->level;
}

bool
log_field_is_text(const struct log_field *f)
{
	return f->kind == LOG_FIELD_TEXT || f->kind == LOG_FIELD_BYTES;
}

bool
log_field_is_left_out(const struct log_field *f)
{
	if (log_field_is_text(f))
		return f->is.text == NULL;
	return f->kind == LOG_FIELD_COUNT && f->is.number == 0;
}

size_t
log_field_length(const struct log_field *f)
{
	return f->kind == LOG_FIELD_TEXT ? strlen(f->is.text) : f->length;
}

void
log_field_put_number(struct text *t, const struct log_field *f)
{
	if (f->kind == LOG_FIELD_SIGNED) {
		text_signed(t, f->is.signed_number);
	} else if (f->kind == LOG_FIELD_SECONDS) {
		text_unsigned(t, f->is.number / NUM_NS_PER_S);
		text_char(t, '.');
		text_padded(t, f->is.number % NUM_NS_PER_S / 1000, 6);
	} else {
		text_unsigned(t, f->is.number);
	}
}

/* There is room for two quotes. */
static void
put_quoted(struct text *t, const char *bytes, size_t count,
    void (*escape)(struct text *, const void *, size_t))
{
	text_char(t, '"');
	t->size--;
	escape(t, bytes, count);
	t->size++;
	text_char(t, '"');
}

static void
put_text_bytes(struct text *t, const char *bytes, size_t count)
{
	if (log_escape_is_bare(bytes, count))
		text_bytes(t, bytes, count);
	else
		put_quoted(t, bytes, count, log_escape_text);
}

static void
put_json_bytes(struct text *t, const char *bytes, size_t count)
{
	put_quoted(t, bytes, count, log_escape_json);
}

static const struct form text_form = {
	.before_name = " ",
	.after_name = "=",
	.put_bytes = put_text_bytes,
	.end = "\n",
	.cut_end = " ...\n",
};

static const struct form json_form = {
	.before_name = ",\"",
	.after_name = "\":",
	.put_bytes = put_json_bytes,
	.end = "}\n",
	.cut_end = ",\"cut\":true}\n",
};

/* Text may be cut; a name or a number is there whole or not at all. */
static void
put_field(struct text *t, const struct log_field *f, const struct form *form)
{
	size_t before = t->length;
	bool fits;

	text_string(t, form->before_name);
	text_string(t, f->name);
	text_string(t, form->after_name);
	if (log_field_is_text(f)) {
		fits = !t->cut && text_room(t) >= 2;
		if (fits)
			form->put_bytes(t, f->is.text, log_field_length(f));
	} else {
		log_field_put_number(t, f);
		fits = !t->cut;
	}
	if (!fits) {
		t->cut = true;
		t->length = before;
		t->at[before] = '\0';
	}
}

/* The fields and the end of the line, which starts at `start` of t. */
static void
put_rest(struct text *t, size_t start, const struct log_field *fields,
    const struct form *form)
{
	size_t size = t->size, reserved = strlen(form->cut_end);

	if (t->size > start + LOG_LINE_MAX + 1)
		t->size = start + LOG_LINE_MAX + 1;
	t->size -= reserved;
	for (; fields->kind != LOG_FIELD_END && !t->cut; fields++) {
		if (!log_field_is_left_out(fields))
			put_field(t, fields, form);
	}
	t->size += reserved;
	text_string(t, t->cut ? form->cut_end : form->end);
	t->size = size;
}

void
log_line_text(struct text *t, const struct log_line *line)
{
	const struct log_event_row *row = log_event_row(line->event);
	size_t start = t->length;

	if (line->head != NULL)
		text_string(t, line->head);
	if (line->time != NULL) {
		text_string(t, line->time);
		text_char(t, ' ');
		text_string(t, log_level_name((enum log_level)row->level));
		text_char(t, ' ');
	}
	text_string(t, row->name);
	put_rest(t, start, line->fields, &text_form);
}

void
log_line_json(struct text *t, const struct log_line *line)
{
	const struct log_event_row *row = log_event_row(line->event);
	size_t start = t->length;

	if (line->head != NULL)
		text_string(t, line->head);
	text_char(t, '{');
	if (line->time != NULL) {
		text_string(t, "\"time\":\"");
		text_string(t, line->time);
		text_string(t, "\",");
	}
	text_string(t, "\"level\":\"");
	text_string(t, log_level_name((enum log_level)row->level));
	text_string(t, "\",\"event\":\"");
	text_string(t, row->name);
	text_char(t, '"');
	put_rest(t, start, line->fields, &json_form);
}

void
log_line_format(
    struct text *t, const struct log_line *line, enum log_format format)
{
	switch (format) {
	case LOG_FORMAT_JSON:
		log_line_json(t, line);
		return;
	case LOG_FORMAT_RFC5424:
		log_rfc5424_format(t, line, false);
		return;
	case LOG_FORMAT_TEXT:
	default:
		log_line_text(t, line);
	}
}

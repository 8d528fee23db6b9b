/* SPDX-License-Identifier: ISC */
/* The journal's native protocol; see journal.h. */
#include <ctype.h>
#include <string.h>

#include "log/journal.h"

static void
put_name(struct text *t, const char *name)
{
	text_string(t, "SUPERD_");
	for (; *name != '\0'; name++)
		text_char(t, (char)toupper((unsigned char)*name));
}

static void
put_length(struct text *t, uint64_t length)
{
	for (int shift = 0; shift < 64; shift += 8)
		text_char(t, (char)(length >> shift & 0xff));
}

static void
put_bytes(struct text *t, const char *bytes, size_t count)
{
	if (memchr(bytes, '\n', count) == NULL) {
		text_char(t, '=');
	} else {
		text_char(t, '\n');
		put_length(t, count);
	}
	text_bytes(t, bytes, count);
}

static void
put_field(struct text *t, const struct log_field *f)
{
	size_t before = t->length;

	put_name(t, f->name);
	if (log_field_is_text(f)) {
		put_bytes(t, f->is.text, log_field_length(f));
	} else {
		text_char(t, '=');
		log_field_put_number(t, f);
	}
	text_char(t, '\n');
	if (t->cut) {
		t->cut = false;
		t->length = before;
		t->at[before] = '\0';
	}
}

void
log_journal_format(struct text *t, const struct log_line *line)
{
	const struct log_line message = {
		.event = line->event,
		.fields = line->fields,
	};
	const struct log_field *f;

	text_string(t, "MESSAGE=");
	log_line_text(t, &message);
	t->cut = false;
	text_string(t, "PRIORITY=");
	text_unsigned(t, log_line_priority(line->event));
	text_string(t, "\nSYSLOG_IDENTIFIER=superd\nSUPERD_EVENT=");
	text_string(t, log_event_row(line->event)->name);
	text_char(t, '\n');
	for (f = line->fields; f->kind != LOG_FIELD_END; f++) {
		if (!log_field_is_left_out(f))
			put_field(t, f);
	}
}

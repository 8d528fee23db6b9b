/* SPDX-License-Identifier: ISC */
/* Events for syslog as it is today; see rfc5424.h. */
#include <unistd.h>

#include "log/escape.h"
#include "log/rfc5424.h"

#define SD_ID "superd@32473"

/* Head and structured data may take so much of a line. */
#define SD_MOST 2048

/* HOSTNAME is printable ASCII without blanks, at most 255; section 6.2.4. */
static void
put_host(struct text *t)
{
	char name[256];
	size_t n = 0;

	if (gethostname(name, sizeof(name)) < 0)
		name[0] = '\0';
	name[sizeof(name) - 1] = '\0';
	while (name[n] > ' ' && name[n] <= '~')
		n++;
	text_bytes(t, n > 0 ? name : "-", n > 0 ? n : 1);
}

static void
put_head(struct text *t, const struct log_line *line)
{
	text_char(t, '<');
	text_unsigned(t, LOG_FACILITY_DAEMON | log_line_priority(line->event));
	text_string(t, ">1 ");
	text_string(t, line->time != NULL ? line->time : "-");
	text_char(t, ' ');
	put_host(t);
	text_string(t, " superd ");
	text_unsigned(t, (uint64_t)getpid());
	text_char(t, ' ');
	text_string(t, log_event_row(line->event)->name);
	text_char(t, ' ');
}

/* A text may be cut; its closing quote has its place before it begins. */
static void
put_param(struct text *t, const struct log_field *f)
{
	size_t before = t->length;
	bool fits;

	t->size--;
	text_char(t, ' ');
	text_string(t, f->name);
	text_string(t, "=\"");
	if (!log_field_is_text(f))
		log_field_put_number(t, f);
	fits = !t->cut;
	if (fits && log_field_is_text(f))
		log_escape_param(t, f->is.text, log_field_length(f));
	t->size++;
	if (!fits) {
		t->length = before;
		t->at[before] = '\0';
		return;
	}
	text_char(t, '"');
}

static void
put_data(struct text *t, const struct log_line *line, size_t start)
{
	size_t size = t->size;
	const struct log_field *f = line->fields;

	if (f->kind == LOG_FIELD_END) {
		text_char(t, '-');
		return;
	}
	text_string(t, "[" SD_ID);
	if (t->size > start + SD_MOST)
		t->size = start + SD_MOST;
	t->size--; /* the bracket */
	for (; f->kind != LOG_FIELD_END && !t->cut; f++) {
		if (!log_field_is_left_out(f))
			put_param(t, f);
	}
	t->size = size;
	t->cut = false;
	text_char(t, ']');
}

void
log_rfc5424_format(struct text *t, const struct log_line *line, bool json)
{
	size_t start = t->length, size = t->size;
	struct log_line message = *line;

	if (t->size > start + LOG_LINE_MAX + 1)
		t->size = start + LOG_LINE_MAX + 1;
	message.head = NULL;
	put_head(t, line);
	if (json) {
		text_string(t, "- ");
		log_line_json(t, &message);
	} else {
		put_data(t, line, start);
		text_char(t, ' ');
		message.time = NULL;
		log_line_text(t, &message);
	}
	t->size = size;
}

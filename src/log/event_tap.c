/* SPDX-License-Identifier: ISC */
/*
 * The ring; see event_tap.h.  Places in it are counts of bytes since ever.  A record
 * lies in one piece: what is too long for the rest of the ring begins at its
 * front again, and an empty record says so.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log/event_tap.h"
#include "log/line.h"

/* In front of each line, whose service follows it. */
struct record {
	uint32_t size; /* of all three, rounded up; the next is behind */
	uint16_t length;
	uint8_t level;
	uint8_t service_length;
};

/* Longer names are compared by their beginnings only. */
#define SERVICE_MOST UINT8_MAX
#define RECORD_MOST  (sizeof(struct record) + LOG_LINE_MAX + SERVICE_MOST + 8)

_Static_assert(RECORD_MOST <= LOG_TAP_BYTES / 2, "many lines must fit");
_Static_assert(LOG_TAP_BYTES % sizeof(struct record) == 0,
    "a record's head must fit in front of the ring's end");

static struct {
	struct log_tap_reader *readers;
	int level; /* the highest of theirs, -1 for none */
	uint64_t start, end;
	char *bytes; /* LOG_TAP_BYTES of them while there are readers */
} tap = { .level = -1 };

static void
find_level(void)
{
	tap.level = -1;
	for (struct log_tap_reader *r = tap.readers; r != NULL; r = r->next) {
		if ((int)r->level > tap.level)
			tap.level = (int)r->level;
	}
}

int
log_tap_start(
    struct log_tap_reader *r, enum log_level level, const char *service)
{
	if (tap.bytes == NULL)
		tap.bytes = malloc(LOG_TAP_BYTES);
	if (tap.bytes == NULL)
		return -ENOMEM;
	*r = (struct log_tap_reader) {
		.next = tap.readers,
		.service = service,
		.level = level,
		.at = tap.end,
	};
	tap.readers = r;
	find_level();
	return 0;
}

void
log_tap_stop(struct log_tap_reader *r)
{
	struct log_tap_reader **at = &tap.readers;

	while (*at != NULL && *at != r)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = r->next;
	find_level();
	if (tap.readers == NULL) {
		free(tap.bytes);
		tap.bytes = NULL;
		tap.start = tap.end;
	}
}

bool
log_tap_wants(int level)
{
	return level <= tap.level;
}

static struct record
record_at(uint64_t place)
{
	struct record record;

	memcpy(
	    &record, tap.bytes + place % LOG_TAP_BYTES, sizeof(struct record));
	return record;
}

static const char *
line_at(uint64_t place)
{
	return tap.bytes + place % LOG_TAP_BYTES + sizeof(struct record);
}

static bool
is_for(
    const struct log_tap_reader *r, const struct record *record, uint64_t place)
{
	size_t length;

	if (record->length == 0 || record->level > r->level)
		return false;
	if (r->service == NULL)
		return true;
	length = strnlen(r->service, SERVICE_MOST);
	return length == record->service_length &&
	    memcmp(line_at(place) + record->length, r->service, length) == 0;
}

/* The oldest makes room; who has not read it misses it. */
static void
drop_oldest(void)
{
	struct record record = record_at(tap.start);

	for (struct log_tap_reader *r = tap.readers; r != NULL; r = r->next) {
		if (r->at > tap.start)
			continue;
		r->lost += is_for(r, &record, tap.start);
		r->at = tap.start + record.size;
	}
	tap.start += record.size;
}

/* The next so many bytes of the ring are free. */
static void
make_room(size_t size)
{
	while (tap.end + size - tap.start > LOG_TAP_BYTES)
		drop_oldest();
}

static void
put_record(const struct record *record)
{
	memcpy(tap.bytes + tap.end % LOG_TAP_BYTES, record, sizeof(*record));
	tap.end += record->size;
}

static const char *
service_of(const struct log_line *line)
{
	for (const struct log_field *f = line->fields; f->kind != LOG_FIELD_END;
	     f++) {
		if (f->kind == LOG_FIELD_TEXT && f->is.text != NULL &&
		    strcmp(f->name, "service") == 0)
			return f->is.text;
	}
	return "";
}

void
log_tap_add(const struct log_line *line)
{
	const char *service = service_of(line);
	size_t left = LOG_TAP_BYTES - tap.end % LOG_TAP_BYTES;
	struct record record = {
		.level = (uint8_t)log_event_row(line->event)->level,
		.service_length = (uint8_t)strnlen(service, SERVICE_MOST),
	};
	struct text t;
	char *at;

	if (left < RECORD_MOST) {
		make_room(left);
		put_record(&(const struct record) { .size = (uint32_t)left });
	}
	make_room(RECORD_MOST);
	at = tap.bytes + tap.end % LOG_TAP_BYTES + sizeof(record);
	text_init(&t, at, LOG_LINE_MAX + 1);
	log_line_json(&t, line);
	memcpy(at + t.length, service, record.service_length);
	record.length = (uint16_t)t.length;
	record.size =
	    (uint32_t)(sizeof(record) + t.length + record.service_length + 7) &
	    ~7u;
	put_record(&record);
}

size_t
log_tap_next(
    struct log_tap_reader *r, const char **ret_line, uint64_t *ret_lost)
{
	size_t length = 0;

	while (length == 0 && r->at < tap.end) {
		struct record record = record_at(r->at);

		if (is_for(r, &record, r->at)) {
			*ret_line = line_at(r->at);
			length = record.length;
		}
		r->at += record.size;
	}
	*ret_lost = r->lost;
	r->lost = 0;
	return length;
}

/* SPDX-License-Identifier: ISC */
/*
 * Bytes become a state; see state.h.  Twice through the records: once to
 * count them, so that every array is made once and no larger than what was
 * found, and once to fill the arrays.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "core/state.h"
#include "core/state_check.h"
#include "core/state_head.h"
#include "core/state_tables.h"
#include "core/state_value.h"

/* The bytes, and how far one has come. */
struct reader {
	const uint8_t *at;
	size_t next, end; /* of the records */
	struct arena *arena;
};

/* One record as it stands there. */
struct found {
	uint32_t tag;
	const struct state_record *record; /* NULL: not known here */
	size_t start, number;              /* counted from 1, of its kind */
	struct state_span fields;
};

/* NULL for one that is not known here. */
static const struct state_record *
record_of(uint32_t tag)
{
	for (size_t i = 0; i < STATE_RECORDS; i++) {
		if (state_records[i].tag == (tag & ~STATE_RECORD_CRITICAL))
			return &state_records[i];
	}
	return NULL;
}

/* 1 and the next record, 0 at the end, or -EINVAL. */
static int
next_record(struct reader *in, struct found *ret, struct err *e)
{
	size_t left = in->end - in->next;
	const uint8_t *at = in->at + in->next;
	uint64_t size;

	if (left == 0)
		return 0;
	if (left < STATE_RECORD_HEAD)
		return err_set(
		    e, EINVAL, "record at byte %zu is cut off", in->next);
	size = state_get_number(at + 4, 4);
	if (size > left - STATE_RECORD_HEAD)
		return err_set(e, EINVAL,
		    "record at byte %zu goes past the end", in->next);
	ret->tag = (uint32_t)state_get_number(at, 4);
	ret->record = record_of(ret->tag);
	ret->start = in->next;
	ret->number = 0;
	ret->fields =
	    (struct state_span) { at + STATE_RECORD_HEAD, (size_t)size };
	in->next += STATE_RECORD_HEAD + (size_t)size;
	return 1;
}

/* Fields come in the order of the table, as a rule: ask the next one first. */
static const struct state_field *
field_of(const struct state_record *r, unsigned int tag, size_t expected)
{
	for (size_t n = 0; n < r->field_count; n++) {
		size_t i = expected + n;

		if (i >= r->field_count)
			i -= r->field_count;
		if (r->fields[i].tag == (tag & ~STATE_FIELD_CRITICAL))
			return &r->fields[i];
	}
	return NULL;
}

static int
read_value(struct reader *in, const struct state_field *f,
    const struct state_span *value, char *to, struct err *e)
{
	int error;

	if (value->size < state_value_least[f->kind])
		error = err_set(
		    e, EINVAL, "a value of only %zu bytes", value->size);
	else
		error = state_value_get(
		    f->kind, value, in->arena, to + f->offset, e);
	if (error < 0)
		return err_wrap(e, "field '%s'", f->name);
	if (f->flagged)
		*(bool *)(to + f->flag) = true;
	return 0;
}

/* Takes the next field off `fields`. */
static int
next_field(struct state_span *fields, unsigned int *ret_tag,
    struct state_span *ret_value, struct err *e)
{
	size_t size;

	if (fields->size < STATE_FIELD_HEAD)
		return err_set(e, EINVAL, "the last field is cut off");
	size = (size_t)state_get_number(fields->at + 2, 2);
	if (size > fields->size - STATE_FIELD_HEAD)
		return err_set(e, EINVAL, "a field goes past the end");
	*ret_tag = (unsigned int)state_get_number(fields->at, 2);
	*ret_value =
	    (struct state_span) { fields->at + STATE_FIELD_HEAD, size };
	fields->at += STATE_FIELD_HEAD + size;
	fields->size -= STATE_FIELD_HEAD + size;
	return 0;
}

/* What was not there gets its default, if it may. */
static int
fill_absent(
    const struct state_record *r, uint64_t seen, char *to, struct err *e)
{
	for (size_t i = 0; i < r->field_count; i++) {
		const struct state_field *f = &r->fields[i];

		if ((seen >> i & 1) != 0)
			continue;
		if (f->required)
			return err_set(e, EINVAL, "no field '%s'", f->name);
		state_value_clear(f->kind, to + f->offset);
	}
	return 0;
}

static int
read_fields(struct reader *in, const struct state_record *r,
    struct state_span fields, char *to, struct err *e)
{
	struct state_span value;
	uint64_t seen = 0;
	unsigned int tag = 0;
	size_t i = 0;
	int error = 0;

	while (fields.size > 0 && error == 0) {
		const struct state_field *f;

		error = next_field(&fields, &tag, &value, e);
		if (error < 0)
			break;
		f = field_of(r, tag, i);
		if (f == NULL && (tag & STATE_FIELD_CRITICAL) != 0)
			return err_set(e, EINVAL,
			    "field %u, which this superd does not know and "
			    "must not skip",
			    tag & ~STATE_FIELD_CRITICAL);
		if (f == NULL)
			continue;
		i = (size_t)(f - r->fields);
		if ((seen >> i & 1) != 0)
			return err_set(
			    e, EINVAL, "field '%s' comes twice", f->name);
		seen |= UINT64_C(1) << i++;
		error = read_value(in, f, &value, to, e);
	}
	if (error == 0)
		error = fill_absent(r, seen, to, e);
	return error < 0 ? error : state_check_record(r, to, e);
}

/* found->number is set, and the record is known. */
static int
read_record(
    struct reader *in, const struct found *found, char *to, struct err *e)
{
	int error = read_fields(in, found->record, found->fields, to, e);

	if (error < 0)
		return err_wrap(e, "%s %zu at byte %zu", found->record->name,
		    found->number, found->start);
	return 0;
}

/* to: where the first of each kind goes. */
static int
read_records(struct reader in, char *const to[STATE_RECORDS], struct err *e)
{
	size_t done[STATE_RECORDS] = { 0 };
	struct found found;
	int more;

	while ((more = next_record(&in, &found, e)) > 0) {
		const struct state_record *r = found.record;
		size_t kind;

		if (r == NULL)
			continue;
		kind = (size_t)(r - state_records);
		found.number = ++done[kind];
		more = read_record(
		    &in, &found, to[kind] + (found.number - 1) * r->size, e);
		if (more < 0)
			break;
	}
	return more;
}

/*
 * What all that a record must have takes at least: so many records cannot be
 * in so few bytes, and no memory is taken for them.
 */
static size_t
least_size(const struct state_record *r)
{
	size_t size = 0;

	for (size_t i = 0; i < r->field_count; i++) {
		if (r->fields[i].required)
			size += STATE_FIELD_HEAD +
			    state_value_least[r->fields[i].kind];
	}
	return size;
}

/* Too short to be right: what is wrong is known when it is read. */
static int
read_short(struct reader *in, const struct found *found, struct err *e)
{
	char *scratch = arena_alloc(in->arena, found->record->size);

	if (scratch == NULL)
		return err_memory(e);
	return read_record(in, found, scratch, e);
}

static int
count_record(
    struct reader *in, struct found *found, size_t *count, struct err *e)
{
	const struct state_record *r = found->record;

	found->number = ++*count;
	if (*count > r->most)
		return err_set(e, E2BIG,
		    "%s %zu at byte %zu is one too many: at most %zu can be",
		    r->name, *count, found->start, r->most);
	if (found->fields.size < least_size(r))
		return read_short(in, found, e);
	return 0;
}

static int
count_records(struct reader in, size_t counts[STATE_RECORDS], struct err *e)
{
	struct found found;
	int more;

	while ((more = next_record(&in, &found, e)) > 0) {
		const struct state_record *r = found.record;

		if (r != NULL)
			more = count_record(
			    &in, &found, &counts[r - state_records], e);
		else if ((found.tag & STATE_RECORD_CRITICAL) != 0)
			more = err_set(e, EINVAL,
			    "record at byte %zu is of kind %u, which this "
			    "superd does not know and must not skip",
			    found.start, found.tag & ~STATE_RECORD_CRITICAL);
		if (more < 0)
			break;
	}
	return more;
}

static int
make_lists(struct state *s, struct arena *arena,
    const size_t counts[STATE_RECORDS], char *ret_lists[STATE_RECORDS],
    struct err *e)
{
	for (size_t i = 0; i < STATE_RECORDS; i++) {
		const struct state_record *r = &state_records[i];

		if (r->single && counts[i] != 1)
			return err_set(e, EINVAL, "no record '%s'", r->name);
		ret_lists[i] = r->single
		    ? (char *)s + r->offset
		    : arena_array(arena, counts[i], r->size);
		if (ret_lists[i] == NULL)
			return err_memory(e);
		if (!r->single)
			state_list_set(s, r, ret_lists[i], counts[i]);
	}
	return 0;
}

static int
read_all(struct reader in, struct state *s, struct err *e)
{
	size_t counts[STATE_RECORDS] = { 0 };
	char *lists[STATE_RECORDS];
	int error = count_records(in, counts, e);

	if (error == 0)
		error = make_lists(s, in.arena, counts, lists, e);
	if (error == 0)
		error = read_records(in, lists, e);
	return error < 0 ? error : state_check_whole(s, e);
}

int
state_decode(const void *bytes, size_t size, struct arena *arena,
    struct state *ret_state, struct err *e)
{
	struct reader in = {
		.at = bytes,
		.next = STATE_HEAD_SIZE,
		.arena = arena,
	};
	struct state s = { 0 };
	int error = state_head_get(
	    &(struct state_span) { bytes, size }, arena, &s.daemon.version, e);

	if (error < 0)
		return error;
	in.end = size - STATE_TAIL_SIZE;
	error = read_all(in, &s, e);
	if (error < 0)
		return err_wrap(
		    e, "state written by superd %s", s.daemon.version);
	*ret_state = s;
	return 0;
}

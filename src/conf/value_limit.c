/* SPDX-License-Identifier: ISC */
/*
 * Resource limits: soft, or soft:hard.  Limits of time are durations in the
 * file and whole seconds for the kernel.
 */
#include <errno.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "conf/report.h"
#include "conf/schema.h"
#include "conf/value_number.h"

typedef int number_reader(const char *text, uint64_t *ret, struct err *e);

/* One side of the colon. */
static int
read_side(const struct conf_context *c, number_reader *read_number,
    const char *text, rlim_t *ret_limit, struct err *e)
{
	uint64_t value;
	int error;

	if (strcmp(text, "infinity") == 0) {
		*ret_limit = RLIM_INFINITY;
		return 0;
	}
	error = read_number(text, &value, e);
	if (error < 0)
		return err_wrap(e, "soft:hard, numbers or 'infinity'");
	error = conf_number_check(c->key, value, text, e);
	if (error == 0)
		*ret_limit = (rlim_t)value;
	return error;
}

static int
parse(const struct conf_context *c, number_reader *read_number,
    const char *text, struct conf_limit *ret_limit, struct err *e)
{
	struct rlimit limit;
	const char *colon = strchr(text, ':');
	char soft[64];
	struct text t;
	int error;

	text_init(&t, soft, sizeof(soft));
	text_bytes(
	    &t, text, colon == NULL ? strlen(text) : (size_t)(colon - text));
	error = read_side(c, read_number, soft, &limit.rlim_cur, e);
	limit.rlim_max = limit.rlim_cur;
	if (error == 0 && colon != NULL)
		error =
		    read_side(c, read_number, colon + 1, &limit.rlim_max, e);
	if (error < 0)
		return error;
	if (limit.rlim_cur > limit.rlim_max)
		return err_set(e, EINVAL,
		    "the soft limit '%s' is above the "
		    "hard limit '%.40s'",
		    soft, colon + 1);
	ret_limit->set = true;
	ret_limit->limit = limit;
	return 0;
}

static int
parse_count(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	return parse(c, conf_number_read_count, text, ret_field, e);
}

static int
parse_size(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	return parse(c, conf_number_read_size, text, ret_field, e);
}

static int
parse_time(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	struct conf_limit *limit = ret_field;
	int error = parse(c, conf_number_read_duration, text, limit, e);

	if (error < 0)
		return error;
	if (limit->limit.rlim_cur != RLIM_INFINITY)
		limit->limit.rlim_cur /= NUM_NS_PER_S;
	if (limit->limit.rlim_max != RLIM_INFINITY)
		limit->limit.rlim_max /= NUM_NS_PER_S;
	return 0;
}

static void
put_side(const struct conf_key *key, rlim_t value, struct text *t)
{
	char buffer[32];

	if (value == RLIM_INFINITY)
		text_string(t, "infinity");
	else if (key->type == &conf_type_limit_time)
		text_string(
		    t, conf_number_duration(value * NUM_NS_PER_S, buffer));
	else
		text_string(t, key->type->format(value, buffer));
}

static void
write_limit(
    const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_limit *limit = field;
	char buffer[80];
	struct text t;

	if (!limit->set)
		return;
	text_init(&t, buffer, sizeof(buffer));
	put_side(key, limit->limit.rlim_cur, &t);
	text_char(&t, ':');
	put_side(key, limit->limit.rlim_max, &t);
	conf_writer_word(w, buffer);
}

const struct conf_type conf_type_limit_count = { "limit", parse_count,
	write_limit, conf_number_count };
const struct conf_type conf_type_limit_size = { "limit-size", parse_size,
	write_limit, conf_number_size };
const struct conf_type conf_type_limit_time = { "limit-duration", parse_time,
	write_limit, conf_number_duration };

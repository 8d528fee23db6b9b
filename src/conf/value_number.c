/* SPDX-License-Identifier: ISC */
/* Counts, sizes, durations and modes, required or left to the kernel. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "conf/report.h"
#include "conf/schema.h"
#include "conf/value_number.h"

const char *
conf_number_count(uint64_t value, char buffer[32])
{
	(void)snprintf(buffer, 32, "%ju", (uintmax_t)value);
	return buffer;
}

const char *
conf_number_size(uint64_t value, char buffer[32])
{
	return num_format_size(value, buffer);
}

const char *
conf_number_duration(uint64_t value, char buffer[32])
{
	return num_format_duration(value, buffer);
}

static const char *
format_signed(uint64_t value, char buffer[32])
{
	(void)snprintf(buffer, 32, "%jd", (intmax_t)(int64_t)value);
	return buffer;
}

static const char *
format_mode(uint64_t value, char buffer[32])
{
	(void)snprintf(buffer, 32, "%04jo", (uintmax_t)value);
	return buffer;
}

/* error is what num_parse_...() said of text. */
static int
why_not(const char *text, int error, const char *kind, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];

	(void)conf_quoted(text, quoted);
	if (error == -ERANGE)
		return err_set(e, EINVAL, "'%s' is too large", quoted);
	if (text[0] == '-')
		return err_set(e, EINVAL, "'%s' is negative: %s", quoted, kind);
	if (text[0] == '0' && (text[1] | ' ') == 'x')
		return err_set(
		    e, EINVAL, "'%s' is hexadecimal: %s", quoted, kind);
	if (text[0] == '0' && text[1] >= '0' && text[1] <= '9')
		return err_set(e, EINVAL, "'%s' begins with a needless 0: %s",
		    quoted, kind);
	return err_set(e, EINVAL, "'%s' is wrong: %s", quoted, kind);
}

int
conf_number_read_count(const char *text, uint64_t *ret, struct err *e)
{
	int error = num_parse_unsigned(text, ret);

	return error == 0
	    ? 0
	    : why_not(text, error, "a number of decimal digits is wanted", e);
}

int
conf_number_read_size(const char *text, uint64_t *ret, struct err *e)
{
	int error = num_parse_size(text, ret);

	return error == 0 ? 0
			  : why_not(text, error,
				"a size such as 4096, 64k, "
				"10m or 1g is wanted",
				e);
}

int
conf_number_read_duration(const char *text, uint64_t *ret, struct err *e)
{
	int error = num_parse_duration(text, ret);

	return error == 0 ? 0
			  : why_not(text, error,
				"a duration such as 500ms, "
				"10s, 1m30s, 2h or 1d is wanted",
				e);
}

static int
out_of_range(const struct conf_key *key, const char *text, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE], min[32], max[32];

	return err_set(e, EINVAL, "'%s' is out of range: %s to %s is allowed",
	    conf_quoted(text, quoted), key->type->format(key->min, min),
	    key->type->format(key->max, max));
}

int
conf_number_check(
    const struct conf_key *key, uint64_t value, const char *text, struct err *e)
{
	if (value >= key->min && value <= key->max)
		return 0;
	return out_of_range(key, text, e);
}

static int
parse_count(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	uint64_t value;
	int error = conf_number_read_count(text, &value, e);

	if (error == 0)
		error = conf_number_check(c->key, value, text, e);
	if (error == 0)
		*(uint64_t *)ret_field = value;
	return error;
}

static int
parse_duration(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	uint64_t value;
	int error = conf_number_read_duration(text, &value, e);

	if (error == 0)
		error = conf_number_check(c->key, value, text, e);
	if (error == 0)
		*(uint64_t *)ret_field = value;
	return error;
}

static int
parse_mode(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	uint64_t value;
	int error = num_parse_octal(text, &value);

	if (error == -EINVAL)
		return why_not(
		    text, error, "octal digits such as 0660 are wanted", e);
	if (error < 0)
		return out_of_range(c->key, text, e);
	error = conf_number_check(c->key, value, text, e);
	if (error == 0)
		*(uint64_t *)ret_field = value;
	return error;
}

static int
parse_signed(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	struct conf_option *option = ret_field;
	int64_t value;
	int error = num_parse_signed(text, &value);

	if (error == -EINVAL)
		return why_not(text, error, "a whole number is wanted", e);
	if (error < 0 || value < (int64_t)c->key->min ||
	    value > (int64_t)c->key->max)
		return out_of_range(c->key, text, e);
	option->set = true;
	option->value = (uint64_t)value;
	return 0;
}

/* An option is a number and whether it is there. */
static int
parse_count_option(const struct conf_context *c, const char *text,
    void *ret_field, struct err *e)
{
	struct conf_option *option = ret_field;
	int error = parse_count(c, text, &option->value, e);

	option->set |= error == 0;
	return error;
}

static int
parse_duration_option(const struct conf_context *c, const char *text,
    void *ret_field, struct err *e)
{
	struct conf_option *option = ret_field;
	int error = parse_duration(c, text, &option->value, e);

	option->set |= error == 0;
	return error;
}

static int
parse_mode_option(const struct conf_context *c, const char *text,
    void *ret_field, struct err *e)
{
	struct conf_option *option = ret_field;
	int error = parse_mode(c, text, &option->value, e);

	option->set |= error == 0;
	return error;
}

static int
parse_size_option(const struct conf_context *c, const char *text,
    void *ret_field, struct err *e)
{
	struct conf_option *option = ret_field;
	uint64_t value;
	int error = conf_number_read_size(text, &value, e);

	if (error == 0)
		error = conf_number_check(c->key, value, text, e);
	if (error == 0)
		*option = (struct conf_option) { .set = true, .value = value };
	return error;
}

/* 4, 4.5, 4.25: in hundredths. */
static int
read_decimal(const char *text, uint64_t *ret)
{
	const char *point = strchr(text, '.');
	size_t length = point == NULL ? strlen(text) : (size_t)(point - text);
	uint64_t whole, part = 0;
	char digits[24];
	int error;

	if (length >= sizeof(digits))
		return -ERANGE;
	memcpy(digits, text, length);
	digits[length] = '\0';
	error = num_parse_unsigned(digits, &whole);
	if (error < 0 || whole > UINT32_MAX)
		return error < 0 ? error : -ERANGE;
	if (point != NULL) {
		length = strspn(point + 1, "0123456789");
		if (length < 1 || length > 2 || point[length + 1] != '\0')
			return -EINVAL;
		part = (uint64_t)(point[1] - '0') * 10;
		part += length == 2 ? (uint64_t)(point[2] - '0') : 0;
	}
	*ret = whole * 100 + part;
	return 0;
}

static int
parse_decimal_option(const struct conf_context *c, const char *text,
    void *ret_field, struct err *e)
{
	struct conf_option option = { .set = true };
	int error;

	if (strcmp(text, "none") == 0) {
		*(struct conf_option *)ret_field = (struct conf_option) { 0 };
		return 0;
	}
	error = read_decimal(text, &option.value);
	if (error < 0)
		return why_not(text, error,
		    "a decimal number such as 4 or 4.5 is wanted, or none", e);
	error = conf_number_check(c->key, option.value, text, e);
	if (error == 0)
		*(struct conf_option *)ret_field = option;
	return error;
}

static const char *
format_decimal(uint64_t value, char buffer[32])
{
	int n = snprintf(buffer, 32, "%ju", (uintmax_t)value / 100);

	if (value % 10 != 0)
		(void)snprintf(buffer + n, 32 - (size_t)n, ".%02u",
		    (unsigned int)(value % 100));
	else if (value % 100 != 0)
		(void)snprintf(buffer + n, 32 - (size_t)n, ".%u",
		    (unsigned int)(value % 100 / 10));
	return buffer;
}

static void
write_number(
    const void *field, const struct conf_key *key, struct conf_writer *w)
{
	char buffer[32];

	conf_writer_word(
	    w, key->type->format(*(const uint64_t *)field, buffer));
}

static void
write_option(
    const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_option *option = field;

	if (option->set)
		write_number(&option->value, key, w);
}

const struct conf_type conf_type_count = { "number", parse_count, write_number,
	conf_number_count };
const struct conf_type conf_type_duration = { "duration", parse_duration,
	write_number, conf_number_duration };
const struct conf_type conf_type_mode = { "mode", parse_mode, write_number,
	format_mode };
const struct conf_type conf_type_count_option = { "number", parse_count_option,
	write_option, conf_number_count };
const struct conf_type conf_type_size_option = { "size", parse_size_option,
	write_option, conf_number_size };
const struct conf_type conf_type_duration_option = { "duration",
	parse_duration_option, write_option, conf_number_duration };
const struct conf_type conf_type_mode_option = { "mode", parse_mode_option,
	write_option, format_mode };
const struct conf_type conf_type_signed_option = { "number", parse_signed,
	write_option, format_signed };
const struct conf_type conf_type_decimal_option = { "decimal",
	parse_decimal_option, write_option, format_decimal };

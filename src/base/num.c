/* SPDX-License-Identifier: ISC */
/* Numbers as people write them; see num.h. */
#include <errno.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"

struct unit {
	const char *name;
	uint64_t worth;
};

/* Largest first: the parser wants that order, the formatter tries it. */
static const struct unit durations[] = {
	{ "d", 86400 * NUM_NS_PER_S },
	{ "h", 3600 * NUM_NS_PER_S },
	{ "m", 60 * NUM_NS_PER_S },
	{ "s", NUM_NS_PER_S },
	{ "ms", NUM_NS_PER_MS },
};

#define DURATION_COUNT (sizeof(durations) / sizeof(durations[0]))

/*
 * The digits at *at, which is moved behind them.  Returns 0, -EINVAL when
 * there are none or they start with a needless 0, or -ERANGE.
 */
static int
take_digits(const char **at, unsigned int base, uint64_t *ret_value)
{
	const char *first = *at, *p = first;
	uint64_t value = 0;

	for (; *p >= '0' && *p < (char)('0' + base); p++) {
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return -ERANGE;
	}
	if (p == first || (base == 10 && *first == '0' && p != first + 1))
		return -EINVAL;
	*at = p;
	*ret_value = value;
	return 0;
}

/* The digits and nothing behind them. */
static int
take_all(const char *text, unsigned int base, uint64_t *ret_value)
{
	uint64_t value;
	int error = take_digits(&text, base, &value);

	if (error < 0)
		return error;
	if (*text != '\0')
		return -EINVAL;
	*ret_value = value;
	return 0;
}

int
num_parse_unsigned(const char *text, uint64_t *ret_value)
{
	return take_all(text, 10, ret_value);
}

int
num_parse_signed(const char *text, int64_t *ret_value)
{
	bool negative = *text == '-';
	uint64_t value;
	int error = num_parse_unsigned(text + (negative ? 1 : 0), &value);

	if (error < 0)
		return error;
	if (value > (uint64_t)INT64_MAX + negative)
		return -ERANGE;
	*ret_value = (int64_t)(negative ? -value : value);
	return 0;
}

int
num_parse_octal(const char *text, uint64_t *ret_value)
{
	return take_all(text, 8, ret_value);
}

int
num_parse_size(const char *text, uint64_t *ret_bytes)
{
	static const char letters[] = "kmgt";
	const char *unit;
	uint64_t value;
	int error = take_digits(&text, 10, &value);

	if (error < 0)
		return error;
	if (*text != '\0') {
		unit = strchr(letters, *text | ' ');
		if (unit == NULL || text[1] != '\0')
			return -EINVAL;
		if (__builtin_mul_overflow(value,
			UINT64_C(1) << (10 * (unit - letters + 1)), &value))
			return -ERANGE;
	}
	*ret_bytes = value;
	return 0;
}

/* The unit that text starts with, from `from` on; DURATION_COUNT for none. */
static size_t
duration_unit(const char *text, size_t length, size_t from)
{
	size_t i;

	for (i = from; i < DURATION_COUNT; i++) {
		if (strlen(durations[i].name) == length &&
		    memcmp(durations[i].name, text, length) == 0)
			break;
	}
	return i;
}

int
num_parse_duration(const char *text, uint64_t *ret_ns)
{
	uint64_t total = 0, value;
	size_t from = 0, length;
	int error;

	do {
		error = take_digits(&text, 10, &value);
		if (error < 0)
			return error;
		length = strspn(text, "dhms");
		if (length == 0 && from == 0 && *text == '\0')
			from = duration_unit("s", 1, 0);
		else
			from = duration_unit(text, length, from);
		if (from == DURATION_COUNT)
			return -EINVAL;
		if (__builtin_mul_overflow(
			value, durations[from].worth, &value) ||
		    __builtin_add_overflow(total, value, &total))
			return -ERANGE;
		from++;
		text += length;
	} while (*text != '\0');
	*ret_ns = total;
	return 0;
}

const char *
num_format_size(uint64_t bytes, char buffer[NUM_TEXT_SIZE])
{
	static const char letters[] = "kmgt";
	struct text t;
	size_t unit = 0;

	while (unit < 4 && bytes != 0 && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	text_init(&t, buffer, NUM_TEXT_SIZE);
	text_unsigned(&t, bytes);
	if (unit > 0)
		text_char(&t, letters[unit - 1]);
	return buffer;
}

const char *
num_format_duration(uint64_t ns, char buffer[NUM_TEXT_SIZE])
{
	struct text t;

	text_init(&t, buffer, NUM_TEXT_SIZE);
	for (size_t i = 0; i < DURATION_COUNT; i++) {
		if (ns < durations[i].worth)
			continue;
		text_unsigned(&t, ns / durations[i].worth);
		text_string(&t, durations[i].name);
		ns %= durations[i].worth;
	}
	if (t.length == 0)
		text_string(&t, "0s");
	return buffer;
}

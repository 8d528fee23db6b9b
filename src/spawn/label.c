/* SPDX-License-Identifier: ISC */
/* superd-INSTANCE-SLOT-CONNECTION, in hexadecimal. */
#include <string.h>

#include "spawn/label.h"

static const char prefix[] = "superd-";

void
spawn_label_format(const struct spawn_label *label, struct text *t)
{
	text_string(t, prefix);
	text_hex(t, label->instance, 16);
	text_char(t, '-');
	text_hex(t, label->slot, 1);
	text_char(t, '-');
	text_hex(t, label->connection, 1);
}

/* The digits up to a '-' or the end; false if there is anything else. */
static bool
take_hex(const char **at, const char *end, uint64_t *ret_value)
{
	uint64_t value = 0;
	const char *p = *at;

	for (; p < end && *p != '-'; p++) {
		const char *digits = "0123456789abcdef";
		const char *digit = *p == '\0' ? NULL : strchr(digits, *p);

		if (digit == NULL || value >> 60 != 0)
			return false;
		value = value << 4 | (uint64_t)(digit - digits);
	}
	if (p == *at)
		return false;
	*at = p < end ? p + 1 : p;
	*ret_value = value;
	return true;
}

bool
spawn_label_parse(
    const char *name, size_t length, struct spawn_label *ret_label)
{
	struct spawn_label l;
	const char *at = name, *end = name + length;
	uint64_t slot;

	if (length < sizeof(prefix) || memcmp(at, prefix, sizeof(prefix) - 1))
		return false;
	at += sizeof(prefix) - 1;
	if (!take_hex(&at, end, &l.instance) || !take_hex(&at, end, &slot) ||
	    slot > UINT32_MAX || !take_hex(&at, end, &l.connection) ||
	    at != end || end[-1] == '-')
		return false;
	l.slot = (uint32_t)slot;
	*ret_label = l;
	return true;
}

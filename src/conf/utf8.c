/* SPDX-License-Identifier: ISC */
/* Which bytes may stand in a line: text, in UTF-8, and tabs. */
#include "conf/line.h"

static size_t
sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if ((first & 0xf0) == 0xe0)
		return 3;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/* The second byte tells overlong forms, surrogates and what is too large. */
static bool
second_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second <= 0x9f;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second <= 0x8f;
	default:
		return true;
	}
}

size_t
conf_line_utf8(const unsigned char *bytes, size_t length)
{
	size_t n = sequence_length(bytes[0]);

	if (n > length || (n > 1 && !second_fits(bytes[0], bytes[1])))
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	}
	return n;
}

size_t
conf_line_bad_byte(const char *bytes, size_t length)
{
	const unsigned char *at = (const unsigned char *)bytes;
	size_t i = 0, n;

	while (i < length) {
		if ((at[i] < ' ' && at[i] != '\t') || at[i] == 0x7f)
			break;
		n = conf_line_utf8(at + i, length - i);
		if (n == 0)
			break;
		i += n;
	}
	return i;
}

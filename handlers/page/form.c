/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "handlers/page/form.h"

static int
hex(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes in place; NULL if it cannot be, or should not. */
static char *
decode(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		char c = *from == '+' ? ' ' : *from;

		if (c == '%') {
			if (hex(from[1]) < 0 || hex(from[2]) < 0)
				return NULL;
			c = (char)(hex(from[1]) * 16 + hex(from[2]));
			from += 2;
		}
		if ((unsigned char)c < 0x20 || c == 0x7f)
			return NULL;
		*to++ = c;
	}
	*to = '\0';
	return to > text ? text : NULL;
}

char *
form_value(char *body, const char *name)
{
	char *pair;

	while ((pair = strsep(&body, "&")) != NULL) {
		char *value = strchr(pair, '=');

		if (value == NULL)
			continue;
		*value++ = '\0';
		if (strcmp(pair, name) == 0)
			return decode(value);
	}
	return NULL;
}

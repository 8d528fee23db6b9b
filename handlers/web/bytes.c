/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/web/bytes.h"

static bool
make_room(struct bytes *b, size_t size)
{
	size_t room = b->room != 0 ? b->room : 4096;
	char *data;

	if (b->lost || size > BYTES_MAX - b->len)
		return false;
	while (room < b->len + size)
		room *= 2;
	if (room == b->room)
		return true;
	data = realloc(b->data, room);
	if (data == NULL)
		return false;
	b->data = data;
	b->room = room;
	return true;
}

void
bytes_add(struct bytes *b, const void *data, size_t size)
{
	if (size == 0)
		return;
	if (!make_room(b, size)) {
		b->lost = true;
		return;
	}
	memcpy(b->data + b->len, data, size);
	b->len += size;
}

void
bytes_text(struct bytes *b, const char *text)
{
	bytes_add(b, text, strlen(text));
}

void
bytes_format(struct bytes *b, const char *format, ...)
{
	char text[1024];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(text))
		b->lost = true;
	else
		bytes_add(b, text, (size_t)n);
}

void
bytes_json(struct bytes *b, const char *text)
{
	bytes_text(b, "\"");
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f)
			bytes_format(b, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			bytes_format(b, "\\%c", c);
		else
			bytes_add(b, text, 1);
	}
	bytes_text(b, "\"");
}

void
bytes_reset(struct bytes *b)
{
	b->len = 0;
	b->lost = false;
}

void
bytes_free(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes) { 0 };
}

/* SPDX-License-Identifier: ISC */

/*
 * Text and numbers, formatted into a small buffer.  What snprintf() does for
 * larger programs.
 */

#include "tiny.h"

void
tiny_out_init(struct tiny_out *out, int fd)
{
	out->fd = fd;
	out->len = 0;
}

void
tiny_out_char(struct tiny_out *out, char c)
{
	if (out->len == sizeof(out->buf))
		tiny_out_flush(out);
	out->buf[out->len++] = c;
}

void
tiny_out_text(struct tiny_out *out, const char *text)
{
	while (*text != '\0')
		tiny_out_char(out, *text++);
}

void
tiny_out_number(struct tiny_out *out, uint64_t number, int width)
{
	char digits[20]; /* as many as 2^64 has */
	int n = 0;

	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	for (; width > n; width--)
		tiny_out_char(out, '0');
	while (n > 0)
		tiny_out_char(out, digits[--n]);
}

void
tiny_out_escaped(struct tiny_out *out, const char *text)
{
	static const char hex[] = "0123456789abcdef";

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= ' ' && c <= '~' && c != '\\') {
			tiny_out_char(out, *text);
			continue;
		}
		tiny_out_text(out, "\\x");
		tiny_out_char(out, hex[c >> 4]);
		tiny_out_char(out, hex[c & 15]);
	}
}

void
tiny_out_flush(struct tiny_out *out)
{
	if (out->fd == TINY_OUT)
		tiny_write(out->buf, out->len);
	else
		tiny_write_error(out->buf, out->len);
	out->len = 0;
}

const char *
tiny_getenv(char **envp, const char *name)
{
	for (; *envp != NULL; envp++) {
		const char *have = *envp, *want = name;

		while (*want != '\0' && *have == *want) {
			have++;
			want++;
		}
		if (*want == '\0' && *have == '=')
			return have + 1;
	}
	return NULL;
}

/* SPDX-License-Identifier: ISC */
/* See screen.h. */
#include <sys/ioctl.h>
#include <langinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "superctl/screen.h"

/* More than any screen has; a width beyond it is a mistake of somebody's. */
#define COLUMNS_MOST 10000

static unsigned int
wanted_columns(void)
{
	const char *text = getenv("COLUMNS");
	uint64_t value;

	if (text == NULL || num_parse_unsigned(text, &value) < 0 ||
	    value > COLUMNS_MOST)
		return 0;
	return (unsigned int)value;
}

void
screen_measure(struct screen *s)
{
	struct winsize size;

	s->columns = wanted_columns();
	s->rows = 0;
	if (!s->terminal)
		return;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
		s->rows = size.ws_row;
		if (s->columns == 0)
			s->columns = size.ws_col;
	}
	if (s->columns == 0)
		s->columns = 80;
	if (s->rows == 0)
		s->rows = 24;
}

void
screen_look(struct screen *s)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

	s->terminal = isatty(STDOUT_FILENO) == 1;
	s->moves = s->terminal && term != NULL && term[0] != '\0' &&
	    strcmp(term, "dumb") != 0;
	s->colour = s->moves && (no_colour == NULL || no_colour[0] == '\0');
	s->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	screen_measure(s);
}

const char *
screen_paint(const struct screen *s, enum paint paint)
{
	static const char *const begins[] = {
		[PAINT_NONE] = "",
		[PAINT_GOOD] = "\033[32m",
		[PAINT_WARN] = "\033[33m",
		[PAINT_BAD] = "\033[1;31m",
		[PAINT_DIM] = "\033[2m",
	};

	return s->colour ? begins[paint] : "";
}

const char *
screen_plain(const struct screen *s, enum paint paint)
{
	return s->colour && paint != PAINT_NONE ? "\033[0m" : "";
}

/* The bytes of the character of UTF-8 that begins here; 0 if none does. */
static size_t
decode(const unsigned char *at, size_t left, uint32_t *ret_c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	uint32_t c;

	if (at[0] < 0xc2 || at[0] > 0xf4 || size > left)
		return 0;
	c = at[0] & (0x7fU >> size);
	for (size_t i = 1; i < size; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (at[i] & 0x3f);
	}
	if (c < least[size] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret_c = c;
	return size;
}

/* C1 controls, line ends, and what turns the direction of writing. */
static bool
is_harmful(uint32_t c)
{
	return c < 0xa0 || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	    c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || c >= 0xe0000;
}

void
screen_foreign(
    const struct screen *s, struct text *t, const char *bytes, size_t length)
{
	const unsigned char *at = (const unsigned char *)bytes;
	uint32_t c = 0;
	size_t size;

	while (length > 0) {
		size = 1;
		if (*at >= ' ' && *at <= '~') {
			text_char(t, (char)*at);
		} else if (s->utf8 && (size = decode(at, length, &c)) > 0 &&
		    !is_harmful(c)) {
			text_bytes(t, at, size);
		} else {
			size = 1;
			text_string(t, "\\x");
			text_hex(t, *at, 2);
		}
		at += size;
		length -= size;
	}
}

static bool
begins_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

unsigned int
screen_width(const char *text)
{
	unsigned int width = 0;

	for (; *text != '\0'; text++)
		width += begins_character(*text);
	return width;
}

size_t
screen_prefix(const char *text, unsigned int columns)
{
	size_t length = 0;

	while (text[length] != '\0') {
		if (begins_character(text[length]) && columns-- == 0)
			break;
		length++;
	}
	return length;
}

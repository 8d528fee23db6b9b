/* SPDX-License-Identifier: ISC */
/*
 * Only words of harmless letters stand bare.  A line that continues another
 * starts with a quote or such a letter, never with what would make it a
 * comment, a key or a section; a long word is cut into quoted pieces, with a
 * backslash at the end of the line.
 */
#include <string.h>

#include "conf/line.h"
#include "conf/writer.h"

#define COLUMN_MAX 72

static void
put(struct conf_writer *w, const char *bytes, size_t length)
{
	(void)fwrite(bytes, 1, length, w->file);
	w->column += length;
	w->fresh = false;
}

static void
next_line(struct conf_writer *w)
{
	(void)fputs("\n\t", w->file);
	w->column = 8;
	w->fresh = true;
}

static bool
is_harmless(const char *word)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "_./:@%+-=[]*";

	return word[0] != '\0' && word[0] != '=' && word[0] != ':' &&
	    word[strspn(word, letters)] == '\0';
}

/* Can the word stand in '...' as it is? */
static bool
is_plain(const char *word)
{
	size_t length = strlen(word);

	return strchr(word, '\'') == NULL && strchr(word, '\t') == NULL &&
	    strstr(word, " ;") == NULL &&
	    conf_line_bad_byte(word, length) == length;
}

/* One letter of $'...'; returns the bytes of the word that it stands for. */
static size_t
put_escaped(struct conf_writer *w, const char *at)
{
	char room[8];
	size_t n = conf_line_utf8((const unsigned char *)at, strlen(at));

	if (*at == '\'' || *at == '\\') {
		room[0] = '\\';
		room[1] = *at;
		put(w, room, 2);
		return 1;
	}
	if (n == 0 || conf_line_bad_byte(at, n) < n || *at == '\t' ||
	    *at == ';') {
		(void)snprintf(
		    room, sizeof(room), "\\x%02x", (unsigned char)*at);
		put(w, room, 4);
		return 1;
	}
	put(w, at, n);
	return n;
}

static void
put_quoted(struct conf_writer *w, const char *word)
{
	bool plain = is_plain(word);
	const char *open = plain ? "'" : "$'";
	size_t n;

	put(w, open, strlen(open));
	while (*word != '\0') {
		if (w->column >= COLUMN_MAX) {
			put(w, "'\\", 2);
			next_line(w);
			put(w, open, strlen(open));
		}
		if (plain) {
			n = conf_line_utf8(
			    (const unsigned char *)word, strlen(word));
			put(w, word, n);
		} else {
			n = put_escaped(w, word);
		}
		word += n;
	}
	put(w, "'", 1);
}

void
conf_writer_key(struct conf_writer *w, const char *key, const char *separator)
{
	w->key = key;
	w->separator = separator;
	w->column = 0;
}

/* Moves to where the word will stand. */
static void
make_place(struct conf_writer *w, size_t length)
{
	if (w->column == 0) {
		put(w, w->key, strlen(w->key));
		put(w, " = ", 3);
		return;
	}
	put(w, w->separator, strlen(w->separator));
	if (w->column + length >= COLUMN_MAX)
		next_line(w);
	else
		put(w, " ", 1);
}

void
conf_writer_word(struct conf_writer *w, const char *word)
{
	size_t length = strlen(word);

	make_place(w, length);
	if (length < COLUMN_MAX && is_harmless(word) &&
	    (!w->fresh || strpbrk(word, "=:[") == NULL))
		put(w, word, length);
	else
		put_quoted(w, word);
}

void
conf_writer_end(struct conf_writer *w)
{
	if (w->column > 0)
		(void)fputc('\n', w->file);
	w->column = 0;
}

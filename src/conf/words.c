/* SPDX-License-Identifier: ISC */
/* A scanner that copies words, unquoted, one behind the other. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "conf/words.h"

struct scan {
	const char *at;
	char *out;
	const char *separators;
	struct err *e;
};

static int
not_closed(struct scan *s, char quote)
{
	return err_set(s->e, EINVAL,
	    "the quote %c is not closed (mind that a ';' behind a blank starts "
	    "a comment, in quotes too)",
	    quote);
}

static int
take_single(struct scan *s)
{
	const char *end = strchr(++s->at, '\'');

	if (end == NULL)
		return not_closed(s, '\'');
	while (s->at < end)
		*s->out++ = *s->at++;
	s->at++;
	return 0;
}

static int
take_double(struct scan *s)
{
	s->at++;
	while (*s->at != '"') {
		if (*s->at == '\0')
			return not_closed(s, '"');
		if (*s->at == '\\' && s->at[1] != '\0' &&
		    strchr("\"\\$`", s->at[1]) != NULL)
			s->at++;
		*s->out++ = *s->at++;
	}
	s->at++;
	return 0;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | ' ') >= 'a' && (c | ' ') <= 'f')
		return (c | ' ') - 'a' + 10;
	return -1;
}

/* Behind the x of \x41. */
static int
take_hex(struct scan *s)
{
	int value = 0, digits = 0;

	while (digits < 2 && hex_digit(*s->at) >= 0) {
		value = value * 16 + hex_digit(*s->at++);
		digits++;
	}
	if (value == 0)
		return err_set(s->e, EINVAL,
		    "\\x in $'...' needs one or two hexadecimal digits, not 0");
	*s->out++ = (char)value;
	return 0;
}

/* Behind the backslash in $'...'. */
static int
take_escape(struct scan *s)
{
	static const char letters[] = "abefnrtv\\'\"";
	static const char meanings[] = "\a\b\033\f\n\r\t\v\\'\"";
	const char *letter;

	if (*s->at == 'x') {
		s->at++;
		return take_hex(s);
	}
	letter = *s->at == '\0' ? NULL : strchr(letters, *s->at);
	if (letter == NULL)
		return err_set(s->e, EINVAL,
		    "unknown escape in $'...': allowed are \\n \\t \\r \\a \\b "
		    "\\e \\f \\v \\\\ \\' \\\" and \\xNN");
	*s->out++ = meanings[letter - letters];
	s->at++;
	return 0;
}

static int
take_dollar(struct scan *s)
{
	int error;

	s->at += 2;
	while (*s->at != '\'') {
		if (*s->at == '\0')
			return not_closed(s, '\'');
		if (*s->at != '\\') {
			*s->out++ = *s->at++;
			continue;
		}
		s->at++;
		error = take_escape(s);
		if (error < 0)
			return error;
	}
	s->at++;
	return 0;
}

static int
take_piece(struct scan *s)
{
	if (*s->at == '\'')
		return take_single(s);
	if (*s->at == '"')
		return take_double(s);
	if (*s->at == '$' && s->at[1] == '\'')
		return take_dollar(s);
	if (*s->at == '\\') {
		if (*++s->at == '\0')
			return err_set(s->e, EINVAL,
			    "nothing stands behind the last backslash (mind "
			    "that a ';' behind a blank starts a comment)");
	}
	*s->out++ = *s->at++;
	return 0;
}

/* 1 for a word, 0 at the end. */
static int
take_word(struct scan *s)
{
	int error;

	s->at += strspn(s->at, s->separators);
	if (*s->at == '\0')
		return 0;
	while (*s->at != '\0' && strchr(s->separators, *s->at) == NULL) {
		error = take_piece(s);
		if (error < 0)
			return error;
	}
	*s->out++ = '\0';
	return 1;
}

static int
split(struct arena *arena, struct scan *s, struct conf_words *ret_words)
{
	/* No word is longer than its text; its NUL is the blank behind it. */
	char *copy = arena_alloc(arena, strlen(s->at) + 1);
	struct conf_words words = { 0 };
	int n;

	if (copy == NULL)
		return err_memory(s->e);
	s->out = copy;
	while ((n = take_word(s)) > 0)
		words.count++;
	if (n < 0)
		return n;
	words.word = arena_array(arena, words.count + 1, sizeof(char *));
	if (words.word == NULL)
		return err_memory(s->e);
	for (size_t i = 0; i < words.count; i++) {
		words.word[i] = copy;
		copy += strlen(copy) + 1;
	}
	*ret_words = words;
	return 0;
}

int
conf_words_split(struct arena *arena, const char *text,
    struct conf_words *ret_words, struct err *e)
{
	struct scan s = { .at = text, .separators = " \t", .e = e };

	return split(arena, &s, ret_words);
}

int
conf_words_split_list(struct arena *arena, const char *text,
    struct conf_words *ret_words, struct err *e)
{
	struct scan s = { .at = text, .separators = " \t,", .e = e };

	return split(arena, &s, ret_words);
}

int
conf_words_unquote(
    struct arena *arena, const char *text, const char **ret_text, struct err *e)
{
	struct conf_words words;
	int error;

	if (text[0] != '\'' && text[0] != '"' &&
	    (text[0] != '$' || text[1] != '\'')) {
		*ret_text = arena_string(arena, text);
		return *ret_text == NULL ? err_memory(e) : 0;
	}
	error = conf_words_split(arena, text, &words, e);
	if (error < 0)
		return error;
	if (words.count != 1)
		return err_set(e, EINVAL,
		    "this is %zu words, and one text is "
		    "wanted: put all of it in quotes, or none",
		    words.count);
	*ret_text = words.word[0];
	return 0;
}

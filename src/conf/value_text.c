/* SPDX-License-Identifier: ISC */
/* Texts, paths and lists of words. */
#include <net/if.h>
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "conf/path.h"
#include "conf/report.h"
#include "conf/schema.h"
#include "conf/words.h"

#define MESSAGE_MAX 512

static int
unquote(const struct conf_context *c, const char *text, const char **ret_text,
    struct err *e)
{
	int error = conf_words_unquote(c->arena, text, ret_text, e);

	if (error == 0 && (*ret_text)[0] == '\0')
		return err_set(e, EINVAL, "is an empty text");
	return error;
}

static int
parse_text(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	return unquote(c, text, ret_field, e);
}

static int
parse_message(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	const char *message;
	int error = unquote(c, text, &message, e);

	if (error < 0)
		return error;
	if (strlen(message) > MESSAGE_MAX)
		return err_set(e, EINVAL,
		    "has %zu bytes, at most %d are allowed: it is sent in one "
		    "piece, or not at all",
		    strlen(message), MESSAGE_MAX);
	*(const char **)ret_field = message;
	return 0;
}

static int
parse_path(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	const char *path;
	int error = unquote(c, text, &path, e);

	if (error == 0)
		path = conf_path_join(c->arena, c->directory, path);
	if (error == 0 && path == NULL)
		error = err_memory(e);
	if (error == 0)
		*(const char **)ret_field = path;
	return error;
}

static int
parse_device(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];
	const char *name;
	int error = unquote(c, text, &name, e);

	if (error < 0)
		return error;
	if (strlen(name) >= IF_NAMESIZE || strpbrk(name, " \t/:") != NULL)
		return err_set(e, EINVAL,
		    "'%s' is no name of a network "
		    "interface: up to %d bytes, no blanks, '/' or ':'",
		    conf_quoted(name, quoted), IF_NAMESIZE - 1);
	*(const char **)ret_field = name;
	return 0;
}

static void
write_text(const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const char *text = *(const char *const *)field;

	(void)key;
	if (text != NULL)
		conf_writer_word(w, text);
}

static int
parse_words(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	return conf_words_split(c->arena, text, ret_field, e);
}

static int
parse_paths(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	struct conf_words words;
	int error = conf_words_split(c->arena, text, &words, e);

	if (error < 0)
		return error;
	for (size_t i = 0; i < words.count; i++) {
		if (words.word[i][0] == '\0')
			return err_set(e, EINVAL, "has an empty path in it");
		words.word[i] =
		    conf_path_join(c->arena, c->directory, words.word[i]);
		if (words.word[i] == NULL)
			return err_memory(e);
	}
	*(struct conf_words *)ret_field = words;
	return 0;
}

static void
write_words(
    const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_words *words = field;

	(void)key;
	for (size_t i = 0; i < words->count; i++)
		conf_writer_word(w, words->word[i]);
}

const struct conf_type conf_type_text = { "text", parse_text, write_text,
	NULL };
const struct conf_type conf_type_message = { "text", parse_message, write_text,
	NULL };
const struct conf_type conf_type_path = { "path", parse_path, write_text,
	NULL };
const struct conf_type conf_type_device = { "interface", parse_device,
	write_text, NULL };
const struct conf_type conf_type_words = { "words", parse_words, write_words,
	NULL };
const struct conf_type conf_type_paths = { "paths", parse_paths, write_words,
	NULL };

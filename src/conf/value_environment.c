/* SPDX-License-Identifier: ISC */
/* Variables for handlers: KEY=VALUE words, and names to pass on. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "conf/index.h"
#include "conf/report.h"
#include "conf/schema.h"
#include "conf/words.h"

#define ENVIRONMENT_MAX 256

static size_t
name_length(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789_";

	return text[0] >= '0' && text[0] <= '9' ? 0 : strspn(text, letters);
}

/* What superd tells the handler of its connection is superd's alone. */
static bool
is_reserved(const char *name, size_t length)
{
	static const char *const exact[] = { "PROTO", "REMOTE_ADDR",
		"REMOTE_PORT", "REMOTE_HOST" };
	static const char *const prefix[] = { "TCPREMOTE", "TCPLOCAL",
		"UNIXREMOTE", "UNIXLOCAL", "IPCREMOTE", "IPCLOCAL", "SUPERD_" };

	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++) {
		if (strlen(exact[i]) == length &&
		    memcmp(exact[i], name, length) == 0)
			return true;
	}
	for (size_t i = 0; i < sizeof(prefix) / sizeof(prefix[0]); i++) {
		if (strncmp(name, prefix[i], strlen(prefix[i])) == 0)
			return true;
	}
	return false;
}

static int
check_name(const char *word, size_t length, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];

	(void)conf_quoted(word, quoted);
	if (length == 0)
		return err_set(e, EINVAL,
		    "'%s' is no name of a variable: "
		    "letters, digits and '_', no digit first",
		    quoted);
	if (is_reserved(word, length))
		return err_set(e, EINVAL,
		    "'%s': superd sets this variable "
		    "itself, for each connection",
		    quoted);
	return 0;
}

static int
check_count(const struct conf_words *words, struct err *e)
{
	if (words->count <= ENVIRONMENT_MAX)
		return 0;
	return err_set(e, EINVAL, "has %zu variables, at most %d are allowed",
	    words->count, ENVIRONMENT_MAX);
}

static int
check_assignment(const struct conf_words *words, size_t i, struct err *e)
{
	const char *word = words->word[i];
	size_t length = name_length(word);
	char quoted[CONF_QUOTED_SIZE];

	if (strchr(word, '=') == NULL)
		return err_set(e, EINVAL,
		    "'%s' has no '=': KEY=VALUE words "
		    "are wanted, in quotes if the value has blanks",
		    conf_quoted(word, quoted));
	if (word[length] != '=')
		length = 0;
	for (size_t j = 0; j < i; j++) {
		if (strncmp(word, words->word[j], length + 1) == 0)
			return err_set(e, EINVAL,
			    "variable '%.*s' is set "
			    "twice",
			    (int)(length < 60 ? length : 60), word);
	}
	return check_name(word, length, e);
}

static int
parse_environment(const struct conf_context *c, const char *text,
    void *ret_field, struct err *e)
{
	struct conf_words words;
	int error = conf_words_split(c->arena, text, &words, e);

	if (error == 0)
		error = check_count(&words, e);
	for (size_t i = 0; error == 0 && i < words.count; i++)
		error = check_assignment(&words, i, e);
	if (error == 0)
		*(struct conf_words *)ret_field = words;
	return error;
}

static int
parse_names(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	struct conf_words words;
	int error = conf_words_split_list(c->arena, text, &words, e);

	if (error == 0)
		error = check_count(&words, e);
	for (size_t i = 0; error == 0 && i < words.count; i++) {
		size_t length = name_length(words.word[i]);

		if (words.word[i][length] != '\0')
			length = 0;
		error = check_name(words.word[i], length, e);
	}
	if (error == 0)
		*(struct conf_words *)ret_field = words;
	return error;
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

const struct conf_type conf_type_environment = { "variables", parse_environment,
	write_words, NULL };
const struct conf_type conf_type_names = { "names", parse_names, write_words,
	NULL };

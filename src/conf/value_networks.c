/* SPDX-License-Identifier: ISC */
/*
 * allow and deny: networks, the words unix and all, and @FILE.  The words
 * stay for the dump; what they mean is one list.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/names.h"
#include "conf/line.h"
#include "conf/path.h"
#include "conf/report.h"
#include "conf/schema.h"
#include "conf/words.h"

#define ALLOWED                                                                \
	"networks such as 10.0.0.0/8 or 2001:db8::/32, addresses, unix, all "  \
	"and @FILE"

/* All of both families: neither contains the other. */
static const struct cidr everything[] = {
	{ .ip = { [10] = 0xff, [11] = 0xff }, .length = CIDR_V4_BITS },
	{ .length = 0 },
};

#define EVERYTHING (sizeof(everything) / sizeof(everything[0]))

/* A value while it is read. */
struct networks {
	const struct conf_context *context;
	struct conf_networks *value;
	bool deny;
};

static bool
is_word(const char *word)
{
	return strpbrk(word, "/:[%") == NULL &&
	    strpbrk(word, "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ") != NULL;
}

static int
unknown_word(const char *word, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];
	struct names_guess guess;

	names_guess_init(&guess, word);
	names_guess_offer(&guess, "unix");
	names_guess_offer(&guess, "all");
	names_guess_offer(&guess, "none");
	(void)conf_quoted(word, quoted);
	if (guess.best != NULL)
		return err_set(e, EINVAL,
		    "'%s' is unknown: did you mean '%s'? (allowed are %s)",
		    quoted, guess.best, ALLOWED);
	return err_set(e, EINVAL,
	    "'%s' is no network, and names are not looked up: allowed are %s",
	    quoted, ALLOWED);
}

static int
parse_network(const char *word, struct cidr *ret_net, struct err *e)
{
	int error = conf_line_check_bytes(word, strlen(word), e);

	if (error < 0)
		return error;
	if (strcmp(word, "none") == 0)
		return err_set(e, EINVAL,
		    "'none' stands alone, and in deny only: allow = all lets "
		    "everybody in, deny = all nobody");
	if (is_word(word))
		return unknown_word(word, e);
	return cidr_parse(word, ret_net, e);
}

/* Nothing is written yet if `at` is NULL, just counted. */
static void
put(struct networks *n, const struct cidr *nets, size_t count)
{
	struct conf_networks *v = n->value;

	for (size_t i = 0; v->at != NULL && i < count; i++)
		v->at[v->count + i] = (struct conf_rule) {
			.net = nets[i],
			.deny = n->deny,
		};
	v->count += count;
}

static int
take_file(struct networks *n, const char *path, struct err *e)
{
	const struct conf_list *list;
	char quoted[CONF_QUOTED_SIZE];
	struct err why;
	int error = conf_lists_read(n->context->lists, path, &list, &why);

	if (error == -ENOMEM)
		return err_memory(e);
	if (error < 0)
		return err_set(
		    e, EINVAL, "'%s' %s", conf_quoted(path, quoted), why.text);
	put(n, list->at, list->count);
	return 0;
}

static int
take_word(struct networks *n, const char *word, struct err *e)
{
	struct cidr net;
	int error;

	if (word[0] == '@')
		return take_file(n, word + 1, e);
	if (strcmp(word, "unix") == 0 || strcmp(word, "all") == 0) {
		n->value->unix_clients = true;
		put(n, everything, word[0] == 'a' ? EVERYTHING : 0);
		return 0;
	}
	error = parse_network(word, &net, e);
	if (error == 0)
		put(n, &net, 1);
	return error;
}

static int
take_words(struct networks *n, struct err *e)
{
	const struct conf_words *words = &n->value->words;
	int error = 0;

	n->value->count = 0;
	for (size_t i = 0; i < words->count && error == 0; i++)
		error = take_word(n, words->word[i], e);
	return error;
}

/* Twice: to count, and when there is room, to fill it. */
static int
make_list(struct networks *n, struct err *e)
{
	struct conf_networks *v = n->value;
	int error = take_words(n, e);

	if (error < 0)
		return error;
	v->at = arena_array(n->context->arena, v->count, sizeof(*v->at));
	if (v->at == NULL)
		return err_memory(e);
	return take_words(n, e);
}

static int
make_absolute(
    const struct conf_context *c, struct conf_words *words, struct err *e)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->word[i];
		const char *path;

		if (word[0] != '@')
			continue;
		if (word[1] == '\0')
			return err_set(
			    e, EINVAL, "no file behind '@': @FILE is wanted");
		path = conf_path_join(c->arena, c->directory, word + 1);
		words->word[i] =
		    path == NULL ? NULL : arena_printf(c->arena, "@%s", path);
		if (words->word[i] == NULL)
			return err_memory(e);
	}
	return 0;
}

/* The words of a key, one NUL behind each: by that a value is known. */
static char *
make_key(const struct conf_context *c, const struct conf_words *words,
    size_t *ret_length)
{
	size_t length = 1;
	char *key, *p;

	for (size_t i = 0; i < words->count; i++)
		length += strlen(words->word[i]) + 1;
	key = p = arena_alloc(c->arena, length);
	if (key == NULL)
		return NULL;
	*p++ = c->key->name[0];
	for (size_t i = 0; i < words->count; i++)
		p = stpcpy(p, words->word[i]) + 1;
	*ret_length = length;
	return key;
}

/* The value with these words, made or found. */
static int
find_value(struct networks *n, struct conf_networks **ret_value, struct err *e)
{
	const struct conf_context *c = n->context;
	struct conf_index *values = &c->lists->values;
	struct conf_networks *v;
	size_t length;
	char *key = make_key(c, &n->value->words, &length);
	int error;

	if (key == NULL)
		return err_memory(e);
	*ret_value = conf_index_find(values, key, length);
	if (*ret_value != NULL)
		return 0;
	error = make_list(n, e);
	if (error < 0)
		return error;
	v = arena_alloc(c->arena, sizeof(*v));
	if (v == NULL || conf_index_add(values, key, length, v) < 0)
		return err_memory(e);
	*v = *n->value;
	*ret_value = v;
	return 0;
}

static bool
is_none(const struct conf_words *words)
{
	return words->count == 1 && strcmp(words->word[0], "none") == 0;
}

static int
parse(const struct conf_context *c, const char *text, bool deny,
    struct conf_networks *ret_value, struct err *e)
{
	struct conf_networks value = { 0 }, *found = &value;
	struct networks n = { c, &value, deny };
	int error = conf_words_split_list(c->arena, text, &value.words, e);

	if (error == 0 && value.words.count == 0)
		error = err_set(
		    e, EINVAL, "no network in it: allowed are %s", ALLOWED);
	if (error == 0)
		error = make_absolute(c, &value.words, e);
	if (error == 0 && (!deny || !is_none(&value.words)))
		error = find_value(&n, &found, e);
	if (error == 0)
		*ret_value = *found;
	return error;
}

static int
parse_allow(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	return parse(c, text, false, ret_field, e);
}

static int
parse_deny(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	return parse(c, text, true, ret_field, e);
}

static void
write_networks(
    const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_networks *value = field;

	(void)key;
	for (size_t i = 0; i < value->words.count; i++)
		conf_writer_word(w, value->words.word[i]);
}

const struct conf_type conf_type_allow = { "networks", parse_allow,
	write_networks, NULL };
const struct conf_type conf_type_deny = { "networks", parse_deny,
	write_networks, NULL };

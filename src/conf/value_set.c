/* SPDX-License-Identifier: ISC */
/* Some of a few words: a bit each, or all of them. */
#include <errno.h>
#include <string.h>

#include "base/names.h"
#include "base/text.h"
#include "conf/report.h"
#include "conf/schema.h"
#include "conf/words.h"

static size_t
count_choices(const struct conf_key *key)
{
	size_t count = 0;

	while (key->choices[count] != NULL)
		count++;
	return count;
}

static uint64_t
all_of(const struct conf_key *key)
{
	return (UINT64_C(1) << count_choices(key)) - 1;
}

static int
unknown(const struct conf_key *key, const char *word, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE], allowed[ERR_TEXT_SIZE];
	struct names_guess guess;
	struct text t;

	text_init(&t, allowed, sizeof(allowed));
	names_guess_init(&guess, word);
	for (size_t i = 0; key->choices[i] != NULL; i++) {
		names_guess_offer(&guess, key->choices[i]);
		text_printf(&t, "%s%s", i == 0 ? "" : ", ", key->choices[i]);
	}
	(void)conf_quoted(word, quoted);
	if (guess.best == NULL)
		return err_set(e, EINVAL,
		    "'%s' is unknown: allowed are %s; or all", quoted, allowed);
	return err_set(e, EINVAL,
	    "'%s' is unknown: did you mean '%s'? (allowed are %s; or all)",
	    quoted, guess.best, allowed);
}

static int
take_word(
    const struct conf_key *key, const char *word, uint64_t *set, struct err *e)
{
	if (strcmp(word, "all") == 0) {
		*set = all_of(key);
		return 0;
	}
	for (size_t i = 0; key->choices[i] != NULL; i++) {
		if (strcmp(word, key->choices[i]) == 0) {
			*set |= UINT64_C(1) << i;
			return 0;
		}
	}
	return unknown(key, word, e);
}

static int
parse_set(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	struct conf_words words;
	uint64_t set = 0;
	int error = conf_words_split_list(c->arena, text, &words, e);

	if (error == 0 && words.count == 0)
		error = unknown(c->key, "", e);
	for (size_t i = 0; error == 0 && i < words.count; i++)
		error = take_word(c->key, words.word[i], &set, e);
	if (error == 0)
		*(uint64_t *)ret_field = set;
	return error;
}

static void
write_set(const void *field, const struct conf_key *key, struct conf_writer *w)
{
	uint64_t set = *(const uint64_t *)field;

	if (set == all_of(key)) {
		conf_writer_word(w, "all");
		return;
	}
	for (size_t i = 0; key->choices[i] != NULL; i++) {
		if ((set >> i & 1) != 0)
			conf_writer_word(w, key->choices[i]);
	}
}

const struct conf_type conf_type_set = { "set", parse_set, write_set, NULL };

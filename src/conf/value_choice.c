/* SPDX-License-Identifier: ISC */
/* One of a few words: yes or no, and the enums. */
#include <errno.h>
#include <string.h>

#include "base/names.h"
#include "base/text.h"
#include "conf/report.h"
#include "conf/schema.h"

static int
parse_bool(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	static const char *const words[] = { "no", "yes", "false", "true",
		"off", "on", "0", "1" };
	char quoted[CONF_QUOTED_SIZE];

	(void)c;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i]) == 0) {
			*(bool *)ret_field = i % 2 == 1;
			return 0;
		}
	}
	return err_set(e, EINVAL,
	    "'%s' is neither yes nor no (true, false, "
	    "on, off, 1 and 0 are understood as well)",
	    conf_quoted(text, quoted));
}

static void
write_bool(const void *field, const struct conf_key *key, struct conf_writer *w)
{
	(void)key;
	conf_writer_word(w, *(const bool *)field ? "yes" : "no");
}

static int
unknown_choice(const struct conf_key *key, const char *text, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE], allowed[128];
	struct names_guess guess;
	struct text t;

	text_init(&t, allowed, sizeof(allowed));
	names_guess_init(&guess, text);
	for (size_t i = 0; key->choices[i] != NULL; i++) {
		names_guess_offer(&guess, key->choices[i]);
		if (strncmp(text, key->choices[i], strlen(text)) == 0)
			guess.best = key->choices[i];
		text_printf(&t, "%s%s", i == 0 ? "" : ", ", key->choices[i]);
	}
	(void)conf_quoted(text, quoted);
	if (guess.best == NULL)
		return err_set(e, EINVAL, "'%s' is unknown: allowed are %s",
		    quoted, allowed);
	return err_set(e, EINVAL,
	    "'%s' is unknown: did you mean '%s'? (allowed are %s)", quoted,
	    guess.best, allowed);
}

static int
parse_choice(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	for (unsigned int i = 0; c->key->choices[i] != NULL; i++) {
		if (strcmp(text, c->key->choices[i]) == 0) {
			*(unsigned int *)ret_field = i;
			return 0;
		}
	}
	return unknown_choice(c->key, text, e);
}

static void
write_choice(
    const void *field, const struct conf_key *key, struct conf_writer *w)
{
	conf_writer_word(w, key->choices[*(const unsigned int *)field]);
}

const struct conf_type conf_type_flag = { "bool", parse_bool, write_bool,
	NULL };
const struct conf_type conf_type_choice = { "choice", parse_choice,
	write_choice, NULL };

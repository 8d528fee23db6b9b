/* SPDX-License-Identifier: ISC */
/* What counts for a ban: refused, signal, exit:N, exit:N-M; or none. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/num.h"
#include "conf/report.h"
#include "conf/schema.h"
#include "conf/words.h"

#define EXIT_MAX 255

static int
unknown(const char *word, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];
	struct names_guess guess;

	names_guess_init(&guess, word);
	names_guess_offer(&guess, "refused");
	names_guess_offer(&guess, "signal");
	names_guess_offer(&guess, "none");
	(void)conf_quoted(word, quoted);
	if (guess.best != NULL)
		return err_set(e, EINVAL,
		    "'%s' is unknown: did you mean '%s'? (allowed are refused, "
		    "signal, exit:N and exit:N-M; or none)",
		    quoted, guess.best);
	return err_set(e, EINVAL,
	    "'%s' is unknown: allowed are refused, signal, exit:N and "
	    "exit:N-M; or none",
	    quoted);
}

static int
read_status(const char *text, size_t length, uint64_t *ret)
{
	char digits[8];

	if (length >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, length);
	digits[length] = '\0';
	return num_parse_unsigned(digits, ret);
}

/* N or N-M */
static int
take_exits(struct conf_ban_on *on, const char *text, struct err *e)
{
	const char *dash = strchr(text, '-');
	size_t length = dash == NULL ? strlen(text) : (size_t)(dash - text);
	char quoted[CONF_QUOTED_SIZE];
	uint64_t first, last;
	int error = read_status(text, length, &first);

	last = first;
	if (error == 0 && dash != NULL)
		error = read_status(dash + 1, strlen(dash + 1), &last);
	if (error < 0 || last > EXIT_MAX || first > last)
		return err_set(e, EINVAL,
		    "'exit:%s': an exit status is a number from 1 to 255, or "
		    "two with '-' between, the smaller one first",
		    conf_quoted(text, quoted));
	if (first == 0)
		return err_set(e, EINVAL,
		    "'exit:%s': a handler that ends with 0 has ended well: 1 "
		    "to 255 is allowed",
		    conf_quoted(text, quoted));
	for (; first <= last; first++)
		on->exits[first / 8] |= (uint8_t)(1 << first % 8);
	return 0;
}

static int
take_word(struct conf_ban_on *on, const char *word, struct err *e)
{
	if (strncmp(word, "exit:", 5) == 0)
		return take_exits(on, word + 5, e);
	if (strncmp(word, "exit", 4) == 0)
		return err_set(e, EINVAL,
		    "exit needs a status behind it: exit:100 or exit:1-99");
	if (strcmp(word, "none") == 0)
		return err_set(e, EINVAL,
		    "'none' stands alone: nothing counts, handlers alone may "
		    "ban (ban_exit)");
	if (strcmp(word, "refused") == 0)
		on->refused = true;
	else if (strcmp(word, "signal") == 0)
		on->signal = true;
	else
		return unknown(word, e);
	return 0;
}

static int
parse(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	struct conf_ban_on on = { 0 };
	struct conf_words words;
	int error = conf_words_split_list(c->arena, text, &words, e);
	bool none;

	if (error < 0)
		return error;
	none = words.count == 1 && strcmp(words.word[0], "none") == 0;
	if (words.count == 0)
		error = unknown("", e);
	for (size_t i = 0; error == 0 && !none && i < words.count; i++)
		error = take_word(&on, words.word[i], e);
	if (error == 0)
		*(struct conf_ban_on *)ret_field = on;
	return error;
}

static bool
has_exit(const struct conf_ban_on *on, int status)
{
	return status <= EXIT_MAX &&
	    (on->exits[status / 8] >> status % 8 & 1) != 0;
}

static void
write_exits(const struct conf_ban_on *on, int first, struct conf_writer *w)
{
	char text[32];
	int last = first;

	while (has_exit(on, last + 1))
		last++;
	if (last == first)
		(void)snprintf(text, sizeof(text), "exit:%d", first);
	else
		(void)snprintf(text, sizeof(text), "exit:%d-%d", first, last);
	conf_writer_word(w, text);
}

static void
write_ban_on(
    const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_ban_on *on = field;

	(void)key;
	if (on->refused)
		conf_writer_word(w, "refused");
	if (on->signal)
		conf_writer_word(w, "signal");
	for (int status = 1; status <= EXIT_MAX; status++) {
		if (has_exit(on, status) && !has_exit(on, status - 1))
			write_exits(on, status, w);
	}
	if (w->column == 0)
		conf_writer_word(w, "none");
}

const struct conf_type conf_type_ban_on = { "events", parse, write_ban_on,
	NULL };

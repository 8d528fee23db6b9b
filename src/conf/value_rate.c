/* SPDX-License-Identifier: ISC */
/* Rates: 50/s, 10/min, 100/h, 50/s burst 100; and none. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/names.h"
#include "base/num.h"
#include "conf/report.h"
#include "conf/schema.h"
#include "conf/value_number.h"
#include "conf/words.h"

#define PERIOD_MIN_NS NUM_NS_PER_S
#define PERIOD_MAX_NS (30 * 86400 * NUM_NS_PER_S)
#define WITH_BURST    "50/s, 10/min, 100/h or 50/s burst 100"
#define WITHOUT_BURST "20/min or 100/h"

/* The first name of a period is the one that is written. */
static const struct {
	const char *name;
	uint64_t ns;
} periods[] = {
	{ "s", NUM_NS_PER_S },
	{ "min", 60 * NUM_NS_PER_S },
	{ "m", 60 * NUM_NS_PER_S },
	{ "h", 3600 * NUM_NS_PER_S },
	{ "d", 86400 * NUM_NS_PER_S },
};

#define PERIODS (sizeof(periods) / sizeof(periods[0]))

static int
read_period(const char *text, uint64_t *ret_ns, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];
	uint64_t ns;

	for (size_t i = 0; i < PERIODS; i++) {
		if (strcmp(text, periods[i].name) == 0) {
			*ret_ns = periods[i].ns;
			return 0;
		}
	}
	(void)conf_quoted(text, quoted);
	if (text[0] < '0' || text[0] > '9' || num_parse_duration(text, &ns) < 0)
		return err_set(e, EINVAL,
		    "'%s' is no period: s, min, h or d is wanted behind the "
		    "'/', or a duration such as 10m",
		    quoted);
	if (ns < PERIOD_MIN_NS || ns > PERIOD_MAX_NS)
		return err_set(e, EINVAL,
		    "the period '%s' is out of range: 1s to 30d is allowed",
		    quoted);
	*ret_ns = ns;
	return 0;
}

/* What may not be, and what to say for no limit. */
static int
read_count(const struct conf_context *c, const char *text, uint64_t *ret,
    struct err *e)
{
	int error = conf_number_read_count(text, ret, e);

	if (error == 0 && *ret == 0)
		return err_set(e, EINVAL,
		    "a rate of 0 lets nobody in: say %s = none for no limit%s",
		    c->key->name,
		    c->key->type == &conf_type_rate
			? ", enabled = no for no service"
			: "");
	return error == 0 ? conf_number_check(c->key, *ret, text, e) : error;
}

static int
wrong(const struct conf_context *c, const char *text, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];

	return err_set(e, EINVAL, "'%s' is wrong: a rate such as %s is wanted",
	    conf_quoted(text, quoted),
	    c->key->type == &conf_type_rate ? WITH_BURST : WITHOUT_BURST);
}

/* N/PERIOD */
static int
read_rate(const struct conf_context *c, const char *word,
    struct conf_rate *rate, struct err *e)
{
	const char *slash = strchr(word, '/');
	char *count;
	int error;

	if (strcmp(word, "0") != 0 && (slash == NULL || slash == word))
		return wrong(c, word, e);
	count = arena_string_n(
	    c->arena, word, slash == NULL ? 1 : (size_t)(slash - word));
	if (count == NULL)
		return err_memory(e);
	error = read_count(c, count, &rate->count, e);
	return error < 0 ? error : read_period(slash + 1, &rate->period_ns, e);
}

static int
read_burst(const struct conf_context *c, const struct conf_words *words,
    struct conf_rate *rate, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];
	struct names_guess guess;
	int error;

	if (c->key->type != &conf_type_rate)
		return err_set(e, EINVAL,
		    "a rate such as %s is wanted, and nothing behind it",
		    WITHOUT_BURST);
	names_guess_init(&guess, words->word[1]);
	names_guess_offer(&guess, "burst");
	if (guess.best != NULL && strcmp(words->word[1], "burst") != 0)
		return err_set(e, EINVAL,
		    "'%s' is unknown: did you mean 'burst'? (" WITH_BURST ")",
		    conf_quoted(words->word[1], quoted));
	if (guess.best == NULL || words->count != 3)
		return err_set(e, EINVAL,
		    "behind the rate there is nothing, or 'burst' and a "
		    "number: " WITH_BURST);
	error = conf_number_read_count(words->word[2], &rate->burst, e);
	if (error == 0 && rate->burst == 0)
		return err_set(
		    e, EINVAL, "a burst of 0 lets nobody in: 1 is the least");
	if (error == 0)
		error =
		    conf_number_check(c->key, rate->burst, words->word[2], e);
	return error < 0 ? err_wrap(e, "burst") : 0;
}

/* 50 / s: the words alone would say little. */
static bool
has_torn_slash(const struct conf_words *words)
{
	const char *slash = strrchr(words->word[0], '/');

	return words->word[1][0] == '/' || (slash != NULL && slash[1] == '\0');
}

static int
parse(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	struct conf_rate rate = { .set = true };
	struct conf_words words;
	int error = conf_words_split(c->arena, text, &words, e);

	if (error == 0 && words.count == 1 &&
	    strcmp(words.word[0], "none") == 0) {
		*(struct conf_rate *)ret_field = (struct conf_rate) { 0 };
		return 0;
	}
	if (error == 0 && words.count > 1 && has_torn_slash(&words))
		return wrong(c, text, e);
	if (error == 0)
		error = read_rate(c, words.word[0], &rate, e);
	if (error == 0 && words.count > 1)
		error = read_burst(c, &words, &rate, e);
	if (error == 0)
		*(struct conf_rate *)ret_field = rate;
	return error;
}

static void
write_rate(const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_rate *rate = field;
	char text[64], period[32];
	const char *name = NULL;

	(void)key;
	if (!rate->set)
		return;
	for (size_t i = PERIODS; i-- > 0;) {
		if (periods[i].ns == rate->period_ns)
			name = periods[i].name;
	}
	if (name == NULL)
		name = num_format_duration(rate->period_ns, period);
	(void)snprintf(
	    text, sizeof(text), "%ju/%s", (uintmax_t)rate->count, name);
	conf_writer_word(w, text);
	if (rate->burst == 0)
		return;
	conf_writer_word(w, "burst");
	conf_writer_word(w, conf_number_count(rate->burst, period));
}

const struct conf_type conf_type_rate = { "rate", parse, write_rate,
	conf_number_count };
const struct conf_type conf_type_frequency = { "rate", parse, write_rate,
	conf_number_count };

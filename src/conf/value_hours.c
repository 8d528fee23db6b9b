/* SPDX-License-Identifier: ISC */
/*
 * Opening hours: days and behind them times, as in mon-fri 08:00-18:00, sat
 * 10:00-12:00.  Commas are blanks: days gather until times follow, and these
 * hold for all of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/names.h"
#include "conf/report.h"
#include "conf/schema.h"
#include "conf/words.h"

#define DAYS          7
#define DAY           1440
#define DAYS_MAX      28 /* in front of one time: mon, mon, mon ... */
#define INTERVALS_MAX 1000

static const char *const names[DAYS] = { "mon", "tue", "wed", "thu", "fri",
	"sat", "sun" };
static const char *const long_names[DAYS] = { "monday", "tuesday", "wednesday",
	"thursday", "friday", "saturday", "sunday" };

/* The days that the next times are for, in the order of the text. */
struct days {
	uint8_t at[DAYS_MAX];
	size_t count;
	bool used; /* times stood behind them */
};

static int
unknown_day(const char *word, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];
	struct names_guess guess;

	names_guess_init(&guess, word);
	for (size_t i = 0; i < DAYS; i++) {
		names_guess_offer(&guess, names[i]);
		names_guess_offer(&guess, long_names[i]);
	}
	names_guess_offer(&guess, "daily");
	(void)conf_quoted(word, quoted);
	if (guess.best != NULL)
		return err_set(e, EINVAL,
		    "'%s' is no day: did you mean '%s'? (allowed are mon, tue, "
		    "wed, thu, fri, sat, sun, ranges such as mon-fri, and "
		    "daily)",
		    quoted, guess.best);
	return err_set(e, EINVAL,
	    "'%s' is neither a day nor a time: mon-fri 08:00-18:00, sat "
	    "10:00-12:00 is how it looks; days are mon to sun or daily, times "
	    "00:00 to 24:00",
	    quoted);
}

static int
read_day(const char *word, size_t length, unsigned int *ret_day)
{
	for (unsigned int i = 0; i < DAYS; i++) {
		if ((strlen(names[i]) == length &&
			strncasecmp(word, names[i], length) == 0) ||
		    (strlen(long_names[i]) == length &&
			strncasecmp(word, long_names[i], length) == 0)) {
			*ret_day = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int
add_day(struct days *days, unsigned int day, struct err *e)
{
	if (days->used)
		*days = (struct days) { 0 };
	if (days->count == DAYS_MAX)
		return err_set(e, EINVAL, "too many days in front of a time");
	days->at[days->count++] = (uint8_t)day;
	return 0;
}

/* From first up to last, which may lie in the next week. */
static int
add_days(
    struct days *days, unsigned int first, unsigned int last, struct err *e)
{
	int error = add_day(days, first, e);

	while (error == 0 && first != last) {
		first = (first + 1) % DAYS;
		error = add_day(days, first, e);
	}
	return error;
}

static int
take_days(struct days *days, const char *word, struct err *e)
{
	const char *dash = strchr(word, '-');
	size_t length = dash == NULL ? strlen(word) : (size_t)(dash - word);
	unsigned int first, last;

	if (strcasecmp(word, "daily") == 0 || strcasecmp(word, "all") == 0)
		return add_days(days, 0, DAYS - 1, e);
	if (read_day(word, length, &first) < 0)
		return unknown_day(word, e);
	last = first;
	if (dash != NULL && read_day(dash + 1, strlen(dash + 1), &last) < 0)
		return unknown_day(dash + 1, e);
	return add_days(days, first, last, e);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* HH:MM or H:MM, and where it ends; NULL if it is none. */
static const char *
read_time(const char *text, unsigned int *ret_minute)
{
	unsigned int hour = 0, minute;
	size_t digits = 0;

	for (; digits < 2 && is_digit(text[digits]); digits++)
		hour = hour * 10 + (unsigned int)(text[digits] - '0');
	text += digits;
	if (digits == 0 || text[0] != ':' || !is_digit(text[1]) ||
	    !is_digit(text[2]))
		return NULL;
	minute =
	    (unsigned int)(text[1] - '0') * 10 + (unsigned int)(text[2] - '0');
	if (minute > 59 || hour * 60 + minute > DAY)
		return NULL;
	*ret_minute = hour * 60 + minute;
	return text + 3;
}

/* HH:MM-HH:MM; the end is at or behind the next midnight if it has to. */
static int
read_times(const char *word, struct conf_interval *ret, struct err *e)
{
	unsigned int from = 0, to = 0;
	char quoted[CONF_QUOTED_SIZE];
	const char *at = read_time(word, &from);

	(void)conf_quoted(word, quoted);
	if (at != NULL)
		at = *at == '-' ? read_time(at + 1, &to) : NULL;
	if (at == NULL || *at != '\0')
		return err_set(e, EINVAL,
		    "'%s' is no time: HH:MM-HH:MM from 00:00 to 24:00 is "
		    "wanted, such as 08:00-18:00",
		    quoted);
	if (from == DAY)
		return err_set(e, EINVAL,
		    "'%s': a day ends at 24:00, it begins at 00:00", quoted);
	if (from == to)
		return err_set(e, EINVAL,
		    "'%s' is no time at all: the whole day is 00:00-24:00",
		    quoted);
	ret->from = (uint16_t)from;
	ret->to = (uint16_t)(to < from ? to + DAY : to);
	return 0;
}

static int
take_times(struct conf_hours *hours, struct days *days, const char *word,
    struct err *e)
{
	struct conf_interval times = { 0 };
	int error = read_times(word, &times, e);

	if (error == 0 && days->count == 0)
		error = add_days(days, 0, DAYS - 1, e);
	if (error == 0 && hours->count + days->count > INTERVALS_MAX)
		error = err_set(e, EINVAL,
		    "more than %d times: that is more than anybody can read",
		    INTERVALS_MAX);
	for (size_t i = 0; error == 0 && i < days->count; i++) {
		unsigned int start = days->at[i] * DAY;

		hours->at[hours->count++] = (struct conf_interval) {
			.from = (uint16_t)(start + times.from),
			.to = (uint16_t)(start + times.to),
		};
	}
	days->used = true;
	return error;
}

static int
take_words(const struct conf_context *c, const struct conf_words *words,
    struct conf_hours *hours, struct err *e)
{
	struct days days = { 0 };
	size_t room = INTERVALS_MAX;
	const char *word = "";
	int error = 0;

	if (words->count < INTERVALS_MAX / DAYS_MAX)
		room = words->count * DAYS_MAX;
	hours->at = arena_array(c->arena, room, sizeof(*hours->at));
	if (hours->at == NULL)
		return err_memory(e);
	for (size_t i = 0; i < words->count && error == 0; i++) {
		word = words->word[i];
		error = is_digit(word[0]) ? take_times(hours, &days, word, e)
					  : take_days(&days, word, e);
	}
	if (error == 0 && !days.used)
		error = err_set(e, EINVAL,
		    "no times behind '%.20s': the whole day is %.20s "
		    "00:00-24:00",
		    word, word);
	return error;
}

static int
parse_hours(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	struct conf_hours hours = { 0 };
	struct conf_words words;
	int error = conf_words_split_list(c->arena, text, &words, e);

	if (error == 0 && words.count == 0)
		error = err_set(e, EINVAL,
		    "no times in it: mon-fri 08:00-18:00, sat 10:00-12:00 is "
		    "how it looks, and always means no limit");
	if (error == 0 &&
	    (words.count != 1 || strcmp(words.word[0], "always") != 0))
		error = take_words(c, &words, &hours, e);
	if (error == 0)
		*(struct conf_hours *)ret_field = hours;
	return error;
}

/* How many days from i on, at most a week, follow on each other with the
 * same times. */
static size_t
run_length(const struct conf_hours *hours, size_t i)
{
	const struct conf_interval *at = &hours->at[i];
	size_t n = 1;

	while (n < DAYS && i + n < hours->count &&
	    at[n].from % DAY == at[0].from % DAY &&
	    at[n].to - at[n].from == at[0].to - at[0].from &&
	    at[n].from / DAY == (at[n - 1].from / DAY + 1) % DAYS)
		n++;
	return n;
}

static void
write_hours(
    const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_hours *hours = field;
	size_t n;

	(void)key;
	for (size_t i = 0; i < hours->count; i += n) {
		const struct conf_interval *at = &hours->at[i];
		int from = at->from % DAY, to = from + at->to - at->from;
		char text[32];

		n = run_length(hours, i);
		(void)snprintf(text, sizeof(text), "%s%s%s",
		    names[at->from / DAY], n == 1 ? "" : "-",
		    n == 1 ? "" : names[at[n - 1].from / DAY]);
		conf_writer_word(w, text);
		to = to > DAY ? to - DAY : to;
		(void)snprintf(text, sizeof(text), "%02d:%02d-%02d:%02d",
		    from / 60, from % 60, to / 60, to % 60);
		conf_writer_word(w, text);
	}
}

const struct conf_type conf_type_hours = { "hours", parse_hours, write_hours,
	NULL };

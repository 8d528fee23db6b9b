/* SPDX-License-Identifier: ISC */
/* The time of a line; see stamp.h. */
#include <stdint.h>

#include "base/text.h"
#include "log/stamp.h"

static void
put_second(struct log_stamp *s, time_t second)
{
	struct text t;
	struct tm tm = { 0 };

	(void)gmtime_r(&second, &tm);
	text_init(&t, s->text, sizeof(s->text) - 5);
	text_padded(&t, (uint64_t)(tm.tm_year + 1900), 4);
	text_char(&t, '-');
	text_padded(&t, (uint64_t)(tm.tm_mon + 1), 2);
	text_char(&t, '-');
	text_padded(&t, (uint64_t)tm.tm_mday, 2);
	text_char(&t, 'T');
	text_padded(&t, (uint64_t)tm.tm_hour, 2);
	text_char(&t, ':');
	text_padded(&t, (uint64_t)tm.tm_min, 2);
	text_char(&t, ':');
	text_padded(&t, (uint64_t)tm.tm_sec, 2);
	text_char(&t, '.');
	s->second = second;
	s->whole = t.length;
}

const char *
log_stamp_text(struct log_stamp *s, const struct timespec *now)
{
	unsigned int ms = (unsigned int)(now->tv_nsec / 1000000);
	char *at;

	if (s->whole == 0 || s->second != now->tv_sec)
		put_second(s, now->tv_sec);
	at = s->text + s->whole;
	at[0] = (char)('0' + ms / 100);
	at[1] = (char)('0' + ms / 10 % 10);
	at[2] = (char)('0' + ms % 10);
	at[3] = 'Z';
	at[4] = '\0';
	return s->text;
}

const char *
log_stamp_now(void)
{
	static struct log_stamp stamp;
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return log_stamp_text(&stamp, &now);
}

/* SPDX-License-Identifier: ISC */

/*
 * daytime (RFC 867): date and time for people, in the RFC's own form and in
 * UTC: "Friday, November 20, 2026 08:47:43-UTC".  A zone would need a libc
 * and its files, and would tell strangers where the machine stands.
 */

#include "tiny.h"

enum {
	DAY = 24 * 60 * 60,
	DAYS_TO_1970 = 719468, /* from 1 March of the year 0 */
	DAYS_IN_ERA = 146097,  /* 400 years */
};

struct date {
	int64_t year;
	int month, day; /* from 0, from 1 */
};

const char tiny_name[] = "daytime";

static const char weekdays[][10] = { "Thursday", "Friday", "Saturday", "Sunday",
	"Monday", "Tuesday", "Wednesday" };

/* Years begin in March here, so that the leap day is the last of a year. */
static const char months[][10] = { "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December", "January",
	"February" };

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The Gregorian date of a day counted from 1 January 1970. */
static struct date
date_of(int64_t day)
{
	int64_t n = day + DAYS_TO_1970;
	int64_t era = floor_div(n, DAYS_IN_ERA);
	int64_t in_era = n - era * DAYS_IN_ERA;
	int64_t leap_days =
	    in_era / 1460 - in_era / 36524 + in_era / (DAYS_IN_ERA - 1);
	int64_t year = (in_era - leap_days) / 365;
	int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
	/* March to July and August to December are 31 30 31 30 31 days. */
	int64_t month = (5 * in_year + 2) / 153;

	return (struct date) {
		.year = era * 400 + year + (month >= 10),
		.month = (int)month,
		.day = (int)(in_year - (153 * month + 2) / 5 + 1),
	};
}

static void
add_time(struct tiny_out *out, int64_t now)
{
	int64_t day = floor_div(now, DAY);
	uint64_t second = (uint64_t)(now - day * DAY);
	struct date date = date_of(day);

	tiny_out_text(out, weekdays[day - floor_div(day, 7) * 7]);
	tiny_out_text(out, ", ");
	tiny_out_text(out, months[date.month]);
	tiny_out_char(out, ' ');
	tiny_out_number(out, (uint64_t)date.day, 1);
	tiny_out_text(out, ", ");
	tiny_out_number(out, (uint64_t)date.year, 4);
	tiny_out_char(out, ' ');
	tiny_out_number(out, second / 3600, 2);
	tiny_out_char(out, ':');
	tiny_out_number(out, second / 60 % 60, 2);
	tiny_out_char(out, ':');
	tiny_out_number(out, second % 60, 2);
	tiny_out_text(out, "-UTC\r\n");
}

int
tiny_main(int argc, char **argv, char **envp)
{
	struct tiny_out out;

	(void)envp;
	tiny_check_arguments(argc, argv, 0, "");
	tiny_out_init(&out, TINY_OUT);
	add_time(&out, tiny_now());
	tiny_out_flush(&out);
	tiny_discard_input();
	return TINY_DONE;
}

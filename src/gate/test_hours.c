/* SPDX-License-Identifier: ISC */
/* Opening hours against a walk from minute to minute. */
#include "conf/conf.h"
#include "gate/hours.h"
#include "tap.h"

#define MINUTE                60
#define DAY                   86400
#define MOST                  6

#define AT(day, hour, minute) ((day)*1440 + (hour)*60 + (minute))

/* Where summer time begins and ends, somewhere in the walk. */
struct walk {
	const char *zone;
	const char *what;
	time_t start; /* some days before */
};

static const struct walk walks[] = {
	{ "Europe/Berlin", "Berlin, 30 March 2025", 1742900400 },
	{ "Europe/Berlin", "Berlin, 26 October 2025", 1761044400 },
	{ "America/New_York", "New York, 9 March 2025", 1741064400 },
	{ "America/New_York", "New York, 2 November 2025", 1761710400 },
	{ "Australia/Lord_Howe", "half an hour: Lord Howe, 6 April 2025",
	    1743500000 },
	{ "Asia/Kolkata", "Kolkata, no summer time", 1742900420 },
	{ "UTC", "UTC", 1742900400 },
};

static void
set_zone(const char *zone)
{
	(void)setenv("TZ", zone, 1);
	tzset();
}

static bool
has_zones(void)
{
	time_t summer = 1751328000;
	struct tm tm;

	set_zone("Europe/Berlin");
	return localtime_r(&summer, &tm) != NULL && tm.tm_gmtoff == 7200;
}

/* The same question, asked of each minute of the day by itself. */
static bool
model_open(const struct conf_hours *hours, time_t when)
{
	struct tm tm;
	int minute;

	if (hours->count == 0)
		return true;
	(void)localtime_r(&when, &tm);
	minute = AT((tm.tm_wday + 6) % 7, tm.tm_hour, tm.tm_min);
	for (size_t i = 0; i < hours->count; i++) {
		for (int m = hours->at[i].from; m < hours->at[i].to; m++) {
			if (m % CONF_WEEK_MINUTES == minute)
				return true;
		}
	}
	return false;
}

static void
random_hours(struct conf_interval *at, struct conf_hours *hours)
{
	hours->at = at;
	hours->count = 1 + tap_random_below(MOST);
	for (size_t i = 0; i < hours->count; i++) {
		at[i].from = (uint16_t)tap_random_below(CONF_WEEK_MINUTES);
		/* Around the hours in which clocks change, on Sunday. */
		if (i % 2 == 1)
			at[i].from =
			    (uint16_t)(AT(6, 1, 0) + tap_random_below(150));
		at[i].to = (uint16_t)(at[i].from + 1 +
		    tap_random_below(i % 2 == 1 ? 100 : 1440));
	}
}

/* Ten days, minute by minute. */
static unsigned int
walk_along(const struct walk *walk, const struct conf_hours *hours)
{
	time_t next = 0, when = walk->start;
	struct gate_hours_state state = { 0 };
	unsigned int wrong = 0;
	bool was = model_open(hours, when);

	when -= when % MINUTE;
	next = gate_hours_change(hours, when);
	for (int i = 0; i < 10 * 1440; i++, when += MINUTE) {
		bool open = model_open(hours, when);

		wrong += gate_hours_ask(hours, &state, when) != open;
		if (when < next && open != was)
			wrong++;
		if (when == next) {
			wrong += open == was && next - walk->start < 7 * DAY;
			next = gate_hours_change(hours, when);
		}
		was = open;
		if (i % 7 == 0)
			wrong += gate_hours_open(hours, when + 59) != open;
	}
	return wrong + (next <= when - MINUTE);
}

static void
test_walks(void)
{
	for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
		unsigned int wrong = 0;

		set_zone(walks[i].zone);
		for (int j = 0; j < 5; j++) {
			struct conf_interval at[MOST];
			struct conf_hours hours;

			random_hours(at, &hours);
			wrong += walk_along(&walks[i], &hours);
		}
		is_int(wrong, 0, walks[i].what);
	}
}

static void
test_night(void)
{
	struct conf_interval night = {
		.from = AT(6, 22, 0),
		.to = AT(6, 22, 0) + 480,
	};
	struct conf_hours hours = { .at = &night, .count = 1 };
	time_t sunday = 1743336000; /* 30 March 2025, 12:00 UTC */

	set_zone("UTC");
	ok(!gate_hours_open(&hours, sunday), "Sunday noon is closed");
	is_int(gate_hours_change(&hours, sunday), sunday + 10 * 3600,
	    "Sunday 22:00 it opens");
	ok(gate_hours_open(&hours, sunday + 10 * 3600), "and is open");
	ok(gate_hours_open(&hours, sunday + 13 * 3600),
	    "on Monday in the small hours too");
	is_int(gate_hours_change(&hours, sunday + 13 * 3600),
	    sunday + 18 * 3600, "until 6:00");
	ok(!gate_hours_open(&hours, sunday + 18 * 3600), "then it closes");
}

static void
test_edges(void)
{
	struct conf_interval always = { .from = 0, .to = CONF_WEEK_MINUTES };
	struct conf_hours none = { .count = 0 };
	struct conf_hours hours = { .at = &always, .count = 1 };
	struct gate_hours_state state = { 0 };
	time_t now = 1743336000;

	ok(gate_hours_open(&none, now), "without hours it is open");
	ok(gate_hours_change(&none, now) > now + 7 * DAY, "for days");
	ok(gate_hours_change(&hours, now) > now + 7 * DAY,
	    "a whole week has no end");
	always =
	    (struct conf_interval) { .from = AT(0, 8, 0), .to = AT(0, 9, 0) };
	set_zone("UTC");
	ok(!gate_hours_ask(&hours, &state, now), "it is closed");
	ok(gate_hours_ask(&hours, &state, now + 20 * 3600 + 1),
	    "and when the clock jumps, open");
	ok(!gate_hours_ask(&hours, &state, now), "and closed when it is back");
	ok(!gate_hours_ask(&hours, &state, now + 365 * DAY), "or a year ahead");
}

int
main(void)
{
	tap_seed(15);
	test_night();
	test_edges();
	if (has_zones())
		test_walks();
	else
		tap_skip("walks over changes of time", "no zone files");
	return done_testing();
}

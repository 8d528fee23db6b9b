/* SPDX-License-Identifier: ISC */
/* One line of figures: key=value key=value, or an object of JSON. */
#include <stdlib.h>

#include "bench/load.h"

static const char *const outcome_names[LOAD_OUTCOMES] = {
	[LOAD_RIGHT] = "right",
	[LOAD_NO_SOCKET] = "no_socket",
	[LOAD_CONNECT_FAILED] = "connect_failed",
	[LOAD_WRONG_ANSWER] = "wrong_answer",
	[LOAD_ENDED_EARLY] = "ended_early",
	[LOAD_RESET] = "reset",
	[LOAD_LOST] = "lost",
	[LOAD_OTHER] = "other",
};

static void
put_name(struct load_report *report, const char *name)
{
	if (report->json)
		(void)fprintf(report->file,
		    "%s\"%s\": ", report->begun ? ", " : "{", name);
	else
		(void)fprintf(
		    report->file, "%s%s=", report->begun ? " " : "", name);
	report->begun = true;
}

void
load_put_count(struct load_report *report, const char *name, long long value)
{
	put_name(report, name);
	(void)fprintf(report->file, "%lld", value);
}

void
load_put_real(struct load_report *report, const char *name, double value)
{
	put_name(report, name);
	(void)fprintf(report->file, "%.*f", value < 1000 ? 3 : 0, value);
}

void
load_put_outcomes(struct load_report *report, const long *outcomes, long total)
{
	for (int i = 0; i < LOAD_OUTCOMES; i++) {
		load_put_count(report, outcome_names[i], outcomes[i]);
		total -= outcomes[i];
	}
	load_put_count(report, "unfinished", total);
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

void
load_put_percentiles(struct load_report *report, uint32_t *micros, size_t count)
{
	static const struct {
		const char *name;
		size_t per_mille;
	} wanted[] = { { "p50_us", 500 }, { "p90_us", 900 }, { "p99_us", 990 },
		{ "max_us", 1000 } };

	qsort(micros, count, sizeof(*micros), compare);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		load_put_count(report, wanted[i].name,
		    count == 0
			? 0
			: micros[(count - 1) * wanted[i].per_mille / 1000]);
}

void
load_report_end(struct load_report *report)
{
	(void)fprintf(report->file, report->json ? "}\n" : "\n");
	if (fflush(report->file) != 0)
		load_give_up("stdout");
}

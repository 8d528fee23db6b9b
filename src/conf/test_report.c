/* SPDX-License-Identifier: ISC */
/* Findings that rooms above add to a report. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/report.h"
#include "tap.h"

static struct conf_report report;

static int
add(const char *file, unsigned int line, const char *text, bool warning)
{
	struct err e;

	(void)err_set(&e, EINVAL, "%s", text);
	e.file = file;
	e.line = line;
	return conf_report_add(&report, &e, warning);
}

static const char *
shown(size_t i)
{
	static char line[ERR_TEXT_SIZE + 100];

	return i >= report.count
	    ? ""
	    : err_format(&report.findings[i].err, line, sizeof(line));
}

/* A report as conf_load() makes it. */
static void
start(void)
{
	const struct conf_place b2 = { "b", 2 }, a9 = { "a", 9 };
	struct conf_findings f;

	if (conf_findings_init(&f) < 0 ||
	    conf_findings_add_file(&f, b2.file) < 0 ||
	    conf_findings_add_file(&f, a9.file) < 0)
		tap_bail("no memory");
	conf_warning(&f, &a9, "nine");
	conf_mistake(&f, &b2, "two");
	(void)conf_findings_finish(&f, &report);
	conf_findings_done(&f);
}

static void
test_order(void)
{
	char name[] = "hosts.deny";

	start();
	ok(add(name, 3, "three", false) == 0 &&
		add("a", 9, "more", true) == 0 &&
		add("b", 1, "one", false) == 0 &&
		add(name, 1, "first", false) == 0 &&
		add(NULL, 0, "nowhere", false) == 0,
	    "findings are added");
	memset(name, 'x', strlen(name));
	is_int((intmax_t)report.count, 7, "to those that are there");
	is_int((intmax_t)report.mistakes, 5, "mistakes are counted");
	is_int((intmax_t)report.warnings, 2, "and warnings");
	is_str(shown(0), "b:1: one", "known files stay in their order");
	is_str(shown(1), "b:2: two", "their lines too");
	is_str(shown(2), "a:9: nine", "of one line in order of discovery");
	is_str(shown(3), "a:9: more", "the later one");
	is_str(shown(4), "hosts.deny:1: first", "a new file comes behind");
	is_str(shown(5), "hosts.deny:3: three", "its name is kept");
	is_str(shown(6), "nowhere", "and no file at all");
	ok(report.findings[3].warning && !report.findings[4].warning,
	    "each is what it is");
	(void)add("b", 2, "two", false);
	is_int((intmax_t)report.mistakes, 5, "the same again is not new");
	conf_report_free(&report);
}

static void
test_bound(void)
{
	char text[32];

	start();
	for (unsigned int i = 100; i > 0; i--) {
		(void)snprintf(text, sizeof(text), "number %u", i);
		(void)add("c", i, text, i % 2 == 0);
	}
	is_int((intmax_t)report.count, CONF_FINDINGS_MAX, "so many are kept");
	is_int((intmax_t)report.mistakes, 51, "all are counted");
	is_int((intmax_t)report.warnings, 51, "warnings as well");
	is_str(shown(0), "b:2: two", "the first is kept");
	is_str(shown(1), "c:1: number 1", "mistakes push warnings out");
	is_str(shown(49), "c:97: number 97", "and later mistakes");
	(void)add("d", 1, "late", false);
	is_str(shown(49), "c:97: number 97", "what comes too late is not kept");
	is_int((intmax_t)report.mistakes, 52, "but counted");
	conf_report_free(&report);
}

static void
test_empty(void)
{
	(void)add("a", 1, "one", false);
	is_str(shown(0), "a:1: one", "an empty report takes one, too");
	conf_report_free(&report);
}

int
main(void)
{
	test_order();
	test_bound();
	test_empty();
	return done_testing();
}

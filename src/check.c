/* SPDX-License-Identifier: ISC */
/* Checking a configuration for people, and --reload, which begins with it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "conf/dump.h"
#include "superd.h"

void
check_print(const struct conf_report *report)
{
	char line[ERR_TEXT_SIZE + 4096];

	for (size_t i = 0; i < report->count; i++) {
		const struct conf_finding *f = &report->findings[i];
		struct err e = f->err;

		if (f->warning)
			(void)err_wrap(&e, "warning");
		(void)fprintf(
		    stderr, "%s\n", err_format(&e, line, sizeof(line)));
	}
}

void
check_print_sum(const struct superd *s)
{
	const char *path = superd_path(s);
	size_t mistakes = s->report.mistakes, warnings = s->report.warnings;

	(void)fprintf(
	    stderr, "superd: %s: ", path != NULL ? path : "command line");
	if (s->conf != NULL)
		(void)fprintf(stderr, "%zu service%s, no mistake",
		    s->conf->service_count,
		    s->conf->service_count == 1 ? "" : "s");
	else
		(void)fprintf(stderr, "%zu mistake%s", mistakes,
		    mistakes == 1 ? "" : "s");
	if (mistakes > 0 || warnings > 0)
		(void)fprintf(stderr, ", %zu warning%s", warnings,
		    warnings == 1 ? "" : "s");
	(void)fputc('\n', stderr);
}

int
check_run(struct superd *s)
{
	int error = superd_load(s);

	check_print(&s->report);
	if (error == 0 && s->options.action == OPTIONS_DUMP)
		return conf_dump(s->conf, stdout) < 0 || fflush(stdout) != 0
		    ? EXIT_FAILED_CODE
		    : EXIT_OK_CODE;
	if (error < 0 || s->options.louder >= 0)
		check_print_sum(s);
	return error < 0 ? EXIT_CONFIG_CODE : EXIT_OK_CODE;
}

/* Checks first: a mistake is better told here than in a log. */
int
check_and_reload(struct superd *s)
{
	struct err e = { 0 };
	const char *pidfile;
	int pid;

	if (check_run(s) != EXIT_OK_CODE)
		return EXIT_CONFIG_CODE;
	pidfile = s->conf->daemon.pidfile;
	if (pidfile == NULL)
		pid = err_set(&e, ENOENT,
		    "there is no pidfile in the configuration to know the "
		    "running superd by: send it SIGHUP");
	else
		pid = pidfile_holder(pidfile, &e);
	if (pid > 0 && kill(pid, SIGHUP) < 0)
		pid = err_system(&e, errno, "cannot signal process %d", pid);
	if (pid > 0)
		return EXIT_OK_CODE;
	superd_print_error(&e);
	return EXIT_FAILED_CODE;
}

/* SPDX-License-Identifier: ISC */
/* The successor's side of an upgrade; core/upgrade.c is the other one. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/num.h"
#include "core/privileges.h"
#include "core/process.h"
#include "core/upgrade.h"
#include "log/log.h"
#include "superd.h"

/* Two arguments less. */
static void
shift(int *argc, char **argv)
{
	for (int i = 1; i + 2 <= *argc; i++)
		argv[i] = argv[i + 2];
	*argc -= 2;
}

int
resume_options(struct superd *s, int *argc, char **argv)
{
	uint64_t fd;

	if (*argc > 2 &&
	    (strcmp(argv[1], "--resume") == 0 ||
		strcmp(argv[1], "--check-resume") == 0)) {
		if (num_parse_unsigned(argv[2], &fd) < 0 || fd > INT_MAX) {
			(void)fprintf(stderr,
			    "superd: %s is between two superds; send SIGUSR2 "
			    "for an upgrade\n",
			    argv[1]);
			return -EINVAL;
		}
		s->resume_fd = (int)fd;
		s->only_try = strcmp(argv[1], "--check-resume") == 0;
		shift(argc, argv);
	}
	/* getopt_long(3) changes the order of what it is given. */
	s->argv = calloc((size_t)*argc + 1, sizeof(*s->argv));
	if (s->argv == NULL)
		return -ENOMEM;
	memcpy(s->argv, argv, (size_t)*argc * sizeof(*argv));
	s->options.resumes = s->resume_fd >= 0;
	return 0;
}

int
resume_read(struct superd *s, struct err *e)
{
	int error;

	s->state_arena = arena_new();
	if (s->state_arena == NULL)
		return err_memory(e);
	error = state_read_fd(s->resume_fd, s->state_arena, &s->state, e);
	(void)close(s->resume_fd);
	return error < 0 ? err_wrap(e, "cannot take over") : 0;
}

void
resume_done(struct superd *s)
{
	arena_free(s->state_arena);
	s->state_arena = NULL;
}

/*
 * Log and pid file as the configuration wants them now, opened beside those
 * of the other one and let go again.
 */
static int
try_files(struct superd *s, struct err *e)
{
	const struct conf_daemon *d = &s->conf->daemon;
	struct log_options options;
	struct pidfile p;
	int error, held = s->state.daemon.pidfile_fd;

	load_log_options(&s->source, s->conf, &options);
	error = log_open(&options, e);
	/* What happens here is not the log's business. */
	log_set_level(LOG_LEVEL_ERROR);
	if (error == 0)
		error = pidfile_take_over(&p, d->pidfile, held, e);
	if (error == 0 && p.fd == held)
		pidfile_forget(&p);
	else if (error == 0)
		pidfile_drop(&p);
	return error;
}

static int
try_all(struct superd *s, struct err *e)
{
	const struct core_owner owner = superd_owner(s);
	int error;

	process_raise_files(&s->host);
	error = process_take(s->conf, &s->host, e);
	if (error == 0)
		error = resume_read(s, e);
	if (error == 0)
		error = try_files(s, e);
	if (error == 0)
		error = core_try(&s->core, s->conf, &owner, e);
	if (error == 0)
		error = privileges_change(&s->core, s->conf, e);
	return error;
}

int
resume_try(struct superd *s)
{
	char answer[UPGRADE_ANSWER_SIZE];
	struct err e = { 0 };
	int error = superd_load(s);

	if (error < 0) {
		check_print(&s->report);
		return EXIT_CONFIG_CODE;
	}
	error = try_all(s, &e);
	/* Paths and files are the other one's: nothing is taken down here. */
	if (error < 0) {
		superd_print_error(&e);
		return EXIT_FAILED_CODE;
	}
	upgrade_format_answer(s->state.daemon.instance, answer);
	return fputs(answer, stdout) < 0 || fflush(stdout) != 0
	    ? EXIT_FAILED_CODE
	    : EXIT_OK_CODE;
}

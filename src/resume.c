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
#include "core/process.h"
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

int
resume_try(struct superd *s)
{
	struct core_owner owner = {
		.host = &s->host,
		.source = &s->source,
		.pidfile = &s->pidfile,
		.adopted = &s->adopted,
		.state = &s->state,
	};
	char line[ERR_TEXT_SIZE + 4096];
	struct err e = { 0 };
	int error = superd_load(s);

	if (error < 0) {
		check_print(&s->report);
		return EXIT_CONFIG_CODE;
	}
	process_raise_files(&s->host);
	error = process_take(s->conf, &s->host, &e);
	if (error == 0)
		error = resume_read(s, &e);
	if (error == 0)
		error = core_try(&s->core, s->conf, &owner, &e);
	if (error < 0)
		(void)fprintf(
		    stderr, "superd: %s\n", err_format(&e, line, sizeof(line)));
	/* Paths and files are the other one's: nothing is taken down here. */
	return error < 0 ? EXIT_FAILED_CODE : EXIT_OK_CODE;
}

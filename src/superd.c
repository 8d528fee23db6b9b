/* SPDX-License-Identifier: ISC */
/*
 * superd, the superserver: main.  run.c has the order in which the rooms
 * start and stop; what each of them does is written in its own directory.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "conf/schema.h"
#include "core/privileges.h"
#include "log/log.h"
#include "superd.h"

const char *
superd_path(const struct superd *s)
{
	const struct options *o = &s->options;

	if (o->listen_count > 0)
		return NULL;
	return o->path != NULL ? o->path : SUPERD_SYSCONFDIR "/superd.ini";
}

void
superd_print_error(const struct err *e)
{
	char line[ERR_TEXT_SIZE + 4096];

	(void)fprintf(
	    stderr, "superd: %s\n", err_format(e, line, sizeof(line)));
}

struct core_owner
superd_owner(struct superd *s)
{
	return (struct core_owner) {
		.host = &s->host,
		.source = &s->source,
		.pidfile = &s->pidfile,
		.adopted = &s->adopted,
		.ready = &s->ready,
		.state = s->resume_fd < 0 ? NULL : &s->state,
	};
}

int
superd_load(struct superd *s)
{
	const struct options *o = &s->options;

	s->source = (struct core_source) {
		.from = { .path = superd_path(s),
		    .sets = o->sets,
		    .set_count = o->set_count,
		    .listens = o->listens,
		    .listen_count = o->listen_count,
		    .argv = o->handler },
		.louder = o->louder,
		.detached = o->detach,
	};
	privileges_of_start(&s->source.from);
	return load_conf(&s->source, &s->conf, &s->report);
}

static int
act(struct superd *s)
{
	switch (s->options.action) {
	case OPTIONS_RUN:
		return s->only_try ? resume_try(s) : run(s);
	case OPTIONS_TEST:
	case OPTIONS_DUMP:
		return check_run(s);
	case OPTIONS_RELOAD:
		return check_and_reload(s);
	case OPTIONS_KEYS:
		conf_print_keys(stdout);
		break;
	case OPTIONS_EVENTS:
		log_print_events(stdout);
		break;
	case OPTIONS_VERSION:
		(void)printf("superd %s\nconfiguration %s\n", PACKAGE_VERSION,
		    SUPERD_SYSCONFDIR "/superd.ini");
		break;
	case OPTIONS_HELP:
		options_print_help(stdout);
		break;
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_OK_CODE
						      : EXIT_FAILED_CODE;
}

int
main(int argc, char **argv)
{
	static struct superd s = { .detached = -1,
		.resume_fd = -1,
		.pidfile.fd = -1,
		.ready = { .fd = -1 },
		.core = { .loop.epoll_fd = -1,
		    .signals.fd = -1,
		    .upgrade.words.fd = -1 } };
	int status;

	/* Nothing that is opened from now on may become 0, 1 or 2. */
	if (fd_fill_standard() < 0)
		return EXIT_FAILED_CODE;
	if (resume_options(&s, &argc, argv) < 0 ||
	    options_parse(argc, argv, &s.options) < 0)
		return EXIT_USAGE_CODE;
	status = act(&s);
	conf_report_free(&s.report);
	conf_free(s.conf);
	load_source_done(&s.source);
	options_done(&s.options);
	free(s.argv);
	return status;
}

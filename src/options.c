/* SPDX-License-Identifier: ISC */
/* One row an option: it drives getopt_long(3) and the help. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "options.h"

/* Options without a letter have numbers above all letters. */
enum {
	OPT_DUMP = 256,
	OPT_KEYS,
	OPT_EVENTS,
	OPT_SET,
	OPT_PIDFILE,
	OPT_READY_FD,
	OPT_RELOAD
};

struct row {
	int letter;
	const char *name;
	const char *argument; /* NULL: takes none */
	const char *what;
};

static const struct row rows[] = {
	{ 'c', "config", "FILE",
	    "read FILE instead of the system's superd.ini" },
	{ 'l', "listen", "ADDR",
	    "no file: serve the handler behind -- on ADDR" },
	{ OPT_SET, "set", "KEY=VALUE", "set a key, over what the file says" },
	{ 't', "test", NULL, "check the configuration and end" },
	{ OPT_DUMP, "dump", NULL,
	    "print the effective configuration and "
	    "end" },
	{ OPT_RELOAD, "reload", NULL,
	    "have the running superd read its "
	    "configuration again" },
	{ OPT_KEYS, "keys", NULL, "print the table of all keys and end" },
	{ OPT_EVENTS, "events", NULL,
	    "print the table of all log events and "
	    "end" },
	{ 'd', "detach", NULL,
	    "go to the background when all sockets "
	    "listen" },
	{ OPT_PIDFILE, "pidfile", "FILE", "as --set pidfile=FILE" },
	{ OPT_READY_FD, "ready-fd", "N", "write what listens to descriptor N" },
	{ 'v', "verbose", NULL, "log more (one level each time)" },
	{ 'q', "quiet", NULL, "log less (one level each time)" },
	{ 'V', "version", NULL,
	    "print the version and the default file, and end" },
	{ 'h', "help", NULL, "print this and end" },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

void
options_print_help(FILE *to)
{
	char left[40];

	fputs("usage: superd [-dqtv] [-c FILE] [--set KEY=VALUE] ...\n"
	      "       superd [-dqv] -l ADDR ... [--set KEY=VALUE] ... -- "
	      "HANDLER [ARG ...]\n\n",
	    to);
	for (size_t i = 0; i < ROW_COUNT; i++) {
		const struct row *r = &rows[i];
		bool has_letter = r->letter < OPT_DUMP;

		(void)snprintf(left, sizeof(left), "%c%c%s--%s%s%s",
		    has_letter ? '-' : ' ', has_letter ? r->letter : ' ',
		    has_letter ? ", " : "  ", r->name,
		    r->argument != NULL ? " " : "",
		    r->argument != NULL ? r->argument : "");
		(void)fprintf(to, "  %-22s %s\n", left, r->what);
	}
	fputs("\nsuperd(8) has the rest, superd.ini(5) the keys.\n", to);
}

static void
fill_getopt(char *letters, struct option *names)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		names[i] = (struct option) { .name = rows[i].name,
			.has_arg = rows[i].argument != NULL,
			.val = rows[i].letter };
		if (rows[i].letter >= OPT_DUMP)
			continue;
		*letters++ = (char)rows[i].letter;
		if (rows[i].argument != NULL)
			*letters++ = ':';
	}
	*letters = '\0';
}

static int
misused(const char *what, const char *value)
{
	(void)fprintf(stderr, "superd: %s%s%s%s; superd -h tells more\n", what,
	    value != NULL ? " '" : "", value != NULL ? value : "",
	    value != NULL ? "'" : "");
	return -EINVAL;
}

/* "pidfile=" and the path, as --set takes it. */
static int
set_pidfile(struct options *o, const char *path)
{
	if (asprintf(&o->sets[o->set_count], "pidfile=%s", path) < 0)
		return misused("out of memory", NULL);
	o->set_count++;
	return 0;
}

static int
add_set(struct options *o, const char *text)
{
	if (strchr(text, '=') == NULL)
		return misused("--set needs KEY=VALUE, not", text);
	o->sets[o->set_count] = strdup(text);
	if (o->sets[o->set_count] == NULL)
		return misused("out of memory", NULL);
	o->set_count++;
	return 0;
}

static int
set_ready_fd(struct options *o, const char *text)
{
	uint64_t number;

	if (num_parse_unsigned(text, &number) < 0 || number > INT_MAX)
		return misused(
		    "--ready-fd needs a descriptor's number, not", text);
	if (!o->resumes && fcntl((int)number, F_GETFD) < 0)
		return misused(
		    "--ready-fd needs an open descriptor, not", text);
	o->ready_fd = (int)number;
	return 0;
}

static int
take(struct options *o, int letter, char *argument)
{
	switch (letter) {
	case 'c':
		o->path = argument;
		return 0;
	case 'l':
		o->listens[o->listen_count++] = argument;
		return 0;
	case OPT_SET:
		return add_set(o, argument);
	case OPT_PIDFILE:
		return set_pidfile(o, argument);
	case OPT_READY_FD:
		return set_ready_fd(o, argument);
	case 't':
		o->action = OPTIONS_TEST;
		return 0;
	case OPT_DUMP:
		o->action = OPTIONS_DUMP;
		return 0;
	case OPT_RELOAD:
		o->action = OPTIONS_RELOAD;
		return 0;
	case OPT_KEYS:
		o->action = OPTIONS_KEYS;
		return 0;
	case OPT_EVENTS:
		o->action = OPTIONS_EVENTS;
		return 0;
	case 'd':
		o->detach = true;
		return 0;
	case 'v':
		o->louder++;
		return 0;
	case 'q':
		o->louder--;
		return 0;
	case 'V':
		o->action = OPTIONS_VERSION;
		return 0;
	case 'h':
		o->action = OPTIONS_HELP;
		return 0;
	default:
		return misused("unknown option or missing argument", NULL);
	}
}

/* Do the options fit together? */
static int
check(const struct options *o, const char *first_word)
{
	if (o->listen_count > 0 && o->path != NULL)
		return misused("-l and -c do not go together", NULL);
	if (o->listen_count > 0 && o->handler == NULL)
		return misused("-l needs a handler: superd -l ADDR -- HANDLER "
			       "[ARG ...]",
		    NULL);
	if (o->listen_count == 0 && first_word != NULL)
		return misused("there is a word too many:", first_word);
	return 0;
}

int
options_parse(int argc, char **argv, struct options *ret_options)
{
	struct option names[ROW_COUNT + 1] = { { 0 } };
	char letters[2 * ROW_COUNT + 1];
	struct options o = { .ready_fd = -1, .resumes = ret_options->resumes };
	int letter, error = 0;

	fill_getopt(letters, names);
	o.sets = calloc((size_t)argc + 1, sizeof(*o.sets));
	o.listens = calloc((size_t)argc + 1, sizeof(*o.listens));
	if (o.sets == NULL || o.listens == NULL)
		error = misused("out of memory", NULL);
	while (error == 0 &&
	    (letter = getopt_long(argc, argv, letters, names, NULL)) != -1)
		error = take(&o, letter, optarg);
	if (error == 0 && optind < argc && o.listen_count > 0)
		o.handler = argv + optind;
	if (error == 0 && o.action != OPTIONS_HELP)
		error = check(&o, argv[optind]);
	if (error < 0) {
		options_done(&o);
		return error;
	}
	*ret_options = o;
	return 0;
}

void
options_done(struct options *options)
{
	for (size_t i = 0; i < options->set_count; i++)
		free(options->sets[i]);
	free(options->sets);
	free(options->listens);
	options->sets = options->listens = NULL;
	options->set_count = 0;
}

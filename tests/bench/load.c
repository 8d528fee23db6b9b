/* SPDX-License-Identifier: ISC */
/*
 * load: clients for an echo service on loopback, bounded in number and time.
 * usage() below says what it can do.  It prints one line: what was right,
 * errors by kind, right ones a second, microseconds to the first byte, and
 * with --pid what that cost the supervisor.  Exits 0 if all was right, 1 if
 * not, 2 if it could not try.
 */
#include <sys/resource.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load.h"

#define OPTION_HELP 1

static void __attribute__((noreturn)) usage(FILE *file, int status)
{
	(void)fputs(
	    "usage: load [OPTION...] PORT\n"
	    "\n"
	    "Without a mode: connections to an echo service, --concurrent at "
	    "a\n"
	    "time; each sends, half-closes, and must get the same back and "
	    "then\n"
	    "the end. Other modes:\n"
	    "  -H, --hold            all stay open until stdin ends\n"
	    "  -B, --burst           all connect at once\n"
	    "  -D, --deny            all must be dropped without an answer\n"
	    "  -S, --stream=BYTES    one connection with so many (k, m, g)\n"
	    "  -U, --udp             datagrams, --concurrent under way\n"
	    "\n"
	    "  -n, --total=N         connections or datagrams [1000]\n"
	    "  -c, --concurrent=N    at a time [16]\n"
	    "  -b, --bytes=N         in each, up to 65536 [32]\n"
	    "  -o, --held=N          others that are open meanwhile\n"
	    "  -e, --late-end        half-close only behind the answer\n"
	    "  -f, --for=SECONDS     begin no more after that\n"
	    "  -t, --limit=SECONDS   give up after that [60]\n"
	    "  -k, --keep=SECONDS    hold no longer than that [600]\n"
	    "  -p, --pid=PID         the supervisor: tell what it used\n"
	    "  -j, --json            print JSON\n",
	    file);
	exit(status);
}

/* A number from 1, with k, m or g behind it. */
static long
parse_number(const char *text, long most)
{
	static const char suffixes[] = "kmg";
	const char *suffix;
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	suffix = *end == '\0' ? NULL : strchr(suffixes, *end);
	if (suffix != NULL) {
		for (const char *s = suffixes; s <= suffix && n <= most; s++)
			n *= 1024;
		end++;
	}
	if (errno != 0 || end == text || *end != '\0' || n < 1 || n > most) {
		(void)fprintf(stderr, "load: '%s' is no number from 1 to %ld\n",
		    text, most);
		exit(2);
	}
	return n;
}

static const struct option long_options[] = {
	{ "hold", no_argument, NULL, 'H' },
	{ "burst", no_argument, NULL, 'B' },
	{ "deny", no_argument, NULL, 'D' },
	{ "stream", required_argument, NULL, 'S' },
	{ "udp", no_argument, NULL, 'U' },
	{ "total", required_argument, NULL, 'n' },
	{ "concurrent", required_argument, NULL, 'c' },
	{ "bytes", required_argument, NULL, 'b' },
	{ "held", required_argument, NULL, 'o' },
	{ "for", required_argument, NULL, 'f' },
	{ "limit", required_argument, NULL, 't' },
	{ "keep", required_argument, NULL, 'k' },
	{ "pid", required_argument, NULL, 'p' },
	{ "late-end", no_argument, NULL, 'e' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static void
set_mode(struct load_options *o, enum load_mode mode)
{
	if (o->mode != LOAD_RATE)
		usage(stderr, 2);
	o->mode = mode;
}

static void
set_number(struct load_options *o, int option, const char *text)
{
	const long seconds_most = 86400, total_most = 100000000;

	if (option == 'n')
		o->total = parse_number(text, total_most);
	else if (option == 'c')
		o->concurrent = parse_number(text, 1000000);
	else if (option == 'b')
		o->bytes = parse_number(text, LOAD_BYTES_MOST);
	else if (option == 'o')
		o->held = parse_number(text, 1000000);
	else if (option == 'f')
		o->for_seconds = parse_number(text, seconds_most);
	else if (option == 't')
		o->limit_seconds = parse_number(text, seconds_most);
	else if (option == 'k')
		o->keep_seconds = parse_number(text, seconds_most);
	else
		o->pid = (pid_t)parse_number(text, 1 << 22);
}

static void
parse_option(struct load_options *o, int option)
{
	switch (option) {
	case 'H':
		set_mode(o, LOAD_HOLD);
		break;
	case 'B':
		set_mode(o, LOAD_BURST);
		break;
	case 'D':
		set_mode(o, LOAD_DENY);
		break;
	case 'U':
		set_mode(o, LOAD_UDP);
		break;
	case 'S':
		set_mode(o, LOAD_STREAM);
		o->stream_bytes = (uint64_t)parse_number(optarg, 1L << 40);
		break;
	case 'e':
		o->late_end = true;
		break;
	case 'j':
		o->json = true;
		break;
	case OPTION_HELP:
		usage(stdout, 0);
	case '?':
		usage(stderr, 2);
	default:
		set_number(o, option, optarg);
	}
}

static void
parse(struct load_options *o, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "HBDS:Un:c:b:o:f:t:k:p:ej",
		    long_options, NULL)) != -1)
		parse_option(o, option);
	if (optind + 1 != argc || (o->held > 0 && o->mode != LOAD_RATE))
		usage(stderr, 2);
	o->port = (uint16_t)parse_number(argv[optind], UINT16_MAX);
	if (o->mode == LOAD_BURST || o->concurrent > o->total)
		o->concurrent = o->total;
}

/* As root even above what is allowed now. */
static void
raise_nofile(const struct load_options *o)
{
	long most = o->mode == LOAD_HOLD ? o->total : o->concurrent + o->held;
	rlim_t want = (rlim_t)(most + 64);
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		return;
	l.rlim_cur = l.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &l);
	if (l.rlim_max < want) {
		l.rlim_cur = l.rlim_max = want;
		(void)setrlimit(RLIMIT_NOFILE, &l);
	}
}

static void
hold_others(const struct load_options *o, struct load_clients *others)
{
	if (o->held == 0)
		return;
	load_clients_init_kept(others, o, o->held);
	load_clients_run(others);
}

/* Those that were held meanwhile still answer. */
static bool
others_are_right(const struct load_options *o, struct load_clients *others,
    struct load_report *report)
{
	if (o->held == 0)
		return true;
	load_clients_again(others);
	load_put_count(report, "held", o->held);
	load_put_count(report, "held_right", others->outcomes[LOAD_RIGHT]);
	load_clients_done(others);
	return others->outcomes[LOAD_RIGHT] == o->held;
}

static void
put_clients(struct load_clients *l, struct load_report *report)
{
	double seconds = (double)(l->end_ns - l->begin_ns) / LOAD_NS_PER_S;

	load_put_count(report, "connections", l->total);
	load_put_outcomes(report, l->outcomes, l->total);
	load_put_real(report, "seconds", seconds);
	load_put_real(
	    report, "per_second", (double)l->outcomes[LOAD_RIGHT] / seconds);
	load_put_percentiles(report, l->first_byte_us, l->first_bytes);
	if (l->first_bytes == 0)
		return;
	load_put_real(report, "first_answer_ms",
	    (double)(l->first_answer_ns - l->begin_ns) / 1e6);
	load_put_real(report, "last_answer_ms",
	    (double)(l->last_answer_ns - l->begin_ns) / 1e6);
}

static bool
rate(const struct load_options *o, struct load_report *report)
{
	struct load_clients others, l;
	struct load_usage before, after;
	bool has_usage, right;

	hold_others(o, &others);
	load_clients_init(&l, o);
	has_usage = o->pid > 0 && load_usage_read(o->pid, &before) == 0;
	load_clients_run(&l);
	has_usage = has_usage && load_usage_read(o->pid, &after) == 0;
	put_clients(&l, report);
	load_clients_done(&l);
	if (has_usage)
		load_put_usage(report, &before, &after, l.finished);
	right = others_are_right(o, &others, report);
	return right && l.outcomes[LOAD_RIGHT] == l.total;
}

int
main(int argc, char **argv)
{
	static struct load_options o = { .total = 1000,
		.concurrent = 16,
		.bytes = 32,
		.limit_seconds = 60,
		.keep_seconds = 600 };
	struct load_report report = { .file = stdout };
	bool right;

	parse(&o, argc, argv);
	raise_nofile(&o);
	report.json = o.json;
	if (o.mode == LOAD_HOLD)
		right = load_hold(&o, &report);
	else if (o.mode == LOAD_STREAM)
		right = load_stream(&o, &report);
	else if (o.mode == LOAD_UDP)
		right = load_udp(&o, &report);
	else
		right = rate(&o, &report);
	load_report_end(&report);
	return right ? 0 : 1;
}

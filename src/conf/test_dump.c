/* SPDX-License-Identifier: ISC */
/*
 * dump(parse(dump(x))) == dump(x), for nasty values and for random ones; and
 * a file that was damaged at random never crashes the reader.
 */
#include <time.h>

#include "conf/test_files.h"

/* Dumps, loads that and dumps again. */
static bool
round_trip(const struct conf *conf)
{
	char *first = dumped(conf), *second = NULL;
	struct conf *again;
	bool same;

	file_text("dump.ini", first);
	again = load_file("dump.ini");
	if (again == NULL)
		tap_note("%s", finding(0));
	else
		second = dumped(again);
	same = second != NULL && strcmp(first, second) == 0;
	if (!same)
		tap_note("first: %s\nthen: %s", first,
		    second == NULL ? "nothing" : second);
	conf_free(again);
	free(first);
	free(second);
	return same;
}

static const char sample[] =
    "[superd]\nlog = './my log'\nlog_format = json\nmax_connections = 77\n"
    "handler_path = h 'h i'\npidfile = p\n"
    "hosts_allow = none\nhosts_deny = none\n"
    "[defaults]\ndeny = 10.1.0.0/16\nban_for = 9m\nrefuse_message = no\n"
    "backlog = 3\nlimit_cpu = 90s:infinity\n"
    "[ports]\n1 = cat\n2 = cat -n\n3 = sh -c 'x=1; echo \"$x\"'\n"
    "[long]\nlisten = 4, 127.0.0.1:5 unix:s,unix:@abs\n [::1]:6 0 0\n"
    "handler = cat ''  '[a]' '=' 'a=b' ';c' '#d' a=b 'tab\there' \\\n"
    "  \"quote'd\" $'\\n\\x01\\xff' 'trailing\\' umlaut-\xc3\xa4\n"
    "description = 'a '';'' b'\nargv0 = ' x '\n"
    "environment = A=1 'B=x y' C= lower=case\n"
    "groups = root,0\nnice = 3\nmax_runtime = 1h1m1s1ms\nmark = 1\n"
    "limit_nofile = 10:20\nlimit_as = 1g\nsocket_mode = 0666\n"
    "[gate]\nlisten = 9, unix:g\nhandler = cat\nmax_per_source = 7\n"
    "allow = 10.0.0.0/8,192.0.2.1 2001:db8::/32 unix '@a list'\ndeny = all\n"
    "hours = 7:00-8:00 fri-mon,wed 22:00-06:00 00:00-24:00 mon tue 9:00-9:30\n"
    "rate = 7/90s burst 8\nrate_per_source = 60/m\nsource_prefix_v4 = 24\n"
    "source_prefix_v6 = 48\nover_limit = refuse\nrefuse_message = "
    "$'421 no; \\r\\n'\nmax_load = 0.25\nmin_free_memory = 1m\n"
    "hosts_access = yes\n"
    "ban_after = 3/10m\nban_on = exit:1-9 signal,exit:10,exit:255\n"
    "ban_for = 1h\nban_max = 30d\nban_exit = 0\n"
    "[open]\nlisten = 10\nhandler = cat\ndeny = none\nban_after = 1/d\n"
    "ban_on = none\nover_limit = reset\nallow = all\nhours = always\n"
    "[off]\nlisten = 4\nhandler = ./script a\nenabled = no\ntos = 0\n"
    "[dual]\nlisten = 8\nv6only = no\nhandler = cat\nstderr = client\n";

static void
test_sample(void)
{
	struct conf *conf;

	file_text("script", "#!/bin/sh\n");
	file_text("a list", "192.0.2.0/24\n");
	chmod("script", 0755);
	conf = load_text(sample);
	if (conf == NULL)
		tap_note("%s", finding(0));
	if (!ok(conf != NULL, "the sample is good"))
		return;
	ok(round_trip(conf), "a dump loads to the same");
	conf_free(conf);
}

static void
random_word(char *word)
{
	static const char nasty[] = " ;#='\"\\$[]:,\t\n\r%";
	size_t length =
	    (size_t)tap_random_below(tap_random_below(8) == 0 ? 300 : 12);

	for (size_t i = 0; i < length; i++)
		word[i] = tap_random_below(2) == 0
		    ? nasty[tap_random_below(sizeof(nasty) - 1)]
		    : (char)(1 + tap_random_below(255));
	word[length] = '\0';
}

static void
test_random_arguments(void)
{
	static char words[6][400];
	char *listen[] = { (char[]) { "0" } };
	char *argv[8] = { (char[]) { "cat" } };
	const struct conf_source source = {
		.listens = listen, .listen_count = 1, .argv = argv
	};
	bool same = true;

	tap_seed(20);
	for (int run = 0; run < 300 && same; run++) {
		size_t count = (size_t)tap_random_below(6);
		struct conf *conf;

		for (size_t i = 0; i < count; i++) {
			random_word(words[i]);
			argv[i + 1] = words[i];
		}
		argv[count + 1] = NULL;
		conf = load_source(&source);
		same = conf != NULL && round_trip(conf);
		conf_free(conf);
	}
	ok(same, "whatever the arguments, a dump loads to the same");
}

/* One change: a byte, a cut, a doubled piece. */
static size_t
mutate(char *text, size_t length)
{
	size_t at = (size_t)tap_random_below(length);
	size_t piece = 1 + (size_t)tap_random_below(20);

	switch (tap_random_below(3)) {
	case 0:
		text[at] = (char)tap_random_below(256);
		return length;
	case 1:
		piece = piece < length - at ? piece : length - at;
		memmove(text + at, text + at + piece, length - at - piece);
		return length - piece;
	default:
		piece = piece < length - at ? piece : length - at;
		memmove(text + at + piece, text + at, length - at);
		return length + piece;
	}
}

static void
test_mutations(void)
{
	char text[sizeof(sample) + 400];
	bool sound = true;
	int good = 0;

	tap_seed(31);
	for (int run = 0; run < 600 && sound; run++) {
		size_t length = sizeof(sample) - 1;
		uint64_t changes = 1 + tap_random_below(8);
		struct conf *conf;

		memcpy(text, sample, length);
		while (changes-- > 0 && length > 40)
			length = mutate(text, length);
		file_put("t.ini", text, length);
		conf = load_file("t.ini");
		sound = (conf == NULL) == (loaded_report.mistakes > 0);
		good += conf != NULL;
		if (conf != NULL)
			sound = sound && round_trip(conf);
		conf_free(conf);
	}
	ok(sound, "damaged files are refused or round trip, and never crash");
	tap_note("%d of them were still good", good);
}

static void
test_garbage(void)
{
	static char bytes[300000];

	tap_seed(32);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)tap_random();
	file_put("t.ini", bytes, sizeof(bytes));
	ok(load_file("t.ini") == NULL, "garbage is refused");
	memset(bytes, 'x', sizeof(bytes));
	file_put("t.ini", bytes, sizeof(bytes));
	ok(load_file("t.ini") == NULL, "so is a line without end");
	is_int((intmax_t)loaded_report.mistakes, 1, "with one mistake");
}

/* Of our own processor time: others on the machine do not count. */
static double
seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* 100,000 services: four different ways to be slow are in it. */
static void
test_many_services(void)
{
	FILE *file = fopen("t.ini", "we");
	const struct conf_source source = {
		.path = "t.ini", .as_root = true, .held = UINT64_MAX
	};
	double start = seconds(), took;
	struct conf *conf;

	if (file == NULL)
		tap_bail("cannot write a file");
	(void)fputs("[defaults]\ngroup = root\n", file);
	for (int i = 0; i < 100000; i++)
		(void)fprintf(file,
		    "[s%d]\nlisten = 127.0.%d.%d:%d\nhandler = cat -n\n"
		    "user = %s\n",
		    i, i / 250 % 250, i % 250, 2000 + i / 62500,
		    i % 2 == 0 ? "root" : "4242");
	(void)fclose(file);
	conf = load_source(&source);
	took = seconds() - start;
	tap_note("%.2f s", took);
	ok(conf != NULL && conf->service_count == 100000,
	    "100,000 services are loaded");
	ok(took < (getenv("SUPERD_SANITIZERS") == NULL ? 5 : 60),
	    "in less than 5 seconds");
	conf_free(conf);
}

int
main(void)
{
	files_start();
	test_sample();
	test_random_arguments();
	test_mutations();
	test_garbage();
	test_many_services();
	conf_report_free(&loaded_report);
	files_end();
	return done_testing();
}

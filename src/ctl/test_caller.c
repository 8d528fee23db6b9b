/* SPDX-License-Identifier: ISC */
/*
 * The wire: whatever bytes come, in whatever pieces, each line gets one
 * answer that ends, and nothing is touched that is not the caller's.  Who may
 * ask what is tested with real users, by the suites.
 */
#include <sys/socket.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/conf.h"
#include "core/core.h"
#include "core/generation.h"
#include "core/service.h"
#include "ctl/caller.h"
#include "tap.h"

/* Mutated requests of one run. */
#define ROUNDS 20000

static struct {
	struct conf conf;
	struct core_generation generation;
	struct core core;
} world;

static void
world_init(void)
{
	static const uint8_t key[SIPHASH_KEY_SIZE];
	struct err e;

	world.generation.number = 1;
	world.conf.path = "superd.ini";
	world.core.conf = &world.conf;
	world.core.generation = &world.generation;
	if (loop_init(&world.core.loop, 16, &e) < 0 ||
	    conns_init(&world.core.conns, 4) < 0 ||
	    gate_sources_init(&world.core.sources, 8, key) < 0)
		tap_bail("no memory");
}

static void
world_done(void)
{
	loop_done(&world.core.loop);
	conns_done(&world.core.conns);
	gate_sources_done(&world.core.sources);
}

/* A caller and the other end of his socket. */
static struct ctl_caller *
call(int *ret_other)
{
	struct ctl_caller *c;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
		ends) < 0)
		tap_bail("no sockets");
	c = caller_new(&world.core, ends[0], 0, CTL_ROLE_ACT);
	if (c == NULL ||
	    loop_watch_start(&world.core.loop, &c->watch, ends[0], EPOLLIN) < 0)
		tap_bail("no memory");
	*ret_other = ends[1];
	return c;
}

static void
put(int fd, const char *bytes, size_t size)
{
	if (send(fd, bytes, size, MSG_NOSIGNAL) != (ssize_t)size)
		tap_bail("cannot send");
}

/* All that is there, as text. */
static const char *
take(int fd)
{
	static char room[1 << 20];
	size_t length = 0;
	ssize_t n;

	while ((n = recv(fd, room + length, sizeof(room) - 1 - length, 0)) > 0)
		length += (size_t)n;
	room[length] = '\0';
	return room;
}

static size_t
count_ends(const char *answers)
{
	size_t count = 0;

	for (; *answers != '\0'; answers += strcspn(answers, "\n") + 1)
		count += *answers == '.';
	return count;
}

static void
is_answer(const char *request, const char *begins, const char *what)
{
	struct ctl_caller *c;
	const char *got;
	int other;

	c = call(&other);
	put(other, request, strlen(request));
	if (!caller_serve(c, &world.core.loop))
		tap_bail("it was let go");
	got = take(other);
	if (!ok(strncmp(got, begins, strlen(begins)) == 0, what))
		tap_note("%.100s", got);
	caller_free(c, &world.core.loop);
	(void)close(other);
}

static void
test_answers(void)
{
	is_answer("ping\n", "{\"version\":", "who looks asks");
	is_answer("pnig\n",
	    ".error usage 'pnig' is no command: did you mean 'ping'?",
	    "a word that is nearly one");
	is_answer("show\n", ".error usage say show ID", "too few words");
	is_answer("show\t1\t2\n", ".error usage say show ID", "too many words");
	is_answer("show\t18446744073709551616\n", ".error usage ",
	    "a number that is none");
	is_answer(
	    "pause\tx\n", ".error missing ", "a service that is not there");
	is_answer("bans\n", ".ok\n", "nothing to tell");
	is_answer(
	    "list\tx y\n", ".error missing ", "a blank is no border of words");
}

/* The same bytes in pieces of one. */
static void
test_pieces(void)
{
	static const char request[] = "ping\nnonsense\nbans\n";
	struct ctl_caller *c;
	int other;

	c = call(&other);
	for (size_t i = 0; i < sizeof(request) - 1; i++) {
		put(other, &request[i], 1);
		if (!caller_serve(c, &world.core.loop))
			tap_bail("it was let go");
	}
	is_int((intmax_t)count_ends(take(other)), 3,
	    "requests may come byte by byte");
	(void)shutdown(other, SHUT_WR);
	ok(!caller_serve(c, &world.core.loop), "who asks no more is through");
	caller_free(c, &world.core.loop);
	(void)close(other);
}

/* One request, most of which was a good one. */
static size_t
mutate(char *to, size_t room)
{
	static const char *const requests[] = { "ping", "status", "list",
		"show\t1", "kill\tid:1", "kill\tsource:10.0.0.0/8",
		"ban\t192.0.2.1\t10m\tx", "unban\t192.0.2.1", "bans",
		"events\t-\tdebug", "metrics", "log-level\tnotice", "pause\tx",
		"drain\tx", "enable\tservice" };
	const char *from = requests[(unsigned int)tap_random_below(
	    sizeof(requests) / sizeof(requests[0]))];
	size_t length = strlen(from);

	memcpy(to, from, length);
	for (unsigned int n = (unsigned int)tap_random_below(4); n > 0; n--)
		to[(unsigned int)tap_random_below((unsigned int)length)] =
		    (char)(unsigned int)tap_random_below(256);
	if ((unsigned int)tap_random_below(50) == 0) {
		memset(to + length, 'x', room - length - 1);
		length = room - 1 - (unsigned int)tap_random_below(64);
	}
	to[length++] = '\n';
	return length;
}

static void
test_mutations(void)
{
	char request[CTL_REQUEST_SIZE];
	unsigned int endless = 0, wrong = 0;
	struct ctl_caller *c = NULL;
	int other = -1;

	tap_seed(7);
	for (int i = 0; i < ROUNDS; i++) {
		size_t length = mutate(request, sizeof(request));
		size_t lines = 0;

		for (size_t j = 0; j < length; j++)
			lines += request[j] == '\n';
		if (c == NULL)
			c = call(&other);
		put(other, request, length);
		/* One a turn. */
		for (size_t j = 0; j < lines; j++) {
			if (!caller_serve(c, &world.core.loop))
				wrong++;
		}
		if (count_ends(take(other)) == lines)
			continue;
		/* Only what follows events has no end. */
		if (c->waiting)
			endless++;
		else
			wrong++;
		caller_free(c, &world.core.loop);
		(void)close(other);
		c = NULL;
	}
	if (c != NULL) {
		caller_free(c, &world.core.loop);
		(void)close(other);
	}
	is_int(wrong, 0, "each mutated request has its answer");
	ok(endless > 0, "but for those that follow events");
}

int
main(void)
{
	world_init();
	test_answers();
	test_pieces();
	test_mutations();
	world_done();
	return done_testing();
}

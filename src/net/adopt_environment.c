/* SPDX-License-Identifier: ISC */
/*
 * LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES.  They come from whoever started
 * superd, so they are read as strictly as sd_listen_fds(3) reads them: a
 * wrong guess would serve the wrong thing to the wrong people.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "net/adopt.h"

#define FIRST 3
/* More than the hard limit of open files is anywhere by default. */
#define MOST 65536

/* Of sd_listen_fds(3); the last one came with systemd 258. */
static const char *const variables[] = { "LISTEN_PID", "LISTEN_FDS",
	"LISTEN_FDNAMES", "LISTEN_PIDFDID" };

static int
no_sense(
    const char *variable, const char *value, const char *wanted, struct err *e)
{
	char quoted[64];
	struct text t;

	text_init(&t, quoted, sizeof(quoted));
	text_escaped(&t, value, strlen(value));
	return err_set(e, EINVAL, "%s is '%s' in superd's environment: %s",
	    variable, quoted, wanted);
}

/* 1: what was passed is for us; 0: it is not, or there is nothing. */
static int
is_for_us(const char *count, struct err *e)
{
	const char *pid = getenv("LISTEN_PID");
	uint64_t number;

	if (pid == NULL || count == NULL)
		return 0;
	if (num_parse_unsigned(pid, &number) < 0 || number == 0)
		return no_sense("LISTEN_PID", pid, "a process id is wanted", e);
	return number == (uint64_t)getpid();
}

/* The names, cut apart in place: "" for each if there are none. */
static int
split_names(char *names, const char *name[], size_t count, struct err *e)
{
	char *at = names;
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		name[i] = "";
	if (names == NULL)
		return 0;
	for (char *next = names; next != NULL; found++) {
		next = strchr(at, ':');
		if (next != NULL)
			*next = '\0';
		if (found < count)
			name[found] = at;
		if (next != NULL)
			at = next + 1;
	}
	if (found != count)
		return err_set(e, EINVAL,
		    "LISTEN_FDNAMES has %zu names for the %zu sockets of "
		    "LISTEN_FDS",
		    found, count);
	return 0;
}

static int
add(struct net_adopted_list *list, int number, const char *name, struct err *e)
{
	struct net_listener from = {
		.fd = number, .number = number, .name = name
	};
	char where[ADDR_TEXT_SIZE];
	struct text t;
	int error;

	/* A place that nobody filled keeps the names of the others right. */
	if (fcntl(number, F_GETFD) < 0)
		from.fd = -1;
	error = net_adopt_add(list, &from, e);
	if (error == 0 || error == -ENOMEM)
		return error;
	text_init(&t, where, sizeof(where));
	net_adopt_format(&(struct net_adopted) { .socket = from }, &t);
	return err_wrap(e, "cannot serve passed descriptor %s", where);
}

static int
take(struct net_adopted_list *list, const char *count_text, const char *names,
    struct err *e)
{
	auto_free const char **name = NULL;
	auto_free char *copy = NULL;
	uint64_t count;
	int error;

	if (num_parse_unsigned(count_text, &count) < 0 || count > MOST)
		return no_sense("LISTEN_FDS", count_text,
		    "a number from 0 to 65536 is wanted", e);
	if (count == 0)
		return 0;
	name = calloc(count, sizeof(*name));
	copy = names != NULL ? strdup(names) : NULL;
	if (name == NULL || (names != NULL && copy == NULL))
		return err_memory(e);
	error = split_names(copy, name, count, e);
	for (size_t i = 0; error == 0 && i < count; i++)
		error = add(list, FIRST + (int)i, name[i], e);
	return error;
}

int
net_adopt_environment(struct net_adopted_list *list, struct err *e)
{
	const char *count = getenv("LISTEN_FDS");
	int error = is_for_us(count, e);

	if (error > 0)
		error = take(list, count, getenv("LISTEN_FDNAMES"), e);
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		(void)unsetenv(variables[i]);
	return error;
}

/* SPDX-License-Identifier: ISC */
/*
 * A line of either file is a set of clients, and only whether a client is in
 * any of a file's sets counts.  So the networks of all lines without EXCEPT
 * are one set, which rules.c can look through in no time; the few lines with
 * EXCEPT are asked one by one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/conf.h"
#include "gate/hosts.h"
#include "gate/hosts_file.h"
#include "gate/rules.h"

/* The lines of one file that are about the service. */
struct side {
	const char *file;
	struct conf_rules list; /* to deny is to match */
	unsigned int *line_of;  /* for each of the list */
	unsigned int unix_line;
	struct gate_rules *rules;
	const struct hosts_line **lines; /* those with EXCEPT */
	size_t line_count;
};

struct gate_hosts {
	struct side allow, deny;
};

static bool
is_daemon(const struct hosts_item *item, const char *const *daemons)
{
	if (item->kind == HOSTS_ALL)
		return true;
	for (; *daemons != NULL; daemons++) {
		if (strcasecmp(item->name, *daemons) == 0)
			return true;
	}
	return false;
}

static bool
has_daemon(const struct hosts_list *list, const char *const *daemons)
{
	for (const struct hosts_item *i = list->first; i != NULL; i = i->next) {
		if (is_daemon(i, daemons))
			return list->except == NULL ||
			    !has_daemon(list->except, daemons);
	}
	return false;
}

static const struct cidr nets_of_all[2] = {
	{ .ip = { [10] = 0xff, [11] = 0xff }, .length = CIDR_V4_BITS },
	{ .length = 0 },
};

static const struct cidr nets_of_local[2] = {
	{ .ip = { [10] = 0xff, 0xff, 127 }, .length = CIDR_V4_BITS + 8 },
	{ .ip = { [15] = 1 }, .length = 128 },
};

/* The networks of an item; *ret_unix if clients of unix sockets too. */
static size_t
nets_of(
    const struct hosts_item *item, const struct cidr **ret_nets, bool *ret_unix)
{
	*ret_unix = item->kind != HOSTS_NET;
	if (item->kind == HOSTS_NET) {
		*ret_nets = &item->net;
		return 1;
	}
	*ret_nets = item->kind == HOSTS_ALL ? nets_of_all : nets_of_local;
	return 2;
}

static bool
is_client(const struct hosts_item *item, const struct addr_peer *peer,
    const uint8_t ip[16])
{
	const struct cidr *nets;
	bool or_unix;
	size_t count = nets_of(item, &nets, &or_unix);

	if (peer->family == AF_UNIX)
		return or_unix;
	for (size_t i = 0; i < count; i++) {
		if (cidr_contains(&nets[i], ip))
			return true;
	}
	return false;
}

static bool
has_client(const struct hosts_list *list, const struct addr_peer *peer,
    const uint8_t ip[16])
{
	for (const struct hosts_item *i = list->first; i != NULL; i = i->next) {
		if (is_client(i, peer, ip))
			return list->except == NULL ||
			    !has_client(list->except, peer, ip);
	}
	return false;
}

static void
take_item(struct side *side, const struct hosts_item *item, unsigned int line)
{
	const struct cidr *nets;
	bool or_unix;
	size_t count = nets_of(item, &nets, &or_unix);

	for (size_t i = 0; i < count; i++) {
		side->line_of[side->list.count] = line;
		side->list.at[side->list.count++] =
		    (struct conf_rule) { .net = nets[i], .deny = true };
	}
	if (or_unix && !side->list.deny_unix) {
		side->list.deny_unix = true;
		side->unix_line = line;
	}
}

static void
take_line(struct side *side, const struct hosts_line *line)
{
	if (line->clients.except != NULL) {
		side->lines[side->line_count++] = line;
		return;
	}
	for (const struct hosts_item *i = line->clients.first; i != NULL;
	     i = i->next)
		take_item(side, i, line->line);
}

/* Room for all lines of the file, be they about the service or not. */
static int
reserve(struct side *side, const struct gate_hosts_file *file)
{
	size_t lines = 1, nets = 1;

	for (const struct hosts_line *l = file->first; l != NULL; l = l->next) {
		lines++;
		for (const struct hosts_item *i = l->clients.first; i != NULL;
		     i = i->next)
			nets += 2;
	}
	side->list.at = calloc(nets, sizeof(*side->list.at));
	side->line_of = calloc(nets, sizeof(*side->line_of));
	side->lines = calloc(lines, sizeof(const struct hosts_line *));
	return side->list.at == NULL || side->line_of == NULL ||
		side->lines == NULL
	    ? -ENOMEM
	    : 0;
}

static int
make_side(struct side *side, const struct gate_hosts_file *file,
    const char *const *daemons, struct err *e)
{
	side->file = file->name;
	if (reserve(side, file) < 0)
		return err_memory(e);
	for (const struct hosts_line *l = file->first; l != NULL; l = l->next) {
		if (has_daemon(&l->daemons, daemons))
			take_line(side, l);
	}
	return gate_rules_new(&side->list, &side->rules, e);
}

static void
free_side(struct side *side)
{
	gate_rules_free(side->rules);
	free(side->list.at);
	free(side->line_of);
	free(side->lines);
}

int
gate_hosts_new(const struct gate_hosts_file *allow,
    const struct gate_hosts_file *deny, const char *const *daemons,
    struct gate_hosts **ret_hosts, struct err *e)
{
	struct gate_hosts *h = calloc(1, sizeof(*h));
	int error;

	if (h == NULL)
		return err_memory(e);
	error = make_side(&h->allow, allow, daemons, e);
	if (error == 0)
		error = make_side(&h->deny, deny, daemons, e);
	if (error < 0) {
		gate_hosts_free(h);
		return error;
	}
	*ret_hosts = h;
	return 0;
}

void
gate_hosts_free(struct gate_hosts *h)
{
	if (h == NULL)
		return;
	free_side(&h->allow);
	free_side(&h->deny);
	free(h);
}

/* The line of a file that the peer is in, 0 for none. */
static unsigned int
find_line(const struct side *side, const struct addr_peer *peer)
{
	uint8_t ip[16] = { 0 };
	uint32_t rule;

	if (!gate_rules_check(side->rules, peer, &rule))
		return rule == GATE_RULE_UNIX ? side->unix_line
					      : side->line_of[rule];
	if (side->line_count == 0 ||
	    (!cidr_from_peer(peer, ip) && peer->family != AF_UNIX))
		return 0;
	for (size_t i = 0; i < side->line_count; i++) {
		if (has_client(&side->lines[i]->clients, peer, ip))
			return side->lines[i]->line;
	}
	return 0;
}

bool
gate_hosts_check(const struct gate_hosts *h, const struct addr_peer *peer,
    struct gate_hosts_place *ret_place)
{
	struct gate_hosts_place place = { .file = h->allow.file };
	bool refused = false;

	place.line = find_line(&h->allow, peer);
	if (place.line == 0) {
		place.file = h->deny.file;
		place.line = find_line(&h->deny, peer);
		refused = place.line != 0;
	}
	*ret_place = place;
	return !refused;
}

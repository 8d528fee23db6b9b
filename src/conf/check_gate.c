/* SPDX-License-Identifier: ISC */
/*
 * Who may enter: allow and deny become one list, and what nobody can have
 * meant is told.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/num.h"
#include "conf/check.h"
#include "conf/sockets.h"

/* Both lists in one, made once for all services that have both of them. */
static int
join(struct conf_check *c, struct conf_gate *gate)
{
	const struct {
		char kind[8];
		const struct conf_rule *allow, *deny;
	} key = { "rules", gate->allow.at, gate->deny.at };
	size_t count = gate->allow.count;
	struct conf_rule *at = conf_index_find(&c->known, &key, sizeof(key));

	gate->rules.count = count + gate->deny.count;
	if (at == NULL) {
		at = arena_array(
		    c->b->conf->arena, gate->rules.count, sizeof(*at));
		if (at == NULL ||
		    conf_index_add(&c->known, &key, sizeof(key), at) < 0)
			return -ENOMEM;
		memcpy(at, gate->allow.at, count * sizeof(*at));
		memcpy(
		    at + count, gate->deny.at, gate->deny.count * sizeof(*at));
	}
	gate->rules.at = at;
	return 0;
}

static int
make_rules(struct conf_check *c, struct conf_gate *gate)
{
	const struct conf_networks *allow = &gate->allow, *deny = &gate->deny;
	const struct conf_networks *only = allow->count > 0 ? allow : deny;

	gate->rules = (struct conf_rules) {
		.at = only->at,
		.count = only->count,
		.allow_unix = allow->unix_clients,
		.deny_unix = deny->unix_clients,
		.has_allow = allow->words.count > 0,
	};
	return allow->count > 0 && deny->count > 0 ? join(c, gate) : 0;
}

/* Who has an allow keeps out whom it does not name. */
static void
check_allow(struct conf_check *c, size_t i)
{
	const struct conf_service *s = &c->b->conf->services[i];
	const struct conf_networks *allow = &s->gate.allow;

	if (allow->words.count == 0)
		return;
	if (allow->count == 0 && !allow->unix_clients)
		conf_check_warning(c, i, "allow",
		    "allow: no network in it, so nobody may enter");
	else if (allow->count == 0 && conf_sockets_has_ip(s))
		conf_check_warning(c, i, "allow",
		    "allow: no network in it, so nobody may enter by IP");
	else if (!allow->unix_clients && conf_sockets_has_unix(s))
		conf_check_warning(c, i, "allow",
		    "allow: 'unix' is not in it, so nobody may enter by unix "
		    "sockets");
}

static bool
is_own(const struct conf_check *c, size_t i, const char *key)
{
	struct conf_place place;

	return conf_build_set_by(c->b, i, key, &place) == CONF_SET_BY_SERVICE;
}

static bool
is_set(const struct conf_check *c, size_t i, const char *key)
{
	struct conf_place place;

	return conf_build_set_by(c->b, i, key, &place) != CONF_SET_BY_NOBODY;
}

static void
check_message(struct conf_check *c, size_t i)
{
	static const char *const names[] = { "queue", "refuse", "reset" };
	const struct conf_gate *gate = &c->b->conf->services[i].gate;
	const char *message = gate->refuse_message;

	if (message == NULL)
		return;
	if (gate->over_limit != CONF_OVER_REFUSE &&
	    is_own(c, i, "refuse_message"))
		conf_check_mistake(c, i, "refuse_message",
		    "refuse_message has no meaning with over_limit = %s: say "
		    "over_limit = refuse",
		    names[gate->over_limit]);
	if (strstr(message, "\\n") != NULL || strstr(message, "\\r") != NULL)
		conf_check_warning(c, i, "refuse_message",
		    "refuse_message: the backslash is sent as it stands: "
		    "put the text into $'...' to have a line end");
}

static void
check_per_source(struct conf_check *c, size_t i)
{
	const struct conf_service *s = &c->b->conf->services[i];

	if (s->gate.max_per_source > s->max_connections &&
	    is_own(c, i, "max_per_source"))
		conf_check_warning(c, i, "max_per_source",
		    "max_per_source: %ju is more than the %ju that all "
		    "sources together may have (max_connections)",
		    (uintmax_t)s->gate.max_per_source,
		    (uintmax_t)s->max_connections);
}

/* Said here, and without effect. */
static void
check_needless(struct conf_check *c, size_t i)
{
	static const char *const keys[] = { "ban_on", "ban_for", "ban_max",
		"ban_exit" };

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		if (is_own(c, i, keys[k]))
			conf_check_mistake(c, i, keys[k],
			    "%s has no meaning without ban_after: say how "
			    "often is too often, as in ban_after = 20/min",
			    keys[k]);
	}
}

static void
check_bans(struct conf_check *c, size_t i)
{
	const struct conf_ban *ban = &c->b->conf->services[i].gate.ban;
	const char *key = is_set(c, i, "ban_max") ? "ban_max" : "ban_for";
	uint64_t status = ban->exit_status;
	char first[NUM_TEXT_SIZE], most[NUM_TEXT_SIZE];

	if (!ban->after.set)
		check_needless(c, i);
	if (ban->max_ns < ban->for_ns)
		conf_check_mistake(c, i, key,
		    "%s: ban_max, which is %s, is less than ban_for, which is "
		    "%s: the longest ban cannot be shorter than the first",
		    key, num_format_duration(ban->max_ns, most),
		    num_format_duration(ban->for_ns, first));
	if (ban->after.set && status != 0 &&
	    (ban->on.exits[status / 8] >> status % 8 & 1) != 0)
		conf_check_warning(c, i, "ban_on",
		    "ban_on: exit:%ju bans at once (ban_exit), it is never "
		    "counted",
		    (uintmax_t)status);
}

int
conf_check_gate(struct conf_check *c, size_t i)
{
	check_allow(c, i);
	check_message(c, i);
	check_per_source(c, i);
	check_bans(c, i);
	return make_rules(c, &c->b->conf->services[i].gate);
}

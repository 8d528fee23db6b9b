/* SPDX-License-Identifier: ISC */
/* What somebody may have meant by a key that does not exist. */
#include <string.h>

#include "base/names.h"
#include "conf/schema.h"
#include "conf/schema_guess.h"

/* What others call it. */
static const struct {
	const char *theirs, *ours;
} aliases[] = {
	{ "port", "listen" },
	{ "bind", "listen" },
	{ "address", "listen" },
	{ "socket", "listen" },
	{ "server", "handler" },
	{ "server_args", "handler" },
	{ "exec", "handler" },
	{ "command", "handler" },
	{ "program", "handler" },
	{ "uid", "user" },
	{ "gid", "group" },
	{ "cwd", "directory" },
	{ "chdir", "directory" },
	{ "workdir", "directory" },
	{ "env", "environment" },
	{ "passenv", "pass_environment" },
	{ "instances", "max_connections" },
	{ "timeout", "max_runtime" },
	{ "idle", "idle_timeout" },
	{ "only_from", "allow" },
	{ "whitelist", "allow" },
	{ "allowlist", "allow" },
	{ "no_access", "deny" },
	{ "blacklist", "deny" },
	{ "blocklist", "deny" },
	{ "per_source", "max_per_source" },
	{ "cps", "rate" },
	{ "access_times", "hours" },
	{ "max_load_average", "max_load" },
	{ "disable", "enabled" },
	{ "disabled", "enabled" },
};

const char *
conf_schema_guess(bool daemon, const char *name)
{
	const struct conf_key *keys =
	    daemon ? conf_daemon_keys : conf_service_keys;
	size_t count = daemon ? conf_daemon_key_count : conf_service_key_count;
	struct names_guess guess;

	names_guess_init(&guess, name);
	for (size_t i = 0; i < count; i++)
		names_guess_offer(&guess, keys[i].name);
	for (size_t i = 0; !daemon && i < sizeof(aliases) / sizeof(aliases[0]);
	     i++) {
		if (strcmp(name, aliases[i].theirs) == 0)
			return aliases[i].ours;
	}
	return guess.best;
}

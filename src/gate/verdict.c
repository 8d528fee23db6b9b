/* SPDX-License-Identifier: ISC */
/* The table of reasons; see verdict.h. */
#include <assert.h>
#include <string.h>

#include "gate/verdict.h"

struct row {
	const char *name;
	const char *words;
	bool blames, waits;
};

static const struct row rows[GATE_REASONS] = {
	[GATE_YES] = { "yes", "it may enter", false, false },
	[GATE_LOAD] = { "max_load", "the load is too high", false, true },
	[GATE_MEMORY] = { "min_free_memory", "too little memory is free", false,
	    true },
	[GATE_MAX_CONNECTIONS] = { "max_connections",
	    "the service has as many connections as it may", false, false },
	[GATE_MAX_DAEMON] = { "daemon_max_connections",
	    "superd has as many connections as it may", false, false },
	[GATE_RATE] = { "rate", "the service gets too many connections", false,
	    false },
	[GATE_PEER] = { "no_address", "the client has gone", false, false },
	[GATE_BANNED] = { "banned", "the source is banned", false, false },
	[GATE_RULE] = { "rule", "allow and deny keep it out", true, false },
	[GATE_HOSTS] = { "hosts_access", "hosts.deny keeps it out", true,
	    false },
	[GATE_HOURS] = { "hours", "the service is closed now", false, false },
	[GATE_MAX_PER_SOURCE] = { "max_per_source",
	    "the source has as many connections as it may", true, false },
	[GATE_RATE_PER_SOURCE] = { "rate_per_source",
	    "the source makes too many connections", true, false },
	[GATE_TABLE] = { "max_sources",
	    "the table of sources is full of live ones", false, false },
};

static const struct row *
row_of(enum gate_reason reason)
{
	assert(reason < GATE_REASONS);
	return &rows[reason];
}

const char *
gate_reason_name(enum gate_reason reason)
{
	return row_of(reason)->name;
}

enum gate_reason
gate_reason_parse(const char *name)
{
	for (int i = 0; i < GATE_REASONS; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return (enum gate_reason)i;
	}
	return GATE_YES;
}

const char *
gate_reason_words(enum gate_reason reason)
{
	return row_of(reason)->words;
}

bool
gate_reason_blames(enum gate_reason reason)
{
	return row_of(reason)->blames;
}

bool
gate_reason_waits(enum gate_reason reason)
{
	return row_of(reason)->waits;
}

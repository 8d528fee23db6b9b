/* SPDX-License-Identifier: ISC */
/* capabilities(7). */
#include <stdbool.h>
#include <unistd.h>

#include "base/caps.h"
#include "conf/conf.h"
#include "core/capset.h"
#include "core/privileges.h"
#include "spawn/plan.h"

/* As superd was started. */
static struct {
	bool known;
	uid_t uid;
	uint64_t held;
} start;

/* What could be done now, if it were raised. */
static uint64_t
held_now(void)
{
	struct capset now;

	return capset_read(&now) < 0 ? 0 : now.permitted;
}

static void
remember_start(void)
{
	if (start.known)
		return;
	start.known = true;
	start.uid = geteuid();
	start.held = held_now();
}

void
privileges_of_start(struct conf_source *source)
{
	remember_start();
	source->held = start.held;
	source->as_root = start.uid == 0 ||
	    (start.held & (CAPS_BIT(CAP_SETUID) | CAPS_BIT(CAP_SETGID))) != 0;
}

void
privileges_plan(struct spawn_host *host)
{
	struct conf_source source;

	privileges_of_start(&source);
	host->set_ids = source.as_root;
	host->set_groups = (start.held & CAPS_BIT(CAP_SETGID)) != 0;
	host->uid = geteuid();
	host->gid = getegid();
	host->drop_caps = host->uid != 0 && start.held != 0;
}

/* SPDX-License-Identifier: ISC */
/* The control socket: its usual place, and keys that need it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/check.h"

/* The build knows it. */
#ifndef SUPERD_RUNSTATEDIR
#define SUPERD_RUNSTATEDIR "/run"
#endif

#define NAME "/superd/control.sock"

/* Room in a unix socket's address: unix(7). */
#define PATH_MOST 107

static void
find_usual_place(struct conf_check *c, const struct conf_place *place)
{
	struct conf_control *control = &c->b->conf->daemon.control;
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char path[PATH_MOST + 1];
	struct text t;

	text_init(&t, path, sizeof(path));
	if (c->b->source->as_root) {
		text_string(&t, SUPERD_RUNSTATEDIR NAME);
	} else if (runtime != NULL && runtime[0] == '/') {
		text_string(&t, runtime);
		text_string(&t, NAME);
	} else {
		conf_warning(c->b->findings, place,
		    "section 'superd': control = auto: superd does not run as "
		    "root and XDG_RUNTIME_DIR is not set, so there is no "
		    "control socket: name a path, as in control = "
		    "./superd.sock (beside this file)");
		return;
	}
	if (t.cut) {
		conf_warning(c->b->findings, place,
		    "section 'superd': control = auto: '%s' is too long for "
		    "the path of a socket, so there is none",
		    runtime);
		return;
	}
	control->path = arena_string(c->b->conf->arena, path);
	c->no_memory |= control->path == NULL;
}

static void
check_meaning(struct conf_check *c, const char *key, bool set)
{
	const struct conf_daemon *d = &c->b->conf->daemon;
	struct conf_place place = conf_check_daemon_place(c, key);

	if (set && d->control.path == NULL && !d->control.automatic)
		conf_warning(c->b->findings, &place,
		    "section 'superd': %s has no effect without control: say "
		    "control = auto too",
		    key);
}

void
conf_check_control(struct conf_check *c)
{
	struct conf_daemon *d = &c->b->conf->daemon;
	struct conf_place place = conf_check_daemon_place(c, "control");

	if (d->control.automatic)
		find_usual_place(c, &place);
	check_meaning(c, "control_mode", d->control_mode.set);
	check_meaning(c, "control_group", d->control_group.name != NULL);
	check_meaning(
	    c, "control_admin_group", d->control_admin_group.name != NULL);
	if (d->control_mode.set)
		return;
	/* Who they are is looked at when they come. */
	d->control_mode.value =
	    d->control_group.name != NULL || d->control_admin_group.name != NULL
	    ? 0666
	    : 0600;
}

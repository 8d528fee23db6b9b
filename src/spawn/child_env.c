/* SPDX-License-Identifier: ISC */
/*
 * Runs in the child page (see child.c for what that means): text is built in
 * the slot by the pure functions of base.
 */
#include <sys/socket.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "compat/raw-syscall.h"
#include "spawn/child_env.h"
#include "spawn/slot.h"

/* The variables so far: NAME=VALUE strings, each with its NUL, in a row. */
struct vars {
	struct spawn_slot *slot;
	struct text text;
	size_t count;
};

/* Begins NAME=; the value follows, then end(). */
static struct text *
begin(struct vars *v, const char *name)
{
	v->slot->env[v->count++] = v->text.at + v->text.length;
	text_string(&v->text, name);
	text_char(&v->text, '=');
	return &v->text;
}

static void
end(struct vars *v)
{
	text_char(&v->text, '\0');
}

static void
put_text(struct vars *v, const char *name, const char *value)
{
	text_string(begin(v, name), value);
	end(v);
}

static void
put_number(struct vars *v, const char *name, uint64_t value)
{
	text_unsigned(begin(v, name), value);
	end(v);
}

static void
put_ip(struct vars *v, const char *name, const struct addr_peer *peer)
{
	addr_peer_format_ip(peer, begin(v, name));
	end(v);
}

static void
put_tcp(
    struct vars *v, const struct addr_peer *remote, const struct addr *local)
{
	struct addr_peer here;

	addr_to_peer(local, &here);
	put_text(v, "PROTO", "TCP");
	put_ip(v, "TCPREMOTEIP", remote);
	put_number(v, "TCPREMOTEPORT", remote->port);
	put_ip(v, "TCPLOCALIP", &here);
	put_number(v, "TCPLOCALPORT", here.port);
	put_ip(v, "REMOTE_ADDR", remote);
	put_number(v, "REMOTE_PORT", remote->port);
	put_ip(v, "REMOTE_HOST", remote);
}

/* Where the socket is bound; abstract names begin with '@'. */
static void
put_path(struct vars *v, const char *name, const struct addr *local)
{
	size_t head = offsetof(struct sockaddr_un, sun_path);
	size_t length = local->length > head ? local->length - head : 0;
	const char *path = local->at.local.sun_path;
	struct text *t = begin(v, name);

	if (length > 0 && path[0] == '\0') {
		text_char(t, '@');
		path++;
		length--;
	}
	text_bytes(t, path, strnlen(path, length));
	end(v);
}

static void
put_unix(
    struct vars *v, const struct addr_peer *remote, const struct addr *local)
{
	put_text(v, "PROTO", "UNIX");
	put_path(v, "UNIXLOCALPATH", local);
	put_number(v, "UNIXREMOTEPID", remote->at.local.pid);
	put_number(v, "UNIXREMOTEEUID", remote->at.local.uid);
	put_number(v, "UNIXREMOTEEGID", remote->at.local.gid);
	put_path(v, "IPCLOCALPATH", local);
	put_number(v, "IPCREMOTEPID", remote->at.local.pid);
	put_number(v, "IPCREMOTEEUID", remote->at.local.uid);
	put_number(v, "IPCREMOTEEGID", remote->at.local.gid);
}

long
child_env_build(struct spawn_slot *slot)
{
	const struct spawn_plan *plan = slot->request.plan;
	struct vars v = { .slot = slot };
	struct addr local = { .length = sizeof(local.at) };
	long error;

	text_init(&v.text, slot->text, sizeof(slot->text));
	error = raw_syscall3(
	    SYS_getsockname, 0, RAW_PTR(&local.at), RAW_PTR(&local.length));
	if (error < 0)
		return error;
	if (slot->request.peer.family == AF_UNIX)
		put_unix(&v, &slot->request.peer, &local);
	else
		put_tcp(&v, &slot->request.peer, &local);
	put_number(&v, "SUPERD_CONNECTION", slot->request.connection);
	if (v.text.cut)
		return -E2BIG;
	memcpy(slot->env + v.count, plan->environment,
	    plan->environment_count * sizeof(slot->env[0]));
	slot->env[v.count + plan->environment_count] = NULL;
	return 0;
}

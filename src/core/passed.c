/* SPDX-License-Identifier: ISC */
/* Words about passed sockets. */
#include <errno.h>

#include "base/fd.h"
#include "conf/conf.h"
#include "core/passed.h"
#include "log/log.h"
#include "net/adopt.h"

void
passed_say_differs(const char *service, const struct net_adopted *a)
{
	char address[ADDR_TEXT_SIZE];
	struct text t;

	if (a->differ[0] == '\0')
		return;
	text_init(&t, address, sizeof(address));
	addr_format(&a->socket.bound, &t);
	log_event(LOG_ADOPT_DIFFERS, LOG_TEXT("service", service),
	    LOG_TEXT("address", address), LOG_TEXT("passed", a->socket.name),
	    LOG_TEXT("keys", a->differ));
}

int
passed_missing(const struct net_adopted_list *list,
    const struct conf_listen *listen, struct err *e)
{
	char there[ERR_TEXT_SIZE] = "";
	struct text t;

	text_init(&t, there, sizeof(there));
	for (size_t i = 0; i < list->count; i++) {
		const struct net_adopted *a = &list->at[i];

		if (a->socket.name == NULL)
			continue;
		text_string(&t, t.length == 0 ? "" : ", ");
		net_adopt_format(a, &t);
		if (a->taken)
			text_string(&t, " (taken, or closed by a reload)");
		else if (a->socket.fd < 0)
			text_string(&t, " (not open)");
	}
	if (t.length == 0)
		return err_set(e, ENOENT,
		    "listen: no socket was passed as '%s', nor any other: "
		    "start superd by a supervisor that does (LISTEN_FDS)",
		    listen->text);
	return err_set(e, ENOENT,
	    "listen: no socket was passed as '%s'; passed are %s", listen->text,
	    there);
}

void
passed_close_unused(struct net_adopted_list *adopted)
{
	for (size_t i = 0; i < adopted->count; i++) {
		struct net_adopted *a = &adopted->at[i];
		char address[ADDR_TEXT_SIZE] = "";
		struct text t;

		if (a->taken)
			continue;
		text_init(&t, address, sizeof(address));
		if (a->socket.fd >= 0)
			addr_format(&a->socket.bound, &t);
		else
			text_string(&t, "not open");
		log_event(LOG_ADOPT_UNUSED,
		    LOG_SIGNED("descriptor", a->socket.number),
		    LOG_TEXT("passed", a->socket.name),
		    LOG_TEXT("address", address));
		fd_close(&a->socket.fd);
	}
}

/* SPDX-License-Identifier: ISC */
/* One row an option; a row that does not apply is passed over. */
#include <sys/socket.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/num.h"
#include "conf/conf.h"
#include "net/options.h"

/* A dead peer is found after 120 + 4 * 30 seconds. */
#define KEEPALIVE_IDLE_S     120
#define KEEPALIVE_INTERVAL_S 30
#define KEEPALIVE_PROBES     4

enum kind {
	KIND_FLAG,
	KIND_BIND_FLAG, /* without effect once a socket is bound */
	KIND_NUMBER,
	KIND_SECONDS
};

/* Which address families know the option; unix sockets know none of them. */
enum {
	ON_V4 = 1,
	ON_V6 = 2,
	ON_IP = ON_V4 | ON_V6,
};

struct row {
	const char *key;
	enum kind kind;
	int families;
	int level, name;
	size_t offset; /* in struct conf_service */
	int value;     /* of a flag */
};

#define FIELD(f) offsetof(struct conf_service, f)

static const struct row rows[] = {
	{ "reuseport", KIND_BIND_FLAG, ON_IP, SOL_SOCKET, SO_REUSEPORT,
	    FIELD(reuseport), 1 },
	{ "keepalive", KIND_FLAG, ON_IP, SOL_SOCKET, SO_KEEPALIVE,
	    FIELD(keepalive), 1 },
	{ "keepalive", KIND_FLAG, ON_IP, IPPROTO_TCP, TCP_KEEPIDLE,
	    FIELD(keepalive), KEEPALIVE_IDLE_S },
	{ "keepalive", KIND_FLAG, ON_IP, IPPROTO_TCP, TCP_KEEPINTVL,
	    FIELD(keepalive), KEEPALIVE_INTERVAL_S },
	{ "keepalive", KIND_FLAG, ON_IP, IPPROTO_TCP, TCP_KEEPCNT,
	    FIELD(keepalive), KEEPALIVE_PROBES },
	{ "nodelay", KIND_FLAG, ON_IP, IPPROTO_TCP, TCP_NODELAY, FIELD(nodelay),
	    1 },
	{ "freebind", KIND_BIND_FLAG, ON_IP, IPPROTO_IP, IP_FREEBIND,
	    FIELD(freebind), 1 },
	{ "defer_accept", KIND_SECONDS, ON_IP, IPPROTO_TCP, TCP_DEFER_ACCEPT,
	    FIELD(defer_accept), 0 },
	{ "fastopen", KIND_NUMBER, ON_IP, IPPROTO_TCP, TCP_FASTOPEN,
	    FIELD(fastopen), 0 },
	{ "mark", KIND_NUMBER, ON_IP, SOL_SOCKET, SO_MARK, FIELD(mark), 0 },
	{ "tos", KIND_NUMBER, ON_V4, IPPROTO_IP, IP_TOS, FIELD(tos), 0 },
	{ "tos", KIND_NUMBER, ON_V6, IPPROTO_IPV6, IPV6_TCLASS, FIELD(tos), 0 },
	{ "send_buffer", KIND_NUMBER, ON_IP, SOL_SOCKET, SO_SNDBUF,
	    FIELD(send_buffer), 0 },
	{ "receive_buffer", KIND_NUMBER, ON_IP, SOL_SOCKET, SO_RCVBUF,
	    FIELD(receive_buffer), 0 },
};

/* The value that the service wants; false if it leaves the option alone. */
static bool
wanted(
    const struct row *row, const struct conf_service *service, int *ret_value)
{
	const char *field = (const char *)service + row->offset;
	const struct conf_option *option;
	uint64_t value;

	if (row->kind == KIND_FLAG || row->kind == KIND_BIND_FLAG) {
		*ret_value = row->value;
		return *(const bool *)field;
	}
	option = (const struct conf_option *)(const void *)field;
	value = option->value;
	if (row->kind == KIND_SECONDS)
		value = (value + NUM_NS_PER_S - 1) / NUM_NS_PER_S;
	/* The kernel's int holds a mark of 32 bits by its bits. */
	*ret_value = (int)(uint32_t)(value > UINT32_MAX ? INT_MAX : value);
	return option->set;
}

static int
set(int fd, int level, int name, int value, const char *key, struct err *e)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)) < 0)
		return err_system(e, errno, "cannot set %s = %d", key, value);
	return 0;
}

static int
set_device(int fd, const char *device, struct err *e)
{
	if (device == NULL)
		return 0;
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device,
		(socklen_t)strlen(device)) < 0)
		return err_system(e, errno, "cannot set device = %s", device);
	return 0;
}

static int
bit_of(int family)
{
	return family == AF_INET6 ? ON_V6 : ON_V4;
}

int
net_options_set(
    int fd, int family, const struct conf_service *service, struct err *e)
{
	int value, error;

	if (family == AF_UNIX)
		return 0;
	error = set(fd, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR", e);
	if (error == 0 && family == AF_INET6)
		error = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, service->v6only,
		    "v6only", e);
	if (error == 0)
		error = set_device(fd, service->device, e);
	for (size_t i = 0; error == 0 && i < sizeof(rows) / sizeof(rows[0]);
	     i++) {
		if ((rows[i].families & bit_of(family)) != 0 &&
		    wanted(&rows[i], service, &value))
			error = set(fd, rows[i].level, rows[i].name, value,
			    rows[i].key, e);
	}
	return error;
}

/*
 * Options that are left as they are when they are not wanted: the times of a
 * keepalive that is off do nothing, and a buffer's size cannot be unset.
 */
static bool
stays(const struct row *row)
{
	if (row->level == IPPROTO_TCP)
		return row->name == TCP_KEEPIDLE ||
		    row->name == TCP_KEEPINTVL || row->name == TCP_KEEPCNT;
	return row->level == SOL_SOCKET &&
	    (row->name == SO_SNDBUF || row->name == SO_RCVBUF);
}

/* What is there already takes no right to set. */
static bool
has(int fd, const struct row *row, int value)
{
	int now;
	socklen_t length = sizeof(now);

	return getsockopt(fd, row->level, row->name, &now, &length) == 0 &&
	    now == value;
}

int
net_options_change(
    int fd, int like, const struct conf_service *service, struct err *e)
{
	int value, family = 0, error = 0;
	socklen_t length = sizeof(family);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length) < 0 ||
	    family == AF_UNIX)
		return 0;
	for (size_t i = 0; error == 0 && i < sizeof(rows) / sizeof(rows[0]);
	     i++) {
		const struct row *row = &rows[i];
		bool is_set = wanted(row, service, &value);

		if ((row->families & bit_of(family)) == 0 ||
		    (!is_set && stays(row)))
			continue;
		if (!is_set)
			value = 0;
		if (!has(like, row, value))
			error =
			    set(fd, row->level, row->name, value, row->key, e);
	}
	return error;
}

bool
net_options_equal(const struct conf_service *a, const struct conf_service *b)
{
	int mine, theirs;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool in_a = wanted(&rows[i], a, &mine);

		if (in_a != wanted(&rows[i], b, &theirs) ||
		    (in_a && mine != theirs))
			return false;
	}
	return true;
}
bool
net_options_has_device(int fd, const char *device)
{
	char name[IFNAMSIZ + 1] = "";
	socklen_t length = IFNAMSIZ;

	if (getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &length) < 0)
		return device == NULL;
	return strcmp(name, device != NULL ? device : "") == 0;
}

static void
add_word(struct text *t, const char *word)
{
	if (t->length > 0)
		text_char(t, ' ');
	text_string(t, word);
}

/* A flag that is off is said too: who made the socket may have set it. */
static int
adopt_row(int fd, const struct row *row, const struct conf_service *service,
    struct text *differ, struct err *e)
{
	int value;
	bool wants = wanted(row, service, &value);

	if (row->kind == KIND_BIND_FLAG) {
		if (wants && !has(fd, row, value))
			add_word(differ, row->key);
		return 0;
	}
	if (!wants && (row->kind != KIND_FLAG || row->value != 1))
		return 0;
	return set(fd, row->level, row->name, wants ? value : 0, row->key, e);
}

int
net_options_adopt(int fd, int family, const struct conf_service *service,
    struct text *differ, struct err *e)
{
	int error = 0;

	if (family == AF_UNIX)
		return 0;
	if (service->device != NULL &&
	    !net_options_has_device(fd, service->device))
		add_word(differ, "device");
	for (size_t i = 0; error == 0 && i < sizeof(rows) / sizeof(rows[0]);
	     i++) {
		if ((rows[i].families & bit_of(family)) != 0)
			error = adopt_row(fd, &rows[i], service, differ, e);
	}
	return error;
}

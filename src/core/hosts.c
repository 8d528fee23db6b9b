/* SPDX-License-Identifier: ISC */
/* Between the files that conf has read and the gate that understands them. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "core/hosts.h"
#include "gate/hosts.h"

static void
on_mistake(void *report, const struct err *e)
{
	if (report != NULL)
		(void)conf_report_add(report, e, false);
}

static int
parse_one(const struct conf_content *content, struct arena *arena,
    struct conf_report *report, struct gate_hosts_file **ret_file)
{
	struct gate_hosts_text text = {
		.file = content->file,
		.text = content->text,
		.length = content->length,
	};
	struct gate_hosts_report to = {
		.mistake = on_mistake,
		.context = report,
	};

	if (content->file == NULL)
		return 0;
	return gate_hosts_parse(arena, &text, &to, ret_file);
}

int
hosts_parse(const struct conf *conf, struct arena *arena,
    struct conf_report *report, struct core_hosts *ret_hosts)
{
	const struct conf_daemon *d = &conf->daemon;
	struct core_hosts hosts = { NULL, NULL };
	int allow =
	    parse_one(&d->hosts_allow_content, arena, report, &hosts.allow);
	int deny =
	    parse_one(&d->hosts_deny_content, arena, report, &hosts.deny);

	if (allow < 0 || deny < 0)
		return allow < 0 ? allow : deny;
	*ret_hosts = hosts;
	return 0;
}

int
hosts_check(const struct conf *conf, struct conf_report *report)
{
	struct arena *arena = arena_new();
	struct core_hosts hosts;
	int error = -ENOMEM;

	if (arena != NULL)
		error = hosts_parse(conf, arena, report, &hosts);
	arena_free(arena);
	return error;
}

int
hosts_for(const struct core_hosts *hosts, const struct conf_service *service,
    struct gate_hosts **ret_hosts, struct err *e)
{
	const char *slash = strrchr(service->handler_file, '/');
	const char *daemons[] = { service->name,
		slash != NULL ? slash + 1 : service->handler_file, NULL };

	return gate_hosts_new(hosts->allow, hosts->deny, daemons, ret_hosts, e);
}

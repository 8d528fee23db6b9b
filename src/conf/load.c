/* SPDX-License-Identifier: ISC */
/* From text to a checked configuration: the whole way. */
#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "conf/build.h"
#include "conf/check.h"

static struct conf *
new_conf(const struct conf_source *source)
{
	struct arena *arena = arena_new();
	struct conf *conf =
	    arena == NULL ? NULL : arena_alloc(arena, sizeof(*conf));

	if (conf == NULL) {
		arena_free(arena);
		return NULL;
	}
	conf->arena = arena;
	if (source->path == NULL)
		return conf;
	conf->path = arena_string(arena, source->path);
	if (conf->path == NULL) {
		arena_free(arena);
		return NULL;
	}
	return conf;
}

static int
fill(const struct conf_source *source, struct conf *conf,
    struct conf_findings *findings)
{
	struct conf_build b;
	int error = conf_build_init(&b, source, conf, findings);

	if (error == 0)
		error = conf_build_run(&b);
	if (error == 0)
		error = conf_check(&b);
	conf_build_done(&b);
	return error;
}

int
conf_load(const struct conf_source *source, struct conf **ret_conf,
    struct conf_report *ret_report)
{
	struct conf_findings findings;
	struct conf *conf;
	int error = conf_findings_init(&findings);

	*ret_report = (struct conf_report) { 0 };
	if (error < 0)
		return error;
	conf = new_conf(source);
	error = conf == NULL ? -ENOMEM : fill(source, conf, &findings);
	if (error == 0)
		error = conf_findings_finish(&findings, ret_report);
	if (error == 0 && ret_report->mistakes > 0)
		error = -EINVAL;
	conf_findings_done(&findings);
	if (error == 0)
		*ret_conf = conf;
	else
		conf_free(conf);
	return error;
}

void
conf_free(struct conf *conf)
{
	if (conf != NULL)
		arena_free(conf->arena);
}

/* SPDX-License-Identifier: ISC */
/* The log: its events as they come, its level, its files. */
#include <string.h>

#include "core/core.h"
#include "ctl/job.h"
#include "ctl/json.h"
#include "log/log.h"

enum ctl_step
ctl_reopen(struct ctl_job *job, struct text *out)
{
	struct err e;

	(void)job;
	if (log_reopen(&e) < 0)
		return ctl_error(out, "failed", "%s", e.text);
	log_event(LOG_LOG_REOPENED, LOG_END);
	return CTL_DONE;
}

/* Reads a level's name; false, and the answer has ended. */
static bool
parse_level(const char *word, struct text *out, enum log_level *ret_level)
{
	for (int i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_DEBUG; i++) {
		if (strcmp(log_level_name((enum log_level)i), word) == 0) {
			*ret_level = (enum log_level)i;
			return true;
		}
	}
	(void)ctl_error(out, "usage",
	    "'%.60s' is no level: error, warning, notice, info and debug "
	    "are",
	    word);
	return false;
}

enum ctl_step
ctl_log_level(struct ctl_job *job, struct text *out)
{
	enum log_level level;

	if (job->words > 1) {
		if (job->role != CTL_ROLE_ACT)
			return ctl_error(out, "denied",
			    "you may look but not act: the level is changed "
			    "by root, superd's own user and the members of "
			    "control_admin_group");
		if (!parse_level(job->word[1], out, &level))
			return CTL_ENDED;
		log_set_level(level);
	}
	ctl_json_begin(out);
	ctl_json_text(out, "log_level", log_level_name(log_get_level()));
	ctl_json_line_end(out);
	return CTL_DONE;
}

static enum ctl_step
begin_events(struct ctl_job *job, struct text *out)
{
	const char *service = NULL;
	enum log_level level = LOG_LEVEL_INFO;

	if (job->words > 1 && job->word[1][0] != '\0' &&
	    strcmp(job->word[1], "-") != 0) {
		if (ctl_find_service(job->core, job->word[1], out) == NULL)
			return CTL_ENDED;
		service = job->word[1];
	}
	if (job->words > 2 && !parse_level(job->word[2], out, &level))
		return CTL_ENDED;
	if (log_tap_start(&job->tap, level, service) < 0)
		return ctl_error(out, "failed", "there is no memory for it");
	job->begun = true;
	return CTL_WAIT;
}

enum ctl_step
ctl_events(struct ctl_job *job, struct text *out)
{
	const char *line;
	uint64_t lost;
	size_t length;

	if (!job->begun)
		return begin_events(job, out);
	while (ctl_has_room(out)) {
		length = log_tap_next(&job->tap, &line, &lost);
		if (lost > 0) {
			ctl_json_begin(out);
			ctl_json_text(out, "event", "events.lost");
			ctl_json_unsigned(out, "count", lost);
			ctl_json_line_end(out);
		}
		if (length == 0)
			return CTL_WAIT;
		text_bytes(out, line, length);
	}
	return CTL_MORE;
}

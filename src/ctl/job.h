/* SPDX-License-Identifier: ISC */
/*
 * A request that is being answered.  An answer is made in pieces, each of a
 * bounded size, as fast as its reader takes them: so a long one costs no
 * memory, and others get their turn.
 */
#ifndef SUPERD_CTL_JOB_H
#define SUPERD_CTL_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "log/event_tap.h"

struct core;
struct core_service;

/* The longest request, with the end of its line. */
#define CTL_REQUEST_SIZE 1024

/* Words of the longest command, and one to tell that there are too many. */
#define CTL_WORDS 5

/* One line of an answer has room in this. */
#define CTL_LINE_SIZE 16384

/* Who asks, and what he may. */
enum ctl_role {
	CTL_ROLE_NONE,
	CTL_ROLE_LOOK,
	CTL_ROLE_ACT
};

enum ctl_step {
	CTL_MORE, /* there is more to say when there is room */
	CTL_WAIT, /* nothing to say now, ask again in a while */
	CTL_DONE, /* all is said: ".ok" */
	CTL_ENDED /* ctl_error() was the end */
};

struct ctl_job {
	/* Says what fits, at least a line if there is one; NULL: no job. */
	enum ctl_step (*more)(struct ctl_job *job, struct text *out);
	struct core *core;
	enum ctl_role role;
	unsigned int uid;
	char line[CTL_REQUEST_SIZE];
	const char *word[CTL_WORDS]; /* [0] is the command */
	size_t words;
	/* Where a walk is; what they count is each command's affair. */
	uint64_t at, until;
	uint32_t part;
	bool begun;
	struct log_tap_reader tap;
};

/* Is there room for one more line? */
bool ctl_has_room(const struct text *out);

/*
 * The end of an answer that failed: ".error CODE SENTENCE".  Returns
 * CTL_ENDED.
 */
enum ctl_step ctl_error(struct text *out, const char *code, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/*
 * Begins the request of `length` bytes without its end; what is wrong with it
 * is written to out.  True if there is a job now.
 */
bool ctl_begin(
    struct ctl_job *job, const char *request, size_t length, struct text *out);

/* Lets go of what the job has. */
void ctl_end(struct ctl_job *job);

/* The commands, in status.c, list.c, act.c, bans.c, events.c, metrics.c. */
enum ctl_step ctl_ping(struct ctl_job *job, struct text *out);
enum ctl_step ctl_status(struct ctl_job *job, struct text *out);
enum ctl_step ctl_list(struct ctl_job *job, struct text *out);
enum ctl_step ctl_show(struct ctl_job *job, struct text *out);
enum ctl_step ctl_kill(struct ctl_job *job, struct text *out);
enum ctl_step ctl_pause(struct ctl_job *job, struct text *out);
enum ctl_step ctl_resume(struct ctl_job *job, struct text *out);
enum ctl_step ctl_enable(struct ctl_job *job, struct text *out);
enum ctl_step ctl_disable(struct ctl_job *job, struct text *out);
enum ctl_step ctl_drain(struct ctl_job *job, struct text *out);
enum ctl_step ctl_reload(struct ctl_job *job, struct text *out);
enum ctl_step ctl_upgrade(struct ctl_job *job, struct text *out);
enum ctl_step ctl_reopen(struct ctl_job *job, struct text *out);
enum ctl_step ctl_log_level(struct ctl_job *job, struct text *out);
enum ctl_step ctl_bans(struct ctl_job *job, struct text *out);
enum ctl_step ctl_ban(struct ctl_job *job, struct text *out);
enum ctl_step ctl_unban(struct ctl_job *job, struct text *out);
enum ctl_step ctl_events(struct ctl_job *job, struct text *out);
enum ctl_step ctl_metrics(struct ctl_job *job, struct text *out);

/* Shared by them: the object of a service, a line. */
void ctl_put_service(
    struct text *out, const struct core_service *s, uint64_t now_ns);

/* The service of that name; NULL, and the answer has ended. */
struct core_service *ctl_find_service(
    const struct core *core, const char *name, struct text *out);

/* The wall clock's time of a time of the loop, in ns since 1970. */
int64_t ctl_wall_ns(uint64_t at_ns);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The table of commands, and from a line to one of them.  superctl(8) has the
 * protocol.
 */
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "base/names.h"
#include "base/num.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/service.h"
#include "ctl/job.h"
#include "log/log.h"

struct command {
	const char *name;
	enum ctl_role role;
	size_t least, most; /* words behind it */
	enum ctl_step (*more)(struct ctl_job *job, struct text *out);
	const char *arguments;
};

static const struct command commands[] = {
	{ "ping", CTL_ROLE_LOOK, 0, 0, ctl_ping, "" },
	{ "status", CTL_ROLE_LOOK, 0, 1, ctl_status, "[SERVICE]" },
	{ "list", CTL_ROLE_LOOK, 0, 1, ctl_list, "[SERVICE]" },
	{ "show", CTL_ROLE_LOOK, 1, 1, ctl_show, "ID" },
	{ "bans", CTL_ROLE_LOOK, 0, 0, ctl_bans, "" },
	{ "events", CTL_ROLE_LOOK, 0, 2, ctl_events, "[SERVICE [LEVEL]]" },
	{ "metrics", CTL_ROLE_LOOK, 0, 0, ctl_metrics, "" },
	/* Without a word it only looks; see ctl_log_level(). */
	{ "log-level", CTL_ROLE_LOOK, 0, 1, ctl_log_level, "[LEVEL]" },
	{ "kill", CTL_ROLE_ACT, 1, 1, ctl_kill, "ID|SERVICE|SOURCE" },
	{ "pause", CTL_ROLE_ACT, 1, 1, ctl_pause, "SERVICE" },
	{ "resume", CTL_ROLE_ACT, 1, 1, ctl_resume, "SERVICE" },
	{ "disable", CTL_ROLE_ACT, 1, 1, ctl_disable, "SERVICE" },
	{ "enable", CTL_ROLE_ACT, 1, 1, ctl_enable, "SERVICE" },
	{ "drain", CTL_ROLE_ACT, 1, 1, ctl_drain, "SERVICE" },
	{ "reload", CTL_ROLE_ACT, 0, 0, ctl_reload, "" },
	{ "upgrade", CTL_ROLE_ACT, 0, 0, ctl_upgrade, "" },
	{ "reopen", CTL_ROLE_ACT, 0, 0, ctl_reopen, "" },
	{ "ban", CTL_ROLE_ACT, 1, 3, ctl_ban, "SOURCE [FOR [SERVICE]]" },
	{ "unban", CTL_ROLE_ACT, 1, 2, ctl_unban, "SOURCE [SERVICE]" },
};

/* Of more services no name is guessed: it would take too long. */
#define GUESS_MOST 200

#define COMMANDS   (sizeof(commands) / sizeof(commands[0]))

bool
ctl_has_room(const struct text *out)
{
	return out->size - out->length > CTL_LINE_SIZE;
}

enum ctl_step
ctl_error(struct text *out, const char *code, const char *format, ...)
{
	char sentence[1024];
	struct text t;
	va_list args;

	text_init(&t, sentence, sizeof(sentence));
	va_start(args, format);
	text_vprintf(&t, format, args);
	va_end(args);
	text_printf(out, ".error %s ", code);
	/* Names and files may hold anything, an answer's end has no lines. */
	text_escaped(out, sentence, t.length);
	text_char(out, '\n');
	return CTL_ENDED;
}

/* Returns how many there are, empty ones too. */
static size_t
split(char *line, const char *word[CTL_WORDS])
{
	size_t count = 0;
	char *at;

	while (count < CTL_WORDS && (at = strsep(&line, "\t")) != NULL)
		word[count++] = at;
	return count;
}

static const struct command *
find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

static void
refuse_unknown(const char *name, struct text *out)
{
	struct names_guess guess;

	names_guess_init(&guess, name);
	for (size_t i = 0; i < COMMANDS; i++)
		names_guess_offer(&guess, commands[i].name);
	if (guess.best != NULL)
		(void)ctl_error(out, "usage",
		    "'%.60s' is no command: did you mean '%s'?", name,
		    guess.best);
	else
		(void)ctl_error(out, "usage", "'%.60s' is no command", name);
}

/* Nothing but text and the blanks between words. */
static bool
is_clean(const char *request, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)request[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

/* Who has done what, or wanted to, shall be known. */
static void
say(const struct ctl_job *job, const struct command *command,
    const char *request, size_t length, const char *result)
{
	char words[CTL_REQUEST_SIZE];

	if (command->role != CTL_ROLE_ACT &&
	    (command->more != ctl_log_level || job->words == 1))
		return;
	for (size_t i = 0; i < length; i++)
		words[i] = request[i] == '\t' ? ' ' : request[i];
	log_event(LOG_CONTROL, LOG_BYTES("command", words, length),
	    LOG_UNSIGNED("uid", job->uid), LOG_TEXT("result", result));
}

bool
ctl_begin(
    struct ctl_job *job, const char *request, size_t length, struct text *out)
{
	const struct command *command;

	if (!is_clean(request, length)) {
		(void)ctl_error(out, "usage",
		    "a request is one line of words with tabs between them, "
		    "and has no control characters");
		return false;
	}
	memcpy(job->line, request, length);
	job->line[length] = '\0';
	job->words = split(job->line, job->word);
	command = find(job->word[0]);
	if (command == NULL) {
		refuse_unknown(job->word[0], out);
	} else if (job->words - 1 < command->least ||
	    job->words - 1 > command->most) {
		(void)ctl_error(out, "usage", "say %s%s%s", command->name,
		    command->most > 0 ? " " : "", command->arguments);
	} else if (job->role < command->role) {
		(void)ctl_error(out, "denied",
		    "you may look but not act: %s is for root, superd's own "
		    "user and the members of control_admin_group",
		    command->name);
		say(job, command, request, length, "denied");
	} else {
		say(job, command, request, length, NULL);
		job->at = job->until = job->part = 0;
		job->begun = false;
		job->more = command->more;
		return true;
	}
	return false;
}

void
ctl_end(struct ctl_job *job)
{
	log_tap_stop(&job->tap);
	job->more = NULL;
}

/* One that the file names and has switched off. */
static const struct conf_service *
find_off(const struct core *core, const char *name)
{
	const struct conf *conf = core->conf;

	for (size_t i = 0; i < conf->service_count; i++) {
		if (!conf->services[i].enabled &&
		    strcmp(conf->services[i].name, name) == 0)
			return &conf->services[i];
	}
	return NULL;
}

static const char *
guess_service(const struct core *core, const char *name)
{
	struct names_guess guess;

	names_guess_init(&guess, name);
	for (size_t i = 0; i < core->service_count && i < GUESS_MOST; i++)
		names_guess_offer(&guess, core->services[i]->name);
	return guess.best;
}

struct core_service *
ctl_find_service(const struct core *core, const char *name, struct text *out)
{
	struct core_service *s = service_by_name(core, name);
	const struct conf_service *off;
	const char *guess;

	if (s != NULL && s->conf != NULL)
		return s;
	off = find_off(core, name);
	guess = guess_service(core, name);
	if (off != NULL)
		(void)ctl_error(out, "missing",
		    "service '%s' is off: take 'enabled = no' out of %s "
		    "(line %u or [defaults]) and reload",
		    name, off->place.file, off->place.line);
	else if (guess != NULL)
		(void)ctl_error(out, "missing",
		    "there is no service '%.100s': did you mean '%s'?", name,
		    guess);
	else
		(void)ctl_error(
		    out, "missing", "there is no service '%.100s'", name);
	return NULL;
}

int64_t
ctl_wall_ns(uint64_t at_ns)
{
	struct timespec wall, now;

	(void)clock_gettime(CLOCK_REALTIME, &wall);
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (wall.tv_sec - now.tv_sec) * (int64_t)NUM_NS_PER_S +
	    (wall.tv_nsec - now.tv_nsec) + (int64_t)at_ns;
}

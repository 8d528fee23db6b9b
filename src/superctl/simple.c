/* SPDX-License-Identifier: ISC */
/* Commands whose answer is a sentence for people. */
#include <stdio.h>
#include <string.h>

#include "superctl/answer.h"
#include "superctl/commands.h"

/* For sentences. */
static const char *
known(const char *text)
{
	return text != NULL ? text : "?";
}

/* What keeps a service closed although the command was done; NULL: nothing. */
static const char *
what_keeps(const struct view *v, const char *command, const char *service)
{
	const char *what = "";

	if (view_is(v, "state", "paused") && strcmp(command, "enable") == 0)
		return view_keep(v,
		    "%s is enabled but still paused: 'superctl resume %s' "
		    "serves its clients",
		    service, service);
	if (!view_is(v, "state", "disabled") &&
	    !view_is(v, "state", "draining"))
		return NULL;
	if (strcmp(command, "pause") == 0)
		what = "paused, but ";
	else if (strcmp(command, "resume") != 0)
		return NULL;
	return view_keep(v,
	    "%s is %sstill disabled: 'superctl enable %s' opens it", service,
	    what, service);
}

/* What an object says is seen by its members. */
static void
show_sentence(struct view *v, void *data)
{
	const struct ctl *c = *(const struct ctl **)data;
	const char *kept = NULL;
	const char *service = view_text(v, "service");
	const char *state = view_text(v, "state");
	const char *live = view_counted(v, "live", "connection");
	const char *lifted = view_counted(v, "lifted", "ban");
	const char *level = view_text(v, "log_level");

	if (service != NULL)
		kept = what_keeps(v, c->command->name, service);
	if (lifted != NULL)
		printf("%s lifted\n", lifted);
	else if (level != NULL)
		printf("%s\n", level);
	else if (kept != NULL)
		puts(kept);
	else if (service != NULL && state != NULL)
		printf("%s is %s, %s live\n", service, state, known(live));
}

int
command_simple(const struct ctl *c)
{
	return answer_command(c, show_sentence, &c);
}

int
command_log_level(const struct ctl *c)
{
	return answer_command(c, show_sentence, &c);
}

static void
show_killed(struct view *v, void *data)
{
	const char *killed = view_counted(v, "killed", "connection");

	printf("%s: %s to end\n", (const char *)data, known(killed));
}

/* One request for each; what fails does not keep the others. */
int
command_kill(const struct ctl *c)
{
	struct ctl one = *c;
	int status = EXIT_DONE_CODE, failed;

	one.word_count = 1;
	for (int i = 0; i < c->word_count; i++) {
		one.words = c->words + i;
		failed = answer_command(&one, show_killed, c->words[i]);
		if (status == EXIT_DONE_CODE)
			status = failed;
		if (failed == EXIT_UNREACHABLE_CODE)
			break;
	}
	return status;
}

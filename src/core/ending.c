/* SPDX-License-Identifier: ISC */
/* Exit status, signal and reason of a handler's end. */
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "core/conns.h"
#include "core/ending.h"
#include "core/record.h"

struct name {
	int number;
	const char *text;
};

/* sigabbrev_np(3) is not everywhere. */
static const struct name names[] = {
	{ SIGHUP, "HUP" },
	{ SIGINT, "INT" },
	{ SIGQUIT, "QUIT" },
	{ SIGILL, "ILL" },
	{ SIGTRAP, "TRAP" },
	{ SIGABRT, "ABRT" },
	{ SIGBUS, "BUS" },
	{ SIGFPE, "FPE" },
	{ SIGKILL, "KILL" },
	{ SIGUSR1, "USR1" },
	{ SIGSEGV, "SEGV" },
	{ SIGUSR2, "USR2" },
	{ SIGPIPE, "PIPE" },
	{ SIGALRM, "ALRM" },
	{ SIGTERM, "TERM" },
	{ SIGXCPU, "XCPU" },
	{ SIGXFSZ, "XFSZ" },
	{ SIGVTALRM, "VTALRM" },
	{ SIGPROF, "PROF" },
	{ SIGIO, "IO" },
	{ SIGSYS, "SYS" },
};

/* One without a name is a number. */
static void
put_signal(struct text *t, int number)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].number == number) {
			text_string(t, names[i].text);
			return;
		}
	}
	text_signed(t, number);
}

void
ending_sentence(const siginfo_t *info, struct text *t)
{
	if (info->si_code == CLD_EXITED) {
		text_string(t, "exit ");
		text_signed(t, info->si_status);
		return;
	}
	text_string(t, "signal ");
	put_signal(t, info->si_status);
}

const char *
ending_signal(int number, char buffer[ENDING_TEXT_SIZE])
{
	struct text t;

	text_init(&t, buffer, ENDING_TEXT_SIZE);
	put_signal(&t, number);
	return buffer;
}

const char *
ending_status(const struct core_record *r, char buffer[ENDING_TEXT_SIZE])
{
	struct text t;

	if (!r->started)
		return "not started";
	text_init(&t, buffer, ENDING_TEXT_SIZE);
	if (r->code == CLD_EXITED) {
		text_string(&t, "exit:");
		text_signed(&t, r->number);
	} else {
		text_string(&t, "signal:");
		put_signal(&t, r->number);
	}
	return buffer;
}

static const char *const reasons[CORE_ENDS] = {
	[CORE_END_NONE] = NULL,
	[CORE_END_RUNTIME] = "runtime",
	[CORE_END_IDLE] = "idle",
	[CORE_END_COMMAND] = "killed",
	[CORE_END_STOP] = "stop",
};

const char *
ending_reason(int end)
{
	return reasons[end];
}

int
ending_reason_parse(const char *word)
{
	for (int i = CORE_END_NONE + 1; i < CORE_ENDS; i++) {
		if (strcmp(reasons[i], word) == 0)
			return i;
	}
	return CORE_END_NONE;
}

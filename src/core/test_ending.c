/* SPDX-License-Identifier: ISC */
/* How a handler ended, in words. */
#include <sys/wait.h>
#include <unistd.h>

#include "core/conns.h"
#include "core/ending.h"
#include "core/record.h"
#include "tap.h"

static const char *
words_of(int code, int status)
{
	static char buffer[ENDING_TEXT_SIZE];
	struct core_record r = {
		.started = true,
		.code = code,
		.number = status,
	};

	return ending_status(&r, buffer);
}

static void
test_words(void)
{
	struct core_record failed = { .code = CLD_EXITED, .number = 127 };
	char buffer[ENDING_TEXT_SIZE];

	is_str(words_of(CLD_EXITED, 0), "exit:0", "a good end");
	is_str(words_of(CLD_EXITED, 255), "exit:255", "a bad one");
	is_str(words_of(CLD_KILLED, SIGTERM), "signal:TERM", "a kill");
	is_str(words_of(CLD_DUMPED, SIGSEGV), "signal:SEGV", "a crash");
	is_str(words_of(CLD_KILLED, SIGRTMAX), "signal:64",
	    "a signal without a name");
	is_str(ending_status(&failed, buffer), "not started",
	    "who was not started did not end");
}

static void
test_reasons(void)
{
	is_str(ending_reason(CORE_END_NONE), NULL, "it ended by itself");
	is_str(ending_reason(CORE_END_RUNTIME), "runtime", "it ran too long");
	is_str(ending_reason(CORE_END_STOP), "stop", "superd stopped");
	for (int i = CORE_END_NONE + 1; i < CORE_ENDS; i++)
		is_int(ending_reason_parse(ending_reason(i)), i,
		    "a reason is found by its word");
}

/* Every signal that ends a process has a short name, as kill -l has it. */
static void
test_all_signals(void)
{
	unsigned int nameless = 0, twice = 0;
	char names[32][ENDING_TEXT_SIZE];

	for (int i = 1; i < 32; i++) {
		snprintf(
		    names[i], sizeof(names[i]), "%s", words_of(CLD_KILLED, i));
		for (int k = 1; k < i; k++)
			twice += strcmp(names[i], names[k]) == 0;
		if (i == SIGCHLD || i == SIGCONT || i == SIGSTOP ||
		    i == SIGTSTP || i == SIGTTIN || i == SIGTTOU ||
		    i == SIGURG || i == SIGWINCH || i == SIGPWR || i == 16)
			continue;
		nameless += strspn(names[i] + 7, "0123456789") > 0;
		if (strspn(names[i] + 7, "0123456789") > 0)
			tap_note("signal %d has no name", i);
	}
	is_int(nameless, 0, "each signal that ends a process has a name");
	is_int(twice, 0, "no two have the same");
}

/* As waitid(2) tells it. */
static void
test_real(int signal, int status, const char *want)
{
	char buffer[ENDING_TEXT_SIZE];
	struct core_record r = { .started = true };
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0) {
		if (signal != 0)
			(void)kill(getpid(), signal);
		_exit(status);
	}
	(void)waitid(P_PID, (id_t)pid, &info, WEXITED);
	r.code = info.si_code;
	r.number = info.si_status;
	is_str(ending_status(&r, buffer), want, want);
}

int
main(void)
{
	test_words();
	test_reasons();
	test_all_signals();
	test_real(0, 42, "exit:42");
	test_real(SIGKILL, 0, "signal:KILL");
	return done_testing();
}

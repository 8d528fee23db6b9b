/* SPDX-License-Identifier: ISC */
/* How a handler ended, in words.  Pure. */
#ifndef SUPERD_CORE_ENDING_H
#define SUPERD_CORE_ENDING_H

#include <signal.h>

struct core_record;
struct text;

#define ENDING_TEXT_SIZE 32

/* "exit:0", "signal:SEGV", "not started".  Returns buffer or a constant. */
const char *ending_status(
    const struct core_record *r, char buffer[ENDING_TEXT_SIZE]);

/* "SEGV".  Returns buffer. */
const char *ending_signal(int number, char buffer[ENDING_TEXT_SIZE]);

/* "exit 1", "signal SEGV". */
void ending_sentence(const siginfo_t *info, struct text *t);

/* The word of an enum core_end: "runtime" ...; NULL: it ended by itself. */
const char *ending_reason(int end);

/* The enum core_end of such a word; of others CORE_END_NONE. */
int ending_reason_parse(const char *word);

#endif

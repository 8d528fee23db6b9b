/* SPDX-License-Identifier: ISC */
/* How a handler ended, in words.  Pure. */
#ifndef SUPERD_CORE_ENDING_H
#define SUPERD_CORE_ENDING_H

#include <signal.h>

struct core_conn;
struct text;

#define ENDING_TEXT_SIZE 32

/* "exit:0", "signal:SEGV", "not started".  Returns buffer or a constant. */
const char *ending_status(const struct core_conn *c, const siginfo_t *info,
    char buffer[ENDING_TEXT_SIZE]);

/* "exit 1", "signal SEGV". */
void ending_sentence(const siginfo_t *info, struct text *t);

/* Why superd ended it: "runtime" ...; NULL if it ended by itself. */
const char *ending_reason(const struct core_conn *c);

/* The enum core_end of such a word; of others CORE_END_NONE. */
int ending_reason_parse(const char *word);

#endif

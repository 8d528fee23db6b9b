/* SPDX-License-Identifier: ISC */
/*
 * Another superd in the place of this one: the same process executes the new
 * program, which finds its predecessor's state in a descriptor (state.h).
 * Before that the new program is asked, in a child, whether it can; as long
 * as it has not said yes, nothing has changed.
 */
#ifndef SUPERD_CORE_UPGRADE_H
#define SUPERD_CORE_UPGRADE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "loop/loop.h"

struct core;

struct core_upgrade {
	int pid;                 /* of who is asked; 0: nobody */
	struct loop_watch words; /* what it says */
	struct loop_timer timer; /* it takes too long; or: try again */
	uint64_t give_up_ns;
	bool reload; /* one was asked for meanwhile */
	char text[4096];
	size_t length;
	char refused[ERR_TEXT_SIZE]; /* why the last one came to nothing */
};

void upgrade_init(struct core_upgrade *u);

/* Asks the program that superd was started by; what follows does the rest. */
void upgrade_begin(struct core *core);

/* Is one on its way?  [pure] */
bool upgrade_is_on(const struct core *core);

/*
 * True while an upgrade is on its way: then a reload has to wait, because the
 * program that is asked looks at sockets and names as they are.  It is done
 * when the upgrade is refused, and is part of one that is not.
 */
bool upgrade_puts_off_reload(struct core *core);

/* Who was asked has ended so. */
void upgrade_answered(struct core *core, const siginfo_t *info);

/* What the new program prints if it can take over, and nothing else. */
#define UPGRADE_ANSWER_SIZE 48
void upgrade_format_answer(uint64_t instance, char buffer[UPGRADE_ANSWER_SIZE]);

/* superd ends: whoever is being asked does too. */
void upgrade_stop(struct core *core);

#endif

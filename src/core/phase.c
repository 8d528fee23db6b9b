/* SPDX-License-Identifier: ISC */
/* The table; see phase.h. */
#include "core/phase.h"

static const unsigned char answers[PHASES][PHASE_REQUESTS] = {
	[PHASE_RUNNING] = {
		[PHASE_STOP] = PHASE_DO,
		[PHASE_DRAIN] = PHASE_DO,
		[PHASE_RELOAD] = PHASE_DO,
		[PHASE_UPGRADE] = PHASE_DO,
	},
	[PHASE_DRAINING] = {
		[PHASE_STOP] = PHASE_DO,
		[PHASE_DRAIN] = PHASE_IGNORE,
		[PHASE_RELOAD] = PHASE_REFUSE,
		[PHASE_UPGRADE] = PHASE_REFUSE,
	},
	[PHASE_STOPPING] = {
		[PHASE_STOP] = PHASE_HURRY,
		[PHASE_DRAIN] = PHASE_IGNORE,
		[PHASE_RELOAD] = PHASE_REFUSE,
		[PHASE_UPGRADE] = PHASE_REFUSE,
	},
	[PHASE_STOPPED] = {
		[PHASE_STOP] = PHASE_IGNORE,
		[PHASE_DRAIN] = PHASE_IGNORE,
		[PHASE_RELOAD] = PHASE_IGNORE,
		[PHASE_UPGRADE] = PHASE_IGNORE,
	},
};

enum phase_answer
phase_answer(enum phase phase, enum phase_request request)
{
	return (enum phase_answer)answers[phase][request];
}

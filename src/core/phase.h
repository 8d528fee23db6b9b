/* SPDX-License-Identifier: ISC */
/* The life of superd as a table: what is asked of it, and when. */
#ifndef SUPERD_CORE_PHASE_H
#define SUPERD_CORE_PHASE_H

enum phase {
	PHASE_RUNNING,
	PHASE_DRAINING, /* who is there may finish, nobody comes */
	PHASE_STOPPING, /* handlers are told to end */
	PHASE_STOPPED,  /* the loop ends with this turn */
	PHASES
};

enum phase_request {
	PHASE_STOP,
	PHASE_DRAIN,
	PHASE_RELOAD,
	PHASE_UPGRADE,
	PHASE_REQUESTS
};

enum phase_answer {
	PHASE_DO,
	PHASE_HURRY,  /* it is asked for once more: at once */
	PHASE_REFUSE, /* no, and that is told */
	PHASE_IGNORE, /* it is on its way, or past */
};

/* What becomes of the request.  [pure] */
enum phase_answer phase_answer(enum phase phase, enum phase_request request);

#endif

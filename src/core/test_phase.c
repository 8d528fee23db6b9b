/* SPDX-License-Identifier: ISC */
/* The whole table, said in another way: by rules instead of cells. */
#include "core/phase.h"
#include "tap.h"

static const char *const phases[PHASES] = { "running", "draining", "stopping",
	"stopped" };
static const char *const requests[PHASE_REQUESTS] = { "stop", "drain", "reload",
	"upgrade" };

static enum phase_answer
expected(int phase, int request)
{
	bool ends = request == PHASE_STOP || request == PHASE_DRAIN;

	/* Who runs does all, who has stopped nothing. */
	if (phase == PHASE_RUNNING)
		return PHASE_DO;
	if (phase == PHASE_STOPPED)
		return PHASE_IGNORE;
	/* Who is about to end becomes nothing new, and says so. */
	if (!ends)
		return PHASE_REFUSE;
	/* An end that is more urgent than the present one counts. */
	if (request == PHASE_STOP)
		return phase == PHASE_STOPPING ? PHASE_HURRY : PHASE_DO;
	return PHASE_IGNORE;
}

int
main(void)
{
	char what[64];

	for (int p = 0; p < PHASES; p++) {
		for (int r = 0; r < PHASE_REQUESTS; r++) {
			(void)snprintf(what, sizeof(what), "%s while %s",
			    requests[r], phases[p]);
			ok(phase_answer((enum phase)p, (enum phase_request)r) ==
				expected(p, r),
			    what);
		}
	}
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* Details as superd would have sent them. */
#include <inttypes.h>

#include "superctl/details.h"

void
details_json(const struct details *d, struct text *t)
{
	if (d->has_process)
		text_printf(
		    t, ",\"cpu\":%.2f,\"rss\":%" PRIu64, d->cpu, d->rss);
	if (d->has_bytes)
		text_printf(t,
		    ",\"bytes_in\":%" PRIu64 ",\"bytes_out\":%" PRIu64,
		    d->bytes_in, d->bytes_out);
	if (d->has_rtt)
		text_printf(t, ",\"rtt\":%.6f,\"retransmits\":%" PRIu32, d->rtt,
		    d->retransmits);
}

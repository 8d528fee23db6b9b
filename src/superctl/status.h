/* SPDX-License-Identifier: ISC */
/* The table of services, which `status` and `top` show. */
#ifndef SUPERD_SUPERCTL_STATUS_H
#define SUPERD_SUPERCTL_STATUS_H

#include "superctl/grid.h"
#include "superctl/view.h"

/* The sum and the reasons of "refused": "14, deny 12", "2 deny"; NULL if unknown. */
const char *status_refused(const struct view *v);

/* "2m13s ago: exec: ...", "just now: ..."; NULL if nothing has failed. */
const char *status_failure(const struct view *v);

/* The addresses of "listen", both wildcards of a port as *:PORT. */
const char *status_listens(const struct view *v);

/* Adds the service in v to a grid with the columns of `status`. */
void status_row(const struct view *v, struct grid *g);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef SUPERD_HANDLERS_PAGE_FORM_H
#define SUPERD_HANDLERS_PAGE_FORM_H

/*
 * A form as browsers send it: application/x-www-form-urlencoded.  Finds the
 * value of a name in `body`, which it takes apart in place, so that there can
 * be one question only.  NULL if it is not there, has no text, or holds what
 * may not go into a request to superd: control characters.
 */
char *form_value(char *body, const char *name);

#endif

/* SPDX-License-Identifier: ISC */
/* Memory that only the start needed. */
#ifndef SUPERD_CORE_TRIM_H
#define SUPERD_CORE_TRIM_H

/*
 * Gives back what parsing and looking up users left resident: free heap, and
 * the code of superd and its libraries, of which serving needs little (the
 * kernel brings back what is used, from its cache).
 */
void trim_start_up(void);

#endif

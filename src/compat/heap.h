/* SPDX-License-Identifier: ISC */
/* Giving free heap back to the system: only glibc has to be asked. */
#ifndef SUPERD_COMPAT_HEAP_H
#define SUPERD_COMPAT_HEAP_H

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

static inline void
compat_heap_trim(void)
{
#ifdef __GLIBC__
	(void)malloc_trim(0);
#endif
}

#endif

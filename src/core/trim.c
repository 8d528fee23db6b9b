/* SPDX-License-Identifier: ISC */
/* dl_iterate_phdr(3), madvise(2). */
#include <sys/mman.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "compat/heap.h"
#include "core/trim.h"

/* Has the loader written into this object's code? */
static bool
has_relocated_code(const struct dl_phdr_info *object)
{
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &object->dlpi_phdr[i];
		const ElfW(Dyn) * d;

		if (p->p_type != PT_DYNAMIC)
			continue;
		d = (const void *)(uintptr_t)(object->dlpi_addr + p->p_vaddr);
		for (; d->d_tag != DT_NULL; d++) {
			if (d->d_tag == DT_TEXTREL ||
			    (d->d_tag == DT_FLAGS &&
				(d->d_un.d_val & DF_TEXTREL) != 0))
				return true;
		}
	}
	return false;
}

/* The pages of a segment that nobody writes are those of its file. */
static int
trim_object(struct dl_phdr_info *object, size_t size, void *context)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)context;
	if (has_relocated_code(object))
		return 0;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &object->dlpi_phdr[i];
		uintptr_t from, to;

		if (p->p_type != PT_LOAD || (p->p_flags & PF_W) != 0)
			continue;
		from = (object->dlpi_addr + p->p_vaddr) & ~(page - 1);
		to = object->dlpi_addr + p->p_vaddr + p->p_memsz;
		(void)madvise((void *)from, to - from, MADV_DONTNEED);
	}
	return 0;
}

void
trim_start_up(void)
{
	compat_heap_trim();
	(void)dl_iterate_phdr(trim_object, NULL);
}
